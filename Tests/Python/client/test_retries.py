"""`retries`: a write whose answer was lost is sent again and is stored once."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
from live_bridge import LiveBridge
from memtrace import AsyncMemtrace, BridgeUnreachableError, ConflictError, Memtrace, MemtraceError


class Between:
    """A proxy that loses the answers, or refuses, as often as it is told."""

    def __init__(self, bridge: LiveBridge):
        self.bridge = bridge
        self.lost = 0
        self.busy = 0
        self.requests = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.exchange, args=[client], daemon=True).start()

    def exchange(self, client: socket.socket) -> None:
        """One request a connection."""
        with client:
            request = client.recv(65_536)
            head, _, body = request.partition(b"\r\n\r\n")
            length = next((
                int(line.split(b":")[1]) for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")), 0)
            while len(body) < length:
                body += client.recv(65_536)
            self.requests += 1
            if self.busy:
                self.busy -= 1
                client.sendall(
                    b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 16\r\n"
                    b"Connection: close\r\n\r\n{\"error\":\"busy\"}")
                return
            with socket.create_connection(("127.0.0.1", self.bridge.port)) as server:
                first, *lines = head.split(b"\r\n")
                lines = [line for line in lines if not line.lower().startswith(b"connection:")]
                server.sendall(
                    b"\r\n".join([first, *lines, b"Connection: close"]) + b"\r\n\r\n" + body)
                answer = b""
                while piece := server.recv(65_536):
                    answer += piece
            if self.lost:
                self.lost -= 1
                return
            client.sendall(answer)


@pytest.fixture
def between(bridge: LiveBridge):
    between = Between(bridge)
    yield between
    between.listener.close()


def run(kind: type, between: Between, retries: int, work):
    """Calls `work(client, call)` with a client of this kind; `call` waits for either."""
    async def main():
        client = kind(between.url, "mtk_any", retries=retries)
        try:
            async def call(result):
                return await result if kind is AsyncMemtrace else result

            return await work(client, call)
        finally:
            closed = client.close()
            if closed is not None:
                await closed

    return asyncio.run(main())


KINDS = pytest.mark.parametrize("kind", [Memtrace, AsyncMemtrace])


@KINDS
def test_a_memory_whose_answer_was_lost_is_stored_once(between: Between, kind: type):
    async def work(client, call):
        between.lost = 2
        stored = await call(client.remember(f"lost-{kind.__name__}", "said once"))
        listed = await call(client.list_memories({"agent_id": f"lost-{kind.__name__}"}))
        assert [memory.id for memory in listed.memories] == [stored.id]
        assert stored.dedup_key.startswith("retry-") and stored.content == "said once"

    run(kind, between, 3, work)
    assert between.requests == 5  # three times the memory, its reading by key, the list


@KINDS
def test_a_batch_whose_answer_was_lost_is_stored_once(between: Between, kind: type):
    async def work(client, call):
        between.lost = 1
        agent = f"batch-{kind.__name__}"
        stored = await call(client.add_memories(
            [{"agent_id": agent, "content": text} for text in ("one", "two")]))
        listed = await call(client.list_memories({"agent_id": agent, "order": "asc"}))
        assert listed.memories == stored
        assert [memory.content for memory in stored] == ["one", "two"]

    run(kind, between, 1, work)


@KINDS
def test_a_busy_bridge_is_asked_again_as_often_as_said(between: Between, kind: type):
    async def work(client, call):
        between.busy = 2
        await call(client.remember(f"busy-{kind.__name__}", "in the end"))
        between.busy = 3
        with pytest.raises(MemtraceError) as refused:
            await call(client.remember(f"busy-{kind.__name__}", "never"))
        assert refused.value.status_code == 503
        listed = await call(client.list_memories({"agent_id": f"busy-{kind.__name__}"}))
        assert [memory.content for memory in listed.memories] == ["in the end"]

    run(kind, between, 2, work)


@KINDS
def test_a_repeat_of_somebody_elses_key_stays_a_conflict(between: Between, kind: type):
    async def work(client, call):
        agent = f"conflict-{kind.__name__}"
        await call(client.remember(agent, "the first", dedup_key="k"))
        between.lost = 1
        with pytest.raises(ConflictError):
            await call(client.remember(agent, "the second", dedup_key="k"))

    run(kind, between, 3, work)


@KINDS
def test_what_would_be_done_twice_is_never_sent_again(between: Between, kind: type):
    async def work(client, call):
        between.lost = 1
        with pytest.raises(BridgeUnreachableError):
            await call(client.create_session({"agent_id": f"twice-{kind.__name__}"}))
        assert between.requests == 1
        found = await call(client.list_sessions(f"twice-{kind.__name__}"))
        assert found.count == 1

    run(kind, between, 3, work)


@KINDS
def test_without_retries_a_write_is_sent_once_and_has_no_key(between: Between, kind: type):
    async def work(client, call):
        agent = f"plain-{kind.__name__}"
        between.lost = 1
        with pytest.raises(BridgeUnreachableError):
            await call(client.remember(agent, "once"))
        assert between.requests == 1
        listed = await call(client.list_memories({"agent_id": agent}))
        assert [memory.dedup_key for memory in listed.memories] == [None]

    run(kind, between, 0, work)


@KINDS
def test_a_memory_that_was_masked_is_known_again_when_its_answer_was_lost(between: Between, kind: type):
    async def work(client, call):
        agent = f"masked-{kind.__name__}"
        between.lost = 1
        stored = await call(client.remember(agent, "my card is 4111 1111 1111 1111 please"))
        assert stored.content == "my card is [card ending 1111] please"
        between.lost = 1
        both = await call(client.add_memories(
            [{"agent_id": agent, "content": text} for text in ("a 4111 1111 1111 1111", "b")]))
        listed = await call(client.list_memories({"agent_id": agent, "order": "asc"}))
        assert listed.memories == [stored, *both]

    run(kind, between, 3, work)


@KINDS
def test_a_batch_with_somebody_elses_key_stays_a_conflict_and_nothing_of_it_is_stored(between: Between, kind: type):
    async def work(client, call):
        agent = f"old-{kind.__name__}"
        await call(client.remember(agent, "long ago", dedup_key="old"))
        between.busy = 1
        with pytest.raises(ConflictError) as refused:
            await call(client.add_memories([
                {"agent_id": agent, "content": "new", "dedup_key": "new"},
                {"agent_id": agent, "content": "long ago", "dedup_key": "old"}]))
        assert "id" not in refused.value.body
        assert refused.value.body["faults"][0]["field"] == "memories[1].dedup_key"
        listed = await call(client.list_memories({"agent_id": agent}))
        assert [memory.content for memory in listed.memories] == ["long ago"]

    run(kind, between, 3, work)
