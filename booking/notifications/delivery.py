"""Delivery: each due e-mail is claimed, sent outside any transaction, and marked.

Sent at least once: whoever dies between sending and marking leaves the claim to run out, and the
e-mail goes out again under the same Message-ID.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import structlog
from flask import Flask

from booking.core import clock
from booking.notifications.models import OutgoingEmail
from booking.notifications.queries import Sender, get_sender
from booking.notifications.rendering import compose
from booking.notifications.transports import (
    NotSent,
    Refused,
    ServerAway,
    Transport,
    transport_for,
)
from booking.notifications.use_cases import claim_email, note_failed, note_refused, note_sent
from booking.web.session import db, transact

log = structlog.get_logger("booking.mail")


def deliver_due_emails(app: Flask) -> int:
    """Send all e-mails that are due; how many were taken. Without a MAIL_URL they wait.

    Any number of processes may do so at once: each e-mail is one's own while it is being sent.
    """
    with app.app_context():
        transport = transport_for(app.config["SETTINGS"].mail_url, Path(app.instance_path))
        if transport is None:
            return 0
        sender = get_sender(db.session())
        db.session.rollback()  # reading is over: nothing stays open while a mail server is slow
        with closing(transport):
            return _deliver_all(transport, sender)


def _deliver_all(transport: Transport, sender: Sender) -> int:
    sent = 0
    while email := transact(claim_email, clock.now()):
        try:
            sent += _deliver(email, transport, sender)
        except ServerAway as error:
            log.warning("mail server away", error=str(error))
            transact(note_failed, email, clock.now(), str(error))
            break  # the others would fail alike, and keep their turn
    return sent


def _deliver(email: OutgoingEmail, transport: Transport, sender: Sender) -> bool:
    """Whether it was taken. Raises `ServerAway`."""
    about = log.bind(message_id=email.message_id, template=email.template, attempt=email.attempts)
    try:
        transport.send(compose(email, sender))
    except ServerAway:
        raise
    except Refused as error:
        about.warning("mail refused", error=str(error))
        transact(note_refused, email, str(error))
    except NotSent as error:
        about.warning("mail not sent", error=str(error))
        transact(note_failed, email, clock.now(), str(error))
    except Exception as error:
        # A fault in one text must not keep all others in the house.
        about.exception("mail not composed")
        transact(note_failed, email, clock.now(), f"{type(error).__name__}: {error}")
    else:
        transact(note_sent, email, clock.now())
        return True
    return False
