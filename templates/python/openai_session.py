"""The OpenAI Agents SDK's conversation, kept by Memtrace: put this file and memtrace.py beside your program.

    session = MemtraceSession("chat-17", Memtrace(url, key), metadata={"customer_id": "cust_12345"})
    await Runner.run(agent, "My router blinks red", session=session)

What was said is then part of the customer's context for every other department. Items that are popped or cleared
are retracted: in no context, list or search any more, and still in the repository's history.
"""

from __future__ import annotations

import asyncio
from typing import Any

from agents.items import TResponseInputItem
from agents.memory.session_settings import SessionSettings, resolve_session_limit

from memtrace import Memtrace, Values


class MemtraceSession:
    """A `Session` of the Agents SDK. Any number of processes may hold the same one."""

    def __init__(
        self, session_id: str, client: Memtrace, *, agent_id: str = "openai-agents",
        metadata: dict[str, Any] | None = None, session_settings: SessionSettings | None = None,
    ):
        """`metadata` says whom the conversation is about; it counts when the session is made."""
        self.session_id = session_id
        self.session_settings = session_settings or SessionSettings()
        self._values = Values(
            client, agent_id, {"openai_session": session_id}, kind="openai_item", metadata=metadata)

    async def get_items(self, limit: int | None = None) -> list[TResponseInputItem]:
        """The latest items, oldest first; all of them without a limit."""
        last = resolve_session_limit(limit, self.session_settings)
        if last is not None and last < 0:
            last = None
        return [value.value for value in await asyncio.to_thread(self._values.read, last=last)]

    async def add_items(self, items: list[TResponseInputItem]) -> None:
        """Adds items at the end. When it returns they survive a power cut."""
        if items:
            await asyncio.to_thread(self._values.add, items)

    async def pop_item(self) -> TResponseInputItem | None:
        """Takes the latest item away and returns it; of two that pop at once each gets another."""
        return await asyncio.to_thread(self._pop)

    async def clear_session(self) -> None:
        """Takes all items away."""
        def clear() -> None:
            self._values.remove([memory.id for memory in self._values.memories()])

        await asyncio.to_thread(clear)

    def _pop(self) -> TResponseInputItem | None:
        while found := self._values.read(last=1):
            if self._values.remove(found[0].ids):
                item: TResponseInputItem = found[0].value
                return item
        return None
