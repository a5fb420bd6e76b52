"""The memory of Google's ADK, kept by Memtrace: put this file and memtrace.py beside your program.

    service = MemtraceMemoryService(Memtrace(url, key, infer_session=False), user_key="customer_id")
    runner = Runner(agent=agent, app_name="support", session_service=…, memory_service=service)

With `user_key="customer_id"` what an ADK user said is part of that customer's context for every other department.
A memory that is deleted is retracted: in no context, list or search any more, and still in the history.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from google.adk.events.event import Event
from google.adk.memory.base_memory_service import BaseMemoryService, SearchMemoryResponse
from google.adk.memory.memory_entry import MemoryEntry
from google.adk.sessions.session import Session
from google.genai.types import Content

from memtrace import Memtrace, Values


class MemtraceMemoryService(BaseMemoryService):
    """A `BaseMemoryService`: a search finds the ten memories that fit the query best."""

    def __init__(self, client: Memtrace, *, agent_id: str = "adk", user_key: str = "user_id"):
        """`user_key` is the key under which a session's metadata says whose it is."""
        self._client, self._agent_id, self._user_key = client, agent_id, user_key

    async def add_session_to_memory(self, session: Session) -> None:
        """Keeps the events of a session; what is no longer among them is taken away."""
        await asyncio.to_thread(
            self._add, session.app_name, session.user_id, session.id, _entries(session.events), True)

    async def add_events_to_memory(
        self, *, app_name: str, user_id: str, events: Sequence[Event],
        session_id: str | None = None, custom_metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Keeps those of these events that are not there yet."""
        await asyncio.to_thread(self._add, app_name, user_id, session_id, _entries(events))

    async def add_memory(
        self, *, app_name: str, user_id: str, memories: Sequence[MemoryEntry],
        custom_metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Keeps memories that come from no event."""
        await asyncio.to_thread(self._add, app_name, user_id, None, list(memories))

    async def search_memory(
        self, *, app_name: str, user_id: str, query: str
    ) -> SearchMemoryResponse:
        """The ten memories of this user that fit best."""
        values = self._values(app_name, user_id)
        found = await asyncio.to_thread(values.find, query, 10) if query.strip() else []
        return SearchMemoryResponse(memories=[
            MemoryEntry(content=Content.model_validate(value.value), **value.metadata["entry"])
            for value in found])

    async def delete_memory(
        self, *, app_name: str, user_id: str, memory_id: str | None = None
    ) -> None:
        """Takes a memory away; it does not come back with its session."""
        def delete() -> None:
            values, tag = self._values(app_name, user_id), _tag(memory_id or "")
            if held := list(values.memories(tags=[tag])):
                self._deleted(app_name, user_id).add([tag])
                values.remove(memory.id for memory in held)

        if memory_id:
            await asyncio.to_thread(delete)

    def _add(
        self, app: str, user: str, session: str | None, entries: list[MemoryEntry],
        replaces: bool = False,
    ) -> None:
        values = self._values(app, user, session or "unknown")
        held = {value.metadata["entry"]["id"]: value for value in values.read()}
        deleted = {value.value for value in self._deleted(app, user).read()}
        wanted: dict[str, tuple[Any, dict[str, Any]]] = {}
        for entry in entries:
            fields = entry.model_dump(mode="json", exclude_none=True)
            content, fields["id"] = fields.pop("content"), entry.id or str(uuid.uuid4())
            if _tag(fields["id"]) not in deleted:
                wanted.setdefault(fields["id"], (content, fields))
        new = {
            id: entry for id, entry in wanted.items()
            if id not in held or replaces and held[id].value != entry[0]}
        values.add_each(
            (content, [_tag(id)], {"entry": fields}) for id, (content, fields) in new.items())
        values.remove(
            part for id, value in held.items() for part in value.ids
            if replaces and (id in new or id not in wanted) or _tag(id) in deleted)

    def _deleted(self, app: str, user: str) -> Values:
        """What does not come back: in a session of its own, which is in no customer's context."""
        where = {"adk_deletions": app, "adk_user": user}
        return Values(self._client, self._agent_id, where, kind="adk_deletion")

    def _values(self, app: str, user: str, session: str | None = None) -> Values:
        where = {"adk_app": app, self._user_key: user} | ({"adk_session": session} if session else {})
        return Values(self._client, self._agent_id, where, kind="adk_event")


def _tag(id: str) -> str:
    return "event." + hashlib.sha256(id.encode()).hexdigest()[:32]


def _entries(events: Iterable[Event]) -> list[MemoryEntry]:
    return [
        MemoryEntry(
            id=event.id, content=event.content, author=event.author,
            timestamp=datetime.fromtimestamp(event.timestamp).isoformat())
        for event in events if event.content and event.content.parts]
