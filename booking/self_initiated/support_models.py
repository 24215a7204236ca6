"""Support: applications with their receipts, who has the power to decide, and the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.accounts.models import Organisation, Person
from booking.database import Base, Document, Texts, UTCDateTime
from booking.reservations.event_models import SelfInitiatedEvent

_LIVE = "state NOT IN ('denied', 'withdrawn')"


class SupportApplication(Base):
    """An application for the pop-up grant, for help in kind, or both, to one event; cents.

    `budget` is a list of {kind: cost | income, what, cents}; `wishes` the things on loan as
    {item, quantity, from, to}; `outcome` what the rules said of support when it was submitted, as
    {status, rules, in_kind, version}; `other_aid` the declaration of public aid of the last three
    years; `report` what was told after the event: {people, story}. `reservation_id` is the
    reservation of the things on loan: requested with the application, decided with it.
    `receipts_reminder` is the last reminder of the receipts that was sent: `ahead` or `overdue`. An
    event has one application that was neither denied nor withdrawn.
    """

    __tablename__ = "support_application"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'granted', 'denied', 'withdrawn', 'reported', 'paid')",
            name="state",
        ),
        CheckConstraint("requested_cents >= 0", name="requested"),
        CheckConstraint("granted_cents BETWEEN 0 AND requested_cents", name="granted"),
        CheckConstraint("paid_cents BETWEEN 0 AND granted_cents", name="paid"),
        Index("ix_support_application_state", "state", "submitted_at"),
        Index(
            "uq_support_application_live",
            "event_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
    )

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("self_initiated_event.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10), default="fi")
    requested_cents: Mapped[int] = mapped_column(default=0)
    granted_cents: Mapped[int | None]
    paid_cents: Mapped[int | None]
    description: Mapped[str] = mapped_column(Text, default="")
    budget: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    wishes: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Document)
    other_aid: Mapped[str] = mapped_column(Text, default="")
    payee: Mapped[str] = mapped_column(String(120), default="")
    iban: Mapped[str | None] = mapped_column(String(34))
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"))
    report: Mapped[dict[str, Any] | None] = mapped_column(Document)
    receipts_due_on: Mapped[date | None]
    receipts_reminder: Mapped[str | None] = mapped_column(String(10))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    # SQLAlchemy reads it off the class.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    event: Mapped[SelfInitiatedEvent] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation | None] = relationship()
    receipts: Mapped[list[Receipt]] = relationship(
        order_by="Receipt.id", cascade="all, delete-orphan"
    )


class Receipt(Base):
    """A receipt or another paper to an application: a file outside the web root, found by its key;
    what it cost in cents, and how much of that staff have accepted."""

    __tablename__ = "support_receipt"
    __table_args__ = (
        CheckConstraint("cents >= 0", name="cents"),
        CheckConstraint("accepted_cents BETWEEN 0 AND cents", name="accepted"),
    )

    application_id: Mapped[int] = mapped_column(
        ForeignKey("support_application.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(80), unique=True)
    file_name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(120), default="")
    cents: Mapped[int] = mapped_column(default=0)
    accepted_cents: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DecisionPower(Base):
    """Who may decide about a matter up to how much: a post, its holder, and who stands in."""

    __tablename__ = "decision_power"
    __table_args__ = (
        CheckConstraint("matter IN ('free_use', 'support')", name="matter"),
        CheckConstraint("limit_cents >= 0", name="limit"),
    )

    matter: Mapped[str] = mapped_column(String(20))
    post: Mapped[Texts] = mapped_column(Document)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    limit_cents: Mapped[int | None]
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_from: Mapped[date | None]
    substitute_to: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    holder: Mapped[Person] = relationship(foreign_keys=[holder_id])
    substitute: Mapped[Person | None] = relationship(foreign_keys=[substitute_id])


class SupportAccount(Base):
    """How much support one applicant may be granted in one year, and how much was; cents.

    The check keeps two decisions at once from granting more than the cap.
    """

    __tablename__ = "support_account"
    __table_args__ = (
        CheckConstraint("granted_cents BETWEEN 0 AND cap_cents", name="not_overdrawn"),
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="of_one"),
        UniqueConstraint("person_id", "year"),
        UniqueConstraint("organisation_id", "year"),
    )

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    cap_cents: Mapped[int]
    granted_cents: Mapped[int] = mapped_column(default=0)


class SupportEntry(Base):
    """One grant, or what was taken back of it (below zero); cents."""

    __tablename__ = "support_entry"

    account_id: Mapped[int] = mapped_column(ForeignKey("support_account.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("self_initiated_event.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("support_application.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    amount_cents: Mapped[int]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
