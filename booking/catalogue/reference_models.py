"""The lists that places refer to: contacts, districts, kinds, equipment, hours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.database import Base, Document, ExactDecimal, Texts


class Named:
    """A slug of its own list, its place in the file, its names by language."""

    slug: Mapped[str] = mapped_column(String(50), unique=True)
    position: Mapped[int]
    name: Mapped[Texts] = mapped_column(Document)


class Contact(Named, Base):
    """Whom to ask about a unit: a mailbox of a service, never a person."""

    __tablename__ = "contact"

    email: Mapped[str] = mapped_column(String(254))


class District(Named, Base):
    __tablename__ = "district"


class AccessibilityFeature(Named, Base):
    __tablename__ = "accessibility_feature"


class Equipment(Named, Base):
    __tablename__ = "equipment"

    countable: Mapped[bool]


class SpaceKind(Named, Base):
    """A kind of space, with the facts that the rules of events ask of such a place."""

    __tablename__ = "space_kind"

    event_facts: Mapped[dict[str, Any]] = mapped_column(Document)


class PriceGroup(Named, Base):
    """Which share of the full price a group pays; `vat_added` where that is a net price."""

    __tablename__ = "price_group"

    description: Mapped[Texts] = mapped_column(Document)
    share: Mapped[Decimal] = mapped_column(ExactDecimal)
    vat_added: Mapped[bool]


class OpeningHours(Named, Base):
    """Weekly opening hours by wall time, with the exceptions to them.

    A week maps mon … sun to lists of [start, end] in minutes after midnight, 0 to 1440.
    """

    __tablename__ = "opening_hours"

    evidence: Mapped[str] = mapped_column(String(20))

    patterns: Mapped[list[HoursPattern]] = relationship(
        order_by="HoursPattern.valid_from", cascade="all, delete-orphan"
    )
    exceptions: Mapped[list[OpeningHoursException]] = relationship(
        order_by="OpeningHoursException.position"
    )


class HoursPattern(Base):
    """The week that holds from `valid_from` to `valid_to`, both included; empty is open."""

    __tablename__ = "hours_pattern"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", name="order"),)

    opening_hours_id: Mapped[int] = mapped_column(
        ForeignKey("opening_hours.id", ondelete="CASCADE"), index=True
    )
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    week: Mapped[dict[str, list[list[int]]]] = mapped_column(Document)


class HoursException(Named, Base):
    """When weekly hours don't hold (`when_`), and what holds then (`effect`)."""

    __tablename__ = "hours_exception"
    __table_args__ = (CheckConstraint("effect IN ('closed', 'latest_end', 'week')", name="effect"),)

    when_: Mapped[dict[str, Any]] = mapped_column("when", Document)
    effect: Mapped[str] = mapped_column(String(12))
    latest_end: Mapped[int | None]
    week: Mapped[dict[str, list[list[int]]] | None] = mapped_column(Document)
    evidence: Mapped[str] = mapped_column(String(20))


class OpeningHoursException(Base):
    """That an exception belongs to some opening hours, in the order given."""

    __tablename__ = "opening_hours_exception"
    __table_args__ = (UniqueConstraint("opening_hours_id", "exception_id"),)

    opening_hours_id: Mapped[int] = mapped_column(
        ForeignKey("opening_hours.id", ondelete="CASCADE")
    )
    exception_id: Mapped[int] = mapped_column(ForeignKey("hours_exception.id"))
    position: Mapped[int]
