#!/usr/bin/env python3
"""Measures single writes from the command line, and housekeeping beside them: docs/BENCHMARKS.md, "Many single writes".

usage: Tests/Benchmarks/writes.py [--memtrace .build/release/memtrace] [--writes 12000] [--sessions 20] [--git 300]
"""
import argparse, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

TEXT = "Customer mentions TV buffering. Likely related to internet issues from earlier today."


class Bench:
    def __init__(self, options):
        self.memtrace = os.path.abspath(options.memtrace)
        self.options = options
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="memtrace-bench-"))
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("MEMTRACE_", "GIT_"))}
        self.env |= {"HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1"}
        for key, value in {"user.name": "bench", "user.email": "bench@agents.invalid"}.items():
            self.run("git", "config", "--global", key, value)
        self.null = os.open(os.devnull, os.O_RDWR)

    def run(self, *words, cwd=None):
        done = subprocess.run(words, cwd=cwd or self.root, env=self.env, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def start(self, *words):
        return os.posix_spawnp(
            words[0], [str(word) for word in words], self.env,
            file_actions=[(os.POSIX_SPAWN_DUP2, self.null, 0), (os.POSIX_SPAWN_DUP2, self.null, 1)])

    def timed(self, *words):
        """Milliseconds of a program that must succeed."""
        start = time.perf_counter()
        _, status = os.waitpid(self.start(*words), 0)
        taken = (time.perf_counter() - start) * 1000
        if status:
            sys.exit(f"failed: {words}")
        return taken

    def write(self, repository, number):
        return self.timed(self.memtrace, "-C", repository, "remember", f"{TEXT} {number}", "--agent", "tv-support",
                          "--session", self.sessions[number % len(self.sessions)], "--tag", "tv")

    def by_git(self, plain, number):
        """The same line by `git add` and `git commit` in a copy."""
        path = self.paths[number % len(self.paths)]
        with open(plain / path, "a") as file:
            file.write(f'{{"time":"2026-11-22T14:03:11.123Z","agent_id":"tv-support","content":"{TEXT} {number}"}}\n')
        return (self.timed("git", "-C", plain, "add", path)
                + self.timed("git", "-C", plain, "commit", "-q", "-m", f"tv-support: {number}"))

    def wait_for_housekeeping(self, repository):
        """Until nothing is at work in the background."""
        lock = repository / ".git/memtrace/packing"
        while lock.exists() and subprocess.run(["flock", "-n", lock, "true"]).returncode:
            time.sleep(0.2)

    def size(self, repository):
        return int(self.run("du", "-sk", repository / ".git").split()[0]) / 1024

    def measure(self):
        repository = self.root / "memory"
        self.run(self.memtrace, "init", repository)
        self.sessions = [self.run(self.memtrace, "-C", repository, "session", "create", "--agent", "tv-support")
                         for _ in range(self.options.sessions)]
        every = max(1, self.options.writes // self.options.git)
        for number in range(len(self.sessions)):
            self.write(repository, number)
        plain = self.root / "plain"
        shutil.copytree(repository, plain, symlinks=True)
        shutil.rmtree(plain / ".git/memtrace")
        for hook in (plain / ".git/hooks").glob("*-commit"):
            hook.unlink()
        self.run("git", "-C", plain, "config", "gc.auto", "0")
        self.paths = [path for path in self.run("git", "-C", plain, "ls-files", "sessions").splitlines()
                      if "/memories." in path]
        ours, theirs = [], []
        for number in range(self.options.writes):
            ours.append(self.write(repository, number))
            if number % every == 0:
                theirs.append(self.by_git(plain, number))
        self.wait_for_housekeeping(repository)
        ours.sort()
        git = statistics.median(theirs)
        p50, p99, p999, worst = (ours[min(len(ours) - 1, int(len(ours) * part))] for part in (0.5, 0.99, 0.999, 1))
        print(f"\n### {len(ours):,} single writes at {len(self.sessions)} sessions\n")
        print("| p50 | p99 | p99.9 | slowest | p99.9 / p50 | `git add` + `git commit`, median | slowest / that |")
        print("|---|---|---|---|---|---|---|")
        print(f"| {p50:.1f} ms | {p99:.1f} ms | {p999:.1f} ms | {worst:.1f} ms | {p999 / p50:.1f} | {git:.1f} ms | {worst / git:.1f} |")
        self.measure_gc(repository, len(ours))

    def measure_gc(self, repository, count):
        before = self.size(repository)
        copies = [self.root / name for name in ("by-git", "by-memtrace", "beside")]
        for copy in copies:
            shutil.copytree(repository, copy, symlinks=True)
        os.sync()
        git = self.timed("git", "-C", copies[0], "gc", "-q") / 1000
        ours = self.timed(self.memtrace, "-C", copies[1], "gc") / 1000
        # A writer beside it, and the same writes without.
        alone = [self.write(copies[2], number) for number in range(100)]
        self.wait_for_housekeeping(copies[2])
        beside = []
        process = self.start(self.memtrace, "-C", copies[2], "gc")
        while not beside or os.waitpid(process, os.WNOHANG) == (0, 0):
            beside.append(self.write(copies[2], len(beside)))
        for copy in copies:
            self.run("git", "-C", copy, "fsck", "--no-progress", "--no-dangling")
        sizes = [self.size(copy) for copy in copies]
        print(f"\n### Housekeeping of that repository ({before * 1024 / count:.1f} KB of `.git` a record before it)\n")
        print("| | time | `.git` after it |\n|---|---|---|")
        print(f"| left by the writes themselves | | {before:.1f} MB ({before / sizes[0]:.2f} times `git gc`) |")
        print(f"| `git gc` | {git:.2f} s | {sizes[0]:.1f} MB |")
        print(f"| `memtrace gc` | {ours:.2f} s ({ours / git:.2f} times) | {sizes[1]:.1f} MB ({sizes[1] / sizes[0]:.2f} times) |")
        print(f"\n{len(beside)} writes beside `memtrace gc`: median {statistics.median(beside):.1f} ms, slowest {max(beside):.1f} ms; "
              f"100 before it: median {statistics.median(alone):.1f} ms, slowest {max(alone):.1f} ms.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memtrace", default=".build/release/memtrace")
    parser.add_argument("--writes", type=int, default=12_000)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--git", type=int, default=300, help="how many of the writes are also made by git")
    bench = Bench(parser.parse_args())
    try:
        bench.measure()
    finally:
        shutil.rmtree(bench.root)


if __name__ == "__main__":
    main()
