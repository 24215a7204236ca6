"""The life of a reservation over the API: each step with its status, version and links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.places import a_space, a_thing
from tests.values import MONDAY, NOW, at

DAY = MONDAY + timedelta(days=1)


@pytest.fixture
def room(session):
    """`room(…)`: the slug of a new space."""

    def made(**values):
        slug = a_space(session, **values).slug
        session.commit()
        return slug

    return made


def codes(answer):
    return [violation["code"] for violation in answer.json["violations"]]


def steps(answer):
    return {link.rpartition("/")[2] for link in answer.json["links"].values()} - {
        answer.json["reference"],
        f"{answer.json['reference']}.ics",
    }


@pytest.fixture
def held(api, token, room):
    """A hold by the bearer of `token`."""
    bare = {
        "space": room(),
        "starts_at": at("18:00", DAY).isoformat(),
        "ends_at": at("20:00", DAY).isoformat(),
        "hold": True,
    }
    answer = api("POST", "/reservations", token, bare)
    assert (answer.status_code, answer.json["state"]) == (201, "held")
    assert steps(answer) == {"submit", "extend", "cancel"}
    return f"/reservations/{answer.json['reference']}"


def test_a_hold_is_extended_and_submitted(api, token, held):
    extended = api("POST", f"{held}/extend", token)
    assert (extended.status_code, extended.headers["ETag"]) == (200, '"2"')
    refused = api("POST", f"{held}/submit", token, {"people": 21})
    assert (refused.status_code, codes(refused)) == (422, ["terms_not_accepted", "over_capacity"])
    filled = {"title": "Choir", "people": 5, "terms_version": "2026-01-01"}
    done = api("POST", f"{held}/submit", token, filled)
    assert (done.status_code, done.headers["ETag"]) == (200, '"3"')
    assert (done.json["state"], done.json["title"]) == ("confirmed", "Choir")
    again = api("POST", f"{held}/submit", token, filled)
    assert (again.status_code, again.json["code"]) == (409, "step_not_possible")


def test_a_hold_that_is_due_is_not_submitted(api, token, held, clock):
    clock.move_to(NOW + timedelta(minutes=15))
    refused = api("POST", f"{held}/submit", token, {"terms_version": "2026-01-01"})
    assert (refused.status_code, refused.json["code"]) == (409, "step_not_possible")


# ── Changing ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def made(api, token, room, a_wish):
    """A confirmed booking of the bearer of `token`."""
    answer = api("POST", "/reservations", token, a_wish(room()))
    assert (answer.status_code, answer.json["state"]) == (201, "confirmed")
    return answer.json


def path_of(made):
    return f"/reservations/{made['reference']}"


def times(start, end, day=DAY):
    return {"starts_at": at(start, day).isoformat(), "ends_at": at(end, day).isoformat()}


def test_a_change_names_the_version_that_was_read(api, token, made):
    change = times("10:00", "11:00")
    missing = api("PATCH", path_of(made), token, change)
    assert (missing.status_code, missing.json["code"]) == (428, "precondition_required")
    done = api("PATCH", path_of(made), token, change, **{"If-Match": '"1"'})
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    assert (done.json["version"], done.json["sequence"]) == (2, 1)
    assert done.json["starts_at"] == at("10:00", DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (done.json["reference"], done.json["uid"]) == (made["reference"], made["uid"])
    for tag in ('"1"', 'W/"2"', "nonsense"):
        stale = api("PATCH", path_of(made), token, change, **{"If-Match": tag})
        assert (stale.status_code, stale.json["code"]) == (412, "precondition_failed")
        assert stale.content_type == "application/problem+json"
    whichever = api("PATCH", path_of(made), token, {"title": "Band"}, **{"If-Match": "*"})
    assert (whichever.status_code, whichever.json["title"]) == (200, "Band")


def test_a_move_to_taken_time_is_a_conflict_with_alternatives(api, token, made, a_wish):
    other = {**a_wish(made["space"]), **times("10:00", "12:00")}
    assert api("POST", "/reservations", token, other).status_code == 201
    refused = api(
        "PATCH", path_of(made), token, times("11:00", "13:00"), **{"If-Match": made_tag(made)}
    )
    assert (refused.status_code, codes(refused)) == (409, ["not_free"])
    assert refused.json["alternatives"][0] == {"space": made["space"], **times("12:00", "14:00")}
    assert api("GET", path_of(made), token).json == made


def made_tag(made):
    return f'"{made["version"]}"'


def test_a_move_that_breaks_other_rules_is_422_with_all_of_them(api, token, made):
    change = {**times("21:00", "23:00"), "people": 21}
    refused = api("PATCH", path_of(made), token, change, **{"If-Match": "*"})
    assert refused.status_code == 422
    assert codes(refused) == ["outside_opening_hours", "over_capacity"]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "confirmed"},
        {"space": "a", "spaces": ["b"]},
        {"spaces": ["a", "a"]},
        {"spaces": []},
        {"set_up_minutes": -1},
        {"title": None},
        {"starts_at": "tomorrow"},
    ],
)
def test_a_change_of_another_form_is_refused_by_name(api, token, made, change):
    refused = api("PATCH", path_of(made), token, change, **{"If-Match": "*"})
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")


def test_an_unknown_space_is_404_and_set_up_is_for_staff(api, token, made):
    path, any_version = path_of(made), {"If-Match": "*"}
    assert api("PATCH", path, token, {"space": "nowhere"}, **any_version).status_code == 404
    assert api("PATCH", path, token, {"set_up_minutes": 30}, **any_version).status_code == 403
    assert api("PATCH", "/reservations/0000000000", token, {}, **any_version).status_code == 404


def test_the_document_says_that_a_version_is_needed(client, session):
    operation = client.get("/api/v1/openapi.json").json["paths"]["/reservations/{reference}"]
    names = {one["name"]: one["required"] for one in operation["patch"]["parameters"]}
    assert names == {"reference": True, "If-Match": True}
    assert {"412", "428"} <= set(operation["patch"]["responses"])


# ── Ending, restoring, attending ──────────────────────────────────────────────────────────────


def test_a_cancelled_booking_is_restored_or_the_alternatives_are_told(api, token, made, a_wish):
    path = path_of(made)
    assert steps(api("GET", path, token)) == {"check-in", "no-show", "cancel"}
    assert steps(api("POST", f"{path}/cancel", token)) == {"restore"}
    restored = api("POST", f"{path}/restore", token)
    assert (restored.status_code, restored.json["state"]) == (200, "confirmed")
    assert (restored.headers["ETag"], restored.json["sequence"]) == ('"3"', 2)
    api("POST", f"{path}/cancel", token)
    api("POST", "/reservations", token, a_wish(made["space"]))
    refused = api("POST", f"{path}/restore", token)
    assert (refused.status_code, codes(refused)) == (409, ["not_free"])
    assert refused.json["alternatives"][0]["space"] == made["space"]


def test_what_has_begun_is_not_restored(api, token, made, clock):
    api("POST", f"{path_of(made)}/cancel", token)
    clock.move_to(at("18:00", DAY))
    refused = api("POST", f"{path_of(made)}/restore", token)
    assert (refused.status_code, codes(refused)) == (422, ["already_begun"])


def test_checking_in_and_no_shows(api, session, token, made, clock):
    path = path_of(made)
    early = api("POST", f"{path}/check-in", token)
    assert (early.status_code, codes(early)) == (422, ["not_check_in_time"])
    assert api("POST", f"{path}/no-show", token).status_code == 403
    clock.move_to(at("18:00", DAY))
    came = api("POST", f"{path}/check-in", token)
    assert (came.status_code, came.headers["ETag"]) == (200, '"2"')
    assert came.json["checked_in_at"] is not None


# ── Things on loan ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tents(session):
    """The slug of three tents to borrow."""
    slug = a_thing(session, 3).slug
    session.commit()
    return slug


def two_tents(slug, **more):
    days = {"from": "2027-01-12", "to": "2027-01-13"}
    return {"items": [{"item": slug, "quantity": 2, **days}], "terms_version": "2026-01-01", **more}


def test_things_are_borrowed_without_a_space_or_times(api, token, tents):
    key = {"Idempotency-Key": "tents"}
    made = api("POST", "/reservations", token, two_tents(tents), **key)
    assert made.status_code == 201
    assert made.json["items"] == [
        {"item": tents, "quantity": 2, "from": "2027-01-12", "to": "2027-01-13"}
    ]
    assert (made.json["space"], made.json["spaces"]) == (None, [])
    assert made.json["price"]["total_cents"] == 0
    assert (made.json["starts_at"], made.json["ends_at"]) == (
        "2027-01-11T22:00:00Z",
        "2027-01-13T22:00:00Z",
    )
    assert api("POST", "/reservations", token, two_tents(tents), **key).json == made.json
    assert api("GET", f"/reservations/{made.json['reference']}", token).json == made.json
    refused = api("POST", "/reservations", token, two_tents(tents))
    assert (refused.status_code, codes(refused)) == (409, ["not_free"])
    assert refused.json["alternatives"] == []
    assert refused.json["violations"][0]["field"] == "items"


def test_things_come_with_a_space_and_other_ones_by_a_change(api, token, tents, room, a_wish):
    item = {"item": tents, "quantity": 1}
    made = api("POST", "/reservations", token, a_wish(room(), items=[item]))
    assert made.json["items"] == [item | {"from": "2027-01-12", "to": "2027-01-12"}]
    more = {"items": [{"item": tents, "quantity": 3}]}
    done = api("PATCH", path_of(made.json), token, more, **{"If-Match": '"1"'})
    assert (done.status_code, done.json["items"][0]["quantity"]) == (200, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"items": []},
        {"items": [{"item": "a", "quantity": 0}]},
        {"items": [{"item": "a", "quantity": 1, "from": "2027-01-12"}]},
        {"items": [{"item": "a", "quantity": 1}]},
        {"items": [{"item": "a", "quantity": 1, "from": "0001-01-01", "to": "9999-12-31"}]},
        {"starts_at": "2027-01-12T18:00:00+02:00"},
        {"space": "a"},
    ],
)
def test_wishes_of_another_form_are_refused_by_name(api, token, tents, change):
    refused = api("POST", "/reservations", token, two_tents(tents) | change)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")


def test_each_thing_is_named_once(api, token, tents):
    wish = two_tents(tents)
    refused = api("POST", "/reservations", token, wish | {"items": wish["items"] * 2})
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")
