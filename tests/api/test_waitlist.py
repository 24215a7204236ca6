"""The waiting list over the API: what it tells its owner, and nobody else."""

from __future__ import annotations

import pytest

from booking.core.actors import job
from booking.reservations.offering import offer_freed_places
from tests.api.conftest import DAY
from tests.askers import people_with_tokens
from tests.places import a_space
from tests.values import NOW, at

TIMES = {"starts_at": at("18:00", DAY).isoformat(), "ends_at": at("20:00", DAY).isoformat()}


@pytest.fixture
def people(session):
    """Three tokens of as many people."""
    tokens = people_with_tokens(session, 3, NOW)
    session.commit()
    return tokens


@pytest.fixture
def room(session):
    slug = a_space(session).slug
    session.commit()
    return slug


@pytest.fixture
def taken(api, people, room, a_wish):
    """A booking of the first person, for whose time the others may wait."""
    made = api("POST", "/reservations", people[0], a_wish(room))
    assert made.status_code == 201
    return made.json["reference"]


def joined(api, token, room, **more):
    return api("POST", "/waitlist", token, {"space": room, **TIMES, **more})


def test_who_joins_hears_their_place_and_finds_it_again(api, people, room, taken):
    first, second = (joined(api, token, room, people=5) for token in people[1:])
    assert (first.status_code, first.json["place"]) == (201, 1)
    assert (second.json["state"], second.json["place"]) == ("waiting", 2)
    assert first.headers["Location"] == first.json["links"]["self"]
    listed = api("GET", "/waitlist", people[2])
    assert listed.json == {"items": [second.json], "next": None}
    assert api("GET", "/waitlist", people[0]).json["items"] == []


def test_what_became_free_is_an_offer_that_is_submitted_as_a_hold(api, app, people, room, taken):
    joined(api, people[1], room)
    api("POST", f"/reservations/{taken}/cancel", people[0], {})
    with app.app_context():
        assert offer_freed_places(job("offer-freed-places"), NOW) == 1
        assert offer_freed_places(job("offer-freed-places"), NOW) == 0
    (wish,) = api("GET", "/waitlist", people[1]).json["items"]
    assert (wish["state"], wish["place"]) == ("offered", None)
    held = api("GET", f"/reservations/{wish['reservation']}", people[1]).json
    assert (held["state"], held["held_until"]) == ("held", wish["offered_until"])
    assert "extend" not in held["links"]
    filled = {"title": "Choir", "purpose": "culture", "people": 5, "terms_version": "2026-01-01"}
    done = api("POST", f"/reservations/{wish['reservation']}/submit", people[1], filled)
    assert done.json["state"] == "confirmed"
    assert api("GET", "/waitlist", people[1]).json["items"] == []
    assert api("DELETE", f"/waitlist/{wish['reference']}", people[1]).status_code == 409


def test_the_first_leaves_and_another_may_not_do_it_for_them(api, people, room, taken):
    reference = joined(api, people[1], room).json["reference"]
    assert api("DELETE", f"/waitlist/{reference}", people[2]).status_code == 404
    left = api("DELETE", f"/waitlist/{reference.lower().replace('-', '')}", people[1])
    assert (left.status_code, left.json["state"], left.json["place"]) == (200, "left", None)
    again = api("DELETE", f"/waitlist/{reference}", people[1])
    assert (again.status_code, again.json["code"]) == (409, "step_not_possible")


def test_what_is_free_is_refused_with_its_own_code(api, people, room):
    refused = joined(api, people[1], room)
    assert (refused.status_code, refused.json["code"]) == (422, "is_free")
    assert [one["field"] for one in refused.json["violations"]] == ["starts_at"]


def test_all_that_is_wrong_is_told_together(api, people, room, taken):
    refused = joined(api, people[1], room, people=21, organisation="nobodys")
    codes = [one["code"] for one in refused.json["violations"]]
    assert (refused.status_code, codes) == (422, ["who_may_book", "over_capacity"])
    assert joined(api, people[1], room, ends_at="2100-01-01T00:00:00Z").status_code == 422


def test_the_same_key_joins_once(api, people, room, taken):
    key = {"Idempotency-Key": "once"}
    wish = {"space": room, **TIMES}
    first, again = (api("POST", "/waitlist", people[1], wish, **key) for _ in range(2))
    assert (again.status_code, again.json) == (201, first.json)
    assert joined(api, people[1], room).json["code"] == "waits_already"


def test_without_a_token_nobody_waits(api, room):
    assert joined(api, None, room).status_code == 401
