"""The mail that a test's people get, and the links in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.links import Door, Links
from booking.notifications.models import OutgoingEmail


def address_of(door: Door, language: str, token: str) -> str:
    return f"http://localhost/{language}/{door}/{token}"


LINKS = Links(["known to every test"], address_of)


def letters_to(session: Session, email: str) -> list[OutgoingEmail]:
    """All mail to that address, oldest first."""
    letters = select(OutgoingEmail).where(OutgoingEmail.recipient == email)
    return list(session.scalars(letters.order_by(OutgoingEmail.id)))


def last_letter(session: Session, email: str, template: str) -> OutgoingEmail:
    """The newest mail to that address, which must be of that template."""
    letter = letters_to(session, email)[-1]
    assert letter.template == template
    return letter


def token_in(link: str) -> str:
    return link.rpartition("/")[2]


def last_token(session: Session, email: str, template: str) -> str:
    """The token of the link in the newest mail to that address."""
    return token_in(last_letter(session, email, template).context["link"])


def last_path(session: Session, email: str, template: str) -> str:
    """The address in the newest mail, without the host."""
    link: str = last_letter(session, email, template).context["link"]
    assert link.startswith("http://localhost/")
    return link.removeprefix("http://localhost")
