"""What has versions and dates: terms, policies, prices and VAT.

Reservations keep the versions of policy and terms they were made under, so those are never changed
once they are in force; of prices they keep the lines themselves.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.catalogue.reference_models import Named
from booking.database import Base, Document, ExactDecimal, Texts, UTCDateTime


class TermsVersion(Base):
    """One version of a text of terms, whole in itself; slug and version are what is accepted."""

    __tablename__ = "terms_version"
    __table_args__ = (UniqueConstraint("slug", "version"),)

    slug: Mapped[str] = mapped_column(String(50))
    version: Mapped[date]
    valid_from: Mapped[date]
    title: Mapped[Texts] = mapped_column(Document)
    points: Mapped[list[dict[str, str]]] = mapped_column(Document)


class Policy(Base):
    """The rules of booking of a space (`subject` "space") or of a loan ("loan"), over time."""

    __tablename__ = "policy"
    __table_args__ = (
        UniqueConstraint("subject", "slug"),
        CheckConstraint("subject IN ('space', 'loan')", name="subject"),
    )

    subject: Mapped[str] = mapped_column(String(10))
    slug: Mapped[str] = mapped_column(String(50))
    position: Mapped[int]

    versions: Mapped[list[PolicyVersion]] = relationship(
        back_populates="policy", order_by="PolicyVersion.in_force_from"
    )


class PolicyVersion(Base):
    """The content of a policy from `in_force_from` until the next version comes into force.

    `content` holds the keys of the catalogue's format, as plain values; `valid_from` is the date
    that the file gave.
    """

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_id", "in_force_from"),)

    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    valid_from: Mapped[date]
    in_force_from: Mapped[datetime] = mapped_column(UTCDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(Document)

    policy: Mapped[Policy] = relationship(back_populates="versions")


class VatClass(Named, Base):
    __tablename__ = "vat_class"

    rates: Mapped[list[VatRate]] = relationship(
        order_by="VatRate.from_date", cascade="all, delete-orphan"
    )


class VatRate(Base):
    """The rate in force from `from_date` to `to_date`, both included; empty is open."""

    __tablename__ = "vat_rate"
    __table_args__ = (CheckConstraint("from_date <= to_date", name="order"),)

    vat_class_id: Mapped[int] = mapped_column(
        ForeignKey("vat_class.id", ondelete="CASCADE"), index=True
    )
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    percent: Mapped[Decimal] = mapped_column(ExactDecimal)


class PriceList(Named, Base):
    """Prices of a kind of space over time, and the VAT class of its use."""

    __tablename__ = "price_list"

    vat_class_id: Mapped[int] = mapped_column(ForeignKey("vat_class.id"))
    vat_class_other_use_id: Mapped[int | None] = mapped_column(ForeignKey("vat_class.id"))
    demo: Mapped[bool]

    rows: Mapped[list[PriceRow]] = relationship(
        order_by="PriceRow.from_date", cascade="all, delete-orphan"
    )


class PriceRow(Base):
    """The full price of an hour, in cents, and how many hours of a local day cost at most."""

    __tablename__ = "price_row"
    __table_args__ = (
        CheckConstraint("from_date <= to_date", name="order"),
        CheckConstraint("hourly_cents >= 0", name="hourly_cents"),
        CheckConstraint("day_cap_hours BETWEEN 1 AND 24", name="day_cap_hours"),
    )

    price_list_id: Mapped[int] = mapped_column(
        ForeignKey("price_list.id", ondelete="CASCADE"), index=True
    )
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    hourly_cents: Mapped[int]
    day_cap_hours: Mapped[int]
