"""Who signs the e-mails: the city of this database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, column, select, table
from sqlalchemy.orm import Session

from booking.database import Document, Texts

# The catalogue is a higher wing, which queues e-mails itself: its one row is read by name.
_city = table(
    "city",
    column("name", Document),
    column("contact", Document),
    column("uid_host", String()),
    column("time_zone", String()),
)


@dataclass(frozen=True)
class Sender:
    """The city as it signs: its address, its name by language, its host and its zone."""

    email: str | None = None
    name: Texts = field(default_factory=dict)
    host: str = "localhost"
    zone: str = "UTC"


def get_sender(session: Session) -> Sender:
    """The city of this database; one without a name where the catalogue is not imported yet."""
    row = session.execute(select(_city)).one_or_none()
    if row is None:
        return Sender()
    contact: dict[str, Any] = row.contact
    return Sender(
        email=contact.get("email"),
        name=contact.get("name") or row.name,
        host=row.uid_host,
        zone=row.time_zone,
    )
