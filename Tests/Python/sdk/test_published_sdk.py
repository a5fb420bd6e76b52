"""The published SDK, memtrace-sdk 0.2.0, unmodified: each public method, its exceptions, its models."""

from __future__ import annotations

import asyncio
import inspect
from datetime import datetime, timedelta, timezone
from typing import Any

import memtrace
import pytest
from live_bridge import LiveBridge, running
from memtrace import (
    AddMemoryRequest,
    Agent,
    AgentList,
    AgentStats,
    AsyncMemtrace,
    AuthenticationError,
    ConflictError,
    ContextOptions,
    CreateSessionRequest,
    ListOptions,
    Memory,
    MemoryList,
    Memtrace,
    MemtraceError,
    NotFoundError,
    RegisterAgentRequest,
    SearchQuery,
    SearchResult,
    Session,
    SessionContext,
    SessionList,
)

UNKNOWN = "sess_01JD00000000000000000000ZZ"


class Recorder:
    """Calls a client of either kind and notes which of its methods were called."""

    def __init__(self, client: Any):
        self.client = client
        self.called: set[str] = set()

    async def __call__(self, method: str, *arguments: Any, **named: Any) -> Any:
        self.called.add(method)
        result = getattr(self.client, method)(*arguments, **named)
        return await result if inspect.isawaitable(result) else result


@pytest.fixture(scope="module")
def key(guarded: LiveBridge) -> str:
    return guarded.key("sdk")


def test_this_is_the_published_sdk():
    assert memtrace.__version__ == "0.2.0" and "site-packages" in memtrace.__file__


@pytest.mark.parametrize("kind", [Memtrace, AsyncMemtrace])
def test_every_public_method_works(guarded: LiveBridge, key: str, kind: type):
    call = Recorder(kind(guarded.url, key))
    asyncio.run(drive(call, kind.__name__.lower()))
    public = {name for name in vars(kind) if not name.startswith("_")}
    assert call.called == public


async def drive(call: Recorder, name: str) -> None:
    agent = await call("register_agent", RegisterAgentRequest(
        name=name, description="Handles routers", config={"model": "m", "retries": 2}))
    assert isinstance(agent, Agent) and agent.name == name and agent.org_id == "acme"
    assert agent.config == {"model": "m", "retries": 2} and agent.created_at.tzinfo
    with pytest.raises(ConflictError, match=f"agent '{name}' already exists in this organization"):
        await call("register_agent", RegisterAgentRequest(name=name))
    assert (await call("get_agent", agent.id)).description == "Handles routers"
    agents = await call("list_agents")
    assert isinstance(agents, AgentList) and name in {agent.name for agent in agents.agents}
    assert agents.count == len(agents.agents)

    session = await call("create_session", CreateSessionRequest(
        agent_id=agent.id, metadata={"account_id": name, "nested": {"deep": [1, 2.5, None]}}))
    assert isinstance(session, Session) and session.status == "active"
    assert session.metadata == {"account_id": name, "nested": {"deep": [1, 2.5, None]}}
    assert session.updated_at >= session.created_at and session.closed_at is None
    assert (await call("get_session", session.id)).id == session.id
    with pytest.raises(NotFoundError, match="session not found"):
        await call("get_session", UNKNOWN)

    before = datetime.now(timezone.utc) - timedelta(seconds=2)
    first = await call("remember", agent.id, "User prefers dark mode")
    assert isinstance(first, Memory) and first.session_id is None and first.time > before
    assert (first.memory_type, first.event_type) == ("episodic", "general")
    decision = await call("decide", agent.id, "Use PostgreSQL", "Better JSON support")
    assert decision.memory_type == decision.event_type == "decision"
    assert decision.metadata == {"reasoning": "Better JSON support"}
    request = AddMemoryRequest(
        agent_id=agent.id, session_id=session.id, memory_type="episodic",
        event_type="observation", content="Clicked “settings” – 設定", tags=["ui", "navigation"],
        importance=0.7, metadata={"n": 1}, dedup_key="click-1", parent_id=None)
    stored = await call("add_memory", request)
    for field in ("agent_id", "session_id", "content", "tags", "importance", "metadata"):
        assert getattr(stored, field) == getattr(request, field)
    with pytest.raises(ConflictError, match="duplicate memory"):
        await call("add_memory", request)
    both = await call("add_memories", [
        AddMemoryRequest(
            agent_id=agent.id, session_id=session.id, memory_type=kind, event_type="general",
            content=text)
        for kind, text in (("session", "First"), ("entity", "Second"))])
    assert [memory.content for memory in both] == ["First", "Second"]
    with pytest.raises(NotFoundError):
        await call("add_memory", request.model_copy(update={"session_id": UNKNOWN}))
    with pytest.raises(MemtraceError) as refused:
        await call("add_memory", request.model_copy(update={"content": ""}))
    assert refused.value.status_code == 400 and "content" in refused.value.message

    listed = await call("list_memories", ListOptions(
        agent_id=agent.id, memory_type="decision", since="7d", limit=50, order="desc"))
    assert isinstance(listed, MemoryList) and [m.content for m in listed.memories] == [
        "Use PostgreSQL"]
    page = await call("list_memories", ListOptions(agent_id=agent.id, limit=2, offset=1))
    assert page.count == 2 and page.has_more
    tagged = await call("list_memories", ListOptions(agent_id=agent.id, tags="ui,navigation"))
    assert tagged.count == 1 and not tagged.has_more
    assert (await call("recall", agent.id, since="1h")).count == 5
    found = await call("search_memories", SearchQuery(
        agent_id=agent.id, memory_types=["episodic", "decision"], content_contains="DARK mode"))
    assert isinstance(found, SearchResult) and found.results[0].content == "User prefers dark mode"
    important = await call("search_memories", SearchQuery(agent_id=agent.id, min_importance=0.5))
    assert [memory.content for memory in important.results] == ["Clicked “settings” – 設定"]

    assert (await call("get_agent_memories", agent.id)).count == 5
    assert (await call("get_agent_memories", agent.id, ListOptions(limit=2, since="24h"))).has_more
    stats = await call("get_agent_stats", agent.id)
    assert isinstance(stats, AgentStats) and stats.memory_count == stats.memories_24h == 5
    assert stats.memory_types == {"episodic": 2, "decision": 1, "session": 1, "entity": 1}
    assert (stats.session_count, stats.active_sessions, stats.errors_24h) == (1, 1, 0)

    assert (await call("get_session_memories", session.id)).count == 3
    oldest = await call("get_session_memories", session.id, ListOptions(order="asc", limit=1))
    assert oldest.memories[0].dedup_key == "click-1" and oldest.has_more
    context = await call("get_session_context", session.id)
    assert isinstance(context, SessionContext) and context.memory_count == 3
    assert "First" in context.context and "Second" in context.context
    options = ContextOptions(since="4h", include_types=["episodic"], max_tokens=2000)
    less = await call("get_session_context", session.id, options)
    assert less.memory_count == 1 and "First" not in less.context
    with pytest.raises(NotFoundError):
        await call("get_session_context", UNKNOWN)

    sessions = await call("list_sessions", agent.id)
    assert isinstance(sessions, SessionList) and sessions.count == 1
    assert session.id in {session.id for session in (await call("list_sessions")).sessions}
    closed = await call("close_session", session.id)
    assert closed.status == "closed" and closed.closed_at
    with pytest.raises(NotFoundError):
        await call("close_session", UNKNOWN)
    assert await call("delete_agent", agent.id) is None
    for method in ("get_agent", "get_agent_stats", "delete_agent"):
        with pytest.raises(NotFoundError, match="agent not found"):
            await call(method, agent.id)
    await call("close")


