#!/usr/bin/env python3
"""Measures sync beside the git command in one run: medians of wall-clock seconds, whole processes.

usage: Tests/Benchmarks/sync.py [--memtrace .build/release/memtrace] [--sessions 10000] [--changed 1000] [--rounds 7]
"""
import argparse, hashlib, json, os, shutil, statistics, subprocess, tempfile, time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(ms, n):
    value = ms << 80 | int.from_bytes(hashlib.sha256(str(n).encode()).digest()[:10], "big")
    return "".join(ALPHABET[value >> 5 * i & 31] for i in reversed(range(26)))


class Bench:
    def __init__(self, options):
        self.memtrace = os.path.abspath(options.memtrace)
        self.options = options
        self.root = tempfile.mkdtemp(prefix="memtrace-bench-")
        self.env = dict(os.environ, HOME=self.root, GIT_CONFIG_NOSYSTEM="1")
        for key, value in {"user.name": "bench", "user.email": "bench@agents.invalid", "gc.auto": "0"}.items():
            self.run("git", "config", "--global", key, value)

    def run(self, *words, cwd=None):
        done = subprocess.run(words, cwd=cwd or self.root, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def timed(self, *commands, cwd):
        start = time.perf_counter()
        for words in commands:
            self.run(*words, cwd=cwd)
        return time.perf_counter() - start

    def line(self, session, n, text):
        return json.dumps({"time": "2026-11-22T10:00:00.000Z", "agent_id": "desk",
                           "content": text, "session_id": session,
                           "id": "mem_" + ulid(1_795_341_600_000 + n, n)}, separators=(",", ":")) + "\n"

    def make(self):
        """A hub with so many sessions of three files each, by plain Git."""
        self.run(self.memtrace, "init", "seed")
        seed = os.path.join(self.root, "seed")
        self.folders = []
        for n in range(self.options.sessions):
            ms = 1_790_000_000_000 + n * 60_000
            session = "sess_" + ulid(ms, f"s{n}")
            at = time.gmtime(ms / 1000)
            folder = time.strftime("sessions/%Y-%m/%d/%H/", at) + session
            os.makedirs(os.path.join(seed, folder))
            for kind in ("session", "memories", "decisions"):
                with open(os.path.join(seed, folder, f"{kind}.seed0000.jsonl"), "w") as file:
                    file.write(self.line(session, n * 3, f"{kind} {n}"))
            self.folders.append((folder, session))
        self.run("git", "add", "-A", cwd=seed)
        self.run("git", "commit", "-q", "-m", "seed", cwd=seed)
        self.run("git", "clone", "-q", "--bare", "seed", "hub.git")

    def clones(self, *names):
        for name in names:
            shutil.rmtree(os.path.join(self.root, name), ignore_errors=True)
            self.run("git", "clone", "-q", "hub.git", name)
            # What a clone does once, on its first write, is not what is measured.
            self.run(self.memtrace, "remember", "warm up", "--agent", "desk", cwd=os.path.join(self.root, name))
            self.run(self.memtrace, "sync", cwd=os.path.join(self.root, name))

    def write(self, name, count, tag):
        """New records in so many sessions, in files of this clone, committed by plain Git."""
        folder = os.path.join(self.root, name)
        step = max(1, len(self.folders) // count)
        for n, (path, session) in enumerate(self.folders[::step][:count]):
            with open(os.path.join(folder, path, f"memories.{name}.jsonl"), "a") as file:
                file.write(self.line(session, hash((tag, n)) % 10**9, f"{tag} {n}"))
        self.run("git", "add", "-A", cwd=folder)
        self.run("git", "commit", "-q", "-m", tag, cwd=folder)

    def both(self, title, count, limit):
        """One side has pushed; the other brings both together, by turns with memtrace and with git."""
        ours, gits = [], []
        for round in range(self.options.rounds if count == 1 else 3):
            for tool in ("memtrace", "git"):
                self.run(self.memtrace, "sync", cwd=self.path("here"))
                self.run(self.memtrace, "sync", cwd=self.path("there"))
                self.write("there", count, f"there {tool} {round}")
                self.run("git", "push", "-q", cwd=self.path("there"))
                self.write("here", count, f"here {tool} {round}")
                if tool == "memtrace":
                    ours.append(self.timed((self.memtrace, "sync"), cwd=self.path("here")))
                else:
                    gits.append(self.timed(("git", "pull", "-q", "--no-rebase", "--no-edit"), ("git", "push", "-q"),
                                           cwd=self.path("here")))
        self.report(title, ours, gits, limit)

    def clone(self, limit):
        ours, gits = [], []
        for _ in range(3):
            for tool, times in (("memtrace", ours), ("git", gits)):
                shutil.rmtree(self.path("copy"), ignore_errors=True)
                words = (self.memtrace, "clone", "hub.git", "copy") if tool == "memtrace" else \
                    ("git", "clone", "-q", "hub.git", "copy")
                times.append(self.timed(words, cwd=self.root))
        self.report("first clone", ours, gits, limit)

    def path(self, name):
        return os.path.join(self.root, name)

    def report(self, title, ours, gits, limit):
        a, b = statistics.median(ours), statistics.median(gits)
        print(f"{title:34} memtrace {a * 1000:8.1f} ms   git {b * 1000:8.1f} ms   ratio {a / b:.2f} (at most {limit})",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memtrace", default=".build/release/memtrace")
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=7)
    bench = Bench(parser.parse_args())
    try:
        bench.make()
        bench.clones("here", "there")
        bench.both("1 record each way, over a path", 1, 1.0)
        bench.both(f"{bench.options.changed} records each way", bench.options.changed, 1.5)
        bench.clone(1.5)
    finally:
        shutil.rmtree(bench.root, ignore_errors=True)


main()
