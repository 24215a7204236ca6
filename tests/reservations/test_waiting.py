"""Who waits for what: by the rules of booking, once, in order, and nobody knows of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.actors import COMMAND, VISITOR, Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused, StepNotPossible
from booking.reservations.rules import ReservationRequest
from booking.reservations.use_cases import cancel_reservation
from booking.reservations.waiting_queries import my_wishes, whose_turn
from booking.reservations.waiting_use_cases import join_waiting_list, leave_waiting_list
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor, ask
from tests.reservations.waiting import QUOTA_OF_ONE, TUESDAY, codes, mails, offer, place_of, wait
from tests.statements import counted
from tests.values import MONDAY, NOW, at

# ── Joining ───────────────────────────────────────────────────────────────────────────────────


def test_who_waits_holds_nothing_and_knows_their_place(session):
    room = a_space(session)
    taken = ask(session, room)
    first, second = wait(session, room), wait(session, room)
    assert (first.state, first.reservation_id) == ("waiting", None)
    assert [place_of(session, one) for one in (first, second)] == [1, 2]
    assert taken.state == "confirmed"
    assert offer(session) == []


def test_what_is_free_is_booked_at_once_instead(session):
    room = a_space(session)
    ask(session, room, "10:00", "18:00")
    with pytest.raises(RequestRefused) as refused:
        wait(session, room)
    assert codes(refused) == ["is_free"]


def test_a_time_that_overlaps_what_is_taken_by_a_moment_can_be_waited_for(session):
    room = a_space(session)
    ask(session, room, "10:00", "18:30")
    assert wait(session, room).state == "waiting"


@pytest.mark.parametrize(
    ("values", "wish", "broken"),
    [
        ({}, {"people": 21}, ["over_capacity"]),
        ({}, {"start": "18:10", "end": "20:40"}, ["off_grid"]),
        ({}, {"end": "23:00", "people": 21}, ["outside_opening_hours", "over_capacity"]),
        ({"policy_who_may_book": "staff"}, {}, ["who_may_book"]),
        ({"policy_notice": {"days": 2}}, {}, ["too_soon"]),
        ({"policy_horizon_days": 0}, {}, ["too_far"]),
        ({}, {"organisation": "not-mine"}, ["who_may_book"]),
    ],
)
def test_who_could_not_book_it_anyhow_cant_wait_and_hears_why(session, values, wish, broken):
    room = a_space(session, **values)
    ask(session, room, actor=an_actor(session, role=Role.ADMINISTRATOR), override="Because")
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, **wish)
    assert codes(refused) == broken


def test_a_full_quota_keeps_one_from_waiting(session):
    room = a_space(session, policy_quota=QUOTA_OF_ONE)
    ask(session, room)
    actor = an_actor(session)
    ask(session, room, "10:00", "11:00", actor=actor)
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, actor=actor)
    assert codes(refused) == ["quota_exceeded"]


def test_the_same_is_waited_for_once(session):
    room, actor = a_space(session), an_actor(session)
    ask(session, room)
    wait(session, room, actor=actor)
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, actor=actor)
    assert codes(refused) == ["waits_already"]
    assert wait(session, room, end="20:30", actor=actor).state == "waiting"


def test_two_who_act_for_one_organisation_wait_for_the_same_once(session):
    people = [a_person(session) for _ in range(2)]
    club = an_organisation(session, members=people)
    room = a_space(session)
    ask(session, room)
    one, other = (an_actor(session, person=person) for person in people)
    wait(session, room, actor=one, organisation=club.slug)
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, actor=other, organisation=club.slug)
    assert codes(refused) == ["waits_already"]
    assert wait(session, room, actor=other).state == "waiting"


def test_one_waits_for_ten_times_and_no_more(session):
    room, actor = a_space(session), an_actor(session)
    ask(session, room, "08:00", "16:00")
    half_hours = [f"{8 + n // 2:02}:{n % 2 * 30:02}" for n in range(13)]
    *ten, eleventh = zip(half_hours, half_hours[2:], strict=False)
    entries = [wait(session, room, *one, actor=actor) for one in ten]
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, *eleventh, actor=actor)
    assert codes(refused) == ["too_many_wishes"]
    leave_waiting_list(session, actor, entries[0].reference, NOW)
    assert wait(session, room, *eleventh, actor=actor).state == "waiting"


def test_only_people_wait(session):
    room = a_space(session)
    ask(session, room)
    for actor in (VISITOR, COMMAND):
        with pytest.raises(NotAllowed):
            wait(session, room, actor=actor)


def test_nobody_waits_for_a_space_that_is_not_there(session):
    a_space(session)
    wish = ReservationRequest(("nowhere",), at("18:00"), at("20:00"), hold=True)
    with pytest.raises(NotFound):
        join_waiting_list(session, an_actor(session), wish, NOW)


def test_staff_wait_for_no_organisation_but_their_own(session):
    room, booker = a_space(session), an_actor(session, role=Role.BOOKER)
    ask(session, room)
    with pytest.raises(RequestRefused) as refused:
        wait(session, room, actor=booker, organisation=an_organisation(session).slug)
    assert len(codes(refused)) == 1


# ── What time does ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("notice", "last"), [({"hours": 2}, at("16:00", TUESDAY)), ({"days": 1}, at("23:59", MONDAY))]
)
def test_a_wish_is_over_when_it_can_be_booked_no_more(session, notice, last):
    room = a_space(session, policy_notice=notice)
    ask(session, room)
    entry = wait(session, room)
    offer(session, last)
    assert entry.state == "waiting"
    offer(session, last + timedelta(minutes=1))
    assert entry.state == "over"
    assert mails(session, entry.person_id) == []


def test_asking_whose_turn_it_is_costs_as_many_queries_for_forty_as_for_one(session):
    rooms = [a_space(session) for _ in range(4)]

    def statements():
        session.expire_all()
        with counted(session.get_bind().engine) as sent:
            whose_turn(session, NOW)
        return len(sent)

    for room in rooms:
        ask(session, room, "08:00", "15:00")
        ask(session, room, "15:00", "22:00")
    wait(session, rooms[0])
    one = statements()
    for number in range(39):
        wait(session, rooms[number % 4], f"{8 + number % 10:02}:00", f"{9 + number % 10:02}:00")
    assert statements() == one


# ── Leaving, and who may know ─────────────────────────────────────────────────────────────────


def test_who_leaves_makes_room_for_those_behind(session):
    room, actor = a_space(session), an_actor(session)
    ask(session, room)
    first, second = wait(session, room, actor=actor), wait(session, room)
    leave_waiting_list(session, actor, first.reference, NOW)
    assert place_of(session, second) == 1
    with pytest.raises(StepNotPossible):
        leave_waiting_list(session, actor, first.reference, NOW)
    actions = select(AuditEntry.action).where(AuditEntry.subject == "waiting_entry")
    assert list(session.scalars(actions.order_by(AuditEntry.id))) == ["joined", "joined", "left"]


def test_what_was_offered_is_cancelled_as_a_booking_and_not_left(session):
    room, actor, taken_by = a_space(session), an_actor(session), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    entry = wait(session, room, actor=actor)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    with pytest.raises(StepNotPossible):
        leave_waiting_list(session, actor, entry.reference, NOW)


def test_nobody_sees_or_leaves_the_place_of_another(session):
    room = a_space(session)
    ask(session, room)
    entry = wait(session, room)
    for actor in (an_actor(session), an_actor(session, role=Role.ADMINISTRATOR)):
        assert list(my_wishes(session, actor, NOW)) == []
        with pytest.raises(NotFound):
            leave_waiting_list(session, actor, entry.reference, NOW)


def test_mine_are_those_that_wait_and_those_held_for_me(session):
    room, actor, taken_by = a_space(session), an_actor(session), an_actor(session)
    taken = ask(session, room, actor=taken_by)
    held = wait(session, room, actor=actor)
    ask(session, room, "10:00", "11:00")
    waiting = wait(session, room, "10:00", "11:00", actor=actor)
    cancel_reservation(session, taken_by, taken.reference, NOW)
    offer(session)
    assert list(my_wishes(session, actor, NOW)) == [waiting, held]
    assert list(my_wishes(session, actor, at("10:00", TUESDAY))) == []
