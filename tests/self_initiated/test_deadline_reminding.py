"""Reminders of the deadlines of an event: each once, and none where there is nothing to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.notifications.models import OutgoingEmail
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.reminder_models import ReminderChoice
from booking.self_initiated.deadline_use_cases import send_deadlines
from booking.self_initiated.event_use_cases import change_facts
from booking.self_initiated.models import SentDeadline
from booking.self_initiated.plan_rules import Mark
from booking.self_initiated.plan_use_cases import MarkWish, cancel_plan, mark_duty
from booking.self_initiated.reminding import send_due_deadlines
from tests.builders import a_person, an_organisation
from tests.calendars.town import Town, a_town
from tests.self_initiated.plans import DEMONSTRATION, a_plan, an_actor

ZONE = ZoneInfo("Europe/Helsinki")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(session: Session) -> Town:
    return a_town(session)


@pytest.fixture
def maija(session: Session, town: Town) -> Person:
    return a_person(session, email="maija@example.com")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def mails(session: Session) -> list[tuple[str, list[str]]]:
    """To whom was written about which duties, in order."""
    found = session.scalars(select(OutgoingEmail).order_by(OutgoingEmail.id))
    return [
        (one.recipient, [duty["rule"] for duty in one.context["duties"]])
        for one in found
        if one.template == "deadline_reminder"
    ]


def remind(session: Session, event: SelfInitiatedEvent, at: str) -> int:
    return send_deadlines(session, event.id, wall(at))


# The permission and the noise notification of the concert are due on Wednesday 7 July 2027.
PERMITS = ["G01", "G07"]


def test_reminders_come_14_7_and_1_days_ahead_and_once_when_late(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    assert remind(session, event, "2027-06-23T07:59") == 0
    assert remind(session, event, "2027-06-23T08:00") == 1
    assert remind(session, event, "2027-06-29T20:00") == 0
    assert remind(session, event, "2027-06-30T08:00") == 1
    assert remind(session, event, "2027-07-06T08:00") == 1
    assert remind(session, event, "2027-07-08T08:00") == 1
    assert remind(session, event, "2027-07-08T20:00") == 0
    assert mails(session) == [
        ("maija@example.com", PERMITS),
        ("maija@example.com", PERMITS),
        ("maija@example.com", [*PERMITS, "G22"]),
        ("maija@example.com", PERMITS),
    ]


def test_of_several_that_came_due_in_a_pause_one_is_sent(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    assert remind(session, event, "2027-07-01T12:00") == 1
    assert remind(session, event, "2027-07-01T13:00") == 0
    kept = session.scalars(select(SentDeadline.ahead).where(SentDeadline.rule == "G01"))
    assert sorted(kept) == ["two_weeks", "week"]


@pytest.mark.parametrize("mark", [Mark.SENT, Mark.DONE, Mark.NOT_NEEDED])
def test_what_is_no_longer_to_do_is_not_reminded_of(
    session: Session, maija: Person, now: datetime, mark: Mark
) -> None:
    event = a_plan(session, maija, now)
    for rule in PERMITS:
        wish = MarkWish(rule, mark, "Kaupunki sanoi niin.", "")
        mark_duty(session, an_actor(maija), event.reference, wish, now)
    assert remind(session, event, "2027-06-30T08:00") == 0


def test_a_due_date_that_moves_is_told_anew(session: Session, maija: Person, now: datetime) -> None:
    event = a_plan(session, maija, now)
    assert remind(session, event, "2027-06-30T08:00") == 1
    moved = {"start": "2027-08-07T19:00", "end": "2027-08-07T23:00"}
    change_facts(session, an_actor(maija), event, moved, wall("2027-06-30T09:00"))
    assert remind(session, event, "2027-06-30T10:00") == 1
    assert remind(session, event, "2027-06-30T11:00") == 0
    assert remind(session, event, "2027-07-01T08:00") == 1


def test_what_was_late_when_the_event_was_planned_its_page_has_told(
    session: Session, maija: Person
) -> None:
    event = a_plan(session, maija, wall("2027-07-20T12:00"))
    assert remind(session, event, "2027-07-20T12:30") == 0


def test_nobody_is_reminded_of_a_cancelled_event_or_of_one_that_has_begun(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now)
    assert remind(session, event, "2027-08-06T19:00") == 0
    cancel_plan(session, an_actor(maija), event.reference, now, with_bookings=False)
    assert remind(session, event, "2027-06-30T08:00") == 0


def test_who_wants_no_reminders_gets_none(session: Session, maija: Person, now: datetime) -> None:
    event = a_plan(session, maija, now)
    choice = ReminderChoice(person_id=maija.id, week=False, day=False, hours=False)
    session.add(choice)
    session.flush()
    assert remind(session, event, "2027-06-23T08:00") == 0
    choice.day = True
    session.flush()
    assert remind(session, event, "2027-06-30T08:00") == 1


def test_of_an_organisation_its_admins_are_reminded_each_in_their_language(
    session: Session, maija: Person, now: datetime
) -> None:
    sven = a_person(session, email="sven@example.com", language="sv")
    member = a_person(session)
    organisation = an_organisation(session, admins=[maija, sven], members=[member])
    event = a_plan(session, maija, now, organisation=organisation)
    assert remind(session, event, "2027-06-23T08:00") == 2
    sent = session.scalars(select(OutgoingEmail).order_by(OutgoingEmail.recipient)).all()
    assert [(one.recipient, one.language) for one in sent] == [
        ("maija@example.com", "fi"),
        ("sven@example.com", "sv"),
    ]


def test_a_deadline_in_hours_is_told_with_its_moment(
    session: Session, maija: Person, now: datetime
) -> None:
    event = a_plan(session, maija, now, DEMONSTRATION)
    assert remind(session, event, "2027-04-08T08:00") == 1
    [mail] = session.scalars(select(OutgoingEmail))
    [notice] = [one for one in mail.context["duties"] if one["rule"] == "G04"]
    assert notice["at"] == wall("2027-04-09T12:00").isoformat()


def test_the_job_sends_what_is_owed_and_the_next_run_nothing(
    app: Flask, session: Session, maija: Person, now: datetime
) -> None:
    a_plan(session, maija, now)
    a_plan(session, maija, now, title="Toinen")
    session.commit()
    with app.app_context():
        assert send_due_deadlines(wall("2027-06-23T07:59")) == 0
        assert send_due_deadlines(wall("2027-06-23T08:00")) == 2
        assert send_due_deadlines(wall("2027-06-23T09:00")) == 0
