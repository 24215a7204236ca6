"""Payers, charges, credits and the ledger's file, as another program meets them."""

from __future__ import annotations

import pytest
from openapi_spec_validator import validate

from booking.accounts.models import ApiToken, Person
from booking.accounts.queries import actor_of, hash_of_token
from booking.billing.use_cases import make_charges
from booking.core.actors import Grant, Role, job
from tests.billing.owed import ENDS
from tests.builders import a_person
from tests.places import a_space, ask
from tests.values import NOW

PAYER = {
    "name": "Haminan Sähly ry",
    "street_address": "Puistokatu 2",
    "postcode": "49400",
    "town": "Hamina",
    "business_id": "12345671",
    "e_invoice_address": "003712345671",
    "e_invoice_operator": "003721291126",
    "own_reference": "PO 7",
}


def a_token(session, *grants):
    person = a_person(session, grants=grants)
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
    session.flush()
    return secret, person


@pytest.fixture
def owner(session):
    """The token of an owner, and the reference of what is theirs."""
    token, person = a_token(session)
    made = ask(session, a_space(session), actor=actor_of(session, person.id))
    session.commit()
    return token, made.reference


@pytest.fixture
def manager(session):
    token, _person = a_token(session, Grant(Role.MANAGER))
    session.commit()
    return token


@pytest.fixture
def charge(session, owner):
    make_charges(session, job("make-charges"), ENDS)
    session.commit()
    return 1


# ── Payers ────────────────────────────────────────────────────────────────────────────────────


def test_the_owner_says_who_pays(api, owner):
    token, reference = owner
    place = f"/reservations/{reference}/payer"
    assert api("GET", place, token).status_code == 404
    put = api("PUT", place, token, {**PAYER, "keep_as_usual": True})
    assert put.status_code == 200
    assert put.json == {**PAYER, "business_id": "1234567-1", "is_usual": False}
    assert api("GET", place, token).json == put.json


def test_the_usual_payer_is_told_as_such(api, session, owner):
    token, reference = owner
    api("PUT", f"/reservations/{reference}/payer", token, {**PAYER, "keep_as_usual": True})
    person = session.query(Person).order_by(Person.id).first()
    other = ask(session, a_space(session), actor=actor_of(session, person.id))
    session.commit()
    assert api("GET", f"/reservations/{other.reference}/payer", token).json["is_usual"] is True


def test_a_stranger_finds_no_payer_and_sets_none(api, session, owner):
    stranger, _person = a_token(session)
    session.commit()
    place = f"/reservations/{owner[1]}/payer"
    assert api("GET", place, stranger).status_code == 404
    assert api("PUT", place, stranger, PAYER).status_code == 404
    assert api("PUT", place, None, PAYER).status_code == 401


def test_all_that_is_wrong_with_a_payer_is_told(api, owner):
    wrong = {"name": "", "postcode": "1", "business_id": "1234567-2"}
    refused = api("PUT", f"/reservations/{owner[1]}/payer", owner[0], wrong)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json["violations"]} == {
        "name",
        "street_address",
        "town",
        "postcode",
        "business_id",
    }


def test_a_payer_is_fixed_once_it_was_charged(api, owner, charge):
    refused = api("PUT", f"/reservations/{owner[1]}/payer", owner[0], PAYER)
    assert (refused.status_code, refused.json["code"]) == (409, "already_charged")


# ── Charges ───────────────────────────────────────────────────────────────────────────────────


def test_a_manager_reads_what_is_owed(api, owner, manager, charge):
    listed = api("GET", f"/charges?from=2027-01-12&to=2027-01-12&reservation={owner[1]}", manager)
    (item,) = listed.json["items"]
    assert api("GET", "/charges/1", manager).json == item
    assert (item["reservation"], item["total_cents"]) == (owner[1], 2000)
    assert (item["reference_number"], item["creditor_reference"]) == ("1000012", "RF181000012")
    assert item["lines"][0]["vat_class"] == "exempt_letting"
    assert api("GET", "/charges?from=2027-01-13", manager).json["items"] == []
    assert api("GET", "/charges?to=2027-01-11", manager).json["items"] == []


def test_a_list_of_charges_goes_on_by_its_cursor(api, session, manager):
    for hour in range(10, 13):
        ask(session, a_space(session), f"{hour}:00", f"{hour + 1}:00")
    make_charges(session, job("make-charges"), ENDS)
    session.commit()
    first = api("GET", "/charges?limit=2", manager).json
    rest = api("GET", f"/charges?limit=2&cursor={first['next']}", manager).json
    assert [one["number"] for one in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "path", ["/charges", "/charges/1", "/charges.csv?from=2027-01-01&to=2027-01-31"]
)
def test_who_is_no_manager_reads_nothing(api, owner, charge, path):
    assert api("GET", path, owner[0]).status_code == 403
    assert api("GET", path).status_code == 401


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "2147483648", "9" * 30, "%C2%B2"])
def test_a_charge_that_is_none_is_not_found(api, manager, charge, number):
    assert api("GET", f"/charges/{number}", manager).status_code == 404
    refused = api("POST", f"/charges/{number}/credits", manager, {"reason": "Why"})
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2027-02-29&to=2027-03-01", "from"),
        ("from=1800000000&to=2027-03-01", "from"),
        ("from=2027-01-01T00:00:00&to=2027-03-01", "from"),
        ("from=1999-12-31&to=2027-03-01", "from"),
        ("from=2027-01-02&to=2027-01-01", "to"),
        ("from=2027-01-02", "to"),
    ],
)
def test_days_that_are_none_are_told(api, manager, charge, query, field):
    refused = api("GET", f"/charges.csv?{query}", manager)
    assert (refused.status_code, refused.json["violations"][0]["field"]) == (422, field)


def test_the_ledger_comes_as_a_file(api, manager, charge):
    answer = api("GET", "/charges.csv?from=2027-01-01&to=2027-01-31", manager)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.data.startswith(b"\xef\xbb\xbftype;")
    assert "charges-2027-01-01-2027-01-31.csv" in answer.headers["Content-Disposition"]


# ── Credits ───────────────────────────────────────────────────────────────────────────────────


def test_a_credit_sent_again_is_made_once(api, manager, charge):
    body = {"reason": "Burst pipe", "lines": [{"line": 1, "total_cents": 500}]}
    answers = [
        api("POST", "/charges/1/credits", manager, body, **{"Idempotency-Key": "a"})
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert answers[0].json["total_cents"] == 500
    assert api("GET", "/charges/1", manager).json["credited_cents"] == 500


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "Why", "lines": [{"line": 1, "total_cents": 2001}]}, "credit_above_charge"),
        ({"reason": " "}, "field_required"),
        ({"reason": "Why", "lines": []}, "nothing_credited"),
        ({"reason": "Why", "lines": [{"line": 2, "total_cents": 1}]}, "invalid_value"),
        ({"reason": "Why", "lines": [{"line": 1, "total_cents": 0}]}, "invalid_value"),
    ],
)
def test_a_credit_that_cant_be_is_refused(api, manager, charge, body, code):
    refused = api("POST", "/charges/1/credits", manager, body)
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json["violations"]] == [code]


def test_the_document_of_the_api_is_valid_with_the_ledgers_file_in_it(client):
    document = client.get("/api/v1/openapi.json").json
    validate(document)
    answer = document["paths"]["/charges.csv"]["get"]["responses"]["200"]
    assert answer["content"] == {"text/csv": {"schema": {"type": "string"}}}
    assert client.get("/api/docs").status_code == 200
