"""LangGraph's long-term store, kept by Memtrace: put this file and memtrace.py beside your program.

    store = MemtraceStore(Memtrace(url, key, infer_session=False), keys=(None, "customer_id"))
    graph = builder.compile(store=store)

Each namespace is a session, each item a memory: what one graph learns, every search and context of the repository
finds. An item that is replaced or deleted is retracted: in none of them any more, and still in the history.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from operator import eq, ne
from typing import Any

from langgraph.store.base import (
    BaseStore, GetOp, ListNamespacesOp, MatchCondition, Op, PutOp, Result, SearchItem, SearchOp)

from memtrace import Memtrace, Value, Values

_OPERATORS = {
    "$eq": eq, "$ne": ne, "$gt": lambda a, b: float(a) > float(b), "$gte": lambda a, b: float(a) >= float(b),
    "$lt": lambda a, b: float(a) < float(b), "$lte": lambda a, b: float(a) <= float(b)}


class MemtraceStore(BaseStore):
    """A `BaseStore`. A query ranks by words what the filter lets through; nothing expires."""

    supports_ttl = False

    def __init__(
        self, client: Memtrace, *, agent_id: str = "langgraph", name: str = "default",
        metadata: dict[str, Any] | None = None, keys: Iterable[str | None] = (),
    ):
        """Another `name` is another store. Sessions that are made get `metadata`, and the namespace's parts as `keys`."""
        self._client, self._agent_id, self._name = client, agent_id, name
        self._metadata, self._keys = metadata or {}, tuple(keys)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Answers what is asked as things were before, then puts; of two puts of a key the last."""
        results: list[Result] = []
        puts: dict[tuple[tuple[str, ...], str], PutOp] = {}
        for op in ops:
            results.append(None)
            if isinstance(op, PutOp):
                puts[op.namespace, op.key] = op
            elif isinstance(op, GetOp):
                found = self._values(op.namespace).read(tags=[_tag(op.namespace, op.key)])
                results[-1] = _item(found[-1]) if found else None
            elif isinstance(op, SearchOp):
                results[-1] = self._search(op)
            elif isinstance(op, ListNamespacesOp):
                names = {item.namespace[:op.max_depth] for item in self._items(()) if all(
                    _matches(wanted, item.namespace) for wanted in op.match_conditions or ())}
                results[-1] = sorted(names)[op.offset:op.offset + op.limit]
        for op in puts.values():
            self._put(op)
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The same, in a thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _put(self, op: PutOp) -> None:
        values, tag = self._values(op.namespace), _tag(op.namespace, op.key)
        if op.value is None:
            values.remove([memory.id for memory in values.memories(tags=[tag])])
        else:
            values.replace(dict(op.value), tag, metadata={"namespace": list(op.namespace), "key": op.key})

    def _search(self, op: SearchOp) -> list[SearchItem]:
        items = [item for item in self._items(op.namespace_prefix) if _holds(item.value, op.filter or {})]
        if op.query:
            found = self._values(op.namespace_prefix, exact=False).find(op.query, 1_000)
            scores = {_name(value): value.score for value in found}
            for item in items:
                item.score = scores.get((item.namespace, item.key))
            items.sort(key=lambda item: -(item.score or 0.0))
        return items[op.offset:op.offset + op.limit]

    def _items(self, prefix: tuple[str, ...]) -> list[SearchItem]:
        """The newest version of each, in the order in which they were first put."""
        newest = {_name(value): value for value in self._values(prefix, exact=False).read()}
        return [_item(value) for value in sorted(newest.values(), key=lambda value: value.first)]

    def _values(self, namespace: tuple[str, ...], exact: bool = True) -> Values:
        where = {f"namespace_{place}": part for place, part in enumerate(namespace)}
        where |= {"langgraph_store": self._name, **({"depth": str(len(namespace))} if exact else {})}
        about = {key: part for key, part in zip(self._keys, namespace) if key}
        return Values(self._client, self._agent_id, where, kind="langgraph_item", metadata=self._metadata | about)


def _tag(namespace: tuple[str, ...], key: str) -> str:
    return "key." + hashlib.sha256(json.dumps([*namespace, key]).encode()).hexdigest()[:32]


def _name(value: Value) -> tuple[tuple[str, ...], str]:
    return tuple(value.metadata["namespace"]), value.metadata["key"]


def _item(value: Value) -> SearchItem:
    return SearchItem(*_name(value), value.value, value.since, value.time)


def _matches(wanted: MatchCondition, namespace: tuple[str, ...]) -> bool:
    step = -1 if wanted.match_type == "suffix" else 1
    pairs = zip(wanted.path[::step], namespace[::step])
    return len(wanted.path) <= len(namespace) and all(a in ("*", b) for a, b in pairs)


def _holds(value: Any, wanted: Any) -> bool:
    """Whether a value is what a filter asks for: equal, with these members, or so by its operators."""
    if isinstance(wanted, dict) and any(key.startswith("$") for key in wanted):
        return all(_OPERATORS[key](value, than) for key, than in wanted.items())
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(_holds(value.get(key), wanted[key]) for key in wanted)
    return bool(value == wanted)
