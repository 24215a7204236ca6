"""`POST events/evaluate`: without a token, the same as by the command."""

from __future__ import annotations

import json

import pytest

from tests.rulebook.scenarios import IDS, SCENARIOS, as_expected

ADDRESS = "/api/v1/events/evaluate"


def ask(client, **body):
    return client.post(ADDRESS, json=body)


def park_yoga(**more):
    return {
        "organiser_type": "private_person",
        "openness": "open",
        "purpose": "wellbeing",
        "attendance_peak": 49,
        "place_kind": "city_outdoor",
        "start": "2027-06-13T10:00",
        "end": "2027-06-13T11:00",
        **more,
    }


def test_the_api_answers_what_the_table_says(client):
    for scenario in SCENARIOS:
        answer = ask(
            client,
            facts=scenario["facts"],
            today=scenario["today"].isoformat(),
            partial=scenario["partial"],
        )
        assert answer.status_code == 200, scenario["id"]
        found = as_expected(answer.json, scenario["expected"])
        assert found == scenario["expected"], scenario["id"]
    assert len(IDS) == 28


def test_amounts_are_exact_to_the_cent(client):
    facts = park_yoga(grant_requested_eur=120.05, grants_this_year_eur=0.1)
    assert ask(client, facts=facts, today="2027-05-20").json["support"]["amount"] == 120.05
    facts = park_yoga(grant_requested_eur=500, grants_this_year_eur=0.1)
    assert ask(client, facts=facts, today="2027-05-20").json["support"]["amount"] == 499.9


def test_why_and_what_is_near_are_told(client):
    explained = ask(client, facts=park_yoga(attendance_peak=199), today="2027-05-20").json[
        "explanation"
    ]
    (open_to_all,) = [one["because"] for one in explained["fired"] if one["rule"] == "G36"]
    assert open_to_all == [
        {"fact": "openness", "op": "eq", "value": "open", "given": "open", "holds": True}
    ]
    near = {"rule": "G05", "fact": "attendance_peak", "given": 199, "value": 200}
    assert near in explained["near"]


def test_today_is_the_day_of_the_city_where_none_is_given(client, clock):
    assert ask(client, facts=park_yoga()).json["today"] == "2027-01-11"


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"colour": "red"}, "unknown_fact", "facts.colour"),
        ({"attendance_peak": "many"}, "wrong_type", "facts.attendance_peak"),
        ({"attendance_peak": 0}, "out_of_range", "facts.attendance_peak"),
        ({"attendance_peak": 10**400}, "out_of_range", "facts.attendance_peak"),
        ({"entrance_fee_eur": 1e300}, "out_of_range", "facts.entrance_fee_eur"),
        ({"openness": "ajar"}, "unknown_value", "facts.openness"),
        ({"openness": None}, "field_required", "facts.openness"),
        ({"outdoor": "yes"}, "wrong_type", "facts.outdoor"),
        ({"outdoor": {"really": True}}, "wrong_type", "facts.outdoor"),
        ({"end": "2027-06-13T10:00"}, "end_before_start", "facts.end"),
        ({"end": "2027-06-13T11:00+03:00"}, "wrong_type", "facts.end"),
    ],
)
def test_a_fact_that_does_not_do_is_refused_with_its_name(client, facts, code, field):
    answer = ask(client, facts=park_yoga(**facts), today="2027-05-20")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    (violation,) = answer.json["violations"]
    assert (violation["code"], violation["field"]) == (code, field)
    assert violation["message"].endswith(".")


@pytest.mark.parametrize("day", ["1999-12-31", "2200-01-01", "2027-02-30", 20270101])
def test_a_day_that_does_not_do_is_refused(client, day):
    answer = ask(client, facts=park_yoga(), today=day)
    assert answer.status_code == 422
    assert answer.json["violations"][0]["field"] == "today"


def test_what_is_no_json_is_refused_with_400(client):
    answer = client.post(ADDRESS, data="{", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_json")


@pytest.mark.parametrize("body", [{}, {"facts": []}, {"facts": {}, "partial": "no"}, {"fact": {}}])
def test_a_body_of_another_form_is_refused_with_422(client, body):
    assert (
        client.post(ADDRESS, data=json.dumps(body), content_type="application/json").status_code
        == 422
    )


def test_words_come_in_the_reader_s_language(client):
    answer = client.post(ADDRESS, json={"facts": {}}, headers={"Accept-Language": "fi"})
    assert "puuttuu" in answer.json["violations"][0]["message"]
