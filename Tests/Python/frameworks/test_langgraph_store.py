"""LangGraph: our store beside its InMemoryStore."""

from __future__ import annotations

import random
from datetime import datetime, timezone

import pytest
from langgraph.store.base import BaseStore, GetOp, InvalidNamespaceError, ListNamespacesOp, MatchCondition, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore
from langgraph_store import MemtraceStore

from sight import seen

USERS = [("users", "ana"), ("users", "ben"), ("teams", "billing", "eu")]
VALUES = {
    ("users", "ana"): {
        "contact": {"text": "Prefers e-mail over phone", "level": 3, "plan": {"name": "fibre", "speed": 500}},
        "device": {"model": "FB-7590", "level": 5, "tags": ["router", "wifi"]},
        "empty": {},
    },
    ("users", "ben"): {"contact": {"text": "Calls after six", "level": 1, "seen": None}},
    ("teams", "billing", "eu"): {"rule": {"text": "Refunds above 50 need a second look", "level": 4}},
}


@pytest.fixture
def store(ours, client, name) -> BaseStore:
    return MemtraceStore(client, name=name, metadata={"case": name}) if ours else InMemoryStore()


@pytest.fixture
def full(store):
    for namespace, items in VALUES.items():
        for key, value in items.items():
            store.put(namespace, key, value)
    return store


def test_a_part_of_the_namespace_may_be_the_customer(client, name):
    store = MemtraceStore(client, name=name, keys=(None, "customer_id", None))
    store.put(("customers", name), "contact", {"text": f"{name} prefers e-mail"})
    store.put(("customers",), "rule", {"text": f"{name} is nobody's rule"})
    store.put(("customers", name, "devices"), "router", {"text": f"{name} has an old router"})
    context = client.get_context({"where": {"customer_id": name}}).context
    assert f"{name} prefers e-mail" in context and f"{name} has an old router" in context and "nobody" not in context
    assert {item.key for item in store.search(("customers", name))} == {"contact", "router"}
    # The same items by a store that names no customer: the keys are no part of where they lie.
    assert MemtraceStore(client, name=name).get(("customers", name), "contact").value["text"] == f"{name} prefers e-mail"


def facts(items) -> list:
    return [(item.namespace, item.key, item.value) for item in items]


def test_what_is_put_comes_back(full):
    for namespace, items in VALUES.items():
        for key, value in items.items():
            item = full.get(namespace, key)
            assert (item.namespace, item.key, item.value) == (namespace, key, value)
            assert abs((datetime.now(timezone.utc) - item.updated_at).total_seconds()) < 60
            assert item.created_at <= item.updated_at
    assert full.get(("users", "ana"), "none") is None
    assert full.get(("users",), "contact") is None
    assert full.get(("users", "ana", "contact"), "contact") is None


def test_odd_names_and_values(store):
    names = ["with space", "schräg/strich", "Ünïcode", "UPPER", "upper", "*", "$eq", "'\"\\", "x" * 300, "1", "中文"]
    for name in names:
        store.put(("odd", name), name, {"of": name, "text": f"a value of {name}", "list": [1, 2.5, None, True, {"a": []}]})
    for name in names:
        assert store.get(("odd", name), name).value["of"] == name
        assert facts(store.search(("odd", name))) == facts([store.get(("odd", name), name)])
    large = {"text": "page " * 40_000, "more": "x" * 200_000}
    store.put(("odd",), "large", large)
    assert store.get(("odd",), "large").value == large


def test_replacing(full):
    before = full.get(("users", "ana"), "contact")
    full.put(("users", "ana"), "contact", {"text": "Prefers letters now"})
    after = full.get(("users", "ana"), "contact")
    assert after.value == {"text": "Prefers letters now"}
    assert after.updated_at > before.updated_at
    assert [item.key for item in full.search(("users", "ana"))] == ["contact", "device", "empty"]


def test_deleting(full):
    full.delete(("users", "ana"), "contact")
    full.delete(("users", "ana"), "never there")
    assert full.get(("users", "ana"), "contact") is None
    assert [item.key for item in full.search(("users", "ana"))] == ["device", "empty"]
    full.put(("users", "ana"), "contact", {"level": 9})
    assert full.get(("users", "ana"), "contact").value == {"level": 9}
    assert [item.key for item in full.search(("users", "ana"))] == ["device", "empty", "contact"]


@pytest.mark.parametrize("filter", [
    None, {}, {"level": 3}, {"level": {"$eq": 3}}, {"text": {"$ne": "Calls after six"}}, {"plan": {"name": "fibre"}},
    {"plan": {"speed": {"$gte": 500}}}, {"tags": ["router", "wifi"]}, {"tags": ["router"]}, {"seen": None},
    {"model": "FB-7590", "level": 5}, {"nothing": "here"},
])
def test_filters(full, filter):
    reference = InMemoryStore()
    for namespace, items in VALUES.items():
        for key, value in items.items():
            reference.put(namespace, key, value)
    for prefix in [(), ("users",), ("users", "ana"), ("teams",), ("use",)]:
        assert facts(full.search(prefix, filter=filter)) == facts(reference.search(prefix, filter=filter))


