"""What visitors do again and again: sign in, say what they need, go by keyboard alone."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, ViewportSize

PASSWORD = "yhteistila-demo"
PHONE: ViewportSize = {"width": 360, "height": 780}
DESKTOP: ViewportSize = {"width": 1200, "height": 900}
# What is left of a page 1280 px wide at 400 % (WCAG 2.2, 1.4.10).
NARROW: ViewportSize = {"width": 320, "height": 640}
# Far more than any page has of stops for Tab; a page that never lets one arrive is a trap.
MOST_STOPS = 250
_REACHED = "selector => document.activeElement?.matches(selector) ?? false"


# ── Signing in, and saying what is needed ─────────────────────────────────────────────────────


def sign_in(page: Page, url: str, lang: str, email: str) -> None:
    """Sign in as one of the demo people; `url` is the server's."""
    page.goto(f"{url}/{lang}/sign-in")
    fill_in_sign_in(page, email)


def fill_in_sign_in(page: Page, email: str) -> None:
    """Sign in on the page that is open, and wait for the next, with the name on it."""
    page.fill("#sign-in [name=email]", email)
    page.fill("#sign-in [name=password]", PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_selector("form[action$=sign-out]", state="attached")


def fill_need(page: Page, **values: str) -> None:
    """Fill the need line by field (`q date start end people`), and ask for the free spaces."""
    for name, value in values.items():
        page.fill(f".need [name={name}]", value)
    page.click(".need button[type=submit]")
    page.wait_for_url(lambda url: "/spaces?" in url)


# ── By keyboard alone ─────────────────────────────────────────────────────────────────────────


def tab_to(page: Page, selector: str, backwards: bool = False) -> None:
    """Press Tab until what `selector` matches has the focus, as somebody without a mouse does."""
    key = "Shift+Tab" if backwards else "Tab"
    for _stop in range(MOST_STOPS):
        if page.evaluate(_REACHED, selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab never comes to {selector} on {page.url}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to a link, a button, a box, and press it; Space for boxes."""
    tab_to(page, selector)
    page.keyboard.press(key)


def write(page: Page, selector: str, text: str) -> None:
    """Go to a text field, and type in place of what is in it."""
    tab_to(page, selector)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def write_date(page: Page, selector: str, day: date) -> None:
    """Type a date into a date field, in the order in which the browser shows its parts.

    Chromium draws the field in its own language, whatever the page's is, and tells nobody which:
    who sees another date than the one meant goes back and types it the other way round.
    """
    tab_to(page, selector)
    for order in ("%m%d%Y", "%d%m%Y", "%Y%m%d"):
        page.keyboard.type(f"{day:{order}}")
        if page.input_value(selector) == day.isoformat():
            return
        for _part in order:
            page.keyboard.press("ArrowLeft")
    raise AssertionError(f"{day} can't be typed into {selector} on {page.url}")


def write_time(page: Page, selector: str, wall_time: str) -> None:
    """Type "17:00" into a time field; where it shows twelve hours, it asks for am or pm."""
    tab_to(page, selector)
    page.keyboard.type(wall_time.replace(":", ""))
    if page.input_value(selector) != wall_time:
        page.keyboard.type("am" if wall_time < "12:00" else "pm")
    assert page.input_value(selector) == wall_time


def choose(page: Page, selector: str, value: str) -> None:
    """Go to a select, and move with the arrows until the option of that value is chosen."""
    tab_to(page, selector)
    page.keyboard.press("Home")
    for _option in range(MOST_STOPS):
        if page.input_value(selector) == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never choose {value} in {selector}")
