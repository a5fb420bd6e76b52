"""A second implementation of format 1, written from docs/FORMAT.md alone: plain, slow, and obviously right.

Reads every file for every question. What it answers has the shape of the contract's answers, so that both can be compared as they are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import unicodedata
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

NAME = re.compile(r"[a-z]{1,32}\.[a-z0-9][a-z0-9-]{0,63}(\.[1-9][0-9]{0,8})?\.jsonl")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
IDENTIFIER = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,127}")
TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
END_OF_TIME = 7_258_118_400_000
ORDER = {"dec_": 0, "evt_": 1, "mem_": 2, "rev_": 3}
STRICTNESS = {"approved": 0, "restored": 0, "pending": 1, "rejected": 2, "retracted": 2}
SIGHT = ("retracted", "restored")


class Invalid(Exception):
    """A line that is no record."""


def milliseconds(ulid: str) -> int:
    value = 0
    for letter in ulid[:10]:
        value = value * 32 + ALPHABET.index(letter)
    return value


def is_plausible(ulid: str) -> bool:
    return bool(ULID.fullmatch(ulid)) and milliseconds(ulid) < END_OF_TIME


def instant(text: Any) -> str:
    """Any RFC 3339 as the form that is written; a leap second is the one before."""
    found = TIME.fullmatch(text) if isinstance(text, str) else None
    if not found or int(found[6]) > 60:
        raise Invalid("time")
    try:
        at = datetime(*map(int, found.groups()[:5]), min(int(found[6]), 59), tzinfo=timezone.utc)
        if found[8] not in "Zz":
            sign = -1 if found[8][0] == "-" else 1
            at -= sign * timedelta(hours=int(found[8][1:3]), minutes=int(found[8][4:]))
    except (ValueError, OverflowError):
        raise Invalid("time") from None
    return at.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + (found[7] or "")[:3].ljust(3, "0") + "Z"


def parse(line: bytes) -> dict[str, Any]:
    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Invalid("a key twice")
        return made

    def refuse(word: str) -> Any:
        raise Invalid(word)

    def depth(value: Any) -> int:
        if isinstance(value, dict):
            return 1 + max(map(depth, value.values()), default=0)
        return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0

    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=distinct, parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Invalid("no JSON") from None
    if not isinstance(value, dict) or depth(value) > 64:
        raise Invalid("no object")
    return value


def key(identity: str) -> tuple[str, int]:
    return (identity[4:], ORDER[identity[:4]])


def is_id(text: Any, *kinds: str) -> bool:
    return isinstance(text, str) and text[:4] in kinds and is_plausible(text[4:])


class Record:
    """One line: a memory, a decision, an event, or a review."""

    def __init__(self, line: bytes):
        self.line = line
        fields = {key: value for key, value in parse(line).items() if value is not None}
        identity = fields.get("id")
        if not isinstance(identity, str) or identity[:4] not in ORDER:
            raise Invalid("of a kind that counts for nothing here")
        if not is_plausible(identity[4:]):
            raise Invalid("id")
        self.id: str = identity
        self.key = key(identity)
        self.fields = fields
        self.time = instant(fields.get("time"))
        self.is_review = identity[:4] == "rev_"
        if self.is_review:
            self.read_review()
            return
        self.agent = self.optional("agent_id")
        self.session = self.optional("session_id")
        if self.session is not None:
            ours = re.fullmatch(r"sess_(.{26})", self.session)
            if ours and ULID.fullmatch(ours[1]):
                if not is_plausible(ours[1]):
                    raise Invalid("session_id")
            elif not IDENTIFIER.fullmatch(self.session):
                raise Invalid("session_id")
        self.is_event = identity[:4] == "evt_"
        if self.is_event:
            self.read_event()
        else:
            self.read_memory()

    def read_review(self) -> None:
        """What does not say what it judges counts for nothing."""
        self.word, self.record = self.fields.get("review"), self.fields.get("record_id")
        if self.word not in STRICTNESS or not is_id(self.record, "mem_", "dec_"):
            raise Invalid("a review of nothing")
        after = self.fields.get("after")
        self.after = {
            key(other) for other in after if is_id(other, *ORDER) and key(other) < self.key
        } if isinstance(after, list) else set()

    def shown(self) -> dict[str, Any]:
        made = {"id": self.id, "time": self.time, "reviewer": self.fields.get("reviewer", "unknown"),
                "review": self.word, "record_id": self.record}
        for name in ("said_by", "reason", "session_id"):
            if name in self.fields:
                made[name] = self.fields[name]
        return made

    def fingerprint(self) -> str:
        return base64.b32encode(hashlib.sha256(self.line).digest()).decode().lower()[:10]

    def optional(self, name: str, kind: type = str) -> Any:
        value = self.fields.get(name)
        if value is not None and not isinstance(value, kind):
            raise Invalid(name)
        return value

    def required(self, name: str, kind: type = str) -> Any:
        value = self.optional(name, kind)
        if value is None:
            raise Invalid(name)
        return value

    def read_event(self) -> None:
        self.event = self.required("event")
        if self.session is None and self.agent is None:
            raise Invalid("agent_id")
        if self.session is not None and self.event in ("opened", "metadata"):
            (self.required if self.event == "metadata" else self.optional)("metadata", dict)
            if self.event == "opened":
                self.optional("source")
        if self.session is None and self.event in ("first_used", "registered"):
            self.required("name")
            if self.event == "registered":
                self.optional("description")
                self.optional("config", dict)

    def read_memory(self) -> None:
        self.required("agent_id")
        is_decision = self.id.startswith("dec_")
        self.kind = "decision" if is_decision else self.optional("memory_type") or "episodic"
        if not is_decision and self.kind not in ("episodic", "session", "entity"):
            raise Invalid("memory_type")
        usual = "decision" if is_decision else "general"
        event_type = self.optional("event_type")
        self.event_type = usual if event_type is None else event_type
        self.content = self.required("decision" if is_decision else "content")
        self.reasoning = self.optional("reasoning") if is_decision else None
        self.tags = self.optional("tags", list) or []
        if not all(isinstance(tag, str) for tag in self.tags):
            raise Invalid("tags")
        importance = self.fields.get("importance")
        if importance is not None:
            if isinstance(importance, bool) or not isinstance(importance, (int, float)):
                raise Invalid("importance")
            importance = float(importance)
            if abs(importance) == float("inf"):
                raise Invalid("importance")
        self.importance = importance
        self.metadata = self.optional("metadata", dict)
        self.dedup_key = self.optional("dedup_key")
        self.parent = self.optional("parent_id")


def compared(key: str, value: Any) -> Any:
    """A scalar's text, as conditions compare it; None for anything else."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = value
    elif isinstance(value, (int, float)):
        text = json.dumps(value)
    else:
        return None
    digits = re.sub("[ ()./\u00a0\u202f\u2011\u2013-]", "", text)
    if re.fullmatch(r"\+?[0-9]*", digits) and (text.startswith("+") or is_telephone(key)):
        digits = digits[1:] if digits.startswith("+") else re.sub("^00", "", digits)
        if len(digits) >= 5:
            return digits
    if re.fullmatch(r"[^@\s\x00-\x20\x7f]+@[^@\s\x00-\x20\x7f]+", text):
        return text.lower()
    return text


