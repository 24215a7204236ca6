"""What can't be read in a search is told beside its field; the search goes on by the rest."""

from __future__ import annotations

import re

import pytest

from tests.places import a_space

DATE = "The date you wrote does not exist. Write it as 13.1.2027."
TIME = "Write the time as 18:00, from 00:00 to 24:00."
PEOPLE = "Write how many people come, at least 1."
ORDER = "The booking must end after it starts."


@pytest.fixture
def rooms(session):
    """A room for 20 and a room for 200."""
    slugs = a_space(session).slug, a_space(session, capacity=200).slug
    session.commit()
    return slugs


def error_of(page, field):
    """What the page says of a field, and whether the field points at it."""
    found = re.search(rf'id="need-{field}-error">.*?<a[^>]*>(.*?)</a>', page.text, re.S)
    points = f'aria-describedby="need-{field}-error"' in page.text
    return found and points and found[1]


ODD = [
    ("date", "2027-02-29", DATE),
    ("date", "1999-12-31", DATE),
    ("date", "2101-01-01", DATE),
    ("start", "24:01", TIME),
    ("end", "nine", TIME),
    ("people", "0", PEOPLE),
    ("people", "-1", PEOPLE),
    ("people", "2147483648", PEOPLE),
    ("people", "ten", PEOPLE),
]


@pytest.mark.parametrize(("field", "typed", "says"), ODD)
def test_what_cant_be_read_is_told_beside_its_field_and_kept(client, rooms, field, typed, says):
    page = client.get("/en/spaces", query_string={field: typed})
    assert page.status_code == 200
    assert error_of(page, field) == says
    assert f'type="text" value="{typed}"' in page.text


@pytest.mark.parametrize(("field", "typed", "says"), ODD)
def test_over_the_api_it_is_refused_and_the_field_named(client, rooms, field, typed, says):
    answer = client.get(
        "/api/v1/spaces", query_string={field: typed}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    (violation,) = answer.json["violations"]
    assert (violation["code"], violation["field"]) == ("invalid_value", field)
    if field != "people":
        assert violation["message"] == says


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("date", "2027-01-12"),
        ("date", "12.1.2027"),
        ("start", "00:00"),
        ("end", "24:00"),
        ("people", "1"),
        ("people", "2147483647"),
        ("end", ""),
    ],
)
def test_what_can_be_read_is_not_complained_of(client, rooms, field, typed):
    page = client.get("/en/spaces", query_string={field: typed})
    assert error_of(page, field) is None
    assert client.get("/api/v1/spaces", query_string={field: typed}).status_code == 200


def test_the_search_goes_on_by_what_could_be_read(client, rooms):
    page = client.get("/en/spaces?date=2027-02-29&people=100")
    assert f"/spaces/{rooms[1]}" in page.text
    assert f"/spaces/{rooms[0]}" not in page.text


def test_an_end_at_or_before_the_start_is_told(client, rooms):
    odd = {"date": "2027-01-12", "start": "18:00", "end": "18:00"}
    assert error_of(client.get("/en/spaces", query_string=odd), "end") == ORDER
    refused = client.get("/api/v1/spaces", query_string=odd)
    assert (refused.status_code, refused.json["code"]) == (422, "end_before_start")
    assert refused.json["violations"][0]["field"] == "end"
    later = {**odd, "end": "18:01"}
    assert error_of(client.get("/en/spaces", query_string=later), "end") is None


def test_all_that_is_wrong_is_told_at_once_in_the_readers_language(client, rooms):
    odd = {"date": "31.2.2027", "start": "25", "people": "x"}
    page = client.get("/fi/spaces", query_string=odd)
    assert all(error_of(page, field) for field in odd)
    refused = client.get("/api/v1/spaces", query_string=odd)
    assert {one["field"] for one in refused.json["violations"]} == set(odd)
