"""Payers, charges and credit notes: the tables that keep what is owed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.billing.rules import REASONS, Amounts, PayerDetails
from booking.database import Base, Document, ExactDecimal, Texts, UTCDateTime
from booking.reservations.models import Reservation

_OF_ONE = " + ".join(
    f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
    for column in ("reservation_id", "organisation_id", "person_id")
)
_REASONS = ", ".join(repr(reason) for reason in REASONS)
_SUMS = "total_cents = net_cents + vat_cents"


class _PaysBy:
    """How an invoice reaches whoever pays; empty is what nobody said."""

    name: Mapped[str] = mapped_column(String(120))
    street_address: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(5), default="")
    town: Mapped[str] = mapped_column(String(60), default="")
    business_id: Mapped[str] = mapped_column(String(9), default="")
    e_invoice_address: Mapped[str] = mapped_column(String(35), default="")
    e_invoice_operator: Mapped[str] = mapped_column(String(35), default="")
    own_reference: Mapped[str] = mapped_column(String(35), default="")

    @property
    def details(self) -> PayerDetails:
        """The same as a value."""
        return PayerDetails(**{name: getattr(self, name) for name in PAYER_FIELDS})

    def pays_by(self, details: PayerDetails) -> None:
        """Take over what a value says."""
        for name in PAYER_FIELDS:
            setattr(self, name, getattr(details, name))


PAYER_FIELDS = tuple(PayerDetails.__dataclass_fields__)


class Payer(_PaysBy, Base):
    """Who pays for a reservation; or, for those to come, usually for an organisation or person."""

    __tablename__ = "payer"
    __table_args__ = (
        CheckConstraint(f"{_OF_ONE} = 1", name="of_one"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("(e_invoice_address = '') = (e_invoice_operator = '')", name="e_invoice"),
    )

    reservation_id: Mapped[int | None] = mapped_column(
        ForeignKey("reservation.id", ondelete="CASCADE"), unique=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), unique=True
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), unique=True
    )
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Charge(_PaysBy, Base):
    """What a reservation is charged for one reason, with payer and price as they were then.

    `charged_on` is the local date on which it was made, which never changes: so a period that is
    over stays as it was exported. `credited_…` sum up its credit notes.
    """

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint(f"reason IN ({_REASONS})", name="reason"),
        CheckConstraint(_SUMS, name="sums"),
        CheckConstraint("total_cents > 0", name="positive"),
        CheckConstraint("credited_cents BETWEEN 0 AND total_cents", name="credited"),
        UniqueConstraint("reservation_id", "reason"),
        Index("ix_charge_day", "charged_on", "number"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    reason: Mapped[str] = mapped_column(String(20))
    reference_number: Mapped[str] = mapped_column(String(20), unique=True)
    charged_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    total_cents: Mapped[int]
    credited_cents: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    reservation: Mapped[Reservation] = relationship()
    lines: Mapped[list[ChargeLine]] = relationship(order_by="ChargeLine.position")
    credit_notes: Mapped[list[CreditNote]] = relationship(
        back_populates="charge", order_by="CreditNote.number"
    )


class ChargeLine(Base):
    """What one space costs: the reservation's price line as it was when it was charged."""

    __tablename__ = "charge_line"
    __table_args__ = (
        UniqueConstraint("charge_id", "position"),
        CheckConstraint(_SUMS, name="sums"),
        CheckConstraint("credited_net_cents BETWEEN 0 AND net_cents", name="credited_net"),
        CheckConstraint("credited_vat_cents BETWEEN 0 AND vat_cents", name="credited_vat"),
    )

    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    position: Mapped[int]
    name: Mapped[Texts] = mapped_column(Document)
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit_cents: Mapped[int]
    share: Mapped[Decimal] = mapped_column(ExactDecimal)
    vat_class: Mapped[str] = mapped_column(String(50))
    vat_percent: Mapped[Decimal] = mapped_column(ExactDecimal)
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    total_cents: Mapped[int]
    credited_net_cents: Mapped[int] = mapped_column(default=0)
    credited_vat_cents: Mapped[int] = mapped_column(default=0)

    @property
    def left(self) -> Amounts:
        """What is not credited of it."""
        return Amounts(
            self.net_cents - self.credited_net_cents, self.vat_cents - self.credited_vat_cents
        )

    def credit(self, amounts: Amounts) -> None:
        """Count what a credit note takes of it; the table refuses more than there is."""
        self.credited_net_cents += amounts.net
        self.credited_vat_cents += amounts.vat


class CreditNote(Base):
    """What was taken back of a charge, wholly or in part, by whom and why."""

    __tablename__ = "credit_note"
    __table_args__ = (
        CheckConstraint(_SUMS, name="sums"),
        CheckConstraint("total_cents > 0", name="positive"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_credit_note_day", "credited_on", "number"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), index=True)
    credited_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    total_cents: Mapped[int]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    charge: Mapped[Charge] = relationship(back_populates="credit_notes")
    lines: Mapped[list[CreditLine]] = relationship(order_by="CreditLine.id")


class CreditLine(Base):
    """What a credit note takes of one line of its charge."""

    __tablename__ = "credit_line"
    __table_args__ = (
        UniqueConstraint("credit_note_id", "charge_line_id"),
        CheckConstraint(_SUMS, name="sums"),
        CheckConstraint("net_cents >= 0 AND vat_cents >= 0 AND total_cents > 0", name="positive"),
    )

    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"))
    charge_line_id: Mapped[int] = mapped_column(ForeignKey("charge_line.id"), index=True)
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    total_cents: Mapped[int]

    charge_line: Mapped[ChargeLine] = relationship()
