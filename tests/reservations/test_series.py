"""Series: made as one, each date by all the rules, at the cost of a few statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.catalogue.queries import get_catalogue
from booking.core.actors import Role
from booking.core.errors import NotFound, RequestRefused
from booking.database import writing
from booking.notifications.models import OutgoingEmail
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.series_rules import OnConflict, SeriesRequest
from booking.reservations.series_use_cases import judge_series, request_series
from booking.reservations.states import Kind
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor, ask
from tests.statements import counted
from tests.values import MONDAY, NOW, ZONE, at

TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(days=7)
SERIES = {
    "allowed": True,
    "who": "anyone",
    "approval": "instant",
    "max_occurrences": 200,
    "horizon_days": 730,
}
TEN = "FREQ=WEEKLY;COUNT=10"


def a_room(session, **values):
    return a_space(session, **{"policy_series": SERIES, **values})


def a_wish(room, rule=TEN, *, day=TUESDAY, start="18:00", end="20:00", skip=False, **values):
    without = frozenset(values.pop("without", ()))
    each = ReservationRequest(
        spaces=(room.slug,),
        starts_at=at(start, day),
        ends_at=at(end, day),
        **{"terms": (date(2026, 1, 1),), "title": "Choir", **values},
    )
    return SeriesRequest(each, rule, without, OnConflict.SKIP if skip else OnConflict.REFUSE)


def make(session, wish, actor=None, **more):
    return request_series(session, actor or an_actor(session), wish, NOW, **more)


def refused(session, wish, actor=None, **more):
    with pytest.raises(RequestRefused) as error:
        make(session, wish, actor, **more)
    return [(rule.code, rule.day) for rule in error.value.broken]


def mails(session):
    return sorted(session.scalars(select(OutgoingEmail.template)))


def days(session, series):
    return [one.starts_at.astimezone(ZONE).date() for one in dates_of(session, series)]


# ── What is made ──────────────────────────────────────────────────────────────────────────────


def test_a_series_is_a_reservation_on_each_date_with_a_life_of_its_own(session):
    series = make(session, a_wish(a_room(session), "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4"))
    made = dates_of(session, series)
    assert days(session, series) == [
        TUESDAY, TUESDAY + timedelta(days=2), TUESDAY + WEEK, TUESDAY + timedelta(days=9)
    ]  # fmt: skip
    assert {one.state for one in made} == {"confirmed"}
    assert len({one.uid for one in made}) == len({one.reference for one in made}) == 4
    assert all(len(one.occupancies) == 1 and one.total_cents == 2000 for one in made)
    assert mails(session) == ["series_confirmed"]


def test_an_evening_keeps_its_hour_when_the_clocks_change(session):
    room = a_room(session, policy_horizon_days=90)
    series = make(session, a_wish(room, "FREQ=WEEKLY;COUNT=2", day=date(2027, 3, 24)))
    assert [f"{one.starts_at:%m-%d %H:%M}" for one in dates_of(session, series)] == [
        "03-24 16:00",
        "03-31 15:00",
    ]


def test_days_that_are_left_out_are_neither_made_nor_skipped(session):
    series = make(session, a_wish(a_room(session), "FREQ=WEEKLY;COUNT=3", without=[TUESDAY + WEEK]))
    assert days(session, series) == [TUESDAY, TUESDAY + 2 * WEEK]
    assert series.skipped == []


def test_a_series_waits_for_the_staff_as_one(session):
    room = a_room(session, policy_series={**SERIES, "approval": "staff"})
    an_actor(session, role=Role.APPROVER)
    series = make(session, a_wish(room))
    assert {one.state for one in dates_of(session, series)} == {"requested"}
    assert mails(session) == ["series_requested", "staff_new_series"]


@pytest.mark.parametrize(("approval", "state"), [("instant", "confirmed"), ("staff", "requested")])
def test_a_series_is_never_easier_to_get_than_a_single_booking(session, approval, state):
    series = make(session, a_wish(a_room(session, policy_approval=approval)))
    assert {one.state for one in dates_of(session, series)} == {state}


def test_the_staff_who_decide_have_theirs_confirmed_at_once(session):
    room = a_room(session, policy_series={**SERIES, "approval": "staff"})
    series = make(session, a_wish(room), an_actor(session, role=Role.APPROVER))
    assert {one.state for one in dates_of(session, series)} == {"confirmed"}


@pytest.mark.parametrize(("automatic", "count", "state"), [
    (False, 2, "requested"), (True, 2, "confirmed"), (True, 3, "requested"),
])  # fmt: skip
def test_free_use_of_a_series_is_automatic_within_its_limits_only(session, automatic, count, state):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], price_group="K1")
    wish = a_wish(a_room(session), f"FREQ=WEEKLY;COUNT={count}", organisation=club.slug)
    actor = an_actor(session, person=secretary)
    series = make(session, wish, actor, automatic_decisions=automatic)
    assert {one.state for one in dates_of(session, series)} == {state}


def test_only_its_owner_and_the_staff_may_know_of_a_series(session):
    room, owner = a_room(session), an_actor(session)
    series = make(session, a_wish(room), owner)
    get_series(session, owner, series.reference.lower())
    get_series(session, an_actor(session, role=Role.VIEWER), series.reference)
    with pytest.raises(NotFound):
        get_series(session, an_actor(session), series.reference)


# ── What stands in the way ────────────────────────────────────────────────────────────────────


def test_a_date_that_is_taken_refuses_the_series_and_is_named(session):
    room = a_room(session)
    ask(session, room, "19:00", "21:00", day=TUESDAY + WEEK)
    ask(session, room, "17:00", "18:00", day=TUESDAY + 2 * WEEK)
    assert refused(session, a_wish(room)) == [("not_free", TUESDAY + WEEK)]


def test_or_it_is_skipped_with_the_reason_when_the_series_may(session):
    room = a_room(session)
    ask(session, room, "19:00", "21:00", day=TUESDAY + WEEK)
    series = make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3", skip=True))
    assert days(session, series) == [TUESDAY, TUESDAY + 2 * WEEK]
    [one] = series.skipped
    assert (one.day, one.violations[0]["code"]) == (TUESDAY + WEEK, "not_free")


def test_a_series_without_one_date_that_can_be_had_is_refused(session):
    room = a_room(session)
    for n in range(2):
        ask(session, room, day=TUESDAY + n * WEEK)
    wish = a_wish(room, "FREQ=WEEKLY;COUNT=2", skip=True)
    assert refused(session, wish) == [("not_free", TUESDAY), ("not_free", TUESDAY + WEEK)]


def test_a_time_that_spring_skips_is_a_skipped_date(session):
    room = a_room(session, policy_horizon_days=90)
    wish = a_wish(
        room,
        "FREQ=WEEKLY;COUNT=2",
        day=date(2027, 3, 21),
        start="03:00",
        end="04:00",
        skip=True,
        kind=Kind.CLOSURE,
        terms=(),
    )
    series = make(session, wish, an_actor(session, role=Role.MANAGER))
    assert [one.violations[0]["code"] for one in series.skipped] == ["no_such_time"]
    assert days(session, series) == [date(2027, 3, 21)]


def test_what_every_date_breaks_is_told_once(session):
    room = a_room(session, policy_requires_adult=True)
    assert refused(session, a_wish(room, terms=())) == [
        ("adult_required", None),
        ("terms_not_accepted", None),
    ]


def test_days_that_are_closed_are_skipped_one_by_one(session):
    wish = a_wish(a_room(session), "FREQ=DAILY;COUNT=3", start="21:00", end="23:00", skip=True)
    assert refused(session, wish) == [
        ("outside_opening_hours", TUESDAY + timedelta(days=n)) for n in range(3)
    ]


@pytest.mark.parametrize(
    ("series", "count", "expected"),
    [
        ({"allowed": False}, 2, ["series_not_allowed"]),
        ({**SERIES, "max_occurrences": 3}, 4, ["too_many_occurrences"]),
        ({**SERIES, "max_occurrences": 3}, 3, []),
        ({**SERIES, "horizon_days": 8}, 2, []),
        ({**SERIES, "horizon_days": 7}, 2, ["too_far"]),
    ],
)
def test_the_rules_of_a_series_as_a_whole(session, series, count, expected):
    wish = a_wish(a_room(session, policy_series=series), f"FREQ=WEEKLY;COUNT={count}", skip=True)
    judged = judge_series(session, an_actor(session), wish, NOW)
    assert [rule.code for rule in judged.broken] == expected
    if expected:
        assert [code for code, _ in refused(session, wish)] == expected


@pytest.mark.parametrize(("horizon", "expected"), [(1, []), (0, [("too_far", None)])])
def test_its_first_date_obeys_the_policys_horizon_and_the_others_only_its_own(
    session, horizon, expected
):
    wish = a_wish(a_room(session, policy_horizon_days=horizon), "FREQ=WEEKLY;COUNT=20")
    if expected:
        assert refused(session, wish) == expected
    else:
        assert len(dates_of(session, make(session, wish))) == 20


@pytest.mark.parametrize(("verified", "expected"), [(True, []), (False, ["series_not_allowed"])])
def test_only_a_verified_organisation_books_a_series_where_the_policy_says_so(
    session, verified, expected
):
    room = a_room(session, policy_series={**SERIES, "who": "verified_organisation"})
    secretary = a_person(session)
    more = {} if verified else {"verified_at": None}
    club = an_organisation(session, admins=[secretary], **more)
    actor = an_actor(session, person=secretary)
    judged = judge_series(session, actor, a_wish(room, organisation=club.slug), NOW)
    assert [rule.code for rule in judged.broken] == expected
    alone = judge_series(session, actor, a_wish(room), NOW)
    assert [rule.code for rule in alone.broken] == ["series_not_allowed"]


# ── Quotas ────────────────────────────────────────────────────────────────────────────────────


def quota(active=50, hours=None):
    return {"active": active, "hours_per_week": hours, "series_counts_as": "one"}


def test_a_series_counts_as_one_booking(session):
    room, actor = a_room(session, policy_quota=quota(2)), an_actor(session)
    make(session, a_wish(room), actor)
    make(session, a_wish(room, start="14:00", end="15:00"), actor)
    third = a_wish(room, start="10:00", end="11:00")
    assert refused(session, third, actor) == [("quota_exceeded", None)]


def test_each_date_counts_with_its_hours_in_its_own_week(session):
    room = a_room(session, policy_quota=quota(hours=4))
    two_a_week = a_wish(room, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6")
    assert len(dates_of(session, make(session, two_a_week))) == 6
    three_a_week = a_wish(
        a_space(session, policy=None, policy_series=SERIES, policy_quota=quota(hours=4)),
        "FREQ=WEEKLY;BYDAY=TU,TH,FR;COUNT=6",
    )
    assert refused(session, three_a_week) == [
        ("quota_exceeded", TUESDAY + timedelta(days=3)),
        ("quota_exceeded", TUESDAY + timedelta(days=10)),
    ]


def test_hours_of_a_week_count_what_was_booked_before(session):
    room, actor = a_room(session, policy_quota=quota(hours=4)), an_actor(session)
    ask(session, room, "09:00", "12:00", actor=actor, day=TUESDAY + WEEK)
    assert refused(session, a_wish(room), actor) == [("quota_exceeded", TUESDAY + WEEK)]


# ── What it costs ─────────────────────────────────────────────────────────────────────────────


def settled(session):
    """Committed, and the catalogue read, so that only what is measured sends statements."""
    with writing():
        session.commit()
    get_catalogue(session)


def test_a_hundred_dates_need_no_more_statements_than_ten(session):
    """On SQLite, where a statement is a call within the process, each row is one of its own."""
    room, actor = a_room(session), an_actor(session)
    settled(session)
    sent = []
    for count, start, end in ((10, "18:00", "20:00"), (100, "12:00", "13:00")):
        wish = a_wish(room, f"FREQ=DAILY;COUNT={count}", start=start, end=end)
        with counted(session.get_bind()) as statements:
            make(session, wish, actor)
            session.flush()
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        sent.append(sum(not (on_sqlite and one.startswith("INSERT")) for one in statements))
    assert sent[1] <= sent[0] <= 30


def test_a_hundred_dates_are_judged_with_as_many_queries_as_one(session):
    room, actor = a_room(session), an_actor(session)
    settled(session)
    sent = []
    for count in (1, 100):
        with counted(session.get_bind()) as statements:
            judge_series(session, actor, a_wish(room, f"FREQ=DAILY;COUNT={count}"), NOW)
        sent.append(len(statements))
    assert sent[1] == sent[0] <= 5


def test_a_closure_can_repeat_without_the_rules_of_residents(session):
    room = a_room(session, policy_series={"allowed": False})
    wish = a_wish(room, start="06:00", end="08:00", kind=Kind.CLOSURE, terms=())
    series = make(session, wish, an_actor(session, role=Role.MANAGER))
    assert {one.kind for one in dates_of(session, series)} == {"closure"}


def test_an_override_sets_the_horizon_of_a_series_aside_and_never_an_overlap(session):
    room = a_room(session, policy_series={**SERIES, "horizon_days": 7})
    staff = an_actor(session, role=Role.APPROVER)
    ask(session, room, day=TUESDAY + WEEK)
    wish = a_wish(room, "FREQ=WEEKLY;COUNT=3", override="A course of the city.")
    wish = replace(wish, each=replace(wish.each, on_behalf_of={"name": "Opisto", "email": None}))
    assert refused(session, wish, staff) == [("not_free", TUESDAY + WEEK)]
