"""The life of a reservation over the API: each step with its status, version and links."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.places import a_space
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
