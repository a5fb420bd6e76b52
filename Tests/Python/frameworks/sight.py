"""Where a text of the repository can come to anybody's eyes, looked at from outside of the adapters."""

from __future__ import annotations

from memtrace import Memtrace


def seen(client: Memtrace, text: str, where: dict[str, str]) -> list[str]:
    """The ways in which a text is still found: lists, searches, contexts."""
    ways = {
        "list": [memory.content for memory in _everything(client)],
        "contains": [hit.content for hit in client.search_memories(
            {"content_contains": text, "limit": 1000}).results],
        "search": [hit.content for hit in client.search_memories(
            {"query": text, "limit": 1000}).results],
        "context": [client.get_context({"where": where, "max_tokens": 50_000}).context],
    }
    return [way for way, texts in ways.items() if any(text in found for found in texts)]


def _everything(client: Memtrace) -> list:
    found: list = []
    while True:
        page = client.list_memories({"limit": 1000, "offset": len(found), "order": "asc"})
        found += page.memories
        if not page.has_more:
            return found
