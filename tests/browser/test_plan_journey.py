"""A plan in a real browser: a concert in a park, from its first duty to calling it off."""

from __future__ import annotations

from datetime import UTC
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from sqlalchemy import select

from booking.accounts.models import Person
from booking.accounts.queries import actor_of
from booking.self_initiated.event_use_cases import NewEvent, start_event
from tests.browser.steps import PHONE, sign_in
from tests.conftest import NOW
from tests.self_initiated.plans import CONCERT

WAYS = {
    "fi-phone": ("fi", {"viewport": PHONE}),
    "sv-without-javascript": ("sv", {"java_script_enabled": False, "viewport": PHONE}),
    "en": ("en", {}),
}


def a_concert(server) -> tuple[str, int]:
    """An event of the resident's until 23 on a summer evening: its reference, how much is due."""
    with server.session() as session:
        person = session.scalars(
            select(Person).where(Person.email == "resident@demo.example")
        ).one()
        facts = {**CONCERT, "organiser_type": "resident_group"}
        event = start_event(
            session,
            actor_of(session, person.id),
            NewEvent(facts=facts, title="Kesäkonsertti"),
            NOW.astimezone(UTC),
        )
        session.commit()
        return event.reference, len((event.outcome or {})["due"])


@pytest.mark.parametrize("way", WAYS)
def test_duties_are_noted_printed_subscribed_to_and_called_off(live_city, new_page, way):
    lang, options = WAYS[way]
    reference, due = a_concert(live_city)
    page = new_page(**options)
    sign_in(page, live_city.url, lang, "resident@demo.example")
    address = f"{live_city.url}/{lang}/events/{reference}"

    page.goto(address)
    assert page.locator(".plan-count strong").first.inner_text().startswith("0")
    page.click("#G05 summary")
    page.check("#G05 [value=not_needed]")
    page.click("#G05 .rung-form button")
    page.wait_for_selector("#G05 .field-error")
    page.fill("#reference-G05", "Pelastuslaitos 12/2027")
    page.check("#G05 [value=done]")
    with page.expect_navigation():
        page.click("#G05 .rung-form button")
    assert page.url == f"{address}#G05"
    assert "Pelastuslaitos 12/2027" in page.locator("#G05 .rung-state").inner_text()
    assert page.locator(".plan-count strong").first.inner_text().startswith("1")

    page.goto(f"{address}/print")
    assert "450" in page.locator(".paper-facts >> nth=1").inner_text()
    assert page.locator(".paper-asked > li").count() >= 5

    page.goto(address)
    with page.expect_navigation():
        page.click("[name=content] + button")
    secret = page.input_value("#secret-address")
    found = Calendar.from_ical(urlopen(secret).read())
    assert len(found.events) == 1 + due
    assert sum(str(one["SUMMARY"]).startswith("✓") for one in found.events) == 1

    page.goto(f"{address}/cancel")
    with page.expect_navigation():
        page.click("main form .button-danger")
    assert page.locator("main .reasons-no").count() == 1
    assert len(Calendar.from_ical(urlopen(secret).read()).events) == 1
