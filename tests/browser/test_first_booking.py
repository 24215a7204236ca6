"""What a first booking costs a person in a hurry: pages, inputs, seconds, bytes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.browser.steps import DESKTOP, PHONE, sign_in

ROOM = "hilman-kokoushuone-1"
NEED = {"date": "2027-02-09", "start": "17:00", "end": "19:00", "people": "8"}
MOST_PAGES, MOST_INPUTS = 3, 8
MOST_BYTES = 60 * 1024


@dataclass
class Visitor:
    """Somebody who books, and counts the pages they work on and what they fill in there."""

    page: Page
    pages: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)

    def fill(self, selector: str, value: str) -> None:
        self.inputs.append(selector)
        self.page.fill(selector, value)

    def choose(self, selector: str, value: str) -> None:
        self.inputs.append(selector)
        self.page.select_option(selector, value)

    def tick(self, selector: str) -> None:
        self.inputs.append(selector)
        self.page.check(selector)

    def go_on(self, selector: str) -> None:
        """Leave the page by a link or a button."""
        self.pages.append(self.page.url)
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()


@pytest.mark.parametrize(
    ("lang", "size"), [("fi", PHONE), ("sv", DESKTOP)], ids=["fi-phone", "sv-desktop"]
)
def test_a_first_booking_takes_three_pages_and_eight_inputs(
    live_city, new_page, capsys, lang, size
):
    """Signed in; what the search knew is carried over."""
    visitor = Visitor(new_page(viewport=size))
    page = visitor.page
    sign_in(page, live_city.url, lang, "resident@demo.example")
    page.goto(f"{live_city.url}/{lang}/")
    began = time.monotonic()

    day = NEED | ({"date": "2027-02-10"} if lang == "sv" else {})
    for name, value in day.items():
        visitor.fill(f".need [name={name}]", value)
    visitor.go_on(".need button[type=submit]")
    visitor.go_on(f"main a[href*='/spaces/{ROOM}/reserve']")
    assert {name: page.input_value(f"main [name={name}]") for name in day} == day, "carried over"

    visitor.fill("main [name=title]", "Hallituksen kokous")
    visitor.choose("main [name=purpose]", "meeting")
    visitor.tick("main [name=responsible_adult]")
    visitor.tick("main [name=terms]")
    visitor.go_on(".request-form .actions [type=submit]")
    page.wait_for_selector("main .reasons-yes")

    seconds = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\nA first booking: {len(visitor.pages)} pages, {len(visitor.inputs)} inputs, "
            f"{seconds:.1f} s of a script"
        )
    assert len(visitor.pages) <= MOST_PAGES
    assert len(visitor.inputs) <= MOST_INPUTS


def test_the_first_visit_is_light(live_city, new_page):
    """Home and search, as they come over the wire: script and style, and fonts."""
    page, answers = new_page(), {}
    page.on("response", lambda answer: answers.setdefault(answer.url, answer))
    for path in ("/fi/", "/fi/spaces"):
        page.goto(f"{live_city.url}{path}")
        page.wait_for_load_state("networkidle")
    kinds = {"font": ["font"], "script and style": ["script", "stylesheet"]}
    sizes = {
        kind: sum(
            answer.request.sizes()["responseBodySize"]
            for answer in answers.values()
            if answer.request.resource_type in resources
        )
        for kind, resources in kinds.items()
    }
    assert 0 < sizes["font"] <= MOST_BYTES, sizes
    assert 0 < sizes["script and style"] <= MOST_BYTES, sizes
