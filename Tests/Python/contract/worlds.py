"""Random repositories, with all that people, merges and other programs do to files."""

from __future__ import annotations

import json
import random
import string
import subprocess
from pathlib import Path
from typing import Any

from format_reader import ALPHABET, folder_of, portable

AGENTS = ["ana", "ben", "bot-7", "Billing"]
WORDS = "router line bill box E-401 refund ticket call café invoice TV lost again".split()
START = 1_795_000_000_000


class World:
    """Writes files into a repository as no one program would."""

    def __init__(self, root: Path, seed: int):
        self.root = root
        self.random = random.Random(seed)
        self.now = START
        self.sessions: list[str] = []
        self.ids: list[str] = []
        # Of each record, where it was put, and its reviews.
        self.places: dict[str, tuple[str | None, str]] = {}
        self.reviews: dict[str, list[str]] = {}

    def ulid(self) -> str:
        self.now += self.random.choice([0, 1, 1_000, 3_600_000])
        value = self.now << 80 | self.random.getrandbits(80)
        return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(26)))

    def time(self) -> str:
        from datetime import datetime, timezone
        skew = self.random.choice([0, 0, 0, -600, 7_200])
        at = datetime.fromtimestamp(self.now / 1000 + skew, timezone.utc)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.now % 1000:03}Z"

    def text(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, 12)))

    def said(self) -> str:
        """Something new, or something that was said before, written in another way."""
        if self.random.random() < 0.5:
            return self.text()
        clauses = self.random.choice([["the tariff is 4.50 euro"], ["call back", "refund sent", "line 2"], ["caf\u00e9 closed"]])
        if self.random.random() < 0.3:
            self.random.shuffle(clauses)
        text = self.random.choice([", ", "; ", "\n"]).join(clauses)
        return self.random.choice([
            str, str.upper, str.title, lambda it: it.replace(" ", "  ") + "!", lambda it: it.replace(".", ","),
            lambda it: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in it),
            lambda it: "\u200b".join(it)])(text)

    def metadata(self) -> dict[str, Any]:
        some = {
            "customer_id": self.random.choice(["c1", "c2", 77, "77"]),
            "phone": self.random.choice(["+34 600 111 222", "0034600111222", "34600111222", "600"]),
            "email": self.random.choice(["Ana@Example.com", "ana@example.com", "ANA@example.com"]),
            "caf\u00e9": self.random.choice([True, 1.5, [1], {"a": None}]),
            "cafe\u0301": "x", "note": self.random.choice(["", "n", None])}
        return {key: some[key] for key in self.random.sample(sorted(some), self.random.randint(0, 4))}

    def path(self, session: str | None, agent: str, word: str, ulid: str) -> Path:
        if session:
            folder = folder_of(session)
        else:
            from datetime import datetime, timezone
            from format_reader import milliseconds
            month = datetime.fromtimestamp(milliseconds(ulid) / 1000, timezone.utc).strftime("/%Y-%m")
            folder = f"agents/{portable(agent)}" + ("" if word == "agent" else month)
        replica = self.random.choice(["aaaaaaaa", "bbbbbbbb", "import-x"])
        part = self.random.choice(["", "", ".2"])
        return self.root / folder / f"{word}.{replica}{part}.jsonl"

    def put(self, path: Path, fields: dict[str, Any]) -> None:
        fields = {key: value for key, value in fields.items() if value is not None or self.random.random() < 0.1}
        if self.random.random() < 0.1:
            fields = dict(self.random.sample(list(fields.items()), len(fields)))
        text = json.dumps(fields, ensure_ascii=self.random.random() < 0.2,
                          separators=self.random.choice([(",", ":"), (", ", ": ")]))
        self.append(path, text.encode())

    def append(self, path: Path, line: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() and self.random.random() < 0.1:
            path.write_bytes(b"\xef\xbb\xbf")
        end = self.random.choice([b"\n"] * 8 + [b"\r\n", b" \t\n", b"\n\n"])
        with path.open("ab") as file:
            file.write(line + end)

    def event(self, session: str, **fields: Any) -> None:
        ulid = self.ulid()
        agent = self.random.choice([*AGENTS, None])
        self.put(self.path(session, "", "session", ulid),
                 {"time": self.time(), "agent_id": agent, **fields, "session_id": session, "id": "evt_" + ulid})

    def agent(self) -> None:
        ulid, agent = self.ulid(), self.random.choice(AGENTS)
        fields = self.random.choice([
            {"event": "first_used", "name": agent}, {"event": "removed"}, {"event": "promoted"},
            {"event": "registered", "name": agent.title(), "description": self.text(), "config": {"a": 1}}])
        self.put(self.path(None, agent, "agent", ulid),
                 {"time": self.time(), "agent_id": agent, **fields, "id": "evt_" + ulid})

    def open(self) -> None:
        foreign = self.random.random() < 0.2
        session = "Ticket-" + "".join(self.random.choices(string.digits, k=4)) if foreign else "sess_" + self.ulid()
        self.sessions.append(session)
        if self.random.random() < 0.85:
            self.event(session, event="opened", metadata=self.random.choice([self.metadata(), None]))

    def record(self) -> None:
        ulid, agent = self.ulid(), self.random.choice(AGENTS)
        session = self.random.choice([*self.sessions, None])
        decision = self.random.random() < 0.2
        identity = ("dec_" if decision else "mem_") + ulid
        fields: dict[str, Any] = {"time": self.time(), "agent_id": agent}
        if decision:
            fields |= {"decision": self.said(), "reasoning": self.random.choice([self.text(), None])}
        else:
            fields |= {"content": self.said(), "memory_type": self.random.choice([None, "episodic", "session", "entity"])}
        fields |= {
            "event_type": self.random.choice([None, None, "general", "error", "decision"]),
            "tags": self.random.choice([None, ["a"], ["a", "b"], []]),
            "importance": self.random.choice([None, 0, 0.5, 1.0]),
            "metadata": self.random.choice([None, None, self.metadata(), {}]),
            "dedup_key": self.random.choice([None, None, None, "k", "caf\u00e9", "cafe\u0301"]),
            "mood": self.random.choice([None, None, "fine"])}
        if self.ids and self.random.random() < 0.25:
            # A correction, of a record of any session.
            fields |= {"event_type": "correction", "parent_id": self.random.choice(self.ids)}
        self.ids.append(identity)
        self.places[identity] = (session, agent)
        self.put(self.path(session, agent, "decisions" if decision else "memories", ulid),
                 {**fields, "session_id": session, "id": identity})

    def review(self) -> None:
        """What somebody says of a record, having seen all, some or none of what others said."""
        from format_reader import Repository
        identity, ulid = self.random.choice(self.ids), self.ulid()
        session, agent = self.places[identity]
        known = self.reviews.setdefault(identity, [])
        lines = [memory.fingerprint() for memory in Repository(self.root).memories if memory.id == identity]
        self.put(self.path(session, agent, "reviews", ulid), {
            "time": self.time(), "reviewer": self.random.choice(["Ana", "Ben", None]),
            "review": self.random.choice(
                ["approved", "approved", "rejected", "pending", "pending", "retracted", "restored", "applauded"]),
            "record_id": identity, "of": self.random.choice([*lines * 4, "other", None]),
            "reason": self.random.choice([self.text(), None]),
            "after": self.random.sample(known, self.random.randint(0, len(known))) or None,
            "leaves": self.random.choice([None, None, self.random.sample(self.ids, min(3, len(self.ids)))]),
            **({"session_id": session} if session else {"agent_id": agent}), "id": "rev_" + ulid})
        known.append("rev_" + ulid)

    # What people and merges do

    def files(self) -> list[Path]:
        return [path for top in ("agents", "sessions") for path in sorted((self.root / top).rglob("*.jsonl"))]

    def move_line(self) -> None:
        source, target = self.random.choice(self.files()), self.random.choice(self.files())
        lines = source.read_bytes().splitlines(keepends=True)
        line = lines.pop(self.random.randrange(len(lines))) if lines else b""
        source.write_bytes(b"".join(lines))
        self.append(target, line.strip(b"\xef\xbb\xbf\r\n\t "))

    def forge_line(self) -> None:
        """The same id, other bytes, in the same session or in another one."""
        source, target = self.random.choice(self.files()), self.random.choice(self.files())
        for line in source.read_bytes().splitlines():
            if b'"content"' in line:
                forged = line.replace(b"router", self.random.choice([b"AAAA", b"zzzz"]))
                if self.sessions and self.random.random() < 0.5:
                    old = self.random.choice(self.sessions).encode()
                    forged = forged.replace(old, self.random.choice(self.sessions).encode())
                self.append(target, forged.strip(b"\xef\xbb\xbf\r\n\t "))
                return

    def rename_file(self) -> None:
        source = self.random.choice(self.files())
        name = self.random.choice(["archive.q2w3e4.jsonl", "notes.zz.7.jsonl", "My copy.jsonl", "memories.a.1.jsonl"])
        if not (source.parent / name).exists():
            source.rename(source.parent / name)

    def archive(self) -> None:
        """Whole files of a month into one, as FORMAT.md says, whether or not they may be taken."""
        months = sorted(path for path in (self.root / "sessions").glob("2*") if path.is_dir())
        month = self.random.choice(months) if months else None
        taken = [path for path in sorted(month.rglob("*.jsonl")) if self.random.random() < 0.5] if month else []
        lines = [line.strip(b"\xef\xbb\xbf\r\t ") for path in taken for line in path.read_bytes().split(b"\n")]
        lines = [line + b"\n" for line in lines if line]
        if lines:
            for path in taken:
                path.unlink()
            name = "".join(self.random.choices("abcdefghij234567", k=10))
            (month / f"archive.{name}.jsonl").write_bytes(b"".join(lines))

    def spoil(self) -> None:
        line = self.random.choice([
            b"<<<<<<< HEAD", b"not json", b'{"id":"mem_1"}', b"{}", b'{"a":1,"a":2}',
            b'{"time":"2026-10-29T09:18:33.114Z","shape":"round","id":"blob_01M63F8CMTYH5CY7PF37C4YEA3"}',
            b'{"time":"2026-10-29T09:18:33.114Z","agent_id":"ana","content":"x","id":"mem_76E1X6XC003YP7JDBXMG4QCMG7"}',
            b'{"time":"2026-10-29T25:18:33.114Z","agent_id":"ana","content":"x","id":"mem_01M63F8CMTYH5CY7PF37C4YEA3"}'])
        self.append(self.random.choice(self.files()), line)

    def fill(self, steps: int) -> None:
        self.open()
        self.record()
        for _ in range(steps):
            step = self.random.choices(
                [self.record, self.open, self.agent, self.change, self.review], weights=[10, 2, 1, 3, 4])[0]
            step()

    def change(self) -> None:
        session = self.random.choice(self.sessions)
        kind = self.random.choice(["metadata", "metadata", "closed", "reopened", "applauded"])
        more = {"metadata": {**self.metadata(), "note": None}} if kind == "metadata" else {}
        self.event(session, event=kind, **more)

    def disturb(self, steps: int) -> None:
        for _ in range(steps):
            self.random.choice(
                [self.move_line, self.move_line, self.forge_line, self.rename_file, self.spoil, self.archive])()

    def commit(self) -> None:
        for words in (["add", "-A"], ["commit", "-qm", "people: change", "--allow-empty"]):
            subprocess.run(
                ["git", "-c", "user.name=Ana", "-c", "user.email=ana@example.org", *words],
                cwd=self.root, check=True)
