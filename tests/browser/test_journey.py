"""The journey of the house, in a real browser: find, book as an association, approve, subscribe."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from sqlalchemy import select

from booking.catalogue.models import Space
from booking.core.actors import COMMAND
from booking.database import writing
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.use_cases import cancel_reservation
from booking.reservations.waiting_models import WaitingEntry
from booking.reservations.waiting_use_cases import offer_place
from tests.conftest import NOW

PASSWORD = "yhteistila-demo"
SLUG = "raatihuoneen-sali"
PHONE = {"width": 360, "height": 780}
DAYS = {"fi": "2027-02-01", "sv": "2027-02-02", "en": "2027-02-03", "plain": "2027-02-04"}


@pytest.mark.parametrize(
    ("lang", "options"),
    [
        ("fi", {}),
        ("sv", {"viewport": PHONE}),
        ("en", {"locale": "en-GB"}),
        ("fi", {"java_script_enabled": False}),
    ],
    ids=["fi", "sv-phone", "en", "fi-without-javascript"],
)
def test_an_association_books_staff_approve_and_a_calendar_shows_it(
    live_city, new_page, lang, options
):
    day = DAYS[lang if options.get("java_script_enabled", True) else "plain"]
    page = new_page(**options)
    reference = _book(page, live_city.url, lang, day)
    assert _event(live_city.url, day)["STATUS"] == "TENTATIVE"

    staff = new_page(**options)
    _sign_in(staff, live_city.url, lang, "approver@demo.example")
    _approve(staff, live_city.url, lang, reference)

    page.reload()
    page.wait_for_selector("main .reasons-yes")
    event = _event(live_city.url, day)
    assert (event["STATUS"], int(event["SEQUENCE"])) == ("CONFIRMED", 1)
    _mails_were_queued(live_city, ["reservation_confirmed", "reservation_requested"], day)


@pytest.mark.parametrize(
    ("lang", "options"),
    [("sv", {"viewport": PHONE}), ("fi", {"java_script_enabled": False})],
    ids=["sv-phone", "fi-without-javascript"],
)
def test_who_waits_is_offered_what_becomes_free_and_books_it(live_city, new_page, lang, options):
    page, url = new_page(**options), live_city.url
    _sign_in(page, url, lang, "resident@demo.example")
    page.goto(f"{url}/{lang}/reservations")
    place = page.locator("section[aria-labelledby=waiting] .booking").first
    name = place.locator(".booking-name a").inner_text()
    _free_the_first(live_city)

    page.reload()
    offer = page.locator("main .reasons-wait")
    assert name in offer.inner_text()
    offer.locator("a.button").click()
    page.click(".request-form button.button-large")
    page.wait_for_selector(".error-summary")
    for box in page.locator(".request-form input[type=checkbox]").all():
        box.check()
    page.click(".request-form button.button-large")
    page.wait_for_selector(".notice")
    assert page.locator(".request-form").count() == 0


def _free_the_first(server):
    """Whoever holds the time that the first waits for cancels it, and it is offered."""
    now = NOW.astimezone(UTC)
    with writing(), server.session() as session:
        entry = session.scalars(select(WaitingEntry).where(WaitingEntry.state == "waiting")).first()
        parts = {part.id for part in session.get_one(Space, entry.space_id).parts}
        holders = session.scalars(
            select(Reservation)
            .join(Reservation.occupancies)
            .where(
                Occupancy.part_id.in_(parts),
                Occupancy.starts_at < entry.ends_at,
                Occupancy.ends_at > entry.starts_at,
            )
            .distinct()
        )
        for one in holders.all():
            cancel_reservation(session, COMMAND, one.reference, now, "Vesivahinko")
        offer_place(session, COMMAND, entry.id, now)
        session.commit()


def _book(page, url, lang, day):
    """From the front page to a request that awaits approval; its reference."""
    page.goto(f"{url}/")
    page.goto(f"{url}/{lang}/")
    for name, value in (("date", day), ("start", "17:00"), ("end", "19:00"), ("people", "40")):
        page.fill(f".need [name={name}]", value)
    page.fill(".need [name=q]", "raatihuoneen sali")
    page.click(".need button[type=submit]")
    page.wait_for_url(lambda url: f"/{lang}/spaces?" in url)
    page.click(f'a[href*="/spaces/{SLUG}/reserve"]')

    page.fill("[name=title]", "Kevätjuhla")
    page.select_option("[name=purpose]", "culture")
    page.check("[name=responsible_adult]")
    page.check("[name=terms]")
    page.click(".booking-form button.button-large")
    page.wait_for_url(lambda url: f"/{lang}/sign-in" in url)
    _fill_in_sign_in(page, "member@demo.example")
    kept = [page.input_value(f"[name={name}]") for name in ("date", "title", "purpose")]
    assert kept == [day, "Kevätjuhla", "culture"], "nothing is lost on the way through sign-in"

    page.uncheck("[name=responsible_adult]")
    page.fill("[name=people]", "400")
    page.check("[name=terms]")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector(".error-summary li:nth-child(2)")  # all broken rules at once
    assert page.input_value("[name=title]") == "Kevätjuhla", "nothing typed is lost"

    page.fill("[name=people]", "40")
    page.check("[name=responsible_adult]")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_url("**/reservations/*")
    page.wait_for_selector("main .reasons-wait")
    return page.url.rsplit("/", 1)[1]


def _approve(page, url, lang, reference):
    page.goto(f"{url}/{lang}/staff/inbox")
    card = page.locator(f'[id="{reference}"]')
    while not card.count():
        page.locator("nav.pagination a[rel=next]").click()
    if card.get_attribute("open") is None and card.evaluate("e => e.tagName") == "DETAILS":
        card.locator("summary").first.click()
    card.locator('button[formaction*="/approve"], form[action*="/approve"] button').first.click()
    page.wait_for_selector(".notice")
    assert page.locator(f'[id="{reference}"]').count() == 0


def _sign_in(page, url, lang, email):
    page.goto(f"{url}/{lang}/sign-in")
    _fill_in_sign_in(page, email)


def _fill_in_sign_in(page, email):
    page.fill("#sign-in [name=email]", email)
    page.fill("#sign-in [name=password]", PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_selector("form[action$=sign-out]", state="attached")


def _event(url, day):
    """The space's event of that evening, as a calendar program reads the public feed."""
    with urllib.request.urlopen(f"{url}/calendars/spaces/{SLUG}.ics") as answer:
        calendar = Calendar.from_ical(answer.read())
    start = datetime.fromisoformat(f"{day}T15:00:00").replace(tzinfo=UTC)
    return next(event for event in calendar.walk("VEVENT") if event.decoded("DTSTART") == start)


def _mails_were_queued(server, templates, day):
    with server.session() as session:
        rows = session.scalars(select(OutgoingEmail).order_by(OutgoingEmail.id)).all()
    about = {
        row.template
        for row in rows
        if row.recipient == "member@demo.example" and row.context.get("starts_at", "")[:10] == day
    }
    assert about == set(templates)
