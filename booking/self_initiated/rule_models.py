"""The rule sets of the city: what was published when, drafts, and what trials of them showed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, Document, UTCDateTime


class StoredRules(Base):
    """A rule set, whole, as text: a draft, or one that was published and never changes again.

    In force is the one published last; to roll back is to publish an older one anew. `base_id` is
    the one that it was made from.
    """

    __tablename__ = "rule_set"
    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", name="published"),
        Index("ix_rule_set_published", "published_at"),
    )

    name: Mapped[str] = mapped_column(String(40), unique=True)
    body: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    base_id: Mapped[int | None] = mapped_column(ForeignKey("rule_set.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    # SQLAlchemy reads it off the class.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RuleTrial(Base):
    """What a draft would have done to the events of last year and to the table of scenarios: how
    many of them are put to it, and whose outcome changes."""

    __tablename__ = "rule_trial"
    __table_args__ = (CheckConstraint("done BETWEEN 0 AND total", name="done"),)

    rule_set_id: Mapped[int] = mapped_column(
        ForeignKey("rule_set.id", ondelete="CASCADE"), index=True
    )
    rule_set_version: Mapped[int]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    last_event_id: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
