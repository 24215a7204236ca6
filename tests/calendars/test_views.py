"""Feeds as calendar programs ask for them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, inspect, select, text
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation, Person
from booking.calendars.models import FeedFragment
from booking.reservations.models import Reservation
from tests.builders import a_person, an_organisation
from tests.calendars.lint import faults_of
from tests.calendars.reading import (
    PUBLIC,
    SPACE,
    UNIT,
    a_secret_address,
    events,
    signed_in,
    summaries,
)
from tests.calendars.town import START, Town, a_reservation

DAY = timedelta(days=1)


# ── The answer ────────────────────────────────────────────────────────────────────────────────


def test_feeds_are_calendars_that_may_be_kept_for_five_minutes(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    a_reservation(session, [town.hall], booked_for_id=maija.id)
    for path in (SPACE, UNIT, a_secret_address(session, maija, now)):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert faults_of(answer.data) == []
        scope = "private" if "private" in path else "public"
        assert answer.headers["Cache-Control"] == f"{scope}, max-age=300"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["ETag"].startswith('W/"')
        assert answer.last_modified
        assert "Set-Cookie" not in answer.headers


def test_two_reads_are_the_same_to_the_byte(
    client: FlaskClient, session: Session, town: Town
) -> None:
    a_reservation(session, [town.hall, town.room])
    session.commit()
    for path in PUBLIC:
        first, second = client.get(path), client.get(path)
        assert first.data == second.data
        assert first.headers["ETag"] == second.headers["ETag"]


def test_every_booking_of_the_database_is_in_the_feed(
    client: FlaskClient, session: Session, town: Town
) -> None:
    for days in range(25):
        a_reservation(session, [town.hall], starts_at=START + days * DAY)
    session.commit()
    uids = {str(event["UID"]) for event in events(client.get(SPACE))}
    assert uids == set(session.scalars(select(Reservation.uid)))


def test_texts_are_stored_by_the_first_reader(
    client: FlaskClient, session: Session, town: Town
) -> None:
    a_reservation(session, [town.hall])
    session.commit()
    client.get(SPACE)
    client.get(UNIT)
    client.get(f"{SPACE}?lang=en")
    stored = session.execute(select(FeedFragment.audience, FeedFragment.language)).all()
    assert {tuple(row) for row in stored} == {("space", "fi"), ("unit", "fi"), ("space", "en")}


def test_a_text_that_can_not_be_stored_is_read_all_the_same(
    client: FlaskClient, session: Session, town: Town
) -> None:
    a_reservation(session, [town.hall])
    session.execute(text(_refuse_to_store(session)))
    session.commit()
    assert len(events(client.get(SPACE))) == 1
    assert session.scalars(select(FeedFragment)).all() == []


def _refuse_to_store(session: Session) -> str:
    if session.get_bind().dialect.name == "sqlite":
        return (
            "CREATE TRIGGER full BEFORE INSERT ON feed_fragment "
            "BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    return "ALTER TABLE feed_fragment ADD CONSTRAINT full_ CHECK (language = '')"


def test_an_error_is_never_a_calendar(client: FlaskClient, session: Session, town: Town) -> None:
    session.execute(text("DROP TABLE feed_fragment"))
    session.commit()
    answer = client.get(SPACE)
    assert answer.status_code == 500
    assert answer.mimetype != "text/calendar"


def test_a_browser_with_a_session_gets_the_same_public_answer(
    app: Flask, session: Session, town: Town, maija: Person
) -> None:
    session.commit()
    answer = signed_in(app, maija).get(SPACE)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


# ── Languages ─────────────────────────────────────────────────────────────────────────────────


def test_the_language_is_the_one_asked_for_or_the_usual_one(
    client: FlaskClient, session: Session, town: Town
) -> None:
    a_reservation(session, [town.hall])
    session.commit()
    english = client.get(f"{SPACE}?lang=en")
    assert summaries(english) == ["Booked"]
    assert b"sali in English" in english.data
    usual = client.get(SPACE, headers={"Accept-Language": "en"})
    assert b"LOCATION:Sali" in usual.data
    assert client.get(f"{SPACE}?lang=xx").data == usual.data
    assert english.headers["ETag"] != usual.headers["ETag"]


# ── HEAD, compression, other methods ──────────────────────────────────────────────────────────


def test_head_is_get_without_a_body(client: FlaskClient, session: Session, town: Town) -> None:
    a_reservation(session, [town.hall])
    session.commit()
    got, headed = client.get(SPACE), client.head(SPACE)
    assert (headed.status_code, headed.data) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified"):
        assert headed.headers[name] == got.headers[name]


def test_only_who_asks_for_gzip_gets_it(client: FlaskClient, session: Session, town: Town) -> None:
    for days in range(5):
        a_reservation(session, [town.hall], starts_at=START + days * DAY)
    session.commit()
    plain = client.get(SPACE)
    for accepted in ("gzip, deflate", "x-gzip", "gzip;q=0", "*", "br"):
        answer = client.get(SPACE, headers={"Accept-Encoding": accepted})
        compressed = accepted in {"gzip, deflate", "x-gzip"}
        assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
        body = gzip.decompress(answer.data) if compressed else answer.data
        assert body == plain.data
        assert answer.headers["ETag"] == plain.headers["ETag"]


def test_compression_can_be_turned_off(
    app: Flask, client: FlaskClient, session: Session, town: Town
) -> None:
    for days in range(5):
        a_reservation(session, [town.hall], starts_at=START + days * DAY)
    session.commit()
    app.config["COMPRESS_CALENDARS"] = False
    answer = client.get(SPACE, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_other_methods_are_refused_and_the_possible_ones_named(
    client: FlaskClient, town: Town
) -> None:
    for path in (SPACE, UNIT, "/calendars/private/secret.ics"):
        for method in ("OPTIONS", "PROPFIND", "REPORT", "POST", "PUT", "DELETE"):
            answer = client.open(path, method=method)
            assert answer.status_code == 405, method
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_robots_may_read_calendars(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "Allow: /calendars/" in answer.text.splitlines()


# ── What may not be seen ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "asked", [{}, {"If-None-Match": "*"}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}]
)
def test_what_is_unknown_or_not_published_is_not_found(
    client: FlaskClient, town: Town, asked: dict[str, str]
) -> None:
    for path in ("spaces/missing", "spaces/varasto", "units/missing", "private/guessed"):
        assert client.get(f"/calendars/{path}.ics", headers=asked).status_code == 404, path


def test_no_string_of_any_person_stands_in_a_public_feed(
    client: FlaskClient, session: Session, town: Town
) -> None:
    people = [
        a_person(session, name=f"Nimi-{n} Sukunimi-{n}", phone=f"+35840555{n:04}") for n in range(3)
    ]
    values = {"domicile": "Muukunta"}
    silent = an_organisation(session, name="Hiljainen ry", email="h@example.com", **values)
    unchecked = an_organisation(
        session, name="Uusi ry", name_public=True, verified_at=None, **values
    )
    for number, space in enumerate([town.hall, town.section_1, town.room]):
        a_reservation(
            session,
            [space],
            starts_at=START + number * DAY,
            booked_by_id=people[number].id,
            booked_for_id=people[0].id,
            organisation_id=[silent.id, unchecked.id, None][number],
            state=["confirmed", "requested", "confirmed"][number],
            kind=["customer", "customer", "closure"][number],
            title=f"Otsikko-{number}",
            message=f"Viesti-{number}",
            reason=f"Syy-{number}",
            override_reason=f"Ohitus-{number}",
            on_behalf_of={"name": f"Asiakas-{number}"},
        )
    session.commit()
    secrets = {*_strings(session, Person), *_strings(session, Organisation)}
    secrets |= {"Asiakas", *_texts_of_reservations(session)}
    assert len(secrets) > 25
    for path in PUBLIC:
        for language in ("fi", "sv", "en"):
            feed = client.get(f"{path}?lang={language}").text.replace("\r\n ", "")
            assert [secret for secret in secrets if secret in feed] == []


def _strings(session: Session, model: Any) -> Iterator[str]:
    """Every text of every row that is long enough to be somebody's."""
    texts = [one.key for one in inspect(model).columns if isinstance(one.type, String)]
    for row in session.scalars(select(model)):
        values = [getattr(row, key) for key in texts]
        yield from (value for value in values if value and len(value) > 3)


def _texts_of_reservations(session: Session) -> Iterator[str]:
    for one in session.scalars(select(Reservation)):
        yield from (one.title, one.message, one.reason or "-", one.override_reason or "-")
        yield one.reference
