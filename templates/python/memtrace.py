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
import json
import os
import selectors
import socket
import ssl
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
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
    "Session", "SessionContext", "SessionList", "SessionQuery", "__version__",
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
    review: str | None = None
    score: float | None = None


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
    """Filters of a list; a memory must carry all of `tags`. `limit` is from 1 to 1,000."""

    agent_id: str | None = None
    session_id: str | None = None
    memory_type: str | None = None
    event_type: str | None = None
    tags: Tags | None = None
    since: When | None = None
    until: When | None = None
    limit: int | None = None
    offset: int | None = None
    order: Order | None = None


@dataclass(kw_only=True)
class MemoryList(_Model):
    """A page of memories; `has_more` says whether there is another."""

    memories: list[Memory]
    count: int
    has_more: bool


@dataclass(kw_only=True)
class SearchQuery(_Model):
    """Filters of a search; `query` ranks by words, `where` looks at the session's metadata."""

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
    """Which sessions to find: those whose metadata has all of these keys with these values."""

    metadata: Metadata | None = None
    status: Literal["active", "closed"] | None = None
    agent_id: str | None = None
    since: When | None = None
    until: When | None = None
    order: Order | None = None
    limit: int | None = None
    offset: int | None = None


@dataclass(kw_only=True)
class ContextOptions(_Model):
    """How to write a context: at most `max_tokens` (default 4,000), nearest to `query` first."""

    max_tokens: int | None = None
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


class _Touched:
    """A session as one client knows it; shared by the tasks and threads that work in it."""

    __slots__ = ("__weakref__", "closed", "id")

    def __init__(self, session_id: str):
        self.id = session_id
        self.closed = False


class _Here:
    """The last session of each client in one task, or in one thread outside of tasks."""

    def __init__(self, place: object):
        self.place = place
        self.last: weakref.WeakKeyDictionary[_Sessions, _Touched | None] = (
            weakref.WeakKeyDictionary())


_here: ContextVar[_Here] = ContextVar("memtrace_sessions")


class _Sessions:
    """Which session a client's `remember` and `decide` mean when they name none.

    It is the one that was last created, written to or put into a context in the same task or
    thread, unless closed since. A new task starts with a copy of its parent's variables, so each
    entry also notes its place: what belongs to another task or thread is never taken.
    """

    def __init__(self) -> None:
        self._known: weakref.WeakValueDictionary[str, _Touched] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    @staticmethod
    def _place() -> object:
        try:
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        return weakref.ref(task) if task else threading.get_ident()

    def _entries(self) -> _Here:
        here, place = _here.get(None), self._place()
        if here is None or here.place != place:
            here = _Here(place)
            _here.set(here)
        return here

    def touch(self, session_id: str | None) -> None:
        """Makes this the session meant from now on in this task or thread; None forgets it."""
        touched = None
        if session_id is not None:
            with self._lock:
                touched = self._known.get(session_id) or _Touched(session_id)
                self._known[session_id] = touched
            touched.closed = False
        self._entries().last[self] = touched

    def settle(self, session: Session) -> None:
        """Notes, for all tasks and threads, whether the session is closed."""
        with self._lock:
            touched = self._known.get(session.id)
        if touched:
            touched.closed = session.status == "closed"

    def current(self) -> str | None:
        """The session meant here, if there is one."""
        touched = self._entries().last.get(self)
        return None if touched is None or touched.closed else touched.id


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


