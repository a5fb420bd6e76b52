"""Server-sent events: what is recorded, reviewed and synced, as it happens."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

from live_bridge import LiveBridge


class Stream:
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
    """A stream that has been looked for once: from then on nothing is missed."""
    stream = Stream(bridge, query, **headers)
    assert stream.answer.status == 200 and stream.answer.getheader("Content-Type") == "text/event-stream"
    assert stream.answer.readline() == b": hello\n"
    time.sleep(0.5)
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
