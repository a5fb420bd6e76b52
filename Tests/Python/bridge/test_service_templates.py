"""The files that an administrator installs: judged by linters, and held against what the program really says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from live_bridge import BINARY, LiveBridge

SERVICE = Path(__file__).resolve().parents[3] / "templates" / "service"


def test_the_container_file_passes_its_linter():
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run(
        [hadolint, "--failure-threshold", "style", SERVICE / "Containerfile"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout == "", done.stdout + done.stderr


def test_compose_runs_the_container_file_with_nothing_to_spare():
    services = yaml.safe_load((SERVICE / "compose.yaml").read_text())["services"]
    memtrace = services["memtrace"]
    assert memtrace["build"]["dockerfile"] == "Containerfile" and memtrace["read_only"] is True
    assert memtrace["cap_drop"] == ["ALL"] and "ports" not in memtrace
    assert memtrace["volumes"] == ["memory:/data"] and 'VOLUME ["/data"]' in (SERVICE / "Containerfile").read_text()


def test_caddy_finds_the_bridge_beside_it_and_on_its_own_machine():
    services = yaml.safe_load((SERVICE / "compose.yaml").read_text())["services"]
    given = services["caddy"]["environment"]
    port = re.search(r'"--listen", "0\.0\.0\.0:(\d+)"', (SERVICE / "Containerfile").read_text())
    assert port and given["MEMTRACE_UPSTREAM"] == f"memtrace:{port[1]}" and "memtrace" in services
    assert given["MEMTRACE_HOST"].startswith("${MEMTRACE_HOST:?")
    text = (SERVICE / "memtrace.Caddyfile").read_text()
    assert re.search(r"^\{\$MEMTRACE_HOST:memory\.example\.org\} \{$", text, re.M)
    assert f"reverse_proxy {{$MEMTRACE_UPSTREAM:127.0.0.1:{port[1]}}} {{" in text


def test_the_commands_in_them_are_commands(tmp_path: Path):
    for file in ("Containerfile", "compose.yaml", "memtrace-skill.md", "memtrace.service"):
        text = (SERVICE / file).read_text()
        for verb in re.findall(r"memtrace (?:-C \S+ )?((?:mcp install|key create|init|serve|help|context|template)\b)", text):
            done = subprocess.run([BINARY, "help", *verb.split()], capture_output=True, text=True, timeout=20)
            assert done.returncode == 0 or verb == "help", (file, verb)


def test_alerts_are_about_metrics_that_there_are(bridge: LiveBridge):
    import urllib.request

    with urllib.request.urlopen(f"{bridge.url}/metrics", timeout=10) as answer:
        there = set(re.findall(r"^# TYPE (\w+)", answer.read().decode(), re.M))
    rules = yaml.safe_load((SERVICE / "memtrace-alerts.yaml").read_text())["groups"][0]["rules"]
    assert len(rules) >= 6 and all(rule["annotations"]["summary"] for rule in rules)
    # These two show once there was a sync.
    there |= {"memtrace_sync_age_seconds", "memtrace_sync_failures"}
    for rule in rules:
        for name in re.findall(r"\bmemtrace_\w+", rule["expr"]):
            assert re.sub(r"_bucket$", "", name) in there, name


def test_the_skill_names_tools_that_there_are():
    text = (SERVICE / "memtrace-skill.md").read_text()
    listed = subprocess.run(
        [BINARY, "mcp"], capture_output=True, text=True, timeout=20,
        input='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}\n'
              '{"jsonrpc":"2.0","id":2,"method":"tools/list"}\n').stdout
    for tool in set(re.findall(r"`(memtrace_\w+)`", text)):
        assert f'"{tool}"' in listed, tool
    assert text.startswith("---\nname: memtrace\ndescription: ")
