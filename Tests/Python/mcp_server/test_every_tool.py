"""Every tool that is offered can be called, over standard input and over HTTP, and says what a model must know."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any

import pytest
from live_bridge import BINARY, LiveBridge, running

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Assistant:
    """Calls tools; `http` says by which way."""

    def __init__(self, bridge: LiveBridge, http: bool, key: str, *options: str):
        self.bridge, self.http, self.key, self.options = bridge, http, key, options

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": META, **params}}
        if not self.http:
            done = subprocess.run(
                [BINARY, "-C", str(self.bridge.repository), "mcp", *self.options], input=json.dumps(message) + "\n", text=True,
                env=self.bridge.environment, capture_output=True, timeout=60)
            return json.loads(done.stdout)
        headers = {
            "Content-Type": "application/json", "x-api-key": self.key, "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": method, **({"Mcp-Name": params["name"]} if "name" in params else {})}
        request = urllib.request.Request(self.bridge.url + "/mcp", json.dumps(message).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def call(self, tool: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
        """Text and value of a call that went well."""
        result = self.result(tool, **arguments)
        assert not result.get("isError"), result
        return result["content"][0]["text"], result["structuredContent"]

    def result(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", name=f"memtrace_{tool}", arguments=arguments)["result"]


@pytest.fixture(params=["stdio", "http"])
def assistant(request: pytest.FixtureRequest, guarded: LiveBridge) -> Assistant:
    key = guarded.key(f"{request.node.name}"[:60], "admin")
    return Assistant(guarded, request.param == "http", key)


def test_what_is_offered_can_be_called(assistant: Assistant):
    session = assistant.call("session_create", agent_id="tv", metadata={"customer_id": "c1"})[1]["id"]
    noted = assistant.call("remember", agent_id="tv", content="Box is old", session_id=session)[1]["id"]
    given: dict[str, dict[str, Any]] = {
        "remember": {
            "agent_id": "tv", "content": "Box is new", "session_id": session, "event_type": "correction", "parent_id": noted,
            "dedup_key": f"box-{session}"},
        "decide": {
            "agent_id": "tv", "decision": "Swap the box", "reasoning": "It is old", "session_id": session, "tags": ["tv"],
            "importance": 0.3},
        "context": {"where": {"customer_id": "c1"}}, "search": {"query": "box"}, "recall": {"agent_id": "tv"},
        "session_create": {"agent_id": "tv"}, "session_search": {"where": {"customer_id": "c1"}},
        "session_context": {"session_id": session}, "open": {}, "retract": {"record_ids": [noted]},
        "session_close": {"session_id": session},
        "agent_register": {"name": f"radio-{assistant.http}"}, "sync": {},
    }
    offered = {tool["name"].removeprefix("memtrace_") for tool in assistant.ask("tools/list")["result"]["tools"]}
    assert offered == set(given)
    for tool, arguments in given.items():
        result = assistant.result(tool, **arguments)
        text = result["content"][0]["text"]
        assert not result.get("isError") or tool == "sync" and "no remote" in text, (tool, text)
    assert assistant.bridge.verb("show", noted)["state"] in ("corrected", "retracted")
    assert assistant.bridge.verb("session", "show", session)["status"] == "closed"


def test_an_agent_takes_back_what_it_said_whoever_reviews():
    world = running()
    world.bridge.verb("review", "policy", "--before", "decision", "--reviewer", "Ana")
    free, bound = world.bridge.key("free", "write"), world.bridge.key("bound", "write", "--agent", "net")
    with world as bridge:
        for place, (assistant, said) in enumerate([
            (Assistant(bridge, False, "", "--agent", "net"), {}), (Assistant(bridge, False, ""), {"agent_id": "net"}),
            (Assistant(bridge, True, free), {"agent_id": "net"}), (Assistant(bridge, True, bound), {}),
        ]):
            own = str(bridge.verb("remember", f"Line {place} is down", "--agent", "net")["id"])
            other = str(bridge.verb("remember", f"Box {place} is old", "--agent", "tv")["id"])
            assistant.call("retract", record_ids=[own], **said)
            assert bridge.verb("show", own)["state"] == "retracted"
            result = assistant.result("retract", record_ids=[other], **said)
            text = result["content"][0]["text"]
            assert result["isError"] and "state" not in bridge.verb("show", other)
            assert "memtrace_remember with event_type correction, and its id as parent_id" in text, text


def test_a_new_customer_is_no_fault(assistant: Assistant):
    text, value = assistant.call("context", where={"customer_id": "never-heard-of"})
    assert "Nothing is recorded" in text and "memtrace_session_create" in text
    assert value["context"] == text and value["memory_count"] == 0 and value["session_ids"] == []


def test_what_is_asked_of_the_wrong_tool_or_agent_is_said(assistant: Assistant):
    session = assistant.call("session_create", agent_id="tv")[1]["id"]
    result = assistant.result("context", session_id=session)
    assert result["isError"] and "memtrace_session_context takes session_id" in result["content"][0]["text"]
    result = assistant.result("recall", agent_id="nobody-so-called")
    assert result["content"][0]["text"] == 'No memory matches. There is no agent "nobody-so-called".'
    assert assistant.call("recall", agent_id="tv", since="2020-01-01", memory_type="entity")[0] == "No memory matches."


def test_a_model_hears_that_what_it_wrote_waits(assistant: Assistant):
    assistant.bridge.verb("review", "policy", "--before", "decision:0.8")
    try:
        session = assistant.call("session_create", agent_id="tv", metadata={"customer_id": f"w-{assistant.http}"})[1]["id"]
        text, value = assistant.call(
            "decide", agent_id="tv", decision="Waive the fee", reasoning="Angry", session_id=session, importance=0.9)
        assert value["state"] == "pending" and value["review"]["reason"] == "decision from importance 0.8"
        assert "waits for a person's verdict and counts nowhere until then: decision from importance 0.8" in text
        assert "waits" not in assistant.call(
            "decide", agent_id="tv", decision="Send a letter", reasoning="Asked", session_id=session, importance=0.2)[0]
        wrong = assistant.call("remember", agent_id="tv", content="The fee is 4,50", session_id=session)[1]["id"]
        assistant.bridge.verb("review", "reject", wrong, "--reason", "it is 5")
        text, value = assistant.call("remember", agent_id="tv", content="THE FEE IS 4,50!", session_id=session)
        assert (value["state"], value["says_again"]) == ("pending", wrong)
        assert f"says again what was rejected by Test: \"it is 5\" ({wrong})" in text
        text, _ = assistant.call("remember", agent_id="tv", content="Pays with 4111 1111 1111 1111", session_id=session)
        assert "Masked before it was stored: card." in text
    finally:
        assistant.bridge.verb("review", "policy", "--off")


def test_a_correction_says_what_it_corrects(assistant: Assistant):
    result = assistant.result("remember", agent_id="tv", content="No, 6", event_type="correction")
    assert result["isError"] and "parent_id: is required" in result["content"][0]["text"]
    text, value = assistant.call(
        "remember", agent_id="tv", content="No, 7", event_type="correction", parent_id="mem_01M6SE03XCQ5A1V7KJ4D8N2RXT")
    assert "nothing is corrected until it comes" in text and value["hint"] in text


def test_lines_say_whom_they_are_about(assistant: Assistant):
    customers = [f"{name}-{assistant.http}" for name in ("anna", "bert")]
    for customer in customers:
        session = assistant.call("session_create", agent_id="lines", metadata={"customer_id": customer})[1]["id"]
        assistant.call("remember", agent_id="lines", content="The zither is broken", session_id=session, tags=["issue"])
    for text, value in (
        assistant.call("search", query="zither"), assistant.call("search", content_contains="zither"),
        assistant.call("recall", agent_id="lines"),
    ):
        for customer in customers:
            assert any(f'of "{customer}" lines: "The zither' in line for line in text.splitlines()), text
        assert {memory["customer"] for memory in value["memories"]} >= set(customers)
    text, _ = assistant.call("open", where={"customer_id": customers[0]})
    assert f'of "{customers[0]}" lines: "The zither is broken" #issue' in text and text.endswith('waits for "lines"')


def test_only_what_the_key_may_do_is_offered(guarded: LiveBridge):
    offered = {}
    for scope in ("read", "write", "supervise", "admin"):
        assistant = Assistant(guarded, True, guarded.key(f"offers-{scope}", scope))
        offered[scope] = {tool["name"] for tool in assistant.ask("tools/list")["result"]["tools"]}
    assert offered["write"] == offered["supervise"] == offered["admin"] - {"memtrace_sync"}
    assert offered["write"] - offered["read"] == {f"memtrace_{name}" for name in (
        "remember", "decide", "session_create", "session_close", "retract", "agent_register")}
