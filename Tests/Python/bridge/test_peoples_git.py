"""People type Git commands beside a busy bridge: every acknowledged record is in the tip, the hub and a new clone."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from live_bridge import BINARY, LONG, LiveBridge, running

ROUNDS = 50
# What takes longer a round than a commit does.
SLOW_ROUNDS = 50 if LONG else 12

PEOPLE = {
    "notes": ("echo hi >> notes.txt; git add notes.txt; git commit -qm 'person: notes'", ROUNDS),
    "amend": ("git commit -q --amend --no-edit", ROUNDS),
    "commit and push": (
        "echo hi >> notes.txt; git add notes.txt; git commit -qm 'person: notes' && git push -q origin main",
        SLOW_ROUNDS),
    "rm": ("git rm -rqf --ignore-unmatch sessions/*/*/*/$SESSION; git commit -qm 'person: removed'", SLOW_ROUNDS),
    "no index": ("rm -f .git/index; git add notes.txt; git commit -qm 'person: y'", SLOW_ROUNDS),
    "merge -s ours": (
        # Until it is merged: a branch that somebody deletes unmerged takes along what it alone held.
        "git branch -qf side; git reset -q --hard HEAD~1; git commit -q --allow-empty -m 'person: nothing'; "
        "for i in $(seq 100); do git merge -q -s ours --no-edit side && exit; sleep 0.1; done",
        SLOW_ROUNDS),
    "cherry-pick": (
        "git worktree add -q --detach ../wt HEAD && cd ../wt && git rm -rqf sessions && git commit -qm 'person: rm' "
        "&& C=$(git rev-parse HEAD) && cd - >/dev/null && git worktree remove --force ../wt && git cherry-pick $C "
        "|| git cherry-pick --abort",
        SLOW_ROUNDS),
    "a worktree that goes": (
        "git worktree add -q -b side ../wt HEAD && cd ../wt && git rm -rqf sessions && git commit -qm 'person: rm' "
        "&& cd - >/dev/null && git worktree remove --force ../wt && git merge -q --no-edit side "
        "|| git merge --abort; git branch -D side",
        SLOW_ROUNDS),
    "revert": ("git revert --no-edit $(git log --grep='^person: notes' -1 --format=%H) || git revert --abort", 4),
}

# In each round of these, records leave the tip. What a reset goes back past depends on who committed last.
HURT = {"rm", "no index", "cherry-pick", "a worktree that goes"}


class Writer(threading.Thread):
    """Remembers one thing after the other and keeps what was acknowledged."""

    def __init__(self, bridge: LiveBridge, session: str):
        super().__init__(daemon=True)
        self.bridge, self.session = bridge, session
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            try:
                self.remember(f"note {number}")
            except Exception as error:  # noqa: BLE001
                self.refused.append(f"{error}: {getattr(error, 'read', lambda: b'')()!r}")
            time.sleep(0.01)

    def remember(self, text: str) -> None:
        body = {"agent_id": "ana", "session_id": self.session, "content": text}
        self.acknowledged.append(str(post(self.bridge, "memories", body)["id"]))


def post(bridge: LiveBridge, route: str, body: object) -> dict[str, object]:
    request = urllib.request.Request(
        f"{bridge.url}/api/v1/{route}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def shell(bridge: LiveBridge, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script], cwd=bridge.repository, env=bridge.environment | more, capture_output=True, text=True,
        timeout=120)


def tip(folder: Path, bridge: LiveBridge, revision: str = "HEAD") -> list[str]:
    found = subprocess.run(
        ["git", "-C", str(folder), "grep", "-h", "-o", "-E", '"mem_[0-9A-Z]{26}"}$', revision, "--", "sessions"],
        env=bridge.environment, capture_output=True, text=True, timeout=60)
    return [line[1:-2] for line in found.stdout.splitlines()]


@pytest.mark.parametrize("reflogs", [True, False], ids=["reflogs", "no reflogs"])
@pytest.mark.parametrize("name", PEOPLE)
def test_a_persons_git_beside_a_busy_bridge_takes_nothing(name: str, reflogs: bool) -> None:
    script, rounds = PEOPLE[name]
    if not reflogs:
        rounds = SLOW_ROUNDS // 2
    with running("--no-auth") as bridge:
        hub = bridge.repository.parent / "hub.git"
        shell(bridge, f"git init -q --bare -b main {hub}; git config core.logAllRefUpdates {str(reflogs).lower()}")
        bridge.command("-C", str(bridge.repository), "remote", "add", "origin", str(hub))
        sessions = [str(post(bridge, "sessions", {"agent_id": "ana"})["id"]) for _ in range(3)]
        writers = [Writer(bridge, session) for session in sessions]
        for writer in writers:
            writer.remember("first")
        time.sleep(0.5)
        made = shell(
            bridge, "echo hi > notes.txt; git add notes.txt; "
            "for i in 1 2 3 4 5; do git commit -qm 'person: notes' && exit; sleep 0.3; done; exit 1")
        assert made.returncode == 0, made.stderr
        bridge.command("-C", str(bridge.repository), "sync")
        for writer in writers:
            writer.start()
        for number in range(rounds):
            shell(bridge, script, SESSION=sessions[number % 3])
            time.sleep(0.02)
        for writer in writers:
            writer.over.set()
        for writer in writers:
            writer.join()
            # Nor is a session unknown whose files a commit took out a moment ago.
            assert not writer.refused, (len(writer.refused), writer.refused[:3])
        shell(bridge, "git cherry-pick --abort; git merge --abort; git revert --abort; git rebase --abort; git switch main")
        post(bridge, "memories", {"agent_id": "ana", "content": "last"})
        acknowledged = {id for writer in writers for id in writer.acknowledged}
        # What was reset past and the remote holds comes back with the next sync.
        pushed = set(tip(bridge.repository, bridge, "origin/main"))
        deadline = time.time() + 60
        while not acknowledged <= pushed | set(tip(bridge.repository, bridge)) and time.time() < deadline:
            time.sleep(0.1)
        here = tip(bridge.repository, bridge)
        missing = acknowledged - pushed - set(here)
        assert not missing, f"{len(missing)} of {len(acknowledged)} are not in the tip"
        assert len(here) == len(set(here)), "none is there twice"
        if name in HURT:
            assert shell(bridge, "git log --format=%s --grep='^put back: '").stdout, "the script hurts nobody"
        bridge.stop()
        if name in HURT:
            deadline = time.time() + 5
            while not any("memtrace: put back" in line for line in bridge.log) and time.time() < deadline:
                time.sleep(0.05)
            assert any("memtrace: put back" in line for line in bridge.log), "nobody was told"
        bridge.command("-C", str(bridge.repository), "sync")
        assert acknowledged <= set(tip(bridge.repository, bridge))
        assert acknowledged <= set(tip(hub, bridge, "main"))
        fresh = bridge.repository.parent / "fresh"
        bridge.command("clone", str(hub), str(fresh))
        exported = re.findall(r'"id":"(mem_[0-9A-Z]{26})"', bridge.command("-C", str(fresh), "export"))
        assert acknowledged <= set(exported)
        checked = subprocess.run(
            [BINARY, "-C", str(bridge.repository), "check"], env=bridge.environment, capture_output=True, text=True,
            timeout=120)
        assert checked.returncode == 0, checked.stdout
        assert "without a word" not in checked.stdout
        bridge.fsck()
