"""What closures did to the reservations that stood in their way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, UTCDateTime
from booking.reservations.closure_rules import Outcome
from booking.reservations.states import State

_OFFERED = text("outcome = 'offered'")
_SETTLED_AS = {
    State.REQUESTED: Outcome.ACCEPTED,
    State.CONFIRMED: Outcome.ACCEPTED,
    State.EXPIRED: Outcome.LAPSED,
}


class Displacement(Base):
    """A reservation that a closure took the place of: cancelled, or offered another.

    While it is offered, the reservation itself is a hold at the new place until `answer_until`;
    `space_ids` are those it had, `state_after` is what accepting makes it. `secret_hash` is the
    SHA-256 of the secret in the mail, the same for all that its reader was offered.
    """

    __tablename__ = "displacement"
    __table_args__ = (
        CheckConstraint(
            f"outcome IN ({', '.join(repr(one.value) for one in Outcome)})", name="outcome"
        ),
        CheckConstraint("(answer_until IS NULL) = (state_after IS NULL)", name="offer"),
        CheckConstraint("outcome = 'cancelled' OR answer_until IS NOT NULL", name="answered"),
        UniqueConstraint("closure_id", "reservation_id"),
        Index(
            "ix_displacement_offered",
            "reservation_id",
            unique=True,
            sqlite_where=_OFFERED,
            postgresql_where=_OFFERED,
        ),
    )

    closure_id: Mapped[int] = mapped_column(ForeignKey("reservation.id", ondelete="CASCADE"))
    reservation_id: Mapped[int] = mapped_column(
        ForeignKey("reservation.id", ondelete="CASCADE"), index=True
    )
    outcome: Mapped[str] = mapped_column(String(10))
    outcome_at: Mapped[datetime] = mapped_column(UTCDateTime)
    space_ids: Mapped[list[int]] = mapped_column(Document)
    state_after: Mapped[str | None] = mapped_column(String(10))
    answer_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    secret_hash: Mapped[str | None] = mapped_column(String(64), index=True)

    def settle(self, state: State, now: datetime) -> None:
        """Note what came of the offer, as its reservation leaves the hold for this state."""
        self.outcome, self.outcome_at = _SETTLED_AS.get(state, Outcome.DECLINED), now
