"""Secret calendars, as another program makes and revokes them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from booking.accounts.queries import actor_of
from booking.calendars.models import Feed
from booking.reservations.models import IdempotencyKey
from tests.api.test_reservations import a_token_of
from tests.builders import a_person
from tests.calendars.town import a_town
from tests.reservations.events import an_event


@pytest.fixture(autouse=True)
def _monkeypatch_response_class():
    """In place of pytest-flask's own, which turns answers of a class of ours into its own."""


@pytest.fixture
def mine(session):
    """Somebody with a token, and the reference of their event."""
    a_town(session)
    person = a_person(session)
    event = an_event(session, actor_of(session, person.id))
    token = a_token_of(session, person)
    session.commit()
    return token, event.reference


def test_a_calendar_of_an_event_is_made_listed_and_revoked(api, client, mine):
    token, event = mine
    made = api("POST", "/feeds", token, {"kind": "event", "event": event, "language": "en"})
    assert made.status_code == 201
    path = urlsplit(made.json["url"]).path
    assert "SUMMARY:Book club" in client.get(path).text
    [listed] = api("GET", "/feeds", token).json["items"]
    assert (listed["id"], listed["kind"], listed["shows"]) == (
        made.json["id"],
        "event",
        "Book club",
    )
    assert "url" not in listed
    assert api("DELETE", f"/feeds/{made.json['id']}", token).status_code == 200
    assert api("GET", "/feeds", token).json["items"] == []
    assert "SUMMARY:Book club" not in client.get(path).text


def test_the_same_key_makes_one_calendar_and_hears_one_address(api, session, mine):
    token, _event = mine
    made = [
        api("POST", "/feeds", token, {"kind": "mine"}, **{"Idempotency-Key": "one"}).json
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(session.scalars(select(Feed)).all()) == 1


def test_the_address_itself_is_kept_nowhere(api, session, mine):
    made = api("POST", "/feeds", mine[0], {"kind": "mine"}, **{"Idempotency-Key": "one"}).json
    secret = made["url"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) == 43
    for row in session.scalars(select(IdempotencyKey)):
        assert secret not in repr(vars(row))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "unit"}, 422),
        ({"kind": "nothing"}, 422),
        ({"kind": "organisation", "organisation": "strangers"}, 404),
        ({"kind": "event", "event": "7KQ2M-9XBT4"}, 404),
        ({"kind": "event"}, 404),
    ],
)
def test_what_is_not_theirs_can_not_be_subscribed_to(api, mine, body, status):
    assert api("POST", "/feeds", mine[0], body).status_code == status


def test_nobody_revokes_the_calendar_of_another(api, session, mine):
    made = api("POST", "/feeds", mine[0], {"kind": "mine"}).json
    stranger = a_token_of(session, a_person(session))
    session.commit()
    assert api("DELETE", f"/feeds/{made['id']}", stranger).status_code == 404
    assert api("POST", "/feeds", None, {"kind": "mine"}).status_code == 401
