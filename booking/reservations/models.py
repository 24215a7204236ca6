"""Reservations and what they take: the tables that keep the promise of no double booking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.accounts.models import Organisation, Person
from booking.catalogue.models import Space
from booking.core.errors import StepNotPossible, Word
from booking.core.periods import Period
from booking.database import Base, Document, ExactDecimal, UTCDateTime
from booking.reservations.closure_models import Displacement
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.states import HOLDING, KINDS, STATE_NAMES, STATES, State, may_step


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Reservation(Base):
    """One use of one or several spaces (or of things on loan) for one period: one state, one
    reference, one UID.

    `booked_by` made it, `booked_for` answers for it, `organisation` is whom it is for;
    `on_behalf_of` names a customer without an account whom staff book for. `price_group_reason` is
    why the staff have put it into another price group than the rules would. Of the counters,
    `version` rises with every change (the API's ETag) and has the last word between two
    writers, `sequence` with those that a calendar must follow (RFC 5546, 2.1.4); neither ever
    goes back.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name="hold"),
        CheckConstraint("(source_id IS NULL) = (outside_uid IS NULL)", name="outside"),
        UniqueConstraint("source_id", "outside_uid", "outside_recurrence"),
        UniqueConstraint("series_id", "series_day"),
        Index("ix_reservation_organiser_person", "booked_for_id", "ends_at"),
        Index("ix_reservation_organiser_organisation", "organisation_id", "ends_at"),
        Index("ix_reservation_state_start", "state", "starts_at"),
        Index("ix_reservation_start", "starts_at", "id"),
    )

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    title: Mapped[str] = mapped_column(String(120), default="")
    purpose: Mapped[str | None] = mapped_column(String(20))
    people: Mapped[int | None]
    message: Mapped[str] = mapped_column(Text, default="")
    responsible_adult: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(10), default="fi")

    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    booked_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    on_behalf_of: Mapped[dict[str, Any] | None] = mapped_column(Document)
    override_reason: Mapped[str | None] = mapped_column(Text)

    price_group: Mapped[str | None] = mapped_column(String(10))
    price_group_reason: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(String(3))
    total_cents: Mapped[int | None]
    due_cents: Mapped[int | None]
    catalogue_version: Mapped[int | None]

    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state_since: Mapped[datetime] = mapped_column(UTCDateTime)
    state_before: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hold_extensions: Mapped[int] = mapped_column(default=0)
    is_preliminary: Mapped[bool] = mapped_column(default=False)
    checked_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    no_show_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    series_day: Mapped[date | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("self_initiated_event.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_source.id"))
    outside_uid: Mapped[str | None] = mapped_column(String(255))
    outside_recurrence: Mapped[str] = mapped_column(String(40), default="")

    # SQLAlchemy reads it off the class.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    spaces: Mapped[list[ReservationSpace]] = relationship(
        back_populates="reservation",
        order_by="ReservationSpace.position",
        cascade="all, delete-orphan",
    )
    loans: Mapped[list[ReservationLoan]] = relationship(
        order_by="ReservationLoan.position", cascade="all, delete-orphan"
    )
    price_lines: Mapped[list[PriceLine]] = relationship(
        order_by="PriceLine.position", cascade="all, delete-orphan"
    )
    occupancies: Mapped[list[Occupancy]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )
    booked_by: Mapped[Person | None] = relationship(foreign_keys=[booked_by_id])
    booked_for: Mapped[Person | None] = relationship(foreign_keys=[booked_for_id])
    organisation: Mapped[Organisation | None] = relationship()
    series: Mapped[Series | None] = relationship()
    event: Mapped[SelfInitiatedEvent | None] = relationship()
    offer: Mapped[Displacement | None] = relationship(
        primaryjoin="and_(Displacement.reservation_id == Reservation.id, "
        "Displacement.outcome == 'offered')",
        foreign_keys="Displacement.reservation_id",
        uselist=False,
        viewonly=True,
    )
    """The offer of another place that awaits an answer; only of what is held."""

    def step_to(self, state: State, now: datetime, reason: str | None = None) -> None:
        """Go to another state; leaving one that holds its parts lets them go.

        Raises `StepNotPossible` where there is no such step. The occupancies of a step that takes
        the parts again are the caller's to make (`occupy`), under its lock.
        """
        if not may_step(self.state, state):
            raise self.no_step()
        if self.state == State.HELD and self.offer is not None:
            self.offer.settle(state, now)
        self.state_before, self.state, self.state_since = self.state, state, now
        self.reason = reason
        if state is not State.HELD:
            self.held_until = None
        if state not in HOLDING:
            self.occupancies.clear()
        self.changed(now, for_calendars=True)

    def no_step(self) -> StepNotPossible:
        """That the step asked for can't be taken from the state it is in."""
        return StepNotPossible(state=Word(STATE_NAMES[State(self.state)]))

    def changed(self, now: datetime, *, for_calendars: bool) -> None:
        """Count a change: `version` always, `sequence` where a calendar must follow it."""
        self.version += 1
        self.sequence += int(for_calendars)
        self.updated_at = now

    def occupy(self, needs: Mapping[int, Period]) -> None:
        """Take each of these parts for its period, in the order of their keys."""
        for part_id, period in sorted(needs.items()):
            self.occupancies.append(
                Occupancy(part_id=part_id, starts_at=period.starts_at, ends_at=period.ends_at)
            )


