"""The secretary changes in a real browser: asked, registered by the link, and let go."""

from __future__ import annotations

from datetime import UTC

import pytest
from sqlalchemy import select

from booking.accounts.links import Door, Links
from booking.accounts.models import Organisation, OrganisationInvitation
from booking.accounts.queries import find_person
from booking.database import writing
from booking.reservations.models import Reservation
from tests.accounts.visiting import PASSWORD
from tests.builders import a_person, an_organisation
from tests.conftest import NOW

PHONE = {"width": 360, "height": 780}
WAYS = [
    ("fi", {}, "mouse"),
    ("sv", {"viewport": PHONE}, "mouse"),
    ("en", {"java_script_enabled": False, "viewport": PHONE}, "mouse"),
    ("fi", {}, "keyboard"),
]


@pytest.mark.parametrize(
    ("lang", "options", "way"), WAYS, ids=["fi", "sv-phone", "en-without-javascript", "fi-keyboard"]
)
def test_the_secretary_hands_over_to_somebody_new(live_city, new_page, lang, options, way):
    name = f"{lang}-{way}"
    slug, title = _a_club_with_a_booking(live_city, name)
    page, url = new_page(**options), f"{live_city.url}/{lang}"
    act = _by_keyboard if way == "keyboard" else _by_mouse

    page.goto(f"{url}/sign-in")
    act(page, ("[name=email]", _secretary(name)), ("[name=password]", PASSWORD))
    page.goto(f"{url}/organisations/{slug}/hand-over")
    act(
        page,
        ("[name=member][value=email]", None),
        ("main [name=email]", _successor(name)),
        ("[name=inviter_becomes][value=leaves]", None),
    )
    assert _successor(name) in page.locator("main .reasons-wait").inner_text()

    new = new_page(**options)
    new.goto(_link(live_city, slug, lang))
    assert "Siiri" in new.locator("main").inner_text()
    act(new, ("[name=name]", "Uusi Sihteeri"), ("main [name=password]", PASSWORD))
    new.wait_for_selector(".notice")
    assert new.url.endswith(f"/{lang}/organisations/{slug}")
    assert "Siiri" not in new.locator(".people").inner_text()

    new.goto(f"{url}/organisations/{slug}/bookings")
    assert title in new.locator("main").inner_text(), "the bookings stay"
    new.goto(f"{url}/organisations/{slug}/history")
    assert "Uusi Sihteeri" in new.locator(".history").inner_text()

    answer = page.goto(f"{url}/organisations/{slug}")
    assert answer is not None
    assert answer.status == 404, "the old one no longer may"


def _secretary(name):
    return f"siiri-{name}@example.com"


def _successor(name):
    return f"uusi-{name}@example.com"


def _a_club_with_a_booking(server, name):
    """A club with a secretary and something booked; its slug and the title of the booking."""
    with writing(), server.session() as session:
        found = find_person(session, _secretary(name))
        assert found is None
        siiri = a_person(session, name="Siiri", email=_secretary(name), password=PASSWORD)
        club = an_organisation(session, slug=f"club-{name}", name="Kerho ry", admins=[siiri])
        booked = session.scalars(
            select(Reservation)
            .where(Reservation.state == "confirmed", Reservation.starts_at > NOW.astimezone(UTC))
            .order_by(Reservation.starts_at)
        ).first()
        assert booked is not None
        booked.organisation_id, booked.title = club.id, f"Kevätkokous {name}"
        session.commit()
        return club.slug, booked.title


def _link(server, slug, lang):
    """The address in the mail that the successor gets; the outbox forgets it once it is sent."""
    with server.session() as session:
        invited = session.scalars(
            select(OrganisationInvitation).join(Organisation).where(Organisation.slug == slug)
        ).one()
        links = Links(
            [server.settings.secret_key],
            lambda _door, lang, token: f"{server.url}/{lang}/organisations/join/{token}",
        )
        claims = {"invitation": invited.id}
        return links.make(Door.JOIN_ORGANISATION, lang, claims, NOW.astimezone(UTC))


def _by_mouse(page, *fields):
    for selector, text in fields:
        if text is None:
            page.check(selector)
        else:
            page.fill(selector, text)
    page.locator("main form .button[type=submit]").last.click()
    page.wait_for_load_state()


def _by_keyboard(page, *fields):
    for selector, text in fields:
        if text is None:
            _choose(page, selector)
        else:
            _tab_to(page, selector)
            page.keyboard.type(text)
    _tab_to(page, "main form .button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _choose(page, selector):
    """One of several, with the arrows: the Tab key knows only one of the group."""
    group = selector.partition("]")[0] + "]"
    _tab_to(page, group)
    page.keyboard.press("Space")
    for _ in range(10):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{selector} can't be chosen with the keyboard")


def _tab_to(page, selector):
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} can't be reached with the keyboard")
