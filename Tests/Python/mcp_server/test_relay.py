"""memtrace mcp --http: an assistant that speaks over standard input to a bridge elsewhere."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import pytest
from live_bridge import BINARY, LiveBridge
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}


@pytest.mark.parametrize("era", ["auto", "legacy", "2026-07-28"])
def test_the_official_client_reads_and_writes_through_it(guarded: LiveBridge, tmp_path: Path, era: str):
    file = tmp_path / "key"
    file.write_text(guarded.key(f"relay-{era}", "write") + "\n")

    async def main() -> None:
        server = StdioServerParameters(
            command=BINARY, args=["mcp", "--http", guarded.url, "--key", f"@{file}"], env=ENVIRONMENT)
        async with Client(stdio_client(server), mode=era) as client:
            assert len((await client.list_tools()).tools) >= 10
            made = await client.call_tool(
                "memtrace_session_create", {"agent_id": "tv", "metadata": {"Łódź": f"ä {era}"}})
            noted = await client.call_tool("memtrace_remember", {
                "agent_id": "tv", "content": "x\ny \" \\ Łódź", "session_id": made.structured_content["id"]})
            assert noted.structured_content["id"].startswith("mem_")
            read = await client.read_resource(f"memtrace://customer/%C5%81%C3%B3d%C5%BA/%C3%A4%20{era}")
            assert "Łódź" in read.contents[0].text
            assert (await client.get_prompt("pick_up_customer", {"key": "Łódź", "value": f"ä {era}"})).messages
            with pytest.raises(MCPError):
                await client.read_resource("memtrace://session/Łódź")

    asyncio.run(main())


def lines(*messages: object, arguments: list[str]) -> list[dict]:
    """What is printed for these messages, a line each."""
    text = "".join((m if isinstance(m, str) else json.dumps(m)) + "\n" for m in messages)
    done = subprocess.run(
        [BINARY, "mcp", *arguments], input=text, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def ping(number: int) -> dict:
    return {"jsonrpc": "2.0", "id": number, "method": "ping"}


def test_a_wrong_key_and_a_bridge_that_is_away_are_answers(guarded: LiveBridge):
    notification = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    wrong = lines(ping(1), notification, arguments=["--http", guarded.url, "--key", "mtk_wrong"])
    assert [(answer["id"], answer["error"]["message"]) for answer in wrong] == [(1, "invalid API key")]
    away = lines(ping(1), notification, ping(2), arguments=["--http", "http://127.0.0.1:9"])
    assert [answer["id"] for answer in away] == [1, 2] and "connect" in away[0]["error"]["message"].lower()


def test_what_is_no_message_costs_only_itself(guarded: LiveBridge):
    key = guarded.key("relay-odd", "read")
    answers = lines(
        "no json", ping(1), "[1", json.dumps({"jsonrpc": "2.0", "id": 2, "method": "nothing"}), "x" * 100_000,
        json.dumps(ping(3) | {"params": {"pad": "y" * 3_000_000}}), ping(4), arguments=["--http", f"{guarded.url}/mcp", "--key", key])
    ids = [answer.get("id") for answer in answers if "result" in answer]
    assert ids == [1, 3, 4]
    assert all("error" in answer for answer in answers if answer.get("id") not in ids)


def test_the_key_stands_in_no_command_line_of_another_program(guarded: LiveBridge, tmp_path: Path):
    spy = tmp_path / "curl"
    spy.write_text('#!/bin/sh\necho "$@" >> "$0.log"\nexec /usr/bin/curl "$@"\n')
    spy.chmod(0o755)
    key = guarded.key("relay-spied", "read")
    done = subprocess.run(
        [BINARY, "mcp", "--http", guarded.url, "--key", key], input=json.dumps(ping(1)) + "\n",
        env=ENVIRONMENT | {"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["result"] == {}
    assert key not in (tmp_path / "curl.log").read_text()


@pytest.mark.parametrize("arguments", [
    ["--http", "ftp://x"], ["--http", "http://x", "--read-only"], ["--key", "mtk_x"],
    ["--http", "http://x", "--key", "a b"], ["--http", "http://x", "--key", "@/nonexistent"],
])
def test_usage(arguments):
    done = subprocess.run([BINARY, "mcp", *arguments], input="", env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stdout == "" and done.stderr
