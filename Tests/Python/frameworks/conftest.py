"""What the suites of the adapters share: which of two implementations is under test, and a bridge for ours."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import pytest
from memtrace import Memtrace

from live_bridge import LiveBridge, running


@pytest.fixture(scope="module")
def bridge() -> Iterator[LiveBridge]:
    with running("--no-auth", "--quiet") as live:
        yield live


@pytest.fixture
def client(bridge: LiveBridge) -> Iterator[Memtrace]:
    with Memtrace(bridge.url, "any", infer_session=False) as made:
        yield made


@pytest.fixture(params=["reference", "memtrace"])
def ours(request: pytest.FixtureRequest) -> bool:
    """Each test runs against the framework's own class and against our adapter."""
    return bool(request.param == "memtrace")


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture
def run():
    """Runs a coroutine to its end."""
    with asyncio.Runner() as runner:
        yield runner.run
