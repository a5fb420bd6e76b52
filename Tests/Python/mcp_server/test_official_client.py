"""The official client drives every tool, resource and prompt, in each era of the protocol.

It validates each message both ways against the wire models of the revision that was agreed on.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import bpe_openai
import mcp_types
import pytest
from live_bridge import BINARY
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

ERAS = ["auto", "legacy", "2026-07-28"]


class Repository:
    """A repository, and assistants that are connected to it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.home = folder.parent / f"{folder.name}-home"
        self.home.mkdir()
        (self.home / ".gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8"}

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [BINARY, *arguments], env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @asynccontextmanager
    async def assistant(
        self, *options: str, era: str = "auto", **environment: str,
    ) -> AsyncIterator[Client]:
        server = StdioServerParameters(
            command=BINARY, args=["-C", str(self.folder), "mcp", *options],
            env={**self.environment, **environment})
        async with Client(stdio_client(server), mode=era) as client:
            yield client


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    repository = Repository(tmp_path / "memory")
    repository.command("init", str(repository.folder), "--org", "acme")
    yield repository


async def told(client: Client, tool: str, **arguments):
    """What a tool gave, as a value; a refusal fails the test."""
    result = await client.call_tool(f"memtrace_{tool}", arguments)
    assert not result.is_error, result.content[0].text
    return result.structured_content


async def refused(client: Client, tool: str, **arguments) -> str:
    result = await client.call_tool(f"memtrace_{tool}", arguments)
    assert result.is_error and result.structured_content is None
    return result.content[0].text


@pytest.mark.parametrize("era", ERAS)
def test_every_tool_resource_and_prompt(repository: Repository, era: str):
    async def main() -> None:
        async with repository.assistant(era=era) as client:
            assert client.protocol_version == ("2025-11-25" if era == "legacy" else "2026-07-28")
            names = {tool.name for tool in (await client.list_tools()).tools}

            await told(client, "agent_register", name="tv-support", description="Set-top boxes")
            session = (await told(
                client, "session_create", agent_id="tv-support",
                metadata={"customer_id": "c1", "phone": "+1 234"}))["id"]
            noted = await told(
                client, "remember", agent_id="tv-support", content="TV buffers “at night”\n2nd line",
                session_id=session, tags=["tv", "buffering"], importance=0.7,
                memory_type="episodic", event_type="complaint", metadata={"box": 7})
            assert noted["id"].startswith("mem_") and noted["session_id"] == session
            decided = await told(
                client, "decide", agent_id="tv-support", decision="Swap the box",
                reasoning="Third call", session_id=session)

            found = await told(client, "search", query="buffers", where={"customer_id": "c1"})
            assert found["memories"][0]["id"] == noted["id"]
            assert found["memories"][0]["event_type"] == "complaint"
            assert "org_id" not in found["memories"][0]
            full = await told(client, "search", query="buffers", response_format="detailed")
            assert full["memories"][0]["metadata"] == {"box": 7}
            assert full["memories"][0]["org_id"] == "acme"

            recalled = await told(client, "recall", agent_id="tv-support", limit=1)
            assert recalled["memories"][0]["id"] == decided["id"] and recalled["has_more"]
            assert recalled["memories"][0]["reasoning"] == "Third call"

            sessions = (await told(
                client, "session_search", where={"customer_id": "c1"}))["sessions"]
            assert [one["id"] for one in sessions] == [session]
            for tool, arguments in [
                ("context", {"where": {"customer_id": "c1"}, "query": "box", "max_tokens": 500}),
                ("session_context", {"session_id": session, "since": "7d"}),
            ]:
                result = await client.call_tool(f"memtrace_{tool}", arguments)
                assert result.content[0].text == result.structured_content["context"]
                assert "Swap the box" in result.content[0].text
                assert result.structured_content["tokens"] <= 500
            assert "no remote" in (await refused(client, "sync")).lower()
            assert names >= {f"memtrace_{name}" for name in (
                "agent_register", "session_create", "remember", "decide", "search", "recall",
                "session_search", "context", "session_context", "sync")}

            listed = (await client.list_resources()).resources
            assert [one.uri for one in listed] == [f"memtrace://session/{session}"]
            templates = (await client.list_resource_templates()).resource_templates
            assert {one.uri_template for one in templates} == {
                "memtrace://session/{id}", "memtrace://customer/{key}/{value}"}
            for uri in (listed[0].uri, "memtrace://customer/phone/%2B1%20234"):
                contents = (await client.read_resource(uri)).contents[0]
                assert "Swap the box" in contents.text and contents.mime_type == "text/markdown"
            for uri in ("memtrace://customer/phone/%2", "memtrace://session/sess_no", "file:///etc"):
                with pytest.raises(MCPError) as missing:
                    await client.read_resource(uri)
                assert missing.value.error.code == (-32002 if era == "legacy" else -32602)

            for prompt in (await client.list_prompts()).prompts:
                given = {
                    "key": "customer_id", "value": "c1", "session_id": session,
                    "to": "billing", "resolution": "new box"}
                wanted = {one.name: given[one.name] for one in prompt.arguments}
                messages = (await client.get_prompt(prompt.name, wanted)).messages
                assert "Swap the box" in messages[0].content.text and len(messages) == 2
                with pytest.raises(MCPError):
                    await client.get_prompt(prompt.name, {})
            completed = await client.complete(
                mcp_types.PromptReference(type="ref/prompt", name="pick_up_customer"),
                {"name": "value", "value": "C"}, context_arguments={"key": "customer_id"})
            assert completed.completion.values == ["c1"]
            completed = await client.complete(
                mcp_types.ResourceTemplateReference(
                    type="ref/resource", uri="memtrace://customer/{key}/{value}"),
                {"name": "key", "value": ""})
            assert completed.completion.values == ["customer_id", "phone"]
            completed = await client.complete(
                mcp_types.PromptReference(type="ref/prompt", name="hand_over"),
                {"name": "to", "value": "tv"})
            assert completed.completion.values == ["tv-support"]

    asyncio.run(main())


