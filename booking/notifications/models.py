"""The outbox: what must leave the house is first a row in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, UTCDateTime


class OutgoingEmail(Base):
    """One e-mail to one recipient, sent at least once, always under the same Message-ID.

    `context` holds the values that its text needs, as they were when it was queued; the words
    are made at delivery, in `language`. `reservation_id` names the reservation it tells about.
    """

    __tablename__ = "outgoing_email"
    __table_args__ = (CheckConstraint("attempts >= 0", name="attempts"),)

    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(10))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_id: Mapped[int | None] = mapped_column(Integer)
    reservation_id: Mapped[int | None] = mapped_column(Integer, index=True)
    context: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
