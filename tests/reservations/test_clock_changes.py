"""Ends that touch, midnights, nights, and the two nights in which the clocks change: tables for
the eye, through the real use cases.

Times are those of the wall in Hamina; "+1" is the next day. Of the hour that autumn repeats, "a"
is the first time and "b" the second.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select

from booking.catalogue.opening import WEEKDAYS
from booking.catalogue.reference_models import HoursPattern, OpeningHours
from booking.core.errors import RequestRefused
from booking.invariants import breaches
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_queries import dates_of
from booking.reservations.series_rules import SeriesRequest
from booking.reservations.series_use_cases import request_series
from booking.reservations.use_cases import request_reservation
from tests.places import a_city, a_space, an_actor
from tests.values import MONDAY, NOW, ZONE, at, texts

TUESDAY = MONDAY + timedelta(days=1)
TERMS = (date(2026, 1, 1),)
SERIES = {
    "allowed": True,
    "who": "anyone",
    "approval": "instant",
    "max_occurrences": 9,
    "horizon_days": 730,
}


@pytest.fixture
def room(session):
    """`room(**policy)`: a room that is open day and night, and may be booked for up to a day."""

    def build(**values):
        a_city(session)
        always = OpeningHours(
            slug="always",
            position=9,
            name=texts("Always"),
            evidence="plausible",
            patterns=[HoursPattern(week={day: [[0, 1440]] for day in WEEKDAYS})],
        )
        session.add(always)
        session.flush()
        usual = {
            "policy_max_duration_min": 1440,
            "policy_horizon_days": 400,
            "policy_series": SERIES,
        }
        return a_space(session, opening_hours_id=always.id, **{**usual, **values})

    return build


def instant(text, day):
    """Of "22:00", "01:00+1", or "03:30b"."""
    clock, _, later = text.partition("+")
    found = at(clock.strip("ab"), day + timedelta(days=int(later or 0)))
    return found + timedelta(hours=1) if clock.endswith("b") else found


def a_wish(room, start, end, day):
    return ReservationRequest(
        spaces=(room.slug,),
        starts_at=instant(start, day),
        ends_at=instant(end, day),
        terms=TERMS,
        title="Night",
    )


def told(session, wish):
    """Confirmed, or the codes of the rules it breaks."""
    try:
        return request_reservation(session, an_actor(session), wish, NOW).state
    except RequestRefused as refused:
        return " ".join(rule.code for rule in refused.broken)


def table(text):
    rows = [line.partition("#")[0].split() for line in text.strip().splitlines()]
    return [pytest.param(*row, id=" ".join(row)) for row in rows if row]


@pytest.mark.parametrize(
    ("day", "booked_from", "booked_to", "asked_from", "asked_to", "answer"),
    table("""
    # day        booked              asked               answer
    2027-01-12   10:00    12:00      12:00    13:00      confirmed   # ends touch
    2027-01-12   10:00    12:00      09:00    10:00      confirmed
    2027-01-12   10:00    12:00      11:30    13:00      not_free
    2027-01-12   10:00    12:00      09:00    10:30      not_free
    2027-01-12   10:00    12:00      10:30    11:30      not_free    # within
    2027-01-12   10:00    12:00      09:00    13:00      not_free    # around
    2027-01-12   22:00    24:00      00:00+1  02:00+1    confirmed   # midnight
    2027-01-12   22:00    00:00+1    24:00    02:00+1    confirmed   # has two names
    2027-01-12   22:00    24:00      23:30    00:30+1    not_free    # across it
    2027-01-12   22:00    06:00+1    06:00+1  08:00+1    confirmed   # a night
    2027-01-12   22:00    06:00+1    05:30+1  06:30+1    not_free
    2027-01-12   22:00    06:00+1    00:00+1  01:00+1    not_free
    2027-03-28   02:00    03:00      04:00    05:00      confirmed   # 03:00 is 04:00
    2027-03-28   02:00    04:00      04:30    05:00      confirmed
    2027-03-28   02:00    05:00      04:00    04:30      not_free
    2027-10-31   03:00a   03:00b     03:00b   04:00      confirmed   # 03:00 comes twice
    2027-10-31   03:00a   03:30a     03:30a   03:00b     confirmed
    2027-10-31   02:00    03:30a     03:00b   03:30b     confirmed
    2027-10-31   02:00    03:30b     03:00b   04:00      not_free
    2027-10-31   02:00    04:00      03:30b   05:00      not_free
    """),
)
def test_two_bookings_may_touch_but_not_overlap(
    session, room, day, booked_from, booked_to, asked_from, asked_to, answer
):
    place, day = room(), date.fromisoformat(day)
    assert told(session, a_wish(place, booked_from, booked_to, day)) == "confirmed"
    assert told(session, a_wish(place, asked_from, asked_to, day)) == answer
    session.flush()
    assert breaches(session.connection(), NOW) == []


@pytest.mark.parametrize(
    ("day", "booked_from", "booked_to", "asked_from", "asked_to", "answer"),
    table("""
    # set-up 30 minutes, clean-up 60: neighbours keep 90 apart
    2027-01-12   10:00    12:00      13:30    14:00      confirmed
    2027-01-12   10:00    12:00      13:00    14:00      not_free
    2027-01-12   10:00    12:00      08:00    08:30      confirmed
    2027-01-12   10:00    12:00      08:00    09:00      not_free
    2027-01-12   22:00    24:00      01:30+1  02:00+1    confirmed   # over midnight
    2027-01-12   22:00    24:00      01:00+1  02:00+1    not_free
    2027-03-28   01:00    02:00      04:30    05:00      confirmed   # 03:30 would be 04:30
    2027-03-28   01:00    02:00      04:00    05:00      not_free
    2027-10-31   01:00    03:00a     03:30b   04:00      confirmed   # 90 real minutes
    2027-10-31   01:00    03:00a     03:00b   04:00      not_free
    """),
)
def test_set_up_and_clean_up_are_real_minutes_between_neighbours(
    session, room, day, booked_from, booked_to, asked_from, asked_to, answer
):
    place = room(policy_buffer_before_min=30, policy_buffer_after_min=60)
    day = date.fromisoformat(day)
    assert told(session, a_wish(place, booked_from, booked_to, day)) == "confirmed"
    assert told(session, a_wish(place, asked_from, asked_to, day)) == answer
    session.flush()
    assert breaches(session.connection(), NOW) == []


@pytest.mark.parametrize(
    ("day", "start", "end", "in_utc", "minutes", "cents", "answer"),
    table("""
    # at most 4 hours, at 10 euros an hour
    # day        from     to       in UTC        minutes  cents   answer
    2027-01-12   22:00    02:00+1  20:00-00:00   240      4000    confirmed
    2027-01-12   22:00    02:30+1  20:00-00:30   270      -       too_long
    2027-03-28   01:00    05:00    23:00-02:00   180      3000    confirmed  # an hour is missing
    2027-03-28   01:00    06:00    23:00-03:00   240      4000    confirmed
    2027-03-28   01:00    06:30    23:00-03:30   270      -       too_long
    2027-03-27   22:00    02:00+1  20:00-00:00   240      4000    confirmed  # before it is
    2027-10-31   01:00    04:00    22:00-02:00   240      4000    confirmed  # an hour comes twice
    2027-10-31   01:00    04:30    22:00-02:30   270      -       too_long
    2027-10-31   03:00a   03:30a   00:00-00:30   30       500     confirmed
    2027-10-31   03:00a   03:30b   00:00-01:30   90       1500    confirmed
    2027-10-31   03:00b   03:30b   01:00-01:30   30       500     confirmed
    """),
)
def test_lengths_and_prices_are_of_real_time(
    session, room, day, start, end, in_utc, minutes, cents, answer
):
    place, day = room(policy_max_duration_min=240), date.fromisoformat(day)
    wish = a_wish(place, start, end, day)
    times = (one.astimezone(UTC) for one in (wish.starts_at, wish.ends_at))
    assert "-".join(f"{one:%H:%M}" for one in times) == in_utc
    assert wish.period.length == timedelta(minutes=int(minutes))
    assert told(session, wish) == answer
    if answer == "confirmed":
        [made] = place_reservations(session, place)
        assert made.total_cents == int(cents)


def place_reservations(session, place):
    return session.scalars(
        select(Reservation)
        .join(ReservationSpace, ReservationSpace.reservation_id == Reservation.id)
        .where(ReservationSpace.space_id == place.id)
    ).all()


@pytest.mark.parametrize(
    ("first", "start", "end", "nights"),
    [
        # Weekly, the night of the change in the middle: by the wall the same, in UTC
        ("2027-03-20", "18:00", "20:00", "16:00-18:00 16:00-18:00 15:00-17:00"),
        ("2027-10-23", "18:00", "20:00", "15:00-17:00 15:00-17:00 16:00-18:00"),
        ("2027-03-20", "22:00", "06:00+1", "20:00-04:00 20:00-03:00 19:00-03:00"),
        ("2027-10-23", "22:00", "06:00+1", "19:00-03:00 19:00-04:00 20:00-04:00"),
        ("2027-03-21", "00:30", "02:30", "22:30-00:30 22:30-00:30 21:30-23:30"),
        ("2027-10-24", "00:30", "02:30", "21:30-23:30 21:30-23:30 22:30-00:30"),
    ],
)
def test_a_series_keeps_its_time_on_the_wall(session, room, first, start, end, nights):
    wish = a_wish(room(), start, end, date.fromisoformat(first))
    series = request_series(
        session, an_actor(session), SeriesRequest(wish, "FREQ=WEEKLY;COUNT=3"), NOW
    )
    made = dates_of(session, series)
    assert [f"{one.starts_at:%H:%M}-{one.ends_at:%H:%M}" for one in made] == nights.split()
    walls = {
        tuple(f"{t.astimezone(ZONE):%H:%M}" for t in (one.starts_at, one.ends_at)) for one in made
    }
    assert walls == {(start, end.partition("+")[0])}
    session.flush()
    assert breaches(session.connection(), NOW) == []
