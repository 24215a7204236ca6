"""What an outside calendar says becomes reservations; nobody is put out by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.calendars.collision_use_cases import NothingToSettle, settle_collision
from booking.calendars.import_use_cases import take_calendar, window_at
from booking.calendars.models import CalendarSource, ImportCollision
from booking.calendars.outside import read_calendar
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Role, job
from booking.core.errors import NotAllowed
from booking.reservations.states import Kind, State
from tests.calendars.subscribing import TUESDAY, calendar, event, imported
from tests.places import a_space, an_actor, ask
from tests.values import NOW, a_period

IMPORT = job("read-calendars")


@pytest.fixture
def room(session):
    return a_space(session)


@pytest.fixture
def source(session, room):
    found = CalendarSource(space_id=room.id, name="School", added_at=NOW)
    session.add(found)
    session.flush()
    return found


def take(session, source, *events, now=NOW, confirmed=False):
    body = calendar(*events).encode()
    reading = read_calendar(body, window_at(now), get_catalogue(session).zone)
    return take_calendar(session, IMPORT, source, reading, now, confirmed=confirmed)


def test_events_take_the_space_and_what_has_not_changed_is_left_alone(session, source, room):
    first = take(session, source, event("a"), event("b", "13:00", "14:00"))
    assert (first.added, first.moved, first.gone, first.unchanged) == (2, 0, 0, 0)
    [a, b] = imported(session, source)
    assert (a.kind, a.title, len(a.occupancies)) == (Kind.IMPORTED, "Class", 1)
    versions = a.version, b.version
    again = take(session, source, event("a"), event("b", "13:00", "14:00"))
    assert (again.added, again.moved, again.gone, again.unchanged) == (0, 0, 0, 2)
    assert (a.version, b.version) == versions


def test_an_event_that_moves_keeps_its_uid_and_lets_the_old_time_go(session, source, room):
    take(session, source, event("a"))
    [one] = imported(session, source)
    uid, sequence = one.uid, one.sequence
    moved = take(session, source, event("a", "15:00", "16:00"))
    assert (moved.moved, one.uid, one.sequence) == (1, uid, sequence + 1)
    assert ask(session, room, "10:00", "12:00", day=TUESDAY).state == State.CONFIRMED


def test_an_event_that_is_gone_lets_its_time_go(session, source, room):
    take(session, source, event("a"), event("b", "13:00", "14:00"))
    assert take(session, source, event("b", "13:00", "14:00")).gone == 1
    assert ask(session, room, "10:00", "12:00", day=TUESDAY).state == State.CONFIRMED


def test_events_over_each_other_share_the_time(session, source, room):
    take(session, source, event("a", "10:00", "12:00"), event("b", "11:00", "13:00"))
    held = [
        (row.starts_at, row.ends_at) for one in imported(session, source) for row in one.occupancies
    ]
    assert sum((end - start for start, end in held), timedelta()) == timedelta(hours=3)
    take(session, source, event("b", "11:00", "13:00"))
    [b] = imported(session, source)
    assert sum((r.ends_at - r.starts_at for r in b.occupancies), timedelta()) == timedelta(hours=2)


@pytest.mark.parametrize(("left", "waits"), [(3, False), (2, False), (1, True), (0, True)])
def test_a_fall_of_more_than_half_waits_for_a_person(session, source, left, waits):
    events = [event(str(n), f"{10 + n}:00", f"{11 + n}:00") for n in range(4)]
    take(session, source, *events)
    found = take(session, source, *events[:left])
    assert (found.waits, source.state) == (waits, "waiting" if waits else "active")
    assert len(imported(session, source)) == (4 if waits else left)
    take(session, source, *events[:left], confirmed=True)
    assert (len(imported(session, source)), source.state) == (left, "active")


def test_what_has_ended_is_left_as_it_was(session, source):
    take(session, source, event("a"), event("b", "13:00", "14:00"))
    later = a_period("12:30", "13:00", TUESDAY).starts_at
    assert take(session, source, event("b", "13:00", "14:00"), now=later).gone == 0
    assert len(imported(session, source)) == 2


def test_an_event_that_comes_back_is_the_reservation_that_it_was(session, source):
    take(session, source, event("a"), event("b", "13:00", "14:00"))
    uid = imported(session, source)[0].uid
    take(session, source, event("b", "13:00", "14:00"))
    assert take(session, source, event("a", "9:00"), event("b", "13:00", "14:00")).added == 1
    [a, _b] = imported(session, source)
    assert (a.uid, a.sequence, a.occupancies[0].ends_at) == (uid, 2, a.ends_at)


def test_an_event_that_is_over_and_planned_anew_leaves_what_was_as_it_was(session, source):
    take(session, source, event("a"))
    later = a_period("18:00", "19:00", TUESDAY).starts_at
    wednesday = TUESDAY + timedelta(days=1)
    assert take(session, source, event("a", day=wednesday), now=later).added == 1
    assert take(session, source, event("a", day=wednesday), now=later).unchanged == 1
    assert [one.starts_at.day for one in imported(session, source)] == [
        TUESDAY.day,
        wednesday.day,
    ]


# ── Collisions ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def met(session, source, room):
    """A booking, an event over it, and the row that tells of the two."""
    booking = ask(session, room, "11:00", "12:00", day=TUESDAY)
    found = take(session, source, event("a"), event("b", "13:00", "14:00"))
    assert (found.added, found.collisions) == (1, 1)
    [row] = session.scalars(select(ImportCollision)).all()
    return booking, row


def test_an_event_over_a_booking_is_listed_and_takes_nothing(session, source, met):
    booking, row = met
    assert booking.state == State.CONFIRMED
    assert [one.outside_uid for one in imported(session, source)] == ["b"]
    assert (row.outside_uid, row.settlement) == ("a", None)
    assert take(session, source, event("a"), event("b", "13:00", "14:00")).collisions == 1


def test_who_keeps_the_booking_is_not_asked_again_until_the_event_moves(session, source, met):
    booking, row = met
    manager = an_actor(session, role=Role.MANAGER)
    settle_collision(session, manager, row.id, True, "", NOW)
    assert booking.state == State.CONFIRMED
    assert take(session, source, event("a"), event("b", "13:00", "14:00")).collisions == 0
    moved = take(session, source, event("a", "10:30", "12:00"), event("b", "13:00", "14:00"))
    assert (moved.collisions, row.settlement) == (1, None)


def test_who_lets_the_event_go_first_cancels_the_booking_with_a_reason(session, source, met):
    booking, row = met
    manager = an_actor(session, role=Role.MANAGER)
    settle_collision(session, manager, row.id, False, "The school needs it", NOW)
    assert (booking.state, booking.reason) == (State.CANCELLED, "The school needs it")
    assert [one.outside_uid for one in imported(session, source)] == ["a", "b"]
    with pytest.raises(NothingToSettle):
        settle_collision(session, manager, row.id, True, "", NOW)


def test_an_event_that_moved_onto_a_booking_takes_its_time_once_that_is_cancelled(
    session, source, room
):
    ask(session, room, "15:00", "16:00", day=TUESDAY)
    take(session, source, event("a"))
    assert take(session, source, event("a", "15:00", "16:00")).collisions == 1
    assert imported(session, source) == []
    [row] = session.scalars(select(ImportCollision)).all()
    settle_collision(session, an_actor(session, role=Role.MANAGER), row.id, False, "School", NOW)
    assert [one.starts_at for one in imported(session, source)] == [row.starts_at]


def test_only_who_may_close_the_space_decides(session, met):
    with pytest.raises(NotAllowed):
        settle_collision(session, an_actor(session, role=Role.APPROVER), met[1].id, True, "", NOW)


def test_a_booking_that_goes_lets_the_event_in_at_the_next_reading(session, source, met):
    booking, _row = met
    booking.step_to(State.CANCELLED, NOW)
    found = take(session, source, event("a"), event("b", "13:00", "14:00"))
    assert (found.added, found.collisions) == (1, 0)
    assert session.scalars(select(ImportCollision)).all() == []
