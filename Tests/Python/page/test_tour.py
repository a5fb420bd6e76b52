"""The page in a real browser, by keyboard alone: log in, search, read, approve, reject, correct, and see it live elsewhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from window import Office, Window

SIZES = [(1400, "light"), (1400, "dark"), (375, "light"), (375, "dark")]


@pytest.mark.parametrize("width, scheme", [(1400, "light"), (375, "dark")])
def test_the_tour(browser: Browser, desk: Office, width: int, scheme: str) -> None:
    here, there = Window(browser, desk, width, scheme), Window(browser, desk)
    there.go("r", "Reviews")
    for record in desk.pending:
        there.page.wait_for_selector(f"[data-id={record}]")

    here.press("/")
    here.type("refund returned by the bank")
    here.press("Enter")
    here.shows(".record .text", "The bank returned the refund")
    here.go("r", "Reviews")
    waive, refund, router = desk.pending

    # What weighs most stands first: approve it.
    here.focus(waive)
    here.press("a")
    there.page.locator(f"[data-id={waive}]").wait_for(state="detached")
    assert desk.state(waive) == "stands"
    # Reject the next one, with a reason.
    here.page.locator(f"[data-id={waive}]").wait_for(state="detached")
    here.focus(refund)
    here.press("r")
    here.shows("dialog h2", "Reject 1 record")
    here.type("Above the limit; ask first")
    here.press("Enter")
    there.page.locator(f"[data-id={refund}]").wait_for(state="detached")
    assert desk.state(refund) == "rejected"
    # Take that back, and see it come back elsewhere.
    here.page.wait_for_selector("dialog", state="detached")
    here.shows("#toast", "Rejected")
    here.press("u")
    there.page.wait_for_selector(f"[data-id={refund}]")
    assert desk.state(refund) == "pending"
    # Correct what an agent noted, from the customer's story.
    here.press("/")
    here.page.keyboard.press("Control+a")
    here.type("cust_7770")
    here.press("Enter")
    here.shows("h1", "Ben 0")
    here.shows("main", "customer_id cust_7770")
    memory = here.page.locator(".record", has_text="Line drops").get_attribute("data-id")
    here.focus(str(memory))
    here.press("e")
    here.shows("dialog h2", "Correct this record")
    here.page.keyboard.press("Control+a")
    here.type("Line drops every morning.")
    here.press("Tab", "Tab", "Tab", "Enter")
    here.page.wait_for_selector("dialog", state="detached")
    here.shows(".record .text", "Line drops every morning.")
    here.shows(".state.corrected", "corrected")
    assert desk.state(str(memory)) == "corrected"
    # Live: what an agent records shows while it is read.
    desk.remember("Called back, all is well", 0)
    here.shows(".record .text", "Called back, all is well")
    here.shows(".state.new", "new")
    here.clean()
    there.clean()


@pytest.mark.parametrize("width, scheme", SIZES)
def test_every_view_can_be_read_by_everybody(browser: Browser, desk: Office, width: int, scheme: str) -> None:
    window = Window(browser, desk, width, scheme)
    faults: list[str] = []

    def look(name: str) -> None:
        window.page.wait_for_selector("main:not([aria-busy])")
        window.shot(f"{name}-{width}-{scheme}")
        found = Axe().run(window.page)
        faults.extend(f"{name}: {fault['id']} {[node['target'] for node in fault['nodes']][:3]}" for fault in found.response["violations"])
        wide = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            faults.append(f"{name}: {wide} pixels too wide")

    look("today")
    for letter, title in [("r", "Reviews"), ("o", "Open"), ("c", "Changes"), ("s", "Sessions")]:
        window.go(letter, title)
        look(title.lower())
    window.press("/")
    window.type("refund")
    window.press("Enter")
    window.shows("h1", "refund")
    look("find")
    window.press("/")
    window.page.keyboard.press("Control+a")
    window.type("cust_31882")
    window.press("Enter")
    window.shows("main", "What an agent reads")
    window.page.get_by_role("button", name="Show context").focus()
    window.press("Enter")
    window.page.wait_for_selector("pre.context")
    window.shows("main", "tokens")
    look("customer")
    window.press("Escape", "?")
    window.shows("dialog h2", "Keyboard")
    window.shows("dialog", "Esc")
    look("keys")
    window.press("Escape")
    window.page.locator("#leave").focus()
    window.press("Enter")
    window.page.wait_for_selector("#key")
    look("welcome")
    window.clean()
    assert faults == []


def test_keys_name_what_they_are_for(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    waive, refund, _ = desk.pending
    # A key for a record where none is chosen chooses the first, and says so.
    window.press("g", "r")
    window.page.wait_for_selector(f"[data-id={waive}]")
    window.press("a")
    window.shows("#toast", "a once more")
    assert desk.state(waive) == "pending"
    window.press("a")
    window.page.locator(f"[data-id={waive}]").wait_for(state="detached")
    assert desk.state(waive) == "stands"
    # What is taken back waits for the reason for which it waited, as after `memtrace review undo`.
    window.press("u")
    window.page.wait_for_selector(f"[data-id={waive}]")
    window.shows(f"[data-id={waive}] .note", "undone: decision from importance 0.8")
    # The next search takes the place of the last one.
    for text in ["cust_7770", "cust_7771"]:
        window.press("/")
        window.type(text)
        window.press("Enter")
        window.shows("main", f"customer_id {text}")
    # A correction is signed as a verdict is.
    window.focus(refund)
    window.press("e")
    window.shows("dialog h2", "Correct this decision")
    assert window.page.locator("#field-agent_id").input_value() == "Ana"
    window.press("Escape")
    window.clean()


def test_every_control_is_reached_by_the_tab_key(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    window.go("r", "Reviews")
    window.page.evaluate("document.body.focus(); document.activeElement.blur()")
    reached = set()
    for _ in range(80):
        window.press("Tab")
        reached.add(window.page.evaluate("document.activeElement.textContent.trim() || document.activeElement.ariaLabel || document.activeElement.id"))
    for wanted in ["Skip to the content", "needle", "Lock", "Today", "Changes", "Sessions", "Approve", "Reject", "Correct"]:
        assert wanted in reached, (wanted, reached)
    # The first stop leads past the bar.
    window.page.evaluate("document.activeElement.blur()")


def test_the_key_is_in_memory_alone_and_no_name_in_an_address(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    window.press("/")
    window.type("cust_7770")
    window.press("Enter")
    window.shows("main", "customer_id cust_7770")
    kept = window.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])")
    assert desk.key not in kept and "cust_7770" not in kept
    assert window.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert all("cust_7770" not in url for url in window.asked if "where." not in url)
    # Back and forth as with addresses.
    window.page.go_back()
    window.shows("h1", "Today")
    window.page.reload()
    window.page.wait_for_selector("#key")
    window.clean()


def test_a_key_that_is_revoked_ends_the_visit(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk, key=desk.bridge.key("Ben", "read"))
    desk.bridge.verb("key", "revoke", "Ben")
    window.page.wait_for_selector("#key")
    assert window.page.locator("#bar").is_hidden()
    assert "Ben 0" not in window.page.content()


def test_a_persons_edit_shows_with_who_made_it(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    window.go("c", "Changes")
    window.shows(".record", "Line drops every evening")
    repository = desk.bridge.repository
    hub, clone = repository.parent / "hub.git", repository.parent / "cleo"
    environment = {**desk.bridge.environment, "GIT_AUTHOR_NAME": "Cleo"}

    def git(*words: str, at: Path = clone) -> None:
        subprocess.run(["git", *words], cwd=at, env=environment, check=True, capture_output=True)

    git("init", "-q", "--bare", "-b", "main", str(hub), at=repository)
    desk.bridge.verb("remote", "add", "origin", str(hub))
    desk.bridge.verb("sync")
    git("clone", "-q", str(hub), str(clone), at=repository)
    file = next(path for path in clone.glob("sessions/**/memories.*.jsonl") if desk.sessions[0] in str(path))
    file.write_text(file.read_text().replace("every evening", "every night"))
    git("commit", "-qam", "Fix a slip")
    git("push", "-q")
    # By the bridge, which says so: an edit of a line that is known is no record that has come.
    assert desk.post("sync", {"remote": "origin"})["received"] == 0
    window.shows(".record", "Line drops every night")
    window.shows("select", "by the last sync")
    window.page.get_by_label("Which changes").select_option("last-sync")
    window.shows(".record .note", "changed by hand by Cleo")
    blame = desk.bridge.verb("blame", desk.sessions[0])["records"]
    assert [row["author"] for row in blame if "every night" in row["record"]["content"]] == ["Cleo"]
    context = desk.bridge.verb("context", desk.sessions[0])
    assert "every night" in context["context"] and "every evening" not in context["context"]
    window.clean()


def test_five_hundred_records_are_reviewed_with_twenty_keys(browser: Browser, desk: Office) -> None:
    rows = []
    for number in range(80):
        session = desk.post("sessions", {"agent_id": "desk", "metadata": {"customer_id": f"c{number}"}})["id"]
        rows += [{"agent_id": "desk", "session_id": session, "content": f"note {number} {place}", "memory_type": "decision",
                  "importance": 0.99 if number * 6 + place in (3, 77, 200) else 0.85, "metadata": {"reasoning": "so"}}
                 for place in range(6)]
    desk.record(rows)
    window = Window(browser, desk)
    keys = ["g", "r"]
    window.press(*keys)
    window.shows("h1", "Reviews")
    window.shows(".head", "483 records wait")
    for _ in range(3):
        first = str(window.page.locator(".record").first.get_attribute("data-id"))
        for key in ["j", "r"]:
            window.press(key)
        window.page.wait_for_selector("dialog")
        window.press("Enter")
        window.page.locator(f"[data-id={first}]").wait_for(state="detached")
        keys += ["j", "r", "Enter"]
    window.press("A")
    window.shows(".stick", "480 of 480 selected")
    window.press("a")
    window.shows("main", "Nothing waits for a review.")
    keys += ["A", "a"]
    assert len(keys) <= 20
    counts = [record.get("state", "stands") for record in desk.bridge.verb("recall", "--agent", "desk", "--all", "--limit", "1000")["memories"]]
    assert counts.count("rejected") == 3 and counts.count("stands") == 477
    window.press("u")
    window.shows(".head", "480 records wait")
    window.clean()


@pytest.mark.parametrize("width, scheme", [(1400, "light"), (375, "dark")])
def test_what_was_rejected_and_is_said_again_waits_with_the_reason(browser: Browser, desk: Office, width: int, scheme: str) -> None:
    wrong = desk.remember("Customer agreed to a new contract", 1, "--importance", "1")
    desk.post("reviews", {"record_ids": [wrong], "review": "rejected", "reason": "He only asked about it"})
    made = desk.post("memories", {"agent_id": "night-shift", "content": "CUSTOMER agreed to a new contract!", "session_id": desk.sessions[1], "importance": 0.99})
    window = Window(browser, desk, width, scheme)
    window.go("r", "Reviews")
    window.shows(f"[data-id={made['id']}] .note", "says again what was rejected by Ana: He only asked about it")
    window.shot(f"said-again-{width}-{scheme}")
    assert not Axe().run(window.page).response["violations"]
    window.focus(made["id"])
    window.press("a")
    window.lacks(f"[data-id={made['id']}]", "CUSTOMER agreed")
    assert desk.state(made["id"]) == "stands" and desk.state(wrong) == "rejected"
    assert not window.complaints
