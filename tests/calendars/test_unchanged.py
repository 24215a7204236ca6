"""Feeds that somebody has a copy of: unchanged, or all of it anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.reservations.states import State
from tests.calendars.reading import (
    SPACE,
    UNIT,
    a_secret_address,
    summaries,
)
from tests.calendars.town import START, Town, a_reservation, count_change
from tests.statements import counted

DAY = timedelta(days=1)


def test_who_has_this_version_is_told_so(client: FlaskClient, town: Town) -> None:
    for path in (SPACE, UNIT):
        tag = client.get(path).headers["ETag"]
        for named in (tag, f'"other", {tag}', f'W/"other" , {tag}', "*"):
            answer = client.get(path, headers={"If-None-Match": named})
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == tag
            assert answer.headers["Cache-Control"] == "public, max-age=300"
            assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_strong_tag_of_the_same_text_will_do(client: FlaskClient, town: Town) -> None:
    tag = client.get(SPACE).headers["ETag"].removeprefix("W/")
    assert client.get(SPACE, headers={"If-None-Match": tag}).status_code == 304


def test_without_a_tag_the_date_decides_and_with_one_it_does_not(
    client: FlaskClient, town: Town
) -> None:
    date = client.get(SPACE).headers["Last-Modified"]
    assert client.get(SPACE, headers={"If-Modified-Since": date}).status_code == 304
    both = {"If-Modified-Since": date, "If-None-Match": '"other"'}
    assert client.get(SPACE, headers=both).status_code == 200
    before = {"If-Modified-Since": "Sun, 10 Jan 2027 21:59:59 GMT"}
    assert client.get(SPACE, headers=before).status_code == 200


def test_nobody_is_told_of_an_unchanged_feed_who_did_not_ask(
    client: FlaskClient, town: Town
) -> None:
    assert [client.get(SPACE).status_code for _ in range(3)] == [200, 200, 200]


def test_a_cancelled_booking_leaves_the_public_feed_at_once(
    client: FlaskClient, session: Session, town: Town, now: datetime
) -> None:
    reservation = a_reservation(session, [town.hall])
    session.commit()
    before = client.get(SPACE)
    reservation.step_to(State.CANCELLED, now)
    count_change(session, reservation, now)
    session.commit()
    asked = {
        "If-None-Match": before.headers["ETag"],
        "If-Modified-Since": before.headers["Last-Modified"],
    }
    assert summaries(client.get(f"{SPACE}?lang=en", headers=asked)) == ["No bookings at the moment"]


def test_a_new_day_is_a_new_version(
    client: FlaskClient, town: Town, clock: time_machine.Traveller
) -> None:
    before = client.get(SPACE)
    clock.shift(timedelta(hours=14))  # midnight in Helsinki
    asked = {"If-None-Match": before.headers["ETag"]}
    assert client.get(SPACE, headers=asked).status_code == 200
    asked = {"If-Modified-Since": before.headers["Last-Modified"]}
    assert client.get(SPACE, headers=asked).status_code == 200


@pytest.mark.parametrize("size", [1, 30])
def test_an_unchanged_feed_is_one_query_whatever_its_size(
    app: Flask,
    client: FlaskClient,
    session: Session,
    town: Town,
    maija: Person,
    now: datetime,
    size: int,
) -> None:
    for days in range(size):
        a_reservation(session, [town.hall], starts_at=START + days * DAY, booked_for_id=maija.id)
    for path in (SPACE, UNIT, a_secret_address(session, maija, now)):
        tag = client.get(path).headers["ETag"]
        with counted(session.get_bind().engine) as sent:
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert len(sent) == 1, sent
