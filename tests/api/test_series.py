"""The API of series, as another program meets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.conftest import DAY
from tests.places import a_space
from tests.reservations.test_series import SERIES

WEEKLY = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture
def room(session):
    slug = a_space(session, policy_series=SERIES).slug
    session.commit()
    return slug


def dates(answer):
    return [one["starts_at"][:10] for one in answer.json["reservations"]]


def days(*numbers):
    return [str(DAY + timedelta(days=number)) for number in numbers]


def test_a_series_is_made_and_read_back(api, room, token, a_wish):
    made = api("POST", "/series", token, a_wish(room, rrule=WEEKLY))
    assert made.status_code == 201, made.json
    assert dates(made) == days(0, 7, 14)
    assert made.json["total_cents"] == 6000
    read = api("GET", f"/series/{made.json['reference']}", token)
    assert read.json == made.json
    assert read.headers["ETag"] == made.headers["ETag"] == '"1"'


def test_a_date_that_is_taken_is_named_in_the_refusal(api, room, token, a_wish):
    later = a_wish(room)
    for name in ("starts_at", "ends_at"):
        later[name] = later[name].replace(str(DAY), str(DAY + timedelta(days=7)))
    assert api("POST", "/reservations", token, later).status_code == 201
    refused = api("POST", "/series", token, a_wish(room, rrule=WEEKLY))
    assert refused.status_code == 409
    [violation] = refused.json["violations"]
    assert (violation["code"], violation["date"]) == ("not_free", days(7)[0])


def test_or_skipped_and_told_beforehand(api, room, token, a_wish):
    first = a_wish(room, rrule="FREQ=WEEKLY;COUNT=1")
    assert api("POST", "/series", token, first).status_code == 201
    wish = a_wish(room, rrule=WEEKLY, on_conflict="skip")
    preview = api("POST", "/series/preview", token, wish)
    assert preview.status_code == 200, preview.json
    assert [one["date"] for one in preview.json["dates"]] == days(7, 14)
    made = api("POST", "/series", token, wish)
    assert dates(made) == days(7, 14)
    assert made.json["skipped"] == preview.json["skipped"]
    assert made.json["skipped"][0]["date"] == days(0)[0]
    assert made.json["skipped"][0]["violations"][0]["code"] == "not_free"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"rrule": "FREQ=SECONDLY;COUNT=2"}, "invalid_value", "rrule"),
        ({"rrule": "FREQ=WEEKLY"}, "invalid_value", "rrule"),
        ({"rrule": WEEKLY, "hold": True}, "invalid_value", None),
        ({"rrule": "FREQ=DAILY;COUNT=201"}, "too_many_occurrences", "rrule"),
        ({"rrule": WEEKLY, "exdates": ["2027-02-30"]}, "invalid_value", None),
    ],
)
def test_what_can_be_no_series_is_refused_with_its_reason(
    api, room, token, a_wish, changes, code, field
):
    refused = api("POST", "/series", token, a_wish(room, **changes))
    assert refused.status_code == 422
    [violation, *_rest] = refused.json["violations"]
    assert violation["code"] == code
    assert field is None or violation["field"] == field


def test_a_key_makes_one_series(api, room, token, a_wish):
    wish = a_wish(room, rrule=WEEKLY)
    answers = [api("POST", "/series", token, wish, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json


def test_a_date_is_left_out_and_the_rest_cancelled(api, room, token, a_wish):
    made = api("POST", "/series", token, a_wish(room, rrule=WEEKLY))
    path = f"/series/{made.json['reference']}"
    left = api("POST", f"{path}/skip", token, {"date": days(7)[0]})
    assert [one["state"] for one in left.json["reservations"]] == [
        "confirmed", "cancelled", "confirmed"
    ]  # fmt: skip
    assert [one["date"] for one in left.json["skipped"]] == days(7)
    ended = api("POST", f"{path}/cancel", token, {"from": days(14)[0]})
    assert [one["state"] for one in ended.json["reservations"]][2] == "cancelled"
    assert ended.headers["ETag"] == '"3"'
    assert api("POST", f"{path}/cancel", token, {"from": days(14)[0]}).status_code == 409


def test_a_series_is_found_by_those_who_may_see_it_only(api, session, room, token, a_wish):
    made = api("POST", "/series", token, a_wish(room, rrule=WEEKLY))
    assert api("GET", f"/series/{made.json['reference']}").status_code == 401
    assert api("GET", "/series/AAAAA-AAAAA", token).status_code == 404


def test_its_dates_move_as_one_by_as_much_as_the_first(api, room, token, a_wish):
    made = api("POST", "/series", token, a_wish(room, rrule=WEEKLY)).json
    first = made["reservations"][1]
    move = {
        "from": days(7)[0],
        "starts_at": first["starts_at"].replace(days(7)[0], days(8)[0]),
        "ends_at": first["ends_at"].replace(days(7)[0], days(8)[0]),
    }
    moved = api("POST", f"/series/{made['reference']}/move", token, move)
    assert moved.status_code == 200, moved.json
    assert dates(moved) == days(0, 8, 15)
    assert [one["uid"] for one in moved.json["reservations"]] == [
        one["uid"] for one in made["reservations"]
    ]
    assert moved.headers["ETag"] == '"2"'


def test_a_move_that_one_date_stands_in_the_way_of_is_refused_whole(api, room, token, a_wish):
    made = api("POST", "/series", token, a_wish(room, rrule=WEEKLY)).json
    early = {
        name: made["reservations"][0][name].replace("T18:", "T04:").replace("T16:", "T03:")
        for name in ("starts_at", "ends_at")
    }
    refused = api("POST", f"/series/{made['reference']}/move", token, early)
    assert refused.status_code == 422
    assert {(one["code"], one["date"]) for one in refused.json["violations"]} == {
        ("outside_opening_hours", day) for day in days(0, 7, 14)
    }
    again = api("GET", f"/series/{made['reference']}", token)
    assert again.json == made


def test_a_date_that_was_left_out_is_added_back(api, room, token, a_wish):
    made = api("POST", "/series", token, a_wish(room, rrule=WEEKLY)).json
    address = f"/series/{made['reference']}"
    body = {"date": days(7)[0]}
    assert api("POST", f"{address}/add", token, body).status_code == 409
    assert api("POST", f"{address}/skip", token, body).status_code == 200
    added = api("POST", f"{address}/add", token, body)
    assert added.status_code == 200, added.json
    assert [one["state"] for one in added.json["reservations"]] == ["confirmed"] * 3
    assert added.json["skipped"] == []
