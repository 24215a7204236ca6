"""Bookings follow their event: priced by what the rules say of it now, and never taken away."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.actors import Role
from booking.decisions.use_cases import approve_reservation
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.event_use_cases import FOLLOWED, reprice_reservations_of
from booking.reservations.use_cases import cancel_reservation
from tests.places import a_space, an_actor
from tests.places import ask as ask_for
from tests.reservations.events import TUESDAY, an_event, free_use
from tests.reservations.test_event_bookings import book
from tests.values import NOW, at


@pytest.fixture
def staff(session):
    return an_actor(session, role=Role.APPROVER)


def confirmed(session, decision="auto_free", group="K2", **values):
    """An event and its booking, confirmed."""
    actor = an_actor(session)
    event = an_event(session, actor, decision, group)
    made = book(session, actor, a_space(session), event, automatic=True, **values)
    assert made.state == "confirmed"
    return actor, event, made


def evaluated(session, actor, event, decision, group, now=NOW):
    event.outcome = free_use(decision, group)
    return reprice_reservations_of(session, actor, event, now)


def templates(session, made):
    query = select(OutgoingEmail.template).where(OutgoingEmail.reservation_id == made.id)
    return sorted(set(session.scalars(query)))


def test_a_confirmed_booking_stays_at_the_new_price_and_everybody_is_told(session, staff):
    actor, event, made = confirmed(session)
    version, sequence = made.version, made.sequence
    assert evaluated(session, actor, event, "auto_charged", "K4") == [made]
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K4", 2000)
    assert [line.total_cents for line in made.price_lines] == [2000]
    assert (made.version, made.sequence) == (version + 1, sequence)
    assert {"reservation_repriced", "staff_repriced"} <= set(templates(session, made))
    assert breaches(session.connection(), NOW) == []


def test_what_the_rules_now_send_to_a_person_stays_confirmed_and_the_staff_are_told(session, staff):
    actor, event, made = confirmed(session)
    assert evaluated(session, actor, event, "review", "K2") == [made]
    assert (made.state, made.price_group) == ("confirmed", "K2")
    assert templates(session, made) == ["reservation_confirmed", "staff_repriced"]


def test_the_same_is_told_once(session, staff):
    actor, event, made = confirmed(session)
    evaluated(session, actor, event, "review", "K2")
    assert evaluated(session, actor, event, "review", "K2") == []
    assert evaluated(session, actor, event, "denied", "K2") == [made]


def test_what_would_become_free_is_asked_for_again_and_keeps_its_time(session, staff):
    actor, event, made = confirmed(session, "auto_charged", "K4")
    assert evaluated(session, actor, event, "auto_free", "K2") == [made]
    assert (made.state, made.price_group, made.total_cents) == ("requested", "K2", 0)
    assert {"reservation_repriced", "staff_new_request"} <= set(templates(session, made))
    assert len(made.occupancies) == 1
    assert breaches(session.connection(), NOW) == []


def test_a_request_is_priced_anew_and_awaits_the_staff_as_before(session, staff):
    actor = an_actor(session)
    event = an_event(session, actor)
    made = book(session, actor, a_space(session), event)
    evaluated(session, actor, event, "auto_charged", "K3")
    assert (made.state, made.price_group, made.total_cents) == ("requested", "K3", 1000)
    assert "staff_repriced" not in templates(session, made)


def test_a_hold_is_priced_anew_and_nobody_is_told(session, staff):
    actor = an_actor(session)
    event = an_event(session, actor)
    made = book(session, actor, a_space(session), event, hold=True)
    evaluated(session, actor, event, "auto_charged", "K4")
    assert (made.state, made.total_cents) == ("held", 2000)
    assert templates(session, made) == []


def test_nothing_happens_where_the_rules_say_the_same(session, staff):
    actor, event, made = confirmed(session)
    version = made.version
    assert evaluated(session, actor, event, "auto_free", "K2") == []
    assert made.version == version


@pytest.mark.parametrize(("clock", "cents"), [("17:59", 2000), ("18:00", 0)])
def test_what_has_begun_keeps_its_price(session, staff, clock, cents):
    actor, event, made = confirmed(session)
    evaluated(session, actor, event, "auto_charged", "K4", at(clock, TUESDAY))
    assert made.total_cents == cents


def test_what_is_cancelled_and_what_belongs_to_no_event_keep_their_price(session, staff):
    actor, event, made = confirmed(session)
    other = ask_for(session, a_space(session), actor=actor)
    cancel_reservation(session, actor, made.reference, NOW)
    assert evaluated(session, actor, event, "auto_charged", "K5") == []
    assert (made.total_cents, other.total_cents) == (0, 2000)


def test_a_group_that_staff_have_decided_stays_and_they_hear_of_the_change(session, staff):
    actor = an_actor(session)
    event = an_event(session, actor)
    made = book(session, actor, a_space(session), event)
    approve_reservation(session, staff, made.reference, NOW, "Tickets are sold.", "K3")
    assert evaluated(session, actor, event, "denied", "K2") == [made]
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K3", 1000)


def test_following_is_written_down_with_what_was_before(session, staff):
    actor, event, _made = confirmed(session)
    evaluated(session, actor, event, "auto_charged", "K4")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == FOLLOWED)).one()
    assert entry.details == {
        "event": event.reference,
        "before": {"price_group": "K2", "total_cents": 0},
        "price_group": "K4",
        "total_cents": 2000,
        "decision": "auto_charged",
    }
