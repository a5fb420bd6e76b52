"""Claude's memory tool: ours beside Anthropic's own one on a local folder."""

from __future__ import annotations

import random
import re

import pytest
from anthropic.lib.tools import ToolError
from anthropic.tools import BetaAbstractMemoryTool, BetaLocalFilesystemMemoryTool
from anthropic_memory_tool import MemtraceMemoryTool

from sight import seen

FILES = {
    "/memories/ana.md": "# Ana\nPrefers e-mail.\nRouter FB-7590\n",
    "/memories/teams/billing.txt": "Refunds above 50: ask first",
    "/memories/teams/eu/de.txt": "",
    "/memories/.hidden": "not listed",
    "/memories/Ünï code.txt": "tab\there\r\nand \u2028 there\n\n",
}


@pytest.fixture
def tool(ours, client, name, tmp_path) -> BetaAbstractMemoryTool:
    return MemtraceMemoryTool(client, name=name, metadata={"case": name}) if ours else BetaLocalFilesystemMemoryTool(str(tmp_path))


@pytest.fixture
def call(tool):
    """What the model is told, errors included; the sizes of folders are the file system's affair."""
    return lambda command, **arguments: told(tool, command, **arguments)


def told(tool: BetaAbstractMemoryTool, command: str, **arguments) -> str:
    try:
        answer = str(tool.call({"command": command, **arguments}))
    except ToolError as error:
        answer = f"error: {error}"
    return re.sub(r"^[\d.]+[BKMG]\t(?=/memories(\n|$)|.*/$|/memories/teams$)", "", answer, flags=re.M)


@pytest.fixture
def full(call):
    for path, text in FILES.items():
        call("create", path=path, file_text=text)
    return call


def test_files_come_back(full):
    for path, text in FILES.items():
        lines = "\n".join(f"{number:6}\t{line}" for number, line in enumerate(text.split("\n"), 1))
        assert full("view", path=path) == f"Here's the content of {path} with line numbers:\n{lines}"
    assert full("view", path="/memories/ana.md", view_range=[2, 3]).endswith("     2\tPrefers e-mail.\n     3\tRouter FB-7590")
    assert full("view", path="/memories/ana.md", view_range=[3, -1]).endswith("     3\tRouter FB-7590\n     4\t")


def test_a_folder_lists_two_levels(full):
    assert full("view", path="/memories") == (
        "Here're the files and directories up to 2 levels deep in /memories, excluding hidden items:\n"
        "/memories\n37B\t/memories/ana.md\n/memories/teams/\n27B\t/memories/teams/billing.txt\n"
        "/memories/teams/eu/\n25B\t/memories/Ünï code.txt")
    assert full("view", path="/memories/teams").splitlines()[1:] == [
        "/memories/teams", "27B\t/memories/teams/billing.txt", "/memories/teams/eu/", "0B\t/memories/teams/eu/de.txt"]


def test_nothing_yet(call):
    assert call("view", path="/memories").splitlines()[1:] == ["/memories"]
    assert call("view", path="/memories/x").startswith("error: The path /memories/x does not exist")


def test_editing(full):
    path = "/memories/ana.md"
    assert full("str_replace", path=path, old_str="e-mail", new_str="letters").endswith(
        "     1\t# Ana\n     2\tPrefers letters.\n     3\tRouter FB-7590\n     4\t")
    assert full("insert", path=path, insert_line=1, insert_text="Customer since 2019\n") == f"The file {path} has been edited."
    assert full("view", path=path).endswith(
        "     1\t# Ana\n     2\tCustomer since 2019\n     3\tPrefers letters.\n     4\tRouter FB-7590\n     5\t")


def test_deleting_and_renaming(full):
    assert full("delete", path="/memories/ana.md") == "Successfully deleted /memories/ana.md"
    assert full("view", path="/memories/ana.md").startswith("error: ")
    assert full("rename", old_path="/memories/teams", new_path="/memories/a/b") == "Successfully renamed /memories/teams to /memories/a/b"
    assert full("view", path="/memories/a/b/billing.txt").endswith("     1\tRefunds above 50: ask first")
    assert full("view", path="/memories/teams").startswith("error: ")
    assert full("delete", path="/memories/a") == "Successfully deleted /memories/a"
    assert full("create", path="/memories/ana.md", file_text="new") == "File created successfully at: /memories/ana.md"


