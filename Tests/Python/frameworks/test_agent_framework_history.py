"""Microsoft's agent-framework: our history provider beside its own in-memory one."""

from __future__ import annotations

import pytest
from agent_framework import Content, HistoryProvider, InMemoryHistoryProvider, Message
from agent_framework_history import MemtraceHistoryProvider

from sight import seen


def user(text: str, **options) -> Message:
    return Message("user", [text], **options)


MESSAGES = [
    user("My router blinks red since Monday"),
    Message("assistant", [Content.from_text("Let me test the line"), Content.from_function_call("call_1", "line_test", arguments={"line": 7})]),
    Message("tool", [Content.from_function_result("call_1", result="noise margin 3.2 dB")]),
    Message("assistant", ["Restart it, please"], author_name="support", message_id="m-4", additional_properties={"k": [1, None]}),
]


class Histories:
    """One provider, and for the reference the state that stands for each session."""

    def __init__(self, provider: HistoryProvider, run, name: str):
        self.provider, self.run, self.name, self.states = provider, run, name, {}

    def state(self, session):
        return self.states.setdefault(session, {})

    def save(self, messages, session="s1"):
        self.run(self.provider.save_messages(f"{self.name}-{session}", messages, state=self.state(session)))

    def get(self, session="s1") -> list[Message]:
        return self.run(self.provider.get_messages(f"{self.name}-{session}", state=self.state(session)))

    def dicts(self, session="s1") -> list[dict]:
        return [message.to_dict() for message in self.get(session)]


@pytest.fixture
def make(ours, client, run, name):
    def made(**options) -> Histories:
        kind = (lambda **more: MemtraceHistoryProvider(client, metadata={"case": name}, **more)) if ours else InMemoryHistoryProvider
        return Histories(kind(**options), run, name)

    return made


def dicts(messages) -> list[dict]:
    return [message.to_dict() for message in messages]


def test_it_is_a_history_provider(make):
    provider = make(store_inputs=False, load_messages=False).provider
    assert isinstance(provider, HistoryProvider) and not provider.store_inputs and not provider.load_messages


def test_messages_come_back_as_they_were_and_in_order(make):
    histories = make()
    assert histories.get() == []
    histories.save(MESSAGES[:2])
    histories.save([])
    histories.save(MESSAGES[2:])
    assert histories.dicts() == dicts(MESSAGES)
    assert [message.text for message in histories.get()] == [message.text for message in MESSAGES]


def test_sessions_do_not_see_each_other(make):
    histories = make()
    histories.save(MESSAGES[:1], "a")
    histories.save(MESSAGES[1:], "b")
    assert histories.dicts("a") == dicts(MESSAGES[:1])
    assert histories.dicts("b") == dicts(MESSAGES[1:])
    assert histories.get("c") == []


@pytest.mark.parametrize("turns", [
    [MESSAGES[:2], MESSAGES], [MESSAGES, MESSAGES], [MESSAGES[:3], MESSAGES[1:]], [[user("yes")], [user("yes")]],
    [[user("yes", message_id="1")], [user("yes", message_id="1")]], [[user("a"), user("yes")], [user("yes")]],
    [MESSAGES[3:], MESSAGES[3:], MESSAGES[3:]], [[user("x"), *MESSAGES[3:]], [*MESSAGES[3:], user("y")]],
])
def test_what_is_given_again_is_kept_once(client, name, run, turns):
    kept = []
    for provider in (MemtraceHistoryProvider(client), InMemoryHistoryProvider()):
        histories = Histories(provider, run, name)
        for turn in turns:
            histories.save(turn)
        kept.append(histories.dicts())
    assert kept[0] == kept[1]


def test_what_is_excluded_is_left_out_where_asked(make):
    histories = make(skip_excluded=True)
    out = user("old", additional_properties={"_excluded": True})
    histories.save([out, MESSAGES[0]])
    assert histories.dicts() == dicts(MESSAGES[:1])


def test_a_large_message(make):
    histories = make()
    large = [user("transcript " * 30_000), Message("user", [Content.from_uri("data:image/png;base64," + "iVBORw0K" * 20_000, media_type="image/png")])]
    histories.save(large)
    assert histories.dicts() == dicts(large)


def test_two_providers_share_a_session(client, name, run):
    first, second = (Histories(MemtraceHistoryProvider(client), run, name) for _ in range(2))
    first.save(MESSAGES[:2])
    second.save(MESSAGES[2:])
    assert first.dicts() == second.dicts() == dicts(MESSAGES)


def test_deleted_messages_are_out_of_sight(client, name, run):
    where = {"case": name}
    histories = Histories(MemtraceHistoryProvider(client, metadata=where), run, name)
    texts = [f"{name} first", f"{name} second"]
    histories.save([user(text) for text in texts])
    histories.save([user(f"{name} stays")], "other")
    assert all(seen(client, text, where) == ["list", "contains", "search", "context"] for text in texts)
    run(histories.provider.delete_messages(f"{name}-s1"))
    assert histories.get() == [] and [seen(client, text, where) for text in texts] == [[], []]
    assert [message.text for message in histories.get("other")] == [f"{name} stays"]
    histories.save([user("again")])
    assert [message.text for message in histories.get()] == ["again"]
