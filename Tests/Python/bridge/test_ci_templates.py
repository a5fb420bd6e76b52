"""The jobs of hosting sites, run step by step as a runner does, on pull requests that `memtrace propose` made."""

from __future__ import annotations

import http.server
import json
import os
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from live_bridge import BINARY

CI = Path(__file__).resolve().parents[3] / "templates" / "ci"


class Site(http.server.BaseHTTPRequestHandler):
    """Keeps comments, by the few calls that both sites have in common."""

    comments: list[dict[str, Any]]
    paths: list[str]

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def do_GET(self) -> None:
        self._answer(self.comments)

    def do_POST(self) -> None:
        self.paths.append(self.path)
        self.comments.append({"id": len(self.comments) + 7, "body": self._body()})
        self._answer(self.comments[-1])

    def do_PATCH(self) -> None:
        self.paths.append(self.path)
        wanted = int(self.path.rsplit("/", 1)[1])
        for comment in self.comments:
            if comment["id"] == wanted:
                comment["body"] = self._body()
        self._answer({})

    do_PUT = do_PATCH

    def log_message(self, *_: object) -> None:
        pass


class World:
    """A hub, an agent's clone that proposes, a runner's checkout, and the site's comments."""

    def __init__(self, folder: Path, url: str, site: type[Site]):
        self.folder, self.url, self.site = folder, url, site
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LANG": "C.UTF-8",
            "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.org",
            "GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@example.org"}
        (folder / "home").mkdir()
        self.agent, self.runner = folder / "agent", folder / "runner"
        self.run("git", "init", "-q", "--bare", "-b", "main", str(folder / "hub.git"))
        self.run(BINARY, "init", str(self.agent), "--org", "acme")
        self.memtrace("remote", "add", "origin", str(folder / "hub.git"))
        self.session = self.memtrace("session", "create", "--agent", "desk", "--meta", "customer_id=cust_1").split()[0]
        self.memtrace("review", "policy", "--before", "decision:0.8")
        self.memtrace("sync")
        self.package = folder / "memtrace.tar.gz"
        with tarfile.open(self.package, "w:gz", compresslevel=1) as tar:
            tar.add(BINARY, "memtrace-1/bin/memtrace")

    def run(self, *words: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=cwd or self.folder, env={**self.environment, **more}, capture_output=True, text=True, timeout=60)

    def memtrace(self, *words: str) -> str:
        done = self.run(BINARY, *words, cwd=self.agent)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def git(self, *words: str, cwd: Path) -> str:
        done = self.run("git", *words, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def propose(self) -> str:
        return str(json.loads(self.memtrace("--json", "propose"))["proposal"]["branch"])

    def check_out(self, branch: str, *, merged: bool) -> None:
        """As the sites do: a detached HEAD, of the branch or of its merge with main."""
        if not self.runner.exists():
            self.run("git", "clone", "-q", str(self.folder / "hub.git"), str(self.runner))
        self.git("fetch", "-q", cwd=self.runner)
        self.git("checkout", "-q", "--force", "--detach", "origin/main" if merged else f"origin/{branch}", cwd=self.runner)
        if merged:
            self.git("merge", "-q", "--no-ff", "-m", "Merge into main", f"origin/{branch}", cwd=self.runner)

    def damage(self, branch: str) -> None:
        """A reviewer's slip in the site's editor."""
        clone = self.folder / "web"
        self.run("git", "clone", "-q", "-b", branch, str(self.folder / "hub.git"), str(clone))
        file = next(path for path in clone.glob("sessions/**/memories.*.jsonl"))
        file.write_text(file.read_text() + '{"content":"cut off\n')
        self.git("commit", "-qam", "Update memories", cwd=clone)
        self.git("push", "-q", cwd=clone)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    site = type("OneSite", (Site,), {"comments": [{"id": 1, "body": "somebody else's"}], "paths": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield World(tmp_path, f"http://127.0.0.1:{server.server_port}", site)
    server.shutdown()
    server.server_close()


def github(world: World, branch: str) -> tuple[bool, str]:
    """Runs the steps of the GitHub workflow; whether the job passed, and its log."""
    workflow = yaml.safe_load((CI / "memtrace-review-github.yml").read_text())
    assert list(workflow[True]) == ["pull_request"]  # YAML 1.1 reads `on` as true
    job = workflow["jobs"]["review"]
    temporary = world.folder / "runner-temp"
    temporary.mkdir(exist_ok=True)
    files = {name: temporary / name for name in ("GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    values = {"vars.MEMTRACE_PACKAGE": world.package.as_uri(), "github.token": "secret", "github.event.number": "12"}
    variables = {name: str(path) for name, path in files.items()} | {
        "GITHUB_BASE_REF": "main", "GITHUB_API_URL": world.url, "GITHUB_REPOSITORY": "acme/memory",
        "RUNNER_TEMP": str(temporary)}
    log, passed = "", True
    for step in job["steps"]:
        if "uses" in step:
            assert step == {"uses": "actions/checkout@v4", "with": {"fetch-depth": 0}}
            world.check_out(branch, merged=True)
            continue
        # No text of others is pasted into a script.
        assert "${{" not in step["run"]
        own = {key: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: values[found[1]], str(value))
               for key, value in step.get("env", {}).items()}
        path = ":".join(files["GITHUB_PATH"].read_text().split() + [world.environment["PATH"]])
        done = world.run(
            "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], cwd=world.runner,
            **variables, **own, PATH=path)
        log += done.stdout + done.stderr
        if done.returncode and not step.get("continue-on-error"):
            passed = False
            break
    return passed, log


def gitlab(world: World, branch: str) -> tuple[bool, str]:
    """The same of the GitLab job, less the installation of Debian's packages."""
    job = yaml.safe_load((CI / "memtrace-review-gitlab.yml").read_text())["memory-review"]
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}] and job["variables"] == {"GIT_DEPTH": "0"}
    world.check_out(branch, merged=False)
    prefix = world.folder / "prefix"
    prefix.mkdir(exist_ok=True)
    base = world.git("merge-base", "HEAD", "origin/main", cwd=world.runner).strip()
    scripts = [line for line in job["before_script"] if not line.startswith("apt-get")] + job["script"]
    done = world.run(
        "bash", "-eo", "pipefail", "-c", "\n".join(scripts), cwd=world.runner, PATH=f"{prefix}/bin:{world.environment['PATH']}",
        MEMTRACE_PACKAGE=world.package.as_uri(), MEMTRACE_PREFIX=str(prefix), MEMTRACE_NOTE_TOKEN="secret",
        CI_API_V4_URL=world.url, CI_PROJECT_ID="3", CI_MERGE_REQUEST_IID="12", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    report = world.runner / job["artifacts"]["reports"]["codequality"]
    return done.returncode == 0, done.stdout + done.stderr + (report.read_text() if report.exists() else "")


@pytest.mark.parametrize("runner", [github, gitlab])
def test_a_pull_request_is_told_in_one_comment_and_checked(world: World, runner: Any) -> None:
    # What the checkout has beside the proposal is not its own.
    world.memtrace("decide", "Waive the fee", "--reasoning", "He was angry", "--agent", "desk", "--session", world.session,
                   "--importance", "0.9")
    world.memtrace("remember", "<img src=x> wants a letter, @everybody", "--agent", "desk", "--session", world.session)
    branch = world.propose()
    passed, log = runner(world, branch)
    assert passed, log
    first, comment = world.site.comments
    assert first["body"] == "somebody else's" and comment["body"].startswith("<!-- memtrace -->\n")
    assert "Waive the fee" in comment["body"] and "He was angry" in comment["body"] and "cust\\_1" in comment["body"]
    assert "<img" not in comment["body"] and "@everybody" not in comment["body"]
    # More of it: the same comment is written anew.
    world.memtrace("decide", "Send a letter", "--reasoning", "He asked", "--agent", "desk", "--session", world.session)
    assert world.propose() == branch
    passed, log = runner(world, branch)
    assert passed and len(world.site.comments) == 2, log
    assert "Send a letter" in world.site.comments[1]["body"]


@pytest.mark.parametrize("runner", [github, gitlab])
def test_a_damaged_line_fails_it_and_is_shown_at_its_place(world: World, runner: Any) -> None:
    world.memtrace("remember", "Router replaced", "--agent", "desk", "--session", world.session)
    branch = world.propose()
    world.damage(branch)
    passed, log = runner(world, branch)
    assert not passed
    place = re.search(r"sessions/\S+/memories\.\S+?\.jsonl", log)
    assert place, log
    if runner is github:
        assert re.search(r"^::error file=sessions/\S+,line=2::", log, re.M), log
    else:
        report = json.loads(log[log.index("["):])
        assert {"critical"} == {finding["severity"] for finding in report}
        assert report[0]["location"]["lines"]["begin"] == 2
    assert "Router replaced" in log or "1 memory" in world.site.comments[-1]["body"]
