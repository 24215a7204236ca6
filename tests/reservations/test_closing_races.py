"""Races over HTTP between closures and bookings: nobody is lost, and no bug is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from booking.accounts.models import ApiToken
from booking.accounts.queries import hash_of_token
from booking.core.actors import Grant, Role
from booking.invariants import breaches
from booking.notifications.models import OutgoingEmail
from booking.reservations.models import Occupancy, Reservation
from tests.askers import overlaps, people_with_tokens, send, send_all_at_once
from tests.builders import a_person
from tests.places import a_space
from tests.values import MONDAY, NOW, at

pytestmark = pytest.mark.soak
DAY = MONDAY + timedelta(days=1)
STAFF = "yt_staff"


@pytest.fixture
def town(settings, serve):
    """A server of several processes, three rooms, a manager and two residents."""
    server = serve(settings, workers=3, threads=4)
    with server.session() as session:
        rooms = [a_space(session).slug for _ in range(3)]
        staff = a_person(session, grants=[Grant(Role.MANAGER)])
        session.add(
            ApiToken(
                person_id=staff.id,
                name="test",
                token_hash=hash_of_token(STAFF),
                created_at=NOW,
                last_used_at=NOW,
            )
        )
        tokens = people_with_tokens(session, 2, NOW)
        session.commit()
    return server, rooms, tokens


def times(start, end, day):
    return {"starts_at": at(start, day).isoformat(), "ends_at": at(end, day).isoformat()}


def a_wish(room, start, end, day):
    more = {"title": "Race", "purpose": "culture", "people": 5, "terms_version": "2026-01-01"}
    return {"space": room, **times(start, end, day), **more}


def a_closure(room, start, end, day, on_conflict="refuse"):
    more = {"reason": "Race", "on_conflict": on_conflict}
    return ("POST", "/closures", STAFF, {"spaces": [room], **times(start, end, day), **more}, {})


def book(server, token, room, start, end, day):
    made = send(server.url, "POST", "/reservations", token, a_wish(room, start, end, day))
    assert made.status == 201, made.body
    return made.body["reference"]


def raced(server, calls, number):
    """The answers, in the order of the calls, whichever set off first."""
    order = calls if number % 2 else calls[::-1]
    replies = send_all_at_once(server.url, order)
    with server.session() as session:
        assert overlaps(session) == 0
        assert breaches(session.connection(), NOW) == []
    return replies if number % 2 else replies[::-1]


def days(repeats, short=2, full=20):
    return [(number, DAY + timedelta(days=number)) for number in range(repeats(short, full))]


def test_of_a_closure_that_refuses_and_a_booking_exactly_one_wins(town, repeats):
    server, rooms, tokens = town
    for number, day in days(repeats):
        booking = ("POST", "/reservations", tokens[0], a_wish(rooms[0], "13:00", "15:00", day), {})
        replies = raced(server, [a_closure(rooms[0], "12:00", "14:00", day), booking], number)
        assert sorted(one.status for one in replies) == [201, 409]


def test_a_closure_that_cancels_always_wins_and_who_was_faster_is_told(town, repeats):
    server, rooms, tokens = town
    for number, day in days(repeats):
        booking = ("POST", "/reservations", tokens[0], a_wish(rooms[0], "13:00", "15:00", day), {})
        closure = a_closure(rooms[0], "12:00", "14:00", day, "notify_and_cancel")
        closed, booked = raced(server, [closure, booking], number)
        assert (closed.status, booked.status in {201, 409}) == (201, True)
        lost = [one["reservation"] for one in closed.body["cancelled"]]
        assert lost == ([booked.body["reference"]] if booked.status == 201 else [])


def test_the_place_that_is_offered_is_had_by_nobody_else(town, repeats):
    server, rooms, tokens = town
    for number, day in days(repeats):
        mine = book(server, tokens[0], rooms[0], "13:00", "15:00", day)
        book(server, tokens[0], rooms[2], "13:00", "15:00", day)
        booking = ("POST", "/reservations", tokens[1], a_wish(rooms[1], "14:00", "16:00", day), {})
        closure = a_closure(rooms[0], "12:00", "14:00", day, "propose_moves")
        closed, booked = raced(server, [closure, booking], number)
        assert (closed.status, booked.status in {201, 409}) == (201, True)
        state = "cancelled" if booked.status == 201 else "held"
        read = send(server.url, "GET", f"/reservations/{mine}", tokens[0])
        assert read.body["state"] == state


def test_two_closures_of_crossing_rooms_offer_no_place_twice(town, repeats):
    server, rooms, tokens = town
    for number, day in days(repeats):
        for token, room in zip(tokens, rooms, strict=False):
            book(server, token, room, "13:00", "15:00", day)
        closures = [a_closure(room, "12:00", "16:00", day, "propose_moves") for room in rooms[:2]]
        replies = raced(server, closures, number)
        assert [one.status for one in replies] == [201, 201]
        with server.session() as session:
            held = select(func.count(Reservation.id)).where(
                Reservation.state == "held", Reservation.starts_at == at("13:00", day)
            )
            assert session.scalar(held) == 1


def test_accepting_against_a_closure_of_the_place_ends_in_one_of_both(town, repeats):
    server, rooms, tokens = town
    for number, day in days(repeats):
        mine = book(server, tokens[0], rooms[0], "13:00", "15:00", day)
        book(server, tokens[1], rooms[2], "13:00", "15:00", day)
        made = send(server.url, *a_closure(rooms[0], "12:00", "16:00", day, "propose_moves")[:4])
        assert made.body["proposed"][0]["spaces_instead"] == [rooms[1]]
        accept = ("POST", f"/reservations/{mine}/accept-move", tokens[0], {}, {})
        closure = a_closure(rooms[1], "12:00", "16:00", day, "notify_and_cancel")
        accepted, closed = raced(server, [accept, closure], number)
        assert (closed.status, accepted.status in {200, 409}) == (201, True)
        read = send(server.url, "GET", f"/reservations/{mine}", tokens[0])
        assert read.body["state"] == "cancelled"


def test_two_closures_of_one_room_both_stand_and_share_its_time(town, repeats):
    server, rooms, _tokens = town
    for number, day in days(repeats):
        book(server, _tokens[0], rooms[0], "13:00", "15:00", day)
        closures = [
            a_closure(rooms[0], start, end, day, "notify_and_cancel")
            for start, end in (("12:00", "16:00"), ("14:00", "18:00"))
        ]
        replies = raced(server, closures, number)
        assert [one.status for one in replies] == [201, 201]
        assert sum(len(one.body["cancelled"]) for one in replies) == 1
        lift = ("POST", f"/reservations/{replies[0].body['reference']}/cancel", STAFF, {}, {})
        again = a_closure(rooms[0], "11:00", "17:00", day)
        assert [one.status for one in raced(server, [lift, again], number)] == [200, 201]
        with server.session() as session:
            held = select(func.count(Occupancy.id)).where(Occupancy.starts_at >= at("08:00", day))
            assert session.scalar(held) >= 2
            told = select(func.count(OutgoingEmail.id)).where(
                OutgoingEmail.template == "closure_notice"
            )
            assert session.scalar(told) == number + 1
