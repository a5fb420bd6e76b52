"""The rule for a session left out: where `remember` and `decide` go when they name none."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import warnings
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


def test_it_is_the_one_session_that_the_agent_wrote_to(client: Memtrace):
    session = new_session(client)
    told = client.decide("a", "b", "c", metadata={"ticket": 1})
    assert told.session_id == session
    assert told.metadata == {"ticket": 1, "reasoning": "c", "session_inferred": True}
    assert client.remember("a", "named", session_id=session).metadata is None


def test_an_agent_that_did_not_write_to_it_is_not_guessed_for(client: Memtrace):
    session = new_session(client)
    assert client.remember("b", "first").session_id is None
    client.remember("b", "second", session_id=session)
    assert client.remember("b", "third").session_id == session


def test_a_context_makes_a_session_known_but_only_a_writer_is_guessed_for(bridge: LiveBridge, client: Memtrace):
    with Memtrace(bridge.url, "mtk_any") as before:
        session = new_session(before)
    client.get_session_context(session)
    assert client.remember("a", "b").session_id is None
    client.add_memory({"agent_id": "a", "content": "b", "session_id": session})
    assert client.remember("a", "b").session_id == session


@pytest.mark.parametrize("second", ["created", "written to", "batch", "context", "customer"])
def test_the_second_session_ends_all_guessing_with_one_warning(bridge: LiveBridge, client: Memtrace, second: str):
    with Memtrace(bridge.url, "mtk_any") as before:
        other, third = new_session(before, "other"), new_session(before, "other")
    first = new_session(client, "first")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert client.remember("a", "b").session_id == first
        assert not heard
        if second == "created":
            new_session(client)
        elif second == "written to":
            client.remember("a", "b", session_id=other)
        elif second == "batch":
            client.add_memories([
                {"agent_id": "a", "content": "b", "session_id": id} for id in (other, third)])
        elif second == "context":
            client.get_session_context(other)
        else:
            client.get_context({"where": {"customer_id": "other"}})
        assert client.remember("a", "b").session_id is None
        client.remember("a", "b", session_id=first)
        assert client.remember("a", "b").session_id is None
        assert client.decide("a", "b", "c").session_id is None
    assert len(heard) == 1 and "client.session(id)" in str(heard[0].message)


def test_one_who_always_names_the_session_is_never_warned(client: Memtrace):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            client.remember("a", "b", session_id=new_session(client))
        client.remember("a", "b", session_id=None)


def test_looking_at_others_is_not_dealing_with_them(bridge: LiveBridge, client: Memtrace):
    with Memtrace(bridge.url, "mtk_any") as before:
        other = new_session(before, "looked at")
    session = new_session(client, "looked at")
    client.get_session(other)
    client.list_sessions("a")
    client.search_sessions({"metadata": {"customer_id": "looked at"}, "order": "asc"})
    client.get_session_memories(other)
    client.list_memories({"session_id": other})
    assert client.remember("a", "b").session_id == session


def test_none_said_outright_means_none(client: Memtrace):
    first = new_session(client)
    told = client.remember("a", "b", session_id=None)
    assert told.session_id is None and told.metadata is None
    assert client.remember("a", "b").session_id == first


def test_other_methods_never_guess(client: Memtrace):
    session = new_session(client)
    with client.session(session):
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
        session = new_session(client)
        told = client.remember("a", "b")
        assert told.session_id is None and told.metadata is None
        with client.session(session):
            assert client.remember("a", "b").session_id == session


def test_clients_do_not_share_it(bridge: LiveBridge, client: Memtrace):
    session = new_session(client)
    with Memtrace(bridge.url, "mtk_any") as another, client.session(session):
        assert another.remember("a", "b").session_id is None


def test_a_failed_write_changes_nothing(client: Memtrace):
    first = new_session(client)
    with pytest.raises(Exception):
        client.remember("a", "b", session_id="sess_01JD00000000000000000000ZZ")
    assert client.remember("a", "b").session_id == first


def test_a_block_names_the_session(client: Memtrace):
    first, second = new_session(client), new_session(client)
    with client.session(first) as named:
        assert named == first
        told = client.remember("b", "by an agent that is new here")
        assert told.session_id == first and told.metadata is None
        with client.session(second):
            assert client.decide("a", "b", "c").session_id == second
            with client.session(None):
                assert client.remember("a", "b").session_id is None
        assert client.remember("a", "b").session_id == first
        assert client.remember("a", "b", session_id=second).session_id == second
    with pytest.warns(UserWarning):
        assert client.remember("a", "b").session_id is None


def test_a_pooled_worker_never_puts_one_customer_into_another_session(client: Memtrace):
    """One thread, two customers: what a web server's pool does with two requests."""
    def first_request() -> None:
        session = new_session(client, "anna")
        client.remember("a", "Anna's line is down", session_id=session)
        assert client.remember("a", "Anna prefers e-mail").session_id is None

    def second_request() -> None:
        assert client.remember("a", "Bert prefers the telephone").session_id is None

    with ThreadPoolExecutor(1) as pool:
        pool.submit(first_request).result()
        pool.submit(second_request).result()
    assert "Bert" not in client.get_context({"where": {"customer_id": "anna"}}).context


