"""What becomes of a series: cancelled, ended early, a date left out, decided about as one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused, StepNotPossible
from booking.decisions.models import Decision
from booking.decisions.use_cases import approve_series, deny_series
from booking.invariants import breaches
from booking.reservations.series_change_use_cases import cancel_series, skip_date
from booking.reservations.series_queries import dates_of
from tests.places import an_actor, ask
from tests.reservations.test_series import (
    SERIES,
    TUESDAY,
    WEEK,
    a_room,
    a_wish,
    mails,
    make,
)
from tests.values import NOW


def states(session, series):
    return [one.state for one in dates_of(session, series)]


def three(session, **values):
    owner = an_actor(session)
    return owner, make(session, a_wish(a_room(session, **values), "FREQ=WEEKLY;COUNT=3"), owner)


def test_its_owner_cancels_all_its_dates_with_one_mail(session):
    owner, series = three(session)
    cancel_series(session, owner, series.reference, NOW)
    assert states(session, series) == ["cancelled"] * 3
    assert mails(session) == ["series_cancelled", "series_confirmed"]
    assert series.version == 2


def test_a_series_ends_early_and_what_is_free_again_can_be_had(session):
    owner, series = three(session)
    room = series.spaces[0].space_id
    cancel_series(session, owner, series.reference, NOW, from_day=TUESDAY + WEEK)
    assert states(session, series) == ["confirmed", "cancelled", "cancelled"]
    taken = session.scalar(text("SELECT COUNT(*) FROM occupancy"))
    assert (taken, room) == (1, room)


def test_a_date_that_has_begun_is_left_alone(session):
    owner, series = three(session)
    later = dates_of(session, series)[0].starts_at
    cancel_series(session, owner, series.reference, later)
    assert states(session, series) == ["confirmed", "cancelled", "cancelled"]
    with pytest.raises(StepNotPossible):
        cancel_series(session, owner, series.reference, later)


@pytest.mark.parametrize(("late", "due"), [("charged", [2000, 0, 0]), ("refused", [None, 0, 0])])
def test_each_date_is_cancelled_by_its_own_limit(session, late, due):
    owner, series = three(session, policy_late_cancellation=late)
    after_limit = dates_of(session, series)[0].starts_at - timedelta(hours=1)
    cancel_series(session, owner, series.reference, after_limit)
    assert [one.due_cents for one in dates_of(session, series)] == due
    assert states(session, series)[0] == ("cancelled" if late == "charged" else "confirmed")


def test_staff_owe_a_reason_and_strangers_do_not_find_it(session):
    _owner, series = three(session)
    staff = an_actor(session, role=Role.APPROVER)
    with pytest.raises(RequestRefused):
        cancel_series(session, staff, series.reference, NOW, " ")
    with pytest.raises(NotAllowed):
        cancel_series(session, an_actor(session, role=Role.VIEWER), series.reference, NOW, "No.")
    with pytest.raises(NotFound):
        cancel_series(session, an_actor(session), series.reference, NOW)
    cancel_series(session, staff, series.reference, NOW, "A flood.")
    assert {one.due_cents for one in dates_of(session, series)} == {0}


def test_a_date_that_is_left_out_is_cancelled_and_kept_as_skipped(session):
    owner, series = three(session)
    skip_date(session, owner, series.reference, NOW, TUESDAY + WEEK)
    assert states(session, series) == ["confirmed", "cancelled", "confirmed"]
    assert [one.day for one in series.skipped] == [TUESDAY + WEEK]
    with pytest.raises(StepNotPossible):
        skip_date(session, owner, series.reference, NOW, TUESDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("decide", "state", "mail"),
    [(approve_series, "confirmed", "series_confirmed"), (deny_series, "denied", "series_denied")],
)
def test_the_staff_decide_about_all_its_dates_at_once(session, decide, state, mail):
    _owner, series = three(session, policy_series={**SERIES, "approval": "staff"})
    staff = an_actor(session, role=Role.APPROVER)
    decide(session, staff, series.reference, NOW, "Because.")
    assert states(session, series) == [state] * 3
    assert mail in mails(session)
    assert session.scalars(select(Decision.series_id)).all() == [series.id]
    with pytest.raises(StepNotPossible):
        decide(session, staff, series.reference, NOW, "Again.")


def test_a_denial_owes_a_reason_and_a_resident_decides_nothing(session):
    owner, series = three(session, policy_series={**SERIES, "approval": "staff"})
    with pytest.raises(RequestRefused):
        deny_series(session, an_actor(session, role=Role.APPROVER), series.reference, NOW, " ")
    with pytest.raises(NotAllowed):
        approve_series(session, owner, series.reference, NOW)


def test_no_promise_is_broken_by_what_becomes_of_a_series(session):
    owner, series = three(session)
    ask(session, a_room(session))
    skip_date(session, owner, series.reference, NOW, TUESDAY + WEEK)
    session.flush()
    assert breaches(session.connection(), NOW) == []