class _Client:
    """What the two clients have in common: the address, the key and the making of requests."""

    def __init__(
        self, base_url: str, api_key: str, *, timeout: float = DEFAULT_TIMEOUT,
        infer_session: bool = True,
    ):
        """Connects nothing yet.

        `base_url` is `http://…`, `https://…` or `unix:/path/of/socket`; `timeout` in seconds;
        `infer_session=False` turns the rule for a session left out off (see `remember`).
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
        self._sessions = _Sessions()
        self._closed = False

    def _usable(self) -> None:
        if self._closed:
            raise RuntimeError("this client has been closed")

    def _unreachable(self, cause: BaseException) -> BridgeUnreachableError:
        where = f"unix:{self._unix}" if self._unix else f"{self._host}:{self._port}"
        if isinstance(cause, (TimeoutError, asyncio.TimeoutError)):
            return BridgeUnreachableError(f"no answer from {where} within {self._timeout:g} s")
        return BridgeUnreachableError(f"no answer from {where}: {cause or type(cause).__name__}")

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
        return {key: value for key, value in query.items() if key not in less}

    def _remember(
        self, agent_id: str, content: str, session_id: str | _LeftOut | None,
        metadata: Metadata | None, **rest: Any,
    ) -> _Call[Memory]:
        if isinstance(session_id, _LeftOut):
            session_id = self._sessions.current() if self._infer else None
            if session_id:
                metadata = {**(metadata or {}), "session_inferred": True}
        return self._add(AddMemoryRequest(
            agent_id=agent_id, content=content, session_id=session_id, metadata=metadata, **rest))

    def _add(self, req: AddMemoryRequest | Mapping[str, Any]) -> _Call[Memory]:
        def read(data: Any) -> Memory:
            memory = Memory.model_validate(data)
            if memory.session_id:
                self._sessions.touch(memory.session_id)
            return memory

        return _Call("POST", "/api/v1/memories", read, body=_request(AddMemoryRequest, req))

    def _add_all(
        self, memories: Sequence[AddMemoryRequest | Mapping[str, Any]]
    ) -> _Call[list[Memory]]:
        def read(data: Any) -> list[Memory]:
            result = [Memory.model_validate(memory) for memory in data["memories"]]
            sessions = {memory.session_id for memory in result if memory.session_id}
            if sessions:
                self._sessions.touch(sessions.pop() if len(sessions) == 1 else None)
            return result

        body = {"memories": [_request(AddMemoryRequest, memory) for memory in memories]}
        return _Call("POST", "/api/v1/memories", read, body=body)

    def _list(
        self, path: str, opts: ListOptions | Mapping[str, Any] | None, *less: str
    ) -> _Call[MemoryList]:
        return _Call("GET", path, MemoryList.model_validate, self._parameters(opts, *less))

    def _search(self, query: SearchQuery | Mapping[str, Any]) -> _Call[SearchResult]:
        body = _request(SearchQuery, query)
        return _Call("POST", "/api/v1/search", SearchResult.model_validate, body=body)

    def _register(self, req: RegisterAgentRequest | Mapping[str, Any]) -> _Call[Agent]:
        body = _request(RegisterAgentRequest, req)
        return _Call("POST", "/api/v1/agents", Agent.model_validate, body=body)

    def _create(self, req: CreateSessionRequest | Mapping[str, Any]) -> _Call[Session]:
        def read(data: Any) -> Session:
            session = Session.model_validate(data)
            self._sessions.touch(session.id)
            return session

        return _Call("POST", "/api/v1/sessions", read, body=_request(CreateSessionRequest, req))

    def _update(
        self, session_id: str, status: str | None, metadata: Metadata | None
    ) -> _Call[Session]:
        def read(data: Any) -> Session:
            session = Session.model_validate(data)
            self._sessions.settle(session)
            return session

        given = {"status": status, "metadata": metadata}
        body = {key: value for key, value in given.items() if value is not None}
        return _Call("PUT", self._item("sessions", session_id), read, body=body)

    def _sessions_of(self, agent_id: str | None) -> _Call[SessionList]:
        query = {"agent_id": agent_id} if agent_id else None
        return _Call("GET", "/api/v1/sessions", SessionList.model_validate, query)

    def _find(self, q: SessionQuery | Mapping[str, Any]) -> _Call[SessionList]:
        body = _request(SessionQuery, q)
        return _Call("POST", "/api/v1/sessions/search", SessionList.model_validate, body=body)

    def _context(
        self, session_id: str, opts: ContextOptions | Mapping[str, Any] | None
    ) -> _Call[SessionContext]:
        def read(data: Any) -> SessionContext:
            self._sessions.touch(session_id)
            return SessionContext.model_validate(data)

        path = self._item("sessions", session_id, "/context")
        return _Call("POST", path, read, body=_request(ContextOptions, opts))

    def _contexts(self, q: ContextQuery | Mapping[str, Any]) -> _Call[SessionContext]:
        def read(data: Any) -> SessionContext:
            context = SessionContext.model_validate(data)
            ids = [context.session_id] if context.session_id else context.session_ids or []
            self._sessions.touch(ids[0] if len(ids) == 1 else None)
            return context

        return _Call("POST", "/api/v1/context", read, body=_request(ContextQuery, q))


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
        infer_session: bool = True,
    ):
        super().__init__(base_url, api_key, timeout=timeout, infer_session=infer_session)
        self._idle: list[HTTPConnection] = []
        self._process = os.getpid()

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
        if self._process != os.getpid():  # a fork must not share its parent's connections
            self._idle, self._process = [], os.getpid()
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

    def _exchange(self, call: _Call[Any], body: bytes | None) -> tuple[int, bytes]:
        connection = self._connection()
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
        return status, answer

    def _send(self, call: _Call[T]) -> T:
        self._usable()
        payload = call.payload()
        for last in (False, True) if call.method == "GET" else (True,):
            try:
                status, body = self._exchange(call, payload)
                break
            except (OSError, HTTPException) as error:
                if last or isinstance(error, TimeoutError):
                    raise self._unreachable(error) from error
        return call.answer(status, body)

    def remember(
        self, agent_id: str, content: str, *,
        session_id: str | _LeftOut | None = _LeftOut.SESSION,
        memory_type: MemoryType = "episodic", event_type: str = "general",
        tags: Tags | None = None, importance: float | None = None,
        metadata: Metadata | None = None, dedup_key: str | None = None,
        parent_id: str | None = None,
    ) -> Memory:
        """Stores a memory.

        Without `session_id` it goes to the session that this client, in this thread or task, last
        created, wrote to or took the context of, unless closed since; `session_inferred` in its
        metadata then says so. `session_id=None` means no session.
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

    def list_memories(self, opts: ListOptions | Mapping[str, Any] | None = None) -> MemoryList:
        """Lists memories, newest first unless told otherwise."""
        return self._send(self._list("/api/v1/memories", opts))

    def search_memories(self, query: SearchQuery | Mapping[str, Any]) -> SearchResult:
        """Searches memories by filters, and by words with `query`."""
        return self._send(self._search(query))

    def register_agent(self, req: RegisterAgentRequest | Mapping[str, Any]) -> Agent:
        """Registers an agent. Throws ConflictError where the name is taken."""
        return self._send(self._register(req))

    def list_agents(self) -> AgentList:
        """All agents of the organisation."""
        return self._send(_Call("GET", "/api/v1/agents", AgentList.model_validate))

    def get_agent(self, agent_id: str) -> Agent:
        """An agent by id or name."""
        return self._send(_Call("GET", self._item("agents", agent_id), Agent.model_validate))

    def get_agent_stats(self, agent_id: str) -> AgentStats:
        """Counts of an agent's memories and sessions."""
        path = self._item("agents", agent_id, "/stats")
        return self._send(_Call("GET", path, AgentStats.model_validate))

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
        return self._send(_Call("GET", self._item("sessions", session_id), Session.model_validate))

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


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AsyncMemtrace(_Client):
    """The same for asyncio; use it with `async with` or `await close()` it."""

    def __init__(
        self, base_url: str, api_key: str, *, timeout: float = DEFAULT_TIMEOUT,
        infer_session: bool = True,
    ):
        super().__init__(base_url, api_key, timeout=timeout, infer_session=infer_session)
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

    async def _exchange(self, call: _Call[Any], body: bytes | None) -> tuple[int, bytes]:
        reader, writer = await self._streams()
        try:
            writer.write(self._head(call, body) + (body or b""))
            await writer.drain()
            status, answer, reusable = await _answer(reader)
        except BaseException:
            writer.transport.abort()
            raise
        idle = self._idle()
        if reusable and not self._closed and len(idle) < MAX_IDLE_CONNECTIONS:
            idle.append((reader, writer))
        else:
            writer.close()
        return status, answer

    async def _send(self, call: _Call[T]) -> T:
        self._usable()
        payload = call.payload()
        for last in (False, True) if call.method == "GET" else (True,):
            try:
                exchange = self._exchange(call, payload)
                status, body = await asyncio.wait_for(exchange, self._timeout)
                break
            except asyncio.TimeoutError as error:
                raise self._unreachable(error) from error
            except (OSError, EOFError, HTTPException, ValueError) as error:
                if last:
                    raise self._unreachable(error) from error
        return call.answer(status, body)

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

    async def list_memories(
        self, opts: ListOptions | Mapping[str, Any] | None = None
    ) -> MemoryList:
        """Lists memories, newest first unless told otherwise."""
        return await self._send(self._list("/api/v1/memories", opts))

    async def search_memories(self, query: SearchQuery | Mapping[str, Any]) -> SearchResult:
        """Searches memories by filters, and by words with `query`."""
        return await self._send(self._search(query))

    async def register_agent(self, req: RegisterAgentRequest | Mapping[str, Any]) -> Agent:
        """Registers an agent. Throws ConflictError where the name is taken."""
        return await self._send(self._register(req))

    async def list_agents(self) -> AgentList:
        """All agents of the organisation."""
        return await self._send(_Call("GET", "/api/v1/agents", AgentList.model_validate))

    async def get_agent(self, agent_id: str) -> Agent:
        """An agent by id or name."""
        return await self._send(
            _Call("GET", self._item("agents", agent_id), Agent.model_validate))

    async def get_agent_stats(self, agent_id: str) -> AgentStats:
        """Counts of an agent's memories and sessions."""
        path = self._item("agents", agent_id, "/stats")
        return await self._send(_Call("GET", path, AgentStats.model_validate))

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
            _Call("GET", self._item("sessions", session_id), Session.model_validate))

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


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Reads one answer: its status, its body, and whether the connection may be used again."""
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
    if status in (204, 304):
        return status, b"", reusable
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        chunks = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            chunks.append(await reader.readexactly(size))
            await reader.readexactly(2)
        while (await reader.readline()).strip():  # trailers
            pass
        return status, b"".join(chunks), reusable
    if length := headers.get("Content-Length"):
        return status, await reader.readexactly(int(length)), reusable
    return status, await reader.read(), False
