"""Feeds, stored fragments of calendar text, and outside calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, UTCDateTime


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
    """An outside calendar that a space subscribes to, or whose file was brought in once; its
    events become reservations of kind `imported`.

    `waiting` is one that would let go of more than half of what it holds: nothing of it is taken
    before a person has said so. `report` is what the last reading found: counts and remarks.
    """

    __tablename__ = "calendar_source"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'waiting', 'stopped')", name="state"),
        Index("ix_calendar_source_next", "state", "next_read_at"),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    etag: Mapped[str | None] = mapped_column(String(255))
    last_modified: Mapped[str | None] = mapped_column(String(60))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)
    report: Mapped[dict[str, Any] | None] = mapped_column(Document)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ImportCollision(Base):
    """An outside event that meets a reservation: nobody is put out before a person has decided.

    `settlement` is empty while it awaits one: `kept` leaves the reservation and lets the event go,
    `cancelled` cancelled the reservation for it.
    """

    __tablename__ = "import_collision"
    __table_args__ = (
        UniqueConstraint("source_id", "outside_uid", "outside_recurrence"),
        CheckConstraint("settlement IN ('kept', 'cancelled')", name="settlement"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    source_id: Mapped[int] = mapped_column(
        ForeignKey("calendar_source.id", ondelete="CASCADE"), index=True
    )
    outside_uid: Mapped[str] = mapped_column(String(255))
    outside_recurrence: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settlement: Mapped[str | None] = mapped_column(String(10))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CalendarUpload(Base):
    """A calendar's file that somebody looks at before it is brought in; forgotten after a day.

    Only who sent it, and knows its `key`, finds it again.
    """

    __tablename__ = "calendar_upload"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    name: Mapped[str] = mapped_column(String(120))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
