"""The pictures of the documentation, taken of the demo city as it runs.

Start it in another terminal (`make run`), then `make pictures`. PORT says where it runs.
"""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from scripts.chromium import find_chromium, how_to_get_one

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
PASSWORD = "yhteistila-demo"
DESKTOP: ViewportSize = {"width": 1200, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def main() -> None:
    """Take every picture anew."""
    path = find_chromium()
    if path is None:
        sys.exit(how_to_get_one())
    FOLDER.mkdir(parents=True, exist_ok=True)
    day = date.today() + timedelta(days=14)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        visitor = _page(browser, DESKTOP)
        _take(visitor, "home", "/en/")
        _take(visitor, "space", "/en/spaces/husulan-liikuntasali-a", height=1500)
        search = f"/fi/spaces?date={day}&start=17:00&end=19:00&people=40"
        _take(_page(browser, PHONE), "search-on-a-phone", search)
        member = _page(browser, DESKTOP, "member@demo.example")
        when = f"date={day}&start=17:00&end=19:00&people=40"
        _take(member, "request", f"/sv/spaces/raatihuoneen-sali/reserve?{when}", height=1300)
        staff = _page(browser, DESKTOP, "approver@demo.example")
        _take(staff, "inbox", "/en/staff/inbox")
        browser.close()


def _page(browser: Browser, size: ViewportSize, email: str | None = None) -> Page:
    """A page of a visitor, signed in where an e-mail is given."""
    page = browser.new_context(viewport=size, locale="en-GB").new_page()
    if email is not None:
        page.goto(f"{BASE}/en/sign-in")
        page.fill("#sign-in [name=email]", email)
        page.fill("#sign-in [name=password]", PASSWORD)
        page.click("#sign-in button[type=submit]")
        page.wait_for_selector("form[action$=sign-out]", state="attached")
    return page


def _take(page: Page, name: str, path: str, height: int | None = None) -> None:
    page.goto(f"{BASE}{path}")
    page.wait_for_load_state("networkidle")
    if height is not None:
        page.set_viewport_size({"width": DESKTOP["width"], "height": height})
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    main()
