"""Mine in a real browser: a booking is moved and cancelled, and a taken time is waited for."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select

from booking.accounts.queries import actor_of
from booking.core.actors import COMMAND
from booking.database import writing
from booking.reservations.models import Reservation
from booking.reservations.rules import ReservationRequest
from booking.reservations.use_cases import cancel_reservation, request_reservation
from booking.reservations.waiting_models import WaitingEntry
from booking.reservations.waiting_use_cases import offer_place
from tests.browser.steps import PHONE, press, tab_to
from tests.builders import a_person
from tests.conftest import NOW
from tests.values import at

PASSWORD = "kolme pientä sanaa"
ROOM = "hilman-kokoushuone-1"
TERMS = date(2026, 1, 1)
WEDNESDAY = date(2027, 1, 27)
WAYS = {
    "fi": ("fi", {}),
    "sv-phone": ("sv", {"viewport": PHONE}),
    "en-without-javascript": ("en", {"java_script_enabled": False, "viewport": PHONE}),
    "fi-keyboard": ("fi", {}),
}
CANCELLED = {"fi": "Perutut", "sv": "Avbokade", "en": "Cancelled"}


@pytest.mark.parametrize("way", WAYS)
def test_a_booking_is_moved_and_then_cancelled(live_city, new_page, way):
    lang, options = WAYS[way]
    day = WEDNESDAY + timedelta(weeks=list(WAYS).index(way))
    reference = _a_booking(live_city, way, day)
    page, act = new_page(**options), _keyboard if way.endswith("keyboard") else _mouse
    _sign_in(page, live_city.url, lang, way)

    page.goto(f"{live_city.url}/{lang}/reservations")
    act(page, f".next-booking a[href$='{reference}']")
    page.wait_for_url(lambda url: url.endswith(reference))
    act(page, "#changing a[href$='/move']")
    page.wait_for_url(lambda url: url.endswith("/move"))
    for name, time in (("start", "19:00"), ("end", "20:00")):
        tab_to(page, f"[name={name}]") if act is _keyboard else page.click(f"[name={name}]")
        page.fill(f"[name={name}]", time)
    if options.get("java_script_enabled", True):
        page.keyboard.press("Tab")  # the panel answers before anything is sent
        page.wait_for_selector("#answer .reasons-yes")
    act(page, ".request-form button.button-large")
    page.wait_for_url(lambda url: url.endswith(reference))
    assert _state_of(live_city, reference) == ("confirmed", at("19:00", day))

    act(page, "#changing summary")
    act(page, "#changing form[action$='/cancel'] button")
    if options.get("java_script_enabled", True):
        act(page, "[data-confirm-yes]")
    page.wait_for_selector(".reasons-no")
    assert _state_of(live_city, reference)[0] == "cancelled"

    page.goto(f"{live_city.url}/{lang}/reservations")
    act(page, f".tabs a:text-is('{CANCELLED[lang]}')" if act is _mouse else ".tabs li:last-child a")
    page.wait_for_url(re.compile("show=cancelled"))
    assert page.locator(f".booking-name a[href$='{reference}']").count() == 1


@pytest.mark.parametrize("way", ["sv-phone", "en-without-javascript"])
def test_who_waits_for_a_taken_time_is_offered_it_and_takes_it(live_city, new_page, way):
    lang, options = WAYS[way]
    day = WEDNESDAY + timedelta(weeks=list(WAYS).index(way), days=1)
    taken = _a_booking(live_city, f"holder-{way}", day)
    _a_visitor(live_city, f"waits-{way}")
    page = new_page(**options)
    _sign_in(page, live_city.url, lang, f"waits-{way}")

    wish = f"date={day}&start=17:00&end=18:00&people=4&purpose=meeting&title=Palaveri"
    page.goto(f"{live_city.url}/{lang}/spaces/{ROOM}/reserve?{wish}")
    page.click("button[form=wait]")
    page.wait_for_selector("section[aria-labelledby=waiting]")
    assert page.locator("section[aria-labelledby=waiting] .booking").count() == 1

    _free(live_city, taken)
    page.reload()
    page.click("main .reasons-wait a.button")
    for box in page.locator(".request-form input[type=checkbox]").all():
        box.check()
    page.click(".request-form button.button-large")
    page.wait_for_selector("main .reasons-yes")
    page.goto(f"{live_city.url}/{lang}/reservations")
    assert "Palaveri" in page.locator(".next-booking").inner_text()
    assert page.locator("section[aria-labelledby=waiting]").count() == 0


def test_arrow_keys_lead_from_booking_to_booking_of_a_month(live_city, new_page):
    days = [date(2027, 2, 3), date(2027, 2, 4), date(2027, 2, 10)]
    for day in days:
        _a_booking(live_city, "arrows", day, hour="08:00")
    page = new_page(viewport={"width": 1200, "height": 900})
    _sign_in(page, live_city.url, "fi", "arrows")
    page.goto(f"{live_city.url}/fi/reservations?view=calendar&month=2027-02")
    tab_to(page, "[data-month] a")
    for key, expected in (("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowDown", 2), ("Home", 0)):
        page.keyboard.press(key)
        links = page.locator("[data-month] a")
        assert links.nth(expected).evaluate("link => link === document.activeElement"), key


# ── Who does what how ─────────────────────────────────────────────────────────────────────────


def _mouse(page, selector):
    page.locator(selector).first.click()


def _keyboard(page, selector):
    press(page, selector)


def _email(name):
    return f"{name}@mine.example"


def _sign_in(page, url, lang, name):
    page.goto(f"{url}/{lang}/sign-in")
    page.fill("#sign-in [name=email]", _email(name))
    page.fill("#sign-in [name=password]", PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_selector("form[action$=sign-out]", state="attached")


def _a_visitor(server, name):
    """The key of a person who can sign in."""
    with writing(), server.session() as session:
        person = a_person(session, name="Maija", email=_email(name), password=PASSWORD)
        session.commit()
        return person.id


_people: dict[tuple[str, str], int] = {}


def _a_booking(server, name, day, hour="17:00"):
    """The reference of an hour that this person has booked."""
    known = (server.url, name)
    if known not in _people:
        _people[known] = _a_visitor(server, name)
    starts_at = at(hour, day)
    wish = ReservationRequest(
        spaces=(ROOM,),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        title="Hallitus",
        purpose="meeting",
        people=4,
        responsible_adult=True,
        terms=(TERMS,),
    )
    with writing(), server.session() as session:
        actor = actor_of(session, _people[known])
        made = request_reservation(session, actor, wish, NOW.astimezone(UTC))
        session.commit()
        return made.reference


def _state_of(server, reference):
    with server.session() as session:
        found = session.scalars(select(Reservation).where(Reservation.reference == reference)).one()
        return found.state, found.starts_at


def _free(server, reference):
    """Whoever has it cancels it, and it is offered to the first in line."""
    now = NOW.astimezone(UTC)
    with writing(), server.session() as session:
        cancel_reservation(session, COMMAND, reference, now, "Vesivahinko")
        waiting = session.scalars(
            select(WaitingEntry)
            .where(WaitingEntry.state == "waiting", WaitingEntry.title == "Palaveri")
            .order_by(WaitingEntry.id)
        ).first()
        offer_place(session, COMMAND, waiting.id, now)
        session.commit()
