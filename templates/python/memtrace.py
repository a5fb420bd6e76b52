"""A client of the Memtrace bridge in one file, on the standard library alone.

Copy it beside your program. One file on purpose: the types, the exceptions, the rule for a session
left out, and the two clients, in that order. It has the names of the published SDK, so that a
program may change from one to the other by its import::

    from memtrace import Memtrace

    memtrace = Memtrace("http://localhost:9100", "mtk_...")
    memtrace.remember("internet-support", "Customer prefers email", tags=["preference"])

Python 3.10 or newer. Both clients may be shared by threads and tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import selectors
import socket
import ssl
import threading
import time
import uuid
import warnings
import weakref
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPSConnection, parse_headers
from io import BytesIO
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote, urlencode, urlsplit

__version__ = "1.0.0"

__all__ = [
    "AddMemoryRequest", "Agent", "AgentList", "AgentStats", "AsyncMemtrace", "AuthenticationError",
    "BridgeUnreachableError", "ConflictError", "ContextOptions", "ContextQuery",
    "CreateSessionRequest", "ListOptions", "Memory", "MemoryList", "Memtrace", "MemtraceError",
    "NoArcInstanceError", "NotFoundError", "RegisterAgentRequest", "SearchQuery", "SearchResult",
    "Session", "SessionContext", "SessionList", "SessionQuery", "Value", "Values", "__version__",
]

DEFAULT_TIMEOUT = 30.0
"""Seconds that one request may wait for the bridge."""

MAX_IDLE_CONNECTIONS = 64
"""Connections that a client keeps open for its next requests."""

Metadata = dict[str, Any]
Tags = str | Sequence[str]
"""Tags as a list, or as one text with commas."""
When = str | datetime
"""A moment: "30m", "24h", "7d", "2w", a date, RFC 3339, or a datetime (naive means local time)."""
MemoryType = Literal["episodic", "session", "decision", "entity"]
Order = Literal["asc", "desc"]
ReviewWord = Literal["approved", "rejected", "pending", "retracted", "restored"]


# --- Types ---

M = TypeVar("M", bound="_Model")


class _Model:
    """What all types share: the two conversions that programs know from the published SDK."""

    def model_dump(self, *, mode: str = "python", exclude_none: bool = False) -> dict[str, Any]:
        """The fields as a dict; times are text with `mode="json"`, else datetimes."""
        def kept(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            return {key: value for key, value in pairs if value is not None or not exclude_none}

        dump: dict[str, Any] = asdict(self, dict_factory=kept)  # type: ignore[call-overload]
        return _jsonable(dump) if mode == "json" else dump

    @classmethod
    def model_validate(cls: type[M], data: Any) -> M:
        """Makes one from decoded JSON. Fields that this client does not know are left aside."""
        if isinstance(data, cls):
            return data
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{key: _read(key, value) for key, value in data.items() if key in known})


@dataclass(kw_only=True)
class Memory(_Model):
    """A stored memory. A decision has its reasoning in `metadata["reasoning"]`."""

    id: str
    time: datetime
    org_id: str
    agent_id: str
    session_id: str | None = None
    memory_type: str = "episodic"
    event_type: str = "general"
    content: str = ""
    metadata: Metadata | None = None
    tags: list[str] | None = None
    dedup_key: str | None = None
    importance: float | None = None
    parent_id: str | None = None
    review: dict[str, Any] | None = None
    state: str | None = None
    superseded_by: str | None = None
    duplicate_of: str | None = None
    says_again: str | None = None
    rule: str | None = None
    """Beside `says_again`: the rule or reason for which a verdict is asked in any case."""
    score: float | None = None
    masked: list[str] | None = None
    """What of the text was masked before it was stored, in the answer of a write: "card", "secret", …"""
    hint: str | None = None
    """In the answer of a write: that the record which `parent_id` names is not there (yet)."""


@dataclass(kw_only=True)
class AddMemoryRequest(_Model):
    """One memory to store. `importance` is from 0 to 1, `content` 1 to 65,536 bytes of UTF-8."""

    agent_id: str
    session_id: str | None = None
    memory_type: MemoryType = "episodic"
    event_type: str = "general"
    content: str
    metadata: Metadata | None = None
    tags: Tags | None = None
    dedup_key: str | None = None
    importance: float | None = None
    parent_id: str | None = None


@dataclass(kw_only=True)
class ListOptions(_Model):
    """Filters of a list; a memory must carry all of `tags`. `limit` is from 1 to 1,000.

    `where` looks at the session's metadata; `include="all"` shows what does not count too.
    """

    agent_id: str | None = None
    session_id: str | None = None
    memory_type: str | None = None
    event_type: str | None = None
    tags: Tags | None = None
    where: Metadata | None = None
    since: When | None = None
    until: When | None = None
    limit: int | None = None
    offset: int | None = None
    order: Order | None = None
    include: Literal["all"] | None = None


@dataclass(kw_only=True)
class MemoryList(_Model):
    """A page of memories; `has_more` says whether there is another."""

    memories: list[Memory]
    count: int
    has_more: bool


@dataclass(kw_only=True)
class SearchQuery(_Model):
    """Filters of a search; `query` ranks by words, `where` looks at the session's metadata.

    `include="all"` finds what does not count too.
    """

    agent_id: str | None = None
    session_id: str | None = None
    memory_types: list[str] | None = None
    event_types: list[str] | None = None
    tags: Tags | None = None
    content_contains: str | None = None
    query: str | None = None
    where: Metadata | None = None
    since: When | None = None
    until: When | None = None
    min_importance: float | None = None
    limit: int | None = None
    offset: int | None = None
    order: Order | None = None
    include: Literal["all"] | None = None


@dataclass(kw_only=True)
class SearchResult(_Model):
    """What a search found."""

    results: list[Memory]
    count: int
    query_time_ms: int


@dataclass(kw_only=True)
class Agent(_Model):
    """A registered agent."""

    id: str
    org_id: str
    name: str
    description: str | None = None
    config: dict[str, Any] | None = None
    created_at: datetime
    last_active_at: datetime | None = None


@dataclass(kw_only=True)
class RegisterAgentRequest(_Model):
    """An agent to register."""

    name: str
    description: str | None = None
    config: dict[str, Any] | None = None


@dataclass(kw_only=True)
class AgentList(_Model):
    """All agents of the organisation."""

    agents: list[Agent]
    count: int


@dataclass(kw_only=True)
class AgentStats(_Model):
    """Counts of an agent's memories and sessions."""

    agent_id: str
    memory_count: int
    memories_24h: int
    errors_24h: int
    session_count: int
    active_sessions: int
    last_active_at: datetime | None = None
    memory_types: dict[str, int]


@dataclass(kw_only=True)
class Session(_Model):
    """A conversation or a case, shared by all agents that write to it."""

    id: str
    org_id: str
    agent_id: str
    status: str
    metadata: Metadata | None = None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None


@dataclass(kw_only=True)
class SessionList(_Model):
    """A page of sessions."""

    sessions: list[Session]
    count: int
    has_more: bool = False


@dataclass(kw_only=True)
class CreateSessionRequest(_Model):
    """A session to start."""

    agent_id: str
    metadata: Metadata | None = None


@dataclass(kw_only=True)
class SessionQuery(_Model):
    """Which sessions to find: those whose metadata has all of these keys with these values.

    `where` is another name for `metadata`; give one of them.
    """

    metadata: Metadata | None = None
    where: Metadata | None = None
    status: Literal["active", "closed"] | None = None
    agent_id: str | None = None
    since: When | None = None
    until: When | None = None
    order: Order | None = None
    limit: int | None = None
    offset: int | None = None


