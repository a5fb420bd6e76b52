"""Every read with every filter: the command line, the bridge, and a plain reader of the files say the same.

The reader (`format_reader.py`) is written from docs/FORMAT.md alone. The repositories are random: lines that merges moved,
forged ids, renamed files, corrections across sessions, reviews, what editors leave behind, and damage.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from format_reader import Repository, milliseconds
from live_bridge import BINARY, LONG, LiveBridge
from worlds import START, World

SEEDS = range(1, 41 if LONG else 5)
SAMPLE = Path(__file__).resolve().parents[3] / "sample-repo"


class Ways:
    """The same question on every way in."""

    def __init__(self, live: LiveBridge):
        self.live = live

    def http(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.live.url + "/api/v1" + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {"status": error.code}

    def cli(self, *words: str) -> Any:
        done = subprocess.run(
            [BINARY, "-C", str(self.live.repository), "--json", *words],
            env=self.live.environment, capture_output=True, text=True, timeout=60)
        if done.returncode == 3:
            return {"status": 404}
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return json.loads(done.stdout)


def without_times(answer: Any) -> Any:
    """Without what depends on the moment of asking."""
    if isinstance(answer, dict):
        return {key: without_times(value) for key, value in answer.items()
                if key not in ("query_time_ms", "score", "contested")}
    return [without_times(item) for item in answer] if isinstance(answer, list) else answer


def options(**fields: Any) -> list[str]:
    words = []
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            if one is not None:
                words += ["--" + name.replace("_", "-"), str(one)]
    return words


def conditions(where: dict[str, str]) -> list[str]:
    return [word for key, value in where.items() for word in ("--where", f"{key}={value}")]


class Contract:
    """Asks everything once; `say` collects what differs."""

    def __init__(self, ways: Ways, seed: int):
        self.ways = ways
        self.random = random.Random(seed)
        self.reader = Repository(ways.live.repository)
        self.differences: list[str] = []

    def same(self, question: str, expected: Any, **answers: Any) -> None:
        for way, answer in answers.items():
            answer = without_times(answer)
            if answer != expected:
                self.differences.append(f"{question} by {way}:\n  {answer}\n  instead of\n  {expected}")

    def sessions(self) -> None:
        everything = list(self.reader.sessions().values())
        self.same("sessions", everything, cli=self.ways.cli("session", "list", "--order", "asc")["sessions"],
                  http=self.ways.http("/sessions?order=asc")["sessions"])
        for session in self.random.sample(everything, min(4, len(everything))):
            identity = session["id"]
            self.same(f"session {identity}", session, cli=self.ways.cli("session", "show", identity),
                      http=self.ways.http(f"/sessions/{identity}"))
            memories = [self.reader.memory(memory) for memory in self.reader.find(session=identity)]
            self.same(f"memories of {identity}", memories,
                      cli=self.ways.cli("recall", "--session", identity, "--order", "asc")["memories"],
                      http=self.ways.http(f"/sessions/{identity}/memories?order=asc")["memories"])
            self.context(f"of {identity}", [identity], f"/sessions/{identity}/context", {})
        for key, value in [("customer_id", "77"), ("phone", "+34600111222"), ("email", "ana@EXAMPLE.com"),
                           ("caf\u00e9", "true"), ("cafe\u0301", "x"), ("note", "n"), ("nothing", "1")]:
            where = {key: value}
            found = self.reader.find_sessions(where)
            self.same(f"sessions where {where}", found,
                      cli=self.ways.cli("session", "search", "--order", "asc", *conditions(where))["sessions"],
                      http=self.ways.http("/sessions/search", {"metadata": where, "order": "asc"})["sessions"],
                      query=self.ways.http(f"/sessions?order=asc&metadata.{quote(key)}={quote(value)}")["sessions"])
            self.context(f"where {where}", conditions(where), "/context", {"where": where})

    def context(self, question: str, words: list[str], path: str, body: dict[str, Any]) -> None:
        """What is in it is for other tests; here both ways say the same, to the letter."""
        self.same(f"context {question}", without_times(self.ways.cli("context", *words)),
                  http=self.ways.http(path, body))

    def agents(self) -> None:
        agents = self.reader.agents()
        self.same("agents", agents, cli=self.ways.cli("agent", "list")["agents"],
                  http=self.ways.http("/agents")["agents"])
        for agent in agents:
            name = agent["id"]
            self.same(f"agent {name}", agent, cli=self.ways.cli("agent", "show", name),
                      http=self.ways.http(f"/agents/{name}"))
            expected = self.reader.stats(name)
            for way, answer in (("cli", self.ways.cli("agent", "stats", name)),
                                ("http", self.ways.http(f"/agents/{name}/stats"))):
                self.same(f"stats of {name}", expected, **{way: {key: answer[key] for key in expected}})

    def memories(self) -> None:
        ids = [memory.id for memory in self.reader.memories]
        for identity in self.random.sample(ids, min(4, len(ids))) + ["mem_01M63F8CMTYH5CY7PF37C4YEA0"]:
            found = [self.reader.memory(memory, alone=True) for memory in self.reader.memories
                     if memory.id == identity]
            self.same(f"memory {identity}", found[0] if found else {"status": 404},
                      cli=self.ways.cli("show", identity), http=self.ways.http(f"/memories/{identity}"))
        for key in ("k", "caf\u00e9", "cafe\u0301", "none"):
            found = [self.reader.memory(memory, alone=True) for memory in self.reader.memories
                     if memory.dedup_key == key]
            counts = [memory for memory in found if "state" not in memory] or found
            self.same(f"memory with key {key}", counts[-1] if counts else {"status": 404},
                      cli=self.ways.cli("show", key), http=self.ways.http(f"/memories/{quote(key)}"))
        for _ in range(16):
            self.listed()
            self.searched()

    def some(self, values: list[Any], chance: float = 0.3) -> Any:
        return self.random.choice(values) if self.random.random() < chance else None

    def moment(self) -> int | None:
        ids = [milliseconds(memory.id[4:]) for memory in self.reader.memories] or [START]
        return self.some([self.random.choice(ids)])

    def listed(self) -> None:
        agent, kind = self.some(["ana", "Billing"]), self.some(["episodic", "decision", "entity"])
        event, tags = self.some(["general", "error", "correction"]), self.some([["a"], ["a", "b"]])
        session, since, until = self.some(list(self.reader.sessions())), self.moment(), self.moment()
        order, limit, offset = self.random.choice(["asc", "desc"]), self.random.choice([1, 7, 1000]), self.random.choice([0, 3])
        everything = self.some([True])
        found = self.reader.find(
            everything=bool(everything), agent=agent, session=session, kinds=[kind] if kind else None, events=[event] if event else None,
            tags=tags, since=since, until=until)
        found = found[::-1] if order == "desc" else found
        piece = found[offset:offset + limit]
        expected = {"memories": [self.reader.memory(memory) for memory in piece], "count": len(piece),
                    "has_more": len(found) > offset + limit}
        query = {"agent_id": agent, "session_id": session, "memory_type": kind, "event_type": event,
                 "tags": ",".join(tags) if tags else None, "since": text(since), "until": text(until),
                 "order": order, "limit": limit, "offset": offset, "include": "all" if everything else None}
        query = {name: value for name, value in query.items() if value is not None}
        self.same(f"list {query}", expected,
                  cli=self.ways.cli("recall", *options(
                      agent=agent, session=session, type=kind, event=event, tag=tags, since=text(since),
                      until=text(until), order=order, limit=limit, offset=offset), *(["--all"] if everything else [])),
                  http=self.ways.http("/memories?" + urlencode(query)))

    def searched(self) -> None:
        agent, kinds = self.some(["ana", "bot-7"]), self.some([["decision"], ["episodic", "session"]])
        events, tags = self.some([["error", "correction"]]), self.some([["b"]])
        contains, importance = self.some(["ROUTER", "café", "e-401"]), self.some([0, 0.5])
        where = self.some([{"customer_id": "c1"}, {"email": "ANA@EXAMPLE.COM"}, {"phone": "600 111 222"}])
        order = self.random.choice(["asc", "desc"])
        found = self.reader.find(agent=agent, kinds=kinds, events=events, tags=tags, contains=contains,
                                 importance=importance, where=where)
        found = found[::-1] if order == "desc" else found
        expected = [self.reader.memory(memory) for memory in found]
        body = {"agent_id": agent, "memory_types": kinds, "event_types": events, "tags": tags, "where": where,
                "content_contains": contains, "min_importance": importance, "order": order, "limit": 1000}
        body = {name: value for name, value in body.items() if value is not None}
        words = options(agent=agent, type=kinds, event=events, tag=tags, contains=contains,
                        min_importance=importance, order=order, limit=1000)
        self.same(f"search {body}", expected, cli=self.ways.cli("search", *words, *conditions(where or {}))["results"],
                  http=self.ways.http("/search", body)["results"])
        ranked = {"query": "router refund", **{name: body[name] for name in ("where", "agent_id") if name in body}}
        self.same(f"ranked {ranked}", without_times(self.ways.cli(
            "search", "router refund", *options(agent=agent), *conditions(where or {})))["results"],
            http=self.ways.http("/search", ranked)["results"])

    def run(self) -> list[str]:
        try:
            self.sessions()
            self.agents()
            self.memories()
        except KeyError as missing:  # an error in the place of an answer: a session that a bridge has not noticed yet
            self.differences.append(f"an answer lacks {missing}")
        return self.differences


def text(at: int | None) -> str | None:
    if at is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 1000)) + f".{at % 1000:03}Z"


@pytest.fixture
def live() -> Iterator[LiveBridge]:
    """A repository; its bridge is started by the test."""
    with tempfile.TemporaryDirectory(prefix="contract-") as folder:
        bridge = LiveBridge(Path(folder), "--no-auth")
        yield bridge
        if bridge.process:
            bridge.stop()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_way_in_reads_what_the_files_say(live: LiveBridge, seed: int) -> None:
    world = World(live.repository, seed)
    # Every fourth one has so many files that the catalog keeps segments of them.
    world.fill(300 if seed % 4 == 3 else 80)
    world.commit()
    Ways(live).cli("status")
    world.disturb(12)
    if seed % 2:
        world.commit()
    live.start()
    differences = Contract(Ways(live), seed).run()
    assert not differences, "\n\n".join(differences[:4])
    # While the bridge runs: it notices by itself.
    world.fill(10)
    world.disturb(4)
    if seed % 2 == 0:
        world.commit()
    for left in reversed(range(30)):
        differences = Contract(Ways(live), seed).run()
        if not differences:
            break
        assert left, "\n\n".join(differences[:4])
        time.sleep(0.5)


def test_the_sample_reads_the_same_on_every_way(live: LiveBridge) -> None:
    for folder in ("agents", "sessions"):
        shutil.copytree(SAMPLE / folder, live.repository / folder)
    World(live.repository, 0).commit()
    live.start()
    assert len(Repository(live.repository).sessions()) >= 10
    differences = Contract(Ways(live), 7).run()
    assert not differences, "\n\n".join(differences[:4])
