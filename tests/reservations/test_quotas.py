"""What of a quota is held, by whom: at the same time, in a local week and in a month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.core.errors import RequestRefused
from booking.reservations.use_cases import cancel_reservation
from tests.builders import a_person, an_organisation
from tests.places import a_policy, a_space, an_actor, ask
from tests.reservations.test_series import SERIES, a_room, a_wish, refused
from tests.values import MONDAY, NOW

FREE = {"active": 99, "hours_per_week": None}
FRIDAY = date(2027, 1, 29)
"""The last Friday of a January whose last week goes on into February."""


def two_rooms(session, **limits):
    """Two rooms of one policy with this quota."""
    policy = a_policy(session, quota={**FREE, **limits})
    return [a_space(session, policy=policy) for _number in range(2)]


def is_refused(session, room, **more):
    with pytest.raises(RequestRefused) as error:
        ask(session, room, **more)
    return [rule.code for rule in error.value.broken] == ["quota_exceeded"]


@pytest.mark.parametrize("limit", [{"bookings_per_month": 1}, {"hours_per_month": 3}])
def test_a_month_ends_with_its_last_local_day_over_all_rooms_of_the_policy(session, limit):
    one, other = two_rooms(session, **limit)
    actor = an_actor(session)
    ask(session, one, "20:00", "22:00", actor=actor, day=date(2027, 1, 31))
    assert is_refused(session, other, start="10:00", end="12:00", actor=actor, day=FRIDAY)
    ask(session, other, "08:00", "10:00", actor=actor, day=date(2027, 2, 1))


@pytest.mark.parametrize("limit", [{"bookings_per_week": 1}, {"hours_per_week": 3}])
def test_a_week_goes_from_monday_to_sunday_across_the_end_of_a_month(session, limit):
    one, other = two_rooms(session, **limit)
    actor = an_actor(session)
    ask(session, one, actor=actor, day=FRIDAY)
    assert is_refused(session, other, actor=actor, day=FRIDAY + timedelta(days=2))
    ask(session, other, actor=actor, day=FRIDAY + timedelta(days=3))


def test_what_is_over_still_counts_in_its_month_and_what_was_cancelled_does_not(session):
    one, other = two_rooms(session, bookings_per_month=1)
    actor = an_actor(session)
    gone = ask(session, one, actor=actor, day=MONDAY + timedelta(days=2))
    cancel_reservation(session, actor, gone.reference, NOW)
    ask(session, one, actor=actor, day=MONDAY + timedelta(days=1))
    later = NOW + timedelta(days=9)
    assert is_refused(session, other, actor=actor, day=date(2027, 1, 28), now=later)


def test_an_organisation_has_a_quota_of_its_own_which_its_members_share(session):
    one, other = two_rooms(session, bookings_per_week=1)
    people = [a_person(session), a_person(session)]
    club = an_organisation(session, members=people)
    first, second = (an_actor(session, person=person) for person in people)
    ask(session, one, actor=first)
    ask(session, one, "16:00", "18:00", actor=first, organisation=club.slug)
    assert is_refused(session, other, actor=second, organisation=club.slug)
    ask(session, other, actor=second)


def test_each_date_of_a_series_counts_in_its_month(session):
    quota = {**FREE, "bookings_per_month": 2}
    room = a_room(session, policy_quota=quota, policy_series=SERIES)
    codes = refused(session, a_wish(room, "FREQ=WEEKLY;COUNT=4"))
    assert codes == [("quota_exceeded", date(2027, 1, 26))]
