"""Restoring what was cancelled or denied: it stands as it stood, or is refused with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused, StepNotPossible
from booking.decisions.use_cases import approve_reservation, deny_reservation
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, expire_due
from tests.places import a_space, an_actor, ask
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
START = at("18:00", TUESDAY)
MOMENT = timedelta(seconds=1)
QUOTA_OF_ONE = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def mails(session, reservation):
    query = select(OutgoingEmail.template).where(OutgoingEmail.reservation_id == reservation.id)
    return sorted(session.scalars(query))


def cancelled(session, actor, made, now=NOW, reason="The roof leaks."):
    return cancel_reservation(session, actor, made.reference, now, reason)


def test_staff_restore_what_they_cancelled_as_it_stood(session):
    staff, room = an_actor(session, role=Role.APPROVER), a_space(session)
    made = ask(session, room)
    same = made.reference, made.uid
    cancelled(session, staff, made)
    done = restore_reservation(session, staff, made.reference, NOW)
    assert (done.reference, done.uid, done.state) == (*same, "confirmed")
    assert (done.version, done.sequence, done.reason, done.due_cents) == (3, 2, None, None)
    assert [(o.starts_at, o.ends_at) for o in done.occupancies] == [(START, at("20:00", TUESDAY))]
    assert "reservation_restored" in mails(session, done)
    assert breaches(session.connection(), NOW) == []
    with pytest.raises(RequestRefused):
        ask(session, room)


def test_staff_restore_what_was_denied_and_it_awaits_a_decision_again(session):
    approver = an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session, policy_approval="staff"))
    deny_reservation(session, approver, made.reference, NOW, "No.")
    assert restore_reservation(session, approver, made.reference, NOW).state == "requested"
    assert mails(session, made).count("staff_new_request") == 2
    assert approve_reservation(session, approver, made.reference, NOW).state == "confirmed"


def test_what_was_taken_meanwhile_is_not_restored(session):
    staff, room = an_actor(session, role=Role.APPROVER), a_space(session)
    made = ask(session, room)
    cancelled(session, staff, made)
    ask(session, room, "19:00", "21:00")
    with pytest.raises(RequestRefused) as refused:
        restore_reservation(session, staff, made.reference, NOW)
    assert codes(refused) == ["not_free"]
    assert (made.state, made.version) == ("cancelled", 2)


@pytest.mark.parametrize(("now", "refused"), [(START - MOMENT, False), (START, True)])
def test_what_has_begun_is_not_restored(session, now, refused):
    staff = an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session, policy_approval="staff"))
    cancelled(session, staff, made)
    if refused:
        with pytest.raises(RequestRefused) as error:
            restore_reservation(session, staff, made.reference, now)
        assert codes(error) == ["already_begun"]
    else:
        assert restore_reservation(session, staff, made.reference, now).state == "requested"


def test_an_owner_takes_back_their_own_cancellation_while_they_could_book_it(session):
    room = a_space(session, policy_notice={"hours": 2}, policy_approval="instant")
    actor = an_actor(session)
    made = ask(session, room, actor=actor)
    cancelled(session, actor, made)
    with pytest.raises(RequestRefused) as refused:
        restore_reservation(session, actor, made.reference, START - timedelta(hours=2) + MOMENT)
    assert codes(refused) == ["too_soon"]
    done = restore_reservation(session, actor, made.reference, START - timedelta(hours=2))
    assert (done.state, done.due_cents) == ("confirmed", None)


def test_what_was_due_for_a_late_cancellation_is_due_no_more(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    late = at("17:00", TUESDAY)
    assert cancelled(session, actor, made, late).due_cents == 2000
    assert restore_reservation(session, actor, made.reference, late).due_cents is None


def test_every_rule_is_judged_for_an_owner_and_the_quota_for_staff_too(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    room = a_space(session, policy_quota=QUOTA_OF_ONE)
    made = ask(session, room, actor=actor)
    cancelled(session, actor, made)
    ask(session, room, "10:00", "11:00", actor=actor)
    for who in (actor, staff):
        with pytest.raises(RequestRefused) as refused:
            restore_reservation(session, who, made.reference, NOW)
        assert codes(refused) == ["quota_exceeded"]


def test_an_owner_takes_back_neither_what_staff_cancelled_nor_what_they_denied(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    room = a_space(session, policy_approval="staff")
    made = ask(session, room, actor=actor)
    deny_reservation(session, staff, made.reference, NOW, "No.")
    other = ask(session, room, actor=actor)
    cancelled(session, staff, other)
    for one in (made, other):
        with pytest.raises(NotAllowed):
            restore_reservation(session, actor, one.reference, NOW)


def test_only_the_last_cancelling_counts(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session), actor=actor)
    cancelled(session, actor, made)
    restore_reservation(session, actor, made.reference, NOW)
    cancelled(session, staff, made)
    with pytest.raises(NotAllowed):
        restore_reservation(session, actor, made.reference, NOW)


def test_strangers_learn_nothing_and_viewers_may_not(session):
    made = ask(session, a_space(session))
    cancelled(session, an_actor(session, role=Role.APPROVER), made)
    for who, error in (
        (an_actor(session), NotFound),
        (an_actor(session, role=Role.VIEWER), NotAllowed),
    ):
        with pytest.raises(error):
            restore_reservation(session, who, made.reference, NOW)


def test_what_stands_or_has_expired_is_not_restored(session):
    staff, room = an_actor(session, role=Role.APPROVER), a_space(session)
    made = ask(session, room)
    held = ask(session, room, "10:00", "11:00", hold=True)
    expire_due(session, staff, NOW + timedelta(minutes=15))
    for one in (made, held):
        with pytest.raises(StepNotPossible):
            restore_reservation(session, staff, one.reference, NOW)


def test_a_hold_is_not_kept_longer_by_cancelling_and_restoring(session):
    actor = an_actor(session)
    held = ask(session, a_space(session), actor=actor, hold=True, terms=())
    later = NOW + timedelta(minutes=14)
    for _ in range(10):
        cancelled(session, actor, held, later)
        restore_reservation(session, actor, held.reference, later)
    assert (held.state, held.held_until) == ("held", later + timedelta(minutes=15))
    assert mails(session, held) == ["reservation_cancelled"] * 10
    cancelled(session, actor, held, later)
    with pytest.raises(RequestRefused) as refused:
        restore_reservation(session, actor, held.reference, later)
    assert codes(refused) == ["no_more_extensions"]


def test_a_preliminary_booking_is_restored_for_the_rest_of_its_days(session):
    actor = an_actor(session)
    room = a_space(session, policy_preliminary_days=2)
    made = ask(session, room, actor=actor, preliminary=True, day=MONDAY + timedelta(days=9))
    cancelled(session, actor, made)
    restore_reservation(session, actor, made.reference, NOW + timedelta(days=1))
    assert made.held_until == NOW + timedelta(days=2)
    cancelled(session, actor, made)
    with pytest.raises(RequestRefused) as refused:
        restore_reservation(session, actor, made.reference, NOW + timedelta(days=2))
    assert codes(refused) == ["preliminary_not_extended"]


def test_set_up_that_staff_widened_is_taken_again(session):
    staff, room = an_actor(session, role=Role.APPROVER), a_space(session)
    made = ask(session, room)
    wide = Changes(set_up=timedelta(hours=1))
    change_reservation(session, staff, made.reference, wide, NOW)
    cancelled(session, staff, made)
    other = ask(session, room, "16:30", "17:30")
    with pytest.raises(RequestRefused):
        restore_reservation(session, staff, made.reference, NOW)
    cancelled(session, staff, other)
    restore_reservation(session, staff, made.reference, NOW)
    assert made.occupancies[0].starts_at == at("17:00", TUESDAY)


def test_a_lifted_closure_is_restored_by_a_manager(session):
    manager = an_actor(session, role=Role.MANAGER)
    closure = ask(session, a_space(session), actor=manager, kind=Kind.CLOSURE)
    cancelled(session, manager, closure)
    assert restore_reservation(session, manager, closure.reference, NOW).state == "confirmed"
