"""Events over the API: kept once, read by who arranges them."""

from __future__ import annotations

import pytest

from tests.askers import people_with_tokens
from tests.places import a_space
from tests.values import NOW

YOGA = {
    "organiser_type": "private_person",
    "openness": "open",
    "purpose": "wellbeing",
    "attendance_peak": 49,
    "place_kind": "city_outdoor",
    "start": "2027-06-13T10:00",
    "end": "2027-06-13T11:00",
}


@pytest.fixture
def tokens(session, app):
    a_space(session, slug="room")
    tokens = people_with_tokens(session, 2, NOW)
    session.commit()
    return tokens


@pytest.fixture
def api(client):
    def ask(method, path, token=None, json=None, **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return client.open(f"/api/v1{path}", method=method, json=json, headers=headers)

    return ask


def test_an_event_is_kept_and_read_again(api, tokens):
    made = api("POST", "/events", tokens[0], {"facts": YOGA, "title": "Yoga"})
    assert made.status_code == 201
    assert made.json["outcome"]["free_use"]["price_group"] == "K2"
    assert made.json["outcome"]["due"] == {"G01L": "2027-06-10"}
    assert made.json["links"]["page"].endswith(f"/events/{made.json['reference']}")
    assert made.headers["ETag"] == '"1"'
    read = api("GET", f"/events/{made.json['reference'].lower()}", tokens[0])
    assert (read.status_code, read.json) == (200, made.json)
    assert read.headers["ETag"] == '"1"'


def test_it_opens_to_nobody_else(api, tokens):
    made = api("POST", "/events", tokens[0], {"facts": YOGA})
    address = f"/events/{made.json['reference']}"
    assert api("GET", address, tokens[1]).status_code == 404
    assert api("GET", address).status_code == 401
    assert api("POST", "/events", None, {"facts": YOGA}).status_code == 401


def test_the_same_key_keeps_one_event(api, tokens):
    first = api("POST", "/events", tokens[0], {"facts": YOGA}, **{"Idempotency-Key": "a"})
    again = api("POST", "/events", tokens[0], {"facts": YOGA}, **{"Idempotency-Key": "a"})
    assert first.json == again.json
    other = api("POST", "/events", tokens[0], {"facts": {}}, **{"Idempotency-Key": "a"})
    assert other.status_code == 422


def test_a_space_tells_its_facts(api, tokens):
    made = api("POST", "/events", tokens[0], {"facts": YOGA, "space": "room"})
    assert made.json["facts"]["place_kind"] == "city_indoor"


def test_without_all_that_is_required_the_outcome_is_partial(api, tokens):
    made = api("POST", "/events", tokens[0], {"facts": {}})
    assert made.status_code == 201
    assert made.json["outcome"]["partial"] is True
    assert "place_kind" in made.json["outcome"]["questions"]


def test_facts_that_cant_be_judged_are_all_named(api, tokens):
    facts = {**YOGA, "attendance_peak": 0, "colour": "red"}
    refused = api("POST", "/events", tokens[0], {"facts": facts})
    assert refused.status_code == 422
    fields = {one["field"] for one in refused.json["violations"]}
    assert fields == {"facts.attendance_peak", "facts.colour"}


def test_an_organisation_of_others_is_not_found(api, tokens):
    wish = {"facts": YOGA, "organisation": "nobody"}
    assert api("POST", "/events", tokens[0], wish).status_code == 404
