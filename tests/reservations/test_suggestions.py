"""What would do instead, also where the policy wants weeks of notice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.catalogue.version_models import PolicyVersion
from booking.core.clock import local_date
from booking.reservations.errors import NotFree, OutsideOpeningHours, TooSoon
from booking.reservations.rules import ReservationRequest
from booking.reservations.suggestions import add_next_possible, alternatives
from tests.places import POLICY, a_policy, a_space, a_unit, ask
from tests.values import MONDAY, NOW, ZONE, at

TUESDAY = MONDAY + timedelta(days=1)
THREE_WEEKS = {"days": 21}
LATER = datetime(2027, 3, 1, tzinfo=UTC)


def evening(space):
    return ReservationRequest((space.slug,), at("18:00", TUESDAY), at("20:00", TUESDAY))


def test_the_next_possible_start_is_told_beyond_weeks_of_notice(session):
    room = a_space(session, policy_notice=THREE_WEEKS)
    rule = TooSoon(notice=timedelta(days=21))
    add_next_possible(session, evening(room), [rule], NOW)
    assert rule.next_possible == at("08:00", MONDAY + timedelta(days=21))


@pytest.mark.parametrize(
    ("limits", "is_told"),
    [
        ({"policy_max_duration_min": 120}, True),
        ({"policy_max_duration_min": 90}, False),
        ({"policy_min_duration_min": 120}, True),
        ({"policy_min_duration_min": 150}, False),
        ({"policy_start_interval_min": 60}, True),
    ],
)
def test_no_start_is_told_where_the_length_itself_is_refused(session, limits, is_told):
    room = a_space(session, **limits)
    rule = OutsideOpeningHours(space=room.name)
    add_next_possible(session, evening(room), [rule], NOW)
    assert (rule.next_possible is not None) is is_told


def test_others_are_told_beyond_weeks_of_notice(session):
    unit = a_unit(session)
    room = a_space(session, unit=unit)
    other = a_space(session, unit=unit, policy_notice=THREE_WEEKS)
    ask(session, room)
    found = alternatives(session, evening(room), [NotFree(space=room.name)], NOW)
    days = {one.place.slug: local_date(one.period.starts_at, ZONE) for one in found}
    assert days == {room.slug: TUESDAY, other.slug: MONDAY + timedelta(days=21)}


def test_no_other_is_told_whose_policy_refuses_the_length(session):
    unit = a_unit(session)
    room = a_space(session, unit=unit)
    a_space(session, unit=unit, policy_max_duration_min=60)
    a_space(session, unit=unit, policy_min_duration_min=180)
    ask(session, room)
    found = alternatives(session, evening(room), [NotFree(space=room.name)], NOW)
    assert {one.place.slug for one in found} == {room.slug}


def test_others_are_those_that_anybody_may_book_today(session):
    unit = a_unit(session)
    room = a_space(session, unit=unit)
    policy = a_policy(session)
    policy.versions.append(
        PolicyVersion(
            valid_from=LATER.date(),
            in_force_from=LATER,
            content={**POLICY, "who_may_book": "staff"},
        )
    )
    other = a_space(session, unit=unit, policy=policy)
    for_staff = a_space(session, unit=unit, policy_who_may_book="staff")
    raise_catalogue_version(session)
    ask(session, room)
    assert for_staff.slug in get_catalogue(session).places
    found = alternatives(session, evening(room), [NotFree(space=room.name)], NOW)
    assert {one.place.slug for one in found} == {room.slug, other.slug}