@dataclass(kw_only=True)
class ContextOptions(_Model):
    """How to write a context: at most `max_tokens` (default 4,000) of `tokenizer`, nearest to `query` first."""

    max_tokens: int | None = None
    tokenizer: Literal["any", "o200k_base"] | None = None
    include_types: list[str] | None = None
    since: When | None = None
    until: When | None = None
    query: str | None = None
    format: Literal["markdown", "json"] | None = None


@dataclass(kw_only=True)
class ContextQuery(ContextOptions):
    """Whose context: one session, or every session whose metadata has all of `where`."""

    session_id: str | None = None
    where: Metadata | None = None


@dataclass(kw_only=True)
class SessionContext(_Model):
    """Context for a model: the text (JSON text with `format="json"`) and what did not fit."""

    session_id: str | None = None
    context: Any = ""
    memory_count: int = 0
    omitted: int = 0
    omitted_by: dict[str, int] | None = None
    tokens: int = 0
    session_ids: list[str] | None = None


_TIMES = {"time", "created_at", "updated_at", "closed_at", "last_active_at"}
_LISTS: dict[str, type[_Model]] = {
    "memories": Memory, "results": Memory, "agents": Agent, "sessions": Session,
}


def _read(key: str, value: Any) -> Any:
    """A field of an answer as its type has it."""
    if key in _TIMES and isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    if key in _LISTS and isinstance(value, list):
        return [_LISTS[key].model_validate(item) for item in value]
    return value


def _jsonable(value: Any) -> Any:
    """The same with each datetime as RFC 3339."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.astimezone()).isoformat()
    if isinstance(value, Mapping):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    return value


def _request(kind: type[M], value: M | Mapping[str, Any] | None) -> dict[str, Any]:
    """A request as JSON. Takes the type or a dict; a key that the type lacks is a TypeError."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        value = kind(**value)
    elif not isinstance(value, kind):
        raise TypeError(f"a {kind.__name__} or a dict is wanted, not {type(value).__name__}")
    body: dict[str, Any] = value.model_dump(mode="json", exclude_none=True)
    if isinstance(body.get("tags"), str):
        body["tags"] = [tag.strip() for tag in body["tags"].split(",") if tag.strip()]
    return body


