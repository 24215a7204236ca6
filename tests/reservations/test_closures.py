"""Closing spaces over what is booked: refused, cancelled and told, or held at another place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.invariants import breaches
from booking.reservations.closure_errors import PreviewOutdated
from booking.reservations.closure_models import Displacement
from booking.reservations.closure_queries import ClosureRefused, plan_closure
from booking.reservations.closure_rules import ClosureWish, OnConflict
from booking.reservations.closure_use_cases import close_spaces
from booking.reservations.models import Occupancy
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.series_rules import SeriesRequest
from booking.reservations.series_use_cases import request_series
from booking.reservations.states import Kind
from booking.reservations.use_cases import cancel_reservation, request_reservation
from tests.builders import a_person, an_organisation
from tests.places import a_hall, a_space, a_thing, a_unit, an_actor, ask
from tests.reservations.closing import a_closure, close, letters
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
TERMS = date(2026, 1, 1)
SERIES = {
    "allowed": True,
    "who": "anyone",
    "approval": "instant",
    "max_occurrences": 200,
    "horizon_days": 730,
}
CANCEL, MOVE = OnConflict.NOTIFY_AND_CANCEL, OnConflict.PROPOSE_MOVES


@pytest.fixture
def manager(session):
    return an_actor(session, role=Role.MANAGER)


def codes(refused):
    return [rule.code for rule in refused.value.broken]


def holds(session, reservation):
    return session.scalars(
        select(Occupancy.id).where(Occupancy.reservation_id == reservation.id)
    ).all()


# ── What is closed, and by whom ───────────────────────────────────────────────────────────────


def test_a_closure_says_why_and_takes_its_time(session, manager):
    room = a_space(session)
    done = close(session, manager, room, reason="Lattia hiotaan.\nKaksi päivää.")
    assert (done.closure.kind, done.closure.state) == ("closure", "confirmed")
    assert done.closure.title == "Lattia hiotaan."
    assert done.closure.message == "Lattia hiotaan.\nKaksi päivää."
    with pytest.raises(RequestRefused):
        ask(session, room, "21:30", "22:00")


def test_a_unit_is_closed_with_all_its_spaces_and_no_others(session, manager):
    unit = a_unit(session)
    hall, sections = a_hall(session, unit=unit)
    hidden = a_space(session, unit=unit, published=False)
    other = a_space(session)
    done = close(session, manager, spaces=(), unit=unit.slug)
    closed = {row.space_id for row in done.closure.spaces}
    assert closed == {hall.id, hidden.id}
    with pytest.raises(RequestRefused):
        ask(session, sections[0])
    ask(session, other)


def test_the_whole_city_is_closed(session, manager):
    rooms = [a_space(session) for _ in range(3)]
    done = close(session, manager, spaces=(), city=True)
    assert {row.space_id for row in done.closure.spaces} == {room.id for room in rooms}


def test_a_section_named_beside_its_hall_is_closed_with_it(session, manager):
    hall, sections = a_hall(session)
    done = close(session, manager, sections[0], hall)
    assert [row.space_id for row in done.closure.spaces] == [hall.id]


def test_a_manager_closes_only_at_their_own_units(session):
    mine, theirs = a_space(session), a_space(session)
    unit = mine.unit
    manager = an_actor(session, role=Role.MANAGER, unit=unit)
    close(session, manager, mine)
    for values in ({"spaces": (mine.slug, theirs.slug)}, {"spaces": (), "city": True}):
        with pytest.raises(NotAllowed):
            close(session, manager, **values)
    with pytest.raises(NotAllowed):
        close(session, manager, spaces=(), unit=theirs.unit.slug)


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.BOOKER, Role.APPROVER])
def test_only_managers_close(session, role):
    with pytest.raises(NotAllowed):
        close(session, an_actor(session, role=role), a_space(session))


def test_what_does_not_exist_is_not_closed(session, manager):
    a_space(session)
    for values in ({"spaces": ("no-such-room",)}, {"spaces": (), "unit": "no-such-house"}):
        with pytest.raises(NotFound):
            close(session, manager, **values)


def test_a_unit_without_spaces_has_nothing_to_close(session, manager):
    with pytest.raises(RequestRefused) as refused:
        close(session, manager, spaces=(), unit=a_unit(session).slug)
    assert codes(refused) == ["field_required"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"start": "18:00", "end": "18:00"}, "end_before_start"),
        ({"day": MONDAY - timedelta(days=1)}, "in_past"),
        ({"reason": " \n "}, "field_required"),
    ],
)
def test_what_a_closure_lacks_is_told(session, manager, values, code):
    with pytest.raises(ClosureRefused) as refused:
        close(session, manager, a_space(session), **values)
    assert codes(refused) == [code]


def test_a_closure_may_begin_earlier_today(session, manager):
    close(session, manager, a_space(session), start="00:00", day=MONDAY)


def test_a_closure_lasts_400_days_at_most(session, manager):
    room = a_space(session)
    start = at("00:00", TUESDAY)
    for days, is_refused in ((timedelta(days=400), False), (timedelta(days=400, seconds=1), True)):
        wish = ClosureWish(start, start + days, "Remontti", spaces=(room.slug,))
        plan = plan_closure(session, manager, wish, NOW)
        assert [rule.code for rule in plan.broken] == (["too_long"] if is_refused else [])


# ── Refuse ────────────────────────────────────────────────────────────────────────────────────


def test_who_stands_in_the_way_makes_it_refused_and_is_named(session, manager):
    room = a_space(session)
    booked = ask(session, room, "18:00", "20:00")
    with pytest.raises(ClosureRefused) as refused:
        close(session, manager, room, start="19:59")
    assert (codes(refused), refused.value.in_the_way) == (["not_free"], [booked])
    close(session, manager, room, start="20:00")


def test_clean_up_stands_in_the_way_too(session, manager):
    room = a_space(session, policy_buffer_after_min=15)
    ask(session, room, "18:00", "20:00")
    with pytest.raises(ClosureRefused):
        close(session, manager, room, start="20:14")
    close(session, manager, room, start="20:15")


def test_a_hold_whose_time_is_over_stands_in_nobodys_way(session, manager):
    room = a_space(session)
    hold = ask(session, room, hold=True)
    close(session, manager, room, now=NOW + timedelta(minutes=15))
    assert hold.state == "expired"


# ── Notify and cancel ─────────────────────────────────────────────────────────────────────────


def test_who_stands_in_the_way_is_cancelled_and_owes_nothing(session, manager):
    room = a_space(session)
    now = at("17:00", TUESDAY)
    booked = ask(session, room, "18:00", "20:00")
    done = close(session, manager, room, start="17:30", on_conflict=CANCEL, now=now)
    assert done.plan.cancelled == [booked]
    assert (booked.state, booked.due_cents, booked.reason) == ("cancelled", 0, "Lattia hiotaan.")
    assert (booked.version, booked.sequence) == (2, 1)
    assert not holds(session, booked)


def test_their_bookers_are_told_with_what_else_is_free(session, manager):
    unit = a_unit(session)
    room, near = a_space(session, unit=unit), a_space(session, unit=unit)
    far = a_space(session, unit=a_unit(session, latitude=60.6))
    ask(session, far, "19:00", "20:00")
    ask(session, room, "18:00", "20:00")
    close(session, manager, room, on_conflict=CANCEL)
    [letter] = letters(session)
    assert letter.context["reason"] == "Lattia hiotaan."
    [cancelled] = letter.context["cancelled"]
    assert [one["path"] for one in cancelled["instead"]] == [f"/spaces/{near.slug}"]
    assert letter.context["moves"] == []


def test_each_booker_gets_one_letter_whatever_they_lose(session, manager):
    room = a_space(session, policy_series=SERIES)
    maija, pekka = an_actor(session), an_actor(session)
    each = ReservationRequest(
        spaces=(room.slug,),
        starts_at=at("18:00", TUESDAY),
        ends_at=at("19:00", TUESDAY),
        title="Choir",
        terms=(TERMS,),
    )
    request_series(session, maija, SeriesRequest(each, "FREQ=WEEKLY;COUNT=4"), NOW)
    ask(session, room, "20:00", "21:00", actor=maija)
    ask(session, room, "21:00", "22:00", actor=pekka)
    wish = ClosureWish(
        at("00:00", TUESDAY),
        at("00:00", TUESDAY + timedelta(days=30)),
        "Remontti",
        CANCEL,
        spaces=(room.slug,),
    )
    done = close_spaces(session, manager, wish, NOW)
    session.flush()
    assert breaches(session.connection(), NOW) == []
    assert len(done.plan.cancelled) == 6
    assert [len(one.context["cancelled"]) for one in letters(session)] == [5, 1]
    assert {one.recipient_id for one in letters(session)} == {maija.person_id, pekka.person_id}


def test_a_hold_is_cancelled_too(session, manager):
    room = a_space(session)
    hold = ask(session, room, hold=True)
    for mode in (CANCEL, MOVE):
        close(session, manager, room, on_conflict=mode)
    assert (hold.state, holds(session, hold)) == ("cancelled", [])


def test_a_colleague_is_told_of_what_they_had_booked(session, manager):
    room = a_space(session)
    booker = a_person(session)
    colleague = an_actor(session, role=Role.BOOKER)
    ask(session, room, "16:00", "17:00", actor=colleague, kind=Kind.STAFF)
    customer = {"name": "Pekka", "email": "pekka@example.com"}
    ask(session, room, "18:00", "19:00", actor=colleague, on_behalf_of=customer)
    ask(session, room, "20:00", "21:00", actor=colleague, on_behalf_of={"name": "Liisa"})
    close(session, manager, room, on_conflict=CANCEL)
    told = {one.recipient: len(one.context["cancelled"]) for one in letters(session)}
    email = session.get(Person, colleague.person_id).email
    assert told == {email: 2, "pekka@example.com": 1}
    assert booker.email not in told


def test_a_booking_of_several_spaces_goes_as_a_whole(session, manager):
    unit = a_unit(session)
    one, two = a_space(session, unit=unit), a_space(session, unit=unit)
    request = ReservationRequest(
        spaces=(one.slug, two.slug),
        starts_at=at("18:00", TUESDAY),
        ends_at=at("20:00", TUESDAY),
        terms=(TERMS,),
    )
    both = request_reservation(session, an_actor(session), request, NOW)
    close(session, manager, one, on_conflict=CANCEL)
    assert (both.state, holds(session, both)) == ("cancelled", [])
    ask(session, two)


@pytest.mark.parametrize("mode", [CANCEL, MOVE])
def test_what_has_begun_is_not_cut(session, manager, mode):
    room = a_space(session)
    ask(session, room, "18:00", "20:00")
    a_space(session)
    begun = at("18:00", TUESDAY)
    with pytest.raises(ClosureRefused) as refused:
        close(session, manager, room, start="19:00", on_conflict=mode, now=begun)
    assert codes(refused) == ["already_begun"]
    close(session, manager, room, start="20:00", on_conflict=mode, now=begun)


def test_other_closures_are_in_nobodys_way(session, manager):
    room = a_space(session)
    first = close(session, manager, room).closure
    done = close(session, manager, room, start="10:00", on_conflict=CANCEL)
    assert (done.plan.cancelled, first.state) == ([], "confirmed")


def test_a_lifted_closure_leaves_its_time_free(session, manager):
    room = a_space(session)
    done = close(session, manager, room)
    cancel_reservation(session, manager, done.closure.reference, NOW)
    ask(session, room)


# ── What was looked at ────────────────────────────────────────────────────────────────────────


def test_only_what_was_looked_at_is_done(session, manager):
    room = a_space(session)
    wish = a_closure(room, on_conflict=CANCEL)
    ask(session, room, "16:00", "17:00")
    seen = plan_closure(session, manager, wish, NOW).seen
    late = ask(session, room, "18:00", "19:00")
    with pytest.raises(PreviewOutdated):
        close(session, manager, room, on_conflict=CANCEL, seen=seen)
    assert late.state == "confirmed"
    seen = plan_closure(session, manager, wish, NOW).seen
    assert len(close(session, manager, room, on_conflict=CANCEL, seen=seen).plan.cancelled) == 2


def test_looking_changes_nothing(session, manager):
    room = a_space(session)
    a_space(session)
    booked = ask(session, room)
    plan = plan_closure(session, manager, a_closure(room, on_conflict=MOVE), NOW)
    assert (len(plan.moves), booked.state, booked.version) == (1, "confirmed", 1)
    assert session.scalars(select(Displacement)).all() == []


def test_an_organisation_that_nobody_answers_for_is_told_at_its_own_address(session, manager):
    room = a_space(session)
    club = an_organisation(session, email="seura@example.org", language="sv")
    colleague = an_actor(session, role=Role.BOOKER)
    ask(session, room, actor=colleague, organisation=club.slug)
    close(session, manager, room, on_conflict=CANCEL)
    [letter] = letters(session)
    assert (letter.recipient, letter.language) == ("seura@example.org", "sv")


def test_loans_go_with_what_is_cancelled(session, manager):
    room, tents = a_space(session), a_thing(session, 2)
    booked = ask(session, room, items=(LoanWish(tents.slug, 2),))
    assert len(holds(session, booked)) == 3
    close(session, manager, room, on_conflict=CANCEL)
    assert holds(session, booked) == []
