"""Fifty agents at once, a bridge that is killed in the middle, and what is left of it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter

from live_bridge import LONG, LiveBridge, running

AGENTS = 50
MEMORIES = 200 if LONG else 40
READS = 20_000 if LONG else 4_000


class Writer(threading.Thread):
    """One agent that writes its memories over one kept connection; each has a `dedup_key`."""

    def __init__(self, bridge: LiveBridge, number: int, up: threading.Event):
        super().__init__(daemon=True)
        self.port = bridge.port
        self.name = f"agent-{number}"
        self.up = up
        self.acknowledged: dict[str, str] = {}
        self.connections = 0
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            self.write()
        except Exception as fault:
            self.fault = fault

    def write(self) -> None:
        connection = None
        for number in range(MEMORIES):
            key = f"{self.name}-{number}"
            body = json.dumps({
                "agent_id": self.name, "content": f"memory {number} of {self.name}",
                "dedup_key": key, "importance": 0.5})
            for _ in range(50):
                try:
                    if connection is None:
                        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                        self.connections += 1
                    connection.request("POST", "/api/v1/memories", body, {
                        "Content-Type": "application/json"})
                    response = connection.getresponse()
                    answer = json.loads(response.read())
                    break
                except (OSError, http.client.HTTPException):
                    if connection:
                        connection.close()
                    connection = None
                    self.up.wait(30)
                    time.sleep(0.05)
            else:
                raise AssertionError("the bridge did not come back")
            # 409: stored before the kill, but its answer was lost; the first one's id comes back.
            assert response.status in (201, 409), answer
            self.acknowledged[key] = answer["id"]
        if connection:
            connection.close()


def all_memories(bridge: LiveBridge) -> list[dict]:
    found: list[dict] = []
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=60)
        connection.request(
            "GET", f"/api/v1/memories?limit=1000&order=asc&offset={len(found)}")
        page = json.loads(connection.getresponse().read())
        connection.close()
        found += page["memories"]
        if not page["has_more"]:
            return found


def test_nothing_acknowledged_is_lost_or_doubled_by_a_kill():
    with running("--no-auth", "--quiet") as bridge:
        up = threading.Event()
        up.set()
        writers = [Writer(bridge, number, up) for number in range(AGENTS)]
        for writer in writers:
            writer.start()
        while sum(len(writer.acknowledged) for writer in writers) < AGENTS * MEMORIES // 2:
            time.sleep(0.01)
            assert not any(writer.fault for writer in writers)
        up.clear()
        bridge.kill()
        bridge.start()
        up.set()
        for writer in writers:
            writer.join(300)
            assert writer.fault is None and not writer.is_alive(), writer.fault
        assert sum(writer.connections for writer in writers) <= AGENTS * 5

        expected = {key: id for writer in writers for key, id in writer.acknowledged.items()}
        assert len(expected) == AGENTS * MEMORIES

        def check() -> None:
            stored = all_memories(bridge)
            counted = Counter(memory["dedup_key"] for memory in stored)
            assert not expected.keys() - counted.keys(), "acknowledged and lost"
            assert not [key for key, count in counted.items() if count > 1], "doubled"
            assert {memory["dedup_key"]: memory["id"] for memory in stored} == expected
            assert len({memory["id"] for memory in stored}) == len(stored)

        check()
        bridge.kill()
        bridge.start()
        check()
        bridge.stop()
        bridge.fsck()
        status = bridge.verb("status")
        assert status["memories"] == len(expected) and status["uncommitted"] == 0, status
        bridge.start()
        check()


def get(connection: http.client.HTTPConnection, path: str, status: int = 200) -> bytes:
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    assert response.status == status, body
    return body


def test_reads_leave_memory_flat_and_no_descriptor_open():
    with running("--no-auth", "--quiet") as bridge:
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=30)
        batch = {"memories": [
            {"agent_id": f"agent-{number % 10}", "content": f"memory {number} about the router"}
            for number in range(500)]}
        connection.request("POST", "/api/v1/memories", json.dumps(batch), {
            "Content-Type": "application/json"})
        id = json.loads(connection.getresponse().read())["memories"][0]["id"]
        paths = [
            "/health", f"/api/v1/memories/{id}", "/api/v1/agents/agent-3",
            "/api/v1/memories?agent_id=agent-3&limit=20", "/api/v1/sessions", "/api/v1/agents"]

        def read(times: int) -> None:
            for number in range(times):
                get(connection, paths[number % len(paths)])

        read(READS // 4)
        time.sleep(1)
        memory, descriptors, threads = (
            bridge.memory(), bridge.open_descriptors(), bridge.threads())
        read(READS)
        for _ in range(50):  # connections that end without a word
            other = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=30)
            get(other, "/health")
            other.close()
        time.sleep(1)
        assert bridge.memory() <= memory * 1.1
        assert bridge.open_descriptors() <= descriptors and bridge.threads() <= threads
        connection.close()


def test_idle_connections_cost_no_thread_and_little_memory():
    with running("--no-auth", "--quiet", descriptors=8_192) as bridge:
        connections = []
        warm = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=30)
        for _ in range(200):
            get(warm, "/health")
        memory, threads = bridge.memory(), bridge.threads()
        for _ in range(1_000):
            connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=30)
            get(connection, "/health")
            connections.append(connection)
        assert bridge.threads() == threads
        assert bridge.memory() - memory < 10_000_000
        for connection in [warm, *connections]:
            connection.close()


def test_a_stop_finishes_what_was_begun():
    with running("--no-auth", "--quiet") as bridge:
        stored: list[str] = []
        refused = threading.Event()

        def write(number: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=30)
            try:
                for turn in range(100_000):
                    content = f"writer {number} turn {turn}"
                    connection.request("POST", "/api/v1/memories", json.dumps(
                        {"agent_id": "stopper", "content": content}), {
                        "Content-Type": "application/json"})
                    response = connection.getresponse()
                    response.read()
                    if response.status == 201:
                        stored.append(content)
            except (OSError, http.client.HTTPException):
                refused.set()
            finally:
                connection.close()

        writers = [threading.Thread(target=write, args=[number]) for number in range(8)]
        for writer in writers:
            writer.start()
        time.sleep(1)
        began = time.monotonic()
        bridge.stop()
        assert time.monotonic() - began < 5
        for writer in writers:
            writer.join(30)
        assert refused.is_set() and stored
        status = bridge.verb("status")
        assert status["uncommitted"] == 0, status
        bridge.start()
        assert {memory["content"] for memory in all_memories(bridge)} >= set(stored)


def test_a_full_backlog_slows_writers_down_then_refuses_and_loses_nothing():
    """While a person's rebase is under way nothing can be committed: what is written waits in the journal."""
    with running("--no-auth", "--quiet") as bridge:
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=60)

        def write(count: int) -> http.client.HTTPResponse:
            memories = [{"agent_id": "a", "content": f"memory {number}"} for number in range(count)]
            connection.request("POST", "/api/v1/memories", json.dumps({"memories": memories}), {
                "Content-Type": "application/json"})
            response = connection.getresponse()
            response.body = json.loads(response.read())
            return response

        rebase = bridge.repository / ".git/rebase-merge"
        rebase.mkdir()
        written = 0
        while (answer := write(1_000)).status == 201:
            written += 1_000
            assert written < 60_000, "the backlog has no end"
        assert answer.status == 503 and int(answer.headers["Retry-After"]) >= 1, answer.body
        assert written >= 50_000
        connection.request("GET", "/api/v1/status")
        status = json.loads(connection.getresponse().read())
        # One more: the note of the agent's first use.
        assert status["uncommitted"] == written + 1 and status["memories"] == written
        connection.request("GET", "/ready")
        ready = connection.getresponse()
        assert ready.status == 503 and "wait for their commit" in json.loads(ready.read())["error"]

        rebase.rmdir()
        end = time.monotonic() + 240
        while write(1).status == 503:
            assert time.monotonic() < end, "no write was taken after the rebase"
        while bridge.verb("status")["uncommitted"]:
            assert time.monotonic() < end, "nothing was committed after the rebase"
            time.sleep(0.2)
        assert bridge.verb("status")["memories"] == written + 1
        bridge.fsck()
