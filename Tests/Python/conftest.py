"""What the tests share: bridges with and without keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from live_bridge import LiveBridge, running


@pytest.fixture(scope="module")
def bridge() -> Iterator[LiveBridge]:
    """A bridge that takes any key, shared by a file's tests: each uses names of its own."""
    with running("--no-auth") as live:
        yield live


@pytest.fixture(scope="module")
def guarded() -> Iterator[LiveBridge]:
    """A bridge that wants keys; make them with `guarded.key()`."""
    world = running()
    world.bridge.first_key = world.bridge.key("first")  # type: ignore[attr-defined]
    with world as live:
        yield live
