"""The page of my calendars, and a reservation as a file."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.calendars.models import Feed
from booking.core.actors import Grant, Role
from booking.reservations.models import Reservation
from tests.builders import a_person, an_organisation
from tests.calendars.lint import faults_of
from tests.calendars.reading import signed_in
from tests.calendars.town import Town, a_reservation

PAGE = "/en/calendars"
pytestmark = pytest.mark.usefixtures("reservation")


@pytest.fixture
def reservation(session: Session, town: Town, maija: Person) -> Reservation:
    """Maija's booking of the hall; she is in a choir too."""
    an_organisation(session, slug="kuoro", name="Kuoro ry", members=[maija])
    reservation = a_reservation(session, [town.hall], booked_for_id=maija.id)
    session.commit()
    return reservation


def token_of(client: FlaskClient) -> str:
    """The token that my page gives its forms."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(PAGE).text)
    assert token
    return token[1]


def sent(client: FlaskClient, path: str, **fields: str) -> str:
    """The page that answers a form sent from mine."""
    answer = client.post(
        path, data={"csrf_token": token_of(client), **fields}, follow_redirects=True
    )
    assert answer.status_code == 200
    return answer.text


def address_in(page: str) -> str:
    found = re.search(r"http://localhost(/calendars/private/[\w-]{43}\.ics)", page)
    assert found
    return found[1]


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_a_new_address_is_shown_once_with_links_and_works(app: Flask, maija: Person) -> None:
    client = signed_in(app, maija)
    page = sent(client, PAGE, content="mine")
    path = address_in(page)
    assert f"webcal://localhost{path}" in page
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost" in page
    assert "private" not in client.get(PAGE).text
    feed = app.test_client().get(path)
    assert "Kuoron harjoitus" in feed.text


def test_a_page_with_a_secret_is_kept_by_nobody(app: Flask, maija: Person) -> None:
    client = signed_in(app, maija)
    answer = client.post(PAGE, data={"csrf_token": token_of(client), "content": "mine"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_calendar_of_an_organisation_is_offered_to_its_members(
    app: Flask, session: Session, maija: Person
) -> None:
    page = sent(signed_in(app, maija), PAGE, content="organisation:kuoro")
    assert "X-WR-CALNAME:Kuoro ry" in app.test_client().get(address_in(page)).text


def test_what_was_not_offered_is_not_made(app: Flask, session: Session, maija: Person) -> None:
    an_organisation(session, slug="vieras", name="Vieras ry")
    session.commit()
    client = signed_in(app, maija)
    assert "Vieras ry" not in client.get(PAGE).text
    data = {"csrf_token": token_of(client), "content": "organisation:vieras"}
    assert client.post(PAGE, data=data).status_code == 422
    assert session.scalars(select(Feed)).all() == []


def test_a_form_from_elsewhere_makes_nothing(app: Flask, session: Session, maija: Person) -> None:
    assert signed_in(app, maija).post(PAGE, data={"content": "mine"}).status_code == 400
    assert session.scalars(select(Feed)).all() == []


def test_an_address_is_revoked_from_the_page(app: Flask, session: Session, maija: Person) -> None:
    client = signed_in(app, maija)
    path = address_in(sent(client, PAGE, content="mine"))
    [feed_id] = session.scalars(select(Feed.id)).all()
    page = sent(client, f"{PAGE}/{feed_id}/revoke")
    assert "Calendars you have made" not in page
    assert "Kuoron harjoitus" not in app.test_client().get(path).text


def test_others_can_not_revoke_it(app: Flask, session: Session, maija: Person) -> None:
    sent(signed_in(app, maija), PAGE, content="mine")
    other = a_person(session)
    session.commit()
    [feed_id] = session.scalars(select(Feed.id)).all()
    client = signed_in(app, other)
    answer = client.post(f"{PAGE}/{feed_id}/revoke", data={"csrf_token": token_of(client)})
    assert answer.status_code == 404


# ── One reservation ───────────────────────────────────────────────────────────────────────────


def test_the_owner_saves_a_reservation_as_a_file_with_the_uid_of_the_feed(
    app: Flask, maija: Person, reservation: Reservation
) -> None:
    answer = signed_in(app, maija).get(f"/calendars/reservations/{reservation.reference}.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert f"filename={reservation.reference}.ics" in answer.headers["Content-Disposition"]
    assert faults_of(answer.data) == []
    [event] = Calendar.from_ical(answer.text).events
    assert str(event["UID"]) == reservation.uid
    assert str(event["SUMMARY"]) == "Kuoron harjoitus"


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.VIEWER, 200)])
def test_of_others_only_staff_may_save_it(
    app: Flask,
    session: Session,
    now: datetime,
    reservation: Reservation,
    role: Role | None,
    status: int,
) -> None:
    other = a_person(session, grants=[Grant(role)] if role else [])
    session.commit()
    path = f"/calendars/reservations/{reservation.reference.lower()}.ics"
    assert signed_in(app, other).get(path).status_code == status


def test_a_reservation_is_no_ones_who_is_not_signed_in(
    client: FlaskClient, reservation: Reservation
) -> None:
    path = f"/calendars/reservations/{reservation.reference}.ics"
    assert client.get(path).status_code == 302
