"""Feeds, stored fragments of calendar text, and outside calendars."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, UTCDateTime


class Feed(Base):
    """A secret address of a calendar, kept as the SHA-256 of its secret, revocable."""

    __tablename__ = "feed"
    __table_args__ = (
        CheckConstraint("kind IN ('mine', 'organisation', 'unit', 'event')", name="kind"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(40))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("self_initiated_event.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class FeedFragment(Base):
    """The calendar text of one reservation for one audience and language, as last made.

    `made_from` names the versions it was made from; another value makes it stale.
    """

    __tablename__ = "feed_fragment"
    __table_args__ = (UniqueConstraint("reservation_id", "audience", "language"),)

    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id", ondelete="CASCADE"))
    audience: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    made_from: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class CalendarSource(Base):
    """An outside calendar that a space subscribes to; its events become reservations of kind
    `imported`."""

    __tablename__ = "calendar_source"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(String(255))
    last_modified: Mapped[str | None] = mapped_column(String(60))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
