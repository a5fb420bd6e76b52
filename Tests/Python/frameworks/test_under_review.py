"""Where only named people review, an agent still replaces and takes back what it noted itself, by a key of its own or
one of all agents; and what it may not take back is left whole."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from agent_framework import Message
from agent_framework_history import MemtraceHistoryProvider
from anthropic_memory_tool import MemtraceMemoryTool
from langgraph_store import MemtraceStore
from memtrace import Memtrace, MemtraceError
from openai_session import MemtraceSession

from live_bridge import LiveBridge, running
from sight import seen

NOTE = "/memories/ana.md"


@pytest.fixture(scope="module")
def reviewed() -> Iterator[LiveBridge]:
    world = running()
    world.bridge.verb("review", "policy", "--before", "decision", "--reviewer", "Ana")
    world.bridge.first_key = world.bridge.key("first")  # type: ignore[attr-defined]
    with world as live:
        yield live


@pytest.fixture(params=["a key of all agents", "a key of its own"])
def client(request: pytest.FixtureRequest, reviewed: LiveBridge, name: str) -> Iterator[Memtrace]:
    bound = ["--agent", "bot"] if request.param == "a key of its own" else []
    with Memtrace(reviewed.url, reviewed.key(name, "write", *bound), infer_session=False) as made:
        yield made


def test_claude_changes_renames_and_deletes_its_notes(client: Memtrace, name: str):
    where = {"case": name}
    tool = MemtraceMemoryTool(client, agent_id="bot", name=name, metadata=where)
    tool.call({"command": "create", "path": NOTE, "file_text": f"{name} prefers e-mail.\n"})
    tool.call({"command": "str_replace", "path": NOTE, "old_str": "e-mail", "new_str": "letters"})
    assert not seen(client, f"{name} prefers e-mail", where) and seen(client, f"{name} prefers letters", where)
    tool.call({"command": "rename", "old_path": NOTE, "new_path": "/memories/b.md"})
    assert client.get_context({"where": where}).context.count(f"{name} prefers letters") == 1
    tool.call({"command": "delete", "path": "/memories/b.md"})
    assert not seen(client, f"{name} prefers letters", where)


def test_the_others_replace_and_delete(client: Memtrace, name: str):
    where = {"case": name}
    store = MemtraceStore(client, agent_id="bot", name=name, metadata=where)
    store.put(("a",), "k", {"text": f"{name} has fibre"})
    store.put(("a",), "k", {"text": f"{name} has cable"})
    assert not seen(client, f"{name} has fibre", where) and seen(client, f"{name} has cable", where)
    store.delete(("a",), "k")
    assert not seen(client, f"{name} has cable", where)

    session = MemtraceSession(name, client, agent_id="bot", metadata=where)
    asyncio.run(session.add_items([{"role": "user", "content": f"{name} said so"}]))
    asyncio.run(session.clear_session())
    assert not seen(client, f"{name} said so", where)

    history = MemtraceHistoryProvider(client, agent_id="bot", metadata=where)
    asyncio.run(history.save_messages(name, [Message("user", [f"{name} asked"])]))
    assert seen(client, f"{name} asked", where)


def test_what_another_noted_stays_whole(reviewed: LiveBridge, client: Memtrace, name: str):
    where = {"case": name}
    with Memtrace(reviewed.url, reviewed.key("other" + name, "write"), infer_session=False) as others:
        other = MemtraceMemoryTool(others, agent_id="other", name=name, metadata=where)
        other.call({"command": "create", "path": NOTE, "file_text": f"{name} prefers e-mail.\n"})
        other.call({"command": "create", "path": "/memories/c.md", "file_text": f"{name} is deaf.\n"})
        tool = MemtraceMemoryTool(client, agent_id="bot", name=name, metadata=where)
        tool.call({"command": "create", "path": "/memories/a.md", "file_text": f"{name} is at home.\n"})
        for command in (
            {"command": "str_replace", "path": NOTE, "old_str": "e-mail", "new_str": "letters"},
            {"command": "rename", "old_path": NOTE, "new_path": "/memories/b.md"},
            {"command": "delete", "path": NOTE}, {"command": "delete", "path": "/memories/c.md"},
        ):
            with pytest.raises(MemtraceError) as refused:
                tool.call(command)
            assert refused.value.status_code == 403
            context = others.get_context({"where": where}).context
            assert context.count("prefers") == context.count("is deaf") == context.count("is at home") == 1, context
            assert f"{name} prefers e-mail" in context and "b.md" not in tool.call({"command": "view", "path": "/memories"})


def test_a_program_takes_back_what_its_agent_said(client: Memtrace, name: str):
    said = [client.remember("bot", f"{name} is {word}") for word in ("old", "new", "grey")]
    client.retract(said[0].id, agent_id="bot")
    client.review([memory.id for memory in said[1:]], "retracted", agent_id="bot")
    assert not client.search_memories({"content_contains": name}).results
    with contextlib.suppress(MemtraceError):
        client.retract(client.remember("bot", f"{name} again").id)  # Who says no agent is the key's, if it has one.
