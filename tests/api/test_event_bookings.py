"""Bookings of self-initiated events, as another program makes them."""

from __future__ import annotations

import pytest

from booking.accounts.queries import actor_of
from booking.core.actors import Grant, Role
from tests.api.test_reservations import a_token_of
from tests.builders import a_person
from tests.places import a_space, an_actor
from tests.reservations.events import TUESDAY, an_event
from tests.reservations.test_event_bookings import SERIES
from tests.values import NOW, at


@pytest.fixture
def mine(session):
    """Somebody with a token, and their event, free of charge by the rules."""
    person = a_person(session)
    event = an_event(session, actor_of(session, person.id))
    return a_token_of(session, person), event.reference


def a_wish(session, event, **more):
    slug = a_space(session, policy_series={**SERIES, "horizon_days": 60}).slug
    session.commit()
    return {
        "space": slug,
        "starts_at": at("18:00", TUESDAY).isoformat(),
        "ends_at": at("20:00", TUESDAY).isoformat(),
        "title": "Book club",
        "purpose": "culture",
        "people": 5,
        "terms_version": "2026-01-01",
        "event": event,
        **more,
    }


def test_a_booking_of_an_event_is_free_and_awaits_the_staff(api, session, mine):
    token, event = mine
    made = api("POST", "/reservations", token, a_wish(session, event.lower().replace("-", "")))
    assert made.status_code == 201
    assert (made.json["state"], made.json["event"]) == ("requested", event)
    price = made.json["price"]
    assert (price["price_group"], price["total_cents"]) == ("K2", 0)
    assert price["lines"][0]["unit_cents"] == 1000
    assert api("GET", f"/reservations/{made.json['reference']}", token).json["event"] == event


def test_without_an_event_there_is_none(api, session, mine):
    made = api("POST", "/reservations", mine[0], a_wish(session, None))
    assert (made.json["event"], made.json["price"]["price_group"]) == (None, "K4")


@pytest.mark.parametrize("event", ["7KQ2M-9XBT4", "nothing"])
def test_an_event_that_there_is_not_is_not_found(api, session, mine, event):
    assert api("POST", "/reservations", mine[0], a_wish(session, event)).status_code == 404


def test_the_event_of_somebody_else_is_not_found(api, session, mine):
    other = an_event(session, an_actor(session)).reference
    assert api("POST", "/reservations", mine[0], a_wish(session, other)).status_code == 404


def test_a_cancelled_event_is_a_conflict(api, session):
    person = a_person(session)
    event = an_event(session, actor_of(session, person.id), cancelled_at=NOW).reference
    token = a_token_of(session, person)
    refused = api("POST", "/reservations", token, a_wish(session, event))
    assert (refused.status_code, refused.json["code"]) == (409, "step_not_possible")


def test_an_event_that_was_never_evaluated_is_told_with_its_field(api, session):
    person = a_person(session)
    event = an_event(session, actor_of(session, person.id), None).reference
    token = a_token_of(session, person)
    refused = api("POST", "/reservations", token, a_wish(session, event, people=21))
    assert refused.status_code == 422
    assert {(one["code"], one.get("field")) for one in refused.json["violations"]} == {
        ("over_capacity", "people"),
        ("field_required", "event"),
    }


def test_a_series_is_made_for_an_event(api, session, mine):
    token, event = mine
    wish = a_wish(session, event, rrule="FREQ=WEEKLY;COUNT=1")
    made = api("POST", "/series", token, wish)
    assert made.status_code == 201
    assert [(one["event"], one["state"]) for one in made.json["reservations"]] == [
        (event, "requested")
    ]


def test_a_hold_is_given_its_event_on_sending(api, session, mine):
    token, event = mine
    held = api("POST", "/reservations", token, a_wish(session, None, hold=True)).json
    body = {"event": event, "terms_version": "2026-01-01"}
    sent = api("POST", f"/reservations/{held['reference']}/submit", token, body)
    assert (sent.json["event"], sent.json["price"]["total_cents"]) == (event, 0)


def test_a_booking_is_given_an_event_and_taken_out_of_it_again(api, session, mine):
    token, event = mine
    made = api("POST", "/reservations", token, a_wish(session, None))
    address = f"/reservations/{made.json['reference']}"
    given = api("PATCH", address, token, {"event": event}, **{"If-Match": made.headers["ETag"]})
    assert (given.json["event"], given.json["state"]) == (event, "requested")
    taken = api("PATCH", address, token, {"event": None}, **{"If-Match": given.headers["ETag"]})
    assert (taken.json["event"], taken.json["state"]) == (None, "confirmed")
    assert taken.json["price"]["total_cents"] == 2000


def test_staff_approve_in_another_price_group_with_a_reason(api, session, mine):
    token, event = mine
    staff = a_token_of(session, a_person(session, grants=[Grant(Role.APPROVER)]))
    made = api("POST", "/reservations", token, a_wish(session, event)).json
    address = f"/reservations/{made['reference']}/approve"
    refused = api("POST", address, staff, {"price_group": "K3"})
    assert (refused.status_code, refused.json["code"]) == (422, "field_required")
    done = api("POST", address, staff, {"price_group": "K3", "reason": "Tickets are sold."})
    assert (done.status_code, done.json["state"]) == (200, "confirmed")
    assert (done.json["price"]["price_group"], done.json["price"]["total_cents"]) == ("K3", 1000)
