"""Decisions: who decided what, when and why."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, Texts, UTCDateTime


class Decision(Base):
    """A decision about a reservation or an event.

    `nature` tells plain rent, a `contract`, from an `administrative` decision (free use, support,
    regular slots), which carries reasons, appeal instructions and the last day of appeal.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'denied')", name="outcome"),
        CheckConstraint("nature IN ('contract', 'administrative')", name="nature"),
        CheckConstraint("reservation_id IS NOT NULL OR event_id IS NOT NULL", name="of_something"),
    )

    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("self_initiated_event.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    nature: Mapped[str] = mapped_column(String(20))
    is_automatic: Mapped[bool] = mapped_column(default=False)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    appeal_instructions: Mapped[Texts | None] = mapped_column(Document)
    last_day_of_appeal: Mapped[date | None]