def _flat(query: dict[str, Any]) -> dict[str, Any]:
    """A query's `where`, one parameter a key: values as JSON has them, text without quotes."""
    conditions = query.pop("where", None) or {}
    return query | {
        f"where.{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in conditions.items()}


# --- Exceptions ---


class MemtraceError(Exception):
    """An answer that is an error: `message`, `status_code`, `hint` (what to do) and `body`."""

    def __init__(self, message: str, status_code: int = 0):
        self.message = message
        self.status_code = status_code
        self.hint: str | None = None
        self.body: dict[str, Any] = {}
        super().__init__(message)


class AuthenticationError(MemtraceError):
    """401: the key is missing, unknown, expired or revoked."""

    def __init__(self, message: str = "Invalid or missing API key"):
        super().__init__(message, status_code=401)


class NotFoundError(MemtraceError):
    """404: there is no such memory, agent or session."""

    def __init__(self, message: str = "Resource not found"):
        super().__init__(message, status_code=404)


class ConflictError(MemtraceError):
    """409: it is there already. For a memory, `body["id"]` is the id of the first one."""

    def __init__(self, message: str = "Conflict"):
        super().__init__(message, status_code=409)


class NoArcInstanceError(MemtraceError):
    """Never raised by this bridge; kept for programs that catch it."""

    def __init__(self, message: str = "no arc instance configured for this org"):
        super().__init__(message, status_code=503)


class BridgeUnreachableError(MemtraceError):
    """No answer came. A write may have been stored: with a `dedup_key`, sending again is safe."""


# --- The session left out ---


class _LeftOut(Enum):
    """The default of `session_id`, so that None can mean "no session"."""

    SESSION = "inferred"


_named: ContextVar[tuple[tuple[_Sessions, str | None], ...]] = ContextVar(
    "memtrace_session", default=())


class _Within:
    """`with client.session(id):`, for this task or thread and for the tasks that it starts."""

    def __init__(self, sessions: _Sessions, session_id: str | None):
        self._entry = (sessions, session_id)
        self._tokens: list[Token[tuple[tuple[_Sessions, str | None], ...]]] = []

    def __enter__(self) -> str | None:
        self._tokens.append(_named.set((self._entry, *_named.get())))
        return self._entry[1]

    def __exit__(self, *args: object) -> None:
        _named.reset(self._tokens.pop())

    async def __aenter__(self) -> str | None:
        return self.__enter__()

    async def __aexit__(self, *args: object) -> None:
        self.__exit__()


class _Sessions:
    """Which session a client's `remember` and `decide` mean when they name none.

    A wrong guess puts one customer's words into another's context, so the guess is narrow: only
    while the client has dealt with one single session since it was made, for an agent that wrote to
    it, in the main thread or the task that used it, and not in a process forked off meanwhile. The
    second session ends all guessing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._only: str | None = None
        self._closed = False
        self._several = False
        self._agents: set[str] = set()
        self._places: weakref.WeakSet[Any] = weakref.WeakSet()
        self._guessed = False
        self._warned = False

    def forked(self) -> None:
        """In a child: nobody here has used the session yet, and who held the lock is not here."""
        self._lock = threading.Lock()
        self._places = weakref.WeakSet()

    @staticmethod
    def _place() -> object | None:
        """This task, or the main thread outside of tasks; None anywhere else."""
        with contextlib.suppress(RuntimeError):
            if task := asyncio.current_task():
                return task
        main = threading.main_thread()
        return main if threading.current_thread() is main else None

    def touch(self, session_id: str, *agent_ids: str) -> None:
        """Notes that a session was created or written to by an agent, or put into a context."""
        place = self._place()
        with self._lock:
            self._several = self._several or self._only not in (None, session_id)
            self._only = session_id
            self._closed = False
            self._agents.update(agent_ids)
            if place is not None:
                self._places.add(place)
            warns = self._several and self._guessed
        if warns:
            self._warn()

    def settle(self, session: Session) -> None:
        """Notes whether the session is closed."""
        with self._lock:
            if session.id == self._only:
                self._closed = session.status == "closed"

    def within(self) -> tuple[bool, str | None]:
        """Whether a `with client.session(id)` is around this, and which session it names."""
        for sessions, session_id in _named.get():
            if sessions is self:
                return True, session_id
        return False, None

    def guess(self, agent_id: str) -> str | None:
        """The one session that is meant here, if the rule finds one."""
        with self._lock:
            if not self._several:
                place = self._place()
                if (
                    self._only is None or self._closed or place is None
                    or place not in self._places or agent_id not in self._agents
                ):
                    return None
                self._guessed = True
                return self._only
        self._warn()
        return None

    def _warn(self) -> None:
        with self._lock:
            if self._warned:
                return
            self._warned = True
        warnings.warn(
            "this client has dealt with a second session, so memories and decisions without a "
            "session_id belong to no session from now on; name it, or use `with client.session(id):`",
            stacklevel=5)


# --- Requests, shared by both clients ---

T = TypeVar("T")


@dataclass
class _Call(Generic[T]):
    """One request, and what to make of its answer."""

    method: str
    path: str
    read: Callable[[Any], T]
    query: dict[str, Any] | None = None
    body: dict[str, Any] | None = None
    repeatable: bool = False
    """Whether sending it twice does no more than sending it once."""

    def target(self, base: str) -> str:
        return base + self.path + ("?" + urlencode(self.query) if self.query else "")

    def payload(self) -> bytes | None:
        if self.body is None:
            return None
        return json.dumps(self.body, ensure_ascii=False, allow_nan=False).encode()

    def answer(self, status: int, body: bytes) -> T:
        """The answer's value. Throws the exception of its status from 400 on."""
        data: Any = None
        with contextlib.suppress(ValueError):
            data = json.loads(body) if body else None
        if status >= 400:
            raise _failure(status, data, body)
        if status != 204 and not isinstance(data, dict):
            raise MemtraceError("the answer is not Memtrace's; is the address right?", status)
        return self.read(data)


def _failure(status: int, data: Any, body: bytes) -> MemtraceError:
    """The exception that the published SDK raises for this answer."""
    detail: dict[str, Any] = data if isinstance(data, dict) else {}
    message = str(detail.get("error") or body.decode(errors="replace") or f"HTTP {status}")
    kinds = {401: AuthenticationError, 404: NotFoundError, 409: ConflictError}
    if status in kinds:
        error = kinds[status](message)
    elif status == 503 and "arc instance" in message.lower():
        error = NoArcInstanceError(message)
    else:
        error = MemtraceError(message, status_code=status)
    error.hint = detail.get("hint")
    error.body = detail
    return error


_Outcome = tuple[int, bytes, "str | None"] | BaseException
"""Status, body and `Retry-After` of an answer, or why there is none."""


_clients: weakref.WeakSet[_Client] = weakref.WeakSet()


def _after_fork() -> None:
    for client in _clients:
        client._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


_OWN_KEY = re.compile(r"retry-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def _is_it(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether what a key names is what was sent: with a key of our own nothing else can be, though its text was masked."""
    return bool(_OWN_KEY.fullmatch(sent["dedup_key"])) or stored["content"] == sent["content"]


class _Client:
    """What the two clients have in common: the address, the key and the making of requests."""

    def __init__(
        self, base_url: str, api_key: str, *, timeout: float = DEFAULT_TIMEOUT,
        infer_session: bool = True, retries: int = 0,
    ):
        """Connects nothing yet.

        `base_url` is `http://…`, `https://…` or `unix:/path/of/socket`; `timeout` in seconds;
        `infer_session=False` turns the rule for a session left out off (see `remember`).
        `retries` is how often a request is sent again, after 0.1 s and twice that each time, where
        no answer came or the bridge was busy (502, 503, 504): reads, changes of a session, `sync`,
        and memories, which get a `dedup_key` for it where they have none, so none is stored twice.
        """
        url = urlsplit(base_url)
        if url.scheme not in ("http", "https", "unix") or not (url.hostname or url.path):
            raise ValueError(f"an address is http://…, https://… or unix:/…, not {base_url!r}")
        if not isinstance(api_key, str):
            raise TypeError(f"a key is text, mtk_…, not {type(api_key).__name__}")
        if any(ord(character) < 33 or ord(character) > 126 for character in api_key):
            raise ValueError("a key has no spaces, line ends or letters beyond ASCII")
        self._unix = url.path if url.scheme == "unix" else None
        self._host = "localhost" if self._unix else url.hostname or ""
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._port = url.port or (443 if self._tls else 80)
        self._base = "" if self._unix else url.path.rstrip("/")
        self._headers = {
            "x-api-key": api_key, "Content-Type": "application/json",
            "Accept": "application/json", "User-Agent": f"memtrace-python/{__version__}",
        }
        self._timeout = timeout
        self._infer = infer_session
        self._retries = max(0, retries)
        self._sessions = _Sessions()
        self._closed = False
        _clients.add(self)

    def _forked(self) -> None:
        """In a child: what the parent goes on using is not used here."""
        self._sessions.forked()

    def _usable(self) -> None:
        if self._closed:
            raise RuntimeError("this client has been closed")

    def _unreachable(self, cause: BaseException) -> BridgeUnreachableError:
        where = f"unix:{self._unix}" if self._unix else f"{self._host}:{self._port}"
        if isinstance(cause, (TimeoutError, asyncio.TimeoutError)):
            return BridgeUnreachableError(f"no answer from {where} within {self._timeout:g} s")
        return BridgeUnreachableError(f"no answer from {where}: {cause or type(cause).__name__}")

    @staticmethod
    def _get(
        path: str, read: Callable[[Any], T], query: dict[str, Any] | None = None
    ) -> _Call[T]:
        return _Call("GET", path, read, query, repeatable=True)

    @staticmethod
    def _item(collection: str, identity: str, rest: str = "") -> str:
        if not identity:
            raise ValueError("an id is empty")
        return f"/api/v1/{collection}/{quote(identity, safe='')}{rest}"

    @staticmethod
    def _parameters(opts: ListOptions | Mapping[str, Any] | None, *less: str) -> dict[str, Any]:
        query = _request(ListOptions, opts)
        if "tags" in query:
            query["tags"] = ",".join(query["tags"])
        return _flat({key: value for key, value in query.items() if key not in less})

    def _remember(
        self, agent_id: str, content: str, session_id: str | _LeftOut | None,
        metadata: Metadata | None, **rest: Any,
    ) -> _Call[Memory]:
        if isinstance(session_id, _LeftOut):
            said, session_id = self._sessions.within()
            if not said and self._infer:
                session_id = self._sessions.guess(agent_id)
                if session_id:
                    metadata = {**(metadata or {}), "session_inferred": True}
        return self._add(AddMemoryRequest(
            agent_id=agent_id, content=content, session_id=session_id, metadata=metadata, **rest))

    def _keyed(self, req: AddMemoryRequest | Mapping[str, Any]) -> dict[str, Any]:
        """The request as JSON, with a key by which the bridge knows it again if it may be resent."""
        body = _request(AddMemoryRequest, req)
        if self._retries and "dedup_key" not in body:
            body["dedup_key"] = f"retry-{uuid.uuid4()}"
        return body

    def _note(self, memories: Sequence[Memory], bodies: Sequence[dict[str, Any]]) -> None:
        for memory, body in zip(memories, bodies):
            if memory.session_id:
                self._sessions.touch(memory.session_id, memory.agent_id, body["agent_id"])

    def _add(self, req: AddMemoryRequest | Mapping[str, Any]) -> _Call[Memory]:
        def read(data: Any) -> Memory:
            memory = Memory.model_validate(data)
            self._note([memory], [body])
            return memory

        body = self._keyed(req)
        return _Call(
            "POST", "/api/v1/memories", read, body=body, repeatable=self._retries > 0)

    def _add_all(
        self, memories: Sequence[AddMemoryRequest | Mapping[str, Any]]
    ) -> _Call[list[Memory]]:
        def read(data: Any) -> list[Memory]:
            result = [Memory.model_validate(memory) for memory in data["memories"]]
            self._note(result, bodies)
            return result

        bodies = [self._keyed(memory) for memory in memories]
        return _Call(
            "POST", "/api/v1/memories", read, body={"memories": bodies},
            repeatable=self._retries > 0)

    @staticmethod
    def _stored(call: _Call[Any]) -> list[_Call[Any]]:
        """How to read again what a write that was sent twice stored the first time."""
        body = call.body or {}
        return [
            _Client._get(_Client._item("memories", memory["dedup_key"]), dict, {
                key: memory[key] for key in ("agent_id", "session_id") if key in memory})
            for memory in body.get("memories", [body])]

    def _again(self, call: _Call[Any], attempt: int, status: int, wait: str | None) -> float | None:
        """Seconds until the request is sent again; None where its answer stands."""
        if attempt >= self._retries or not call.repeatable or status not in (0, 502, 503, 504):
            return None
        with contextlib.suppress(TypeError, ValueError):
            return min(30.0, float(wait or ""))
        return min(5.0, 0.1 * 2.0 ** attempt) * random.uniform(0.5, 1.0)

    def _attempts(self, call: _Call[T]) -> Generator[_Call[Any] | float, _Outcome | None, T]:
        """One request until its answer stands, without I/O: yields what to send, or how long to wait.

        A read is sent again once, without being asked to, where a kept connection breaks.
        """
        attempt, resent = 0, call.method != "GET"
        while True:
            outcome = yield call
            if isinstance(outcome, tuple):
                status, body, wait = outcome
            elif not resent and not isinstance(outcome, (TimeoutError, asyncio.TimeoutError)):
                resent = True
                continue
            else:
                status, body, wait = 0, b"", None
            pause = self._again(call, attempt, status, wait)
            if pause is None:
                break
            attempt += 1
            yield pause
        if isinstance(outcome, BaseException):
            raise self._unreachable(outcome) from outcome
        try:
            return call.answer(status, body)
        except ConflictError as conflict:
            if not attempt or call.path != "/api/v1/memories":
                raise
            # The first time it was stored, and only the answer was lost.
            sent = (call.body or {}).get("memories", [call.body])
            stored: list[Any] = []
            try:
                for read in self._stored(call):
                    stored.append((yield from self._attempts(read)))
            except NotFoundError:
                # One of them is there since long ago, and the others never were.
                raise conflict from None
            if not all(_is_it(one, other) for one, other in zip(stored, sent)):
                raise
            return call.read({"memories": stored} if "memories" in (call.body or {}) else stored[0])

    def _list(
        self, path: str, opts: ListOptions | Mapping[str, Any] | None, *less: str
    ) -> _Call[MemoryList]:
        return self._get(path, MemoryList.model_validate, self._parameters(opts, *less))

    def _memory(
        self, memory_id: str, agent_id: str | None, session_id: str | None
    ) -> _Call[Memory]:
        narrow = {"agent_id": agent_id, "session_id": session_id}
        query = {key: value for key, value in narrow.items() if value is not None}
        return self._get(self._item("memories", memory_id), Memory.model_validate, query)

    def _search(self, query: SearchQuery | Mapping[str, Any]) -> _Call[SearchResult]:
        body = _request(SearchQuery, query)
        return _Call(
            "POST", "/api/v1/search", SearchResult.model_validate, body=body, repeatable=True)

    def _register(
        self, req: RegisterAgentRequest | Mapping[str, Any], exist_ok: bool
    ) -> _Call[Agent]:
        body = _request(RegisterAgentRequest, req)
        if exist_ok:
            body["exist_ok"] = True
        return _Call(
            "POST", "/api/v1/agents", Agent.model_validate, body=body, repeatable=exist_ok)

    def _create(self, req: CreateSessionRequest | Mapping[str, Any]) -> _Call[Session]:
        def read(data: Any) -> Session:
            session = Session.model_validate(data)
            self._sessions.touch(session.id, session.agent_id, body["agent_id"])
            return session

        body = _request(CreateSessionRequest, req)
        return _Call("POST", "/api/v1/sessions", read, body=body)

    def _update(
        self, session_id: str, status: str | None, metadata: Metadata | None
    ) -> _Call[Session]:
        def read(data: Any) -> Session:
            session = Session.model_validate(data)
            self._sessions.settle(session)
            return session

        given = {"status": status, "metadata": metadata}
        body = {key: value for key, value in given.items() if value is not None}
        return _Call("PUT", self._item("sessions", session_id), read, body=body, repeatable=True)

    def _sessions_of(self, agent_id: str | None) -> _Call[SessionList]:
        query = {"agent_id": agent_id} if agent_id else None
        return self._get("/api/v1/sessions", SessionList.model_validate, query)

    def _find(self, q: SessionQuery | Mapping[str, Any]) -> _Call[SessionList]:
        body = _request(SessionQuery, q)
        return _Call(
            "POST", "/api/v1/sessions/search", SessionList.model_validate, body=body,
            repeatable=True)

    def _context(
        self, session_id: str, opts: ContextOptions | Mapping[str, Any] | None
    ) -> _Call[SessionContext]:
        def read(data: Any) -> SessionContext:
            self._sessions.touch(session_id)
            return SessionContext.model_validate(data)

        path = self._item("sessions", session_id, "/context")
        return _Call("POST", path, read, body=_request(ContextOptions, opts), repeatable=True)

    def _contexts(self, q: ContextQuery | Mapping[str, Any]) -> _Call[SessionContext]:
        def read(data: Any) -> SessionContext:
            context = SessionContext.model_validate(data)
            ids = [context.session_id] if context.session_id else context.session_ids or []
            for session_id in ids[:2]:  # the second ends all guessing
                self._sessions.touch(session_id)
            return context

        return _Call(
            "POST", "/api/v1/context", read, body=_request(ContextQuery, q), repeatable=True)

    def _synchronise(self, remote: str | None) -> _Call[dict[str, Any]]:
        body = {"remote": remote} if remote else {}
        return _Call("POST", "/api/v1/sync", dict, body=body, repeatable=True)

    def _retract(self, memory_id: str, reason: str | None, agent_id: str | None) -> _Call[None]:
        query = {
            name: value for name, value in (("reason", reason), ("agent_id", agent_id)) if value}
        return _Call(
            "DELETE", self._item("memories", memory_id), lambda _: None, query, repeatable=True)

    def _open(self, options: Mapping[str, Any]) -> _Call[dict[str, Any]]:
        query = {key: value for key, value in options.items() if value is not None}
        return self._get("/api/v1/open", dict, _flat(query))

    def _review(
        self, record_ids: str | Sequence[str], review: ReviewWord, reason: str | None,
        agent_id: str | None,
    ) -> _Call[dict[str, Any]]:
        ids = [record_ids] if isinstance(record_ids, str) else list(record_ids)
        body: dict[str, Any] = {"record_ids": ids, "review": review}
        if reason:
            body["reason"] = reason
        if agent_id:
            body["agent_id"] = agent_id
        return _Call("POST", "/api/v1/reviews", dict, body=body, repeatable=True)

    def session(self, session_id: str | None) -> _Within:
        """`with client.session(id):` is the session of `remember` and `decide` that name none.

        It holds in this thread or task and in the tasks that it starts; None stands for no session.
        Both clients take `with`; `async with` works too.
        """
        return _Within(self._sessions, session_id)


# --- The clients ---


class _UnixConnection(HTTPConnection):
    """A connection to a socket in the file system."""

    def __init__(self, path: str, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Memtrace(_Client):
    """The bridge's client for ordinary code; use it as a context manager or `close()` it."""

    def __init__(
        self, base_url: str, api_key: str, *, timeout: float = DEFAULT_TIMEOUT,
        infer_session: bool = True, retries: int = 0,
    ):
        super().__init__(
            base_url, api_key, timeout=timeout, infer_session=infer_session, retries=retries)
        self._idle: list[HTTPConnection] = []

    def _forked(self) -> None:
        super()._forked()
        self._idle = []

    def close(self) -> None:
        """Closes the kept connections. Requests that are under way end first, undisturbed."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def __enter__(self) -> Memtrace:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _connection(self) -> HTTPConnection:
        """A kept connection that the bridge has not closed, else a new one."""
        with contextlib.suppress(IndexError):
            while True:
                kept = self._idle.pop()
                with selectors.DefaultSelector() as selector:
                    selector.register(kept.sock, selectors.EVENT_READ)
                    if not selector.select(0):
                        return kept
                kept.close()
        if self._unix:
            return _UnixConnection(self._unix, self._timeout)
        if self._tls:
            return HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=self._tls)
        return HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _exchange(self, call: _Call[Any]) -> _Outcome:
        body, connection = call.payload(), self._connection()
        try:
            connection.request(call.method, call.target(self._base), body, self._headers)
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except BaseException:
            connection.close()
            raise
        if connection.sock and not self._closed and len(self._idle) < MAX_IDLE_CONNECTIONS:
            self._idle.append(connection)
        else:
            connection.close()
        return status, answer, response.headers.get("Retry-After")

    def _send(self, call: _Call[T]) -> T:
        self._usable()
        attempts = self._attempts(call)
        outcome: _Outcome | None = None
        while True:
            try:
                step = attempts.send(outcome)
            except StopIteration as done:
                return done.value
            outcome = None
            if isinstance(step, float):
                time.sleep(step)
                continue
            try:
                outcome = self._exchange(step)
            except (OSError, HTTPException) as error:
                outcome = error

    def remember(
        self, agent_id: str, content: str, *,
        session_id: str | _LeftOut | None = _LeftOut.SESSION,
        memory_type: MemoryType = "episodic", event_type: str = "general",
        tags: Tags | None = None, importance: float | None = None,
        metadata: Metadata | None = None, dedup_key: str | None = None,
        parent_id: str | None = None,
    ) -> Memory:
        """Stores a memory.

        Without `session_id` it goes to the session of a `with client.session(id)` around it, else,
        as long as this client has dealt with one single session, to that one: where this agent
        wrote to it, in the main thread or the task that used it, unless closed since;
        `session_inferred` in its metadata then says so. `session_id=None` means no session.
        """
        return self._send(self._remember(
            agent_id, content, session_id, metadata, memory_type=memory_type,
            event_type=event_type, tags=tags, importance=importance, dedup_key=dedup_key,
            parent_id=parent_id))

    def decide(
        self, agent_id: str, decision: str, reasoning: str, *,
        session_id: str | _LeftOut | None = _LeftOut.SESSION, tags: Tags | None = None,
        importance: float | None = None, metadata: Metadata | None = None,
        dedup_key: str | None = None, parent_id: str | None = None,
    ) -> Memory:
        """Stores a decision and its reason. For a session left out see `remember`."""
        return self._send(self._remember(
            agent_id, decision, session_id, {**(metadata or {}), "reasoning": reasoning},
            memory_type="decision", event_type="decision", tags=tags, importance=importance,
            dedup_key=dedup_key, parent_id=parent_id))

    def recall(self, agent_id: str, since: When = "24h") -> MemoryList:
        """An agent's newest 100 memories since a moment."""
        return self.list_memories(
            ListOptions(agent_id=agent_id, since=since, order="desc", limit=100))

    def add_memory(self, req: AddMemoryRequest | Mapping[str, Any]) -> Memory:
        """Stores a memory, in no session unless the request names one."""
        return self._send(self._add(req))

    def add_memories(
        self, memories: Sequence[AddMemoryRequest | Mapping[str, Any]]
    ) -> list[Memory]:
        """Stores up to 1,000 memories, all or none."""
        return self._send(self._add_all(memories))

    def get_memory(
        self, memory_id: str, *, agent_id: str | None = None, session_id: str | None = None
    ) -> Memory:
        """A memory by its id, or the newest with this dedup key (of an agent, in a session)."""
        return self._send(self._memory(memory_id, agent_id, session_id))

    def retract(
        self, memory_id: str, reason: str | None = None, *, agent_id: str | None = None
    ) -> None:
        """Takes a memory out of sight everywhere; history keeps it.

        Where only named people review, the agent whose memory it is may still: `agent_id` says so.
        """
        return self._send(self._retract(memory_id, reason, agent_id))

    def review(
        self, record_ids: str | Sequence[str], review: ReviewWord, reason: str | None = None, *,
        agent_id: str | None = None,
    ) -> dict[str, Any]:
        """Says approved, rejected, pending, retracted or restored of records: `{"reviews": …}`.

        `agent_id` is the agent that says so, where it is one.
        """
        return self._send(self._review(record_ids, review, reason, agent_id))

    def open_items(
        self, *, where: Metadata | None = None, agent_id: str | None = None,
        older_than: str | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """What waits, oldest first: `{"items": [{"age_s", "customer", "waits_for", "record"}]}`."""
        return self._send(self._open({
            "where": where, "agent_id": agent_id, "older_than": older_than, "limit": limit}))

    def list_memories(self, opts: ListOptions | Mapping[str, Any] | None = None) -> MemoryList:
        """Lists memories, newest first unless told otherwise."""
        return self._send(self._list("/api/v1/memories", opts))

    def search_memories(self, query: SearchQuery | Mapping[str, Any]) -> SearchResult:
        """Searches memories by filters, and by words with `query`."""
        return self._send(self._search(query))

    def status(self) -> dict[str, Any]:
        """The state of the repository behind the bridge: its branch, what waits, the last sync."""
        return self._send(self._get("/api/v1/status", dict))

    def sync(self, remote: str | None = None) -> dict[str, Any]:
        """Fetches, merges and pushes: `{"received": …, "sent": …, …}`. Wants a key for admin."""
        return self._send(self._synchronise(remote))

    def register_agent(
        self, req: RegisterAgentRequest | Mapping[str, Any], *, exist_ok: bool = False
    ) -> Agent:
        """Registers an agent.

        Throws ConflictError where the name is taken, unless `exist_ok`: then it is updated.
        """
        return self._send(self._register(req, exist_ok))

    def list_agents(self) -> AgentList:
        """All agents of the organisation."""
        return self._send(self._get("/api/v1/agents", AgentList.model_validate))

    def get_agent(self, agent_id: str) -> Agent:
        """An agent by id or name."""
        return self._send(self._get(self._item("agents", agent_id), Agent.model_validate))

    def get_agent_stats(self, agent_id: str) -> AgentStats:
        """Counts of an agent's memories and sessions."""
        path = self._item("agents", agent_id, "/stats")
        return self._send(self._get(path, AgentStats.model_validate))

    def get_agent_memories(
        self, agent_id: str, opts: ListOptions | Mapping[str, Any] | None = None
    ) -> MemoryList:
        """An agent's memories; an `agent_id` in the options counts for nothing."""
        path = self._item("agents", agent_id, "/memories")
        return self._send(self._list(path, opts, "agent_id"))

    def delete_agent(self, agent_id: str) -> None:
        """Removes an agent; its memories stay, with its name."""
        self._send(_Call("DELETE", self._item("agents", agent_id), lambda _: None))

    def create_session(self, req: CreateSessionRequest | Mapping[str, Any]) -> Session:
        """Starts a session."""
        return self._send(self._create(req))

    def get_session(self, session_id: str) -> Session:
        """A session by id."""
        return self._send(self._get(self._item("sessions", session_id), Session.model_validate))

    def update_session(
        self, session_id: str, *, status: Literal["active", "closed"] | None = None,
        metadata: Metadata | None = None,
    ) -> Session:
        """Closes or reopens a session; merges metadata by key, where None takes a key out."""
        return self._send(self._update(session_id, status, metadata))

    def close_session(self, session_id: str) -> Session:
        """Closes a session; closing twice keeps the first time."""
        return self._send(self._update(session_id, "closed", None))

    def list_sessions(self, agent_id: str | None = None) -> SessionList:
        """Sessions, newest first, of one agent or of all."""
        return self._send(self._sessions_of(agent_id))

    def search_sessions(self, q: SessionQuery | Mapping[str, Any]) -> SessionList:
        """Sessions by their metadata: `{"metadata": {"customer_id": "c1"}, "status": "active"}`."""
        return self._send(self._find(q))

    def get_session_context(
        self, session_id: str, opts: ContextOptions | Mapping[str, Any] | None = None
    ) -> SessionContext:
        """What a model should know of a session, written for it."""
        return self._send(self._context(session_id, opts))

    def get_context(self, q: ContextQuery | Mapping[str, Any]) -> SessionContext:
        """The same over every session of a customer: `{"where": {"customer_id": "c1"}}`."""
        return self._send(self._contexts(q))

    def get_session_memories(
        self, session_id: str, opts: ListOptions | Mapping[str, Any] | None = None
    ) -> MemoryList:
        """A session's memories; a `session_id` in the options counts for nothing."""
        path = self._item("sessions", session_id, "/memories")
        return self._send(self._list(path, opts, "session_id"))


# --- Values, for adapters ---


@dataclass(kw_only=True)
class Value(_Model):
    """A JSON value as `Values` keeps it, and in which memories; `metadata` is what `add` was given.

    `since` and `first` are the time and the id of what it has replaced, first of all; else its own.
    """

    value: Any
    ids: list[str]
    time: datetime
    metadata: Metadata
    first: str
    since: datetime
    score: float | None = None


class Values:
    """JSON values of any size, exact and in order, as the memories of one session.

    The adapters of agent frameworks stand on it. The session is the one whose metadata has all of
    `where`, made with the first value; two that two processes make at once are read as one. A
    value's main text is a memory's content, behind its role or name, so that people,
    searches and contexts read words and no JSON; the rest is metadata. What does not fit into one
    memory is kept as JSON in several. Other memories of the session are left alone.
    """

    _TEXTS = ("text", "content", "output", "summary", "arguments")
    _CONTENT = 65_536
    _BATCH = 3_000_000

    def __init__(
        self, client: Memtrace, agent_id: str, where: Metadata, *, kind: str,
        metadata: Metadata | None = None,
    ):
        """`kind` is the memories' event type; `metadata` is added to a session that is made."""
        self.client, self.agent_id, self.where, self.kind = client, agent_id, dict(where), kind
        self._metadata = {**(metadata or {}), **where}
        self._session: str | None = None

    def add(
        self, values: Iterable[Any], *, tags: Sequence[str] = (), metadata: Metadata | None = None
    ) -> list[str]:
        """Keeps values in this order; up to 1,000 memories and 3 MB at once are kept all or none."""
        return self.add_each([(value, tags, metadata or {}) for value in values])

    def add_each(self, values: Iterable[tuple[Any, Sequence[str], Metadata]]) -> list[str]:
        """The same, each with its tags and metadata. Returns the ids of the memories."""
        batches: list[list[dict[str, Any]]] = [[]]
        size = 0
        for value, tags, metadata in values:
            for memory in self._pack(json.loads(json.dumps(value)), list(tags), metadata):
                length = len(json.dumps(memory).encode())
                size += length
                if len(batches[-1]) == 1_000 or size > self._BATCH:
                    batches.append([])
                    size = length
                batches[-1].append(memory)
        return [
            memory.id for batch in batches if batch for memory in self.client.add_memories(batch)]

    def replace(
        self, value: Any, tag: str, *, metadata: Metadata | None = None,
        over: Value | None | _LeftOut = _LeftOut.SESSION,
    ) -> bool:
        """Makes this the value with a tag: keeps it, then takes older ones away, oldest first, so
        that the newest counts whenever this ends.

        With `over`, the value that was seen (None for none), nothing is changed and the result is
        False where another process was quicker. Nothing is changed either where an older one is
        another agent's and only people may take it away.
        """
        data = dict(metadata or {})
        for memory in itertools.islice(self.memories(tags=[tag], order="desc", page=1), 1):
            data["since"] = (memory.metadata or {}).get("since", [memory.id, _jsonable(memory.time)])
        new = self.add([value], tags=[tag], metadata=data)
        older = [memory.id for memory in self.memories(tags=[tag]) if memory.id < new[0]]
        if not isinstance(over, _LeftOut) and older and (over is None or older[-1] > over.ids[-1]):
            self.remove(new)
            return False
        try:
            self.remove(older)
        except MemtraceError as error:
            if error.status_code == 403:
                self.remove(new)
            raise
        return True

    def read(self, *, tags: Sequence[str] = (), last: int | None = None) -> list[Value]:
        """All values with these tags, or the last ones, oldest first."""
        if last is None:
            return self._unpack(self.memories(tags=tags))
        memories: list[Memory] = []
        for memory in self.memories(tags=tags, order="desc", page=last + 1) if last > 0 else ():
            memories.append(memory)
            is_first = (memory.metadata or {}).get("part", 1) == 1
            if is_first and len(memories) >= last:
                found = self._unpack(reversed(memories))
                if len(found) >= last:
                    return found[-last:]
        return self._unpack(reversed(memories))

    def find(self, query: str, limit: int) -> list[Value]:
        """The values that share words with a query, best first, each with its score.

        The bridge's search ranks; it goes on to what is related, which is left out here.
        """
        found: dict[str, tuple[int, Value]] = {}
        for hit in self.client.search_memories({
            "where": self.where, "event_types": [self.kind], "query": query,
            "limit": min(1_000, max(100, limit)),
        }).results:
            whole = (hit.metadata or {}).get("whole")
            for value in self._unpack(self.memories(tags=[whole]) if whole else [hit]):
                value.score = hit.score
                shared = _shared_words(query, " ".join(text for _, text in _texts(value.value)))
                if shared:
                    found.setdefault(value.ids[0], (shared, value))
        ranked = sorted(found.values(), key=lambda pair: -pair[0])
        return [value for _, value in ranked[:limit]]

    def memories(
        self, *, tags: Sequence[str] = (), order: Order = "asc", page: int = 1_000
    ) -> Generator[Memory, None, None]:
        """The memories in which the values lie."""
        query: dict[str, Any] = {
            "where": self.where, "event_types": [self.kind], "order": order, "limit": min(page, 1_000)}
        if tags:
            query["tags"] = list(tags)
        offset = 0
        while True:
            results = self.client.search_memories({**query, "offset": offset}).results
            yield from results
            offset += len(results)
            if len(results) < query["limit"]:
                return

    def remove(self, ids: Iterable[str]) -> int:
        """Takes memories out of sight, up to 1,000 all or none; how many were still in it.

        The agent asks for it, so its own go whoever else reviews here.
        """
        left, removed = list(ids), 0
        while left:
            removed += int(self.client.review(
                left[:1_000], "retracted", agent_id=self.agent_id)["count"])
            left = left[1_000:]
        return removed

    def _pack(self, value: Any, tags: list[str], metadata: Metadata) -> list[dict[str, Any]]:
        """The requests that store a value."""
        self._session = self._session or self._find_session()
        common = {
            "agent_id": self.agent_id, "session_id": self._session, "event_type": self.kind}
        raw = json.dumps(value, ensure_ascii=False)
        fits = False
        with contextlib.suppress(UnicodeEncodeError):  # half of a surrogate pair is no UTF-8
            fits = len(raw.encode()) <= self._CONTENT
            for path, text in sorted(_texts(value), key=lambda found: self._rank(*found))[-1:]:
                rest = json.dumps(_replaced(value, path, ""), ensure_ascii=False)
                said = [value.get(key) for key in ("role", "name") if path != [key]] if isinstance(
                    value, dict) else []
                lead = next((f"{who}: " for who in said if isinstance(who, str) and who), "")
                size = len((lead + text).encode())
                if self._rank(path, text)[0] and size <= self._CONTENT and len(rest) < 8_000:
                    return [{
                        **common, "content": lead + text, "tags": tags,
                        "metadata": {**metadata, "value": rest, "at": path, "lead": len(lead)}}]
        text = raw if fits else json.dumps(value)
        pieces = [text[at:at + self._CONTENT] for at in range(0, len(text), self._CONTENT)]
        whole = f"whole.{uuid.uuid4().hex}"
        return [{
            **common, "content": piece, "tags": [*tags, whole],
            "metadata": {**metadata, "whole": whole, "part": part, "of": len(pieces)},
        } for part, piece in enumerate(pieces, 1)]

    @classmethod
    def _rank(cls, path: list[Any], text: str) -> tuple[bool, bool, int]:
        """Whether a text is for people and no id, a message's own, and how long it is."""
        key = next((step for step in reversed(path) if isinstance(step, str)), "text")
        return bool(text) and (key in cls._TEXTS or " " in text), key in cls._TEXTS, len(text)

    @staticmethod
    def _unpack(memories: Iterable[Memory]) -> list[Value]:
        """The values that lie in these memories; what is not whole is none."""
        found: list[Value] = []
        pieces: dict[str, dict[int, Memory]] = {}
        for memory in memories:
            data = dict(memory.metadata or {})
            first, since = data.pop("since", [memory.id, memory.time])
            value = Value(
                value=None, ids=[memory.id], time=memory.time, metadata=data, score=memory.score,
                first=first, since=since if isinstance(since, datetime) else _read("time", since))
            if {"value", "at", "lead"} <= data.keys():
                rest, path, lead = (data.pop(key) for key in ("value", "at", "lead"))
                value.value = _replaced(json.loads(rest), path, memory.content[lead:])
                found.append(value)
            elif {"whole", "part", "of"} <= data.keys():
                whole, part, count = (data.pop(key) for key in ("whole", "part", "of"))
                parts = pieces.setdefault(whole, {})
                parts[part] = memory
                if len(parts) == count:
                    ordered = [parts[number] for number in sorted(parts)]
                    value.value = json.loads("".join(piece.content for piece in ordered))
                    value.ids = [piece.id for piece in ordered]
                    found.append(value)
        return sorted(found, key=lambda value: value.ids[0])

    def _find_session(self) -> str:
        found = self.client.search_sessions({"metadata": self.where, "order": "asc", "limit": 1})
        if found.sessions:
            return found.sessions[0].id
        return self.client.create_session({
            "agent_id": self.agent_id, "metadata": self._metadata}).id


def _shared_words(query: str, text: str) -> int:
    """How many words of a query are in a text, endings and the signs within words aside."""
    words = set(re.findall(r"\w+", query.casefold()))
    there = re.findall(r"\w+", text.casefold())
    joined = "".join(there)
    return sum(
        (word if len(word) < 6 else word[:-2]) in joined if len(word) > 2 else word in there
        for word in words)


def _texts(value: Any, path: Sequence[Any] = ()) -> Generator[tuple[list[Any], str], None, None]:
    """Every text in a JSON value, with the keys and places that lead to it."""
    if isinstance(value, str):
        yield list(path), value
    elif isinstance(value, (dict, list)):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, [*path, step])


def _replaced(value: Any, path: Sequence[Any], text: str) -> Any:
    """The value with another text at a place."""
    if not path:
        return text
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    changed = [(step, _replaced(item, path[1:], text) if step == path[0] else item)
               for step, item in steps]
    return dict(changed) if isinstance(value, dict) else [item for _, item in changed]


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AsyncMemtrace(_Client):
    """The same for asyncio; use it with `async with` or `await close()` it."""

    def __init__(
        self, base_url: str, api_key: str, *, timeout: float = DEFAULT_TIMEOUT,
        infer_session: bool = True, retries: int = 0,
    ):
        super().__init__(
            base_url, api_key, timeout=timeout, infer_session=infer_session, retries=retries)
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Streams]] = (
            weakref.WeakKeyDictionary())

    async def close(self) -> None:
        """Closes the kept connections. Requests that are under way end first, undisturbed."""
        self._closed = True
        for _, writer in self._loops.pop(asyncio.get_running_loop(), []):
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def __aenter__(self) -> AsyncMemtrace:
        return self

    async def __aexit__(self, *args: object) -> None:
        await self.close()

    def _idle(self) -> list[_Streams]:
        return self._loops.setdefault(asyncio.get_running_loop(), [])

    async def _streams(self) -> _Streams:
        """A kept connection of this event loop that the bridge has not closed, else a new one."""
        idle = self._idle()
        while idle:
            reader, writer = idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        if self._unix:
            return await asyncio.open_unix_connection(self._unix)
        return await asyncio.open_connection(self._host, self._port, ssl=self._tls)

    def _head(self, call: _Call[Any], body: bytes | None) -> bytes:
        host = f"[{self._host}]" if ":" in self._host else self._host
        lines = [f"{call.method} {call.target(self._base)} HTTP/1.1"]
        lines += [f"Host: {host}" + ("" if self._unix else f":{self._port}")]
        lines += [f"{name}: {value}" for name, value in self._headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")

    async def _exchange(self, call: _Call[Any]) -> _Outcome:
        body = call.payload()
        reader, writer = await self._streams()
        try:
            writer.write(self._head(call, body) + (body or b""))
            await writer.drain()
            status, answer, reusable, wait = await _answer(reader)
        except BaseException:
            writer.transport.abort()
            raise
        idle = self._idle()
        if reusable and not self._closed and len(idle) < MAX_IDLE_CONNECTIONS:
            idle.append((reader, writer))
        else:
            writer.close()
        return status, answer, wait

    async def _send(self, call: _Call[T]) -> T:
        self._usable()
        call.payload()  # what JSON cannot say is the caller's error, not the connection's
        attempts = self._attempts(call)
        outcome: _Outcome | None = None
        while True:
            try:
                step = attempts.send(outcome)
            except StopIteration as done:
                return done.value
            outcome = None
            if isinstance(step, float):
                await asyncio.sleep(step)
                continue
            try:
                outcome = await asyncio.wait_for(self._exchange(step), self._timeout)
            except (OSError, EOFError, HTTPException, ValueError, asyncio.TimeoutError) as error:
                outcome = error

    async def remember(
        self, agent_id: str, content: str, *,
        session_id: str | _LeftOut | None = _LeftOut.SESSION,
        memory_type: MemoryType = "episodic", event_type: str = "general",
        tags: Tags | None = None, importance: float | None = None,
        metadata: Metadata | None = None, dedup_key: str | None = None,
        parent_id: str | None = None,
    ) -> Memory:
        """Stores a memory; for a session left out see `Memtrace.remember`."""
        return await self._send(self._remember(
            agent_id, content, session_id, metadata, memory_type=memory_type,
            event_type=event_type, tags=tags, importance=importance, dedup_key=dedup_key,
            parent_id=parent_id))

    async def decide(
        self, agent_id: str, decision: str, reasoning: str, *,
        session_id: str | _LeftOut | None = _LeftOut.SESSION, tags: Tags | None = None,
        importance: float | None = None, metadata: Metadata | None = None,
        dedup_key: str | None = None, parent_id: str | None = None,
    ) -> Memory:
        """Stores a decision and its reason; for a session left out see `Memtrace.remember`."""
        return await self._send(self._remember(
            agent_id, decision, session_id, {**(metadata or {}), "reasoning": reasoning},
            memory_type="decision", event_type="decision", tags=tags, importance=importance,
            dedup_key=dedup_key, parent_id=parent_id))

    async def recall(self, agent_id: str, since: When = "24h") -> MemoryList:
        """An agent's newest 100 memories since a moment."""
        return await self.list_memories(
            ListOptions(agent_id=agent_id, since=since, order="desc", limit=100))

    async def add_memory(self, req: AddMemoryRequest | Mapping[str, Any]) -> Memory:
        """Stores a memory, in no session unless the request names one."""
        return await self._send(self._add(req))

    async def add_memories(
        self, memories: Sequence[AddMemoryRequest | Mapping[str, Any]]
    ) -> list[Memory]:
        """Stores up to 1,000 memories, all or none."""
        return await self._send(self._add_all(memories))

    async def get_memory(
        self, memory_id: str, *, agent_id: str | None = None, session_id: str | None = None
    ) -> Memory:
        """A memory by its id, or the newest with this dedup key (of an agent, in a session)."""
        return await self._send(self._memory(memory_id, agent_id, session_id))

    async def retract(
        self, memory_id: str, reason: str | None = None, *, agent_id: str | None = None
    ) -> None:
        """Takes a memory out of sight everywhere; history keeps it.

        Where only named people review, the agent whose memory it is may still: `agent_id` says so.
        """
        return await self._send(self._retract(memory_id, reason, agent_id))

    async def review(
        self, record_ids: str | Sequence[str], review: ReviewWord, reason: str | None = None, *,
        agent_id: str | None = None,
    ) -> dict[str, Any]:
        """Says approved, rejected, pending, retracted or restored of records: `{"reviews": …}`.

        `agent_id` is the agent that says so, where it is one.
        """
        return await self._send(self._review(record_ids, review, reason, agent_id))

    async def open_items(
        self, *, where: Metadata | None = None, agent_id: str | None = None,
        older_than: str | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """What waits, oldest first: `{"items": [{"age_s", "customer", "waits_for", "record"}]}`."""
        return await self._send(self._open({
            "where": where, "agent_id": agent_id, "older_than": older_than, "limit": limit}))

    async def list_memories(
        self, opts: ListOptions | Mapping[str, Any] | None = None
    ) -> MemoryList:
        """Lists memories, newest first unless told otherwise."""
        return await self._send(self._list("/api/v1/memories", opts))

    async def search_memories(self, query: SearchQuery | Mapping[str, Any]) -> SearchResult:
        """Searches memories by filters, and by words with `query`."""
        return await self._send(self._search(query))

    async def status(self) -> dict[str, Any]:
        """The state of the repository behind the bridge: its branch, what waits, the last sync."""
        return await self._send(self._get("/api/v1/status", dict))

    async def sync(self, remote: str | None = None) -> dict[str, Any]:
        """Fetches, merges and pushes: `{"received": …, "sent": …, …}`. Wants a key for admin."""
        return await self._send(self._synchronise(remote))

    async def register_agent(
        self, req: RegisterAgentRequest | Mapping[str, Any], *, exist_ok: bool = False
    ) -> Agent:
        """Registers an agent.

        Throws ConflictError where the name is taken, unless `exist_ok`: then it is updated.
        """
        return await self._send(self._register(req, exist_ok))

    async def list_agents(self) -> AgentList:
        """All agents of the organisation."""
        return await self._send(self._get("/api/v1/agents", AgentList.model_validate))

    async def get_agent(self, agent_id: str) -> Agent:
        """An agent by id or name."""
        return await self._send(
            self._get(self._item("agents", agent_id), Agent.model_validate))

    async def get_agent_stats(self, agent_id: str) -> AgentStats:
        """Counts of an agent's memories and sessions."""
        path = self._item("agents", agent_id, "/stats")
        return await self._send(self._get(path, AgentStats.model_validate))

    async def get_agent_memories(
        self, agent_id: str, opts: ListOptions | Mapping[str, Any] | None = None
    ) -> MemoryList:
        """An agent's memories; an `agent_id` in the options counts for nothing."""
        path = self._item("agents", agent_id, "/memories")
        return await self._send(self._list(path, opts, "agent_id"))

    async def delete_agent(self, agent_id: str) -> None:
        """Removes an agent; its memories stay, with its name."""
        await self._send(_Call("DELETE", self._item("agents", agent_id), lambda _: None))

    async def create_session(self, req: CreateSessionRequest | Mapping[str, Any]) -> Session:
        """Starts a session."""
        return await self._send(self._create(req))

    async def get_session(self, session_id: str) -> Session:
        """A session by id."""
        return await self._send(
            self._get(self._item("sessions", session_id), Session.model_validate))

    async def update_session(
        self, session_id: str, *, status: Literal["active", "closed"] | None = None,
        metadata: Metadata | None = None,
    ) -> Session:
        """Closes or reopens a session; merges metadata by key, where None takes a key out."""
        return await self._send(self._update(session_id, status, metadata))

    async def close_session(self, session_id: str) -> Session:
        """Closes a session; closing twice keeps the first time."""
        return await self._send(self._update(session_id, "closed", None))

    async def list_sessions(self, agent_id: str | None = None) -> SessionList:
        """Sessions, newest first, of one agent or of all."""
        return await self._send(self._sessions_of(agent_id))

    async def search_sessions(self, q: SessionQuery | Mapping[str, Any]) -> SessionList:
        """Sessions by their metadata, as `Memtrace.search_sessions`."""
        return await self._send(self._find(q))

    async def get_session_context(
        self, session_id: str, opts: ContextOptions | Mapping[str, Any] | None = None
    ) -> SessionContext:
        """What a model should know of a session, written for it."""
        return await self._send(self._context(session_id, opts))

    async def get_context(self, q: ContextQuery | Mapping[str, Any]) -> SessionContext:
        """The same over every session of a customer, as `Memtrace.get_context`."""
        return await self._send(self._contexts(q))

    async def get_session_memories(
        self, session_id: str, opts: ListOptions | Mapping[str, Any] | None = None
    ) -> MemoryList:
        """A session's memories; a `session_id` in the options counts for nothing."""
        path = self._item("sessions", session_id, "/memories")
        return await self._send(self._list(path, opts, "session_id"))


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool, str | None]:
    """Reads one answer: status, body, whether the connection may be used again, `Retry-After`."""
    status = 100
    while status < 200:  # interim answers come before the real one
        version, code, *_ = (await reader.readline()).split(None, 2) or [b"", b""]
        if not version.startswith(b"HTTP/1."):
            raise HTTPException("the connection was closed" if not version else "not HTTP/1.1")
        status, lines = int(code), [b""]
        while lines[-1] not in (b"\r\n", b"\n"):
            lines.append(await reader.readline())
            if not lines[-1]:
                raise EOFError("the answer ends within its head")
        headers = parse_headers(BytesIO(b"".join(lines)))
    reusable = headers.get("Connection", "").lower() != "close" and version == b"HTTP/1.1"
    wait = headers.get("Retry-After")
    if status in (204, 304):
        return status, b"", reusable, wait
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        chunks = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            chunks.append(await reader.readexactly(size))
            await reader.readexactly(2)
        while (await reader.readline()).strip():  # trailers
            pass
        return status, b"".join(chunks), reusable, wait
    if length := headers.get("Content-Length"):
        return status, await reader.readexactly(int(length)), reusable, wait
    return status, await reader.read(), False, wait
