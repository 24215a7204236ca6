"""The audit trail, whose rows are added and never changed, and the counters of changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, UTCDateTime


class AuditEntry(Base):
    """One thing that an actor did to one record; `details` are plain values, never secrets.

    `subject_version` and `subject_sequence` are the record's counters as they were left.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id"),)

    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_person_id: Mapped[int | None] = mapped_column(Integer, index=True)
    actor_token_id: Mapped[int | None] = mapped_column(Integer)
    actor_name: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(Integer)
    subject_version: Mapped[int | None] = mapped_column(Integer)
    subject_sequence: Mapped[int | None] = mapped_column(Integer)
    details: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)


class ChangeCounter(Base):
    """How often what `subject` names has changed, such as `unit:3` or `person:7`.

    Writers raise it, so that whoever keeps a copy (a calendar feed) is answered from one row.
    """

    __tablename__ = "change_counter"

    subject: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
