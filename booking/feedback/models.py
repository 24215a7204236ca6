"""Feedback, from the page on which somebody wrote it to its answer, and until it is forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, UTCDateTime


class Feedback(Base):
    """What somebody told the city; `unit_id` says whose it is, of none it is the whole city's.

    `submission` names the form it was sent with, so that what is sent twice is one. Once it is
    forgotten, its kind, its place and its dates are all that is left.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("kind IN ('space', 'page', 'accessibility', 'wish')", name="kind"),
        CheckConstraint("answer IS NULL OR handled_at IS NOT NULL", name="answer"),
        CheckConstraint(
            "forgotten_at IS NULL OR (handled_at IS NOT NULL AND message = '' AND answer IS NULL "
            "AND email IS NULL AND page IS NULL AND person_id IS NULL)",
            name="forgotten",
        ),
        Index("ix_feedback_unit_id", "unit_id", "handled_at"),
        Index("ix_feedback_handled_at", "handled_at"),
    )

    submission: Mapped[str] = mapped_column(String(43), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10))
    page: Mapped[str | None] = mapped_column(String(500))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="SET NULL"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    forgotten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