def is_telephone(key: str) -> bool:
    words = "phone telefon mobile movil msisdn whatsapp sms handy cell fax".split()
    return any(word in key.lower() for word in words)


class Repository:
    """Everything that the files say at this moment."""

    def __init__(self, root: Path):
        best: dict[str, Record] = {}
        for path in self.paths(root):
            text = path.read_bytes()
            if text.startswith(b"\xef\xbb\xbf"):
                text = text[3:]
            for line in text.split(b"\n"):
                line = line.rstrip(b" \t\r")
                if not line:
                    continue
                try:
                    record = Record(line)
                except Invalid:
                    continue
                known = best.get(record.id)
                if known is None or record.line < known.line:
                    best[record.id] = record
        everything = sorted(best.values(), key=lambda record: record.key)
        self.records = [record for record in everything if not record.is_review]
        self.reviews = [record for record in everything if record.is_review]
        self.memories = [record for record in self.records if not record.is_event]
        self.events = [record for record in self.records if record.is_event]
        configuration = json.loads((root / ".memtrace/config.json").read_text())
        self.organisation = configuration.get("org", "default")
        self.identity_keys = configuration.get("identity_keys", ["customer_id", "account_number", "phone", "email"])
        self.about_sessions = {name: session.get("metadata", {}) for name, session in self.sessions().items()}
        self.says_again: dict[str, str] = {}
        self.rules: dict[str, str] = {}
        self.states = self.standing()

    @staticmethod
    def paths(root: Path) -> list[Path]:
        found = []
        for top in ("agents", "sessions"):
            for folder, folders, files in os.walk(root / top):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found += [Path(folder, name) for name in files
                          if NAME.fullmatch(name) and not name.endswith(".1.jsonl")]
        return [path for path in found if not path.is_symlink()]

    # Sessions

    def sessions(self) -> dict[str, dict[str, Any]]:
        ids = {record.session for record in self.records if record.session is not None}

        def order(identity: str) -> tuple[int, bytes]:
            ours = identity.startswith("sess_") and is_plausible(identity[5:])
            return (0 if ours else 1, identity.encode())

        return {identity: self.session(identity) for identity in sorted(ids, key=order)}

    def session(self, identity: str) -> dict[str, Any]:
        records = [record for record in self.records if record.session == identity]
        metadata: dict[str, Any] = {}
        opened = closed = None
        for record in records:
            if not record.is_event:
                continue
            if record.event == "opened":
                opened = opened or record
            if record.event in ("opened", "metadata"):
                for key, value in (record.fields.get("metadata") or {}).items():
                    if value is None:
                        metadata.pop(key, None)
                    else:
                        metadata[key] = value
            if record.event == "closed":
                closed = closed or record.time
            if record.event == "reopened":
                closed = None
        agent = opened.agent if opened else None
        for record in records:
            agent = agent or record.agent
        made = {
            "id": identity, "org_id": self.organisation, "agent_id": agent or "",
            "status": "closed" if closed else "active",
            "created_at": (opened or records[0]).time,
            "updated_at": max(record.time for record in records)}
        if metadata:
            made["metadata"] = metadata
        if closed:
            made["closed_at"] = closed
        return made

    def find_sessions(self, where: dict[str, Any], agent: str | None = None,
                      status: str | None = None) -> list[dict[str, Any]]:
        return [session for session in self.sessions().values()
                if self.matches(where, session.get("metadata", {}))
                and agent in (None, session["agent_id"]) and status in (None, session["status"])]

    @staticmethod
    def matches(where: dict[str, Any], metadata: dict[str, Any]) -> bool:
        return all(
            key in metadata and compared(key, metadata[key]) is not None
            and compared(key, metadata[key]) == compared(key, value) for key, value in where.items())

    # Agents

    def agents(self) -> list[dict[str, Any]]:
        ids = {event.agent for event in self.events if event.session is None}
        found = [self.agent(identity) for identity in sorted(ids, key=lambda name: name.encode())]
        return [agent for agent in found if agent]

    def agent(self, identity: str) -> dict[str, Any] | None:
        last: dict[str, Any] = {}
        is_there = False
        for event in self.events:
            if event.session is not None or event.agent != identity:
                continue
            if event.event == "removed":
                is_there = False
            if event.event == "registered" or event.event == "first_used" and not is_there:
                said = {key: event.fields[key] for key in ("name", "description", "config")
                        if key in event.fields}
                created = last.get("created_at", event.time)
                last = said if event.event == "registered" or not last else last
                last = {**last, "created_at": created}
                is_there = True
        if not is_there:
            return None
        active = [record.time for record in self.records if record.agent == identity]
        return {"id": identity, "org_id": self.organisation, **last, "last_active_at": max(active)}

    def stats(self, identity: str) -> dict[str, Any]:
        mine = [memory for memory in self.memories if memory.agent == identity]
        written = {memory.session for memory in mine if memory.session is not None}
        sessions = [session for session in self.sessions().values()
                    if session["agent_id"] == identity or session["id"] in written]
        kinds = [memory.kind for memory in mine]
        return {"memory_count": len(mine), "session_count": len(sessions),
                "active_sessions": sum(session["status"] == "active" for session in sessions),
                "memory_types": {kind: kinds.count(kind) for kind in set(kinds)}}

    # Memories

    def memory(self, memory: Record, alone: bool = False) -> dict[str, Any]:
        """As lists show it, or a single one, which says what was said of it last too."""
        made: dict[str, Any] = {
            "id": memory.id, "time": memory.time, "org_id": self.organisation,
            "agent_id": memory.agent, "memory_type": memory.kind,
            "event_type": memory.event_type, "content": memory.content}
        metadata = memory.metadata
        if memory.reasoning is not None:
            metadata = {**(metadata or {}), "reasoning": memory.reasoning}
        for key, value in (
                ("session_id", memory.session), ("metadata", metadata), ("tags", memory.tags or None),
                ("dedup_key", memory.dedup_key), ("importance", memory.importance),
                ("parent_id", memory.parent)):
            if value is not None:
                made[key] = value
        state, why = self.states.get(memory.id, (None, None))
        if state:
            made["state"] = state
            made[{"corrected": "superseded_by", "duplicate": "duplicate_of"}.get(state, "review")] = why
        if state == "pending" and memory.id in self.says_again:
            made["says_again"] = self.says_again[memory.id]
            if memory.id in self.rules:
                made["rule"] = self.rules[memory.id]
        if alone and "review" not in made and (verdict := self.fold(memory, sight=False)):
            made["review"] = verdict.shown()
        return made

    # What stands (section 13)

    def about(self, memory: Record) -> tuple[Any, list[tuple[str, Any]]]:
        metadata = self.about_sessions.get(memory.session, {}) if memory.session else memory.metadata or {}
        named = [(name, compared(name, metadata[name])) for name in self.identity_keys
                 if name in metadata and compared(name, metadata[name])]
        return memory.agent if memory.session is None and not named else None, named

    def is_about_the_same(self, one: Record, other: Record) -> bool:
        if one.session and one.session == other.session:
            return True
        (agent, named), (theirs, others) = self.about(one), self.about(other)
        if agent is not None:
            return agent == theirs
        known = dict(others)
        return next((value == known[name] for name, value in named if name in known), False)

    def denied(self) -> list[tuple[Record, Record, set[str]]]:
        """What was rejected or retracted, by which review, and what that leaves in sight."""
        found = []
        for memory in self.memories:
            verdict, sight = self.fold(memory, False), self.fold(memory, True)
            if verdict and verdict.word == "rejected":
                found.append((memory, verdict, set()))
            elif sight and sight.word == "retracted":
                counting = [review for review in self.heads(memory, True)
                            if review.word == "retracted" and review.fields.get("reason") is not None]
                if counting:
                    found.append((memory, max(counting, key=lambda review: review.key),
                                  set.intersection(*(set(review.fields.get("leaves", [])) for review in counting))))
        return found

    def fold(self, memory: Record, sight: bool) -> Record | None:
        return max(self.heads(memory, sight), key=lambda review: (STRICTNESS[review.word], review.key), default=None)

    def heads(self, memory: Record, sight: bool) -> list[Record]:
        said = [review for review in self.reviews if review.record == memory.id and (review.word in SIGHT) == sight
                and (review.word != "approved" or review.fields.get("of") == memory.fingerprint())]
        seen = set().union(*(review.after for review in said))
        return [review for review in said if review.key not in seen]

    def standing(self) -> dict[str, tuple[str, Any]]:
        """Everything that does not stand, with why."""
        states: dict[str, tuple[str, Any]] = {}
        by_id = {memory.id: memory for memory in self.memories}
        for memory in self.memories:
            for sight in (True, False):
                said = self.fold(memory, sight)
                if said and said.word in ("retracted", "rejected", "pending") and memory.id not in states:
                    states[memory.id] = (said.word, said.shown())
        denied = self.denied()
        for memory in self.memories if denied else []:
            again = [(review.key, review, record) for record, review, leaves in denied
                     if record.id != memory.id and memory.id not in leaves
                     and said_forms(record.content) & said_forms(memory.content) and self.is_about_the_same(record, memory)]
            verdict = self.fold(memory, sight=False)
            sight = self.fold(memory, sight=True)
            if again and (not sight or sight.word != "retracted") and (not verdict or verdict.word == "pending"):
                _, review, record = max(again, key=lambda each: each[0])
                states[memory.id] = ("pending", review.shown())
                self.says_again[memory.id] = record.id
                reason = verdict and verdict.fields.get("reason")
                if verdict and (reason != "undone" or "said_by" in verdict.fields):
                    self.rules[memory.id] = reason or verdict.fields.get("said_by") or verdict.fields.get("reviewer", "unknown")
        parents = {memory.id: memory.parent for memory in self.memories
                   if memory.event_type == "correction" and memory.parent != memory.id and is_id(memory.parent, *ORDER)}
        family = {identity: {identity} for identity in {*by_id, *parents.values()}}

        def join(one: str, other: str) -> None:
            if family[one] is not family[other]:
                both = family[one] | family[other]
                for member in both:
                    family[member] = both

        for identity, parent in parents.items():
            join(identity, parent)
        groups: dict[Any, list[str]] = {}
        for memory in self.memories:
            if memory.dedup_key is not None:
                groups.setdefault((memory.agent, memory.session, memory.dedup_key), []).append(memory.id)
        repeats = {}
        for group in groups.values():
            for identity in group:
                join(identity, group[0])
            first = next((identity for identity in group if identity not in states), None)
            for identity in group:
                if first and identity != first and identity not in parents:
                    repeats[identity] = first
        for identity, first in repeats.items():
            if states.get(identity, ("",))[0] != "retracted":
                states[identity] = ("duplicate", first)
        for members in {id(family[identity]): family[identity] for identity in by_id}.values():
            counting = [identity for identity in members if identity in by_id and identity not in states]
            corrected: set[str] = set()
            for identity in counting:
                above, passed = parents.get(identity), set()
                while above and above not in passed:
                    passed.add(above)
                    above = parents.get(above)
                corrected |= passed
            ends = [identity for identity in counting if identity not in corrected] or counting
            if not ends:
                continue
            standing = max(ends, key=key)
            for identity in members & by_id.keys():
                if identity == standing or states.get(identity, ("",))[0] == "retracted":
                    continue
                if identity in counting or identity in corrected:
                    states[identity] = ("corrected", standing)
        return states

    def find(self, agent: str | None = None, session: str | None = None,
             kinds: list[str] | None = None, events: list[str] | None = None,
             tags: list[str] | None = None, since: int | None = None, until: int | None = None,
             contains: str | None = None, importance: float | None = None,
             where: dict[str, Any] | None = None, everything: bool = False) -> list[Record]:
        found = []
        among = {session["id"] for session in self.find_sessions(where)} if where else None
        for memory in self.memories:
            at = milliseconds(memory.id[4:])
            text = (memory.content + "\n" + (memory.reasoning or "")).lower()
            if ((everything or memory.id not in self.states)
                    and agent in (None, memory.agent) and session in (None, memory.session)
                    and (not kinds or memory.kind in kinds)
                    and (not events or memory.event_type in events)
                    and all(tag in memory.tags for tag in tags or [])
                    and (since is None or at >= since) and (until is None or at < until)
                    and (contains is None or contains.lower() in text)
                    and (importance is None or (-1 if memory.importance is None else memory.importance) >= importance)
                    and (among is None or memory.session in among)):
                found.append(memory)
        return found


