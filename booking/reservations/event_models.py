"""Self-initiated events: what a reservation may belong to, and is priced and judged by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.accounts.models import Organisation, Person
from booking.database import Base, Document, UTCDateTime


class SelfInitiatedEvent(Base):
    """What somebody arranges: the facts as told, and the outcome of the rules they were put to.

    Without an account it belongs to whoever knows its secret, kept as its SHA-256, and holds
    nothing personal. `starts_at` and `ends_at` are those of the facts. `rules_version` names the
    rule set, `evaluated_on` the local date of the decision; `outcome` keeps the fired rules and
    why, `changes` what the last change of the facts did to it. `checklist` keeps by rule how far
    each duty is: {rule: {state, reference, changed_at}}. `space_id` is where the facts of the
    place are from, `copied_from_id` last year's.
    """

    __tablename__ = "self_initiated_event"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_self_initiated_event_start", "starts_at", "id"),
    )

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(10), default="fi", server_default="fi")
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(Document)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rules_version: Mapped[str | None] = mapped_column(String(40))
    evaluated_on: Mapped[date | None]
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Document)
    changes: Mapped[dict[str, Any] | None] = mapped_column(Document)
    checklist: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("self_initiated_event.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    # SQLAlchemy reads it off the class.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
