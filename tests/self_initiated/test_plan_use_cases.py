"""Saying how far a duty is, arranging an event again, cancelling it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.core.errors import NotAllowed, NotFound
from booking.reservations.states import State
from booking.self_initiated.event_queries import get_event
from booking.self_initiated.plan_rules import DutyChanged, Mark
from booking.self_initiated.plan_use_cases import (
    MarkWish,
    cancel_plan,
    copy_event,
    dismiss_changes,
    mark_duty,
)
from tests.builders import a_person, an_organisation
from tests.calendars.town import Town, a_reservation, a_town
from tests.self_initiated.plans import a_plan, an_actor, an_approver, join

MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(session: Session) -> Town:
    return a_town(session)


@pytest.fixture
def maija(session: Session, town: Town) -> Person:
    return a_person(session)


def done(rule: str = "G02", seen: str = "", reference: str = "ilm. 12/2027") -> MarkWish:
    return MarkWish(rule, Mark.DONE, reference, seen)


# ── How far a duty is ─────────────────────────────────────────────────────────────────────────


def test_a_mark_is_kept_and_written_down(session: Session, maija: Person, now: datetime) -> None:
    event = a_plan(session, maija, now)
    mark_duty(session, an_actor(maija), event.reference, done(), now + MINUTE)
    assert event.checklist["G02"]["state"] == "done"
    assert event.checklist["G02"]["reference"] == "ilm. 12/2027"
    assert event.updated_at == now + MINUTE
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "marked"))
    assert entry.details == {"rule": "G02", "state": "done"}


def test_the_same_mark_sent_twice_is_made_once(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    for minutes in (1, 2):
        mark_duty(session, an_actor(maija), event.reference, done(), now + minutes * MINUTE)
    assert event.updated_at == now + MINUTE


def test_two_who_mark_different_duties_do_not_disturb_each_other(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    mark_duty(session, an_actor(maija), event.reference, done("G02"), now)
    mark_duty(session, an_actor(maija), event.reference, done("G05"), now)
    assert set(event.checklist) == {"G02", "G05"}


def test_two_who_mark_the_same_duty_hear_of_each_other(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    mark_duty(session, an_actor(maija), event.reference, done(), now)
    with pytest.raises(DutyChanged):
        mark_duty(session, an_actor(maija), event.reference, done(reference="99"), now + MINUTE)
    assert event.checklist["G02"]["reference"] == "ilm. 12/2027"


def test_a_duty_that_the_event_does_not_have_can_not_be_marked(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    with pytest.raises(NotFound):
        mark_duty(session, an_actor(maija), event.reference, done("G18"), now)


# ── Who may ───────────────────────────────────────────────────────────────────────────────────


def test_strangers_do_not_know_of_an_event(session: Session, maija: Person, now: datetime) -> None:
    event, stranger = a_plan(session, maija, now), a_person(session)
    with pytest.raises(NotFound):
        get_event(session, an_actor(stranger), event.reference)


def test_staff_of_the_whole_city_read_and_do_not_change(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    assert get_event(session, an_approver(), event.reference) is event
    with pytest.raises(NotAllowed):
        mark_duty(session, an_approver(), event.reference, done(), now)


def test_members_of_an_organisation_read_and_its_admins_change(
    session: Session, maija: Person, now: datetime
) -> None:
    member, admin = a_person(session), a_person(session)
    organisation = an_organisation(session, members=[maija, member], admins=[admin])
    event = a_plan(session, maija, now, organisation=organisation)
    reader = an_actor(member, organisation, "member")
    assert get_event(session, reader, event.reference) is event
    with pytest.raises(NotAllowed):
        mark_duty(session, reader, event.reference, done(), now)
    mark_duty(session, an_actor(admin, organisation), event.reference, done(), now)
    planner = an_actor(maija, organisation, "member")
    mark_duty(session, planner, event.reference, done("G05"), now)


def test_who_has_left_the_organisation_has_left_its_events(
    session: Session, maija: Person, now: datetime
) -> None:
    organisation = an_organisation(session, admins=[maija])
    event = a_plan(session, maija, now, organisation=organisation)
    with pytest.raises(NotFound):
        get_event(session, an_actor(maija), event.reference)


# ── What changed ──────────────────────────────────────────────────────────────────────────────


def test_changes_are_shown_until_somebody_has_seen_them(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    event.changes = {"added": ["G02"]}
    session.flush()
    dismiss_changes(session, an_actor(maija), event.reference, now)
    assert event.changes is None


# ── Again ─────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_has_the_facts_a_year_later_its_own_duties_and_nothing_done(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    mark_duty(session, an_actor(maija), event.reference, done(), now)
    copy = copy_event(session, an_actor(maija), event.reference, now)
    assert copy.reference != event.reference
    assert copy.copied_from_id == event.id
    assert (copy.title, copy.checklist, copy.changes) == (event.title, {}, None)
    assert copy.facts["start"] == "2028-08-04T19:00"
    assert (copy.outcome or {})["due"]["G02"] == "2028-07-30"
    assert (copy.outcome or {})["guidance"] == (event.outcome or {})["guidance"]


# ── Not at all ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("with_bookings", "state"), [(True, "cancelled"), (False, "confirmed")])
def test_an_event_is_cancelled_with_its_bookings_or_without(
    session: Session, town: Town, maija: Person, now: datetime, with_bookings: bool, state: str
) -> None:
    event = a_plan(session, maija, now)
    booking = a_reservation(session, [town.hall], booked_for_id=maija.id, event_id=event.id)
    other = a_reservation(session, [town.room], booked_for_id=maija.id)
    actor = an_actor(maija)
    cancel_plan(session, actor, event.reference, now, with_bookings=with_bookings)
    assert event.cancelled_at == now
    assert booking.state == state
    assert other.state == State.CONFIRMED


def test_cancelling_twice_does_no_harm(session: Session, maija: Person, now: datetime) -> None:
    event = a_plan(session, maija, now)
    for minutes in (0, 1):
        at = now + minutes * MINUTE
        cancel_plan(session, an_actor(maija), event.reference, at, with_bookings=True)
    assert event.cancelled_at == now


def test_a_new_admin_may_do_all(session: Session, maija: Person, now: datetime) -> None:
    organisation = an_organisation(session, admins=[maija])
    event = a_plan(session, maija, now, organisation=organisation)
    newcomer = a_person(session)
    join(session, organisation, newcomer, "admin")
    actor = an_actor(newcomer, organisation)
    assert cancel_plan(session, actor, event.reference, now, with_bookings=False).cancelled_at
