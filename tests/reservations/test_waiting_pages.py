"""Waiting on pages: joined where a form was refused, seen and left among one's bookings."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.core.actors import Grant, Role, job
from booking.database import writing
from booking.reservations.models import Reservation
from booking.reservations.offering import offer_freed_places
from booking.reservations.use_cases import cancel_reservation
from booking.reservations.waiting_models import WaitingEntry
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person
from tests.places import a_space, an_actor, ask
from tests.reservations.waiting import wait
from tests.values import MONDAY, NOW

EVENING = {"date": "2027-01-12", "start": "18:00", "end": "20:00"}
JOIN = "Join the waiting list"


@pytest.fixture
def maija(client, session):
    """A visitor who is signed in."""
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "maija@example.com")
    return client


@pytest.fixture
def owner(session):
    return an_actor(session)


@pytest.fixture
def room(session):
    return a_space(session)


@pytest.fixture
def taken(session, room, owner):
    """The evening, booked by somebody else."""
    made = ask(session, room, actor=owner)
    session.commit()
    return made


def form_of(page, name="wait"):
    """Where the form of that id leads, and what it sends."""
    [form] = re.findall(rf'<form id="{name}".*?</form>', page.text, re.DOTALL)
    inputs = re.findall(rf'<input[^>]*form="{name}"[^>]*>', page.text)
    inputs += re.findall(r"<input[^>]*>", form)
    values = {
        re.search(r'name="([^"]*)"', one)[1]: unescape(re.search(r'value="([^"]*)"', one)[1])
        for one in inputs
    }
    return re.search(r'action="([^"]*)"', form)[1], values


def the_form(client, room, **values):
    return client.get(f"/en/spaces/{room.slug}/reserve", query_string={**EVENING, **values})


def join(client, room, **values):
    address, fields = form_of(the_form(client, room, **values))
    return client.post(address, data=fields)


def entries(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(WaitingEntry).order_by(WaitingEntry.id)).all()


def offer(app):
    with app.app_context():
        return offer_freed_places(job("offer-freed-places"), NOW)


# ── Joining and leaving ───────────────────────────────────────────────────────────────────────


def test_where_only_another_booking_is_in_the_way_one_may_wait(maija, room, taken, session):
    assert JOIN in the_form(maija, room).text
    done = join(maija, room, people="7", title="Choir", purpose="culture")
    assert (done.status_code, done.location) == (302, "/en/reservations")
    [entry] = entries(session)
    assert (entry.people, entry.title, entry.purpose) == (7, "Choir", "culture")
    page = maija.get("/en/reservations").text
    assert "number 1 for this time" in page
    assert "You are first in line." in page


@pytest.mark.parametrize(
    "values", [{"end": "23:00"}, {"people": "21"}, {"start": "20:00", "end": "21:00"}]
)
def test_where_more_is_in_the_way_or_nothing_waiting_is_not_offered(maija, room, taken, values):
    assert JOIN not in the_form(maija, room, **values).text


def test_who_waits_already_is_told_so(maija, room, taken):
    join(maija, room)
    page = the_form(maija, room)
    assert JOIN not in page.text
    assert "You wait for this time already." in page.text


def test_what_became_free_meanwhile_is_told_on_the_form(maija, room, taken, session, owner):
    address, fields = form_of(the_form(maija, room))
    with writing():
        cancel_reservation(session, owner, taken.reference, NOW)
        session.commit()
    page = maija.post(address, data=fields)
    assert page.status_code == 422
    assert "is free at this time: book it at once." in page.text
    assert entries(session) == []


def test_a_time_that_cant_be_read_is_told_on_the_form(maija, room, taken):
    address, fields = form_of(the_form(maija, room))
    page = maija.post(address, data={**fields, "start": "never"})
    assert page.status_code == 422
    assert "Write the time as 18:00" in page.text


def test_the_button_that_waits_belongs_to_another_form_than_the_one_that_books(maija, room, taken):
    """Enter in a field sends a form by its first button: it must book, not wait."""
    page = the_form(maija, room).text
    [button] = re.findall(r"<button[^>]*>Join the waiting list", page)
    assert 'form="wait"' in button


def test_who_stops_waiting_is_listed_no_more(maija, room, taken, session):
    join(maija, room)
    [entry] = entries(session)
    token = re.search(r'csrf_token" value="([^"]+)"', maija.get("/en/reservations").text)[1]
    address = f"/en/waiting-list/{entry.reference}/leave"
    for sentence in ("You don&#39;t wait for it any more.", "not on the waiting list any more."):
        page = maija.post(address, data={"csrf_token": token}, follow_redirects=True)
        assert sentence in page.text
    assert "first in line" not in page.text


def test_the_place_of_another_is_neither_seen_nor_left(maija, room, taken, session):
    entry = wait(session, room)
    session.commit()
    page = maija.get("/en/reservations").text
    assert "On the waiting list" not in page
    token = re.search(r'csrf_token" value="([^"]+)"', page)[1]
    address = f"/en/waiting-list/{entry.reference}/leave"
    assert maija.post(address, data={"csrf_token": token}).status_code == 404


# ── What is held ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def held(app, maija, room, taken, session, owner):
    """The reference of what is held for Maija since it became free."""
    join(maija, room, people="7")
    with writing():
        cancel_reservation(session, owner, taken.reference, NOW)
        session.commit()
    assert offer(app) == 1
    [entry] = entries(session)
    return session.get_one(Reservation, entry.reservation_id).reference


def fill_in(client, reference, **values):
    page = client.get(f"/en/reservations/{reference}").text
    [form] = re.findall(r'<form class="request-form".*?</form>', page, re.DOTALL)
    hidden = dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', form))
    return client.post(f"/en/reservations/{reference}/submit", data={**hidden, **values})


def test_an_offer_stands_above_all_else_and_leads_to_its_page(maija, held):
    page = maija.get("/en/reservations").text
    assert "It became free, and is held for you" in page
    assert f"/en/reservations/{held}" in page
    page = maija.get(f"/en/reservations/{held}").text
    assert "Fill in the rest" in page
    assert re.search(r'<input[^>]*name="people"[^>]*value="7"', page)
    assert "Keep it for longer" not in page


def test_a_hold_is_filled_in_on_its_page_and_booked(maija, held, session):
    refused = fill_in(maija, held, title="Choir", people="21")
    assert refused.status_code == 422
    assert "There is room for 20 people here." in refused.text
    assert 'value="Choir"' in refused.text
    done = fill_in(maija, held, title="Choir", people="7", purpose="culture", terms="y")
    assert (done.status_code, done.location) == (302, f"/en/reservations/{held}")
    session.rollback()
    session.expire_all()
    made = session.scalars(select(Reservation).where(Reservation.reference == held)).one()
    assert (made.state, made.title, made.people) == ("confirmed", "Choir", 7)
    assert "Fill in the rest" not in maija.get(f"/en/reservations/{held}").text


def test_a_hold_that_has_ended_says_so(maija, held, clock):
    clock.shift(timedelta(hours=24))
    page = maija.get(f"/en/reservations/{held}").text
    assert "The hold has ended" in page
    assert "Fill in the rest" not in page
    assert fill_in_late(maija, held).status_code == 409


def fill_in_late(client, reference):
    token = re.search(r'csrf_token" value="([^"]+)"', client.get("/en/reservations").text)[1]
    return client.post(f"/en/reservations/{reference}/submit", data={"csrf_token": token})


def test_a_usual_hold_is_kept_for_longer_and_nothing_typed_is_lost(maija, room, session):
    person = session.scalars(select(Person).where(Person.email == "maija@example.com")).one()
    actor = an_actor(session, person=person)
    made = ask(
        session, room, actor=actor, hold=True, terms=(), title="", day=MONDAY + timedelta(days=3)
    )
    session.commit()
    page = maija.get(f"/en/reservations/{made.reference}").text
    token = re.search(r'csrf_token" value="([^"]+)"', page)[1]
    assert "Keep it for longer" in page
    kept = maija.post(
        f"/en/reservations/{made.reference}/extend", data={"csrf_token": token, "title": "Half a"}
    )
    assert kept.status_code == 200
    assert 'value="Half a"' in kept.text
    session.rollback()
    session.expire_all()
    assert made.hold_extensions == 1


def test_staff_who_look_at_a_hold_of_another_are_asked_for_nothing(app, held, session):
    client = app.test_client()
    with writing():
        a_person(
            session,
            email="staff@example.com",
            password=PASSWORD,
            grants=[Grant(Role.ADMINISTRATOR)],
        )
        session.commit()
    sign_in(client, "staff@example.com")
    page = client.get(f"/en/reservations/{held}")
    assert page.status_code == 200
    assert "Fill in the rest</h2>" not in page.text
