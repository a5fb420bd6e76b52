"""Starts the program under test: a repository of its own, and the bridge in front of it."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

BINARY = os.environ.get("MEMTRACE_BINARY", "memtrace")
LONG = os.environ.get("MEMTRACE_LONG") == "1"


class LiveBridge:
    """`memtrace serve` over a new repository; stop() and start() keep the repository."""

    def __init__(self, folder: Path, *options: str, descriptors: int | None = None):
        self.repository = folder / "repository"
        self.home = folder / "home"
        self.options = options
        self.descriptors = descriptors
        self.process: subprocess.Popen[bytes] | None = None
        self.log: list[str] = []
        self.port = 0
        self.home.mkdir(parents=True)
        (self.home / ".gitconfig").write_text("[user]\nname = Test\nemail = test@example.org\n")
        self.command("init", str(self.repository), "--org", "acme")

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> str:
        """Runs the program once and returns what it printed."""
        done = subprocess.run(
            [BINARY, *arguments], env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"memtrace {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def verb(self, *arguments: str) -> Any:
        """Runs a verb on the repository and returns its JSON."""
        return json.loads(self.command("-C", str(self.repository), "--json", *arguments))

    def key(self, name: str = "test", scope: str = "admin", *options: str) -> str:
        made = self.verb("key", "create", "--name", name, "--scope", scope, *options)
        return str(made["key"])

    def start(self, timeout: float = 20) -> LiveBridge:
        """Returns when the bridge listens; it takes the port that it had before, if any."""
        listen = f"127.0.0.1:{self.port}"
        arguments = [BINARY, "-C", str(self.repository), "serve", "--listen", listen]
        self.process = subprocess.Popen(
            [*arguments, *self.options], env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=self._limit)
        assert self.process.stdout and self.process.stderr
        threading.Thread(target=self._collect, args=[self.process.stderr], daemon=True).start()
        killer = threading.Timer(timeout, self.process.kill)
        killer.start()
        line = self.process.stdout.readline().decode()
        killer.cancel()
        found = re.search(r":(\d+)\b\D*$", line)
        if not found:
            self.process.wait()
            time.sleep(0.1)
            raise AssertionError(f"the bridge did not start: {line}{''.join(self.log)}")
        self.port = int(found[1])
        return self

    def _limit(self) -> None:
        if self.descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))

    def _collect(self, stream: Any) -> None:
        with stream:
            for line in stream:
                self.log.append(line.decode(errors="replace"))

    def _end(self, number: int, timeout: float) -> int:
        assert self.process
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the bridge did not stop within {timeout} s") from None
        finally:
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None
        return code

    def stop(self) -> None:
        """SIGTERM: it must end by itself, with 0, within 5 seconds."""
        assert self._end(signal.SIGTERM, 6) == 0, "".join(self.log[-5:])

    def kill(self) -> None:
        """SIGKILL: as a power failure, as far as processes go."""
        self._end(signal.SIGKILL, 6)

    def memory(self) -> int:
        """Resident bytes."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]

    def open_descriptors(self) -> int:
        assert self.process
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self) -> int:
        assert self.process
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def fsck(self) -> None:
        """Git itself must find nothing wrong with the repository. Beside housekeeping a look finds gone what lies in another
        pack by then."""
        for _ in range(3):
            done = subprocess.run(
                ["git", "-C", str(self.repository), "fsck", "--strict"], env=self.environment,
                capture_output=True, text=True, timeout=300)
            if done.returncode == 0:
                return
        assert done.returncode == 0, done.stderr


class running:
    """`with running("--no-auth") as bridge:` in a temporary folder; stops it in good order."""

    def __init__(self, *options: str, descriptors: int | None = None):
        self.folder = tempfile.TemporaryDirectory(prefix="memtrace-test-")
        self.bridge = LiveBridge(Path(self.folder.name), *options, descriptors=descriptors)

    def __enter__(self) -> LiveBridge:
        return self.bridge.start()

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if self.bridge.process:
                self.bridge.stop() if kind is None else self.bridge.kill()
        finally:
            self.folder.cleanup()
