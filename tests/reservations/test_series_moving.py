"""Dates of a series moved as one: each stays what it was, and all of them move or none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.invariants import breaches
from booking.reservations.errors import NoDateLeft
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.series_change_use_cases import cancel_series
from booking.reservations.series_moving_use_cases import SeriesMove, move_series
from booking.reservations.series_queries import dates_of
from booking.reservations.states import State
from tests.places import an_actor, ask
from tests.reservations.test_series import (
    SERIES,
    TUESDAY,
    WEEK,
    a_room,
    a_wish,
    mails,
    make,
    settled,
)
from tests.statements import counted
from tests.values import NOW, ZONE, at

DAY = timedelta(days=1)


def a_series(session, count=3, room=None, **values):
    owner = an_actor(session)
    room = room or a_room(session, **values)
    return owner, make(session, a_wish(room, f"FREQ=WEEKLY;COUNT={count}"), owner)


def to(day, start="18:00", end="20:00", **values):
    return SeriesMove(at(start, day), at(end, day), **values)


def times(session, series):
    return [
        f"{one.starts_at.astimezone(ZONE):%m-%d %H:%M}–{one.ends_at.astimezone(ZONE):%H:%M}"
        for one in dates_of(session, series)
    ]


def refused(session, actor, series, move, **more):
    with pytest.raises(RequestRefused) as error:
        move_series(session, actor, series.reference, move, NOW, **more)
    return [(rule.code, rule.day) for rule in error.value.broken]


# ── Which dates, and where to ─────────────────────────────────────────────────────────────────


def test_all_dates_move_by_as_much_as_the_first_and_stay_what_they_were(session):
    owner, series = a_series(session)
    before = [(one.reference, one.uid, one.sequence) for one in dates_of(session, series)]
    move_series(session, owner, series.reference, to(TUESDAY + DAY, "17:00", "19:00"), NOW)
    assert times(session, series) == [
        "01-13 17:00–19:00", "01-20 17:00–19:00", "01-27 17:00–19:00"
    ]  # fmt: skip
    after = [(one.reference, one.uid, one.sequence - 1) for one in dates_of(session, series)]
    assert after == before
    assert series.version == 2
    assert mails(session) == ["series_confirmed", "series_moved"]


def test_this_and_the_following_move_or_one_alone(session):
    owner, series = a_series(session)
    second, third = TUESDAY + WEEK, TUESDAY + 2 * WEEK
    move_series(session, owner, series.reference, to(second + DAY, from_day=second), NOW)
    assert times(session, series) == [
        "01-12 18:00–20:00", "01-20 18:00–20:00", "01-27 18:00–20:00"
    ]  # fmt: skip
    only = to(third, "16:00", "18:00", from_day=third + DAY, to_day=third + DAY)
    move_series(session, owner, series.reference, only, NOW)
    assert times(session, series)[1:] == ["01-20 18:00–20:00", "01-26 16:00–18:00"]


def test_a_date_that_was_moved_by_itself_keeps_its_distance(session):
    owner, series = a_series(session)
    second = dates_of(session, series)[1]
    earlier = {
        name: getattr(second, name) - timedelta(hours=1) for name in ("starts_at", "ends_at")
    }
    change_reservation(session, owner, second.reference, Changes(earlier), NOW)
    move_series(session, owner, series.reference, to(TUESDAY, "18:00", "21:00"), NOW)
    assert times(session, series) == [
        "01-12 18:00–21:00", "01-19 17:00–20:00", "01-26 18:00–21:00"
    ]  # fmt: skip


def test_the_hour_on_the_wall_is_kept_when_the_clocks_change(session):
    owner = an_actor(session)
    room = a_room(session, policy_horizon_days=90)
    series = make(session, a_wish(room, "FREQ=WEEKLY;COUNT=2", day=date(2027, 3, 24)), owner)
    move_series(session, owner, series.reference, to(date(2027, 3, 25), "19:00", "20:00"), NOW)
    assert times(session, series) == ["03-25 19:00–20:00", "04-01 19:00–20:00"]


def test_a_date_that_the_clocks_skip_is_named(session):
    owner = an_actor(session)
    room = a_room(session, policy_horizon_days=90)
    wish = a_wish(room, "FREQ=WEEKLY;COUNT=2", day=date(2027, 3, 20), start="08:00", end="09:00")
    series = make(session, wish, owner)
    move = to(date(2027, 3, 21), "03:00", "04:00")
    assert refused(session, owner, series, move) == [("no_such_time", date(2027, 3, 27))]


def test_weekly_dates_move_by_a_week_though_each_comes_to_where_another_was(session):
    owner, series = a_series(session)
    move_series(session, owner, series.reference, to(TUESDAY + WEEK), NOW)
    assert times(session, series) == [
        "01-19 18:00–20:00", "01-26 18:00–20:00", "02-02 18:00–20:00"
    ]  # fmt: skip
    move_series(session, owner, series.reference, to(TUESDAY), NOW)
    assert times(session, series)[0] == "01-12 18:00–20:00"
    session.flush()
    assert breaches(session.connection(), NOW) == []


def test_they_move_to_another_space_at_its_price(session):
    owner, series = a_series(session)
    other = a_room(session)
    session.flush()
    move = SeriesMove(spaces=(other.slug,), terms=(date(2026, 1, 1),))
    move_series(session, owner, series.reference, move, NOW)
    moved = dates_of(session, series)
    assert {row.space_id for one in moved for row in one.spaces} == {other.id}
    assert {part.part_id for one in moved for part in one.occupancies} == {
        one.id for one in other.parts
    }


def test_what_was_ended_or_has_begun_stays(session):
    owner, series = a_series(session)
    cancel_series(session, owner, series.reference, NOW, from_day=TUESDAY + 2 * WEEK)
    begun = dates_of(session, series)[0].starts_at
    move = to(TUESDAY + WEEK, "16:00", "17:00")
    move_series(session, owner, series.reference, move, begun)
    assert times(session, series) == [
        "01-12 18:00–20:00", "01-19 16:00–17:00", "01-26 18:00–20:00"
    ]  # fmt: skip
    with pytest.raises(NoDateLeft):
        move_series(session, owner, series.reference, SeriesMove(to_day=TUESDAY), begun)


# ── All or none ───────────────────────────────────────────────────────────────────────────────


def test_where_one_date_can_t_be_had_none_moves_and_each_fault_has_its_date(session):
    room = a_room(session)
    owner, series = a_series(session, room=room)
    ask(session, room, day=TUESDAY + WEEK + DAY)
    ask(session, room, day=TUESDAY + 2 * WEEK + DAY, start="19:00", end="20:00")
    before = times(session, series)
    assert refused(session, owner, series, to(TUESDAY + DAY)) == [
        ("not_free", TUESDAY + WEEK + DAY),
        ("not_free", TUESDAY + 2 * WEEK + DAY),
    ]
    assert times(session, series) == before


def test_after_the_limit_of_a_free_cancellation_its_owner_can_t_move_a_date(session):
    owner, series = a_series(session, policy_cancel_before={"days": 3})
    assert refused(session, owner, series, to(TUESDAY + DAY)) == [("too_late_to_cancel", TUESDAY)]
    move = to(TUESDAY + WEEK + DAY, from_day=TUESDAY + WEEK)
    move_series(session, owner, series.reference, move, NOW)


def test_a_date_may_lie_as_far_ahead_as_a_series_may_and_no_farther(session):
    series_policy = {**SERIES, "horizon_days": 16}
    owner, series = a_series(session, policy_horizon_days=3, policy_series=series_policy)
    move_series(session, owner, series.reference, to(TUESDAY + DAY), NOW)
    assert refused(session, owner, series, to(TUESDAY + 2 * DAY)) == [
        ("too_far", TUESDAY + 2 * WEEK + 2 * DAY)
    ]


def test_hours_of_a_week_count_those_of_the_series_itself(session):
    owner = an_actor(session)
    quota = {"active": 5, "hours_per_week": 4}
    room = a_room(session, policy_quota=quota)
    series = make(session, a_wish(room, "FREQ=DAILY;COUNT=2"), owner)
    longer = to(TUESDAY, "17:00", "20:00")
    assert [code for code, _day in refused(session, owner, series, longer)] == ["quota_exceeded"]
    move_series(session, owner, series.reference, to(TUESDAY, "16:00", "18:00"), NOW)


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (to(TUESDAY, "20:00", "18:00"), "end_before_start"),
        (SeriesMove(at("18:00", TUESDAY), at("18:00", TUESDAY + 500 * DAY)), "too_long"),
    ],
)
def test_a_time_that_is_none_is_refused(session, move, code):
    owner, series = a_series(session)
    assert [found for found, _day in refused(session, owner, series, move)] == [code]


# ── Who, and what follows ─────────────────────────────────────────────────────────────────────


def test_strangers_don_t_find_it_and_who_only_looks_can_t_move_it(session):
    _owner, series = a_series(session)
    with pytest.raises(NotFound):
        move_series(session, an_actor(session), series.reference, to(TUESDAY + DAY), NOW)
    viewer = an_actor(session, role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        move_series(session, viewer, series.reference, to(TUESDAY + DAY), NOW)


def test_what_its_owner_moves_is_asked_for_again_where_a_person_decides(session):
    owner, series = a_series(session, policy_series={**SERIES, "approval": "staff"})
    staff = an_actor(session, role=Role.APPROVER)
    for one in dates_of(session, series):
        one.step_to(State.CONFIRMED, NOW)
    session.flush()
    move_series(session, owner, series.reference, to(TUESDAY + DAY), NOW)
    assert {one.state for one in dates_of(session, series)} == {"requested"}
    for one in dates_of(session, series):
        one.step_to(State.CONFIRMED, NOW)
    session.flush()
    move_series(session, staff, series.reference, to(TUESDAY), NOW)
    assert {one.state for one in dates_of(session, series)} == {"confirmed"}


def test_each_date_is_written_down_with_where_it_was(session):
    owner, series = a_series(session)
    move_series(session, owner, series.reference, to(TUESDAY + DAY), NOW)
    entries = session.scalars(
        select(AuditEntry.details).where(
            AuditEntry.action == "moved", AuditEntry.subject == "reservation"
        )
    ).all()
    was = sorted(entry["before"]["starts_at"] for entry in entries)
    assert was == [at("18:00", TUESDAY + n * WEEK).isoformat() for n in range(3)]


def test_forty_dates_move_with_as_many_queries_as_four(session):
    few, many = a_series(session, 4), a_series(session, 40)
    selects = []
    for owner, series in (few, many):
        settled(session)
        session.expire_all()
        with counted(session.get_bind()) as sent:
            move_series(session, owner, series.reference, to(TUESDAY + DAY), NOW)
            session.flush()
        selects.append(sum(one.startswith("SELECT") for one in sent))
    assert selects[1] <= selects[0]
