"""The calendar of an event at its secret address: itself, its deadlines, its bookings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from booking.accounts.models import Membership, Person
from booking.calendars.rules import FeedKind
from booking.calendars.use_cases import FeedWish, create_feed
from booking.core.actors import Actor
from booking.core.errors import NotFound
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.event_use_cases import change_facts
from booking.self_initiated.plan_rules import Mark
from booking.self_initiated.plan_use_cases import MarkWish, cancel_plan, mark_duty
from tests.builders import a_person, an_organisation
from tests.calendars.lint import events_in, faults_of, unfolded
from tests.calendars.reading import events, signed_in
from tests.calendars.town import Town, a_reservation
from tests.installations import engine_of
from tests.self_initiated.plans import CONCERT, DEMONSTRATION, a_plan, an_actor
from tests.statements import counted

ZONE = ZoneInfo("Europe/Helsinki")
MINUTE = timedelta(minutes=1)


def an_address(
    session: Session, actor: Actor, event: SelfInitiatedEvent, now: datetime, language: str = "en"
) -> str:
    """The path of a new calendar of the event."""
    wish = FeedWish(FeedKind.EVENT, language, event=event.reference)
    _feed, secret = create_feed(session, actor, wish, now)
    session.commit()
    return f"/calendars/private/{secret}.ics"


def by_summary(client: FlaskClient, path: str) -> dict[str, Any]:
    return {str(one["SUMMARY"]): one for one in events(client.get(path))}


POLICE = "Notify the police of the public event: Southeastern Finland Police"
PLAN = "Make a rescue plan and send it to the rescue department: Kymenlaakso Rescue Department"


def test_each_duty_stands_on_its_day_and_takes_up_no_time(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    path = an_address(session, an_actor(maija), event, now)
    answer = client.get(path)
    assert faults_of(answer.data) == []
    found = by_summary(client, path)
    assert len(found) == 1 + len((event.outcome or {})["due"])
    duty = found[POLICE]
    assert (duty.start, duty.end) == (date(2027, 8, 1), date(2027, 8, 2))
    assert duty["TRANSP"] == "TRANSPARENT"
    assert "State the programme, place, time" in duty["DESCRIPTION"]
    assert "https://suomi.fi" in duty["DESCRIPTION"]
    assert str(duty["URL"]).endswith(f"/en/events/{event.reference}#G02")
    itself = found["Kesäkonsertti"]
    assert itself.start == datetime(2027, 8, 6, 16, 0, tzinfo=UTC)


def test_another_reader_finds_the_same_days(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    text = client.get(an_address(session, an_actor(maija), event, now)).data
    days = [
        (line, day)
        for one in events_in(unfolded(text))
        for day in one
        if day.startswith("DTSTART;VALUE=DATE:")
        for line in one
        if line.startswith("SUMMARY:Notify the police of the public event")
    ]
    assert days == [(f"SUMMARY:{POLICE}", "DTSTART;VALUE=DATE:20270801")]
    on_the_day = recurring_ical_events.of(Calendar.from_ical(text)).at((2027, 8, 1))
    assert [str(one["SUMMARY"]) for one in on_the_day] == [POLICE]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2027-04-10T12:00", datetime(2027, 4, 9, 9, 0, tzinfo=UTC)),
        ("2027-03-28T12:00", datetime(2027, 3, 27, 9, 0, tzinfo=UTC)),  # 11.00 in winter time
        ("2027-10-31T12:00", datetime(2027, 10, 30, 10, 0, tzinfo=UTC)),  # 13.00 in summer time
    ],
)
def test_a_deadline_in_hours_stands_at_its_moment_across_both_clock_changes(
    client: FlaskClient,
    session: Session,
    town: Town,
    maija: Person,
    now: datetime,
    start: str,
    due: datetime,
) -> None:
    facts = {**DEMONSTRATION, "start": start, "end": start.replace("T12", "T13")}
    event = a_plan(session, maija, now, facts, title="Torilla")
    path = an_address(session, an_actor(maija), event, now)
    [notice] = [one for name, one in by_summary(client, path).items() if ": Police" in name]
    assert notice.start == due
    assert notice.end > notice.start


def test_the_uid_stays_and_the_sequence_rises_when_a_due_date_moves(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    path = an_address(session, an_actor(maija), event, now)
    before, tag = by_summary(client, path)[POLICE], client.get(path).headers["ETag"]
    moved = {"start": "2027-08-13T19:00", "end": "2027-08-13T23:00"}
    change_facts(session, an_actor(maija), event, moved, now + MINUTE)
    session.commit()
    answer = client.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    after = by_summary(client, path)[POLICE]
    assert after["UID"] == before["UID"]
    assert after.start == date(2027, 8, 8)
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt


def test_what_is_done_is_ticked_and_what_is_not_needed_goes(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    path = an_address(session, an_actor(maija), event, now)
    for rule, mark in (("G02", Mark.DONE), ("G05", Mark.NOT_NEEDED)):
        wish = MarkWish(rule, mark, "5740/1", "")
        mark_duty(session, an_actor(maija), event.reference, wish, now + MINUTE)
    session.commit()
    found = by_summary(client, path)
    ticked = found[f"✓ {POLICE}"]
    assert ticked["STATUS"] == "CONFIRMED"
    assert "Your note: 5740/1" in ticked["DESCRIPTION"]
    assert not [name for name in found if PLAN in name]


def test_its_bookings_stand_in_it_and_others_do_not(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    path = an_address(session, an_actor(maija), event, now)
    a_reservation(session, [town.hall], booked_for_id=maija.id, event_id=event.id, title="Sali")
    a_reservation(session, [town.room], booked_for_id=maija.id, title="Muuta")
    found = by_summary(client, path)
    assert "Sali" in found
    assert "Muuta" not in found


def test_unchanged_it_is_answered_from_one_query(
    app: Flask, client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    path = an_address(session, an_actor(maija), event, now)
    tag = client.get(path).headers["ETag"]
    with counted(engine_of(app)) as sent:
        answer = client.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert len(sent) == 1


def test_two_readings_are_the_same_to_the_byte(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    path = an_address(session, an_actor(maija), a_plan(session, maija, now), now)
    assert client.get(path).data == client.get(path).data


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_speaks_the_language_asked_for(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime, language: str
) -> None:
    path = an_address(session, an_actor(maija), a_plan(session, maija, now), now)
    answer = client.get(f"{path}?lang={language}")
    assert faults_of(answer.data) == []
    said = {"fi": "Tee poliisille", "sv": "Anmäl den", "en": "Notify the police"}
    assert any(str(one["SUMMARY"]).startswith(said[language]) for one in events(answer))


def test_a_cancelled_event_leaves_one_notice(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    path = an_address(session, an_actor(maija), event, now)
    cancel_plan(session, an_actor(maija), event.reference, now + MINUTE, with_bookings=False)
    session.commit()
    assert list(by_summary(client, path)) == ["This event has been cancelled"]


def test_nobody_makes_a_calendar_of_an_event_of_others(
    session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event, stranger = a_plan(session, maija, now), a_person(session)
    with pytest.raises(NotFound):
        an_address(session, an_actor(stranger), event, now)


def test_who_leaves_the_organisation_loses_its_calendar(
    client: FlaskClient, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    organisation = an_organisation(session, admins=[maija])
    event = a_plan(session, maija, now, organisation=organisation)
    path = an_address(session, an_actor(maija, organisation), event, now)
    assert POLICE in by_summary(client, path)
    session.query(Membership).filter_by(person_id=maija.id).delete()
    session.commit()
    assert list(by_summary(client, path)) == ["This calendar is no longer available"]


def test_it_is_made_on_the_page_of_the_event_and_listed_among_ones_own(
    app: Flask, session: Session, town: Town, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now, CONCERT)
    browser = signed_in(app, maija)
    page = browser.get(f"/en/events/{event.reference}").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "content": f"event:{event.reference}"}
    answer = browser.post("/en/calendars", data=fields)
    assert answer.status_code == 200
    assert "webcal://" in answer.text
    assert "Deadlines and bookings of the event Kesäkonsertti" in answer.text
