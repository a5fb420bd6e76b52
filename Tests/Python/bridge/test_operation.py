"""Operating a bridge: who may call, what it says of itself, what it does in the background."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from live_bridge import BINARY, LiveBridge, running

TEMPLATES = Path(__file__).parents[3] / "templates/service"


def ask(
    bridge: LiveBridge, path: str, body: dict | None = None, **headers: str
) -> tuple[int, dict | str]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{bridge.url}{path}", data, {
        "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    return status, json.loads(text) if text.startswith("{") else text


def eventually(holds, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_an_open_bridge_answers_to_names_of_this_machine_and_to_those_it_was_given():
    with running("--no-auth", "--allow-host", "memory.test") as bridge:
        for host, status in [
            ("localhost", 200), (f"127.0.0.1:{bridge.port}", 200), ("memory.test:9100", 200),
            ("MEMORY.test", 200), ("other.test", 403), ("localhost.other.test", 403),
        ]:
            assert ask(bridge, "/api/v1/status", Host=host)[0] == status, host


def test_without_a_key_and_without_a_terminal_it_says_what_to_do():
    world = running()
    done = subprocess.run(
        [BINARY, "-C", str(world.bridge.repository), "serve", "--listen", "127.0.0.1:0"],
        env=world.bridge.environment, capture_output=True, text=True, timeout=20,
        stdin=subprocess.DEVNULL)
    world.folder.cleanup()
    assert done.returncode == 2 and "memtrace key create" in done.stderr


@pytest.mark.parametrize("options", [
    ["--listen", "0.0.0.0:0"], ["--listen", "[::]:0"],
    ["--listen", "127.0.0.1:0", "--repo", "a=.", "--repo", "b=."]])
def test_no_keys_means_loopback_and_one_repository(options: list[str]):
    world = running()
    done = subprocess.run(
        [BINARY, "-C", str(world.bridge.repository), "serve", "--no-auth", *options],
        env=world.bridge.environment, capture_output=True, text=True, timeout=20)
    world.folder.cleanup()
    assert done.returncode == 2 and "--no-auth" in done.stderr


def test_a_key_ends_when_it_was_told_to():
    world = running()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    key = world.bridge.key("short", "read", "--expires", soon)
    with world as bridge:
        assert ask(bridge, "/api/v1/agents", x_api_key=key)[0] == 200
        assert eventually(lambda: ask(bridge, "/api/v1/agents", x_api_key=key)[0] == 401)


def test_readiness_fails_where_one_of_several_repositories_does_and_comes_back():
    world = running("--quiet")
    other = Path(world.folder.name) / "other"
    world.bridge.command("init", str(other), "--org", "beta")
    world.bridge.key("acme")
    world.bridge.command("-C", str(other), "key", "create", "--name", "beta")
    world.bridge.options += (
        "--repo", f"acme={world.bridge.repository}", "--repo", f"beta={other}")
    with world as bridge:
        assert ask(bridge, "/ready") == (200, {"status": "ready"})
        (other / ".git/HEAD").rename(other / ".git/away")
        status, answer = ask(bridge, "/ready")
        assert status == 503 and "beta" in answer["error"], answer
        assert str(other) not in answer["error"]
        (other / ".git/away").rename(other / ".git/HEAD")
        assert eventually(lambda: ask(bridge, "/ready")[0] == 200)


def test_a_background_sync_brings_and_sends():
    with running("--no-auth") as first:
        origin = Path(first.repository.parent) / "origin.git"
        subprocess.run(["git", "init", "--quiet", "--bare", str(origin)], check=True)
        first.verb("remote", "add", "origin", str(origin))
        first.verb("sync")
        other = first.repository.parent / "other"
        first.command("clone", str(origin), str(other))
        first.stop()
        first.options += ("--sync-every", "1s", "--remote", "origin")
        first.start()
        ask(first, "/api/v1/memories", {"agent_id": "here", "content": "from the bridge"})
        first.command("-C", str(other), "remember", "from afar", "--agent", "there")
        first.command("-C", str(other), "sync")
        assert eventually(lambda: ask(first, "/api/v1/agents/there")[0] == 200)

        def arrived() -> bool:
            first.command("-C", str(other), "sync")
            return "from the bridge" in first.command("-C", str(other), "recall")

        assert eventually(arrived)
        assert "memtrace_sync_age_seconds" in ask(first, "/metrics")[1]


def test_metrics_count_requests_records_and_what_waits():
    with running("--no-auth", "--quiet") as bridge:
        for number in range(3):
            ask(bridge, "/api/v1/memories", {"agent_id": "a", "content": f"memory {number}"})
        ask(bridge, "/api/v1/memories/unknown")
        text = str(ask(bridge, "/metrics")[1])
    assert 'requests_total{method="POST",route="/api/v1/memories",status="201"} 3' in text
    assert 'route="/api/v1/memories/{memory_id}",status="404"} 1' in text
    assert 'memtrace_memories{org="acme"} 3' in text
    assert "memtrace_request_duration_seconds_count 4" in text
    assert 'memtrace_backlog_records{org="acme"}' in text


def test_a_key_opens_the_metrics_of_its_own_repository_only():
    world = running("--quiet")
    other = Path(world.folder.name) / "other"
    world.bridge.command("init", str(other), "--org", "beta")
    key = world.bridge.key("acme")
    world.bridge.command("-C", str(other), "key", "create", "--name", "beta")
    world.bridge.options += (
        "--repo", f"acme={world.bridge.repository}", "--repo", f"beta={other}")
    with world as bridge:
        text = str(ask(bridge, "/metrics", x_api_key=key)[1])
        assert 'org="acme"' in text and "beta" not in text


def test_an_empty_key_is_none_and_stands_in_no_other_s_way():
    world = running("--quiet")
    key = world.bridge.key("acme")
    with world as bridge:
        assert ask(bridge, "/api/v1/agents", x_api_key="") == (
            401, {"error": "missing API key", "hint": "send the header x-api-key: mtk_…"})
        assert ask(bridge, "/api/v1/agents", x_api_key="", Authorization=f"Bearer {key}")[0] == 200
        # Who sent a key hears what may be wrong with it, and not to send one.
        status, body = ask(bridge, "/api/v1/agents", x_api_key="mtk_" + "A" * 43)
        assert (status, body["error"]) == (401, "invalid API key")
        assert "revoked" in body["hint"] and "x-api-key" not in body["hint"]


def test_the_log_names_neither_content_nor_key_nor_query():
    world = running()
    key = world.bridge.key("logged")
    with world as bridge:
        ask(bridge, "/api/v1/memories", {"agent_id": "a", "content": "a secret"}, x_api_key=key)
        ask(bridge, "/api/v1/memories?agent_id=hidden", x_api_key=key)
        assert eventually(lambda: len(bridge.log) >= 2)
        lines = [json.loads(line) for line in bridge.log]
        assert {"time", "method", "path", "route", "status", "bytes", "us"} <= lines[0].keys()
        text = "".join(bridge.log)
        assert "secret" not in text and key not in text and "hidden" not in text


def test_a_context_is_shown_as_it_was_and_a_search_explains_itself():
    with running("--no-auth") as bridge:
        session = ask(bridge, "/api/v1/sessions", {"agent_id": "a"})[1]["id"]

        def remember(text: str) -> None:
            ask(bridge, "/api/v1/memories", {
                "agent_id": "a", "session_id": session, "content": text})
            assert eventually(lambda: ask(bridge, "/api/v1/status")[1]["uncommitted"] == 0)

        remember("the router was replaced")
        then = ask(bridge, "/api/v1/status")[1]["head"]
        remember("the customer is happy")
        path = f"/api/v1/sessions/{session}/context"
        now, before = ask(bridge, path, {})[1], ask(bridge, path, {"at": then})[1]
        assert "happy" in now["context"] and "happy" not in before["context"]
        assert "replaced" in before["context"]
        assert ask(bridge, path, {"at": "nowhere"})[0] in (400, 404)
        found = ask(bridge, "/api/v1/search", {"query": "routers", "explain": True})[1]["results"][0]
        assert found["content"] == "the router was replaced" and found["score"] > 0
        assert found["explanation"]


def test_an_edit_by_hand_and_another_process_are_seen():
    with running("--no-auth") as bridge:
        session = ask(bridge, "/api/v1/sessions", {"agent_id": "a"})[1]["id"]
        ask(bridge, "/api/v1/memories", {
            "agent_id": "a", "session_id": session, "content": "speled wrong"})
        assert eventually(lambda: ask(bridge, "/api/v1/status")[1]["uncommitted"] == 0)
        file = next(bridge.repository.glob("sessions/**/memories.*.jsonl"))
        file.write_text(file.read_text().replace("speled", "spelled"))
        path = f"/api/v1/sessions/{session}/memories"
        assert eventually(lambda: ask(bridge, path)[1]["memories"][0]["content"] == "spelled wrong")
        bridge.command("-C", str(bridge.repository), "remember", "by command", "--agent", "b",
                       "--session", session)
        assert eventually(lambda: ask(bridge, path)[1]["count"] == 2)


def test_a_socket_in_the_file_system_answers(tmp_path: Path):
    world = running("--no-auth")
    path = tmp_path / "bridge.sock"
    process = subprocess.Popen(
        [BINARY, "-C", str(world.bridge.repository), "serve", "--no-auth", "--listen", f"unix:{path}"],
        env=world.bridge.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout and "unix:" in process.stdout.readline()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.status == 200 and json.loads(response.read())["status"] == "ok"
    process.terminate()
    assert process.wait(6) == 0 and not path.exists()
    process.stdout.close()
    world.folder.cleanup()


def test_asking_for_the_status_again_and_again_takes_no_memory(tmp_path: Path):
    """libgit2 1.5.1 keeps twenty kilobytes for each setting whenever it looks a remote up."""
    with running("--no-auth") as bridge:
        hub = tmp_path / "hub.git"
        subprocess.run(["git", "init", "-q", "--bare", str(hub)], env=bridge.environment, check=True)
        bridge.command("-C", str(bridge.repository), "remote", "add", "origin", str(hub))
        bridge.command("-C", str(bridge.repository), "sync")

        def resident() -> int:
            text = Path(f"/proc/{bridge.process.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+)", text)[1])

        for _ in range(20):
            assert ask(bridge, "/api/v1/status")[0] == 200
        before = resident()
        for _ in range(200):
            assert ask(bridge, "/api/v1/status")[0] == 200
        assert resident() - before < 30_000, "kilobytes"


@pytest.mark.parametrize("blocks", [False, True])
def test_one_that_is_told_to_stop_the_moment_it_says_its_address_ends_well(blocks: bool):
    world = running("--no-auth")

    def block() -> None:  # As threads of some programs do, and their children with them.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})

    for number in range(20):
        process = subprocess.Popen(
            [BINARY, "-C", str(world.bridge.repository), "serve", "--no-auth", "--listen", "127.0.0.1:0"],
            env=world.bridge.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=block if blocks else None)
        assert process.stdout and process.stdout.readline().startswith("listening on ")
        process.send_signal(signal.SIGTERM if number % 2 else signal.SIGINT)
        assert process.wait(10) == 0
        process.stdout.close()
    world.folder.cleanup()


def test_nginx_takes_its_template(tmp_path: Path):
    text = (TEMPLATES / "memtrace-nginx.conf").read_text()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=memory.example.org", "-keyout", tmp_path / "privkey.pem", "-out",
         tmp_path / "fullchain.pem"], check=True, capture_output=True)
    text = text.replace("/etc/letsencrypt/live/memory.example.org", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n"
        f"access_log off;\n{text}\n}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-q", "-p", tmp_path, "-c", whole], capture_output=True, text=True,
        env={"PATH": "/usr/sbin:/usr/bin"})
    assert done.returncode == 0, done.stderr


def test_caddy_takes_its_template(tmp_path: Path):
    done = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", TEMPLATES / "memtrace.Caddyfile"],
        capture_output=True, text=True, env={"PATH": "/usr/bin", "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="only where systemd is could it start the unit")
def test_systemd_takes_its_template(tmp_path: Path):
    text = (TEMPLATES / "memtrace.service").read_text()
    # A call that the filter forbids must fail, not kill: lowering a thread's priority is one.
    assert "SystemCallErrorNumber=EPERM" in text
    unit = tmp_path / "memtrace.service"
    unit.write_text(text.replace("/usr/local/bin/memtrace", BINARY))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
