"""What went wrong names what to do next, where it was asked: routes over HTTP, commands in the terminal."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from live_bridge import BINARY, LiveBridge

SAMPLE = Path(__file__).resolve().parents[3] / "sample-repo"


def asked(bridge: LiveBridge, method: str, path: str, body: Any = None) -> dict[str, Any]:
    request = urllib.request.Request(
        bridge.url + path, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json"},
        method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    return json.loads(refused.value.read())


def complaint(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [BINARY, "-C", str(folder), *words], capture_output=True, text=True, timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"})
    assert done.returncode != 0, done.stdout
    return done.stderr


def test_over_http_a_hint_is_a_route(bridge: LiveBridge):
    unknown = "sess_01M6SE03XCQ5A1V7KJ4D8N2RXT"
    assert asked(bridge, "POST", "/api/v1/context", {"where": {"customer_id": "nobody"}})["hint"] == "POST /api/v1/sessions/search"
    assert asked(bridge, "GET", f"/api/v1/sessions/{unknown}")["hint"] == "GET /api/v1/sessions"
    assert asked(bridge, "GET", "/api/v1/agents/nobody")["hint"] == "GET /api/v1/agents"
    body = {"record_ids": ["mem_01M6SE03XCQ5A1V7KJ4D8N2RXT"], "review": "retracted"}
    assert asked(bridge, "POST", "/api/v1/reviews", body)["hint"] == "GET /api/v1/memories?include=all"


def test_a_plain_folder_says_what_it_is_good_for(tmp_path: Path):
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "sample"))
    for words in (["status"], ["log"], ["diff"], ["remote", "list"], ["remember", "x", "--agent", "a"]):
        said = complaint(folder, *words)
        assert "is not the root of a Git repository: its records can be read (context, search" in said, said
        assert "memtrace init --from" in said
    for words in (["recall", "--limit", "1"], ["search", "router"], ["customer", "customer_id=cust_12345"], ["export"],
                  ["context", "--where", "phone=+12025550142"], ["session", "list"]):
        done = subprocess.run([BINARY, "-C", str(folder), *words], capture_output=True, text=True, timeout=60)
        assert done.returncode in (0, 3), (words, done.stderr)


def test_a_policy_that_is_none_is_told_what_one_is(tmp_path: Path):
    complaint_of = ["review", "policy", "--before"]
    subprocess.run([BINARY, "init", str(tmp_path / "memory")], check=True, capture_output=True, timeout=60)
    said = complaint(tmp_path / "memory", *complaint_of, "decison")
    assert "neither a type (episodic, session, decision" in said and "did you mean 'decision'?" in said, said
    assert "did you mean 'decision:0.8'?" in complaint(tmp_path / "memory", *complaint_of, "decison:0.8")
    assert "did you mean" not in complaint(tmp_path / "memory", *complaint_of, "sevenfold:2")


def test_a_file_of_another_program_is_told_how_it_is_read(tmp_path: Path):
    subprocess.run([BINARY, "init", str(tmp_path / "memory")], check=True, capture_output=True, timeout=60)
    tickets = [{"id": number, "subject": "No line", "status": "open", "comments": []} for number in range(30)]
    for name, text in [
        ("lines.json", "\n".join(map(json.dumps, tickets))), ("list.json", json.dumps(tickets)),
        ("pretty.json", json.dumps({"tickets": tickets}, indent=2)),
    ]:
        (tmp_path / name).write_text(text + "\n")
        said = complaint(tmp_path / "memory", "import", str(tmp_path / name))
        assert "--from" in said and "zendesk" in said, (name, said)
