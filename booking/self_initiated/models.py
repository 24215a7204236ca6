"""Self-initiated events and the ledger of the support they were granted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, UTCDateTime


class SelfInitiatedEvent(Base):
    """What somebody arranges: the facts as told, and the outcome of the rules they were put to.

    `rules_version` names the rule set; `outcome` keeps the fired rules and why.
    """

    __tablename__ = "self_initiated_event"

    reference: Mapped[str] = mapped_column(String(11), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Document)
    rules_version: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Document)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


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
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    amount_cents: Mapped[int]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
