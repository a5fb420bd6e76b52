#!/usr/bin/env python3
"""Makes the screenshots of docs/REVIEW.md out of sample-repo: screenshots.py FOLDER, with the program in MEMTRACE_BINARY."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

import window
from window import CHROMIUM, Window, office


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    window.SHOTS = folder
    with sync_playwright() as playwright, office() as desk:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        wide = Window(browser, desk, 1200)
        wide.shot("page-today", whole=False)
        wide.go("r", "Reviews")
        wide.press("j")
        wide.shot("page-reviews", whole=False)
        wide.press("/")
        wide.type("cust_31882")
        wide.press("Enter")
        wide.shows("main", "What an agent reads")
        wide.page.get_by_role("button", name="Show context").click()
        wide.page.wait_for_selector("pre.context")
        wide.page.mouse.move(0, 0)
        wide.shot("page-customer", whole=False)
        narrow = Window(browser, desk, 375, "dark")
        narrow.go("r", "Reviews")
        narrow.shot("page-narrow", whole=False)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