@pytest.mark.parametrize("era", ERAS)
def test_faults_say_what_to_do_differently(repository: Repository, era: str):
    async def main() -> None:
        async with repository.assistant(era=era) as client:
            assert "content: is required" in await refused(client, "remember", agent_id="a")
            said = await refused(client, "remember", agent="a", content="b")
            assert "agent: is no argument of memtrace_remember; it takes agent_id" in said
            said = await refused(client, "remember", agent_id="a", content="b", importance=2)
            assert "importance: must be a number from 0 to 1" in said
            said = await refused(
                client, "remember", agent_id="a", content="b",
                session_id="sess_01JD00000000000000000000ZZ")
            assert "memtrace_session_" in said
            said = await refused(client, "context", session_id="sess_01JD00000000000000000000ZZ")
            assert "memtrace_session_context takes session_id" in said
            # A new customer is no fault.
            new = await told(client, "context", where={"customer_id": "nobody"})
            assert "memtrace_session_create" in new["context"] and new["session_ids"] == []
            for since in ("yesterday", "24 hours"):
                assert "24h" in await refused(client, "recall", agent_id="a", since=since)
            assert "concise or detailed" in await refused(
                client, "search", query="b", response_format="long")
            with pytest.raises(MCPError) as unknown:
                await client.call_tool("memtrace_forget", {})
            assert unknown.value.error.code == -32602
            assert (await told(client, "search", query="b"))["memories"] == []

    asyncio.run(main())


def test_core_and_read_only_offer_less(repository: Repository):
    async def names(*options: str) -> dict[str, bool]:
        async with repository.assistant(*options) as client:
            return {
                tool.name.removeprefix("memtrace_"): bool(tool.annotations.read_only_hint)
                for tool in (await client.list_tools()).tools}

    assert set(asyncio.run(names("--tools", "core"))) == {"remember", "decide", "context", "search"}
    offered = asyncio.run(names("--read-only"))
    assert all(offered.values()) and "recall" in offered and "remember" not in offered
    assert set(asyncio.run(names("--tools", "core", "--read-only"))) == {"context", "search"}

    async def written() -> None:
        async with repository.assistant("--read-only") as client:
            with pytest.raises(MCPError):
                await client.call_tool("memtrace_remember", {"agent_id": "a", "content": "b"})

    asyncio.run(written())


def test_the_environment_stands_in_for_agent_and_session(repository: Repository):
    session = repository.command(
        "-C", str(repository.folder), "session", "create", "--agent", "tv").strip()

    async def main() -> None:
        async with repository.assistant(MEMTRACE_AGENT="tv", MEMTRACE_SESSION=session) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert tools["memtrace_remember"].input_schema["required"] == ["content"]
            assert "agent_id" not in tools["memtrace_recall"].input_schema.get("required", [])
            noted = await told(client, "remember", content="said")
            assert noted["session_id"] == session
            other = await told(client, "remember", content="by another", agent_id="billing")
            # A default is no filter: what other departments recorded is found.
            found = await told(client, "search", query="said another")
            assert {one["id"] for one in found["memories"]} == {noted["id"], other["id"]}
            assert "by another" in (await told(client, "session_context"))["context"]

    asyncio.run(main())


