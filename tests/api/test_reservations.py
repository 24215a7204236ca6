"""The API of free time and reservations, as another program meets it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from openapi_spec_validator import validate
from sqlalchemy import func, select

from booking.accounts.models import ApiToken
from booking.accounts.queries import hash_of_token
from booking.core.actors import Grant, Role
from booking.reservations.models import Reservation
from tests.askers import people_with_tokens
from tests.builders import a_person, an_organisation
from tests.places import a_hall, a_space
from tests.values import MONDAY, NOW, at

DAY = MONDAY + timedelta(days=1)


@pytest.fixture
def api(client, session):
    """Ask the API as the bearer of a token."""

    def ask(method, path, token=None, json=None, **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return client.open(f"/api/v1{path}", method=method, json=json, headers=headers)

    return ask


@pytest.fixture
def token(session):
    (made,) = people_with_tokens(session, 1, NOW)
    session.commit()
    return made


@pytest.fixture
def staff_token(session):
    return a_token_of(session, a_person(session, grants=[Grant(Role.APPROVER)]))


def a_token_of(session, person):
    secret = f"yt_of_{person.id}"
    session.add(
        ApiToken(
            person_id=person.id,
            name="test",
            token_hash=hash_of_token(secret),
            created_at=NOW,
            last_used_at=NOW,
        )
    )
    session.commit()
    return secret


def a_wish(space, start="18:00", end="20:00", **more):
    return {
        "space": space,
        "starts_at": at(start, DAY).isoformat(),
        "ends_at": at(end, DAY).isoformat(),
        "title": "Choir",
        "purpose": "culture",
        "people": 5,
        "terms_version": "2026-01-01",
        **more,
    }


def room(session, **values):
    slug = a_space(session, **values).slug
    session.commit()
    return slug


def codes(answer):
    return [violation["code"] for violation in answer.json["violations"]]


def test_a_reservation_is_made_and_read_back(api, session, token):
    made = api("POST", "/reservations", token, a_wish(room(session)))
    assert made.status_code == 201
    body = made.json
    assert body["state"] == "confirmed"
    assert body["price"]["total_cents"] == 2000
    assert body["price"]["lines"][0]["share"] == "1.00"
    assert body["uid"].endswith("@bookings.example")
    assert (made.headers["ETag"], made.headers["Location"]) == ('"1"', body["links"]["self"])
    again = api("GET", f"/reservations/{body['reference'].lower().replace('-', '')}", token)
    assert again.json == body
    assert again.headers["ETag"] == '"1"'


def test_not_free_alone_is_a_conflict_with_alternatives(api, session, token):
    space = room(session)
    api("POST", "/reservations", token, a_wish(space))
    refused = api("POST", "/reservations", token, a_wish(space))
    assert refused.status_code == 409
    assert refused.content_type == "application/problem+json"
    assert codes(refused) == ["not_free"]
    assert refused.json["alternatives"][0] == {
        "space": space,
        "starts_at": at("20:00", DAY).isoformat(),
        "ends_at": at("22:00", DAY).isoformat(),
    }
    assert refused.json["violations"][0]["next_possible"] == at("20:00", DAY).isoformat()


def test_with_any_other_rule_broken_it_is_422_and_all_are_told(api, session, token):
    space = room(session)
    api("POST", "/reservations", token, a_wish(space))
    refused = api("POST", "/reservations", token, a_wish(space, people=21))
    assert refused.status_code == 422
    assert codes(refused) == ["not_free", "over_capacity"]
    assert "alternatives" not in refused.json


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "There is room for 20 people here."), ("fi", None), ("sv", None)],
)
def test_violations_speak_the_readers_language(api, session, token, language, sentence):
    wish = a_wish(room(session), people=21)
    refused = api("POST", "/reservations", token, wish, **{"Accept-Language": language})
    message = refused.json["violations"][0]["message"]
    if sentence:
        assert message == sentence
    else:
        assert message != "There is room for 20 people here."


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"starts_at": "2027-01-12T18:00:00"}, 422),
        ({"starts_at": 1800000000}, 422),
        ({"starts_at": "1800000000"}, 422),
        ({"override": {"reason": "  "}}, 422),
        ({"people": "5"}, 422),
        ({"people": True}, 422),
        ({"people": 0}, 422),
        ({"colour": "red"}, 422),
        ({"purpose": "knitting"}, 422),
        ({"spaces": ["a"]}, 422),
        ({"ends_at": "2027-01-12T16:00:00Z"}, 422),
    ],
)
def test_values_of_another_form_are_refused_by_name(api, session, token, change, status):
    refused = api("POST", "/reservations", token, {**a_wish(room(session)), **change})
    assert refused.status_code == status
    assert refused.json["violations"]


def test_an_end_before_the_start_stands_alone(api, session, token):
    wish = a_wish(room(session), "20:00", "18:00", people=10_000)
    assert codes(api("POST", "/reservations", token, wish)) == ["end_before_start"]


def test_several_spaces_are_taken_all_or_none(api, session, token):
    _hall, sections = a_hall(session)
    session.commit()
    one, two, three = (section.slug for section in sections)
    api("POST", "/reservations", token, a_wish(two))
    wish = {**a_wish(one), "spaces": [one, two]}
    del wish["space"]
    assert api("POST", "/reservations", token, wish).status_code == 409
    assert api("POST", "/reservations", token, {**wish, "spaces": [one, three]}).json["spaces"] == [
        one,
        three,
    ]


def test_without_a_token_only_what_is_public_answers(api, session):
    space = room(session)
    window = "from=2027-01-12T00:00:00Z&to=2027-01-13T00:00:00Z"
    for path in ("/units", "/spaces", f"/spaces/{space}", f"/spaces/{space}/availability?{window}"):
        assert api("GET", path).status_code == 200
    for method, path in (("GET", "/reservations"), ("GET", "/me"), ("POST", "/reservations")):
        refused = api(method, path, json={} if method == "POST" else None)
        assert refused.status_code == 401
        assert refused.content_type == "application/problem+json"
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert api("GET", "/spaces", "yt_of_nobody").status_code == 401


def test_strangers_get_404_viewers_403_and_approvers_decide(api, session, token, staff_token):
    reference = api(
        "POST", "/reservations", token, a_wish(room(session, policy_approval="staff"))
    ).json["reference"]
    stranger = a_token_of(session, a_person(session))
    viewer = a_token_of(session, a_person(session, grants=[Grant(Role.VIEWER)]))
    path = f"/reservations/{reference}"
    assert api("GET", path, stranger).status_code == 404
    assert api("GET", path, viewer).status_code == 200
    assert api("POST", f"{path}/approve", stranger, {}).status_code == 404
    assert api("POST", f"{path}/approve", viewer, {}).status_code == 403
    approved = api("POST", f"{path}/approve", staff_token, {})
    assert (approved.status_code, approved.json["state"]) == (200, "confirmed")
    assert (approved.json["sequence"], approved.json["version"]) == (1, 2)
    again = api("POST", f"{path}/approve", staff_token, {})
    assert (again.status_code, again.json["code"]) == (409, "step_not_possible")
    assert "alternatives" not in again.json


def test_denying_owes_a_reason(api, session, token, staff_token):
    wish = a_wish(room(session, policy_approval="staff"))
    path = f"/reservations/{api('POST', '/reservations', token, wish).json['reference']}"
    refused = api("POST", f"{path}/deny", staff_token, {})
    assert (refused.status_code, codes(refused)) == (422, ["field_required"])
    denied = api("POST", f"{path}/deny", staff_token, {"reason": "It is being cleaned."})
    assert (denied.json["state"], denied.json["reason"]) == ("denied", "It is being cleaned.")


def test_the_owner_cancels_without_a_body(api, session, token):
    made = api("POST", "/reservations", token, a_wish(room(session))).json
    done = api("POST", f"/reservations/{made['reference']}/cancel", token)
    assert (done.status_code, done.json["state"]) == (200, "cancelled")
    again = api("POST", f"/reservations/{made['reference']}/cancel", token)
    assert (again.status_code, again.json["code"]) == (409, "step_not_possible")


def test_the_same_key_hears_the_same_answer_and_another_body_is_refused(api, session, token):
    wish, key = a_wish(room(session)), {"Idempotency-Key": "abc"}
    first = api("POST", "/reservations", token, wish, **key)
    second = api("POST", "/reservations", token, wish, **key)
    assert (first.status_code, first.json) == (second.status_code, second.json)
    other = api("POST", "/reservations", token, {**wish, "people": 6}, **key)
    assert other.status_code == 422
    assert session.scalar(select(func.count(Reservation.id))) == 1


def test_free_and_busy_time_of_a_space(api, session, token):
    space = room(session, policy_buffer_before_min=30)
    api("POST", "/reservations", token, a_wish(space))
    window = "from=2027-01-12T00:00:00%2B02:00&to=2027-01-13T00:00:00%2B02:00"
    answer = api("GET", f"/spaces/{space}/availability?{window}").json
    assert answer["busy"] == [
        {"starts_at": "2027-01-12T15:30:00Z", "ends_at": "2027-01-12T18:00:00Z"}
    ]
    assert answer["free"] == [
        {"starts_at": "2027-01-12T06:00:00Z", "ends_at": "2027-01-12T15:30:00Z"},
        {"starts_at": "2027-01-12T18:30:00Z", "ends_at": "2027-01-12T20:00:00Z"},
    ]


def test_spaces_that_can_be_booked_at_a_time_the_best_fit_first(api, session, token):
    taken, big, small = (room(session, capacity=size) for size in (20, 30, 10))
    api("POST", "/reservations", token, a_wish(taken))
    start, end = (f"{at(clock, DAY):%Y-%m-%dT%H:%M:%SZ}" for clock in ("18:00", "19:00"))
    query = f"starts_at={start}&ends_at={end}"
    found = api("GET", f"/availability?{query}&people=10").json["items"]
    assert [space["slug"] for space in found] == [small, big]


def test_lists_go_on_by_cursor(api, session):
    slugs = [room(session) for _ in range(5)]
    first = api("GET", "/spaces?limit=3").json
    second = api("GET", f"/spaces?limit=3&cursor={first['next']}").json
    assert [s["slug"] for s in first["items"] + second["items"]] == slugs
    assert second["next"] is None
    assert api("GET", "/spaces?limit=101").status_code == 422
    assert api("GET", "/spaces?cursor=%21").status_code == 422


def test_my_reservations_go_on_by_cursor(api, session, token):
    space = room(session)
    made = [
        api("POST", "/reservations", token, a_wish(space, f"{h}:00", f"{h + 1}:00")).json
        for h in range(10, 15)
    ]
    first = api("GET", "/reservations?limit=3", token).json
    second = api("GET", f"/reservations?limit=3&cursor={first['next']}", token).json
    assert [r["reference"] for r in first["items"] + second["items"]] == [
        r["reference"] for r in made
    ]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("DELETE", "/spaces", 405), ("GET", "/spaces/nothing", 404)],
)
def test_every_error_is_a_problem(api, session, method, path, status):
    room(session)
    refused = api(method, path)
    assert (refused.status_code, refused.content_type) == (status, "application/problem+json")
    assert refused.json["status"] == status
    if status == 405:
        assert "GET" in refused.headers["Allow"]


def test_what_is_no_json_is_400_or_415(client, session, token):
    auth = {"Authorization": f"Bearer {token}"}
    path = "/api/v1/reservations"
    bad = client.post(path, data="{", headers={**auth, "Content-Type": "application/json"})
    form = client.post(path, data={"space": "a"}, headers=auth)
    assert (bad.status_code, form.status_code) == (400, 415)


def test_what_is_too_large_is_413(client, session, token):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    refused = client.post("/api/v1/reservations", data=b" " * 3_000_000, headers=headers)
    assert (refused.status_code, refused.content_type) == (413, "application/problem+json")


def test_only_staff_may_say_kind_and_override(api, session, token, staff_token):
    space = room(session)
    late = a_wish(space, "21:00", "23:00", override={"reason": "The mayor's reception"})
    assert api("POST", "/reservations", token, late).status_code == 403
    assert api("POST", "/reservations", staff_token, late).status_code == 201
    own = a_wish(space, "10:00", "11:00", kind="staff")
    assert api("POST", "/reservations", token, own).status_code == 403
    made = api("POST", "/reservations", staff_token, own).json
    assert (made["state"], made["price"]["price_group"]) == ("confirmed", "K0")


def test_a_member_books_for_their_organisation_at_its_price(api, session):
    person = a_person(session)
    club = an_organisation(session, admins=[person], price_group="K3")
    wish = a_wish(room(session), organisation=club.slug)
    made = api("POST", "/reservations", a_token_of(session, person), wish).json
    assert made["organisation"] == club.slug
    assert (made["price"]["price_group"], made["price"]["total_cents"]) == ("K3", 1000)


def test_the_document_is_valid_and_names_every_endpoint(client, session):
    document = client.get("/api/v1/openapi.json").json
    validate(document)
    routes = {
        (rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}"), method)
        for rule in client.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method.upper())
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert described == routes


def test_whose_token_it_is(api, session):
    person = a_person(session, grants=[Grant(Role.APPROVER)])
    club = an_organisation(session, admins=[person])
    me = api("GET", "/me", a_token_of(session, person)).json
    assert me["email"] == person.email
    assert me["roles"] == [{"role": "approver", "unit": None}]
    assert [one["organisation"] for one in me["organisations"]] == [club.slug]
