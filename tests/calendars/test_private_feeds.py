"""Feeds at secret addresses, and the notice of one that has nothing to show."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.calendars.models import Feed
from booking.calendars.use_cases import revoke_feed
from booking.core.actors import Actor, ActorKind
from booking.reservations.states import State
from tests.calendars.lint import faults_of
from tests.calendars.reading import (
    SPACE,
    a_secret_address,
    events,
    summaries,
)
from tests.calendars.town import Town, a_reservation, count_change

DAY = timedelta(days=1)


def test_a_secret_address_shows_full_titles_and_notes_its_use(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    a_reservation(session, [town.hall], booked_for_id=maija.id)
    path = a_secret_address(session, maija, now)
    assert summaries(client.get(path)) == ["Kuoron harjoitus"]
    session.expire_all()
    assert session.scalar(select(Feed.last_used_at)) == now


def test_a_secret_is_not_in_the_calendar_that_people_pass_on(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    path = a_secret_address(session, maija, now)
    secret = path.rpartition("/")[2].removesuffix(".ics")
    assert secret not in client.get(path).text


def test_a_life_of_changes_keeps_the_uid_and_moves_the_stamps(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    reservation = a_reservation(session, [town.hall], booked_for_id=maija.id, state="requested")
    path = a_secret_address(session, maija, now)
    seen = []
    for number, change in enumerate(["", "title", State.CONFIRMED, "time", State.CANCELLED]):
        at = now + timedelta(minutes=number)
        if change == "title":
            reservation.title = "Kuoron konsertti"
            reservation.changed(at, for_calendars=False)
        elif change == "time":
            reservation.starts_at -= timedelta(minutes=30)
            reservation.changed(at, for_calendars=True)
        elif change:
            reservation.step_to(State(change), at)
        count_change(session, reservation, at)
        session.commit()
        [event] = events(client.get(path))
        seen.append(event)
    assert {str(event["UID"]) for event in seen} == {reservation.uid}
    assert [int(event["SEQUENCE"]) for event in seen] == [0, 0, 1, 2, 3]
    assert [str(event["STATUS"]) for event in seen] == [
        "TENTATIVE",
        "TENTATIVE",
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    stamps = [event["DTSTAMP"].dt for event in seen]
    assert stamps == sorted(set(stamps))
    assert [event["LAST-MODIFIED"].dt for event in seen] == stamps
    assert str(seen[-1]["SUMMARY"]) == "Cancelled: Kuoron konsertti"


def test_a_feed_that_would_be_empty_holds_one_notice(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    for path in (f"{SPACE}?lang=en", a_secret_address(session, maija, now)):
        answer = client.get(path)
        [notice] = events(answer)
        assert faults_of(answer.data) == []
        assert str(notice["SUMMARY"]) == "No bookings at the moment"
        assert notice.start == now.date()
        assert notice["TRANSP"] == "TRANSPARENT"
        assert str(notice["UID"]).endswith("@localhost")
        assert client.get(path).data == answer.data


def test_a_revoked_address_clears_copies_for_30_days_and_is_then_gone(
    client: FlaskClient,
    session: Session,
    town: Town,
    maija: Person,
    now: datetime,
    clock: time_machine.Traveller,
) -> None:
    a_reservation(session, [town.hall], booked_for_id=maija.id)
    path = a_secret_address(session, maija, now)
    before = client.get(path)
    [feed_id] = session.scalars(select(Feed.id)).all()
    revoke_feed(session, Actor(ActorKind.PERSON, maija.id), feed_id, now)
    session.commit()
    asked = {"If-None-Match": before.headers["ETag"]}
    answer = client.get(path, headers=asked)
    assert (answer.status_code, faults_of(answer.data)) == (200, [])
    assert summaries(answer) == ["This calendar is no longer available"]
    clock.shift(timedelta(days=30) - timedelta(seconds=1))
    assert client.get(path).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get(path).status_code == 410
