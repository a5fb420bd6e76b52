"""The rule for a session left out: where `remember` and `decide` go when they name none."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from live_bridge import LiveBridge
from memtrace import AsyncMemtrace, CreateSessionRequest, Memtrace


@pytest.fixture
def client(bridge: LiveBridge):
    with Memtrace(bridge.url, "mtk_any") as client:
        yield client


def new_session(client: Memtrace, customer: str = "c") -> str:
    return client.create_session(
        CreateSessionRequest(agent_id="a", metadata={"customer_id": customer})).id


def test_without_any_session_there_is_none(client: Memtrace):
    told = client.remember("a", "b")
    assert told.session_id is None and told.metadata is None


def test_it_is_the_session_created_last(client: Memtrace):
    new_session(client)
    second = new_session(client)
    told = client.decide("a", "b", "c", metadata={"ticket": 1})
    assert told.session_id == second
    assert told.metadata == {"ticket": 1, "reasoning": "c", "session_inferred": True}


def test_it_is_the_session_written_to_last(client: Memtrace):
    first, second = new_session(client), new_session(client)
    named = client.remember("a", "b", session_id=first)
    assert named.metadata is None
    assert client.decide("a", "b", "c").session_id == first
    client.add_memory({"agent_id": "a", "content": "b", "session_id": second})
    assert client.decide("a", "b", "c").session_id == second
    client.add_memories([{"agent_id": "a", "content": "b", "session_id": first}])
    assert client.decide("a", "b", "c").session_id == first


def test_it_is_the_session_whose_context_was_taken_last(client: Memtrace):
    first, _ = new_session(client), new_session(client)
    client.get_session_context(first)
    assert client.remember("a", "b").session_id == first


def test_reading_otherwise_changes_nothing(client: Memtrace):
    first, second = new_session(client, "reading"), new_session(client, "reading")
    client.get_session(first)
    client.list_sessions("a")
    client.search_sessions({"metadata": {"customer_id": "reading"}, "order": "asc"})
    client.get_session_memories(first)
    client.list_memories({"session_id": first})
    assert client.remember("a", "b").session_id == second


def test_a_context_or_a_batch_over_several_sessions_leaves_none(client: Memtrace):
    first, second = new_session(client, "several"), new_session(client, "several")
    client.get_context({"where": {"customer_id": "several"}})
    assert client.remember("a", "b").session_id is None
    client.get_context({"session_id": first})
    assert client.remember("a", "b").session_id == first
    client.add_memories([
        {"agent_id": "a", "content": "b", "session_id": id} for id in (first, second)])
    assert client.remember("a", "b").session_id is None


def test_none_said_outright_means_none(client: Memtrace):
    first = new_session(client)
    told = client.remember("a", "b", session_id=None)
    assert told.session_id is None and told.metadata is None
    assert client.remember("a", "b").session_id == first


def test_other_methods_never_guess(client: Memtrace):
    new_session(client)
    assert client.add_memory({"agent_id": "a", "content": "b"}).session_id is None
    assert client.add_memories([{"agent_id": "a", "content": "b"}])[0].session_id is None


def test_a_closed_session_is_not_guessed_until_it_is_used_again(client: Memtrace):
    first = new_session(client)
    client.close_session(first)
    assert client.remember("a", "b").session_id is None
    client.remember("a", "late", session_id=first)
    assert client.remember("a", "b").session_id == first
    client.update_session(first, status="closed")
    assert client.remember("a", "b").session_id is None
    client.update_session(first, status="active")
    assert client.remember("a", "b").session_id == first


def test_a_session_closed_in_another_thread_is_not_guessed(client: Memtrace):
    first = new_session(client)
    thread = threading.Thread(target=client.close_session, args=[first])
    thread.start()
    thread.join()
    assert client.remember("a", "b").session_id is None


def test_it_can_be_turned_off(bridge: LiveBridge):
    with Memtrace(bridge.url, "mtk_any", infer_session=False) as client:
        new_session(client)
        told = client.remember("a", "b")
        assert told.session_id is None and told.metadata is None


def test_clients_do_not_share_it(bridge: LiveBridge, client: Memtrace):
    new_session(client)
    with Memtrace(bridge.url, "mtk_any") as another:
        assert another.remember("a", "b").session_id is None


def test_a_failed_write_changes_nothing(client: Memtrace):
    first = new_session(client)
    with pytest.raises(Exception):
        client.remember("a", "b", session_id="sess_01JD00000000000000000000ZZ")
    assert client.remember("a", "b").session_id == first


def test_threads_start_with_none_and_never_cross(client: Memtrace):
    mine = new_session(client)
    barrier = threading.Barrier(2, timeout=20)

    def serve(customer: str) -> None:
        assert client.decide("a", "too early", "no session yet").session_id is None
        session = new_session(client, customer)
        for turn in range(10):
            barrier.wait()
            assert client.remember("a", f"{customer} turn {turn}").session_id == session
            barrier.wait()
            assert client.decide("a", f"{customer} turn {turn}", "so").session_id == session
        told = client.get_session_context(session).context
        other = "bert" if customer == "anna" else "anna"
        assert f"{customer} turn 9" in told and other not in told

    with ThreadPoolExecutor(2) as pool:
        for outcome in [pool.submit(serve, "anna"), pool.submit(serve, "bert")]:
            outcome.result()
    assert client.remember("a", "b").session_id == mine


@pytest.mark.parametrize("kind", [Memtrace, AsyncMemtrace])
def test_tasks_start_with_none_and_never_cross(bridge: LiveBridge, kind: type):
    client = kind(bridge.url, "mtk_any")

    async def call(result):
        return await result if kind is AsyncMemtrace else result

    async def serve(customer: str) -> None:
        told = await call(client.decide("a", "too early", "no session yet"))
        assert told.session_id is None
        session = (await call(client.create_session(
            {"agent_id": "a", "metadata": {"customer_id": customer}}))).id
        for turn in range(10):
            await asyncio.sleep(0)
            told = await call(client.remember("a", f"{customer} turn {turn}"))
            assert told.session_id == session
            await asyncio.sleep(0.001)
            told = await call(client.decide("a", f"{customer} turn {turn}", "so"))
            assert told.session_id == session
        told = (await call(client.get_session_context(session))).context
        other = "dora" if customer == "carl" else "carl"
        assert f"{customer} turn 9" in told and other not in told

    async def main() -> None:
        mine = await call(client.create_session({"agent_id": "a"}))
        await asyncio.gather(serve("carl"), serve("dora"))
        assert (await call(client.remember("a", "b"))).session_id == mine.id
        await call(client.close())

    asyncio.run(main())


def test_a_task_in_a_thread_of_a_pool_starts_anew(client: Memtrace):
    async def main() -> None:
        new_session(client)
        told = await asyncio.to_thread(client.remember, "a", "b")
        assert told.session_id is None

    asyncio.run(main())
