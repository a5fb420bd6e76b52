"""The scenarios of the official conformance list for servers (modelcontextprotocol/conformance, c321dd3 of 2026-08-07).

Its runner calls tools that only its own sample server has, so what each scenario asks for is asked here of ours, over HTTP as there. What does not
apply is named with the reason.
"""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from live_bridge import LiveBridge, running
from test_over_http import META, post, request, routed

NO_INPUT = "no tool asks its client for anything while it runs, so there is no input_required result and no state to pass back"
NO_TASKS = "the tasks extension is not offered: server/discover says so, and every tool answers at once"
TEXT_ALONE = "memory is text: no tool, resource or prompt has an image, audio or bytes to give"
NO_STREAM = "nothing is kept between two messages over HTTP: one answer each, no stream (GET is 405), no session id"
NO_SUBSCRIPTION = "there are no subscriptions: the capability is not declared, and the method is unknown"

NOT_APPLICABLE = {
    "tools-call-image": TEXT_ALONE, "tools-call-audio": TEXT_ALONE, "tools-call-mixed-content": TEXT_ALONE,
    "tools-call-embedded-resource": TEXT_ALONE, "resources-read-binary": TEXT_ALONE,
    "prompts-get-embedded-resource": "a prompt carries the context as text", "prompts-get-with-image": TEXT_ALONE,
    "tools-call-with-logging": "no logging is declared", "logging-set-level": "no logging is declared",
    "tools-call-with-progress": "progress is told on standard input and output alone (test_official_client.py)",
    "tools-call-sampling": NO_INPUT, "tools-call-elicitation": NO_INPUT, "elicitation-sep1034-defaults": NO_INPUT,
    "elicitation-sep1330-enums": NO_INPUT,
    "json-schema-2020-12": "no tool's schema has $defs or a $schema of its own to preserve",
    "http-custom-header-server-validation": "no tool marks an argument with x-mcp-header",
    "server-sse-polling": NO_STREAM, "server-sse-multiple-streams": NO_STREAM, "server-session-lifecycle": NO_STREAM,
    "resources-subscribe": NO_SUBSCRIPTION, "resources-unsubscribe": NO_SUBSCRIPTION,
    **{f"input-required-result-{name}": NO_INPUT for name in (
        "basic-elicitation", "basic-list-roots", "basic-sampling", "capability-check", "missing-input-response", "multi-round",
        "multiple-input-requests", "non-tool-request", "request-state", "tampered-state", "validate-input")},
    **{f"tasks-{name}": NO_TASKS for name in (
        "capability-negotiation", "mrtr-composition", "dispatch-and-envelope", "request-headers", "lifecycle", "mrtr-input",
        "status-notifications", "request-state-removal", "required-task-error", "wire-fields")},
}
OFFICIAL = {
    "caching", "completion-complete", "dns-rebinding-protection", "elicitation-sep1034-defaults", "elicitation-sep1330-enums",
    "http-custom-header-server-validation", "http-header-validation", "input-required-result-basic-elicitation",
    "input-required-result-basic-list-roots", "input-required-result-basic-sampling", "input-required-result-capability-check",
    "input-required-result-ignore-extra-params", "input-required-result-missing-input-response", "input-required-result-multi-round",
    "input-required-result-multiple-input-requests", "input-required-result-non-tool-request", "input-required-result-request-state",
    "input-required-result-result-type", "input-required-result-tampered-state", "input-required-result-unsupported-methods",
    "input-required-result-validate-input", "json-schema-2020-12", "logging-set-level", "ping", "prompts-get-embedded-resource",
    "prompts-get-simple", "prompts-get-with-args", "prompts-get-with-image", "prompts-list", "resources-list", "resources-read-binary",
    "resources-read-text", "resources-subscribe", "resources-templates-read", "resources-unsubscribe", "sep-2164-resource-not-found",
    "server-initialize", "server-session-lifecycle", "server-sse-multiple-streams", "server-sse-polling", "server-stateless",
    "tasks-capability-negotiation", "tasks-dispatch-and-envelope", "tasks-lifecycle", "tasks-mrtr-composition", "tasks-mrtr-input",
    "tasks-request-headers", "tasks-request-state-removal", "tasks-required-task-error", "tasks-status-notifications",
    "tasks-wire-fields", "tools-call-audio", "tools-call-elicitation", "tools-call-embedded-resource", "tools-call-error",
    "tools-call-image", "tools-call-mixed-content", "tools-call-sampling", "tools-call-simple-text", "tools-call-with-logging",
    "tools-call-with-progress", "tools-list",
}


