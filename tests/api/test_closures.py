"""Closures over the API, and the answers to what they offer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from booking.accounts.models import ApiToken, Person
from booking.accounts.queries import hash_of_token
from booking.core.actors import Grant, Role
from booking.invariants import breaches
from booking.reservations.models import Reservation
from tests.askers import people_with_tokens
from tests.builders import a_person
from tests.places import a_hall, a_space
from tests.values import MONDAY, NOW, at

DAY = MONDAY + timedelta(days=1)


@pytest.fixture
def manager(session):
    """The token of a manager of the whole city."""
    person = a_person(session, grants=[Grant(Role.MANAGER)])
    session.add(
        ApiToken(
            person_id=person.id,
            name="test",
            token_hash=hash_of_token("yt_manager"),
            created_at=NOW,
            last_used_at=NOW,
        )
    )
    session.commit()
    return "yt_manager"


@pytest.fixture
def rooms(session):
    """`rooms(n)`: the slugs of so many new spaces."""

    def made(number=1, **values):
        slugs = [a_space(session, **values).slug for _ in range(number)]
        session.commit()
        return slugs

    return made


@pytest.fixture(autouse=True)
def kept(session):
    """After each test every promise of the database holds."""
    yield
    session.rollback()
    assert breaches(session.connection(), NOW) == []


def a_closure(start="16:00", end="22:00", **values):
    return {
        "starts_at": at(start, DAY).isoformat(),
        "ends_at": at(end, DAY).isoformat(),
        "reason": "Lattia hiotaan.",
        **values,
    }


def codes(answer):
    return [violation["code"] for violation in answer.json["violations"]]


def booked(api, token, wish):
    answer = api("POST", "/reservations", token, wish)
    assert answer.status_code == 201, answer.text
    return answer.json["reference"]


def state_of(api, token, reference):
    return api("GET", f"/reservations/{reference}", token).json["state"]


def test_a_closure_is_made_and_is_a_reservation_from_then_on(api, manager, rooms):
    [room] = rooms()
    made = api("POST", "/closures", manager, a_closure(spaces=[room]))
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["spaces"], made.headers["ETag"]) == (
        "confirmed",
        [room],
        '"1"',
    )
    assert made.json["reason"] == "Lattia hiotaan."
    assert made.json["cancelled"] == made.json["proposed"] == made.json["without_proposal"] == []
    path = f"/reservations/{made.json['reference']}"
    read = api("GET", path, manager)
    assert (read.json["kind"], read.json["uid"]) == ("closure", made.json["uid"])
    assert api("POST", f"{path}/cancel", manager, {}).status_code == 200
    assert api("POST", f"{path}/restore", manager, {}).status_code == 200


def test_units_and_the_city_are_closed(api, manager, session):
    hall, _ = a_hall(session, 2)
    unit = hall.unit.slug
    other = a_space(session)
    session.commit()
    made = api("POST", "/closures", manager, a_closure(unit=unit))
    assert made.json["spaces"] == [hall.slug]
    made = api("POST", "/closures", manager, a_closure(city=True))
    assert set(made.json["spaces"]) == {hall.slug, other.slug}


def test_who_stands_in_the_way_is_named_in_the_refusal(api, manager, token, rooms, a_wish):
    [room] = rooms()
    reference = booked(api, token, a_wish(room))
    refused = api("POST", "/closures", manager, a_closure(spaces=[room], on_conflict="refuse"))
    assert (refused.status_code, refused.json["code"]) == (409, "not_free")
    [told] = refused.json["reservations"]
    assert (told["reservation"], told["spaces"]) == (reference, [room])
    assert refused.json["alternatives"] == []
    assert state_of(api, token, reference) == "confirmed"


def test_with_another_rule_broken_it_is_refused_with_422(api, manager, token, rooms, a_wish):
    [room] = rooms()
    booked(api, token, a_wish(room))
    closure = a_closure(spaces=[room]) | {
        "starts_at": at("16:00", MONDAY - timedelta(1)).isoformat()
    }
    refused = api("POST", "/closures", manager, closure)
    assert (refused.status_code, codes(refused)) == (422, ["in_past", "not_free"])


def test_who_stands_in_the_way_is_cancelled(api, manager, token, rooms, a_wish):
    [room] = rooms()
    reference = booked(api, token, a_wish(room))
    closure = a_closure(spaces=[room], on_conflict="notify_and_cancel")
    preview = api("POST", "/closures/preview", manager, closure)
    made = api("POST", "/closures", manager, closure)
    assert (preview.status_code, made.status_code) == (200, 201)
    assert [one["reservation"] for one in made.json["cancelled"]] == [reference]
    assert preview.json == {name: made.json[name] for name in preview.json}
    read = api("GET", f"/reservations/{reference}", token).json
    assert (read["state"], read["due_cents"], read["reason"]) == ("cancelled", 0, "Lattia hiotaan.")


def test_a_move_is_proposed_and_accepted(api, manager, token, rooms, a_wish):
    room, other = rooms(2)
    reference = booked(api, token, a_wish(room))
    made = api("POST", "/closures", manager, a_closure(spaces=[room], on_conflict="propose_moves"))
    [proposal] = made.json["proposed"]
    assert proposal == {
        "reservation": reference,
        "spaces": [room],
        "spaces_instead": [other],
        "starts_at": proposal["starts_at"],
        "ends_at": proposal["ends_at"],
        "answer_until": at("18:00", DAY).isoformat().replace("+00:00", "Z"),
    }
    path = f"/reservations/{reference}"
    held = api("GET", path, token).json
    assert (held["state"], held["space"]) == ("held", other)
    assert held["move_offer"]["spaces_before"] == [room]
    assert {"accept-move", "decline-move", "cancel"} <= set(held["links"])
    assert not {"submit", "extend"} & set(held["links"])
    assert api("POST", f"{path}/submit", token, {}).status_code == 409
    done = api("POST", f"{path}/accept-move", token, {})
    assert (done.status_code, done.headers["ETag"]) == (200, '"3"')
    assert (done.json["state"], done.json["space"], done.json["sequence"]) == (
        "confirmed",
        other,
        2,
    )
    assert done.json["uid"] == held["uid"]
    again = api("POST", f"{path}/accept-move", token, {})
    assert (again.status_code, again.json["code"]) == (409, "step_not_possible")


def test_a_move_is_declined(api, manager, token, rooms, a_wish):
    room, _ = rooms(2)
    reference = booked(api, token, a_wish(room))
    api("POST", "/closures", manager, a_closure(spaces=[room], on_conflict="propose_moves"))
    done = api("POST", f"/reservations/{reference}/decline-move", token, {})
    assert (done.status_code, done.json["state"], done.json["due_cents"]) == (200, "cancelled", 0)


def test_for_whom_no_place_is_found_is_told_apart(api, manager, token, rooms, a_wish):
    [room] = rooms()
    reference = booked(api, token, a_wish(room))
    made = api("POST", "/closures", manager, a_closure(spaces=[room], on_conflict="propose_moves"))
    assert [one["reservation"] for one in made.json["without_proposal"]] == [reference]
    assert made.json["cancelled"] == made.json["without_proposal"]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"unit": "house", "city": True},
        {"spaces": []},
        {"city": False},
        {"unit": "house", "reason": "  "},
        {"unit": "house", "on_conflict": "ask"},
    ],
)
def test_what_can_not_be_read_is_refused(api, manager, rooms, values):
    rooms()
    assert api("POST", "/closures", manager, a_closure(**values)).status_code == 422


def test_who_may_not_close_is_told_so(api, token, rooms, session):
    [room] = rooms()
    for path in ("/closures", "/closures/preview"):
        assert api("POST", path, token, a_closure(spaces=[room])).status_code == 403
        assert api("POST", path, None, a_closure(spaces=[room])).status_code == 401
    assert session.scalar(select(func.count(Reservation.id))) == 0


def test_what_is_not_there_is_not_found(api, manager, rooms):
    rooms()
    for values in ({"spaces": ["nowhere"]}, {"unit": "nowhere"}):
        assert api("POST", "/closures", manager, a_closure(**values)).status_code == 404


def test_the_same_key_closes_once(api, manager, token, rooms, session, a_wish):
    [room] = rooms()
    booked(api, token, a_wish(room))
    closure = a_closure(spaces=[room], on_conflict="notify_and_cancel")
    first, second = (
        api("POST", "/closures", manager, closure, **{"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert (first.status_code, first.json) == (second.status_code, second.json)
    closures = select(func.count(Reservation.id)).where(Reservation.kind == "closure")
    assert session.scalar(closures) == 1
    other = api("POST", "/closures", manager, closure | {"reason": "X"}, **{"Idempotency-Key": "k"})
    assert other.status_code == 422


def test_nobody_else_answers(api, manager, token, rooms, session, a_wish):
    room, _ = rooms(2)
    (stranger,) = people_with_tokens(session, 1, NOW, "stranger")
    session.commit()
    reference = booked(api, token, a_wish(room))
    api("POST", "/closures", manager, a_closure(spaces=[room], on_conflict="propose_moves"))
    for answer in ("accept-move", "decline-move"):
        path = f"/reservations/{reference}/{answer}"
        assert api("POST", path, stranger, {}).status_code == 404
    assert state_of(api, token, reference) == "held"
    assert session.scalar(select(func.count(Person.id))) == 3
