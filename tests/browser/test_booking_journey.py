"""Find a room and book it: phone and desktop, each language, without JavaScript, by keyboard."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.steps import (
    DESKTOP,
    PASSWORD,
    PHONE,
    choose,
    fill_need,
    press,
    sign_in,
    tab_to,
    write,
    write_date,
    write_time,
)

ROOM = "hilman-kokoushuone-1"
FIRST = date(2027, 2, 9)
BOOK = f"main a[href*='/spaces/{ROOM}/reserve']"
SEND = ".request-form .actions [type=submit]"
# Each books in days of their own, and no more than the room's policy lets one person have.
PEOPLE = {"fi": "resident", "sv": "caretaker", "en": "approver"}


@pytest.mark.parametrize("has_scripts", [True, False], ids=["", "without-javascript"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_room_is_found_and_booked(live_city, new_page, lang, size, has_scripts):
    page = new_page(viewport=size, java_script_enabled=has_scripts)
    day = FIRST + timedelta(days=2 * (size is PHONE) + has_scripts)
    sign_in(page, live_city.url, lang, f"{PEOPLE[lang]}@demo.example")
    page.goto(f"{live_city.url}/{lang}/")
    start, end = {"fi": (9, 11), "sv": (12, 14), "en": (15, 17)}[lang]
    fill_need(page, date=str(day), start=f"{start:02}:00", end=f"{end:02}:00", people="8")
    page.locator(BOOK).first.click()

    page.click(SEND)
    page.wait_for_selector(".error-summary")
    assert page.input_value("main [name=date]") == str(day), "nothing is lost"
    page.fill("main [name=title]", "Hallituksen kokous")
    page.select_option("main [name=purpose]", "meeting")
    page.check("main [name=responsible_adult]")
    page.check("main [name=terms]")
    page.click(SEND)
    page.wait_for_selector("main .reasons-yes")
    assert page.locator("h1").inner_text() == "Hallituksen kokous"
    assert page.get_attribute("html", "lang") == lang


def test_a_room_is_found_and_booked_by_keyboard_alone(live_city, new_page):
    """From signing in to the confirmation; the focus is where one looks next."""
    page = new_page(viewport=DESKTOP)
    day = FIRST + timedelta(days=7)
    page.goto(f"{live_city.url}/fi/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content", "the first stop skips the head"

    tab_to(page, "header a[href$='/sign-in']", backwards=True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    write(page, "#sign-in [name=email]", "manager@demo.example")
    write(page, "#sign-in [name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("form[action$=sign-out]", state="attached")
    page.goto(f"{live_city.url}/fi/")

    write_date(page, ".need [name=date]", day)
    write_time(page, ".need [name=start]", "17:00")
    write_time(page, ".need [name=end]", "19:00")
    write(page, ".need [name=people]", "8")
    page.keyboard.press("Enter")
    page.wait_for_url("**/spaces?*")
    press(page, BOOK)
    page.wait_for_url("**/reserve?*")
    _book_by_keyboard(page)


def _book_by_keyboard(page: Page) -> None:
    """What is wrong is told where the focus goes; a link in it leads to the field."""
    press(page, SEND)
    page.wait_for_selector(".error-summary:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "title"
    write(page, "main [name=title]", "Hallituksen kokous")
    choose(page, "main [name=purpose]", "meeting")
    press(page, "main [name=responsible_adult]", "Space")
    press(page, "main [name=terms]", "Space")
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    page.wait_for_selector("main .reasons-yes")
