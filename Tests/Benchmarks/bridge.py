#!/usr/bin/env python3
"""Measures the bridge beside SQLite and nginx, and prints it as tables in Markdown: docs/BENCHMARKS.md, "The bridge".

usage: bridge.py [--seconds S] [--rounds N] [--folder DIR]

Needs a release build, wrk and nginx. Rounds alternate between the two things compared; medians of rounds. wrk has one
thread and 64 kept connections; nginx one worker, no access log.
"""

import argparse
import getpass
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

from serving import Bridge, Client, machine, median, table

CONNECTIONS = 64
TEXT = "Customer mentions TV buffering. Likely related to internet issues from earlier today."
# Each connection writes to a session of its own: wrk asks for its connections' requests in turn.
WRITES = """
local sessions = {%s}
local turn = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  turn = turn + 1
  local session = sessions[turn %% #sessions + 1]
  return wrk.format(nil, nil, nil, '{"agent_id":"tv-support","session_id":"' .. session ..
    '","content":"%s ' .. turn .. '","tags":["tv","buffering"],"importance":0.7}')
end
"""
CONTEXTS = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"max_tokens":4000}'
"""
NGINX = """
daemon off;
worker_processes 1;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  types_hash_max_size 2048;
  keepalive_requests 100000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def wrk(url, seconds, script=None):
    """Requests a second, and the median and 99th percentile of their latency in milliseconds."""
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            words += ["-s", file.name]
        text = subprocess.run([*words, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{url}: {text}")
    unit = {"us": 0.001, "ms": 1, "s": 1000}
    delay = {share: float(value) * unit[name] for share, value, name in
             re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s)$", text, re.M)}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), delay["50"], delay["99"]


def sessions(client, count):
    return [client.post("/api/v1/sessions", {
        "agent_id": "tv-support", "metadata": {"customer_id": f"cust_{number}"}})["id"]
        for number in range(count)]


def sqlite_writes(path, seconds):
    """Rows a second, each committed and synced."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("pragma journal_mode = wal")
    base.execute("pragma synchronous = full")
    base.execute("create table if not exists memories (id integer primary key, session text, agent "
                 "text, time real, content text, tags text, importance real)")
    count = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        base.execute("insert into memories (session, agent, time, content, tags, importance) values "
                     "(?, ?, ?, ?, ?, ?)", (f"session-{count % CONNECTIONS}", "tv-support",
                                            time.time(), f"{TEXT} {count}", "tv,buffering", 0.7))
        count += 1
    rate = count / (time.perf_counter() - begin)
    base.close()
    return rate


def writing(bridge, client, folder, given):
    script = WRITES % (",".join(f'"{id}"' for id in sessions(client, CONNECTIONS)), TEXT)
    ours, delays, theirs = [], [], []
    for _ in range(given.rounds):
        theirs.append(sqlite_writes(folder / "rows.db", given.seconds))
        rate, middle, high = wrk(f"{bridge.url}/api/v1/memories", given.seconds, script)
        ours.append(rate)
        delays.append((middle, high))
    table(f"Durable writes: {CONNECTIONS} connections to {CONNECTIONS} sessions, SQLite's single-row commits",
          ["", "writes a second", "median", "p99", "ratio"],
          [("`POST /api/v1/memories`", f"{median(ours):,.0f}",
            f"{median([delay[0] for delay in delays]):.1f} ms",
            f"{median([delay[1] for delay in delays]):.1f} ms", f"{median(ours) / median(theirs):.1f}"),
           ("SQLite, WAL, synchronous=FULL", f"{median(theirs):,.0f}",
            f"{1000 / median(theirs):.2f} ms", "", "1")])


class Nginx:
    def __init__(self, folder):
        folder.mkdir()
        (folder / "www").mkdir()
        (folder / "www/file").write_text("x" * 1024)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "nginx.conf").write_text(
            NGINX.format(folder=folder, port=self.port, user=getpass.getuser()))
        self.process = subprocess.Popen(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf"],
            stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                Client(self.port).ask("GET", "/file")
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("nginx did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def reading(bridge, client, folder, given):
    session = client.post("/api/v1/sessions", {"agent_id": "tv-support", "metadata": {
        "note": "x" * 760}})["id"]
    memory = client.post("/api/v1/memories", {
        "agent_id": "tv-support", "session_id": session, "content": "x" * 760})["id"]
    targets = {"`GET /health`": "/health",
               "`GET /api/v1/sessions/:id`": f"/api/v1/sessions/{session}",
               "`GET /api/v1/memories/:id`": f"/api/v1/memories/{memory}"}
    sizes = {name: len(client.ask("GET", path)[1]) for name, path in targets.items()}
    nginx = Nginx(folder / "nginx")
    rates = {name: [] for name in ["nginx, a file", *targets]}
    for _ in range(given.rounds):
        rates["nginx, a file"].append(wrk(f"http://127.0.0.1:{nginx.port}/file", given.seconds))
        for name, path in targets.items():
            rates[name].append(wrk(bridge.url + path, given.seconds))
    nginx.stop()
    base = median([found[0] for found in rates["nginx, a file"]])
    table(f"Reads: {CONNECTIONS} connections, one worker of nginx", [
        "", "body", "requests a second", "p99", "ratio"],
          [(name, f"{sizes.get(name, 1024):,} bytes", f"{median([f[0] for f in found]):,.0f}",
            f"{median([f[2] for f in found]):.1f} ms", f"{median([f[0] for f in found]) / base:.2f}")
           for name, found in rates.items()])


def contexts(bridge, client, given):
    session = sessions(client, 1)[0]
    for start in (0, 50):
        client.post("/api/v1/memories", {"memories": [
            {"agent_id": f"agent-{n % 3}", "session_id": session, "content": f"{TEXT} Step {start + n}.",
             "tags": ["tv"], "importance": n % 10 / 10} for n in range(50)]})
    url = f"{bridge.url}/api/v1/sessions/{session}/context"
    stop = threading.Event()
    written = []

    def write():
        writer = Client(bridge.port)
        while not stop.wait(0.02):
            written.append(writer.ask("POST", "/api/v1/memories", {
                "agent_id": "tv-support", "content": f"elsewhere {len(written)}"}))

    rows = []
    for name, writes in [("alone", False), ("50 writes a second beside it", True)]:
        thread = threading.Thread(target=write)
        if writes:
            thread.start()
        found = [wrk(url, given.seconds, CONTEXTS) for _ in range(given.rounds)]
        if writes:
            stop.set()
            thread.join()
        rows.append((name, f"{median([f[0] for f in found]):,.0f}",
                     f"{median([f[1] for f in found]):.1f} ms", f"{median([f[2] for f in found]):.1f} ms"))
    table(f"Context of a session of 100 records: {CONNECTIONS} connections",
          ["", "requests a second", "median", "p99"], rows)


def idle(folder):
    with Bridge(folder / "idle") as bridge:
        for _ in range(200):
            Client(bridge.port).ask("GET", "/health")
        before, threads = bridge.resident(), bridge.threads()
        kept = [Client(bridge.port) for _ in range(1000)]
        for client in kept:
            client.ask("GET", "/health")
        table("1,000 idle connections, each after one request", ["memory", "threads"],
              [(f"{(bridge.resident() - before) / 1e6:.1f} MB", f"{bridge.threads() - threads}")])


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--parts", default="writing,reading,contexts,idle")
    options.add_argument("--folder", default=tempfile.gettempdir())
    given = options.parse_args()
    machine("The bridge")
    with tempfile.TemporaryDirectory(prefix="memtrace-bench-", dir=given.folder) as name:
        folder = pathlib.Path(name)
        # Reads before writes: what a burst leaves to commit would be in their way.
        with Bridge(folder / "reads") as bridge:
            client = Client(bridge.port)
            if "reading" in given.parts:
                reading(bridge, client, folder, given)
            if "contexts" in given.parts:
                contexts(bridge, client, given)
        if "writing" in given.parts:
            with Bridge(folder / "writes") as bridge:
                writing(bridge, Client(bridge.port), folder, given)
        if "idle" in given.parts:
            idle(folder)


if __name__ == "__main__":
    main()
