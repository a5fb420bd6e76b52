"""Every example of docs/INTEGRATIONS.md runs as it stands, but for the address and the key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from live_bridge import LiveBridge

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "INTEGRATIONS.md").read_text()
EXAMPLES = re.findall(r"^## ([^\n]+)\n\n```python\n(.*?)^```$", TEXT, re.M | re.S)


@pytest.mark.parametrize("title, program", EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example_runs(bridge: LiveBridge, title: str, program: str):
    assert len(program.splitlines()) <= 16
    exec(compile(program.replace("http://localhost:9100", bridge.url), title, "exec"), {})


def test_every_adapter_has_an_example_and_at_most_120_lines():
    adapters = sorted(path for path in (ROOT / "templates" / "python").glob("*.py") if path.name != "memtrace.py")
    assert len(adapters) == len(EXAMPLES) == 5
    for adapter in adapters:
        assert f"`python/{adapter.name}`" in TEXT and any(f"from {adapter.stem} import" in text for _, text in EXAMPLES)
        assert len(adapter.read_text().splitlines()) <= 120


def test_the_versions_are_those_that_are_tested():
    pinned = dict(re.findall(r"^([\w-]+)==(\d+\.\d+)", (ROOT / "Tests/Python/frameworks/requirements.txt").read_text(), re.M))
    for package, name in [
        ("openai-agents", "OpenAI Agents SDK"), ("langgraph", "LangGraph"), ("google-adk", "Google ADK"),
        ("anthropic", "Anthropic SDK"), ("agent-framework-core", "Microsoft agent-framework"),
    ]:
        assert f"| {name} {pinned[package]} |" in TEXT
