"""Bookings follow their event: other facts price them anew, in the same transaction."""

from __future__ import annotations

import pytest

from booking.core.actors import Role
from booking.reservations.use_cases import request_reservation
from booking.self_initiated.event_use_cases import NewEvent, change_facts, start_event
from tests.places import a_space, an_actor
from tests.reservations.events import TUESDAY
from tests.reservations.test_event_bookings import wish
from tests.values import NOW

FACTS = {
    "organiser_type": "resident_group",
    "openness": "open",
    "purpose": "culture",
    "attendance_peak": 20,
    "start": f"{TUESDAY}T18:00",
    "end": f"{TUESDAY}T20:00",
}


@pytest.fixture
def booked(session):
    """Somebody, their open evening in a room, and its booking, free and confirmed by the rules."""
    actor, room = an_actor(session), a_space(session)
    event = start_event(session, actor, NewEvent(FACTS, room.slug, "Book club"), NOW)
    asked = wish(room, event)
    made = request_reservation(session, actor, asked, NOW, automatic_decisions=True)
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K2", 0)
    return actor, event, made


def test_a_booking_costs_what_the_new_facts_say(session, booked):
    actor, event, made = booked
    change_facts(session, actor, event, {"purpose": "celebration", "openness": "invited"}, NOW)
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K4", 2000)


def test_facts_that_change_nothing_leave_the_booking_as_it_is(session, booked):
    actor, event, made = booked
    version = made.version
    change_facts(session, actor, event, {"film": True}, NOW)
    assert made.version == version


def test_what_the_rules_now_forbid_stays_and_is_sent_to_the_staff(session, booked):
    actor, event, made = booked
    an_actor(session, role=Role.APPROVER)
    version = made.version
    change_facts(session, actor, event, {"alcohol": "byo"}, NOW)
    assert event.outcome["free_use"]["decision"] == "denied"
    assert (made.state, made.version) == ("confirmed", version + 1)
