"""Booking for an event in the pages: what is known is filled in, why it is free is told."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from booking.accounts.queries import actor_of
from booking.core.actors import Grant, Role
from booking.database import writing
from booking.reservations.models import Reservation
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor
from tests.reservations.events import TUESDAY, an_event
from tests.reservations.test_event_bookings import book
from tests.statements import counted
from tests.values import NOW, at

SENTENCE = "An open and free self-initiated event gets the space free of charge."


class Town:
    """A room, an event, and who arranges it, signed in."""

    def __init__(self, app, client, session):
        self.client, self.session = client, session
        app.config["WTF_CSRF_ENABLED"] = False
        with writing():
            self.person = a_person(session, email="me@example.com", password="right horse")
            self.actor = actor_of(session, self.person.id)
            self.room = a_space(session)
            self.event = an_event(session, self.actor)
            session.commit()
        self.address = f"/en/spaces/{self.room.slug}/reserve"

    def sign_in(self):
        self.client.post("/en/sign-in", data={"email": "me@example.com", "password": "right horse"})
        return self

    def form(self, **fields):
        return {
            "date": TUESDAY.isoformat(),
            "start": "18:00",
            "end": "20:00",
            "title": "Book club",
            "people": "20",
            "terms": "y",
            **fields,
        }

    def made(self):
        self.session.rollback()
        self.session.expire_all()  # to read what others have written since
        return self.session.scalars(select(Reservation)).all()


@pytest.fixture
def town(app, client, session):
    return Town(app, client, session)


def value(page, name):
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1]


def chosen(page, name):
    select_ = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)[0]
    return re.search(r'<option selected value="([^"]*)"', select_)[1]


def test_the_form_knows_what_was_told_about_the_event(town):
    page = town.sign_in().client.get(f"{town.address}?event={town.event.reference.lower()}").text
    assert [value(page, name) for name in ("date", "start", "end", "title", "people")] == [
        "2027-01-12",
        "18:00",
        "20:00",
        "Book club",
        "20",
    ]
    assert (chosen(page, "purpose"), chosen(page, "event")) == ("culture", town.event.reference)
    assert f'href="/en/events/{town.event.reference}"' in page
    assert "Free of charge, because:" in page
    assert SENTENCE in page
    assert "the staff confirm it" in page


def test_what_the_address_says_goes_before_what_the_event_says(town):
    address = f"{town.address}?event={town.event.reference}&people=7&start=19:00"
    page = town.sign_in().client.get(address).text
    assert (value(page, "people"), value(page, "start")) == ("7", "19:00")


def test_an_event_of_an_organisation_is_booked_for_that(town):
    with writing():
        club = an_organisation(town.session, admins=[town.person])
        an_organisation(town.session, admins=[town.person])
        town.event.organisation_id = club.id
        town.session.commit()
        slug = club.slug
    page = town.sign_in().client.get(f"{town.address}?event={town.event.reference}").text
    assert chosen(page, "organisation") == slug


def test_the_choice_of_events_is_there_only_for_who_has_one(town):
    town.sign_in()
    assert "Is this for an event of yours?" in town.client.get(town.address).text
    with writing():
        town.event.cancelled_at = NOW
        town.session.commit()
    assert "Is this for an event of yours?" not in town.client.get(town.address).text


def test_the_event_of_somebody_else_is_not_offered_nor_told_of(town):
    with writing():
        other = an_event(town.session, an_actor(town.session), title="Secret")
        town.session.commit()
    page = town.sign_in().client.get(f"{town.address}?event={other.reference}").text
    assert "Secret" not in page
    refused = town.client.post(town.address, data=town.form(event=other.reference))
    assert refused.status_code == 422
    assert "Choose one of your events to come, or none." in refused.text
    assert town.made() == []


def test_what_is_sent_for_an_event_is_priced_by_it_and_its_page_leads_there(town):
    town.sign_in()
    sent = town.client.post(town.address, data=town.form(event=town.event.reference))
    assert sent.status_code == 302
    [made] = town.made()
    assert (made.state, made.total_cents, made.event_id) == ("requested", 0, town.event.id)
    page = town.client.get(sent.location).text
    assert f'href="/en/events/{town.event.reference}"' in page
    assert SENTENCE in page


def test_no_event_is_chosen_for_anybody(town):
    town.sign_in().client.post(town.address, data=town.form(event=""))
    assert [(one.total_cents, one.event_id) for one in town.made()] == [(2000, None)]


def test_the_event_is_kept_through_signing_in(town):
    first = town.client.get(f"{town.address}?event={town.event.reference}").text
    assert value(first, "event") == town.event.reference
    data = town.form(event=town.event.reference, step="sign-in")
    to_sign_in = town.client.post(town.address, data=data).location
    town.sign_in()
    assert "draft" in to_sign_in
    assert chosen(town.client.get(f"{town.address}?draft=1").text, "event") == town.event.reference


def test_a_hold_keeps_its_event(town):
    town.sign_in()
    data = town.form(event=town.event.reference, step="hold")
    page = town.client.post(town.address, data=data).text
    [held] = town.made()
    assert (held.state, held.event_id, held.total_cents) == ("held", town.event.id, 0)
    assert chosen(page, "event") == town.event.reference
    assert chosen(town.client.get(town.address).text, "event") == town.event.reference
    sent = town.form(event=town.event.reference, hold=held.reference)
    town.client.post(town.address, data=sent)
    [made] = town.made()
    assert (made.state, made.event_id) == ("requested", town.event.id)


@pytest.mark.parametrize(
    ("decision", "fields", "sentence"),
    [
        ("review", {}, "ask a person to look at this event"),
        ("denied", {}, "not allowed as it is"),
        ("needs_info", {}, "is not known yet"),
        ("auto_charged", {"date": "2027-01-13"}, "It is not on a day of the event."),
    ],
)
def test_why_the_staff_decide_is_told_beside_the_price(town, decision, fields, sentence):
    with writing():
        town.event.outcome = {"free_use": {"decision": decision, "price_group": "K4", "rules": []}}
        town.session.commit()
    data = town.form(event=town.event.reference, step="check", **fields)
    assert sentence in town.sign_in().client.post(town.address, data=data).text


# ── For the staff ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def staffed(town):
    with writing():
        a_person(
            town.session,
            email="staff@example.com",
            password="right horse",
            grants=[Grant(Role.APPROVER)],
        )
        made = book(town.session, town.actor, town.room, town.event)
        town.session.commit()
    town.client.post("/en/sign-in", data={"email": "staff@example.com", "password": "right horse"})
    return made


def test_the_inbox_tells_the_event_its_proposal_and_each_rule(town, staffed):
    page = town.client.get("/en/staff/inbox").text
    assert "Book club" in page
    assert "The rules propose:" in page
    assert "Price group by the rules: K2" in page
    assert "F03" in page
    assert SENTENCE in page
    assert "policy of the city" in page
    assert "Everyone may come" in page


def test_the_page_of_the_request_tells_it_too(town, staffed):
    page = town.client.get(f"/en/reservations/{staffed.reference}").text
    assert "Price group by the rules: K2" in page
    assert 'name="price_group"' in page


def test_staff_choose_another_price_group_with_a_reason(town, staffed):
    address = f"/en/staff/inbox/{staffed.reference}/approve"
    refused = town.client.post(address, data={"price_group": "K3"})
    assert refused.status_code == 422
    assert "Say why the price group is another than by the rules." in refused.text
    assert chosen(refused.text, "price_group") == "K3"
    town.client.post(address, data={"price_group": "K3", "reason": "Tickets are sold."})
    [made] = town.made()
    assert (made.state, made.price_group, made.total_cents) == ("confirmed", "K3", 1000)
    page = town.client.get(f"/en/reservations/{made.reference}").text
    assert "Tickets are sold." in page


def test_a_refusal_owes_the_reason(town, staffed):
    address = f"/en/staff/inbox/{staffed.reference}/deny"
    assert town.client.post(address, data={"price_group": "K2"}).status_code == 422
    town.client.post(address, data={"price_group": "K2", "reason": "No room."})
    [made] = town.made()
    assert (made.state, made.reason, made.price_group) == ("denied", "No room.", "K2")


def test_two_events_and_five_need_as_many_queries(town, staffed):
    def statements():
        with counted(town.session.get_bind().engine) as sent:
            assert town.client.get("/en/staff/inbox").status_code == 200
        return len(sent)

    before = statements()
    with writing():
        for number in range(4):
            event = an_event(
                town.session,
                town.actor,
                starts_at=at("08:00", TUESDAY),
                ends_at=at("20:00", TUESDAY),
            )
            hours = f"{8 + number:02d}:00", f"{9 + number:02d}:00"
            book(town.session, town.actor, town.room, event, *hours)
        town.session.commit()
    assert statements() == before
