"""What the endpoints about money take and give."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from booking.billing.models import Charge, ChargeLine, CreditNote, Payer
from booking.billing.rules import CreditWish, PayerDetails, creditor_reference
from booking.web.api import Model
from booking.web.cursors import FIRST_YEAR, LAST_YEAR
from booking.web.faults import SENTENCES, unfit

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _written_out(value: object) -> object:
    """The date of a text. A number is none, though it could count seconds."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise unfit(SENTENCES["date_parsing"])
    return value


def _within_reach(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise unfit(SENTENCES["date_parsing"])
    return day


Day = Annotated[date, BeforeValidator(_written_out), AfterValidator(_within_reach)]
"""A local date in an address."""


class PayerIn(Model):
    """Who pays. An e-invoice address (OVT or IBAN) comes with its operator's code; without one the
    postal address is needed. `keep_as_usual`: also for the owner's bookings to come."""

    name: Annotated[str, StringConstraints(max_length=120)]
    street_address: Annotated[str, StringConstraints(max_length=120)] = ""
    postcode: Annotated[str, StringConstraints(max_length=10)] = ""
    town: Annotated[str, StringConstraints(max_length=60)] = ""
    business_id: Annotated[str, StringConstraints(max_length=20)] = ""
    e_invoice_address: Annotated[str, StringConstraints(max_length=45)] = ""
    e_invoice_operator: Annotated[str, StringConstraints(max_length=45)] = ""
    own_reference: Annotated[str, StringConstraints(max_length=35)] = ""
    keep_as_usual: bool = False

    def as_details(self) -> PayerDetails:
        """The same as a value of the rules."""
        return PayerDetails(**self.model_dump(exclude={"keep_as_usual"}))


class PayerFields(Model):
    name: str
    street_address: str
    postcode: str
    town: str
    business_id: str
    e_invoice_address: str
    e_invoice_operator: str
    own_reference: str


class PayerOut(PayerFields):
    """Who pays; `is_usual` where nobody has said so for this very reservation."""

    is_usual: bool


class CreditLineIn(Model):
    """So many cents, VAT included, of the charge's line of that number, from 1."""

    line: Annotated[int, Field(ge=1, le=1000)]
    total_cents: Annotated[int, Field(ge=1, le=2**31 - 1)]


class CreditIn(Model):
    """Why, and how much of which lines; without `lines` all that is left."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Annotated[str, StringConstraints(max_length=1000)]
    lines: Annotated[list[CreditLineIn], Field(max_length=100)] | None = None

    def as_wishes(self) -> list[CreditWish] | None:
        """The same as values of the rules."""
        if self.lines is None:
            return None
        return [CreditWish(one.line, one.total_cents) for one in self.lines]


class CreditLineOut(Model):
    line: int
    net_cents: int
    vat_cents: int
    total_cents: int


class CreditOut(Model):
    """A credit note."""

    number: int
    charge: int
    credited_on: date
    reason: str
    net_cents: int
    vat_cents: int
    total_cents: int
    lines: list[CreditLineOut]


class ChargeLineOut(Model):
    """What one space costs, and what of it was credited. Decimals are strings, amounts cents."""

    line: int
    name: dict[str, str]
    hours: str
    unit_cents: int
    share: str
    vat_class: str
    vat_percent: str
    net_cents: int
    vat_cents: int
    total_cents: int
    credited_cents: int


class ChargeOut(Model):
    """What a reservation owes for one reason: `use`, `late_cancellation` or `no_show`."""

    number: int
    reason: str
    reservation: str
    reference_number: str
    creditor_reference: str
    charged_on: date
    currency: str
    net_cents: int
    vat_cents: int
    total_cents: int
    credited_cents: int
    payer: PayerFields
    lines: list[ChargeLineOut]
    credit_notes: list[CreditOut]


class ChargeList(Model):
    items: list[ChargeOut]
    next: str | None


class ChargeQuery(Model):
    """Local dates on which it was charged, both included."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    reservation: str | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class LedgerQuery(Model):
    """Local dates, both included."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day


def payer_out(payer: Payer) -> PayerOut:
    return PayerOut(**payer.details.__dict__, is_usual=payer.reservation_id is None)


def charge_out(charge: Charge) -> ChargeOut:
    return ChargeOut(
        number=charge.number,
        reason=charge.reason,
        reservation=charge.reservation.reference,
        reference_number=charge.reference_number,
        creditor_reference=creditor_reference(charge.reference_number),
        charged_on=charge.charged_on,
        currency=charge.currency,
        net_cents=charge.net_cents,
        vat_cents=charge.vat_cents,
        total_cents=charge.total_cents,
        credited_cents=charge.credited_cents,
        payer=PayerFields(**charge.details.__dict__),
        lines=[_line_out(line) for line in charge.lines],
        credit_notes=[credit_out(note) for note in charge.credit_notes],
    )


def _line_out(line: ChargeLine) -> ChargeLineOut:
    return ChargeLineOut(
        line=line.position,
        name=line.name,
        hours=f"{line.hours.normalize():f}",
        unit_cents=line.unit_cents,
        share=f"{line.share:.2f}",
        vat_class=line.vat_class,
        vat_percent=f"{line.vat_percent:.1f}",
        net_cents=line.net_cents,
        vat_cents=line.vat_cents,
        total_cents=line.total_cents,
        credited_cents=line.credited_net_cents + line.credited_vat_cents,
    )


def credit_out(note: CreditNote) -> CreditOut:
    return CreditOut(
        number=note.number,
        charge=note.charge.number,
        credited_on=note.credited_on,
        reason=note.reason,
        net_cents=note.net_cents,
        vat_cents=note.vat_cents,
        total_cents=note.total_cents,
        lines=[
            CreditLineOut(
                line=one.charge_line.position,
                net_cents=one.net_cents,
                vat_cents=one.vat_cents,
                total_cents=one.total_cents,
            )
            for one in note.lines
        ],
    )
