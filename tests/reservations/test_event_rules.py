"""What the rules said of an event, and what that means for its bookings; on plain values."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.reservations.event_rules import (
    EventOutcome,
    Mismatch,
    Use,
    broken_by_event,
    is_administrative,
    mismatches,
    must_be_decided,
    place_facts,
)
from tests.values import MONDAY, ZONE, a_period

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
ROOM = {"place_kind": "city_indoor", "space_type": "meeting_room", "alcohol_allowed": False}
EVENT = EventOutcome(
    id=1,
    reference="7KQ2M-9XBT4",
    decision="auto_free",
    price_group="K2",
    period=a_period("18:00", "20:00", TUESDAY),
    most_people=20,
    place_facts=place_facts({"place_kind": "city_indoor", "space_type": "meeting_room"}),
)


def of_decision(decision, group="K2", **values):
    return EventOutcome(1, "7KQ2M-9XBT4", decision, group, **values)


def a_use(start="18:00", end="20:00", day=TUESDAY, people=20, places=(ROOM,), organisation=None):
    return Use(a_period(start, end, day), people, places, organisation)


@pytest.mark.parametrize(
    ("decision", "group", "automatic", "expected"),
    [
        ("auto_free", "K2", False, True),
        ("auto_free", "K2", True, False),
        ("auto_charged", "K4", False, False),
        ("auto_charged", "K4", True, False),
        ("review", "K2", True, True),
        ("review", "K4", True, True),
        ("needs_info", None, True, True),
        ("denied", "K2", True, True),
        ("denied", "K4", False, True),
        ("not_applicable", None, True, False),
    ],
)
def test_the_decision_of_the_rules_says_whether_a_person_decides(
    decision, group, automatic, expected
):
    event = of_decision(decision, group)
    is_free = group == "K2"
    assert (
        must_be_decided(event, (), is_free=is_free, is_within_limits=True, automatic=automatic)
        is expected
    )


def test_beyond_the_limits_of_free_use_a_person_decides():
    of = {"is_free": True, "automatic": True}
    assert not must_be_decided(EVENT, (), is_within_limits=True, **of)
    assert must_be_decided(EVENT, (), is_within_limits=False, **of)


@pytest.mark.parametrize("automatic", [False, True])
def test_the_limits_of_free_use_say_nothing_about_what_is_paid(automatic):
    event = of_decision("auto_charged", "K4")
    of = {"is_free": False, "is_within_limits": False, "automatic": automatic}
    assert not must_be_decided(event, (), **of)


def test_without_an_event_free_use_alone_asks_for_a_person():
    of = {"is_within_limits": True, "automatic": False}
    assert must_be_decided(None, (), is_free=True, **of)
    assert not must_be_decided(None, (), is_free=False, **of)


@pytest.mark.parametrize(
    ("event", "mismatched"),
    [
        (EVENT, (Mismatch.PEOPLE,)),
        (of_decision("auto_charged", "K4"), (Mismatch.PLACE,)),
        (of_decision("auto_charged", "K4", is_cancelled=True), ()),
    ],
)
def test_what_the_rules_were_not_asked_about_goes_to_a_person(event, mismatched):
    of = {"is_free": False, "is_within_limits": True, "automatic": True}
    assert must_be_decided(event, mismatched, **of)


@pytest.mark.parametrize(("people", "expected"), [(None, []), (20, []), (21, [Mismatch.PEOPLE])])
def test_no_more_come_than_the_rules_were_asked_about(people, expected):
    assert mismatches(EVENT, a_use(people=people), ZONE) == expected


@pytest.mark.parametrize(
    ("start", "end", "day", "expected"),
    [
        ("00:00", "08:00", TUESDAY, []),
        ("20:00", "24:00", TUESDAY, []),
        ("22:00", "24:00", MONDAY, [Mismatch.TIME]),
        ("00:00", "02:00", WEDNESDAY, [Mismatch.TIME]),
    ],
)
def test_a_booking_is_on_a_day_of_its_event(start, end, day, expected):
    assert mismatches(EVENT, a_use(start, end, day), ZONE) == expected


def test_the_day_after_is_no_day_of_an_event_that_ends_at_midnight():
    event = of_decision("auto_free", period=a_period("18:00", "24:00", TUESDAY))
    assert mismatches(event, a_use("00:00", "01:00", WEDNESDAY), ZONE) == [Mismatch.TIME]


def test_one_of_several_spaces_is_such_as_the_rules_were_asked_about():
    park = {"place_kind": "city_outdoor", "space_type": "park"}
    assert mismatches(EVENT, a_use(places=(park,)), ZONE) == [Mismatch.PLACE]
    assert mismatches(EVENT, a_use(places=(park, ROOM)), ZONE) == []
    assert mismatches(EVENT, a_use(places=()), ZONE) == []


@pytest.mark.parametrize(("alcohol", "expected"), [("none", []), ("byo", [Mismatch.PLACE])])
def test_where_alcohol_is_allowed_matters_to_an_event_with_some(alcohol, expected):
    facts = place_facts({"alcohol": alcohol, "alcohol_allowed": True})
    assert mismatches(of_decision("auto_free", place_facts=facts), a_use(), ZONE) == expected


def test_a_booking_is_for_who_arranges_its_event():
    assert mismatches(EVENT, a_use(organisation=7), ZONE) == [Mismatch.ORGANISER]
    of_seven = of_decision("auto_free", organisation_id=7)
    assert mismatches(of_seven, a_use(organisation=7), ZONE) == []
    assert mismatches(of_seven, a_use(), ZONE) == [Mismatch.ORGANISER]


def test_nothing_is_booked_for_an_event_that_was_never_evaluated():
    assert [one.code for one in broken_by_event(of_decision(None, None))] == ["field_required"]
    assert broken_by_event(EVENT) == broken_by_event(None) == []


@pytest.mark.parametrize(
    ("event", "is_free", "expected"),
    [
        (None, False, False),
        (None, True, True),
        (of_decision("auto_charged", "K3"), False, False),
        (of_decision("review", "K2"), False, True),
        (of_decision("denied", "K4"), False, False),
    ],
)
def test_deciding_about_free_use_is_an_administrative_decision(event, is_free, expected):
    assert is_administrative(event, is_free) is expected
