"""Which deadlines of self-initiated events people were reminded of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, UTCDateTime


class SentDeadline(Base):
    """A reminder of a duty's due date that was sent; a due date that moves is told anew."""

    __tablename__ = "sent_deadline"
    __table_args__ = (UniqueConstraint("event_id", "rule", "ahead", "due_on"),)

    event_id: Mapped[int] = mapped_column(
        ForeignKey("self_initiated_event.id", ondelete="CASCADE"), index=True
    )
    rule: Mapped[str] = mapped_column(String(20))
    ahead: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date]
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
