"""schemathesis against /openapi.json: what the document promises is what the bridge does."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import jsonschema_rs
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
        "/docs": {"get"}, "/": {"get"},
        "/api/v1/memories": {"get", "post"}, "/api/v1/memories/{}": {"get", "put", "delete"},
        "/api/v1/reviews": {"get", "post"},
        "/api/v1/search": {"post"}, "/api/v1/agents": {"get", "post"},
        "/api/v1/agents/{}": {"get", "delete"}, "/api/v1/agents/{}/memories": {"get"},
        "/api/v1/agents/{}/stats": {"get"}, "/api/v1/sessions": {"get", "post"},
        "/api/v1/sessions/search": {"post"}, "/api/v1/sessions/{}": {"get", "put"},
        "/api/v1/sessions/{}/memories": {"get"}, "/api/v1/sessions/{}/context": {"post"},
        "/api/v1/context": {"post"}, "/api/v1/status": {"get"}, "/api/v1/sync": {"post"},
        "/api/v1/log": {"get"}, "/api/v1/open": {"get"}, "/api/v1/diff": {"get"}, "/api/v1/stats": {"get"},
    }
    methods = {"get", "put", "post", "delete", "patch", "head", "options"}
    found = {
        re.sub(r"\{[^}]*\}", "{}", path): set(item) & methods for path, item in paths.items()}
    assert found == wanted
    for path, item in paths.items():
        for method in set(item) & methods:
            operation = item[method]
            assert operation.get("operationId") and operation.get("summary"), (path, method)
            assert any(status.startswith("2") for status in operation["responses"])


def test_a_name_is_refused_exactly_where_the_schema_says_so():
    chance = random.Random(SEED)
    some = [
        "a", "Z", " ", "-", "1", "é", "α", "а", "あ", "×", "–", "\u0301", "\x98", "\xad", "\u200b", "\u2028",
        "\u3000", "\uff21", "\ue000", "\ufeff", "\U0001f44d", "\U000e0001", "\U000110bd"]
    names = some + ["Ana / Αθήνα", "p\u0430ypal", "aあα", "a1α", "a\u0301α", "an  a"]
    names += ["".join(chance.choices(some, k=chance.randint(2, 6))) for _ in range(300)]
    for _ in range(300):
        names.append("a" + chr(chance.choice([*range(0xa0, 0xd800), *range(0xe000, 0x30000)])) + "b")
    wrong = []
    with running("--no-auth") as bridge:
        paths = described(bridge)["paths"]
        schema = next(
            parameter["schema"] for parameter in paths["/api/v1/agents/{agent_id}"]["get"]["parameters"])
        assert schema["pattern"] == paths["/api/v1/agents"]["post"]["requestBody"]["content"][
            "application/json"]["schema"]["properties"]["name"]["pattern"]
        check = jsonschema_rs.Draft202012Validator(schema)
        for name in names:
            try:
                url = f"{bridge.url}/api/v1/agents/{urllib.parse.quote(name, safe='')}"
                urllib.request.urlopen(url).close()
                raise AssertionError(name)
            except urllib.error.HTTPError as error:
                status = error.code
                error.close()
            fits = check.is_valid(name)
            if fits != bool(re.search(schema["pattern"], name)) or status != (404 if fits else 400):
                wrong.append((ascii(name), fits, status))
    assert not wrong, wrong[:20]


def test_schemathesis_finds_nothing(tmp_path: Path):
    world = running("--quiet", "--public-metrics")
    key = world.bridge.key("schema")
    with world as bridge:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "run", f"{bridge.url}/openapi.json",
                "--checks", "all", "--max-examples", str(EXAMPLES), "--seed", str(SEED),
                "--header", f"x-api-key: {key}", "--request-timeout", "20", "--no-color",
                "--continue-on-failure",
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=1500,
            env={**os.environ, "COLUMNS": "120"})
        (tmp_path / "schemathesis.txt").write_text(done.stdout)
        keep = os.environ.get("MEMTRACE_REPORT")
        if keep:
            Path(keep).write_text(done.stdout + done.stderr)
        assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
        assert bridge.process and bridge.process.poll() is None
