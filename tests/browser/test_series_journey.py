"""A secretary books forty evenings at once, in a real browser: conflicts, holidays, one button."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.accounts.queries import actor_of
from booking.catalogue.queries import get_catalogue
from booking.core.clock import opening_instant
from booking.database import writing
from booking.reservations.circumstances import accepted_terms
from booking.reservations.models import Series
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_queries import dates_of
from booking.reservations.use_cases import request_reservation
from tests.conftest import NOW

PASSWORD = "yhteistila-demo"
SLUG = "kaupungintalo-kokoushuone-b"
PHONE = {"width": 360, "height": 780}
FIRST, LAST = date(2027, 3, 1), date(2027, 12, 13)  # 42 Mondays
HOLIDAYS = [date(2027, 3, 29), date(2027, 12, 6)]
TAKEN = [FIRST + timedelta(weeks=weeks) for weeks in (1, 3, 9)]
COUNTS = {
    "fi": "37/42 ajankohtaa vapaana",
    "sv": "37 av 42 tidpunkter lediga",
    "en": "37 of 42 dates free",
}
NAMES = {"fi": "Itsenäisyyspäivä", "sv": "Självständighetsdagen", "en": "Independence Day"}


@pytest.mark.parametrize(
    ("lang", "hour", "options"),
    [
        ("fi", 8, {}),
        ("sv", 10, {"viewport": PHONE}),
        ("en", 12, {"locale": "en-GB", "viewport": PHONE}),
        ("fi", 14, {"java_script_enabled": False, "viewport": PHONE}),
    ],
    ids=["fi", "sv-phone", "en-phone", "fi-without-javascript"],
)
def test_a_secretary_books_forty_evenings_but_one(live_city, new_page, lang, hour, options):
    secretary = _secretary(live_city, f"{lang}{hour}")
    _take(live_city, hour)
    page = new_page(**options)
    _fill_in_the_window(page, live_city.url, lang, hour)
    page.click("[name=see]")
    page.wait_for_url("**see=dates**")
    assert COUNTS[lang] in page.inner_text("#counts")
    assert NAMES[lang] in page.inner_text("section[aria-labelledby=days-off]")
    assert page.locator(".series-conflict").count() == len(TAKEN)
    assert _too_wide(page) == []
    for day in (TAKEN[0], TAKEN[2]):  # the same time, so that no other journey is in the way
        page.check(_in_another_room(day))
    page.check(f'[name="instead-{TAKEN[1]}"][value=leave]')

    page.click("#send [name=sign_in]")  # the sign-in in the middle loses nothing
    page.fill("#sign-in [name=email]", secretary)
    page.fill("#sign-in [name=password]", PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_url("**/series?*")
    assert page.is_checked(f'[name="instead-{TAKEN[1]}"][value=leave]')

    page.fill("[name=title]", "Kuoroharjoitus")
    page.select_option("[name=purpose]", "culture")
    page.check("[name=responsible_adult]")
    page.check("[name=terms]")
    assert "39" in page.inner_text("#send button")
    page.click("#send button")
    page.wait_for_url("**/series/*")
    _is_as_chosen(live_city, page.url.rsplit("/", 1)[1])
    assert page.locator("section[aria-labelledby=skipped] li").count() == 3
    assert _too_wide(page) == []


def test_the_same_by_keyboard_alone(live_city, new_page):
    hour, secretary = 16, _secretary(live_city, "keyboard")
    _take(live_city, hour)
    page = new_page()
    page.goto(f"{live_city.url}/en/sign-in")
    page.fill("#sign-in [name=email]", secretary)
    page.fill("#sign-in [name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("form[action$=sign-out]", state="attached")
    page.goto(f"{_address(live_city.url, 'en')}?date={FIRST}&until={LAST}&people=8")

    for name, typed in (("start", f"{hour:02}00"), ("end", f"{hour + 2:02}00")):
        _tab_to(page, f"[name={name}]")
        page.keyboard.type(typed)
    _tab_to(page, "[name=see]")
    page.keyboard.press("Enter")
    page.wait_for_url("**see=dates**")
    assert COUNTS["en"] in page.inner_text("#counts")

    _tab_to(page, f'[name="instead-{TAKEN[0]}"]')
    _arrow_to(page, _in_another_room(TAKEN[0]))
    _tab_to(page, f'[name="instead-{TAKEN[1]}"]')
    _arrow_to(page, f'[name="instead-{TAKEN[1]}"][value=leave]')
    _tab_to(page, f'[name="instead-{TAKEN[2]}"]')
    _arrow_to(page, _in_another_room(TAKEN[2]))
    page.locator("#send button", has_text="39").wait_for()
    _tab_to(page, "[name=title]")
    page.keyboard.type("Choir")
    _tab_to(page, "[name=purpose]")
    page.keyboard.type("Culture")
    for name in ("responsible_adult", "terms"):
        _tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
    _tab_to(page, "#send button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/series/*")
    _is_as_chosen(live_city, page.url.rsplit("/", 1)[1])


def test_the_list_follows_the_window_in_place(live_city, new_page):
    page, day = new_page(), FIRST + timedelta(days=1)  # a Tuesday, free
    page.goto(f"{_address(live_city.url, 'en')}?date={day}&until={day}&start=10:00&end=11:00")
    assert "of 1 dates" in page.inner_text("#counts")
    page.fill("[name=until]", str(day + timedelta(weeks=2)))
    page.keyboard.press("Tab")
    page.locator("#counts", has_text="of 3 dates").wait_for()
    page.check(f'[name=leave][value="{day}"]')
    page.locator("#counts", has_text="1 left out").wait_for()
    assert page.is_checked(f'[name=leave][value="{day}"]'), "the list itself stays as it is"


# ── Help ──────────────────────────────────────────────────────────────────────────────────────


def _address(url, lang):
    return f"{url}/{lang}/spaces/{SLUG}/series"


def _secretary(server, name):
    """Somebody who acts for a verified association of their own."""
    email = f"{name}@example.com"
    made = server.run(
        "users", "create", email, "--name", "Sirkka Sihteeri", "--password", PASSWORD,
        "--organisation", f"Kuoro {name} ry",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return email


def _take(server, hour):
    """Others have the room on some of the evenings."""
    now = NOW.astimezone(UTC)
    with writing(), server.session() as session:
        city = get_catalogue(session)
        staff = session.scalars(select(Person.id).where(Person.email == "manager@demo.example"))
        actor = actor_of(session, staff.one())
        for day in TAKEN:
            wish = ReservationRequest(
                spaces=(SLUG,),
                starts_at=opening_instant(day, hour * 60, city.zone),
                ends_at=opening_instant(day, hour * 60 + 120, city.zone),
                title="Kokous",
                purpose="meeting",
                people=5,
                responsible_adult=True,
                on_behalf_of={"name": "Virtanen", "email": None},
                terms=tuple(accepted_terms(city, [city.places[SLUG]], now)),
            )
            request_reservation(session, actor, wish, now)
        session.commit()


def _fill_in_the_window(page, url, lang, hour):
    page.goto(_address(url, lang))
    page.fill("[name=date]", str(FIRST))
    page.fill("[name=until]", str(LAST))
    page.check("[name=weekday][value=mon]")
    page.fill("[name=start]", f"{hour:02}:00")
    page.fill("[name=end]", f"{hour + 2:02}:00")
    page.fill("[name=people]", "8")


def _in_another_room(day):
    return f'[name="instead-{day}"]:not([value^="{SLUG}"]):not([value=leave])'


def _is_as_chosen(server, reference):
    """39 dates, two of them in another room; the holidays and one date are left out."""
    with server.session() as session:
        series = session.scalars(select(Series).where(Series.reference == reference)).one()
        dates = dates_of(session, series)
        usual = {row.space_id for row in series.spaces}
        assert len(dates) == 39
        elsewhere = [one.series_day for one in dates if one.spaces[0].space_id not in usual]
        assert elsewhere == [TAKEN[0], TAKEN[2]]
        assert sorted(one.day for one in series.skipped) == sorted([*HOLIDAYS, TAKEN[1]])
        assert {one.state for one in dates} == {"confirmed"}


def _too_wide(page):
    """What reaches past the right edge of the page."""
    return page.locator("body *").evaluate_all(
        """found => found
            .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .filter(e => getComputedStyle(e).position !== "absolute")
            .map(e => e.outerHTML.slice(0, 80))"""
    )


def _tab_to(page, selector, most=150):
    """Press Tab until what is meant has the focus."""
    for _ in range(most):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is never reached")


def _arrow_to(page, selector):
    for _ in range(4):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{selector} is never reached")
