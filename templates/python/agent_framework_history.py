"""The history of Microsoft's agent-framework, kept by Memtrace: put this file and memtrace.py beside your program.

    history = MemtraceHistoryProvider(Memtrace(url, key), metadata={"customer_id": "cust_12345"})
    agent = Agent(client=…, context_providers=[history])

What was said is then part of the customer's context for every other department. Messages that are deleted are
retracted: in no context, list or search any more, and still in the repository's history.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from agent_framework import HistoryProvider, Message

from memtrace import Memtrace, Values


class MemtraceHistoryProvider(HistoryProvider):
    """A `HistoryProvider`. Any number of processes may hold the same sessions."""

    def __init__(
        self, client: Memtrace, *, agent_id: str = "agent-framework", source_id: str = "memtrace",
        metadata: dict[str, Any] | None = None, skip_excluded: bool = False, **options: Any,
    ):
        """`metadata` says whom a session is about; `options` are those of `HistoryProvider`."""
        super().__init__(source_id, **options)
        self.skip_excluded = skip_excluded
        self._client, self._agent_id, self._metadata = client, agent_id, metadata

    async def get_messages(
        self, session_id: str | None, *, state: dict[str, Any] | None = None, **kwargs: Any
    ) -> list[Message]:
        """The messages of a session, oldest first."""
        messages = await asyncio.to_thread(self._read, session_id)
        return [
            message for message in messages
            if not (self.skip_excluded and message.additional_properties.get("_excluded"))]

    async def save_messages(
        self, session_id: str | None, messages: Sequence[Message], *,
        state: dict[str, Any] | None = None, **kwargs: Any,
    ) -> None:
        """Adds those that are new. When it returns they survive a power cut."""
        def save() -> None:
            values = self._values(session_id)
            kept = [value.value for value in values.read()]
            values.add(_new(kept, [message.to_dict() for message in messages]))

        if messages:
            await asyncio.to_thread(save)

    async def delete_messages(self, session_id: str | None) -> None:
        """Takes all messages of a session away."""
        def delete() -> None:
            values = self._values(session_id)
            values.remove([memory.id for memory in values.memories()])

        await asyncio.to_thread(delete)

    def _read(self, session_id: str | None) -> list[Message]:
        return [Message.from_dict(value.value) for value in self._values(session_id).read()]

    def _values(self, session_id: str | None) -> Values:
        return Values(
            self._client, self._agent_id,
            {"agent_framework_session": session_id or "default", "source": self.source_id},
            kind="agent_framework_message", metadata=self._metadata)


def _new(kept: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What follows the overlap with what is kept: callers give the latest turn, or the whole conversation again.

    The one question of a user asked twice in a row is kept twice, unless its id says that it is the same.
    """
    def sign(message: dict[str, Any]) -> Any:
        return message.get("message_id") or message

    old, new = [sign(message) for message in kept], [sign(message) for message in given]

    def is_question_again(count: int) -> bool:
        return count == 1 and kept[-1].get("role") == "user" and not kept[-1].get("message_id")

    for start in range(len(new) - len(old) + 1) if old else ():
        if new[start:start + len(old)] == old and not (start == 0 and is_question_again(len(old))):
            return given[start + len(old):]
    for count in range(min(len(old), len(new)), 0, -1):
        if old[-count:] == new[:count] and not is_question_again(count):
            return given[count:]
    return given
