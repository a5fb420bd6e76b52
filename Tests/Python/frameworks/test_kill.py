"""Each adapter in a process of its own that is killed in any of its calls, and in front of a bridge that is killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from adk_memory import MemtraceMemoryService
from agent_framework import Message
from agent_framework_history import MemtraceHistoryProvider
from anthropic_memory_tool import MemtraceMemoryTool
from google.adk.sessions.session import Session
from langgraph_store import MemtraceStore
from memtrace import Memtrace
from openai_session import MemtraceSession
from test_adk_memory import event

from live_bridge import LONG, LiveBridge, running

KILLS = 40 if LONG else 4

State = dict[str, str]
Step = tuple[Callable[[], object], State]
"""A call, and what is kept once it has returned."""


class OpenAI:
    """A conversation that grows, loses its latest item and is cleared."""

    def __init__(self, client: Memtrace, name: str):
        self.session = MemtraceSession(name, client)

    def state(self) -> State:
        items = asyncio.run(self.session.get_items())
        return {item["content"]: item["content"] for item in items}

    def steps(self, dice: random.Random, state: State) -> Iterator[Step]:
        texts = list(state.values())
        while True:
            match dice.choice(["add", "add", "pop", "clear" if len(texts) > 4 else "add"]):
                case "add":
                    new = [f"item {dice.random()}" for _ in range(dice.randrange(1, 3))]
                    texts = texts + new
                    items = [{"role": "user", "content": text} for text in new]
                    call = partial(self.session.add_items, items)
                case "pop":
                    texts, call = texts[:-1], self.session.pop_item
                case "clear":
                    texts, call = [], self.session.clear_session
            yield (lambda call=call: asyncio.run(call())), {text: text for text in texts}


class LangGraph:
    """Items that are put, replaced and deleted."""

    def __init__(self, client: Memtrace, name: str):
        self.store, self.space = MemtraceStore(client, name=name), ("kill", "test")

    def state(self) -> State:
        return {item.key: item.value["text"] for item in self.store.search(self.space, limit=1_000)}

    def steps(self, dice: random.Random, state: State) -> Iterator[Step]:
        while True:
            key, text = dice.choice("abcd"), f"text {dice.random()}"
            if dice.random() < 0.3:
                state = {name: kept for name, kept in state.items() if name != key}
                yield (lambda key=key: self.store.delete(self.space, key)), state
            else:
                state = state | {key: text}
                yield (lambda key=key, text=text: self.store.put(self.space, key, {"text": text})), state


class ADK:
    """Sessions that are given again with other events."""

    def __init__(self, client: Memtrace, name: str):
        self.service, self.name = MemtraceMemoryService(client), name

    def state(self) -> State:
        values = self.service._values(self.name, "ana").read()
        return {value.metadata["entry"]["id"]: value.value["parts"][0]["text"] for value in values}

    def steps(self, dice: random.Random, state: State) -> Iterator[Step]:
        while True:
            if dice.random() < 0.7:
                state = state | {f"e{dice.randrange(10**9)}": f"text {dice.random()}"}
            else:
                state = dict(list(state.items())[dice.randrange(2):])
            session = Session(
                id="s", app_name=self.name, user_id="ana", events=[event(id, "user", text) for id, text in state.items()])
            yield (lambda session=session: asyncio.run(self.service.add_session_to_memory(session))), state


class Anthropic:
    """Files that are made, edited, moved and deleted."""

    def __init__(self, client: Memtrace, name: str):
        self.tool = MemtraceMemoryTool(client, name=name)

    def state(self) -> State:
        return {value.metadata["path"]: value.value for value in self.tool._values.read()}

    def steps(self, dice: random.Random, state: State) -> Iterator[Step]:
        while True:
            path, text = dice.choice("abcd"), f"text {dice.random()}"
            arguments = {"path": f"/memories/{path}"}
            if path not in state:
                command, state = {"command": "create", "file_text": text}, state | {path: text}
            elif dice.random() < 0.3:
                command, state = {"command": "delete"}, {name: kept for name, kept in state.items() if name != path}
            else:
                command = {"command": "str_replace", "old_str": state[path], "new_str": text}
                state = state | {path: text}
            yield (lambda command=command | arguments: self.tool.call(command)), state


class AgentFramework:
    """A history that grows and is deleted."""

    def __init__(self, client: Memtrace, name: str):
        self.provider, self.name = MemtraceHistoryProvider(client), name

    def state(self) -> State:
        messages = asyncio.run(self.provider.get_messages(self.name))
        return {message.text: message.text for message in messages}

    def steps(self, dice: random.Random, state: State) -> Iterator[Step]:
        texts = list(state.values())
        while True:
            if len(texts) > 4 and dice.random() < 0.3:
                texts, call = [], partial(self.provider.delete_messages, self.name)
            else:
                new = [f"message {dice.random()}" for _ in range(dice.randrange(1, 3))]
                texts = texts + new
                messages = [Message("user", [text]) for text in new]
                call = partial(self.provider.save_messages, self.name, messages)
            yield (lambda call=call: asyncio.run(call())), {text: text for text in texts}


@pytest.fixture(scope="module")
def own_bridge() -> Iterator[LiveBridge]:
    with running("--no-auth", "--quiet") as live:
        yield live


@pytest.mark.parametrize("adapter", [OpenAI, LangGraph, ADK, Anthropic, AgentFramework])
def test_a_kill_loses_nothing_that_was_acknowledged(own_bridge: LiveBridge, adapter):
    name, dice = f"kill-{adapter.__name__}", random.Random(15)
    state: State = {}
    for round in range(KILLS):
        after = _killed(own_bridge, adapter, name, state, dice.random(), seconds=dice.uniform(0.02, 0.12))
        # What the dead process had sent may still be on its way: the bridge ends, so that it comes to rest.
        own_bridge.kill() if round % 3 == 2 else own_bridge.stop()
        own_bridge.start()
        with Memtrace(own_bridge.url, "any", infer_session=False) as client:
            state = adapter(client, name).state()
        _judge(state, *after)
    with Memtrace(own_bridge.url, "any", infer_session=False) as client:
        ours = adapter(client, name)
        for (call, state), _ in zip(ours.steps(dice, state), range(5)):
            call()
            assert ours.state() == state


def _killed(bridge: LiveBridge, adapter, name: str, state: State, seed: float, seconds: float) -> tuple[State, State]:
    """Has a process make calls until it is killed; what was kept before and after the call it died in."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            steps = adapter(Memtrace(bridge.url, "any", infer_session=False), name).steps(random.Random(seed), state)
            os.write(writing, b"r")
            for call, _ in steps:
                call()
                os.write(writing, b".")
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    os.close(writing)
    assert os.read(reading, 1) == b"r"
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    acknowledged = 0
    while some := os.read(reading, 65_536):
        acknowledged += len(some)
    os.close(reading)
    assert os.WIFSIGNALED(status), "the process ended by itself: its fault is above"
    states = [state]
    with Memtrace(bridge.url, "any", infer_session=False) as client:
        steps = adapter(client, name).steps(random.Random(seed), state)
        for (_, after), _ in zip(steps, range(acknowledged + 1)):
            states.append(after)
    return states[acknowledged], states[acknowledged + 1]


def _judge(found: State, before: State, after: State) -> None:
    """Everything acknowledged is there, and of the call that was cut short some or all."""
    for key in found.keys() | before.keys() | after.keys():
        assert found.get(key) in (before.get(key), after.get(key)), (key, found, before, after)
