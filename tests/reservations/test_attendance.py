"""Who came: checking in at its time, noting that nobody did, and taking that back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused, StepNotPossible
from booking.reservations.attendance_use_cases import check_in, note_no_show
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from tests.places import a_space, a_unit, an_actor, ask
from tests.values import MONDAY, at

TUESDAY = MONDAY + timedelta(days=1)
OPENS, START, END = (at(clock, TUESDAY) for clock in ("17:30", "18:00", "20:00"))
MOMENT = timedelta(seconds=1)


def codes(refused):
    return [rule.code for rule in refused.value.broken]


@pytest.mark.parametrize(
    ("now", "refused"),
    [(OPENS - MOMENT, True), (OPENS, False), (END - MOMENT, False), (END, True)],
)
def test_one_checks_in_from_half_an_hour_before_the_start_to_the_end(session, now, refused):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    if refused:
        with pytest.raises(RequestRefused) as error:
            check_in(session, actor, made.reference, now)
        assert codes(error) == ["not_check_in_time"]
    else:
        done = check_in(session, actor, made.reference, now)
        assert (done.checked_in_at, done.version, done.sequence) == (now, 2, 0)


def test_whoever_sees_it_at_its_site_checks_in_and_again_changes_nothing(session):
    unit = a_unit(session)
    made = ask(session, a_space(session, unit=unit))
    elsewhere = an_actor(session, role=Role.APPROVER, unit=a_unit(session))
    for who in (an_actor(session), elsewhere):
        with pytest.raises(NotFound):
            check_in(session, who, made.reference, START)
    caretaker = an_actor(session, role=Role.VIEWER, unit=unit)
    check_in(session, caretaker, made.reference, START)
    assert check_in(session, caretaker, made.reference, START + MOMENT).checked_in_at == START
    assert made.version == 2


def test_only_what_is_confirmed_has_attendance(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    held = ask(session, a_space(session), actor=actor, hold=True, now=START - MOMENT)
    asked = ask(session, a_space(session, policy_approval="staff"), actor=actor)
    for one in (held, asked):
        with pytest.raises(StepNotPossible):
            check_in(session, actor, one.reference, START - MOMENT)
        with pytest.raises(StepNotPossible):
            note_no_show(session, staff, one.reference, START)


@pytest.mark.parametrize(("now", "refused"), [(START - MOMENT, True), (START, False)])
def test_staff_note_a_no_show_once_it_has_begun_and_what_it_costs_is_due(session, now, refused):
    staff, made = an_actor(session, role=Role.APPROVER), ask(session, a_space(session))
    if refused:
        with pytest.raises(RequestRefused) as error:
            note_no_show(session, staff, made.reference, now)
        assert codes(error) == ["not_begun"]
    else:
        done = note_no_show(session, staff, made.reference, now)
        assert (done.state, done.no_show_at, done.due_cents) == ("confirmed", now, 2000)
        assert (done.version, done.sequence) == (2, 0)
        assert note_no_show(session, staff, made.reference, END).version == 2


def test_owners_and_viewers_note_no_no_show(session):
    actor = an_actor(session)
    made = ask(session, a_space(session), actor=actor)
    for who in (actor, an_actor(session, role=Role.VIEWER)):
        with pytest.raises(NotAllowed):
            note_no_show(session, who, made.reference, START)


def test_who_checked_in_came(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session), actor=actor)
    check_in(session, actor, made.reference, START)
    with pytest.raises(StepNotPossible):
        note_no_show(session, staff, made.reference, START)


def test_staff_take_a_mistaken_no_show_back_even_after_its_end_and_the_owner_cant(session):
    actor, staff = an_actor(session), an_actor(session, role=Role.APPROVER)
    made = ask(session, a_space(session), actor=actor)
    note_no_show(session, staff, made.reference, START)
    with pytest.raises(StepNotPossible):
        check_in(session, actor, made.reference, START + MOMENT)
    done = check_in(session, staff, made.reference, END + MOMENT)
    assert (done.no_show_at, done.due_cents, done.checked_in_at) == (None, None, END + MOMENT)
    of_reservations = select(AuditEntry.action).where(AuditEntry.subject == "reservation")
    actions = session.scalars(of_reservations.order_by(AuditEntry.id))
    assert list(actions) == ["confirmed", "no_show", "checked_in"]


def test_who_checked_in_early_and_moves_it_has_not_come_yet(session):
    actor = an_actor(session)
    made = ask(session, a_space(session, policy_cancel_before={"hours": 0}), actor=actor)
    check_in(session, actor, made.reference, OPENS)
    later = Changes({"starts_at": at("18:30", TUESDAY), "ends_at": at("19:30", TUESDAY)})
    change_reservation(session, actor, made.reference, later, OPENS)
    assert made.checked_in_at is None
