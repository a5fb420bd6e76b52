"""Stored text cannot attack the page: it is shown as what it is, whatever it says."""

from __future__ import annotations

import json
import subprocess

from playwright.sync_api import Browser

from window import Office, Window

HOSTILE = [
    "<script>window.hit = 1; alert(1)</script>", "<img src=x onerror=\"window.hit = 1\">", "<svg onload=window.hit=1><a xlink:href=javascript:alert(1)>",
    "<iframe srcdoc=\"<script>parent.hit=1</script>\">", "javascript:window.hit=1", "data:text/html,<script>parent.hit=1</script>",
    "</textarea><script>window.hit=1</script>", "<style>body { background: url(https://evil.example/x) }</style>", "{{constructor.constructor('window.hit=1')()}}",
    "<a href=\"https://evil.example/\">here</a> https://evil.example/", "<form action=https://evil.example/><button>Approve</button></form>",
    "abc\u202Ednim rouy egnahc\u202C \u2066hidden\u2069 \u200Fx", "\u0000\u0007\u001b[2J", "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
]


def test_hostile_text_is_only_text(browser: Browser, desk: Office) -> None:
    bridge = desk.bridge
    session = desk.sessions[0]
    desk.record([
        {"agent_id": "desk", "session_id": session, "content": text, "memory_type": "decision", "importance": 0.9,
         "metadata": {"reasoning": text, "<b>key</b>": text}, "tags": ["t"]} for text in HOSTILE])
    bridge.verb("session", "update", session, "--meta", "name=<img src=x onerror=window.hit=1>", "--meta", "customer_id=\"><script>window.hit=1</script>")
    bridge.verb("remember", "x" * 65_000, "--agent", "desk", "--session", session)
    # By hand, past what any verb takes: a name, ten thousand tags, half a megabyte, and a line of one megabyte.
    other = desk.sessions[1]
    bridge.verb("remember", "by hand", "--agent", "desk", "--session", other)
    bridge.verb("status")
    file = next(path for path in bridge.repository.glob("sessions/**/memories.*.jsonl") if other in str(path))
    line = json.loads(file.read_text().splitlines()[-1])
    lines = [
        {**line, "agent_id": "<img src=x onerror=window.hit=1>", "id": line["id"][:-4] + "AAAA"},
        {**line, "tags": [f"tag{number}" for number in range(10_000)], "id": line["id"][:-4] + "BBBB"},
        {**line, "content": "y" * 500_000, "id": line["id"][:-4] + "CCCC"},
        {**line, "content": "z" * 1_000_000, "id": line["id"][:-4] + "DDDD"},
    ]
    file.write_text(file.read_text() + "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in lines))
    for words in (["add", "-A"], ["commit", "-qm", "by hand"]):
        subprocess.run(["git", "-C", str(bridge.repository), *words], env=bridge.environment, check=True)

    window = Window(browser, desk)
    for letter, title in [("r", "Reviews"), ("o", "Open"), ("c", "Changes"), ("s", "Sessions"), ("t", "Today")]:
        window.go(letter, title)
    window.press("/")
    window.type(session)
    window.press("Enter")
    window.shows("h1", "Session")
    for text in ["<script>window.hit = 1; alert(1)</script>", "javascript:window.hit=1", "⟨U+202E⟩dnim rouy"]:
        window.shows(".record .text", text)
    window.page.get_by_role("button", name="Show context").focus()
    window.press("Enter")
    window.page.wait_for_selector("pre.context")
    assert window.page.evaluate("document.querySelectorAll('main script, main img, main iframe').length") == 0
    window.press("Escape", "/")
    window.page.keyboard.press("Control+a")
    window.type(other)
    window.press("Enter")
    window.shows(".note", "9,988 more tags")
    window.shows("button.link", "Show all 500,000 characters")
    window.shows(".agent", "<img src=x onerror=window.hit=1>")
    assert window.page.locator(".record").count() >= 5
    # What would be markup is none; what would turn the text around is named.
    assert window.page.evaluate("document.querySelectorAll('main script, main img, main iframe, main a, main style, main meta, main form form').length") == 0
    assert window.page.evaluate("window.hit") is None
    assert window.page.evaluate("/[\\u202A-\\u202E\\u2066-\\u2069]/.test(document.body.textContent)") is False
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.clean()


def test_only_the_pages_own_script_may_run(browser: Browser, desk: Office) -> None:
    window = Window(browser, desk)
    answer = window.page.request.get(desk.bridge.url + "/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "connect-src 'self'" in policy
    # Even who gets markup into the page gets no further.
    window.page.evaluate("""() => {
        const script = document.createElement("script");
        try { script.textContent = "window.hit = 1"; document.body.append(script); } catch {}
        fetch("https://evil.example/").catch(() => {});
    }""")
    window.page.wait_for_timeout(200)
    assert window.page.evaluate("window.hit") is None
    assert any("Content Security Policy" in text or "Trusted" in text for text in window.complaints)