@pytest.mark.parametrize("kind", [Memtrace, AsyncMemtrace])
@pytest.mark.parametrize("wrong", ["mtk_wrong", "", "sk-nothing"])
def test_a_wrong_key_is_an_authentication_error(guarded: LiveBridge, kind: type, wrong: str):
    async def main() -> None:
        call = Recorder(kind(guarded.url, wrong))
        with pytest.raises(AuthenticationError) as refused:
            await call("list_agents")
        assert refused.value.status_code == 401 and "API key" in refused.value.message
        await call("close")

    asyncio.run(main())


def test_both_are_context_managers(guarded: LiveBridge, key: str):
    async def main() -> int:
        async with AsyncMemtrace(guarded.url, key) as client:
            return (await client.list_agents()).count

    with Memtrace(guarded.url, key) as client:
        assert client.list_agents().count == asyncio.run(main())


def test_many_requests_at_once(guarded: LiveBridge, key: str):
    async def main() -> list[Memory]:
        async with AsyncMemtrace(guarded.url, key) as client:
            notes = (client.remember("crowd", f"note {number}") for number in range(100))
            return await asyncio.gather(*notes)

    times = [memory.time for memory in asyncio.run(main())]
    assert len(times) == 100
    with Memtrace(guarded.url, key) as client:
        listed = client.list_memories(ListOptions(agent_id="crowd", limit=1000)).memories
        assert {memory.content for memory in listed} == {f"note {n}" for n in range(100)}


def test_a_key_decides_the_repository(tmp_path):
    acme, beta = LiveBridge(tmp_path / "a"), LiveBridge(tmp_path / "b")
    keys = {"acme": acme.key(), "beta": beta.key()}
    acme.options = ("--repo", f"acme={acme.repository}", "--repo", f"beta={beta.repository}")
    acme.start()
    try:
        for name, secret in keys.items():
            with Memtrace(acme.url, secret) as client:
                assert client.remember("same", f"of {name}").org_id == name
        for name, secret in keys.items():
            with Memtrace(acme.url, secret) as client:
                assert [m.content for m in client.recall("same").memories] == [f"of {name}"]
    finally:
        acme.stop()


def test_a_revoked_key_stops_within_a_second():
    import time

    world = running()
    key = world.bridge.key("spare")
    with world as bridge, Memtrace(bridge.url, key) as client:
        client.list_agents()
        bridge.verb("key", "revoke", "spare")
        time.sleep(1.1)
        with pytest.raises(AuthenticationError):
            client.list_agents()
