"""The life of an outgoing e-mail: queued, claimed by one who delivers, sent or tried again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from booking.notifications.models import OutgoingEmail
from booking.notifications.queries import get_sender
from booking.notifications.rules import pause_after

CLAIM_LASTS = timedelta(minutes=10)
"""Longer than the slowest server may take over one e-mail."""

ONE_TIME = frozenset(
    {
        "confirm_registration",
        "reset_password",
        "organisation_invitation",
        "closure_notice",
        "feedback_received",
        "feedback_answer",
    }
)
"""The templates whose link lets in whoever holds it, and those that tell what people wrote."""


class Recipient(Protocol):
    """Whom to write to, and in which language: a `Person`, or a `Mailbox`."""

    @property
    def id(self) -> int | None: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True)
class Mailbox:
    """An address that is no person's account: of an organisation, of a unit, of one invited."""

    email: str
    language: str = "fi"
    id: None = None


def queue_email(
    session: Session,
    template: str,
    recipient: Recipient,
    now: datetime,
    *,
    reservation_id: int | None = None,
    language: str | None = None,
    **context: Any,
) -> OutgoingEmail:
    """Add an e-mail to the outbox, in the transaction of what it tells.

    `template` is a folder of `templates/emails`; `context` are the plain JSON values that its
    text needs (`tests/notifications/letters.py` shows those of each). Its words are made at
    delivery, in `language` or else the recipient's. The Message-ID is given here, once, so that
    a mail sent twice is recognised as one (RFC 5322, 3.6.4).
    """
    email = OutgoingEmail(
        message_id=f"<{uuid.uuid4()}@{get_sender(session).host}>",
        template=template,
        language=language or recipient.language,
        recipient=recipient.email,
        recipient_id=recipient.id,
        reservation_id=reservation_id,
        context=context,
        queued_at=now,
        due_at=now,
    )
    session.add(email)
    return email


def claim_email(session: Session, now: datetime) -> OutgoingEmail | None:
    """The e-mail that has been due longest, kept from others for `CLAIM_LASTS`; None if none is.

    Whoever dies with a claim leaves it to the next when it runs out. On PostgreSQL others who
    claim at the same moment skip this row; on SQLite they wait for the write lock.
    """
    email = session.scalar(
        select(OutgoingEmail)
        .where(
            OutgoingEmail.due_at <= now,
            OutgoingEmail.sent_at.is_(None),
            or_(OutgoingEmail.locked_until.is_(None), OutgoingEmail.locked_until <= now),
        )
        .order_by(OutgoingEmail.due_at, OutgoingEmail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if email is not None:
        email.attempts += 1
        email.locked_until = now + CLAIM_LASTS
    return email


def note_sent(session: Session, email: OutgoingEmail, now: datetime) -> None:
    """Write down that a mail server has taken it."""
    _settle(session, email, sent_at=now, due_at=None, last_error=None)


def note_failed(session: Session, email: OutgoingEmail, now: datetime, error: str) -> None:
    """Write down why it could not be sent, and try again later, for nearly three days."""
    pause = pause_after(email.attempts)
    _settle(session, email, due_at=now + pause if pause else None, last_error=error)


def note_refused(session: Session, email: OutgoingEmail, error: str) -> None:
    """Write down that it will never be taken: it stays, with the reason."""
    _settle(session, email, due_at=None, last_error=error)


def _settle(session: Session, email: OutgoingEmail, **values: Any) -> None:
    if values["due_at"] is None and email.template in ONE_TIME:
        # Nobody who reads the outbox later shall be let in by its links, or read these words.
        values["context"] = {}
    # One who was slow and lost the claim must not undo what the next has done.
    session.execute(
        update(OutgoingEmail)
        .where(OutgoingEmail.id == email.id, OutgoingEmail.sent_at.is_(None))
        .values(locked_until=None, **values)
    )
