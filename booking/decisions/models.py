"""Decisions: who decided what, when and why."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, Texts, UTCDateTime


class Decision(Base):
    """A decision about a reservation, a series, an event or an application for support;
    `decided_as` is the post whose power it was.

    `nature` tells plain rent, a `contract`, from an `administrative` decision (free use, support,
    regular slots), which carries reasons, appeal instructions and the last day of appeal.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'denied', 'handed_back')", name="outcome"),
        CheckConstraint("nature IN ('contract', 'administrative')", name="nature"),
    )

    reference: Mapped[str | None] = mapped_column(String(11), unique=True)
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("self_initiated_event.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(
        ForeignKey("support_application.id"), index=True
    )
    outcome: Mapped[str] = mapped_column(String(10))
    nature: Mapped[str] = mapped_column(String(20))
    is_automatic: Mapped[bool] = mapped_column(default=False)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_as: Mapped[Texts | None] = mapped_column(Document)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    appeal_instructions: Mapped[Texts | None] = mapped_column(Document)
    last_day_of_appeal: Mapped[date | None]
