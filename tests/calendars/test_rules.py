"""What each reader of a calendar is told of a reservation."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.calendars.ical import Status
from booking.calendars.rules import Audience, Told, event_for, notice_uid, window_of
from tests.calendars.values import WORDING, a_place, a_unit, told

HELSINKI = ZoneInfo("Europe/Helsinki")
PUBLIC = (Audience.SPACE, Audience.UNIT)


@pytest.mark.parametrize("audience", PUBLIC)
@pytest.mark.parametrize("state", ["held", "requested", "confirmed"])
def test_the_public_reads_that_a_space_is_booked_and_nothing_of_whom(
    audience: Audience, state: str
) -> None:
    event = event_for(audience, told(state=state), WORDING)
    assert event.summary.endswith("Varattu")
    assert event.description == ""
    assert not event.is_private
    assert event.status is (Status.CONFIRMED if state == "confirmed" else Status.TENTATIVE)
    assert "7KQ2M" not in (event.url or "")


@pytest.mark.parametrize("audience", PUBLIC)
def test_the_public_reads_the_name_that_an_organisation_lets_be_shown(audience: Audience) -> None:
    event = event_for(audience, told(organisation="Haminan Sähly ry"), WORDING)
    assert event.summary.endswith("Varattu: Haminan Sähly ry")


@pytest.mark.parametrize("audience", PUBLIC)
def test_a_closure_says_that_it_is_closed_and_not_why(audience: Audience) -> None:
    event = event_for(audience, told(kind="closure", title="Vesivahinko"), WORDING)
    assert event.summary.endswith("Suljettu")
    assert event.status is Status.CONFIRMED


def test_in_the_calendar_of_a_unit_each_event_begins_with_its_spaces() -> None:
    places = (a_place(), a_place(slug="nayttamo", name={"fi": "Näyttämö"}))
    assert event_for(Audience.UNIT, told(places=places), WORDING).summary == (
        "Iso sali, Näyttämö: Varattu"
    )
    assert event_for(Audience.SPACE, told(places=places), WORDING).summary == "Varattu"


@pytest.mark.parametrize("audience", PUBLIC)
def test_the_public_is_not_told_of_spaces_that_are_not_published(audience: Audience) -> None:
    hidden = a_place(slug="varasto", name={"fi": "Varasto"}, published=False)
    event = event_for(audience, told(places=(hidden,)), WORDING)
    assert "Varasto" not in event.summary + event.location
    assert event.location == "Kirkkojärven koulu, Koulutie 1, 49400 Hamina"
    assert event.url is None


def test_the_owner_reads_title_state_and_number_and_may_open_the_page() -> None:
    event = event_for(
        Audience.PRIVATE, told(state="requested", organisation="Haminan Sähly ry"), WORDING
    )
    assert event.summary == "Kuoron harjoitus"
    assert event.description.splitlines() == [
        "Tila: odottaa käsittelyä",
        "Yhteisö: Haminan Sähly ry",
        "Henkilömäärä: 24",
        "Varausnumero: 7KQ2M-9XBT4",
    ]
    assert event.url == "http://localhost/fi/reservations/7KQ2M-9XBT4"
    assert event.is_private


def test_what_has_no_title_is_called_by_its_spaces() -> None:
    assert event_for(Audience.PRIVATE, told(title=""), WORDING).summary == "Iso sali"
    assert event_for(Audience.PRIVATE, told(title="", places=()), WORDING).summary == "Varattu"


@pytest.mark.parametrize("state", ["cancelled", "denied", "expired"])
def test_what_is_over_says_so_first_for_clients_that_show_no_status(state: str) -> None:
    event = event_for(Audience.PRIVATE, told(state=state), WORDING)
    assert event.summary == "Peruttu: Kuoron harjoitus"
    assert event.status is Status.CANCELLED


# ── Where ─────────────────────────────────────────────────────────────────────────────────────


def test_the_location_is_space_site_and_address() -> None:
    assert _location(told()) == "Iso sali, Kirkkojärven koulu, Koulutie 1, 49400 Hamina"


def test_a_site_with_one_space_of_its_own_name_is_named_once() -> None:
    park = a_unit(name={"fi": "Puisto"}, street_address=None)
    assert _location(told(places=(a_place(name={"fi": "Puisto"}, unit=park),))) == (
        "Puisto, 49400 Hamina"
    )


def test_spaces_of_several_sites_name_theirs_and_have_no_position() -> None:
    other = a_place(slug="huone", name={"fi": "Huone"}, unit=a_unit(id=2, name={"fi": "Talo"}))
    event = event_for(Audience.SPACE, told(places=(a_place(), other)), WORDING)
    assert event.location == "Iso sali (Kirkkojärven koulu), Huone (Talo)"
    assert event.position is None


def test_only_an_exact_position_is_given() -> None:
    assert event_for(Audience.SPACE, told(), WORDING).position == (60.5697, 27.1979)
    vague = a_place(unit=a_unit(location_is_exact=False))
    assert event_for(Audience.SPACE, told(places=(vague,)), WORDING).position is None


def _location(one: Told) -> str:
    return event_for(Audience.SPACE, one, WORDING).location


# ── How long, and as what ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("audience", "first", "last"),
    [
        (Audience.SPACE, date(2026, 12, 11), date(2028, 2, 15)),
        (Audience.UNIT, date(2026, 12, 11), date(2028, 2, 15)),
        (Audience.PRIVATE, date(2026, 10, 13), date(2028, 2, 15)),
    ],
)
def test_a_window_is_of_whole_local_days(audience: Audience, first: date, last: date) -> None:
    window = window_of(audience, date(2027, 1, 11), HELSINKI)
    assert window.starts_at.astimezone(HELSINKI) == datetime(
        first.year, first.month, first.day, tzinfo=HELSINKI
    )
    assert window.ends_at.astimezone(HELSINKI) == datetime(
        last.year, last.month, last.day + 1, tzinfo=HELSINKI
    )


def test_a_notice_has_a_uid_of_its_own_for_ever() -> None:
    assert notice_uid("space:1", "hamina.fi") == notice_uid("space:1", "hamina.fi")
    assert notice_uid("space:1", "hamina.fi") != notice_uid("space:2", "hamina.fi")
    assert notice_uid("space:1", "hamina.fi").endswith("@hamina.fi")


def test_a_text_falls_back_to_a_language_that_it_has() -> None:
    assert WORDING.text({"sv": "Salen"}) == "Salen"
    assert WORDING.text(None) == ""
