"""What a reading verb opens: each file once, no file of records that its answer does not need, and none to write to. Counted
with strace."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

BINARY = os.environ["MEMTRACE_BINARY"]
OPENED = re.compile(r"^\d+ +open(?:at2?)?\((.*)\) = \d+<([^>]*)>$")
# Git's library reads its configuration after we looked at a line of it; the journal is read before the files and after them,
# for what moves from one to the other meanwhile would else be seen in neither.
TWICE = {".git/config", ".git/memtrace/journal"}
CUSTOMERS = 60


class World:
    """300 sessions of 60 customers, of which the catalog knows, and one session with a line that it does not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder.parent / "home"
        self.home.mkdir()
        self.run("init", ".")
        rows = [
            {"session": f"case-{case}", "agent_id": f"agent-{case % 3}", "time": f"2026-0{1 + case % 9}-11T10:00:00Z",
             "content": f"Customer reports error E-{case}, step {step}, and asks for a refund.",
             "session_metadata": {"customer_id": f"c{case % CUSTOMERS}"}}
            for case in range(300) for step in range(3)
        ]
        (folder.parent / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.run("import", str(folder.parent / "rows.jsonl"))
        self.sessions = {
            session["id"]: session["metadata"]["customer_id"]
            for session in json.loads(self.run("session", "list", "--limit", "1000", "--json"))["sessions"]}
        assert len(self.sessions) == 300
        self.late = self.of("c7")[0]
        self.record = json.loads(
            self.run("remember", "He called again.", "--agent", "agent-1", "--session", self.late, "--json"))["id"]
        self.always = self.files(self.late) | {
            path for path in self.paths() if path.startswith("agents/")}

    def run(self, *words: str) -> str:
        done = subprocess.run([BINARY, "-C", str(self.folder), *words], capture_output=True, text=True, env=self.environment)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b.example",
                "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b.example"}

    def of(self, customer: str) -> list[str]:
        return sorted(session for session, about in self.sessions.items() if about == customer)

    def paths(self) -> list[str]:
        return [str(path.relative_to(self.folder)) for path in self.folder.glob("[as]*/**/*.jsonl")]

    def files(self, *sessions: str) -> set[str]:
        return {path for path in self.paths() if any(f"/{session}/" in path for session in sessions)}

    def traced(self, calls: str, *words: str) -> list[str]:
        trace = self.folder.parent / "trace"
        done = subprocess.run(
            ["strace", "-f", "-y", "-qq", "-e", f"trace={calls}", "-o", str(trace), BINARY, "-C", str(self.folder),
             *words], capture_output=True, text=True, env=self.environment)
        assert done.returncode == 0, (words, done.stderr)
        return trace.read_text().splitlines()

    def opened(self, *words: str) -> Counter[str]:
        """How often each file of the repository was opened; folders are not counted."""
        found: Counter[str] = Counter()
        for line in self.traced("open,openat,openat2", *words):
            match = OPENED.match(line)
            if match and "O_DIRECTORY" not in match[1] and match[2].startswith(f"{self.folder}/"):
                found[match[2][len(str(self.folder)) + 1:]] += 1
        assert found, "nothing was traced"
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("calls").resolve() / "support"
    folder.mkdir()
    return World(folder)


def reads(world: World) -> list[tuple[list[str], list[str]]]:
    """Verbs, each with the sessions whose files its answer is made of."""
    ours, others = world.of("c11"), world.of("c12")
    return [
        (["context", ours[0]], ours[:1]),
        (["context", "--where", "customer_id=c11"], ours),
        (["context", "--where", "customer_id=c11", "--query", "refund E-11"], ours),
        (["session", "show", ours[0]], ours[:1]),
        (["session", "list", "--limit", "20"], []),
        (["session", "search", "--where", "customer_id=c11"], []),
        (["recall", "--session", others[0]], others[:1]),
        (["recall", "--where", "customer_id=c12", "--limit", "20"], others),
        (["show", world.record], []),
        (["agent", "list"], []),
        (["agent", "stats", "agent-1"], []),
        (["search", "refund", "--where", "customer_id=c11"], ours),
        (["customer", "customer_id=c11"], ours),
        (["open", "--where", "customer_id=c11"], ours),
        (["stats"], []),
        (["review", "list"], []),
        (["export", "--where", "customer_id=c11", "--format", "md"], ours),
        (["export", "--where", "customer_id=c11", "--format", "csv"], ours),
    ]


def test_no_file_is_opened_twice_and_none_that_is_not_needed(world: World) -> None:
    for words, sessions in reads(world):
        for form in ([], ["--json"]):
            opened = world.opened(*words, *form)
            twice = {path: times for path, times in opened.items() if times > 1 and path not in TWICE}
            assert not twice, (words, twice)
            assert max(opened[path] for path in TWICE) <= 2, words
            strange = {path for path in opened if path.endswith(".jsonl")} - world.files(*sessions) - world.always
            assert not strange, (words, strange)


def test_reading_changes_nothing(world: World) -> None:
    # The catalog is behind by one record here, and up to date once that has a segment of its own.
    for _ in range(2):
        for words, _ in reads(world):
            lines = world.traced("open,openat,openat2,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate", *words)
            assert lines, "nothing was traced"
            changing = [line for line in lines if str(world.folder) in line and not re.search(r" = -1 |O_RDONLY", line)]
            assert not changing, (words, changing)
        for path in (world.folder / ".git/memtrace/catalog").iterdir():
            path.unlink()
        world.run("session", "list")


def test_a_search_over_everything_opens_the_files_of_what_it_answers(world: World) -> None:
    found = json.loads(world.run("search", "E-123", "--limit", "3", "--json"))
    sessions = {memory["session_id"] for memory in found["results"]}
    opened = world.opened("search", "E-123", "--limit", "3")
    assert not {path for path, times in opened.items() if times > 1 and path not in TWICE}
    assert {path for path in opened if path.endswith(".jsonl")} <= world.files(*sessions) | world.always


def test_what_a_write_opens_does_not_grow_with_the_repository(world: World) -> None:
    session = world.of("c20")[0]
    opened = world.opened("remember", "One more.", "--agent", "agent-2", "--session", session)
    records = {path for path in opened if path.endswith(".jsonl")}
    assert records <= world.files(session) | world.always
