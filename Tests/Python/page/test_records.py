"""What the page says of one record among many: its id, its whole text, what it corrects; and what is asked about it."""

from __future__ import annotations

from playwright.sync_api import Browser

from window import Office, Window


def find(window: Window, text: str) -> None:
    window.press("/")
    window.page.keyboard.press("Control+a")
    window.type(text)
    window.press("Enter")


def test_what_is_older_than_the_newest_is_there_to_be_seen(browser: Browser, desk: Office) -> None:
    """Of a customer with more records than one page holds, and of a session of theirs."""
    for start in (0, 600):
        desk.record([{"agent_id": "desk", "session_id": desk.sessions[0], "content": f"note {number}"} for number in range(start, start + 600)])
    window = Window(browser, desk)
    records = window.page.locator("main .record")
    number = 1202
    for name in ("cust_7770", desk.sessions[0]):
        find(window, name)
        window.page.wait_for_selector("main:not([aria-busy])")
        for shown in (500, 1000, number):
            records.nth(shown - 1).wait_for()
            assert records.count() == shown
            button = window.page.locator("[data-focus=older]")
            if shown < number:
                assert "Show older ones" in str(button.text_content())
                button.focus()
                window.press("Enter")
        button.wait_for(state="detached")
        window.shows(".record .text", "Line drops every evening")
        # What comes meanwhile stands on top, and nothing that was shown goes.
        desk.remember("Called again", 0)
        number += 1
        records.nth(number - 1).wait_for()
        assert records.count() == number
    window.clean()


def test_a_key_that_only_reads_is_offered_nothing_else(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk, key=desk.bridge.key("Reader", "read"))
    find(window, "cust_7770")
    window.shows(".record .text", "Line drops")
    assert window.page.locator(".record .actions button").count() == 0
    window.focus(desk.pending[0])
    for key in "aret":
        window.press(key)
        window.shows("#toast", "This key only reads")
        assert window.page.locator("dialog").count() == 0
    window.go("r", "Reviews")
    window.page.wait_for_selector(f"[data-id={desk.pending[0]}]")
    for gone in ("Approve", "Reject", "Correct", "Select all"):
        assert window.page.locator("main", has_text=gone).count() == 0, gone
    window.go("c", "Changes")
    assert window.page.locator("main button.approve").count() == 0
    assert desk.state(desk.pending[0]) == "pending"
    window.clean()


def test_ids_are_told_apart_copied_and_found(browser: Browser, desk: Office) -> None:
    rows = [{"agent_id": "desk", "session_id": desk.sessions[0], "content": f"note {number}"} for number in range(4)]
    desk.record(rows)
    ids = [record["id"] for record in desk.bridge.verb("recall", "--agent", "desk", "--limit", "4")["memories"]]
    window = Window(browser, desk)
    find(window, "cust_7770")
    window.shows(".record .text", "note 3")
    shown = [window.page.locator(f"[data-id={record}] button.id") for record in ids]
    texts = [str(mark.text_content()) for mark in shown]
    assert len(set(texts)) == 4 and all(record.startswith(text) for record, text in zip(ids, texts)), texts
    assert ids[0] in str(shown[0].get_attribute("title"))
    window.focus(ids[0])
    window.press("c")
    window.shows("#toast", ids[0])
    assert window.page.evaluate("navigator.clipboard.readText()") == ids[0]
    shown[1].click()
    window.shows("#toast", ids[1])
    assert window.page.evaluate("navigator.clipboard.readText()") == ids[1]
    # By the whole id, to where it stands; the notice does not stay.
    window.go("t", "Today")
    assert window.page.locator("#toast > div").count() == 0
    for text in [ids[2], texts[2], ids[2].lower()]:
        find(window, text)
        window.shows("h1", "Session")
        window.page.locator(f"[data-id={ids[2]}][aria-current]").wait_for()
        window.go("s", "Sessions")
    # By what several begin with, all of them.
    find(window, ids[2][:9])
    window.shows(".head", "ids begin so")
    for record in ids:
        window.page.locator(f"[data-id={record}]").wait_for()
    find(window, desk.sessions[1])
    window.shows("h1", "Session")
    window.shows("main", desk.sessions[1])
    find(window, desk.sessions[1][:9])
    window.shows(".head", "ids begin so")
    links = window.page.locator("td [data-whole]")
    texts = [str(text) for text in links.all_text_contents()]
    assert len(texts) >= 3 and len(set(texts)) == len(texts), texts
    window.clean()