@pytest.mark.parametrize("command", [
    dict(command="view", path="/memories/../etc/passwd"), dict(command="view", path="/etc/passwd"),
    dict(command="view", path="/memories/teams/eu/nothing"),
    dict(command="create", path="/memories/ana.md", file_text="x"), dict(command="create", path="/memories/teams", file_text="x"),
    dict(command="create", path="/memories/../x", file_text="x"),
    dict(command="str_replace", path="/memories/ana.md", old_str="absent", new_str="x"),
    dict(command="str_replace", path="/memories/ana.md", old_str="e", new_str="x"),
    dict(command="str_replace", path="/memories/teams", old_str="e", new_str="x"),
    dict(command="str_replace", path="/memories/nothing", old_str="e", new_str="x"),
    dict(command="insert", path="/memories/ana.md", insert_line=9, insert_text="x"),
    dict(command="insert", path="/memories/ana.md", insert_line=-1, insert_text="x"),
    dict(command="insert", path="/memories/teams", insert_line=0, insert_text="x"),
    dict(command="delete", path="/memories"), dict(command="delete", path="/memories/nothing"),
    dict(command="rename", old_path="/memories/ana.md", new_path="/memories/teams"),
    dict(command="rename", old_path="/memories/nothing", new_path="/memories/b"),
    dict(command="rename", old_path="/memories", new_path="/memories/b"),
])
def test_what_is_refused_is_refused_in_the_same_words(client, name, tmp_path, command):
    answers = []
    for tool in (MemtraceMemoryTool(client, name=name), BetaLocalFilesystemMemoryTool(str(tmp_path))):
        for path, text in FILES.items():
            told(tool, "create", path=path, file_text=text)
        answers.append([told(tool, **command), *(told(tool, "view", path=path) for path in ["/memories", *FILES])])
    assert answers[0] == answers[1]
    assert answers[0][0].startswith("error: ")


def test_random_calls_give_the_same_as_the_reference(client, name, tmp_path):
    dice = random.Random(15)
    paths = ["/memories/a", "/memories/b.md", "/memories/dir/c", "/memories/dir/d", "/memories/a/e"]
    pair = (MemtraceMemoryTool(client, name=name), BetaLocalFilesystemMemoryTool(str(tmp_path)))
    for tool in pair:  # a folder of ours is there as long as a file is in it
        told(tool, "create", path="/memories/dir/stays", file_text="x")
    for step in range(60):
        path, other = dice.sample(paths[:4], 2)
        command = dice.choice([
            dict(command="create", path=path, file_text=f"one\ntwo {step}\n"), dict(command="create", path=path, file_text="one"),
            dict(command="view", path=path), dict(command="view", path="/memories"), dict(command="delete", path=path),
            dict(command="str_replace", path=path, old_str="one", new_str=f"uno {step}"),
            dict(command="insert", path=path, insert_line=dice.randrange(3), insert_text="between"),
            dict(command="rename", old_path=path, new_path=other)])
        answers = [told(tool, **command) for tool in pair]
        assert answers[0] == answers[1], (step, command)


def test_a_large_file(call):
    text = "A long note. " * 20_000
    call("create", path="/memories/large", file_text=text)
    assert call("str_replace", path="/memories/large", old_str="absent", new_str="").startswith("error: ")
    assert call("view", path="/memories/large").endswith(text)


def test_two_edits_at_once_both_count(client, name):
    first, second = MemtraceMemoryTool(client, name=name), MemtraceMemoryTool(client, name=name)
    told(first, "create", path="/memories/f", file_text="alpha bravo\n")
    keep, calls = first._keep, []

    def keep_late(*arguments):
        if not calls:  # between what the first saw and what it keeps, the second edits
            calls.append(told(second, "str_replace", path="/memories/f", old_str="bravo", new_str="B"))
        return keep(*arguments)

    first._keep = keep_late
    told(first, "str_replace", path="/memories/f", old_str="alpha", new_str="A")
    assert told(second, "view", path="/memories/f").endswith("     1\tA B\n     2\t")


def test_a_recorded_path_leads_nowhere_else(client, name, tmp_path):
    tool = MemtraceMemoryTool(client, name=name)
    told(tool, "create", path="/memories/good", file_text="fine")
    escape = str(tmp_path / "escaped")
    for path in ["../escaped", escape, "a/../../../escaped", "", "nul\0", "good/below"]:
        tool._values.add(["text"], tags=["x"], metadata={"path": path})
    assert told(tool, "view", path="/memories").splitlines()[1:] == ["/memories", "4B\t/memories/good"]
    assert not list(tmp_path.iterdir())
    told(tool, "delete", path="/memories/good")
    assert told(tool, "view", path="/memories").splitlines()[1:3] == ["/memories", "/memories/good/"]


def test_what_was_changed_or_deleted_is_out_of_sight(client, name):
    where = {"case": name}
    tool = MemtraceMemoryTool(client, name=name, metadata=where)
    old, new = f"{name} wants calls", f"{name} wants letters"
    told(tool, "create", path="/memories/wish", file_text=old)
    told(tool, "create", path="/memories/other", file_text=f"{name} other")
    assert seen(client, old, where) == ["list", "contains", "search", "context"]
    told(tool, "str_replace", path="/memories/wish", old_str="calls", new_str="letters")
    assert seen(client, old, where) == [] and seen(client, new, where) != []
    told(tool, "rename", old_path="/memories/wish", new_path="/memories/moved")
    told(tool, "delete", path="/memories/moved")
    assert seen(client, new, where) == []
    assert tool.clear_all_memory() == "All memory cleared"
    assert seen(client, f"{name} other", where) == []
