"""The OpenAI Agents SDK: our session beside its SQLiteSession."""

from __future__ import annotations

import asyncio
import random

import pytest
from agents.memory import SQLiteSession
from agents.memory.session import Session
from openai_session import MemtraceSession

from sight import seen

ITEMS = [
    {"role": "user", "content": "My router blinks red since Monday"},
    {"type": "function_call", "call_id": "call_1", "name": "line_test", "arguments": '{"line": 7}', "id": "fc_0123456789abcdef"},
    {"type": "function_call_output", "call_id": "call_1", "output": "noise margin 3.2 dB"},
    {"id": "msg_67ccd3acc8d48190a77525dc6de64b41", "type": "message", "role": "assistant", "status": "completed",
     "content": [{"type": "output_text", "text": "Restart it, please", "annotations": [], "logprobs": None}]},
    {"role": "user", "content": [{"type": "input_text", "text": "Done"}, {"type": "input_image", "image_url": "https://example.org/led.png", "detail": "auto"}]},
    {"role": "user", "content": ""},
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "line \u0000 fault"}], "nested": [[[[[[[[[{"deep": 1.5}]]]]]]]]]},
]


@pytest.fixture
def make(ours, client, name, tmp_path):
    """Sessions of the kind under test, by what is behind `name`."""
    def made(suffix: str = "", **options):
        if ours:
            return MemtraceSession(name + suffix, client, metadata={"case": name}, **options)
        return SQLiteSession(name + suffix, tmp_path / "sessions.db", **options)

    return made


def test_it_is_a_session(make):
    assert isinstance(make(), Session)


def test_items_come_back_as_they_were_and_in_order(make, run):
    session = make()
    assert run(session.get_items()) == []
    run(session.add_items(ITEMS[:3]))
    run(session.add_items([]))
    run(session.add_items(ITEMS[3:]))
    assert run(session.get_items()) == ITEMS
    assert [list(item) for item in run(session.get_items())] == [list(item) for item in ITEMS]


def test_a_limit_takes_the_latest_in_order(make, run):
    session = make()
    run(session.add_items(ITEMS))
    for limit in (0, 1, 3, len(ITEMS), 100):
        assert run(session.get_items(limit)) == (ITEMS[-limit:] if limit else [])
    assert run(session.get_items(-1)) == ITEMS
    assert run(make(session_settings={"limit": 2}).get_items()) == ITEMS[-2:]


def test_a_large_item_and_half_a_surrogate_pair(make, run):
    session = make()
    large = {"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64," + "iVBORw0K" * 40_000}]}
    wide = {"role": "user", "content": "Straße " * 40_000}
    broken = {"role": "user", "content": "cut \ud83d here"}
    for item in (large, wide, broken):
        run(session.add_items([ITEMS[0], item]))
        assert run(session.get_items(1)) == [item]
    assert run(session.get_items()) == [ITEMS[0], large, ITEMS[0], wide, ITEMS[0], broken]
    assert run(session.pop_item()) == broken
    assert run(session.pop_item()) == ITEMS[0]
    assert run(session.pop_item()) == wide
    assert run(session.get_items()) == [ITEMS[0], large, ITEMS[0]]


def test_more_than_one_batch(make, run):
    session = make()
    items = [{"role": "user", "content": f"line {number}"} for number in range(1_203)]
    run(session.add_items(items))
    assert run(session.get_items()) == items
    assert run(session.get_items(1_100)) == items[-1_100:]


def test_popping_takes_the_latest(make, run):
    session = make()
    run(session.add_items(ITEMS))
    assert [run(session.pop_item()) for _ in range(3)] == ITEMS[:-4:-1]
    assert run(session.get_items()) == ITEMS[:-3]
    run(session.add_items(ITEMS[:1]))
    assert run(session.get_items(1)) == ITEMS[:1]
    for _ in range(5):
        run(session.pop_item())
    assert run(session.pop_item()) is None


def test_clearing_one_leaves_the_others(make, run):
    session, other = make(), make("-other")
    run(session.add_items(ITEMS))
    run(other.add_items(ITEMS[:1]))
    run(session.clear_session())
    assert run(session.get_items()) == []
    assert run(session.pop_item()) is None
    run(session.add_items(ITEMS[:2]))
    assert run(session.get_items()) == ITEMS[:2]
    assert run(other.get_items()) == ITEMS[:1]


def test_two_handles_on_one_conversation(make, run):
    first, second = make(), make()
    run(first.add_items(ITEMS[:2]))
    run(second.add_items(ITEMS[2:3]))
    assert run(first.get_items()) == ITEMS[:3]
    assert run(first.pop_item()) == ITEMS[2]
    assert run(second.get_items()) == ITEMS[:2]


def test_many_that_pop_at_once_get_an_item_each(make, run):
    items = [{"role": "user", "content": f"ticket {number}"} for number in range(12)]
    run(make().add_items(items))

    async def pop_all() -> list:
        return await asyncio.gather(*(make().pop_item() for _ in range(12)))

    popped = run(pop_all())
    key = lambda item: item["content"]
    assert sorted(popped, key=key) == sorted(items, key=key)
    assert run(make().get_items()) == []


def test_random_calls_give_the_same_as_the_reference(client, name, tmp_path, run):
    dice = random.Random(15)
    pair = (MemtraceSession(name, client), SQLiteSession(name, tmp_path / "reference.db"))
    for step in range(60):
        items = [dice.choice(ITEMS) | {"step": step} for _ in range(dice.randrange(4))]
        limit = dice.choice([None, 0, 1, 2, 5])
        call = dice.choice(["add_items"] * 3 + ["pop_item", "get_items", "clear_session" if step % 9 == 0 else "get_items"])
        arguments = {"add_items": [items], "get_items": [limit]}.get(call, [])
        ours, reference = (run(getattr(session, call)(*arguments)) for session in pair)
        assert ours == reference, (step, call)
    assert run(pair[0].get_items()) == run(pair[1].get_items())


def test_what_was_popped_or_cleared_is_out_of_sight(client, name, run):
    where = {"case": name}
    session = MemtraceSession(name, client, metadata=where)
    texts = [f"{word} {name}" for word in ("alpha", "bravo", "charlie", "delta")]
    run(session.add_items([{"role": "user", "content": text} for text in texts]))
    assert all(seen(client, text, where) == ["list", "contains", "search", "context"] for text in texts)
    assert "user: " + texts[0] in client.get_context({"where": where}).context
    run(MemtraceSession(f"{name}-tool", client, metadata=where).add_items(ITEMS[1:3]))
    assert "line_test: " in client.get_context({"where": where}).context
    run(session.pop_item())
    assert seen(client, texts[3], where) == []
    run(session.clear_session())
    assert [seen(client, text, where) for text in texts] == [[]] * 4
