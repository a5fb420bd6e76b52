"""Our client: every method of both kinds, the types, the exceptions, and what it refuses itself."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone

import memtrace as module
import pytest
from live_bridge import BINARY, LiveBridge, running
from memtrace import (
    AddMemoryRequest,
    Agent,
    AgentStats,
    AsyncMemtrace,
    AuthenticationError,
    BridgeUnreachableError,
    ConflictError,
    ContextOptions,
    ContextQuery,
    CreateSessionRequest,
    ListOptions,
    Memory,
    Memtrace,
    MemtraceError,
    NotFoundError,
    RegisterAgentRequest,
    SearchQuery,
    Session,
    SessionQuery,
)

METHODS = {
    "remember", "recall", "decide", "add_memory", "add_memories", "list_memories",
    "search_memories", "register_agent", "list_agents", "get_agent", "get_agent_stats",
    "get_agent_memories", "delete_agent", "create_session", "get_session", "get_session_context",
    "get_session_memories", "list_sessions", "close_session", "close",
    "search_sessions", "get_context", "update_session", "get_memory", "status", "sync",
    "retract", "review", "open_items",
}


@pytest.fixture
def client(bridge: LiveBridge):
    with Memtrace(bridge.url, "mtk_any") as client:
        yield client


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_both_clients_have_the_same_methods_with_the_same_parameters():
    assert public(Memtrace) == public(AsyncMemtrace) == METHODS
    for name in METHODS:
        sync, unsync = getattr(Memtrace, name), getattr(AsyncMemtrace, name)
        assert inspect.signature(sync).parameters.keys() == inspect.signature(unsync).parameters.keys()
        assert inspect.iscoroutinefunction(unsync) and not inspect.iscoroutinefunction(sync)
        assert sync.__doc__ and unsync.__doc__


def test_a_memory_keeps_all_that_it_was_given(client: Memtrace):
    session = client.create_session(CreateSessionRequest(agent_id="keeper"))
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    stored = client.remember(
        "keeper", "Zeile eins\nLine two: “ok”, 東京 🎉", session_id=session.id,
        memory_type="entity", event_type="profile", tags=["a", "b.c"], importance=0.25,
        metadata={"n": 1, "deep": {"list": [1, None, "x"]}}, dedup_key="k1")
    assert isinstance(stored, Memory) and stored.id.startswith("mem_")
    assert before < stored.time < datetime.now(timezone.utc) + timedelta(seconds=1)
    assert stored.org_id == "acme" and stored.session_id == session.id
    assert stored.content == "Zeile eins\nLine two: “ok”, 東京 🎉"
    assert (stored.memory_type, stored.event_type) == ("entity", "profile")
    assert (stored.tags, stored.importance, stored.dedup_key) == (["a", "b.c"], 0.25, "k1")
    assert stored.metadata == {"n": 1, "deep": {"list": [1, None, "x"]}}
    child = client.remember("keeper", "child", session_id=session.id, parent_id=stored.id)
    assert child.parent_id == stored.id
    listed = client.list_memories({"session_id": session.id, "order": "asc"})
    assert listed.memories == [stored, child] and listed.count == 2 and not listed.has_more


def test_a_decision_has_its_reasoning(client: Memtrace):
    made = client.decide(
        "decider", "Refund", "Charged twice", session_id=None, tags="refund, billing",
        importance=1.0, metadata={"ticket": 7})
    assert made.memory_type == made.event_type == "decision"
    assert made.metadata == {"ticket": 7, "reasoning": "Charged twice"}
    assert made.tags == ["refund", "billing"]


def test_lists_are_paged_and_filtered(client: Memtrace):
    for number in range(5):
        client.remember("pager", f"note {number}", tags=["odd" if number % 2 else "even", "all"])
    page = client.list_memories(ListOptions(agent_id="pager", limit=2, order="asc"))
    assert [memory.content for memory in page.memories] == ["note 0", "note 1"] and page.has_more
    last = client.list_memories({"agent_id": "pager", "limit": 2, "offset": 4, "order": "asc"})
    assert [memory.content for memory in last.memories] == ["note 4"] and not last.has_more
    for tags in ("odd,all", ["odd", "all"]):
        assert client.list_memories({"agent_id": "pager", "tags": tags}).count == 2
    future = datetime.now(timezone.utc) + timedelta(minutes=5)
    assert client.list_memories({"agent_id": "pager", "since": future}).count == 0
    assert client.list_memories({"agent_id": "pager", "until": future}).count == 5
    assert client.recall("pager", since="5m").count == 5
    assert client.get_agent_memories("pager", ListOptions(limit=3, agent_id="ignored")).count == 3


def test_a_memory_is_found_by_its_id_and_by_its_dedup_key(client: Memtrace):
    stored = client.remember("fetcher", "one", dedup_key="fetch/1?&")
    client.remember("another", "two", dedup_key="fetch/1?&")
    assert client.get_memory(stored.id) == stored
    assert client.get_memory("fetch/1?&", agent_id="fetcher") == stored
    assert client.get_memory("fetch/1?&").content == "two"
    with pytest.raises(NotFoundError):
        client.get_memory("nothing")


def test_what_is_retracted_is_out_of_sight_until_it_is_restored(client: Memtrace):
    stored = client.remember("retractor", "said by another customer")
    client.retract(stored.id, reason="wrong")
    client.retract(stored.id)
    assert client.list_memories({"agent_id": "retractor"}).count == 0
    known = client.get_memory(stored.id)
    assert known.state == "retracted" and known.review and known.review["reason"] == "wrong"
    assert client.review(stored.id, "restored")["count"] == 1
    assert client.list_memories({"agent_id": "retractor"}).count == 1
    client.review([stored.id], "rejected", reason="no")
    assert client.list_memories({"agent_id": "retractor"}).count == 0
    with pytest.raises(NotFoundError):
        client.retract("mem_01M63F8CMTYH5CY7PF37C4YEA0")


def test_what_waits_is_found_by_customer(client: Memtrace):
    session = client.create_session({"agent_id": "waiter", "metadata": {"customer_id": "waiting"}})
    issue = client.remember("waiter", "No signal", session_id=session.id, tags=["issue"])
    found = client.open_items(where={"customer_id": "waiting"}, limit=5)
    assert [item["record"]["id"] for item in found["items"]] == [issue.id]
    assert client.open_items(where={"customer_id": "waiting"}, older_than="1h")["count"] == 0


def test_registering_again_updates_where_it_may(client: Memtrace):
    first = client.register_agent({"name": "again", "description": "one"})
    with pytest.raises(ConflictError):
        client.register_agent({"name": "again", "description": "two"})
    second = client.register_agent({"name": "again", "description": "two"}, exist_ok=True)
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert second.description == client.get_agent("again").description == "two"
    kept = client.register_agent({"name": "again", "config": {"shift": "night"}}, exist_ok=True)
    assert (kept.description, kept.config) == ("two", {"shift": "night"})
    with pytest.raises(ConflictError):  # differs only in case: another agent
        client.register_agent({"name": "AGAIN"}, exist_ok=True)
    assert client.register_agent({"name": "fresh"}, exist_ok=True).id == "fresh"


def test_the_bridge_tells_its_state_and_has_no_remote_to_sync_with(client: Memtrace):
    assert client.status()["branch"] == "main"
    with pytest.raises(ConflictError):
        client.sync()


def test_a_batch_is_all_or_nothing(client: Memtrace):
    stored = client.add_memories([
        {"agent_id": "batcher", "content": "one"},
        AddMemoryRequest(agent_id="batcher", content="two", event_type="error"),
    ])
    assert [memory.content for memory in stored] == ["one", "two"]
    with pytest.raises(MemtraceError) as refused:
        client.add_memories([
            {"agent_id": "batcher", "content": "three"}, {"agent_id": "batcher", "content": ""}])
    assert refused.value.status_code == 400
    assert client.get_agent_stats("batcher").memory_count == 2


def test_searches_filter(client: Memtrace):
    client.remember("seeker", "The ROUTER restarts", importance=0.9, tags=["router"])
    client.remember("seeker", "Nothing of note", importance=0.1)
    client.decide("seeker", "Swap the router", "It restarts")
    found = client.search_memories(SearchQuery(agent_id="seeker", content_contains="router"))
    assert {memory.content for memory in found.results} == {"The ROUTER restarts", "Swap the router"}
    assert found.count == 2 and isinstance(found.query_time_ms, int)
    assert client.search_memories({"agent_id": "seeker", "min_importance": 0.5}).count == 1
    assert client.search_memories({"agent_id": "seeker", "memory_types": ["decision"]}).count == 1
    assert client.search_memories({"agent_id": "seeker", "tags": "router"}).count == 1


def test_agents_are_registered_once(client: Memtrace):
    made = client.register_agent(RegisterAgentRequest(
        name="tv", description="Television", config={"model": "m", "level": 2}))
    assert isinstance(made, Agent) and made.id == made.name == "tv"
    assert made.config == {"model": "m", "level": 2} and made.created_at.tzinfo
    with pytest.raises(ConflictError, match="already exists") as conflict:
        client.register_agent({"name": "tv"})
    assert conflict.value.status_code == 409
    assert client.get_agent("tv").description == "Television"
    named = client.register_agent({"name": "Ana María / night shift"})
    assert client.get_agent("Ana María / night shift").id == client.get_agent(named.id).id == named.id
    assert {"tv", named.id} <= {agent.id for agent in client.list_agents().agents}
    client.remember("tv", "boom", event_type="error")
    session = client.create_session({"agent_id": "tv"})
    stats = client.get_agent_stats("tv")
    assert isinstance(stats, AgentStats) and stats.memory_types == {"episodic": 1}
    assert (stats.memory_count, stats.memories_24h, stats.errors_24h) == (1, 1, 1)
    assert (stats.session_count, stats.active_sessions) == (1, 1) and stats.last_active_at
    client.close_session(session.id)
    assert client.get_agent_stats("tv").active_sessions == 0
    assert client.delete_agent("tv") is None
    with pytest.raises(NotFoundError):
        client.get_agent("tv")
    assert client.list_memories({"agent_id": "tv"}).count == 1


def test_sessions_are_found_by_metadata(client: Memtrace):
    first = client.create_session({"agent_id": "s", "metadata": {"customer": "c1", "chat": 77}})
    second = client.create_session({"agent_id": "s", "metadata": {"customer": "c1", "chat": 78}})
    other = client.create_session({"agent_id": "t", "metadata": {"customer": "c2"}})
    assert isinstance(first, Session) and first.status == "active" and first.closed_at is None
    found = client.search_sessions({"metadata": {"customer": "c1"}, "status": "active"})
    assert [session.id for session in found.sessions] == [second.id, first.id]
    assert found.count == 2 and found.has_more is False
    for chat in (77, "77"):
        q = SessionQuery(metadata={"customer": "c1", "chat": chat})
        assert [session.id for session in client.search_sessions(q).sessions] == [first.id]
    assert client.search_sessions({"where": {"customer": "c1"}, "status": "active"}) == found
    newest = client.search_sessions({"metadata": {"customer": "c1"}, "order": "desc", "limit": 1})
    assert [session.id for session in newest.sessions] == [second.id] and newest.has_more
    closed = client.close_session(first.id)
    assert closed.status == "closed" and closed.closed_at
    assert client.close_session(first.id).closed_at == closed.closed_at
    assert client.search_sessions({"metadata": {"customer": "c1"}, "status": "closed"}).count == 1
    changed = client.update_session(first.id, status="active", metadata={"chat": None, "vip": True})
    assert changed.status == "active" and changed.closed_at is None
    assert changed.metadata == {"customer": "c1", "vip": True}
    assert client.get_session(first.id) == changed
    assert {session.id for session in client.list_sessions("s").sessions} == {first.id, second.id}
    assert other.id in {session.id for session in client.list_sessions().sessions}


def test_contexts_tell_what_happened(client: Memtrace):
    where = {"customer_id": "context-1"}
    first = client.create_session({"agent_id": "ctx", "metadata": where})
    client.remember("ctx", "The line drops at night", session_id=first.id)
    client.decide("ctx", "Swap the router", "Its log shows restarts", session_id=first.id)
    second = client.create_session({"agent_id": "ctx", "metadata": where})
    client.remember("ctx", "Still drops", session_id=second.id)
    context = client.get_session_context(first.id, ContextOptions(since="7d"))
    assert context.session_id == first.id and context.memory_count == 2
    for text in ("The line drops at night", "Swap the router", "Its log shows restarts", "ctx"):
        assert text in context.context
    assert "Still drops" not in context.context
    assert context.omitted == 0 and context.tokens > 0
    whole = client.get_context({"where": where})
    assert set(whole.session_ids) == {first.id, second.id} and "Still drops" in whole.context
    assert "line drops" in whole.context
    one = client.get_context(ContextQuery(session_id=second.id, max_tokens=200))
    assert "Still drops" in one.context
    assert client.get_session_memories(first.id, {"limit": 1}).has_more
    for call in (client.get_session_context, client.get_session, client.get_session_memories):
        with pytest.raises(NotFoundError):
            call("sess_01JD00000000000000000000ZZ")


def test_a_dedup_key_makes_sending_again_safe(client: Memtrace):
    first = client.remember("again", "once", dedup_key="message-9")
    with pytest.raises(ConflictError, match="duplicate memory") as conflict:
        client.remember("again", "once", dedup_key="message-9")
    assert conflict.value.body["id"] == first.id


def test_errors_say_what_and_why(client: Memtrace):
    with pytest.raises(MemtraceError) as refused:
        client.add_memory({
            "agent_id": "x", "content": "y", "importance": 7, "tags": ["not a tag!"]})
    assert refused.value.status_code == 400
    assert "importance" in refused.value.message and "tags" in refused.value.message
    with pytest.raises(NotFoundError, match="session"):
        client.remember("x", "y", session_id="sess_01JD00000000000000000000ZZ")
    with pytest.raises(MemtraceError) as refused:
        client.list_memories({"since": "yesterday-ish"})
    assert refused.value.status_code == 400


def test_keys_and_scopes(guarded: LiveBridge):
    with Memtrace(guarded.url, "mtk_wrong") as client:
        with pytest.raises(AuthenticationError, match="invalid API key"):
            client.list_agents()
    reader, bound = guarded.key("r", "read"), guarded.key("b", "write", "--agent", "tv")
    with Memtrace(guarded.url, guarded.key("w", "write")) as client:
        client.remember("tv", "written with a write key")
        with pytest.raises(MemtraceError) as refused:
            client.delete_agent("tv")
        assert refused.value.status_code == 403 and refused.value.hint
    with Memtrace(guarded.url, reader) as client:
        assert client.recall("tv").count == 1
        with pytest.raises(MemtraceError) as refused:
            client.remember("tv", "no")
        assert refused.value.status_code == 403
    with Memtrace(guarded.url, bound) as client:
        client.remember("tv", "as itself")
        with pytest.raises(MemtraceError) as refused:
            client.remember("billing", "as another")
        assert refused.value.status_code == 403


def test_the_asynchronous_client_does_the_same(bridge: LiveBridge):
    async def main() -> None:
        async with AsyncMemtrace(bridge.url, "mtk_any") as client:
            await client.register_agent({"name": "async"})
            session = await client.create_session({
                "agent_id": "async", "metadata": {"customer": "async-1"}})
            told = await client.remember("async", "héllo", tags="a,b")
            assert told.session_id == session.id and told.metadata == {"session_inferred": True}
            await client.decide("async", "Do it", "Why not", session_id=session.id)
            await client.add_memory(AddMemoryRequest(agent_id="async", content="loose"))
            await client.add_memories([{"agent_id": "async", "content": "loose too"}])
            assert (await client.recall("async")).count == 4
            assert (await client.list_memories({"agent_id": "async", "tags": ["a"]})).count == 1
            found = await client.search_memories({"agent_id": "async", "content_contains": "HÉL"})
            assert found.count == 1
            assert (await client.get_agent("async")).name == "async"
            assert "async" in {agent.id for agent in (await client.list_agents()).agents}
            assert (await client.get_agent_stats("async")).memory_count == 4
            assert (await client.get_agent_memories("async", {"limit": 1})).has_more
            assert (await client.get_session(session.id)).status == "active"
            assert (await client.list_sessions("async")).count == 1
            sought = {"metadata": {"customer": "async-1"}}
            assert (await client.search_sessions(sought)).sessions[0].id == session.id
            assert (await client.get_session_memories(session.id)).count == 2
            context = await client.get_session_context(session.id, {"since": "1h"})
            assert "Why not" in context.context
            whole = await client.get_context({"where": {"customer": "async-1"}})
            assert whole.session_ids == [session.id]
            await client.update_session(session.id, metadata={"vip": True})
            assert (await client.close_session(session.id)).status == "closed"
            await client.delete_agent("async")
            with pytest.raises(NotFoundError):
                await client.get_agent("async")
            with pytest.raises(ConflictError):
                await client.add_memories([
                    {"agent_id": "z", "content": "z", "dedup_key": "z"} for _ in range(2)])
            many = [client.remember("crowd", f"note {n}", session_id=None) for n in range(200)]
            assert len({memory.id for memory in await asyncio.gather(*many)}) == 200
        with pytest.raises(RuntimeError, match="closed"):
            await client.list_agents()

    asyncio.run(main())


def test_one_asynchronous_client_serves_several_loops(bridge: LiveBridge):
    client = AsyncMemtrace(bridge.url, "mtk_any")

    async def once() -> int:
        return (await client.list_agents()).count

    assert asyncio.run(once()) == asyncio.run(once())
    asyncio.run(client.close())


def test_threads_share_a_client(client: Memtrace):
    stored: list[str] = []

    def work(number: int) -> None:
        for turn in range(20):
            stored.append(client.remember(f"thread-{number}", f"turn {turn}").id)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(stored)) == 160


def test_a_client_outlives_a_restart_of_the_bridge():
    with running("--no-auth") as bridge, Memtrace(bridge.url, "mtk_any") as client:
        client.remember("patient", "before")
        bridge.stop()
        with pytest.raises(BridgeUnreachableError) as down:
            client.recall("patient")
        assert down.value.status_code == 0 and str(bridge.port) in down.value.message
        bridge.start()
        client.remember("patient", "after")
        assert [m.content for m in client.recall("patient").memories] == ["after", "before"]


def test_a_silent_bridge_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Memtrace(url, "mtk_any", timeout=0.2) as client:
            with pytest.raises(BridgeUnreachableError, match="within 0.2 s"):
                client.list_agents()

        async def main() -> None:
            async with AsyncMemtrace(url, "mtk_any", timeout=0.2) as client:
                with pytest.raises(BridgeUnreachableError, match="within 0.2 s"):
                    await client.list_agents()

        asyncio.run(main())


@pytest.mark.parametrize("answer", [
    b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot", b"SSH-2.0-OpenSSH\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<hi>",
])
def test_an_answer_that_is_none_is_an_error(answer: bytes):
    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    async def ask(url: str) -> None:
        async with AsyncMemtrace(url, "mtk_any", timeout=5) as client:
            await client.list_agents()

    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, daemon=True).start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    try:
        with Memtrace(url, "mtk_any", timeout=5) as client, pytest.raises(MemtraceError):
            client.list_agents()
        with pytest.raises(MemtraceError):
            asyncio.run(ask(url))
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def test_chunked_answers_and_proxies_are_understood():
    """A proxy may send an interim answer, chunks and trailers."""
    body = json.dumps({"agents": [], "count": 0}).encode()
    answer = (
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
        + f"{5:x};x=y\r\n".encode() + body[:5] + f"\r\n{len(body) - 5:x}\r\n".encode() + body[5:]
        + b"\r\n0\r\nX-Trailer: 1\r\n\r\n")

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            for _ in range(2):
                connection.recv(65536)
                connection.sendall(answer)

    async def main() -> None:
        async with AsyncMemtrace(f"http://127.0.0.1:{port}/behind/a/proxy", "mtk_any") as client:
            for _ in range(2):
                assert (await client.list_agents()).count == 0

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=serve, daemon=True).start()
        asyncio.run(main())


def test_requests_are_checked_before_they_are_sent():
    client = Memtrace("http://127.0.0.1:1", "mtk_any")
    for call in (
        lambda: client.search_sessions({"metdata": {}}),
        lambda: client.create_session({"metadata": {}}),
        lambda: client.add_memory({"agent_id": "a", "content": "b", "colour": "red"}),
        lambda: client.list_memories(SearchQuery()),
        lambda: client.add_memory("text"),
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError):
        client.remember("a", "b", metadata={"x": float("nan")}, session_id=None)
    with pytest.raises(ValueError):
        client.get_agent("")
    for url, key in (("localhost:9100", "k"), ("ftp://x", "k"), ("http://x", "k\r\nHost: y")):
        with pytest.raises(ValueError):
            Memtrace(url, key)


def test_what_does_not_count_is_listed_and_found_where_all_is_asked_for(client):
    session = client.create_session({"agent_id": "all", "metadata": {"customer": 7, "vip": True}})
    memory = client.remember("all", "the harp is out of tune", session_id=session.id)
    client.retract(memory.id)
    for where in ({"customer": 7}, {"customer": "7", "vip": True}):
        for include, ids in ((None, []), ("all", [memory.id])):
            listed = client.list_memories({"where": where, "include": include})
            found = client.search_memories({"content_contains": "harp", "where": where, "include": include})
            assert [one.id for one in listed.memories] == [one.id for one in found.results] == ids
    unknown = client.remember("all", "no", event_type="correction", parent_id="mem_01M6SE03XCQ5A1V7KJ4D8N2RXT")
    assert "nothing is corrected" in unknown.hint
    with pytest.raises(MemtraceError, match="parent_id: is required"):
        client.remember("all", "no", event_type="correction")
    with pytest.raises(MemtraceError, match="dedup_key: must not hold"):
        client.remember("all", "no", dedup_key="a\0b")


def test_types_dump_as_the_published_ones_do():
    request = AddMemoryRequest(agent_id="a", content="c", tags=["t"], metadata={"k": None})
    assert request.model_dump(exclude_none=True) == {
        "agent_id": "a", "memory_type": "episodic", "event_type": "general", "content": "c",
        "metadata": {"k": None}, "tags": ["t"]}
    assert ListOptions().model_dump() == dict.fromkeys(
        ("agent_id", "session_id", "memory_type", "event_type", "tags", "since", "until",
         "limit", "offset", "order", "where", "include"))
    session = Session.model_validate({
        "id": "s", "org_id": "o", "agent_id": "a", "status": "active", "from_the_future": 1,
        "created_at": "2026-11-22T10:00:00.123Z", "updated_at": "2026-11-22T10:00:00.123Z"})
    assert session.created_at == datetime(2026, 11, 22, 10, 0, 0, 123000, timezone.utc)
    dump = session.model_dump(mode="json", exclude_none=True)
    assert dump["created_at"] == "2026-11-22T10:00:00.123000+00:00" and "closed_at" not in dump
    with pytest.raises(TypeError):
        AddMemoryRequest(content="no agent")


def test_a_socket_in_the_file_system(tmp_path):
    bridge = LiveBridge(tmp_path, "--no-auth")
    path = tmp_path / "memtrace.sock"
    process = subprocess.Popen(
        [BINARY, "-C", str(bridge.repository), "serve", "--no-auth", "--quiet",
         "--listen", f"unix:{path}"], env=bridge.environment, stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        with Memtrace(f"unix:{path}", "mtk_any") as client:
            client.remember("local", "over a socket file")

        async def main() -> int:
            async with AsyncMemtrace(f"unix:{path}", "mtk_any") as client:
                return (await client.recall("local")).count

        assert asyncio.run(main()) == 1
    finally:
        process.terminate()
        assert process.wait(6) == 0
        process.stdout.close()


def test_the_file_needs_nothing_but_the_standard_library():
    source = f"import sys; sys.path.insert(0, {str(module.__file__.rsplit('/', 1)[0])!r})\n"
    source += "import memtrace; print(memtrace.__version__)"
    done = subprocess.run([sys.executable, "-I", "-B", "-S", "-c", source], capture_output=True, text=True)
    assert done.stdout.strip() == module.__version__, done.stderr


def test_the_program_carries_this_file(bridge: LiveBridge):
    with open(module.__file__, encoding="utf-8") as file:
        assert bridge.command("template", "python/memtrace.py") == file.read()
