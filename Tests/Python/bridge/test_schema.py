"""schemathesis against /openapi.json: what the document promises is what the bridge does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from live_bridge import LONG, LiveBridge, running

EXAMPLES = 50 if LONG else 8
SEED = 20261122


def described(bridge: LiveBridge) -> dict:
    with urllib.request.urlopen(f"{bridge.url}/openapi.json") as answer:
        return json.load(answer)


def test_every_route_of_the_contract_is_described():
    with running("--no-auth") as bridge:
        paths = described(bridge)["paths"]
    wanted = {
        "/health": {"get"}, "/ready": {"get"}, "/metrics": {"get"}, "/openapi.json": {"get"},
        "/api/v1/memories": {"get", "post"}, "/api/v1/memories/{}": {"get"},
        "/api/v1/search": {"post"}, "/api/v1/agents": {"get", "post"},
        "/api/v1/agents/{}": {"get", "delete"}, "/api/v1/agents/{}/memories": {"get"},
        "/api/v1/agents/{}/stats": {"get"}, "/api/v1/sessions": {"get", "post"},
        "/api/v1/sessions/search": {"post"}, "/api/v1/sessions/{}": {"get", "put"},
        "/api/v1/sessions/{}/memories": {"get"}, "/api/v1/sessions/{}/context": {"post"},
        "/api/v1/context": {"post"}, "/api/v1/status": {"get"}, "/api/v1/sync": {"post"},
        "/api/v1/log": {"get"},
    }
    import re

    methods = {"get", "put", "post", "delete", "patch", "head", "options"}
    found = {
        re.sub(r"\{[^}]*\}", "{}", path): set(item) & methods for path, item in paths.items()}
    assert found == wanted
    for path, item in paths.items():
        for method in set(item) & methods:
            operation = item[method]
            assert operation.get("operationId") and operation.get("summary"), (path, method)
            assert any(status.startswith("2") for status in operation["responses"])


def test_schemathesis_finds_nothing(tmp_path: Path):
    with running("--no-auth", "--quiet") as bridge:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "run", f"{bridge.url}/openapi.json",
                "--checks", "all", "--max-examples", str(EXAMPLES), "--seed", str(SEED),
                "--generation-deterministic", "--request-timeout", "20", "--no-color",
                "--workers", "2", "--continue-on-failure",
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=1500,
            env={**os.environ, "COLUMNS": "120"})
        (tmp_path / "schemathesis.txt").write_text(done.stdout)
        keep = os.environ.get("MEMTRACE_REPORT")
        if keep:
            Path(keep).write_text(done.stdout + done.stderr)
        assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
        assert bridge.process and bridge.process.poll() is None
