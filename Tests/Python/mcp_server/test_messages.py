"""What no well-behaved client sends: the server answers each line that wants an answer, and nothing else."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import threading
from pathlib import Path

import mcp_types
import pytest
from live_bridge import BINARY, LONG
from mcp_types import methods

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Server:
    """`memtrace mcp`, spoken to line by line."""

    def __init__(self, folder: Path, *options: str):
        self.folder = folder
        home = folder.parent / "home"
        home.mkdir(exist_ok=True)
        (home / ".gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
        if not folder.exists():
            self.command("init", str(folder))
        self.process = subprocess.Popen(
            [BINARY, "-C", str(folder), "mcp", *options], env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [BINARY, *arguments], env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def records(self) -> set[str]:
        lines = self.command("-C", str(self.folder), "export").splitlines()
        return {json.loads(line)["id"] for line in lines}

    def talk(self, *lines: bytes | dict | list) -> list[dict]:
        """Sends all, ends the input, and returns all answers; the server must have ended well."""
        text = b"".join(
            (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n"
            for line in lines)
        output, errors = self.process.communicate(text, timeout=300)
        assert self.process.returncode == 0, errors.decode()
        assert not output or output.endswith(b"\n")
        return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def server(tmp_path: Path):
    server = Server(tmp_path / "memory")
    yield server
    if server.process.poll() is None:
        server.process.kill()
    server.process.communicate()


def request(id, method: str, **params) -> dict:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": {"_meta": META, **params}}


def remember(id, content: str) -> dict:
    return request(
        id, "tools/call", name="memtrace_remember",
        arguments={"agent_id": "a", "content": content})


def handshake(version: str = "2025-11-25") -> list[dict]:
    return [
        {"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]


def codes(answers: list[dict]) -> list[int | None]:
    return [answer.get("error", {}).get("code") for answer in answers]


def test_the_first_request_decides_the_era(server: Server):
    answers = server.talk(
        request(1, "server/discover"), handshake()[0], {"jsonrpc": "2.0", "id": 2, "method": "ping"},
        request(3, "ping"), request(4, "tools/list"))
    assert codes(answers) == [None, -32022, -32602, -32601, None]
    assert answers[1]["error"]["data"] == {"supported": ["2026-07-28"], "requested": "2025-11-25"}


def test_a_handshake_is_not_mixed_with_requests_that_carry_their_version(server: Server):
    answers = server.talk(
        {"jsonrpc": "2.0", "id": 0, "method": "tools/list"}, {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        *handshake(), handshake()[0], request(2, "tools/list"),
        {"jsonrpc": "2.0", "id": 3, "method": "server/discover"},
        {"jsonrpc": "2.0", "id": 4, "method": "tools/list"})
    assert codes(answers) == [-32600, None, None, -32600, -32600, -32601, None]


@pytest.mark.parametrize("asked, spoken", [
    ("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2025-03-26", "2025-03-26"),
    ("2024-11-05", "2025-11-25"), ("1999-01-01", "2025-11-25")])
def test_the_revision_is_agreed_on(server: Server, asked: str, spoken: str):
    answers = server.talk(*handshake(asked), {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert answers[0]["result"]["protocolVersion"] == spoken
    structured = any("outputSchema" in tool for tool in answers[1]["result"]["tools"])
    assert structured == (spoken >= "2025-06-18")


def test_an_envelope_that_lacks_something_is_named(server: Server):
    half = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    other = {**META, "io.modelcontextprotocol/protocolVersion": "2027-01-01"}
    answers = server.talk(
        request(1, "server/discover"),
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {"_meta": half}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/list", "params": {"_meta": other}},
        {"jsonrpc": "2.0", "id": 4, "method": "tools/list", "params": {"_meta": {}}})
    assert codes(answers) == [None, -32602, -32022, -32602]
    assert "clientCapabilities" in answers[1]["error"]["message"]
    assert answers[2]["error"]["data"] == {"supported": ["2026-07-28"], "requested": "2027-01-01"}


def test_malformed_messages_are_answered_and_cost_only_themselves(server: Server):
    answers = server.talk(
        b"{", b"nonsense", b"", b"   ", b"[]", b"[1]", b"1", b'"x"', b"null", b"\xff\xfe", b'{"a":"\\ud800"}',
        {"jsonrpc": "1.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "id": None, "method": "x"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "x"}, {"jsonrpc": "2.0", "id": 7, "method": 3},
        {"jsonrpc": "2.0", "id": 8, "method": "x", "params": [1]}, {"jsonrpc": "2.0", "id": 9},
        {"jsonrpc": "2.0", "id": 9, "result": {}}, {"jsonrpc": "2.0", "method": "unknown/thing"},
        b"[" * 100_000, request("last", "tools/list"))
    assert codes(answers) == [
        -32700, -32700, -32600, -32600, -32600, -32600, -32600, -32700, -32700, -32600, -32600,
        -32600, -32600, -32600, -32600, -32700, None]
    assert [answer.get("id") for answer in answers[-7:]] == [None, None, 7, 8, 9, None, "last"]


def test_long_lines(server: Server):
    answers = server.talk(
        remember(1, "x" * (5 << 20)), b'{"x":"' + b"y" * (9 << 20) + b'"}',
        remember(2, "z" * 65_536), remember(3, "after"))
    assert len(answers) == 4
    assert answers[0]["result"]["isError"] and "65,536" in (
        answers[0]["result"]["content"][0]["text"].replace("65536", "65,536"))
    assert answers[1]["error"]["code"] == -32600 and answers[1]["id"] is None
    assert all("structuredContent" in answer["result"] for answer in answers[2:])


def test_batches_belong_to_one_old_revision(server: Server):
    batch = [
        {"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "method": "x"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, 5]
    answers = server.talk(*handshake("2025-03-26"), batch, [{"jsonrpc": "2.0", "method": "x"}])
    assert len(answers) == 2
    assert [(one.get("id"), one.get("error", {}).get("code")) for one in answers[1]] == [
        (1, None), (2, None), (None, -32600)]


def test_a_thousand_in_flight_are_answered_once_each_and_in_order(server: Server):
    count = 1_000 if LONG else 60
    answers = server.talk(*(remember(number, f"note {number}") for number in range(count)))
    assert [answer["id"] for answer in answers] == list(range(count))
    stored = {answer["result"]["structuredContent"]["id"] for answer in answers}
    assert len(stored) == count and stored <= server.records()


def test_a_cancelled_request_gets_no_answer(server: Server):
    cancels = [
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {
            "requestId": number, "reason": "no longer wanted"}} for number in range(10, 40)]
    answers = server.talk(
        *(remember(number, f"note {number}") for number in range(40)), *cancels,
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "never"}},
        {"jsonrpc": "2.0", "method": "notifications/cancelled"}, remember("end", "the end"))
    ids = [answer["id"] for answer in answers]
    assert ids[-1] == "end" and len(ids) == len(set(ids)) and len(ids) < 41
    assert set(range(10)) <= set(ids)
    assert {one["result"]["structuredContent"]["id"] for one in answers} <= server.records()


def test_an_id_that_comes_twice_is_answered_twice(server: Server):
    answers = server.talk(remember(1, "one"), remember(1, "two"), remember("1", "three"))
    assert [answer["id"] for answer in answers] == [1, 1, "1"]


def test_a_client_that_dies_in_mid_call_loses_nothing_that_was_acknowledged(tmp_path: Path):
    acknowledged: set[str] = set()
    for round in range(20 if LONG else 5):
        server = Server(tmp_path / "memory")

        def write() -> None:
            with_pipe = server.process.stdin
            try:
                for number in range(1_000):
                    with_pipe.write(json.dumps(remember(number, f"{round}/{number}")).encode() + b"\n")
                    with_pipe.flush()
            except OSError:
                pass

        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(3 + round):
            answer = json.loads(server.process.stdout.readline())
            acknowledged.add(answer["result"]["structuredContent"]["id"])
        if round % 2:
            server.process.kill()
        else:
            server.process.stdout.close()
        server.process.wait(60)
        writer.join()
        server.process.stderr.close()
        assert acknowledged <= server.records()


def test_ten_thousand_random_messages(server: Server):
    """No crash, no stray byte, and every answer is valid by the revision's own models."""
    chance = random.Random(20_260_728)
    words = ["tools/call", "tools/list", "resources/list", "resources/read", "prompts/get", "prompts/list",
             "completion/complete", "resources/templates/list", "server/discover", "ping", "logging/setLevel",
             "initialize", "notifications/cancelled", "sampling/createMessage", "", "ключ"]
    tools = ["memtrace_remember", "memtrace_search", "memtrace_context", "memtrace_recall", "memtrace_x", 5, None]

    def value(depth: int = 0):
        kind = chance.randrange(9 if depth < 3 else 6)
        if kind == 6:
            return [value(depth + 1) for _ in range(chance.randrange(3))]
        if kind == 7:
            keys = ["agent_id", "content", "where", "limit", "q", "_meta"]
            return {chance.choice(keys): value(depth + 1) for _ in range(chance.randrange(4))}
        if kind == 8:
            return {"customer_id": value(3)}
        texts = ["", "a", "24h", "\u2028", "😀" * 9, "\x00"]
        return [
            None, True, chance.randrange(-5, 99), chance.choice(texts), 1e300, chance.choice(tools),
        ][kind]

    lines: list[bytes] = [json.dumps(request(-1, "server/discover")).encode()]
    for number in range(1_000, 11_000 if LONG else 2_500):
        params = {"_meta": META, "name": chance.choice(tools), "arguments": value(), "uri": value()}
        for _ in range(chance.randrange(3)):
            params[chance.choice(["cursor", "ref", "argument", "name", "arguments", "_meta"])] = value()
        message = {"jsonrpc": "2.0", "id": number, "method": chance.choice(words), "params": params}
        for _ in range(chance.choice([0, 0, 0, 1, 2])):
            if chance.random() < 0.5:
                message.pop(chance.choice(list(message)), None)
            else:
                message[chance.choice(["id", "method", "params", "jsonrpc"])] = value()
        line = bytearray(json.dumps(message).encode())
        if chance.random() < 0.2:
            for _ in range(chance.randrange(1, 4)):
                line[chance.randrange(len(line))] = chance.choice(b'{}[]",:0a\\\xff ')
        lines.append(bytes(line))
    answers = server.talk(*lines)
    assert len(answers) > len(lines) // 2
    for answer in answers:
        mcp_types.jsonrpc_message_adapter.validate_python(answer)
    # A result is told by its request's method, where one request alone has that id.
    asked: dict[int, set[str]] = {}
    for line in lines:
        with contextlib.suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict) and type(message.get("id")) is int:
                asked.setdefault(message["id"], set()).add(str(message.get("method")))
    checked = 0
    for answer in answers:
        if "result" in answer and len(asked.get(answer["id"], ())) == 1:
            (method,) = asked[answer["id"]]
            shaped = methods.serialize_server_result(method, "2026-07-28", answer["result"])
            assert shaped["resultType"] == "complete"
            checked += 1
    assert checked > len(lines) // 20
    server.command("-C", str(server.folder), "check")