@pytest.mark.parametrize("operator, found", [("$gt", {"device"}), ("$gte", {"contact", "device"}), ("$lt", set()), ("$lte", {"contact"})])
def test_orders(full, operator, found):
    full.delete(("users", "ana"), "empty")
    assert {item.key for item in full.search(("users", "ana"), filter={"level": {operator: 3}})} == found


def test_limits_and_offsets(full):
    everything = facts(full.search(()))
    assert len(everything) == 5
    for limit, offset in [(1, 0), (2, 1), (10, 4), (10, 5), (3, 2)]:
        assert facts(full.search((), limit=limit, offset=offset)) == everything[offset:offset + limit]


def test_namespaces(full):
    listed = lambda **options: full.list_namespaces(**options)
    assert listed() == sorted(USERS)
    assert listed(prefix=("users",)) == USERS[:2]
    assert listed(suffix=("ben",)) == [USERS[1]]
    assert listed(prefix=("*", "billing")) == [USERS[2]]
    assert listed(max_depth=1) == [("teams",), ("users",)]
    assert listed(limit=1, offset=1) == [USERS[0]]
    assert listed(prefix=("teams",), suffix=("*", "eu")) == [USERS[2]]
    assert listed(prefix=("a", "b", "c", "d")) == []


def test_namespaces_that_are_refused(store):
    for namespace in [(), ("a.b",), ("",), ("langgraph",)]:
        with pytest.raises(InvalidNamespaceError):
            store.put(namespace, "key", {"a": 1})
    with pytest.raises(NotImplementedError):
        store.put(("a",), "key", {"a": 1}, ttl=5)


def test_a_batch_reads_before_it_puts(full):
    space = ("users", "ana")
    results = full.batch([
        PutOp(space, "new", {"n": 1}), GetOp(space, "new"), PutOp(space, "new", {"n": 2}), PutOp(space, "device", None),
        SearchOp(space), ListNamespacesOp(match_conditions=(MatchCondition("prefix", ("users",)),)), GetOp(space, "device")])
    assert results[:4] == [None, None, None, None]
    assert [item.key for item in results[4]] == ["contact", "device", "empty"]
    assert results[5] == USERS[:2]
    assert results[6].value["model"] == "FB-7590"
    assert full.get(space, "new").value == {"n": 2}
    assert full.get(space, "device") is None


def test_awaited(store, run):
    async def calls():
        await store.aput(("a",), "k", {"v": 1})
        got = await store.aget(("a",), "k")
        found = await store.asearch(("a",))
        spaces = await store.alist_namespaces()
        await store.adelete(("a",), "k")
        return got.value, facts(found), spaces, await store.aget(("a",), "k")

    assert run(calls()) == ({"v": 1}, [(("a",), "k", {"v": 1})], [("a",)], None)


def test_random_calls_give_the_same_as_the_reference(client, name):
    dice = random.Random(15)
    ours, reference = MemtraceStore(client, name=name), InMemoryStore()
    for step in range(80):
        space, key = dice.choice(USERS), dice.choice("abc")
        match dice.choice(["put", "put", "put", "delete", "get", "search"]):
            case "put":
                value = {"text": f"value {step}", "n": step}
                [store.put(space, key, value) for store in (ours, reference)]
            case "delete":
                [store.delete(space, key) for store in (ours, reference)]
            case "get":
                a, b = (store.get(space, key) for store in (ours, reference))
                assert (a and a.value) == (b and b.value), step
            case "search":
                prefix = dice.choice([space, space[:1], ()])
                a, b = (facts(store.search(prefix, limit=50)) for store in (ours, reference))
                assert sorted(map(str, a)) == sorted(map(str, b)), step
                assert prefix != space or a == b, step


def test_a_query_ranks_what_the_filter_lets_through(client, name):
    store = MemtraceStore(client, name=name)
    for number, text in enumerate(["Router firmware 2.1 is slow", "Invoice paid twice", "The router blinks"]):
        store.put(("notes",), f"note{number}", {"text": text, "kind": number % 2})
    found = store.search(("notes",), query="Routers")
    assert {item.key for item in found[:2]} == {"note0", "note2"} and found[2].key == "note1"
    assert found[0].score >= found[1].score > 0 and found[2].score is None
    assert store.search(("notes",), query="router firmware")[0].key == "note0"
    assert [item.key for item in store.search(("notes",), query="invoice", filter={"kind": 0}, limit=1)] == ["note0"]


def test_what_was_replaced_or_deleted_is_out_of_sight(client, name):
    where = {"case": name}
    store = MemtraceStore(client, name=name, metadata=where)
    old, new = f"{name} likes calls", f"{name} likes letters"
    store.put(("users", name), "contact", {"text": old})
    assert seen(client, old, where) == ["list", "contains", "search", "context"]
    store.put(("users", name), "contact", {"text": new})
    assert seen(client, old, where) == [] and seen(client, new, where) != []
    store.delete(("users", name), "contact")
    assert seen(client, new, where) == []


def test_stores_of_other_names_are_others(client, name):
    first, second = MemtraceStore(client, name=name), MemtraceStore(client, name=f"{name}-2")
    first.put(("a",), "k", {"v": 1})
    assert second.get(("a",), "k") is None and second.list_namespaces() == []
