"""POST /mcp on the bridge: the official client in both eras, keys, headers, and what is refused."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.error
import urllib.request
from contextlib import asynccontextmanager

import httpx2
import pytest
from live_bridge import LiveBridge
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


@asynccontextmanager
async def assistant(bridge: LiveBridge, key: str, era: str = "auto"):
    http = httpx2.AsyncClient(headers={"x-api-key": key}, timeout=30)
    async with http, Client(
        streamable_http_client(f"{bridge.url}/mcp", http_client=http), mode=era
    ) as client:
        yield client


@pytest.mark.parametrize("era", ["auto", "legacy", "2026-07-28"])
def test_the_official_client_reads_and_writes(guarded: LiveBridge, era: str):
    key = guarded.key(f"writer-{era}", "write")

    async def main() -> None:
        async with assistant(guarded, key, era) as client:
            assert len((await client.list_tools()).tools) >= 10
            made = await client.call_tool(
                "memtrace_session_create",
                {"agent_id": "tv", "metadata": {"customer_id": f"c-{era}"}})
            session = made.structured_content["id"]
            noted = await client.call_tool("memtrace_remember", {
                "agent_id": "tv", "content": "Łódź: TV buffers", "session_id": session})
            assert noted.structured_content["session_id"] == session
            # Whoever asks after the answer sees it.
            seen = await client.call_tool(
                "memtrace_context", {"where": {"customer_id": f"c-{era}"}})
            assert "Łódź: TV buffers" in seen.content[0].text
            read = await client.read_resource(f"memtrace://customer/customer_id/c-{era}")
            assert "TV buffers" in read.contents[0].text
            with pytest.raises(MCPError, match="needs the scope 'admin'"):
                await client.call_tool("memtrace_sync", {})

    asyncio.run(main())


def test_keys_decide_what_is_offered_and_who_signs(guarded: LiveBridge):
    reader = guarded.key("reader", "read")
    bound = guarded.key("bound", "write", "--agent", "billing")

    async def main() -> None:
        async with assistant(guarded, reader) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            assert "memtrace_search" in names and "memtrace_remember" not in names
        async with assistant(guarded, bound) as client:
            told = await client.call_tool("memtrace_remember", {"content": "signed"})
            found = await client.call_tool("memtrace_recall", {})
            assert found.structured_content["memories"][0]["id"] == told.structured_content["id"]
            assert found.structured_content["memories"][0]["agent_id"] == "billing"
            forged = await client.call_tool(
                "memtrace_remember", {"agent_id": "tv", "content": "forged"})
            assert forged.is_error and "billing" in forged.content[0].text

    asyncio.run(main())


def post(bridge: LiveBridge, body: bytes | dict, *, key: str | None, method: str = "POST", **headers):
    """Status and decoded answer of one request."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **{
        name.replace("_", "-"): value for name, value in headers.items()}}
    if key:
        sent["x-api-key"] = key
    request = urllib.request.Request(
        f"{bridge.url}/mcp", data if method == "POST" else None, sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else None


def request(method: str, **params) -> dict:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": META, **params}}


def routed(method: str, name: str | None = None) -> dict[str, str]:
    headers = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": method}
    return headers | ({"Mcp_Name": name} if name is not None else {})


def test_headers_must_say_what_the_body_says(guarded: LiveBridge):
    key = guarded.key("headers", "read")
    listed = request("tools/list")
    assert post(guarded, listed, key=key, **routed("tools/list"))[0] == 200
    uri = "memtrace://customer/city/Ł"
    encoded = "=?base64?" + base64.b64encode(uri.encode()).decode() + "?="
    for headers, code in [
        ({}, -32020), (routed("tools/call"), -32020),
        (routed("tools/list") | {"MCP_Protocol_Version": "2025-11-25"}, -32020),
    ]:
        status, answer = post(guarded, listed, key=key, **headers)
        assert (status, answer["error"]["code"], answer["id"]) == (400, code, 1)
    read = request("resources/read", uri=uri)
    status, answer = post(guarded, read, key=key, **routed("resources/read", encoded))
    assert (status, answer["error"]["code"]) == (400, -32602)  # the header fits; there is no such customer
    for wrong in ("=?base64?!!!?=", "=?base64?AB?=", "memtrace://customer/city/L", ""):
        status, answer = post(guarded, read, key=key, **routed("resources/read", wrong))
        assert (status, answer["error"]["code"]) == (400, -32020)
    other = request("tools/list")
    other["params"]["_meta"] = {**META, "io.modelcontextprotocol/protocolVersion": "2027-01-01"}
    status, answer = post(
        guarded, other, key=key, **routed("tools/list") | {"MCP_Protocol_Version": "2027-01-01"})
    assert (status, answer["error"]["code"]) == (400, -32022)
    status, answer = post(guarded, request("tools/run"), key=key, **routed("tools/run"))
    assert (status, answer["error"]["code"]) == (404, -32601)


def test_what_is_no_request(guarded: LiveBridge):
    key = guarded.key("refused", "read")
    modern = {"MCP_Protocol_Version": "2026-07-28"}
    for body in (b"{", b"[]", b"5", b"", b"\xff"):
        status, answer = post(guarded, body, key=key, **modern)
        assert status == 400 and answer["error"]["code"] in (-32700, -32600), body
    note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert post(guarded, note, key=key, **modern) == (202, None)
    assert post(guarded, note, key=key) == (202, None)
    assert post(guarded, request("tools/list"), key=None, **routed("tools/list"))[0] == 401
    assert post(guarded, request("tools/list"), key="mtk_no", **routed("tools/list"))[0] == 401
    for method in ("GET", "DELETE", "PUT"):
        assert post(guarded, b"", key=key, method=method)[0] == 405
    old = [{"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "id": 2, "method": "ping"}]
    status, answers = post(guarded, json.dumps(old).encode(), key=key, MCP_Protocol_Version="2025-03-26")
    assert status == 200 and [answer["id"] for answer in answers] == [1, 2]
    status, answer = post(
        guarded, json.dumps(old).encode(), key=key, MCP_Protocol_Version="2025-11-25")
    assert (status, answer["error"]["code"]) == (400, -32600)
