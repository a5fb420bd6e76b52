"""Google's ADK: our memory service beside its InMemoryMemoryService."""

from __future__ import annotations

import pytest
from adk_memory import MemtraceMemoryService
from google.adk.events.event import Event
from google.adk.memory.base_memory_service import BaseMemoryService
from google.adk.memory.in_memory_memory_service import InMemoryMemoryService
from google.adk.memory.memory_entry import MemoryEntry
from google.adk.sessions.session import Session
from google.genai.types import Content, FunctionCall, Part

from sight import seen

TEXTS = [
    ("user", "My router blinks red since Monday"),
    ("support", "The firmware of this router is outdated"),
    ("user", "Where is the invoice of October?"),
    ("support", "Invoice resent by letter"),
]


def event(id: str, author: str, *texts: str, **options) -> Event:
    role = "user" if author == "user" else "model"
    parts = [Part(text=text) for text in texts]
    return Event(id=id, author=author, timestamp=1_795_000_000.25, content=Content(role=role, parts=parts), **options)


EVENTS = [event(f"e{number}", author, text) for number, (author, text) in enumerate(TEXTS)]


@pytest.fixture
def service(ours, client) -> BaseMemoryService:
    return MemtraceMemoryService(client) if ours else InMemoryMemoryService()


@pytest.fixture
def found(service, name, run):
    """What a search of this test's application finds, by id."""
    def search(query: str, count: int, user: str = "ana", app: str = ""):
        answer = run(service.search_memory(app_name=app or name, user_id=user, query=query))
        assert len(answer.memories) == count
        return sorted((entry.model_dump() for entry in answer.memories), key=lambda entry: entry["id"])

    return search


@pytest.fixture
def keep(service, name, run):
    def kept(events, user: str = "ana", session: str = "s1", app: str = ""):
        run(service.add_session_to_memory(Session(id=session, app_name=app or name, user_id=user, events=list(events))))

    return kept


def ids(entries) -> list[str]:
    return [entry["id"] for entry in entries]


def test_events_come_back_as_they_were(keep, found):
    keep(EVENTS)
    entries = found("router", 2)
    assert ids(entries) == ["e0", "e1"]
    assert entries[0]["content"] == EVENTS[0].content.model_dump()
    assert entries[0]["author"] == "user" and entries[0]["timestamp"].startswith("2026-11-")
    assert ids(found("ROUTER", 2)) == ["e0", "e1"]
    assert ids(found("invoice", 2)) == ["e2", "e3"]
    assert found("zebra", 0) == found("", 0) == []


def test_every_part_is_kept(keep, found):
    whole = event("many", "support", "Swap the splitter", "then test again")
    whole.content.parts.append(Part(function_call=FunctionCall(name="line_test", args={"line": 7, "deep": {"a": [1.5, None]}})))
    empty = Event(id="none", author="user", content=Content(role="user", parts=[]))
    keep([whole, empty])
    assert [entry["content"] for entry in found("splitter", 1)] == [whole.content.model_dump()]


def test_a_long_event(keep, found):
    long = event("long", "user", "transcript " * 20_000 + "modem")
    keep([long, EVENTS[0]])
    assert [entry["content"] for entry in found("modem", 1)] == [long.content.model_dump()]


def test_users_and_applications_do_not_see_each_other(keep, found, name):
    keep(EVENTS[:1], user="ana")
    keep(EVENTS[1:2], user="ben")
    keep(EVENTS[:2], user="ana", app=name + "-other")
    assert ids(found("router", 1)) == ["e0"] and found("outdated", 0) == []
    assert ids(found("router", 1, user="ben")) == ["e1"]
    assert ids(found("router", 2, app=name + "-other")) == ["e0", "e1"]
    assert found("router", 0, user="dora") == []


def test_adding_a_session_again_replaces_its_events(keep, found):
    keep(EVENTS[:2])
    keep(EVENTS[:3], session="s1")
    keep(EVENTS[3:], session="s2")
    assert ids(found("router", 2)) == ["e0", "e1"] and ids(found("invoice", 2)) == ["e2", "e3"]
    keep([event("e0", "user", "My modem blinks"), EVENTS[2]])
    assert found("router", 0) == [] and ids(found("modem", 1)) == ["e0"] and ids(found("invoice", 2)) == ["e2", "e3"]
    keep([])
    assert ids(found("invoice", 1)) == ["e3"] and found("modem", 0) == []


def test_a_delta_adds_what_is_not_there(keep, found, service, name, run):
    def add(events, session="s1"):
        run(service.add_events_to_memory(app_name=name, user_id="ana", events=events, session_id=session))

    keep(EVENTS[:1])
    add(EVENTS[:2])
    add([event("e1", "support", "changed router text")])
    assert [entry["content"]["parts"][0]["text"] for entry in found("router", 2)] == [TEXTS[0][1], TEXTS[1][1]]
    add(EVENTS[2:3], session=None)
    assert ids(found("invoice", 1)) == ["e2"]


def test_a_deleted_memory_does_not_come_back_with_its_session(keep, found, service, name, run):
    keep(EVENTS)
    run(service.delete_memory(app_name=name, user_id="ana", memory_id="e0"))
    run(service.delete_memory(app_name=name, user_id="ana", memory_id="never there"))
    run(service.delete_memory(app_name=name, user_id="ana"))
    assert ids(found("router", 1)) == ["e1"] and found("Monday", 0) == []
    keep(EVENTS)
    run(service.add_events_to_memory(app_name=name, user_id="ana", events=EVENTS[:1], session_id="s1"))
    assert ids(found("router", 1)) == ["e1"] and found("Monday", 0) == []
    keep(EVENTS, user="ben")
    assert ids(found("router", 2, user="ben")) == ["e0", "e1"]


def test_a_search_finds_ten_at_most(keep, found):
    keep([event(f"e{number:02}", "user", f"router number {number}") for number in range(14)])
    assert len(found("router", 10)) == 10


def test_a_memory_that_comes_from_no_event(client, name, run):
    service = MemtraceMemoryService(client)
    entry = MemoryEntry(content=Content(role="user", parts=[Part(text="Prefers letters")]), author="user")
    run(service.add_memory(app_name=name, user_id="ana", memories=[entry]))
    answer = run(service.search_memory(app_name=name, user_id="ana", query="letters"))
    assert [(found.content, found.author) for found in answer.memories] == [(entry.content, "user")]
    run(service.delete_memory(app_name=name, user_id="ana", memory_id=answer.memories[0].id))
    assert run(service.search_memory(app_name=name, user_id="ana", query="letters")).memories == []


def test_what_was_deleted_or_replaced_is_out_of_sight(client, name, run):
    service = MemtraceMemoryService(client, user_key="customer_id")
    where = {"customer_id": name}
    texts = [f"{name} first note", f"{name} second note", f"{name} third note"]

    def keep(*numbers):
        run(service.add_session_to_memory(Session(
            id="s", app_name="support", user_id=name, events=[event(f"e{number}", "user", texts[number]) for number in numbers])))

    keep(0, 1, 2)
    assert all(seen(client, text, where) == ["list", "contains", "search", "context"] for text in texts)
    run(service.delete_memory(app_name="support", user_id=name, memory_id="e0"))
    keep(0, 2)
    assert [seen(client, text, where) != [] for text in texts] == [False, False, True]
    keep()
    assert seen(client, texts[2], where) == []
    assert "delet" not in client.get_context({"where": where}).context
