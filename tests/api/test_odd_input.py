"""What is of no sensible form is refused at the door, on both engines alike, and never a 500."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from sqlalchemy import select

from booking.accounts.models import ApiToken
from booking.accounts.queries import actor_by_token, hash_of_token
from booking.core.actors import Grant, Role
from tests.builders import a_person
from tests.places import a_space
from tests.values import NOW


@pytest.fixture
def space(session):
    slug = a_space(session).slug
    session.commit()
    return slug


def a_cursor(*values):
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def fields(answer):
    return [violation.get("field") for violation in answer.json["violations"]]


# ── Control characters ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "a\x00b"),
        ("title", "Choir\r\nBcc: all@example.org"),
        ("title", "\x1b[2J"),
        ("message", "a\x00b"),
        ("organisation", "a\x00b"),
        ("space", "a\x00b"),
    ],
)
def test_texts_hold_no_control_characters(api, space, token, a_wish, field, value):
    refused = api("POST", "/reservations", token, {**a_wish(space), field: value})
    assert (refused.status_code, fields(refused)) == (422, [field])


def test_a_message_may_have_lines(api, space, token, a_wish):
    wish = a_wish(space, message="Dear staff,\r\n\twe come early.\n")
    assert api("POST", "/reservations", token, wish).status_code == 201


def test_each_of_several_spaces_is_looked_at(api, space, token, a_wish):
    wish = a_wish(space, spaces=[space, "a\x00b"])
    del wish["space"]
    refused = api("POST", "/reservations", token, wish)
    assert (refused.status_code, fields(refused)) == (422, ["spaces"])


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/reservations?state=a%00b",
        "/api/v1/spaces?q=a%00b",
        "/api/v1/spaces/a%00b",
        "/api/v1/reservations/a%00b",
        "/calendars/spaces/a%00b.ics",
        "/calendars/units/a%00b.ics",
        "/calendars/private/a%00b.ics",
        "/fi/spaces/a%00b",
        "/fi/spaces?q=a%00b",
    ],
)
def test_no_address_holds_a_zero_byte(client, space, token, address):
    refused = client.get(address, headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 400
    is_api = address.startswith("/api/")
    assert refused.mimetype == ("application/problem+json" if is_api else "text/html")


def test_no_form_of_a_page_holds_a_zero_byte(client, space):
    assert client.post("/fi/sign-in", data={"email": "a\x00b"}).status_code == 400


@pytest.mark.parametrize("address", ["/api/v1/spaces?q=%ff", "/api/v1/spaces/%ff", "/fi/%ff"])
def test_an_address_that_is_no_utf8_finds_nothing(client, space, address):
    assert client.get(address).status_code in {200, 404}


def test_a_body_that_is_no_utf8_is_no_json(client, space, token):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for body in (b'{"space": "\xff"}', b'{"space": "\\ud800"}', b"\x00"):
        refused = client.post("/api/v1/reservations", data=body, headers=headers)
        assert refused.status_code == 400


# ── Instants, cursors, keys ───────────────────────────────────────────────────────────────────

OUT_OF_REACH = ["0001-01-01T00:00:00+02:00", "1999-12-31T23:00:00Z", "9999-12-31T23:00:00-02:00"]


@pytest.mark.parametrize("instant", OUT_OF_REACH)
@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
def test_a_reservation_lies_within_the_century(api, space, token, a_wish, field, instant):
    refused = api("POST", "/reservations", token, a_wish(space, **{field: instant}))
    assert (refused.status_code, fields(refused)) == (422, [field])


@pytest.mark.parametrize("instant", OUT_OF_REACH)
def test_what_is_asked_about_lies_within_the_century(api, space, token, instant):
    odd, usual = instant.replace("+", "%2B"), "2027-01-12T00:00:00Z"
    for path in (
        f"/spaces/{space}/availability?from={odd}&to={usual}",
        f"/spaces/{space}/availability?from={usual}&to={odd}",
        f"/availability?starts_at={odd}&ends_at={usual}",
        f"/availability?starts_at={usual}&ends_at={odd}",
        f"/reservations?from={odd}",
        f"/reservations?to={odd}",
    ):
        assert api("GET", path, token).status_code == 422, path


@pytest.mark.parametrize(
    "cursor",
    [
        a_cursor(1, 2),
        a_cursor("2027-01-12T10:00:00", 1),
        a_cursor("2027-01-12T10:00:00Z", "one"),
        a_cursor("2027-01-12T10:00:00Z", True),
        a_cursor("2027-01-12T10:00:00Z", 10**30),
        a_cursor("0001-01-01T00:00:00+02:00", 1),
        a_cursor("yesterday", 1),
        a_cursor("2027-01-12T10:00:00Z"),
        "%C3%A4",
        "W" * 5,
    ],
)
def test_a_cursor_is_one_that_this_list_gave(api, space, token, cursor):
    refused = api("GET", f"/reservations?cursor={cursor}", token)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")


@pytest.mark.parametrize("cursor", [a_cursor(1), a_cursor(["a"]), a_cursor("a", "b"), "bnVsbA"])
def test_a_cursor_of_spaces_is_a_slug(api, space, cursor):
    assert api("GET", f"/spaces?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("key", ["", "k" * 256, "k\x00", "k" * 300])
def test_a_key_has_1_to_255_printable_characters(api, space, token, a_wish, key):
    refused = api("POST", "/reservations", token, a_wish(space), **{"Idempotency-Key": key})
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")


def test_a_key_of_255_characters_is_kept(api, space, token, a_wish):
    key = {"Idempotency-Key": "k" * 255}
    first, second = (
        api("POST", "/reservations", token, a_wish(space), **key).json for _ in range(2)
    )
    assert first["reference"] == second["reference"]


@pytest.mark.parametrize("query", ["limit=abc", "limit=0", "limit=1e3", "people=x", "limit="])
def test_a_number_in_an_address_is_a_number(api, space, query):
    assert api("GET", f"/spaces?{query}").status_code == 422


# ── Lengths ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("to", "status"), [("2028-02-16T00:00:00Z", 200), ("2028-02-16T00:00:01Z", 422)]
)
def test_a_window_has_a_greatest_length(api, space, to, status):
    for path in (
        f"/availability?starts_at=2027-01-12T00:00:00Z&ends_at={to}",
        f"/spaces/{space}/availability?from=2027-01-12T00:00:00Z&to={to}",
    ):
        answer = api("GET", path)
        assert answer.status_code == status
        if status == 422:
            assert answer.json["code"] == "too_long"


def test_a_period_beyond_all_policies_is_told_alone_and_before_any_reading(
    api, space, token, a_wish
):
    wish = a_wish(space, people=10_000, ends_at="2057-01-12T10:00:00Z")
    refused = api("POST", "/reservations", token, wish)
    assert (refused.status_code, refused.json["code"]) == (422, "too_long")
    assert [one["code"] for one in refused.json["violations"]] == ["too_long"]
    assert fields(refused) == ["ends_at"]
    nowhere = api("POST", "/reservations", token, {**wish, "space": "nowhere"})
    assert nowhere.status_code == 422


def test_a_backward_period_of_years_ends_before_it_starts(api, space, token, a_wish):
    wish = a_wish(space, starts_at="2057-01-12T10:00:00Z", ends_at="2027-01-12T10:00:00Z")
    refused = api("POST", "/reservations", token, wish)
    assert (refused.status_code, refused.json["code"]) == (422, "end_before_start")


# ── Whom it is for, where it leads, what a token may ──────────────────────────────────────────


@pytest.mark.parametrize(
    ("email", "status"), [("Aino@Example.org", 201), ("no address", 422), ("a@b\nBcc: c@d.fi", 422)]
)
def test_the_address_of_a_customer_is_one(api, session, space, a_wish, email, status):
    staff = a_person(session, grants=[Grant(Role.APPROVER)])
    secret = "yt_of_staff"
    session.add(
        ApiToken(person_id=staff.id, name="t", token_hash=hash_of_token(secret), created_at=NOW)
    )
    session.commit()
    wish = a_wish(space, on_behalf_of={"name": "Aino", "email": email})
    answer = api("POST", "/reservations", secret, wish)
    assert answer.status_code == status
    if status == 422:
        assert set(fields(answer)) == {"on_behalf_of.email"}


def test_links_lead_to_the_service_whatever_host_was_asked(client, space):
    base = client.application.config["BASE_URL"]
    links = client.get(f"/api/v1/spaces/{space}", headers={"Host": "evil.example"}).json["links"]
    assert links == {
        "self": f"{base}/api/v1/spaces/{space}",
        "availability": f"{base}/api/v1/spaces/{space}/availability",
        "calendar": f"{base}/calendars/spaces/{space}.ics",
    }


def test_no_scope_at_all_is_not_every_right(session, token):
    kept = session.scalars(select(ApiToken)).one()
    assert actor_by_token(session, token, NOW).scopes is None
    kept.scopes = []
    session.commit()
    assert actor_by_token(session, token, NOW).scopes == frozenset()


# ── The document ──────────────────────────────────────────────────────────────────────────────


def test_the_document_tells_of_the_real_limits(client, space):
    document = client.get("/api/v1/openapi.json").json
    operation = document["paths"]["/reservations"]["post"]
    assert {"400", "422", "503"} <= set(operation["responses"])
    wish = document["components"]["schemas"]["ReservationIn"]["properties"]
    instant = wish["starts_at"]["anyOf"][0]
    assert instant["format"] == "date-time"
    assert "2000" in instant["description"]
    assert "400 days" in document["components"]["schemas"]["ReservationIn"]["description"]
