"""docs/CLI.md says what each verb prints with --json: every member of every answer stands there, and no other is promised."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[3] / "docs/CLI.md"
BINARY = os.environ["MEMTRACE_BINARY"]
# What is no JSON: text, records line by line, or nothing at all.
PLAIN = {"export", "completions", "manual", "complete", "serve", "mcp", "merge-file", "show-file"}
TOKEN = re.compile(r"\s*([\[\]{},:?]|or\b|[\w…]+)")


def read(tokens: list[str]):
    """`text`, a name, `[…]`, `{…}`, or several of them as a tuple."""
    shapes = [one(tokens)]
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        shapes.append(one(tokens))
    return shapes[0] if len(shapes) == 1 else tuple(shapes)


def one(tokens: list[str]):
    token = tokens.pop(0)
    if token == "[":
        inner = read(tokens)
        assert tokens.pop(0) == "]"
        return [inner]
    if token != "{":
        return token
    members: dict[str, tuple[bool, object]] = {}
    while tokens[0] != "}":
        name = tokens.pop(0)
        optional = tokens[0] == "?" and bool(tokens.pop(0))
        inner = "value"
        if tokens[0] == ":":
            tokens.pop(0)
            inner = read(tokens)
        members[name] = (optional, inner)
        if tokens[0] == ",":
            tokens.pop(0)
    tokens.pop(0)
    return members


def parsed(text: str):
    tokens = TOKEN.findall(text)
    shape = read(tokens)
    assert not tokens, (text, tokens)
    return shape


TEXT = DOCUMENT.read_text()
NAMED = {name: parsed(shape) for name, shape in re.findall(r"^\| (\w+) \| `(\{.*\})` \|$", TEXT, re.M)}
SHAPES = {
    verb: parsed(shape) for verb, shape in re.findall(r"^### memtrace ([\w -]+)\n(?:(?!^###).*\n)*?JSON: `([^`]+)`", TEXT, re.M)}
VERBS = re.findall(r"^### memtrace ([\w -]+)$", TEXT, re.M)


def fits(value, shape, where: str) -> list[str]:
    """What is wrong."""
    if isinstance(shape, tuple):
        wrong = [fits(value, one, where) for one in shape]
        return [] if [] in wrong else wrong[0]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: no list"]
        return [fault for item in value for fault in fits(item, shape[0], f"{where}[]")]
    if isinstance(shape, str):
        if shape in NAMED:
            return fits(value, NAMED[shape], where)
        return [f"{where}: an object"] if shape == "value" and isinstance(value, dict) else []
    if not isinstance(value, dict):
        return [f"{where}: no object"]
    if "NAME" in shape or "…" in shape:
        return []
    wrong = [f"{where}.{name} is missing" for name, (optional, _) in shape.items() if not optional and name not in value]
    for name, inner in value.items():
        if name not in shape:
            wrong.append(f"{where}.{name} is not documented")
        elif inner is not None:
            wrong += fits(inner, shape[name][1], f"{where}.{name}")
    return wrong


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Each verb's answer, of one repository after another."""
    home = tmp_path_factory.mktemp("shapes")
    (home / ".gitconfig").write_text("[user]\n\tname = Ana\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
    found: dict[str, object] = {}

    def run(verb: str, *words: str, folder: str | None = "memory", code: int = 0, stdin: str = ""):
        place = ["-C", str(home / folder)] if folder else []
        done = subprocess.run(
            [BINARY, "--json", *place, *verb.split(), *words], input=stdin, cwd=home, env=environment,
            capture_output=True, text=True, timeout=60)
        assert done.returncode == code, (verb, words, done.stderr)
        value = json.loads(done.stdout)
        found.setdefault(verb, []).append(value)
        return value

    subprocess.run(["git", "init", "-q", "--bare", str(home / "hub.git")], check=True, env=environment)
    run("init", str(home / "memory"), folder=None)
    run("remote add", "origin", str(home / "hub.git"))
    run("agent register", "tv", "--description", "Television")
    session = run("session create", "--agent", "tv", "--meta", "customer_id=c1", "--meta", "email=a@example.com")["id"]
    other = run("session create", "--agent", "tv", "--meta", "email=a@example.com")["id"]
    first = run(
        "remember", "TV shows E-401", "--agent", "tv", "--session", session, "--tag", "tv_issue", "--tag", "screen",
        "--dedup-key", "k", "--importance", "0.5")["id"]
    run("remember", "password: hunter2hunter2", "--agent", "tv")
    decision = run(
        "decide", "Transfer to billing", "--reasoning", "Refund", "--agent", "tv", "--session", session,
        "--importance", "0.9", "--parent", first)["id"]
    for verb, words in [
        ("sync", []), ("propose", []), ("push", []), ("pull", []), ("status", []), ("log", []), ("recall", []),
        ("show", [first]), ("search", ["screen E401", "--explain"]), ("search", ["what is it"]), ("context", [session]),
        ("context", ["--where", "customer_id=c1", "--max-tokens", "60"]), ("open", []), ("stats", []),
        ("customer", ["customer_id=c1"]), ("blame", [session]), ("diff", []), ("session list", []),
        ("session show", [session]), ("session search", ["--where", "customer_id=c1"]),
        ("session update", [session, "--meta", "plan=gold"]), ("session close", [other]), ("session reopen", [other]),
        ("agent list", []), ("agent show", ["tv"]), ("agent stats", ["tv"]),
        ("review policy", ["--before", "decision:0.8", "--reviewer", "Ana"]),
    ]:
        run(verb, *words)
    waiting = run("decide", "Refund 20", "--reasoning", "Twice billed", "--agent", "tv", "--importance", "0.9")["id"]
    for verb, words in [
        ("review list", []), ("review approve", [waiting]), ("review undo", []), ("review reject", [waiting, "--reason", "too much"]),
        ("retract", [first, "--reason", "wrong"]), ("restore", [first]), ("review add", [decision, "--review", "rejected"]),
        ("put", ["k", "TV shows E-402", "--agent", "tv", "--session", session]), ("diff", []), ("recall", ["--all"]),
        ("check", []), ("gc", []), ("archive", []), ("template", []), ("template", ["service/compose.yaml"]), ("template accept", []),
        ("key create", ["--name", "n", "--scope", "read", "--agent", "tv", "--expires", "7d"]), ("key list", []),
        ("key revoke", ["n"]), ("mcp install", ["claude-code", "--print"]), ("mcp install", ["claude-code", "--file", "mcp.json"]),
        ("version", []), ("remote list", []), ("remote set-url", ["origin", str(home / "hub.git")]),
    ]:
        run(verb, *words)
    (home / "text").write_text("password: hunter2hunter2\n")
    run("gate test", str(home / "text"))
    (home / "rows.jsonl").write_text('{"agent_id":"a","content":"x","session":"s","time":"2026-01-01T00:00:00Z","mood":"good"}\nno row\n')
    run("import", str(home / "rows.jsonl"), "--skip-bad", str(home / "bad"), "--dry-run")
    run("import", str(home / "rows.jsonl"), "--skip-bad", str(home / "bad"))
    run("clone", str(home / "hub.git"), str(home / "other"), folder=None)
    # A removal by plain Git, which is then said to be meant.
    git = lambda *words: subprocess.run(["git", "-C", str(home / "memory"), *words], check=True, env=environment, capture_output=True)
    gone = next((home / "memory" / "agents").rglob("memories.*.jsonl"))
    git("rm", "-q", str(gone.relative_to(home / "memory")))
    git("commit", "-qm", "Out")
    run("check", code=6)
    run("accept", "HEAD")
    run("erase", first, "--dry-run")
    run("erase", first, "--history")
    run("demo", "--from", str(home / "memory"), str(home / "shown"), folder=None)
    run("remote remove", "origin")
    run("agent remove", "tv")
    return found


def test_every_verb_is_documented_and_was_run(answers: dict[str, object]):
    assert not set(VERBS) - SHAPES.keys() - PLAIN
    assert not set(VERBS) - answers.keys() - PLAIN
    assert NAMED.keys() == {"Memory", "Session", "Agent", "Review"}


@pytest.mark.parametrize("verb", sorted(SHAPES))
def test_an_answer_holds_what_the_manual_says(answers: dict[str, object], verb: str):
    for value in answers[verb]:
        assert fits(value, SHAPES[verb], verb) == []
