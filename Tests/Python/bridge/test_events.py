"""Server-sent events: what is recorded, reviewed and synced, as it happens."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from pathlib import Path
from typing import Any

from live_bridge import LiveBridge


class Stream:
    begin = ""

    def __init__(self, bridge: LiveBridge, query: str = "", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=10)
        self.connection.request("GET", "/api/v1/events" + query, headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.answer = self.connection.getresponse()

    def next(self) -> tuple[str, str, Any]:
        """Id, kind and data of the next event."""
        fields: dict[str, str] = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line:
                if "event" in fields:
                    return fields["id"], fields["event"], json.loads(fields["data"])
                assert self.answer.fp and not self.answer.isclosed(), "the stream has ended"
                continue
            name, _, value = line.partition(":")
            fields[name] = value.strip()

    def close(self) -> None:
        self.connection.close()


def begun(bridge: LiveBridge, query: str = "", **headers: str) -> Stream:
    """A stream that has said that it is there: from then on nothing is missed."""
    stream = Stream(bridge, query, **headers)
    assert stream.answer.status == 200 and stream.answer.getheader("Content-Type") == "text/event-stream"
    line = stream.answer.readline()
    if line.startswith(b"id: "):
        stream.begin = line[4:].decode().strip()
        line = stream.answer.readline()
    assert line == b": hello\n"
    return stream


def test_what_is_recorded_reviewed_and_written_elsewhere_is_told(bridge: LiveBridge):
    stream = begun(bridge)
    session = bridge.verb("session", "create", "--agent", "desk", "--meta", "customer_id=c1")["id"]
    first = bridge.verb("remember", "one", "--agent", "desk", "--session", session)["id"]
    number, kind, record = stream.next()
    assert kind == "record" and record["id"] == first and record["org_id"] == "acme"
    bridge.verb("review", "reject", first, "--reason", "no")
    _, kind, review = stream.next()
    assert kind == "review" and review["record_id"] == first and review["reason"] == "no"
    stream.close()
    # From where it left off, and nothing twice.
    again = begun(bridge, Last_Event_ID=number)
    assert again.next()[2]["id"] == review["id"]
    second = bridge.verb("remember", "two", "--agent", "desk", "--session", session)["id"]
    assert again.next()[2]["id"] == second
    again.close()
    # Of another process's count nothing is known: something may have been missed.
    lost = begun(bridge, Last_Event_ID="other-3")
    assert lost.next()[1:] == ("sync", {"missed": True})
    lost.close()


def test_only_what_is_asked_for_is_told(bridge: LiveBridge):
    one, two = (bridge.verb("session", "create", "--agent", "f-desk", "--meta", f"customer_id=f{n}")["id"] for n in "12")
    time.sleep(0.5)
    of_customer, of_agent = begun(bridge, "?where.customer_id=f2"), begun(bridge, "?agent_id=f-billing")
    bridge.verb("remember", "no", "--agent", "f-desk", "--session", one)
    mine = bridge.verb("remember", "yes", "--agent", "f-desk", "--session", two)["id"]
    hers = bridge.verb("remember", "also", "--agent", "f-billing", "--session", one)["id"]
    assert of_customer.next()[2]["id"] == mine and of_agent.next()[2]["id"] == hers
    for stream in (of_customer, of_agent):
        stream.close()
    wrong = Stream(bridge, "?customer=f2")
    assert wrong.answer.status == 400 and b"customer" in wrong.answer.read()


def test_a_key_is_needed_and_a_revoked_one_ends_it(guarded: LiveBridge):
    assert Stream(guarded).answer.status == 401
    stream = begun(guarded, x_api_key=guarded.key("watcher", "read"))
    guarded.verb("key", "revoke", "watcher")
    begin = time.monotonic()
    while stream.answer.readline():
        pass
    assert time.monotonic() - begin < 8
    connection = http.client.HTTPConnection("127.0.0.1", guarded.port, timeout=10)
    connection.request("POST", "/api/v1/events", body="{}", headers={"x-api-key": guarded.first_key, "Content-Type": "application/json"})  # type: ignore[attr-defined]
    assert connection.getresponse().status == 405


def test_an_edit_by_hand_is_told_be_it_of_a_record_that_only_the_catalog_holds(tmp_path: Path):
    """A person changes a few lines out of many that nobody has read since the bridge's start: these are news, and no others."""
    bridge = LiveBridge(tmp_path, "--no-auth")
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({
        "agent_id": "desk", "content": f"the box number {number} is grey", "time": f"2026-10-{1 + number % 28:02}T10:00:00Z",
        **({"session": f"chat {number // 3}", "session_metadata": {"customer_id": f"e{number // 3}"}} if number % 10 else {})}) + "\n" for number in range(900)))
    bridge.verb("import", str(rows))
    bridge.start()
    try:
        catalog = bridge.repository / ".git/memtrace/catalog"
        assert any(catalog.iterdir()), "it is in segments"
        stream = begun(bridge)
        edited = {}
        for number in (450, 451, 898):
            # One outside sessions, two in them; as many bytes as before, and more.
            [path] = [path for path in bridge.repository.rglob("*.jsonl") if f"number {number} is grey" in path.read_text()]
            text = f"the box number {number} is " + ("gray" if number == 451 else "neither grey nor white")
            path.write_text(path.read_text().replace(f"the box number {number} is grey", text))
            edited[text] = path
        git = ["git", "-C", str(bridge.repository), "-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
        subprocess.run([*git, "commit", "-q", "-a", "-m", "seen on a photo"], check=True)
        told = [stream.next() for _ in edited]
        assert {event[2]["content"] for event in told} == set(edited) and {event[1] for event in told} == {"record"}
        # The next news is the next record, and nothing of the neighbours.
        last = bridge.verb("remember", "last", "--agent", "desk")["id"]
        assert stream.next()[2]["id"] == last
        stream.close()
    finally:
        bridge.stop()


def posted(bridge: LiveBridge, body: dict[str, Any]) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=10)
    connection.request("POST", "/api/v1/memories", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == 201
    return json.loads(answer.read())


def test_who_breaks_off_within_a_batch_misses_nothing_and_hears_nothing_twice(bridge: LiveBridge):
    stream = begun(bridge, "?agent_id=b-desk")
    ids = [memory["id"] for memory in posted(bridge, {
        "memories": [{"agent_id": "b-desk", "content": f"number {number}"} for number in range(400)]})["memories"]]
    told = [stream.next() for _ in range(26)]
    while len(told) < 400:
        stream.close()
        stream = Stream(bridge, "?agent_id=b-desk", Last_Event_ID=told[-1][0])
        told += [stream.next() for _ in range(min(97, 400 - len(told)))]
    stream.close()
    assert [event[2]["id"] for event in told] == ids and len({event[0] for event in told}) == 400


def test_a_record_and_the_review_that_the_policy_adds_are_two_events(bridge: LiveBridge):
    bridge.verb("review", "policy", "--before", "decision")
    stream = begun(bridge)
    waiting = bridge.verb("decide", "waive", "--reasoning", "angry", "--agent", "p-desk")["id"]
    record, review = stream.next(), stream.next()
    assert (record[1], review[1]) == ("record", "review") and record[0] != review[0] and review[2]["record_id"] == waiting
    stream.close()
    again = Stream(bridge, Last_Event_ID=record[0])
    assert again.next()[2]["id"] == review[2]["id"]
    again.close()
    bridge.verb("review", "policy", "--off")


def test_what_is_recorded_once_the_head_is_there_is_told(bridge: LiveBridge):
    for number in range(10):
        stream = begun(bridge, "?agent_id=h-desk")
        recorded = posted(bridge, {"agent_id": "h-desk", "content": f"at once {number}"})["id"]
        assert stream.next()[2]["id"] == recorded
        stream.close()


def test_two_conditions_of_one_kind_are_refused_as_elsewhere(bridge: LiveBridge):
    for query, name in [
        ("where.customer_id=p1&where.customer_id=p2", "where"), ("where.a=1&metadata.b=2", "metadata"),
        ("agent_id=a&agent_id=b", "agent_id"), ("limit=5", "limit"), ("where.=5", "where."),
    ]:
        refused = Stream(bridge, "?" + query)
        assert refused.answer.status == 400, query
        assert name in json.loads(refused.answer.read())["error"], query
    lost = begun(bridge, Last_Event_ID="nonsense")
    assert lost.next()[1:] == ("sync", {"missed": True})
    lost.close()


def test_who_heard_nothing_yet_knows_where_to_go_on(bridge: LiveBridge):
    stream = begun(bridge, "?agent_id=q-desk")
    stream.close()
    bridge.verb("remember", "of somebody else", "--agent", "desk")
    mine = bridge.verb("remember", "in the pause", "--agent", "q-desk")["id"]
    again = Stream(bridge, "?agent_id=q-desk", Last_Event_ID=stream.begin)
    assert again.next()[2]["id"] == mine
    again.close()


def test_what_is_erased_is_told_to_nobody(bridge: LiveBridge):
    stream = begun(bridge)
    session = bridge.verb("session", "create", "--agent", "desk", "--meta", "customer_id=gone")["id"]
    first = bridge.verb("remember", "a secret", "--agent", "desk", "--session", session)["id"]
    bridge.verb("retract", first, "--reason", "wrong")
    assert [stream.next()[1] for _ in range(2)] == ["record", "review"]
    stream.close()
    bridge.verb("erase", "--where", "customer_id=gone", "--yes")
    last = bridge.verb("remember", "the last", "--agent", "desk")["id"]
    time.sleep(1)
    again = Stream(bridge, Last_Event_ID=stream.begin)
    assert again.next()[2]["id"] == last
    again.close()
