"""Who wants to be reminded when, and which reminders were sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, UTCDateTime


class ReminderChoice(Base):
    """What a person has chosen; whoever has no row is reminded the day before."""

    __tablename__ = "reminder_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    week: Mapped[bool]
    day: Mapped[bool]
    hours: Mapped[bool]


class SentReminder(Base):
    """A reminder that was sent, or that a nearer one stood for: each once for a local day on which
    the reservation begins, so that a move within that day brings no second one."""

    __tablename__ = "sent_reminder"
    __table_args__ = (
        UniqueConstraint("reservation_id", "ahead", "begins_on"),
        CheckConstraint("ahead IN ('week', 'day', 'hours')", name="ahead"),
    )

    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id", ondelete="CASCADE"))
    ahead: Mapped[str] = mapped_column(String(10))
    begins_on: Mapped[date]
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
