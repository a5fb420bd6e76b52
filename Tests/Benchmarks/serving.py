"""What the benchmarks share: others' packages, a release bridge over a repository, one kept connection, tables."""

import json
import os
import pathlib
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
MEMTRACE = pathlib.Path(os.environ.get("MEMTRACE_BINARY", HERE.parent.parent / ".build/release/memtrace"))
CLEAN = {name: value for name, value in os.environ.items()
         if not name.startswith(("MEMTRACE_", "GIT_"))}


def others():
    """A Python with what Memtrace is measured against; installed on first use."""
    wanted, venv = HERE / "requirements.txt", HERE.parent.parent / ".build/bench"
    python, installed = venv / "bin/python3", venv / "requirements.txt"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted],
                       check=True)
        installed.write_text(wanted.read_text())
    return python


def memtrace(*words):
    """Output of a command that must succeed."""
    return subprocess.run([MEMTRACE, *map(str, words)], env=CLEAN, check=True, capture_output=True,
                          text=True).stdout


class Bridge:
    """`memtrace serve` over a repository, which is made where there is none."""

    def __init__(self, repository, *options):
        if not repository.exists():
            memtrace("init", repository)
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            [MEMTRACE, "-C", repository, "serve", "--no-auth", "--quiet", "--listen", "127.0.0.1:0",
             *options], env=CLEAN, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.started = time.perf_counter() - begin
        found = re.search(r":(\d+)\s*$", line)
        if not found:
            raise SystemExit("the bridge did not start")
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def resident(self):
        """Bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024

    def settle(self, most=120):
        """Waits until it does nothing by itself: after a start it looks at every file once."""
        def ticks():
            fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])

        for _ in range(most):
            before = ticks()
            time.sleep(1)
            if ticks() - before < 5:
                return

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))


class Client:
    """One kept connection, with as little Python around the wire as can be."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=None):
        """Milliseconds from the first byte sent to the last one received, and the answer."""
        data = b"" if body is None else json.dumps(body).encode()
        wire = (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(data)}\r\n\r\n").encode() + data
        begin = time.perf_counter()
        self.socket.sendall(wire)
        got = self.socket.recv(1 << 20)
        end = got.find(b"\r\n\r\n") + 4
        rest = int(re.search(rb"Content-Length: (\d+)", got)[1]) - (len(got) - end)
        pieces = [got[end:]]
        while rest > 0:
            pieces.append(self.socket.recv(1 << 20))
            rest -= len(pieces[-1])
        taken = (time.perf_counter() - begin) * 1000
        answer = b"".join(pieces)
        if got[9:10] != b"2":
            raise SystemExit(f"{method} {path}: {got[:15]} {answer[:300]}")
        return taken, answer

    def post(self, path, body):
        return json.loads(self.ask("POST", path, body)[1])


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def median(values):
    return statistics.median(values)


def table(title, heads, rows):
    print(f"\n### {title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def machine(heading):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    print(f"## {heading}\n\n{os.cpu_count()} cores ({model[1] if model else platform.machine()}), Linux "
          f"{platform.release()}, {memtrace('--version').splitlines()[0]}, load at the start "
          f"{os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}", flush=True)
