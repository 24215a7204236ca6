"""The waiting list: who would like which space when, in the order in which they said so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.accounts.models import Organisation
from booking.core.periods import Period
from booking.database import Base, UTCDateTime
from booking.reservations.models import Reservation

WAITING, OFFERED, LEFT, OVER = "waiting", "offered", "left", "over"
_WAITS = text(f"state = '{WAITING}'")


class WaitingEntry(Base):
    """Somebody's wish for a space and a period that were taken when they asked.

    It is `waiting` until its place is `offered`, as a hold (`reservation`) that tells the rest; or
    until its person has `left`, or it can be had no more and is `over`. The order is that of keys.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("state IN ('waiting', 'offered', 'left', 'over')", name="state"),
        CheckConstraint("(state = 'offered') = (reservation_id IS NOT NULL)", name="offer"),
        CheckConstraint("people >= 1", name="people"),
        Index(
            "uq_waiting_entry_wish",
            "person_id",
            "space_id",
            "starts_at",
            "ends_at",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index("ix_waiting_entry_order", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    title: Mapped[str] = mapped_column(String(120), default="")
    purpose: Mapped[str | None] = mapped_column(String(20))
    people: Mapped[int | None]
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state_since: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation | None] = relationship()
    reservation: Mapped[Reservation | None] = relationship()

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)

    def step_to(self, state: str, now: datetime) -> None:
        self.state, self.state_since = state, now
