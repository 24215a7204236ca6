"""Another place for who loses one to a closure: kept for them alone until they answer."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.catalogue.version_models import PriceList, PriceRow
from booking.core.actors import Role
from booking.core.errors import RequestRefused
from booking.reservations.closure_rules import ClosureWish, OnConflict
from booking.reservations.closure_use_cases import close_spaces
from booking.reservations.offer_use_cases import accept_move
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.use_cases import request_reservation
from tests.places import a_hall, a_space, a_thing, a_unit, an_actor, ask
from tests.reservations.closing import letters, moved_from, sound, spaces
from tests.statements import counted
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
MOVE = OnConflict.PROPOSE_MOVES
TERMS = date(2026, 1, 1)


@pytest.fixture
def manager(session):
    return an_actor(session, role=Role.MANAGER)


@pytest.fixture
def maija(session):
    return an_actor(session)


# ── What is offered ───────────────────────────────────────────────────────────────────────────


def test_another_place_is_held_until_the_booker_answers(session, manager, maija):
    room, other = a_space(session), a_space(session)
    booked = ask(session, room, actor=maija)
    done = moved_from(session, manager, room)
    assert (done.plan.moved, done.plan.cancelled) == ([booked], [])
    assert (booked.state, spaces(booked)) == ("held", [other.id])
    assert booked.held_until == at("18:00", TUESDAY)
    assert (booked.version, booked.sequence) == (2, 1)
    with pytest.raises(RequestRefused):
        ask(session, other, "19:00", "20:00")
    with pytest.raises(RequestRefused):
        ask(session, room, "16:00", "17:00")


@pytest.mark.parametrize(("days", "kept"), [(7, 7), (8, 7), (3, 3)])
def test_it_is_kept_for_a_week_or_until_it_begins(session, manager, days, kept):
    room, _ = a_space(session), a_space(session)
    day = MONDAY + timedelta(days=days)
    booked = ask(session, room, "10:00", "11:00", day=day)
    moved_from(session, manager, room, start="10:00", day=day)
    assert booked.held_until == NOW + timedelta(days=kept)


def test_only_places_that_would_do_are_offered(session, manager):
    unit = a_unit(session)
    room = a_space(session, unit=unit)
    taken = a_space(session, unit=unit)
    ask(session, taken, "19:00", "21:00")
    a_space(session, unit=unit, capacity=11)
    a_space(session, unit=unit, published=False)
    a_space(session, unit=unit, policy_who_may_book="staff")
    a_space(session, unit=unit, policy_who_may_book="association")
    a_space(session, unit=unit, policy_max_duration_min=90)
    a_space(session, unit=unit, policy_requires_adult=True)
    booked = ask(session, room, people=12)
    done = moved_from(session, manager, room)
    assert (done.plan.moved, done.plan.without_place) == ([], [booked])
    right = a_space(session, unit=unit, capacity=12)
    other = a_space(session, unit=unit)
    again = ask(session, other, people=12)
    moved_from(session, manager, other)
    assert spaces(again) == [right.id]


def test_who_has_not_said_how_many_come_is_offered_no_less_room(session, manager):
    room = a_space(session, capacity=20)
    a_space(session, capacity=19)
    booked = ask(session, room)
    assert moved_from(session, manager, room).plan.without_place == [booked]


def test_the_nearest_is_offered_first(session, manager):
    unit = a_unit(session)
    room = a_space(session, unit=unit)
    far = a_space(session, unit=a_unit(session, latitude=60.60))
    near = a_space(session, unit=a_unit(session, latitude=60.58))
    here, small = (a_space(session, unit=unit, capacity=number) for number in (40, 15))
    booked = ask(session, room, people=15)
    for closed, offered in ((room, small), (small, here), (here, near), (near, far)):
        moved_from(session, manager, closed)
        assert spaces(booked) == [offered.id]


def test_other_rules_of_the_city_are_set_aside_for_who_is_moved(session, manager):
    room = a_space(session)
    other = a_space(
        session,
        policy_notice={"days": 30},
        policy_horizon_days=0,
        policy_quota={"active": 0, "hours_per_week": None, "series_counts_as": "one"},
        policy_required_fields=["message"],
    )
    booked = ask(session, room)
    moved_from(session, manager, room)
    assert (spaces(booked), booked.override_reason) == ([other.id], "Lattia hiotaan.")


def test_no_two_are_offered_the_same(session, manager):
    unit = a_unit(session)
    hall, sections = a_hall(session, unit=unit)
    free = [a_space(session, unit=unit) for _ in range(3)]
    times = (("16:00", "18:00"), ("18:00", "20:00"), ("20:00", "21:00"))
    bookings = [ask(session, section, *both) for section in sections for both in times]
    done = moved_from(session, manager, hall, start="08:00")
    assert len(done.plan.moved) == 9
    held = Counter((spaces(one)[0], one.starts_at) for one in bookings)
    assert set(held.values()) == {1}
    assert {space for space, _ in held} == {space.id for space in free}


def test_where_there_are_fewer_places_the_largest_groups_then_the_first_have_them(session, manager):
    unit = a_unit(session)
    hall, sections = a_hall(session, 4, unit=unit)
    large, small = a_space(session, unit=unit, capacity=20), a_space(session, unit=unit, capacity=8)
    people = (5, 15, 15, 6)
    five, first, second, six = (
        ask(session, section, people=number, now=NOW + timedelta(minutes=minute))
        for minute, (section, number) in enumerate(zip(sections, people, strict=True))
    )
    done = moved_from(session, manager, hall, now=NOW + timedelta(hours=1))
    assert {one.id: spaces(one) for one in done.plan.moved} == {
        first.id: [large.id],
        six.id: [small.id],
    }
    assert done.plan.without_place == [five, second]
    assert {five.state, second.state} == {"cancelled"}


def test_what_is_kept_for_one_is_proposed_to_nobody_as_an_alternative(session, manager):
    hall, sections = a_hall(session, 2)
    only = a_space(session)
    one, two = (ask(session, section) for section in sections)
    done = moved_from(session, manager, hall)
    assert (done.plan.moved, done.plan.without_place) == ([one], [two])
    cancelled = [c for letter in letters(session) for c in letter.context["cancelled"]]
    assert [c["instead"] for c in cancelled] == [[]]
    assert spaces(one) == [only.id]


def test_of_several_spaces_only_the_closed_one_is_swapped(session, manager, maija):
    unit = a_unit(session)
    one, two, three = (a_space(session, unit=unit) for _ in range(3))
    request = ReservationRequest(
        spaces=(one.slug, two.slug),
        starts_at=at("18:00", TUESDAY),
        ends_at=at("20:00", TUESDAY),
        terms=(TERMS,),
        people=40,
    )
    both = request_reservation(session, maija, request, NOW)
    moved_from(session, manager, one)
    assert spaces(both) == [three.id, two.id]
    assert len(both.occupancies) == 2


def test_loans_come_along(session, manager, maija):
    room, other, tents = a_space(session), a_space(session), a_thing(session, 2)
    booked = ask(session, room, actor=maija, items=(LoanWish(tents.slug, 2),))
    moved_from(session, manager, room)
    assert (spaces(booked), len(booked.occupancies)) == ([other.id], 3)
    accept_move(session, maija, booked.reference, NOW)
    assert sound(session)


def test_nobody_pays_more_as_the_city_closes(session, manager):
    room = a_space(session)
    prices = {}
    for name, cents in (("dear", 2000), ("cheap", 400)):
        usual = session.scalars(select(PriceList)).first()
        made = PriceList(
            slug=name, name=usual.name, vat_class_id=usual.vat_class_id, demo=True, position=1
        )
        made.rows = [PriceRow(from_date=TERMS, hourly_cents=cents, day_cap_hours=24)]
        session.add(made)
        session.flush()
        prices[name] = made.id
    dear = a_space(session, price_list_id=prices["dear"])
    booked = ask(session, room)
    moved_from(session, manager, room)
    assert (booked.total_cents, [line.space_id for line in booked.price_lines]) == (2000, [dear.id])
    cheap = a_space(session, price_list_id=prices["cheap"])
    moved_from(session, manager, dear)
    assert (booked.total_cents, [line.space_id for line in booked.price_lines]) == (800, [cheap.id])


# ── What it costs ─────────────────────────────────────────────────────────────────────────────


def test_many_in_the_way_take_as_many_readings_as_few(session, manager, maija):
    room, _ = a_space(session), a_space(session)
    counts = []
    for first, number in ((0, 10), (10, 30)):
        days = [TUESDAY + timedelta(days=first + day) for day in range(number)]
        for day in days:
            ask(session, room, actor=maija, day=day)
        wish = ClosureWish(
            at("00:00", days[0]), at("24:00", days[-1]), "Remontti", MOVE, spaces=(room.slug,)
        )
        session.flush()
        session.expunge_all()
        with counted(session.get_bind()) as sent:
            done = close_spaces(session, manager, wish, NOW)
            session.flush()
        assert len(done.plan.moved) == number
        counts.append(Counter(one.split()[0] for one in sent)["SELECT"])
    assert counts[0] == counts[1]
