"""A city, its outbox, and mail servers that are kind, slow or broken."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue.models import City
from booking.notifications.models import OutgoingEmail
from booking.notifications.use_cases import Mailbox, queue_email

MAIJA = Mailbox("maija@example.org", "en")
OK = "250 OK"


def a_city(session: Session) -> City:
    city = City(
        id=1,
        name={"fi": "Hamina", "sv": "Fredrikshamn", "en": "Hamina"},
        municipality_code="075",
        time_zone="Europe/Helsinki",
        default_language="fi",
        languages=["fi", "sv", "en"],
        currency="EUR",
        contact={
            "name": {"fi": "Palvelupiste", "sv": "Servicepunkt", "en": "Service point"},
            "email": "palvelupiste@example.org",
        },
        free_use={},
        meta={},
        uid_host="varaukset.example.org",
    )
    session.add(city)
    session.flush()
    return city


def queue(session: Session, now: datetime, to: str = MAIJA.email, **context: Any) -> OutgoingEmail:
    """Queue and commit one e-mail."""
    context = {"link": "http://localhost/en/password/abc"} | context
    email = queue_email(session, "reset_password", Mailbox(to, "en"), now, **context)
    session.commit()
    return email


def outbox(session: Session) -> list[OutgoingEmail]:
    """All rows as they stand now."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(OutgoingEmail).order_by(OutgoingEmail.id)))


class Postman:
    """What an SMTP server answers, and what it was given.

    `on_recipient` and `on_data` may give another reply than OK, or do anything else meanwhile.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.on_recipient: Callable[[str], str] = lambda address: OK
        self.on_data: Callable[[EmailMessage], str] = lambda message: OK

    async def handle_RCPT(
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: Any
    ) -> str:
        reply = self.on_recipient(address)
        if reply == OK:
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        reply = self.on_data(message)
        if reply == OK:
            self.taken.append(message)
        return reply

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]


@contextmanager
def serving(postman: Postman, host: str = "127.0.0.1") -> Iterator[str]:
    """The MAIL_URL of a server with this postman, on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind((host, 0))
        port = listener.getsockname()[1]
    controller = Controller(postman, hostname=host, port=port)
    controller.start()
    try:
        yield f"smtp://{host}:{port}"
    finally:
        controller.stop()