def test_all_tools_cost_at_most_1800_tokens_and_the_core_700(repository: Repository):
    encoding = bpe_openai.get_encoding("o200k_base")

    async def cost(*options: str) -> int:
        async with repository.assistant(*options) as client:
            tools = [
                tool.model_dump(mode="json", by_alias=True, exclude_none=True)
                for tool in (await client.list_tools()).tools]
            text = json.dumps(tools, separators=(",", ":"), ensure_ascii=False)
            return len(encoding.encode(text))

    assert asyncio.run(cost()) <= 1_800
    assert asyncio.run(cost("--tools", "core")) <= 700


def test_three_departments_share_one_customer(repository: Repository):
    """Three assistants at once, each a process of its own."""
    async def main() -> None:
        async with (
            repository.assistant(MEMTRACE_AGENT="internet-support") as internet,
            repository.assistant(MEMTRACE_AGENT="tv-support", era="legacy") as tv,
            repository.assistant(MEMTRACE_AGENT="billing-support") as billing,
        ):
            session = (await told(
                internet, "session_create", metadata={"customer_id": "cust_12345"}))["id"]
            await told(
                internet, "remember", content="Router needs a firmware update.", session_id=session)
            await told(
                internet, "decide", decision="Send router firmware update instructions",
                reasoning="2.1 is slow, 2.4 is not", session_id=session)
            found = await told(
                tv, "session_search", where={"customer_id": "cust_12345"}, status="active")
            assert found["sessions"][0]["id"] == session
            seen = (await told(tv, "session_context", session_id=session))["context"]
            assert "firmware update" in seen and "2.4 is not" in seen
            await asyncio.gather(
                told(tv, "remember", content="Customer asks about an HBO charge",
                     session_id=session, tags=["handoff_needed"]),
                told(internet, "remember", content="Line tested: fine", session_id=session))
            await told(
                tv, "decide", decision="Transfer to billing department",
                reasoning="A charge needs billing", session_id=session)
            seen = (await told(billing, "context", where={"customer_id": "cust_12345"}))["context"]
            for words in ("HBO charge", "Line tested: fine", "Transfer to billing", "tv-support"):
                assert words in seen

    asyncio.run(main())


def test_two_clones_with_a_sync_between(repository: Repository, tmp_path: Path):
    hub = tmp_path / "hub.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(hub)], check=True)
    repository.command("-C", str(repository.folder), "remote", "add", "origin", str(hub))
    heard: list[tuple[float, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))

    async def main() -> None:
        async with repository.assistant(MEMTRACE_AGENT="tv") as here:
            session = (await told(here, "session_create", metadata={"customer_id": "c9"}))["id"]
            await told(here, "remember", content="said in the first clone", session_id=session)
            result = await here.call_tool("memtrace_sync", {}, progress_callback=note)
            assert not result.is_error and result.structured_content["sent"] >= 1
            there = Repository(tmp_path / "second")
            there.command("clone", str(hub), str(there.folder))
            async with there.assistant(MEMTRACE_AGENT="billing") as second:
                seen = (await told(second, "context", where={"customer_id": "c9"}))["context"]
                assert "said in the first clone" in seen
                await told(second, "remember", content="and in the second", session_id=session)
                await told(second, "sync")
            await told(here, "sync")
            seen = (await told(here, "context", where={"customer_id": "c9"}))["context"]
            assert "and in the second" in seen
        assert [count for count, _ in heard] == sorted({count for count, _ in heard})

    asyncio.run(main())


@pytest.mark.parametrize("client, section", [
    ("claude-code", "mcpServers"), ("claude-desktop", "mcpServers"), ("cursor", "mcpServers"),
    ("vscode", "servers"), ("gemini", "mcpServers"), ("zed", "context_servers")])
def test_an_installed_entry_starts_the_server(
    repository: Repository, tmp_path: Path, client: str, section: str,
):
    file = tmp_path / "deep" / "settings.json"
    install = [
        "-C", str(repository.folder), "mcp", "install", client, "--file", str(file), "--agent", "tv"]
    repository.command(*install)
    assert file.stat().st_mode & 0o777 == 0o600
    entry = json.loads(file.read_text())[section]["memtrace"]
    printed = repository.command(*install, "--print")
    assert json.loads(printed)[section]["memtrace"] == entry

    async def main() -> None:
        server = StdioServerParameters(
            command=entry["command"], args=entry["args"], env=repository.environment)
        async with Client(stdio_client(server)) as assistant:
            assert (await told(assistant, "remember", content="installed"))["id"]

    asyncio.run(main())
