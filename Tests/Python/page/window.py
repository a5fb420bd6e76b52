"""A window of a browser, and a bridge whose repository has something to review."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from live_bridge import LiveBridge, running

ROOT = Path(__file__).resolve().parents[3]
SHOTS = ROOT / ".build" / "page"
CHROMIUM = shutil.which("chromium") or ""


class Office:
    """A guarded bridge over a copy of the sample, with three decisions that wait for a review."""

    def __init__(self, bridge: LiveBridge) -> None:
        self.bridge = bridge
        self.key = bridge.key("Ana")
        bridge.verb("review", "policy", "--before", "decision:0.8")
        self.sessions = []
        self.pending = []
        waiting = [
            ("Waive the early termination fee of 250.00", "Customer was angry and mentioned leaving", "support-agent-41"),
            ("Refund three months, 89.70 in all", "The line was down on eleven evenings; the log shows it", "billing-support"),
            ("Send a new router without charge", "Two exchanges have failed, and a visit costs more", "internet-support")]
        for number, (text, reason, agent) in enumerate(waiting):
            made = bridge.verb("session", "create", "--agent", "support-agent-41", "--meta", f"customer_id=cust_777{number}",
                               "--meta", f"name=Ben {number}")
            self.sessions.append(made["id"])
            self.remember("Line drops every evening between seven and nine.", number, "--tag", "line", "--importance", "0.6")
            self.pending.append(bridge.verb(
                "decide", text, "--reasoning", reason, "--agent", agent,
                "--session", made["id"], "--importance", str(0.95 - number / 20))["id"])

    def remember(self, text: str, session: int, *more: str) -> str:
        return str(self.bridge.verb("remember", text, "--agent", "internet-support", "--session", self.sessions[session], *more)["id"])

    def post(self, path: str, body: Any) -> Any:
        asked = urllib.request.Request(
            f"{self.bridge.url}/api/v1/{path}", json.dumps(body).encode(), {"x-api-key": self.key, "Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def record(self, rows: list[dict[str, Any]]) -> None:
        """Many at once, through the bridge."""
        assert self.post("memories", {"memories": rows})["count"] == len(rows)

    def state(self, record: str) -> str:
        return str(self.bridge.verb("show", record).get("state", "stands"))


def office() -> Any:
    """`with office() as it:`"""
    world = running()
    sample = world.bridge.repository
    shutil.rmtree(sample)
    world.bridge.command("init", str(sample), "--from", str(ROOT / "sample-repo"), "--org", "teleco")
    made = Office(world.bridge)

    class Context:
        def __enter__(self) -> Office:
            world.__enter__()
            return made

        def __exit__(self, kind: object, *_: object) -> None:
            world.__exit__(kind)

    return Context()


class Window:
    """One window, by keyboard alone; everything that it asks for and complains of is kept."""

    def __init__(self, browser: Browser, office: Office, width: int = 1400, scheme: str = "light", key: str | None = None) -> None:
        self.office = office
        self.context = browser.new_context(
            permissions=["clipboard-read", "clipboard-write"],
            viewport={"width": width, "height": 900 if width > 500 else 800}, color_scheme=scheme, reduced_motion="reduce",
            locale="en-GB", timezone_id="UTC")
        self.page = self.context.new_page()
        self.page.set_default_timeout(40_000)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(office.bridge.url + "/")
        self.page.wait_for_selector("#key")
        self.type(key or office.key)
        self.press("Enter")
        self.shows("h1", "Today")
        self.page.wait_for_selector("#live[data-state=on]")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def shows(self, selector: str, text: str) -> None:
        self.page.locator(selector, has_text=text).first.wait_for()

    def lacks(self, selector: str, text: str) -> None:
        self.page.locator(selector, has_text=text).first.wait_for(state="detached")

    def go(self, letter: str, title: str) -> None:
        self.press("g", letter)
        self.shows("h1", title)
        self.page.wait_for_selector("main:not([aria-busy])")

    def focus(self, record: str) -> None:
        """By `j`, as a person does."""
        for _ in range(60):
            self.press("j")
            if self.page.evaluate("document.activeElement.dataset.id") == record:
                return
        raise AssertionError(f"{record} is not on the page")

    def clean(self) -> None:
        """No complaint, and nothing asked of anybody else."""
        assert self.complaints == []
        assert all(url.startswith(self.office.bridge.url + "/") or url.startswith("data:,") for url in self.asked), self.asked

    def shot(self, name: str, whole: bool = True) -> None:
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)
