"""Closures and imports lie on top of each other: each takes what the others leave, and what one
lets go the others take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.core.actors import Role
from booking.core.errors import RequestRefused
from booking.core.periods import Period
from booking.invariants import breaches
from booking.reservations.closure_rules import shared_out
from booking.reservations.models import Occupancy
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.retaking import retake_parts
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, expire_due
from tests.places import a_combination, a_hall, a_space, an_actor, ask
from tests.values import MONDAY, NOW, a_period, at

TUESDAY = MONDAY + timedelta(days=1)
MINUTE, START = timedelta(minutes=1), datetime(2027, 1, 11, tzinfo=UTC)


@pytest.fixture
def close(session):
    manager = an_actor(session, role=Role.MANAGER)
    return partial(ask, session, actor=manager, kind=Kind.CLOSURE)


@pytest.fixture
def manager(session):
    return an_actor(session, role=Role.MANAGER)


def taken(session, reservation):
    """What a reservation holds, in order."""
    session.flush()
    rows = session.execute(
        select(Occupancy.starts_at, Occupancy.ends_at)
        .where(Occupancy.reservation_id == reservation.id)
        .order_by(Occupancy.starts_at, Occupancy.part_id)
    )
    return [tuple(row) for row in rows]


def span(start, end):
    return (at(start, TUESDAY), at(end, TUESDAY))


def sound(session, now=NOW):
    session.flush()
    return breaches(session.connection(), now) == []


# ── The algebra ───────────────────────────────────────────────────────────────────────────────

spans = st.tuples(st.integers(0, 40), st.integers(1, 15)).map(
    lambda pair: Period(START + pair[0] * MINUTE, START + (pair[0] + pair[1]) * MINUTE)
)


def minutes(periods):
    """Each minute that the periods hold; twice, if two hold it."""
    return sorted(
        minute
        for one in periods
        for minute in range(
            int((one.starts_at - START) / MINUTE), int((one.ends_at - START) / MINUTE)
        )
    )


@given(st.lists(spans, max_size=5), st.lists(spans, max_size=5))
def test_what_is_shared_out_covers_every_claim_once(claims, held):
    shares = shared_out(claims, held)
    wanted, before = [set(minutes([one])) for one in claims], set(minutes(held))
    for number, share in enumerate(shares):
        earlier = before.union(*wanted[:number])
        assert minutes(share) == sorted(wanted[number] - earlier)


def test_who_comes_second_takes_what_is_left_on_both_sides():
    claims = [a_period("10:00", "12:00"), a_period("08:00", "14:00")]
    assert shared_out(claims, [a_period("13:00", "15:00")]) == [
        [a_period("10:00", "12:00")],
        [a_period("08:00", "10:00"), a_period("12:00", "13:00")],
    ]


# ── Closing what is closed ────────────────────────────────────────────────────────────────────


def test_a_second_closure_takes_what_the_first_leaves(session, close):
    room = a_space(session)
    close(room, "10:00", "12:00")
    second = close(room, "08:00", "14:00")
    assert taken(session, second) == [span("08:00", "10:00"), span("12:00", "14:00")]
    assert sound(session)


def test_a_closure_within_another_holds_nothing_itself(session, close):
    room = a_space(session)
    close(room, "08:00", "14:00")
    assert taken(session, close(room, "10:00", "12:00")) == []
    assert sound(session)


def test_a_closure_is_refused_where_somebody_booked_as_ever(session, close):
    room = a_space(session)
    ask(session, room, "10:00", "12:00")
    with pytest.raises(RequestRefused) as refused:
        close(room, "11:59", "13:00")
    assert [rule.code for rule in refused.value.broken] == ["not_free"]
    close(room, "12:00", "13:00")


def test_nobody_books_what_only_a_second_closure_closes(session, close):
    room = a_space(session)
    close(room, "10:00", "12:00"), close(room, "11:00", "14:00")
    with pytest.raises(RequestRefused):
        ask(session, room, "13:30", "14:30")
    ask(session, room, "14:00", "15:00")


def test_a_whole_and_its_section_may_both_be_closed(session, close):
    hall, (first, second, _) = a_hall(session)
    close(first, "10:00", "12:00")
    close(a_combination(session, hall, [first, second]), "11:00", "13:00")
    whole = close(hall, "11:30", "12:30")
    assert taken(session, whole) == [span("11:30", "12:30")]
    assert sound(session)


def test_set_up_and_clean_up_of_closures_overlap_too(session, close):
    room = a_space(session, policy_buffer_before_min=30, policy_buffer_after_min=30)
    close(room, "10:00", "12:00")
    assert taken(session, close(room, "12:00", "14:00")) == [span("12:30", "14:30")]


# ── Letting go ────────────────────────────────────────────────────────────────────────────────


def test_what_a_lifted_closure_held_the_others_take(session, close, manager):
    room = a_space(session)
    first, second = close(room, "10:00", "14:00"), close(room, "12:00", "16:00")
    third = close(room, "13:00", "15:00")
    cancel_reservation(session, manager, first.reference, NOW)
    assert taken(session, second) == [span("12:00", "14:00"), span("14:00", "16:00")]
    assert taken(session, third) == []
    assert sound(session)
    ask(session, room, "10:00", "12:00")
    with pytest.raises(RequestRefused):
        ask(session, room, "12:00", "12:30")


def test_what_a_closure_that_moves_held_the_others_take(session, close, manager):
    room = a_space(session)
    first, second = close(room, "10:00", "14:00"), close(room, "12:00", "16:00")
    changes = Changes({"starts_at": at("08:00", TUESDAY), "ends_at": at("12:30", TUESDAY)})
    change_reservation(session, manager, first.reference, changes, NOW)
    assert taken(session, first) == [span("08:00", "12:30")]
    assert taken(session, second) == [span("12:30", "14:00"), span("14:00", "16:00")]
    assert sound(session)


def test_a_closure_moves_to_another_room_that_is_closed_in_part(session, close, manager):
    room, other = a_space(session), a_space(session)
    first, beneath = close(room, "10:00", "14:00"), close(room, "11:00", "12:00")
    close(other, "13:00", "16:00")
    change_reservation(session, manager, first.reference, Changes({"spaces": (other.slug,)}), NOW)
    assert taken(session, first) == [span("10:00", "13:00")]
    assert taken(session, beneath) == [span("11:00", "12:00")]
    assert sound(session)


def test_a_restored_closure_takes_what_was_closed_meanwhile_no_second_time(session, close, manager):
    room = a_space(session)
    first = close(room, "10:00", "14:00")
    cancel_reservation(session, manager, first.reference, NOW)
    close(room, "12:00", "16:00")
    restore_reservation(session, manager, first.reference, NOW)
    assert taken(session, first) == [span("10:00", "12:00")]
    assert sound(session)


def test_a_closure_is_not_restored_over_a_booking(session, close, manager):
    room = a_space(session)
    first = close(room, "10:00", "14:00")
    cancel_reservation(session, manager, first.reference, NOW)
    ask(session, room, "13:00", "15:00")
    with pytest.raises(RequestRefused):
        restore_reservation(session, manager, first.reference, NOW)


def test_what_a_closure_held_that_lapses_the_others_take(session, close, manager):
    room = a_space(session)
    hold = close(room, "10:00", "14:00", hold=True)
    second = close(room, "12:00", "16:00")
    assert expire_due(session, manager, NOW + timedelta(hours=1)) == 1
    assert taken(session, hold) == []
    assert taken(session, second) == [span("12:00", "14:00"), span("14:00", "16:00")]


def test_what_a_closure_leaves_as_its_space_is_divided_anew_others_take(session, close):
    hall, (first, second, third) = a_hall(session)
    close(hall, "10:00", "14:00")
    section = close(first, "12:00", "16:00")
    hall.parts = [*second.parts, *third.parts]
    session.flush()
    raise_catalogue_version(session)
    retake_parts(session, get_catalogue(session), {hall.id}, NOW)
    assert taken(session, section) == [span("12:00", "14:00"), span("14:00", "16:00")]
    assert sound(session)


def test_an_import_lies_on_top_of_a_closure(session, close, manager):
    room = a_space(session)
    closure = close(room, "10:00", "14:00")
    imported = close(room, "12:00", "16:00")
    imported.kind = Kind.IMPORTED
    session.flush()
    cancel_reservation(session, manager, closure.reference, NOW)
    assert taken(session, imported) == [span("12:00", "14:00"), span("14:00", "16:00")]