@pytest.mark.parametrize("word, shows", [("approve", True), ("reject", False)])
def test_what_waits_for_a_review_is_in_no_tool_until_somebody_approves_it(server: Server, word: str, shows: bool):
    folder = ["-C", str(server.folder)]
    server.command(*folder, "review", "policy", "--before", "decision:0.8")
    session = server.command(*folder, "session", "create", "--agent", "a", "--meta", "customer_id=c1").split()[0]
    record = server.command(
        *folder, "decide", "Waive the fee", "--reasoning", "Angry", "--agent", "a", "--session", session, "--importance", "0.9").split()[0]
    tools = [
        ("memtrace_recall", {"agent_id": "a"}), ("memtrace_search", {"query": "waive fee"}),
        ("memtrace_search", {"content_contains": "Waive"}), ("memtrace_context", {"where": {"customer_id": "c1"}}),
        ("memtrace_session_context", {"session_id": session}), ("memtrace_open", {})]
    calls = [request(number, "tools/call", name=name, arguments=given) for number, (name, given) in enumerate(tools)]
    before = server.talk(*calls)
    assert len(before) == len(tools) and not any("Waive the fee" in json.dumps(answer) for answer in before)
    server.command(*folder, "review", word, record)
    after = Server(server.folder).talk(*calls)
    assert any("Waive the fee" in json.dumps(answer) for answer in after) == shows
    assert all(("Waive the fee" in json.dumps(answer)) == shows for answer in after[:5])
