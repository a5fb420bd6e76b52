"""What the program acknowledges beside a bridge is in the bridge's next answer, whatever it is asked: who runs a command and
then a request has waited for the command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from live_bridge import BINARY, LiveBridge, running


@pytest.fixture(scope="module")
def bridge() -> Iterator[LiveBridge]:
    with running("--no-auth") as live:
        yield live


def ask(live: LiveBridge, path: str, body: Any = None, method: str | None = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(live.url + path, data, {"content-type": "application/json"}, method=method)
    try:
        with urlopen(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except HTTPError as error:
        return error.code, None


def beside(live: LiveBridge, *arguments: str) -> Any:
    done = subprocess.run(
        [BINARY, "-C", str(live.repository), "--json", *arguments],
        env=live.environment, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_a_record_of_the_command_line_is_in_the_next_answer(bridge: LiveBridge):
    for number in range(12):
        session = beside(bridge, "session", "create", "--agent", "desk", "--meta", f"customer_id=c{number}")["id"]
        assert ask(bridge, f"/api/v1/sessions/{session}")[0] == 200
        made = beside(bridge, "remember", f"walrus {number}", "--agent", "desk", "--session", session)["id"]
        assert ask(bridge, f"/api/v1/memories/{made}")[0] == 200
        made = beside(bridge, "remember", f"heron {number}", "--agent", "desk", "--session", session)["id"]
        found = ask(bridge, "/api/v1/search", {"query": "heron", "where": {"customer_id": f"c{number}"}})[1]
        assert found["results"][0]["id"] == made
        made = beside(bridge, "remember", f"otter {number}", "--agent", "desk", "--session", session)["id"]
        assert made in json.dumps(ask(bridge, "/api/v1/context", {"where": {"customer_id": f"c{number}"}})[1])


def test_so_it_is_while_the_bridge_writes(bridge: LiveBridge):
    session = beside(bridge, "session", "create", "--agent", "desk")["id"]
    for number in range(12):
        status, _ = ask(bridge, "/api/v1/memories", {"agent_id": "night", "content": f"fact {number}", "session_id": session})
        assert status == 201
        made = beside(bridge, "remember", f"beside {number}", "--agent", "desk", "--session", session)["id"]
        assert ask(bridge, f"/api/v1/memories/{made}")[0] == 200


def test_what_is_erased_or_rejected_by_the_command_line_is_in_no_later_answer(bridge: LiveBridge):
    session = beside(bridge, "session", "create", "--agent", "desk")["id"]
    for number in range(8):
        made = beside(bridge, "remember", f"quokka {number}", "--agent", "desk", "--session", session)["id"]
        assert ask(bridge, f"/api/v1/memories/{made}")[0] == 200
        beside(bridge, "review", "reject", made, "--reason", "wrong")
        assert made not in json.dumps(ask(bridge, f"/api/v1/sessions/{session}/memories")[1])
        beside(bridge, "erase", made)
        assert ask(bridge, f"/api/v1/memories/{made}")[0] == 404
        assert "quokka" not in json.dumps(ask(bridge, "/api/v1/search", {"content_contains": "quokka"})[1])


def test_what_waits_beside_a_persons_rebase_is_in_the_next_answer(tmp_path: Path):
    """It has no commit yet, and HEAD does not tell of it."""
    with running("--no-auth") as live:
        (live.repository / ".git/rebase-merge").mkdir()
        for number in range(5):
            made = beside(live, "remember", f"walrus {number}", "--agent", "desk")["id"]
            assert ask(live, f"/api/v1/memories/{made}")[0] == 200