def said_forms(text: str) -> set[tuple[str, ...]]:
    """By Unicode's own folding instead of ours: what both fold is what the tests write."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold())
                    if unicodedata.category(sign) not in ("Mn", "Cf"))
    plain = re.sub(r"(?<=\d)[.,](?=\d)", "\x01", plain)
    plain = re.sub(r"(?<![\w\x01])-(?=\d)", "\x02", plain)
    clauses = []
    for clause in re.split(r"[,.;|!?\n•·。、]", plain):
        words = re.findall(r"[\w%#@&+*<>\x01\x02$€£]+", clause.replace("_", " "))
        clauses.append(re.sub(r"(?<!\d) | (?!\d)", "", " ".join(words)))
    clauses = [clause for clause in clauses if clause]
    flat = re.sub(r"(?<!\d) | (?!\d)", "", " ".join(clauses))
    return {(flat,), tuple(sorted(clauses, key=str.encode))} if flat else set()


def folder_of(session: str) -> str:
    """Where the files of a session lie."""
    if session.startswith("sess_") and is_plausible(session[5:]):
        at = datetime.fromtimestamp(milliseconds(session[5:]) / 1000, timezone.utc)
        return at.strftime("sessions/%Y-%m/%d/%H/") + session
    digest = hashlib.sha256(session.encode()).hexdigest()
    return f"sessions/other/{digest[:2]}/{portable(session)}"


def portable(identity: str) -> str:
    reserved = re.fullmatch(r"con|prn|aux|nul|(com|lpt)[0-9]", identity)
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", identity) and not reserved:
        return identity
    slug = re.sub(r"[^a-z0-9]+", "-", identity.lower()).lstrip("-")[:40].rstrip("-") or "x"
    return f"{slug}~{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
