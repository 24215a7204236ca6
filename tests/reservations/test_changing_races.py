"""Races over HTTP between steps that take time anew: one winner, never none, and no bug shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.accounts.models import ApiToken
from booking.accounts.queries import hash_of_token
from booking.core.actors import Grant, Role
from booking.invariants import breaches
from tests.askers import overlaps, people_with_tokens, send, send_all_at_once
from tests.builders import a_person
from tests.places import a_space, a_thing
from tests.values import MONDAY, NOW, at

pytestmark = pytest.mark.soak
DAY = MONDAY + timedelta(days=1)
WHICHEVER = {"If-Match": "*"}


@pytest.fixture
def town(settings, serve):
    """A server of several processes, two rooms whose requests are decided as asked, two people."""
    server = serve(settings, workers=3, threads=4)

    def build(**values):
        with server.session() as session:
            rooms = [a_space(session, **values).slug for _ in range(2)]
            staff = a_person(session, grants=[Grant(Role.APPROVER)])
            session.add(
                ApiToken(
                    person_id=staff.id,
                    name="test",
                    token_hash=hash_of_token("yt_staff"),
                    created_at=NOW,
                    last_used_at=NOW,
                )
            )
            tokens = people_with_tokens(session, 2, NOW)
            session.commit()
        return server, rooms, tokens

    return build


def times(start, end, day):
    return {"starts_at": at(start, day).isoformat(), "ends_at": at(end, day).isoformat()}


def a_wish(room, start, end, day):
    more = {"title": "Race", "purpose": "culture", "people": 5, "terms_version": "2026-01-01"}
    return {"space": room, **times(start, end, day), **more}


def book(server, token, room, start, end, day):
    """The path of a new booking."""
    made = send(server.url, "POST", "/reservations", token, a_wish(room, start, end, day))
    assert made.status == 201, made.body
    return f"/reservations/{made.body['reference']}"


def statuses(server, calls):
    replies = send_all_at_once(server.url, calls)
    with server.session() as session:
        assert overlaps(session) == 0
        assert breaches(session.connection(), NOW) == []
    return [reply.status for reply in replies]


def both_ways(calls, number):
    return calls if number % 2 else calls[::-1]


def test_of_two_who_move_to_one_slot_exactly_one_wins(town, repeats):
    server, rooms, tokens = town()
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        paths = [
            book(server, t, r, "08:00", "09:00", day) for t, r in zip(tokens, rooms, strict=True)
        ]
        change = {"space": rooms[0], **times("12:00", "14:00", day)}
        calls = [("PATCH", p, t, change, WHICHEVER) for p, t in zip(paths, tokens, strict=True)]
        assert sorted(statuses(server, both_ways(calls, number))) == [200, 409]


def test_two_who_cross_on_the_way_to_each_others_room_both_arrive(town, repeats):
    server, rooms, tokens = town()
    for number in range(repeats(4, 40)):
        day = DAY + timedelta(days=number)
        paths = [
            book(server, t, r, "08:00", "09:00", day) for t, r in zip(tokens, rooms, strict=True)
        ]
        targets = [{"space": room, **times("12:00", "14:00", day)} for room in rooms[::-1]]
        calls = [
            ("PATCH", p, t, c, WHICHEVER) for p, t, c in zip(paths, tokens, targets, strict=True)
        ]
        assert statuses(server, both_ways(calls, number)) == [200, 200]


def test_of_a_move_and_a_new_booking_exactly_one_wins(town, repeats):
    server, rooms, tokens = town()
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        path = book(server, tokens[0], rooms[1], "08:00", "09:00", day)
        change = {"space": rooms[0], **times("12:00", "14:00", day)}
        calls = [
            ("PATCH", path, tokens[0], change, WHICHEVER),
            ("POST", "/reservations", tokens[1], a_wish(rooms[0], "13:00", "15:00", day), {}),
        ]
        assert sorted(statuses(server, both_ways(calls, number))) in ([200, 409], [201, 409])


def test_of_restoring_and_a_new_booking_exactly_one_wins(town, repeats):
    server, rooms, tokens = town()
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        path = book(server, tokens[0], rooms[0], "12:00", "14:00", day)
        assert send(server.url, "POST", f"{path}/cancel", tokens[0], {}).status == 200
        calls = [
            ("POST", f"{path}/restore", tokens[0], {}, {}),
            ("POST", "/reservations", tokens[1], a_wish(rooms[0], "13:00", "15:00", day), {}),
        ]
        assert sorted(statuses(server, both_ways(calls, number))) in ([200, 409], [201, 409])


def test_who_cancels_wins_whenever_somebody_approves(town, repeats):
    server, rooms, tokens = town(policy_approval="staff")
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        path = book(server, tokens[0], rooms[0], "12:00", "14:00", day)
        calls = [
            ("POST", f"{path}/cancel", tokens[0], {}, {}),
            ("POST", f"{path}/approve", "yt_staff", {}, {}),
        ]
        assert sorted(statuses(server, both_ways(calls, number))) in ([200, 200], [200, 409])
        assert send(server.url, "GET", path, tokens[0]).body["state"] == "cancelled"


def test_of_two_changes_of_one_version_exactly_one_wins(town, repeats):
    server, rooms, tokens = town()
    for number in range(repeats(2, 20)):
        day = DAY + timedelta(days=number)
        path = book(server, tokens[0], rooms[0], "12:00", "14:00", day)
        read = {"If-Match": '"1"'}
        calls = [
            ("PATCH", path, tokens[0], {"space": rooms[1]}, read),
            ("PATCH", path, tokens[0], times("15:00", "16:00", day), read),
        ]
        assert sorted(statuses(server, both_ways(calls, number))) == [200, 412]


def test_of_two_who_ask_for_the_last_pieces_exactly_one_wins(town, repeats):
    server, _rooms, tokens = town()
    with server.session() as session:
        tents = a_thing(session, 3).slug
        session.commit()
    for number in range(repeats(2, 20)):
        day = (DAY + timedelta(days=number)).isoformat()
        item = {"item": tents, "quantity": 2, "from": day, "to": day}
        wish = {"items": [item], "terms_version": "2026-01-01"}
        calls = [("POST", "/reservations", token, wish, {}) for token in tokens]
        assert sorted(statuses(server, both_ways(calls, number))) == [201, 409]
