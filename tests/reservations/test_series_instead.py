"""Series whose single dates are elsewhere or left out: made as one, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from booking.core.actors import Grant, Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.database import writing
from booking.decisions.use_cases import approve_series
from booking.notifications.models import OutgoingEmail
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Reservation, Series
from booking.reservations.series_adding_use_cases import add_date
from booking.reservations.series_moving_use_cases import SeriesMove, move_series
from booking.reservations.series_queries import dates_of
from booking.reservations.series_rules import Instead
from booking.reservations.series_use_cases import request_series
from tests.builders import a_person
from tests.places import a_policy, a_space, a_unit, an_actor, ask
from tests.reservations.test_series import (
    SERIES,
    TUESDAY,
    WEEK,
    a_room,
    a_wish,
    days,
    mails,
    make,
    refused,
    settled,
)
from tests.statements import counted
from tests.values import NOW, ZONE, at

THREE = "FREQ=WEEKLY;COUNT=3"
SECOND = TUESDAY + WEEK
HOLIDAY = date(2027, 5, 6)  # Ascension Day, a Thursday


def at_time(start, end, day=SECOND, room=None, wish=None):
    spaces = (room.slug,) if room else wish.each.spaces
    return Instead(spaces, at(start, day), at(end, day))


def two_rooms(session, **values):
    policy = a_policy(session, **{"series": SERIES, "horizon_days": 200, **values})
    return a_space(session, policy=policy), a_space(session, policy=policy)


def starts(session, series):
    return [f"{one.starts_at.astimezone(ZONE):%d %H:%M}" for one in dates_of(session, series)]


# ── Elsewhere ─────────────────────────────────────────────────────────────────────────────────


def test_a_date_at_another_time_belongs_to_the_series_and_keeps_its_day(session):
    wish = a_wish(a_room(session), THREE)
    wish = replace(wish, instead={SECOND: at_time("12:00", "14:00", wish=wish)})
    series = make(session, wish)
    assert starts(session, series) == ["12 18:00", "19 12:00", "26 18:00"]
    assert [one.series_day for one in dates_of(session, series)] == days(session, series)
    assert mails(session) == ["series_confirmed"]


def test_a_date_in_another_space_takes_that_one_and_its_price(session):
    room, other = two_rooms(session)
    ask(session, room, day=SECOND)
    wish = a_wish(room, THREE)
    wish = replace(wish, instead={SECOND: at_time("18:00", "20:00", room=other)})
    first, second, third = dates_of(session, make(session, wish))
    assert [row.space_id for row in second.spaces] == [other.id]
    assert {one.spaces[0].space_id for one in (first, third)} == {room.id}
    assert second.total_cents == first.total_cents == 2000


def test_where_the_other_is_taken_too_nothing_is_made_and_the_day_is_told(session):
    room, other = two_rooms(session)
    ask(session, other, "19:30", "20:30", day=SECOND)
    wish = a_wish(room, THREE)
    wish = replace(wish, instead={SECOND: at_time("18:00", "20:00", room=other)})
    assert refused(session, wish) == [("not_free", SECOND)]
    free = replace(wish, instead={SECOND: at_time("17:30", "19:30", room=other)})
    assert len(dates_of(session, make(session, free))) == 3


def test_a_space_that_nobody_knows_is_not_found(session):
    wish = a_wish(a_room(session), THREE)
    elsewhere = Instead(("attic",), at("18:00", SECOND), at("20:00", SECOND))
    with pytest.raises(NotFound):
        make(session, replace(wish, instead={SECOND: elsewhere}))


def test_a_space_that_takes_no_series_takes_no_date_of_one(session):
    room = a_room(session)
    other = a_space(session, policy_series={"allowed": False})
    wish = a_wish(room, THREE)
    wish = replace(wish, instead={SECOND: at_time("18:00", "20:00", room=other)})
    assert refused(session, wish) == [("series_not_allowed", None)]


def test_one_date_where_the_staff_decide_makes_the_whole_wait(session):
    room = a_room(session)
    other = a_space(session, policy_series=SERIES, policy_approval="staff")
    wish = a_wish(room, THREE)
    wish = replace(wish, instead={SECOND: at_time("18:00", "20:00", room=other)})
    series = make(session, wish)
    assert {one.state for one in dates_of(session, series)} == {"requested"}


def test_whoever_decides_about_it_may_at_the_sites_of_all_its_dates(session):
    room = a_room(session, policy_approval="staff")
    other = a_space(session, unit=a_unit(session), policy_series=SERIES)
    wish = a_wish(room, THREE)
    series = make(session, replace(wish, instead={SECOND: at_time("18:00", "20:00", room=other)}))

    def approver(*rooms):
        grants = [Grant(Role.APPROVER, one.unit_id) for one in rooms]
        return an_actor(session, person=a_person(session, grants=grants))

    with pytest.raises(NotAllowed):
        approve_series(session, approver(room), series.reference, NOW)
    approve_series(session, approver(room, other), series.reference, NOW)
    assert {one.state for one in dates_of(session, series)} == {"confirmed"}


def test_hours_of_a_week_are_counted_for_each_policy_alone(session):
    hours = {"active": 50, "hours_per_week": 2, "series_counts_as": "one"}
    room = a_room(session, policy_quota=hours)
    other = a_space(session, policy_series=SERIES, policy_quota=hours)
    wish = a_wish(room, "FREQ=DAILY;COUNT=2")
    day = TUESDAY + timedelta(days=1)
    assert refused(session, wish) == [("quota_exceeded", day)]
    wish = replace(wish, instead={day: at_time("18:00", "20:00", day, other)})
    assert len(dates_of(session, make(session, wish))) == 2


def test_the_mail_says_what_is_elsewhere_and_moving_leaves_each_date_in_its_space(
    session,
):
    room, other = two_rooms(session)
    actor, wish = an_actor(session), a_wish(room, THREE)
    wish = replace(wish, instead={TUESDAY: at_time("18:00", "20:00", TUESDAY, other)})
    series = make(session, wish, actor)
    mail = session.scalars(select(OutgoingEmail)).one()
    assert mail.context["spaces"] == [dict(room.name)]
    assert [one["spaces"] for one in mail.context["elsewhere"]] == [[dict(other.name)]]
    move = SeriesMove(at("16:00", TUESDAY), at("18:00", TUESDAY))
    move_series(session, actor, series.reference, move, NOW)
    moved = dates_of(session, series)
    assert starts(session, series) == ["12 16:00", "19 16:00", "26 16:00"]
    assert [one.spaces[0].space_id for one in moved] == [other.id, room.id, room.id]


def test_of_two_series_that_want_one_room_instead_at_once_one_is_made_and_one_not_at_all(
    app, session, new_session
):
    third = a_room(session)
    actors = [an_actor(session), an_actor(session)]
    wishes = [a_wish(a_room(session), THREE) for _ in actors]
    same = at_time("18:00", "20:00", room=third)
    wishes = [replace(wish, instead={SECOND: same}) for wish in wishes]
    with writing():
        session.commit()
    together = Barrier(2)

    def ask_for(actor, wish):
        together.wait()
        with new_session() as own:
            try:
                request_series(own, actor, wish, NOW)
            except (RequestRefused, SpaceNotFree) as refused:
                own.rollback()
                return [reason.code for reason in refused.reasons]
            own.commit()
            return ["made"]

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(ask_for, actors, wishes))
    assert sorted(told) == [["made"], ["not_free"]]
    session.rollback()
    assert session.scalar(select(func.count(Series.id))) == 1
    assert session.scalar(select(func.count(Reservation.id))) == 3


# ── Left out ──────────────────────────────────────────────────────────────────────────────────


def test_a_day_that_is_left_out_is_kept_with_that_reason_and_can_be_added_back(session):
    actor = an_actor(session)
    wish = replace(a_wish(a_room(session), THREE), left_out=frozenset({SECOND}))
    series = make(session, wish, actor)
    [one] = series.skipped
    assert (one.day, [v["code"] for v in one.violations]) == (SECOND, ["left_out"])
    add_date(session, actor, series.reference, NOW, SECOND)
    assert days(session, series) == [TUESDAY, SECOND, TUESDAY + 2 * WEEK]


def test_a_holiday_that_is_left_out_is_kept_by_its_name(session):
    room = a_room(session, policy_horizon_days=200)
    wish = a_wish(room, THREE, day=HOLIDAY - WEEK)
    series = make(session, replace(wish, left_out=frozenset({HOLIDAY})))
    [one] = series.skipped
    assert one.violations[0]["values"]["name"]["en"] == "Ascension Day"


def test_a_taken_day_that_is_left_out_is_kept_with_what_stood_in_the_way(session):
    room = a_room(session)
    ask(session, room, day=SECOND)
    series = make(session, replace(a_wish(room, THREE), left_out=frozenset({SECOND})))
    assert [v["code"] for v in series.skipped[0].violations] == ["not_free"]


def test_days_left_out_don_t_count_to_the_most_until_they_are_added_back(session):
    room, actor = a_room(session, policy_series={**SERIES, "max_occurrences": 2}), an_actor(session)
    wish = a_wish(room, THREE)
    assert refused(session, wish) == [("too_many_occurrences", None)]
    series = make(session, replace(wish, left_out=frozenset({SECOND})), actor)
    with pytest.raises(Exception, match="too_many_occurrences"):
        add_date(session, actor, series.reference, NOW, SECOND)


def test_a_series_of_which_all_is_left_out_is_none(session):
    left_out = frozenset(TUESDAY + n * WEEK for n in range(3))
    wish = replace(a_wish(a_room(session), THREE), left_out=left_out)
    assert refused(session, wish) == [("invalid_value", None)]


# ── What it costs ─────────────────────────────────────────────────────────────────────────────


def test_forty_dates_with_ten_elsewhere_need_no_more_statements_than_four_with_one(session):
    room, other = two_rooms(session)
    actor = an_actor(session)
    settled(session)
    sent = []
    for count, every, start, end in ((4, 4, "18:00", "20:00"), (40, 4, "12:00", "13:00")):
        wish = a_wish(room, f"FREQ=DAILY;COUNT={count}", start=start, end=end)
        some = [TUESDAY + timedelta(days=n) for n in range(0, count, every)]
        instead = {day: at_time(start, end, day, other) for day in some}
        with counted(session.get_bind()) as statements:
            make(session, replace(wish, instead=instead), actor)
            session.flush()
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        sent.append(sum(not (on_sqlite and one.startswith("INSERT")) for one in statements))
    assert sent[1] <= sent[0] <= 30