def test_a_number_finds_its_customer_and_nobody_else(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    # Of no record does the text hold it; its parts stand in many.
    find(window, "cust_31882")
    window.shows("main", "customer_id cust_31882")
    find(window, "cust_777")
    window.shows("h2", "Customers")
    links = window.page.locator("main section li button.link").all_text_contents()
    assert sorted(links) == [f"customer_id cust_777{number}" for number in range(3)]
    assert window.page.locator(".record").count() == 0
    window.clean()


def test_a_decision_is_corrected_as_one(browser: Browser, desk: Office) -> None:
    made = desk.post("memories", {
        "agent_id": "billing-support", "session_id": desk.sessions[0], "content": "Refund 40.00", "memory_type": "decision",
        "importance": 0.7, "tags": ["refund", "line"], "metadata": {"reasoning": "The line was down", "order": 77}})
    window = Window(browser, desk)
    find(window, "cust_7770")
    window.shows(".record", "Refund 40.00")
    window.focus(made["id"])
    window.press("e")
    window.shows("dialog h2", "Correct this decision")
    window.page.keyboard.press("Control+a")
    window.type("Refund 44.00")
    window.press("Tab")
    assert window.page.evaluate("document.activeElement.value") == "The line was down"
    window.press("End")
    window.type(" on two evenings")
    window.press("Tab", "Tab", "Tab", "Enter")
    window.page.wait_for_selector("dialog", state="detached")
    window.shows(".record.decision", "Refund 44.00")
    old = desk.bridge.verb("show", made["id"])
    assert old["state"] == "corrected"
    new = desk.bridge.verb("show", old["superseded_by"])
    assert {key: new[key] for key in ["memory_type", "event_type", "importance", "tags", "parent_id"]} == {
        "memory_type": "decision", "event_type": "correction", "importance": 0.7, "tags": ["refund", "line"], "parent_id": made["id"]}
    assert new["metadata"] == {"reasoning": "The line was down on two evenings", "order": 77}
    # Each says what became of the other.
    window.shows(f"[data-id={made['id']}] .note", "corrected by")
    window.shows(f"[data-id={made['id']}] .note", "Refund 44.00")
    window.shows(f"[data-id={new['id']}] .note", "Refund 40.00")
    # A memory keeps what it has, too.
    memory = str(window.page.locator(".record", has_text="Line drops").get_attribute("data-id"))
    window.focus(memory)
    window.press("e")
    window.page.keyboard.press("Control+a")
    window.type("Line drops every morning.")
    window.press("Tab", "Tab", "Tab", "Enter")
    window.page.wait_for_selector("dialog", state="detached")
    window.shows(".record .text", "Line drops every morning.")
    new = desk.bridge.verb("show", desk.bridge.verb("show", memory)["superseded_by"])
    assert new["memory_type"] == "episodic" and new["tags"] == ["line"] and new["importance"] == 0.6
    window.clean()


def test_a_record_is_retracted_and_restored_by_a_key(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    find(window, "cust_7771")
    memory = str(window.page.locator(".record", has_text="Line drops").get_attribute("data-id"))
    window.focus(memory)
    window.press("t")
    window.shows("dialog h2", "Retract 1 record")
    window.press("Enter")
    window.shows(f"[data-id={memory}] .state", "retracted")
    window.focus(memory)
    window.press("t")
    window.page.locator(f"[data-id={memory}] .state").wait_for(state="detached")
    assert desk.state(memory) == "stands"


def test_what_is_approved_at_once_is_all_on_the_page(browser: Browser, desk: Office) -> None:
    session = desk.post("sessions", {"agent_id": "desk", "metadata": {"customer_id": "many"}})["id"]
    desk.record([{"agent_id": "desk" + "-of-a-very-long-name" * 4, "session_id": session, "content": f"choice {number}", "memory_type": "decision",
                  "importance": 0.9, "metadata": {"reasoning": "so"}} for number in range(35)])
    desk.remember("word " * 400 + "the end", 0)
    window = Window(browser, desk)
    window.go("c", "Changes")
    # Three more wait with others.
    window.shows(".button.approve", "Approve these 33 of 38 that wait")
    group = window.page.locator("section.customer", has_text="choice 1")
    assert group.locator(".record").count() == 30
    window.shows(".more", "Show 5 decisions more")
    # A long name has one line, and the id stays beside it.
    meta = group.locator(".record .meta").first
    assert meta.evaluate("made => made.clientHeight") < 30
    # A text that is cut says so.
    long = window.page.locator(".record.line", has_text="word word")
    assert "…" in str(long.text_content()) and "the end" not in str(long.text_content())
    long.get_by_role("button", name="Show all 2,007 characters").click()
    window.shows(".record.line", "the end")
    window.page.locator(".more button").focus()
    window.press("Enter")
    window.shows(".button.approve", "Approve all 38 that wait")
    assert group.locator(".record").count() == 35
    window.page.locator(".button.approve").first.click()
    window.page.locator(".button.approve").first.wait_for(state="detached")
    window.shows("#toast", "Approved: 38 records")
    window.clean()


def test_a_wrong_key_is_told_so(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    window.page.locator("#leave").click()
    window.page.wait_for_selector("#key")
    window.type("mtk_wrong")
    window.press("Enter")
    window.shows(".error", "This key is not accepted.")
    assert "any more" not in str(window.page.locator("main").text_content())


def test_figures_are_of_one_height_and_the_placeholder_has_room(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk, 375)
    heights = window.page.locator(".figure").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert heights[0] == heights[1] and heights[2] == heights[3], heights
    room = window.page.evaluate("""() => {
        const box = document.getElementById("needle"), style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
        pen.font = style.font;
        return box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - pen.measureText(box.placeholder).width;
    }""")
    assert room >= 0


def test_a_rejected_decision_is_struck_out_among_the_changes(browser: Browser, desk: Office) -> None:
    memory = desk.remember("Customer agreed to a new contract", 1)
    desk.post("reviews", {"record_ids": [memory, desk.pending[0]], "review": "rejected", "reason": "He only asked"})
    window = Window(browser, desk)
    window.go("c", "Changes")
    for record in [memory, desk.pending[0]]:
        text = window.page.locator(f"[data-id={record}] .text")
        assert "line-through" in text.evaluate("made => getComputedStyle(made).textDecorationLine")


def test_a_correction_that_the_policy_asks_about_says_that_it_waits(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    window.go("r", "Reviews")
    window.focus(desk.pending[0])
    window.press("e")
    window.shows("dialog h2", "Correct this decision")
    window.page.keyboard.press("Control+a")
    window.type("Waive half of the early termination fee")
    window.press("Tab", "Tab", "Tab", "Tab", "Enter")
    window.shows("#toast", "it waits for a review")
    window.shows(".record .text", "Waive half")
    window.shows(".record .note", "Waive the early termination fee of 250.00")
    window.clean()