class ReservationSpace(Base):
    """A space of a reservation, with its set-up and clean-up, and the versions of policy and terms
    it was made under."""

    __tablename__ = "reservation_space"
    __table_args__ = (
        UniqueConstraint("reservation_id", "space_id"),
        CheckConstraint("before_minutes >= 0 AND after_minutes >= 0", name="buffers"),
    )

    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    before_minutes: Mapped[int] = mapped_column(default=0)
    after_minutes: Mapped[int] = mapped_column(default=0)
    policy_version_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    terms_version_id: Mapped[int | None] = mapped_column(ForeignKey("terms_version.id"))
    terms_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    reservation: Mapped[Reservation] = relationship(back_populates="spaces")
    space: Mapped[Space] = relationship()


class ReservationLoan(Base):
    """Things on loan within a reservation; the pieces taken are its occupancies."""

    __tablename__ = "reservation_loan"
    __table_args__ = (CheckConstraint("quantity >= 1", name="quantity"),)

    reservation_id: Mapped[int] = mapped_column(
        ForeignKey("reservation.id", ondelete="CASCADE"), index=True
    )
    loan_item_id: Mapped[int] = mapped_column(ForeignKey("loan_item.id"))
    position: Mapped[int] = mapped_column(default=0)
    quantity: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    policy_version_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    terms_version_id: Mapped[int | None] = mapped_column(ForeignKey("terms_version.id"))


class PriceLine(Base):
    """What one space or thing on loan costs, as it was told before booking; cents."""

    __tablename__ = "price_line"
    __table_args__ = (
        CheckConstraint("(space_id IS NULL) <> (loan_item_id IS NULL)", name="of_one_thing"),
    )

    reservation_id: Mapped[int] = mapped_column(
        ForeignKey("reservation.id", ondelete="CASCADE"), index=True
    )
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    loan_item_id: Mapped[int | None] = mapped_column(ForeignKey("loan_item.id"))
    position: Mapped[int]
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit_cents: Mapped[int]
    share: Mapped[Decimal] = mapped_column(ExactDecimal)
    vat_class: Mapped[str] = mapped_column(String(50))
    vat_percent: Mapped[Decimal] = mapped_column(ExactDecimal)
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    total_cents: Mapped[int]


class Occupancy(Base):
    """A smallest part, taken for a period with set-up and clean-up; exists exactly as long as it
    is taken. No two of one part overlap: an exclusion constraint on PostgreSQL, triggers on SQLite.
    """

    __tablename__ = "occupancy"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_occupancy_part_end", "part_id", "ends_at", "starts_at"),
    )

    part_id: Mapped[int] = mapped_column(ForeignKey("part.id"))
    reservation_id: Mapped[int] = mapped_column(
        ForeignKey("reservation.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Series(Base):
    """A rule of recurrence (a subset of RFC 5545's RRULE) by the city's wall clock, and what is
    asked for on each of its dates.

    `first_day` and the minutes after midnight are wall time; `length_minutes` is by the wall
    clock too, so that a night over a change of the clocks ends when it should. The reservations
    that were made have it as `series_id`, each with the wall date it was asked for.
    """

    __tablename__ = "series"

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    rrule: Mapped[str] = mapped_column(String(255))
    first_day: Mapped[date]
    start_minute: Mapped[int]
    length_minutes: Mapped[int]
    on_conflict: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120), default="")
    purpose: Mapped[str | None] = mapped_column(String(20))
    people: Mapped[int | None]
    message: Mapped[str] = mapped_column(Text, default="")
    responsible_adult: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(10), default="fi")
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    booked_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    on_behalf_of: Mapped[dict[str, Any] | None] = mapped_column(Document)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation | None] = relationship()
    spaces: Mapped[list[SeriesSpace]] = relationship(
        order_by="SeriesSpace.position", cascade="all, delete-orphan"
    )
    skipped: Mapped[list[SkippedDate]] = relationship(
        order_by="SkippedDate.day", cascade="all, delete-orphan"
    )


class SeriesSpace(Base):
    """A space that a series is asked for in."""

    __tablename__ = "series_space"
    __table_args__ = (UniqueConstraint("series_id", "space_id"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    position: Mapped[int] = mapped_column(default=0)


class SkippedDate(Base):
    """A date of a series that could not be had, by the wall clock, and why; it can be added."""

    __tablename__ = "skipped_date"
    __table_args__ = (UniqueConstraint("series_id", "day"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    day: Mapped[date]
    start_minute: Mapped[int]
    length_minutes: Mapped[int]
    violations: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    skipped_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdempotencyKey(Base):
    """An answer already given to a request that carried this key, so that a retry hears it again.

    Kept for 24 hours, per person. `request_hash` is the SHA-256 of what was asked.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(Document)
    headers: Mapped[dict[str, str]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