def test_blocks_in_threads_never_cross(client: Memtrace):
    barrier = threading.Barrier(2, timeout=20)

    def serve(customer: str) -> None:
        with client.session(new_session(client, customer)) as session:
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
    with pytest.warns(UserWarning):
        assert client.remember("a", "b").session_id is None


@pytest.mark.parametrize("kind", [Memtrace, AsyncMemtrace])
def test_blocks_in_tasks_never_cross(bridge: LiveBridge, kind: type):
    client = kind(bridge.url, "mtk_any")

    async def call(result):
        return await result if kind is AsyncMemtrace else result

    async def serve(customer: str) -> None:
        session = (await call(client.create_session(
            {"agent_id": "a", "metadata": {"customer_id": customer}}))).id
        async with client.session(session):
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
        await asyncio.gather(serve("carl"), serve("dora"))
        with pytest.warns(UserWarning):
            assert (await call(client.remember("a", "b"))).session_id is None
        await call(client.close())

    asyncio.run(main())


def test_only_the_task_that_used_the_session_is_guessed_for(bridge: LiveBridge):
    async def main() -> None:
        async with AsyncMemtrace(bridge.url, "mtk_any") as client:
            session = (await client.create_session({"agent_id": "a"})).id
            assert (await client.remember("a", "b")).session_id == session
            other = asyncio.create_task(client.remember("a", "b"))
            assert (await other).session_id is None

    asyncio.run(main())


def test_a_thread_that_a_task_starts_is_not_guessed_for(client: Memtrace):
    async def main() -> None:
        session = new_session(client)
        told = await asyncio.to_thread(client.remember, "a", "b")
        assert told.session_id is None
        with client.session(session):
            told = await asyncio.to_thread(client.remember, "a", "b")
            assert told.session_id == session

    asyncio.run(main())


def in_a_fork(act) -> None:
    """Runs `act` in a child of this process; it is to come to its end without an error."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr)
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def test_a_fork_is_not_guessed_for_until_it_uses_the_session(client: Memtrace):
    """Workers that were forked off a process which had dealt with a customer."""
    session = new_session(client, "anna")
    assert client.remember("a", "Anna's line is down").session_id == session

    def another_customer() -> None:
        assert client.remember("a", "Bert prefers the telephone").session_id is None
        with client.session(session):
            assert client.remember("a", "named").session_id == session
        assert client.remember("a", "Anna again").session_id == session

    in_a_fork(another_customer)
    assert client.remember("a", "Anna prefers e-mail").session_id == session
    assert "Bert" not in client.get_context({"where": {"customer_id": "anna"}}).context


def test_a_fork_at_the_worst_moment_goes_on(client: Memtrace):
    """Another thread is in the middle of noting a session while this one forks."""
    session = new_session(client)
    with client._sessions._lock:
        in_a_fork(lambda: client.remember("a", "b", session_id=session))