class World:
    """A bridge with one customer's session, and the messages that scenarios send to it."""

    def __init__(self, bridge: LiveBridge):
        self.bridge = bridge
        made = self.call("memtrace_session_create", {"agent_id": "tv", "metadata": {"customer_id": "c1"}})
        self.session = made["structuredContent"]["id"]
        self.call("memtrace_remember", {"agent_id": "tv", "content": "Screen shows E-401", "session_id": self.session})

    def send(self, method: str, name: str | None = None, /, **params):
        return post(self.bridge, request(method, **params), key=None, **routed(method, name))

    def result(self, method: str, name: str | None = None, /, **params):
        status, answer = self.send(method, name, **params)
        assert status == 200, answer
        return answer["result"]

    def call(self, tool: str, arguments: dict):
        return self.result("tools/call", tool, name=tool, arguments=arguments)

    def old(self, method: str, **params):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return post(self.bridge, body, key=None, MCP_Protocol_Version="2025-11-25")


@pytest.fixture(scope="module")
def world():
    with running("--no-auth") as bridge:
        yield World(bridge)


def server_initialize(world: World):
    status, answer = world.old(
        "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "test", "version": "1"})
    assert status == 200 and answer["result"]["protocolVersion"] == "2025-11-25"
    assert answer["result"]["serverInfo"]["name"] and "capabilities" in answer["result"]


def ping(world: World):
    assert world.old("ping")[1] == {"jsonrpc": "2.0", "id": 1, "result": {}}


def server_stateless(world: World):
    found = world.result("server/discover")
    assert "2026-07-28" in found["supportedVersions"]
    assert found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"]
    # What is declared is there, and nothing else is.
    for capability, method in [("tools", "tools/list"), ("prompts", "prompts/list"), ("resources", "resources/list")]:
        assert (world.send(method)[0] == 200) == (capability in found["capabilities"])
    assert "logging" not in found["capabilities"] and "listChanged" not in json.dumps(found["capabilities"]).replace('"listChanged": false', "")
    for missing in (None, *META):
        wanted = {key: value for key, value in META.items() if key != missing} if missing else None
        body = {"jsonrpc": "2.0", "id": 101, "method": "server/discover", "params": {"_meta": wanted} if wanted is not None else {}}
        status, answer = post(world.bridge, body, key=None, **routed("server/discover"))
        assert (status, answer["error"]["code"], answer["id"]) == (400, -32602, 101), missing
    other = {**META, "io.modelcontextprotocol/protocolVersion": "1999-01-01"}
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": other}}
    status, answer = post(world.bridge, body, key=None, **routed("tools/list") | {"MCP_Protocol_Version": "1999-01-01"})
    assert (status, answer["error"]["code"], answer["id"]) == (400, -32022, 7) and "2026-07-28" in answer["error"]["data"]["supported"]
    for method in ("nowhere/list", "initialize", "ping", "logging/setLevel", "resources/subscribe"):
        status, answer = world.send(method)
        assert (status, answer["error"]["code"], answer["id"]) == (404, -32601, 1), method


def http_header_validation(world: World):
    body = request("tools/call", name="memtrace_open", arguments={})
    good = routed("tools/call", "memtrace_open")
    assert post(world.bridge, body, key=None, **good)[0] == 200
    # Names of headers in any case; white space around a value.
    assert post(world.bridge, body, key=None, **{name.lower(): f"  {value} " for name, value in good.items()})[0] == 200
    for wrong in [
        {**good, "Mcp_Method": "tools/list"}, {**good, "Mcp_Method": "TOOLS/CALL"}, {**good, "Mcp_Name": "memtrace_search"},
        {name: value for name, value in good.items() if name != "Mcp_Method"},
        {name: value for name, value in good.items() if name != "Mcp_Name"},
        {name: value for name, value in good.items() if name != "MCP_Protocol_Version"},
    ]:
        status, answer = post(world.bridge, body, key=None, **wrong)
        assert (status, answer["error"]["code"]) == (400, -32020), wrong


def caching(world: World):
    uri = f"memtrace://session/{world.session}"
    for method, name, params in [
        ("tools/list", None, {}), ("prompts/list", None, {}), ("resources/list", None, {}), ("resources/templates/list", None, {}),
        ("resources/read", uri, {"uri": uri}),
    ]:
        result = world.result(method, name, **params)
        assert isinstance(result["ttlMs"], int) and result["ttlMs"] >= 0 and result["cacheScope"] in ("public", "private"), method


def dns_rebinding_protection(world: World):
    body = json.dumps(request("tools/list"))
    port = urlsplit(world.bridge.url).port
    for host, origin, wanted in [
        (f"127.0.0.1:{port}", None, {200}), (f"localhost:{port}", f"http://localhost:{port}", {200}),
        ("evil.example.com", None, {400, 403, 421}), ("evil.example.com", "http://evil.example.com", {400, 403, 421}),
    ]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Host": host, "Content-Type": "application/json", **{
            name.replace("_", "-"): value for name, value in routed("tools/list").items()}}
        connection.request("POST", "/mcp", body, headers | ({"Origin": origin} if origin else {}))
        assert connection.getresponse().status in wanted, (host, origin)
        connection.close()


