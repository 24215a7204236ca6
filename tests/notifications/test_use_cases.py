"""The outbox: what is queued, who may take it, when it is tried again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.notifications.models import OutgoingEmail
from booking.notifications.rules import PAUSES, pause_after
from booking.notifications.use_cases import (
    CLAIM_LASTS,
    Mailbox,
    claim_email,
    note_failed,
    note_refused,
    note_sent,
    queue_email,
)
from tests.notifications.outbox import MAIJA, a_city

UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SECOND = timedelta(seconds=1)


@pytest.fixture
def email(session: Session, now: datetime) -> OutgoingEmail:
    return queue_email(session, "reset_password", MAIJA, now, link="http://localhost/x")


def claimed(session: Session, now: datetime) -> OutgoingEmail:
    email = claim_email(session, now)
    assert email is not None
    session.flush()
    return email


# ── Queueing ──────────────────────────────────────────────────────────────────────────────────


def test_a_mail_is_queued_in_the_language_of_its_recipient(session: Session, now) -> None:
    person = Person(email="maija@example.org", name="Maija", language="sv", created_at=now)
    session.add(person)
    session.flush()
    email = queue_email(session, "reservation_confirmed", person, now, reservation_id=7, people=3)
    session.flush()
    assert (email.recipient, email.recipient_id, email.language) == (person.email, person.id, "sv")
    assert (email.template, email.reservation_id) == ("reservation_confirmed", 7)
    assert (email.context, email.queued_at, email.due_at) == ({"people": 3}, now, now)


def test_who_queues_may_choose_another_language(session: Session, now) -> None:
    email = queue_email(session, "x", Mailbox("seura@example.org", "fi"), now, language="en")
    assert email.language == "en"


def test_a_mailbox_is_no_person(session: Session, now) -> None:
    email = queue_email(session, "x", Mailbox("seura@example.org"), now)
    assert (email.recipient, email.recipient_id) == ("seura@example.org", None)
    assert email.language == "fi"


def test_the_message_id_ends_in_the_host_of_the_installation(session: Session, now) -> None:
    a_city(session)
    email = queue_email(session, "x", MAIJA, now)
    assert re.fullmatch(f"<{UUID4}@varaukset.example.org>", email.message_id)


def test_without_a_city_the_message_id_ends_in_localhost(email: OutgoingEmail) -> None:
    assert re.fullmatch(f"<{UUID4}@localhost>", email.message_id)


def test_what_is_rolled_back_is_never_sent(session: Session, now) -> None:
    with session.begin_nested() as step:
        queue_email(session, "x", MAIJA, now)
        session.flush()
        step.rollback()
    assert session.scalars(select(OutgoingEmail)).all() == []


# ── Claiming ──────────────────────────────────────────────────────────────────────────────────


def test_a_claimed_mail_is_nobody_elses_until_the_claim_runs_out(
    session: Session, email: OutgoingEmail, now
) -> None:
    assert claimed(session, now) is email
    assert email.attempts == 1
    assert claim_email(session, now + CLAIM_LASTS - SECOND) is None
    assert claim_email(session, now + CLAIM_LASTS) is email
    assert email.attempts == 2


def test_a_mail_is_not_claimed_before_it_is_due(
    session: Session, email: OutgoingEmail, now
) -> None:
    assert claim_email(session, now - SECOND) is None
    assert claim_email(session, now) is email


def test_who_waited_longest_goes_first(session: Session, email: OutgoingEmail, now) -> None:
    earlier = queue_email(session, "x", MAIJA, now - SECOND)
    assert claimed(session, now) is earlier


def test_what_was_sent_is_not_claimed_again(session: Session, email: OutgoingEmail, now) -> None:
    note_sent(session, claimed(session, now), now)
    session.refresh(email)
    assert (email.sent_at, email.locked_until, email.last_error) == (now, None, None)
    assert claim_email(session, now + timedelta(days=9)) is None


# ── Failing ───────────────────────────────────────────────────────────────────────────────────


def test_what_failed_is_tried_again_after_a_pause(
    session: Session, email: OutgoingEmail, now
) -> None:
    note_failed(session, claimed(session, now), now, "451 try later")
    session.refresh(email)
    assert email.last_error == "451 try later"
    assert claim_email(session, now + PAUSES[0] - SECOND) is None
    assert claim_email(session, now + PAUSES[0]) is email


def test_pauses_grow_and_end_within_three_days() -> None:
    assert [pause_after(attempts) for attempts in (1, 2, 3, 4, 5)] == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=6),
    ]
    assert timedelta(days=2.5) < sum(PAUSES, timedelta()) < timedelta(days=3)
    assert pause_after(len(PAUSES)) == timedelta(hours=6)
    assert pause_after(len(PAUSES) + 1) is None


def test_what_failed_for_three_days_stays_with_its_reason(
    session: Session, email: OutgoingEmail, now
) -> None:
    email.attempts = len(PAUSES)
    note_failed(session, claimed(session, now), now, "451 try later")
    session.refresh(email)
    assert (email.due_at, email.sent_at, email.last_error) == (None, None, "451 try later")


def test_what_was_refused_stays_with_its_reason(
    session: Session, email: OutgoingEmail, now
) -> None:
    note_refused(session, claimed(session, now), "550 no such user")
    session.refresh(email)
    assert (email.due_at, email.sent_at, email.last_error) == (None, None, "550 no such user")


def test_who_lost_the_claim_cannot_undo_that_it_was_sent(
    session: Session, email: OutgoingEmail, now
) -> None:
    slow = claimed(session, now)
    note_sent(session, claimed(session, now + CLAIM_LASTS), now + CLAIM_LASTS)
    note_failed(session, slow, now + CLAIM_LASTS, "timed out")
    session.refresh(email)
    assert (email.sent_at, email.due_at) == (now + CLAIM_LASTS, None)


def test_links_that_let_in_are_forgotten_once_they_are_sent(
    session: Session, email: OutgoingEmail, now
) -> None:
    note_failed(session, claimed(session, now), now, "451 try later")
    session.refresh(email)
    assert email.context == {"link": "http://localhost/x"}
    note_sent(session, email, now)
    session.refresh(email)
    assert email.context == {}