def tools_list(world: World):
    tools = world.result("tools/list")["tools"]
    assert tools and all(tool["name"] and tool["description"] and tool["inputSchema"]["type"] == "object" for tool in tools)


def tools_call_simple_text(world: World):
    result = world.call("memtrace_search", {"query": "E401"})
    assert result["content"][0]["type"] == "text" and "Screen shows E-401" in result["content"][0]["text"]


def tools_call_error(world: World):
    result = world.call("memtrace_search", {"limt": 5})
    assert result["isError"] and "limt" in result["content"][0]["text"]


def result_type(world: World):
    assert world.result("tools/list")["resultType"] == "complete"
    assert world.call("memtrace_open", {})["resultType"] == "complete"


def extra_parameters(world: World):
    """Answers to what was never asked for, and a state that nobody gave, change nothing."""
    extra = {"inputResponses": {"a": {"action": "accept"}}, "requestState": "made up"}
    one = world.result("tools/call", "memtrace_open", name="memtrace_open", arguments={}, **extra)
    assert one == world.call("memtrace_open", {})


def resources_list(world: World):
    resources = world.result("resources/list")["resources"]
    assert all(resource["uri"] and resource["name"] for resource in resources)
    assert f"memtrace://session/{world.session}" in {resource["uri"] for resource in resources}


def resources_read_text(world: World):
    uri = f"memtrace://session/{world.session}"
    (content,) = world.result("resources/read", uri, uri=uri)["contents"]
    assert content["uri"] == uri and content["mimeType"] == "text/markdown" and "E-401" in content["text"]


def resources_templates_read(world: World):
    templates = {template["uriTemplate"] for template in world.result("resources/templates/list")["resourceTemplates"]}
    assert templates == {"memtrace://session/{id}", "memtrace://customer/{key}/{value}"}
    uri = "memtrace://customer/customer_id/c1"
    assert "E-401" in world.result("resources/read", uri, uri=uri)["contents"][0]["text"]


def resource_not_found(world: World):
    for uri in ("memtrace://session/sess_01M70Z86C0CAS7ZYFGZZZZZZZZ", "memtrace://customer/customer_id/nobody", "test://nonexistent"):
        status, answer = world.send("resources/read", uri, uri=uri)
        assert (status, answer["error"]["code"]) == (400, -32602) and answer["error"]["data"]["uri"] == uri


def prompts_list(world: World):
    prompts = world.result("prompts/list")["prompts"]
    assert {prompt["name"] for prompt in prompts} == {"pick_up_customer", "hand_over", "close_call"}


def prompts_get(world: World):
    for arguments in ({"key": "customer_id", "value": "c1"},):
        result = world.result("prompts/get", "pick_up_customer", name="pick_up_customer", arguments=arguments)
        assert result["messages"][0]["role"] == "user" and "E-401" in json.dumps(result["messages"])


def completion_complete(world: World):
    result = world.result(
        "completion/complete", ref={"type": "ref/prompt", "name": "pick_up_customer"}, argument={"name": "key", "value": "cust"})
    assert "customer_id" in result["completion"]["values"]


SCENARIOS = {
    "server-initialize": server_initialize, "ping": ping, "server-stateless": server_stateless,
    "http-header-validation": http_header_validation, "caching": caching, "dns-rebinding-protection": dns_rebinding_protection,
    "tools-list": tools_list, "tools-call-simple-text": tools_call_simple_text, "tools-call-error": tools_call_error,
    "input-required-result-result-type": result_type, "input-required-result-ignore-extra-params": extra_parameters,
    "input-required-result-unsupported-methods": result_type,
    "resources-list": resources_list, "resources-read-text": resources_read_text, "resources-templates-read": resources_templates_read,
    "sep-2164-resource-not-found": resource_not_found, "prompts-list": prompts_list, "prompts-get-simple": prompts_get,
    "prompts-get-with-args": prompts_get, "completion-complete": completion_complete,
}


def test_every_scenario_is_a_test_or_has_a_reason():
    assert not SCENARIOS.keys() & NOT_APPLICABLE.keys()
    assert SCENARIOS.keys() | NOT_APPLICABLE.keys() == OFFICIAL


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario(world: World, name: str):
    SCENARIOS[name](world)
