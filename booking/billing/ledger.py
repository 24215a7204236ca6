"""What is billable as a ledger reads it: CSV, one row for each line of a charge or credit note."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from booking.billing.models import PAYER_FIELDS, Charge, ChargeLine, CreditNote
from booking.billing.rules import Amounts, creditor_reference
from booking.core.clock import local_date

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    "type",
    "number",
    "date",
    "reason",
    "reservation",
    "used_from",
    "used_to",
    "line",
    "space",
    "vat_class",
    "vat_percent",
    "net",
    "vat",
    "total",
    "currency",
    "reference_number",
    "creditor_reference",
    "credits_charge",
    *(f"payer_{name}" for name in PAYER_FIELDS),
    "note",
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Row = list[str]


def ledger_csv(
    charges: Sequence[Charge], notes: Sequence[CreditNote], zone: ZoneInfo, language: str
) -> str:
    """The charges, then the credit notes (negative), each by number and line; as Finnish ledgers
    and spreadsheets read it: a byte order mark, semicolons, decimal commas, local dates.

    The same rows are the same text, whenever it is written.
    """
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for charge in charges:
        writer.writerows(_rows_of_charge(charge, zone, language))
    for note in notes:
        writer.writerows(_rows_of_note(note, zone, language))
    return text.getvalue()


def _rows_of_charge(charge: Charge, zone: ZoneInfo, language: str) -> Iterator[Row]:
    for line in charge.lines:
        amounts = Amounts(line.net_cents, line.vat_cents)
        yield [
            *("charge", str(charge.number), charge.charged_on.isoformat()),
            *_what(charge, line, amounts, zone, language),
            *("", *_payer(charge), ""),
        ]


def _rows_of_note(note: CreditNote, zone: ZoneInfo, language: str) -> Iterator[Row]:
    for one in note.lines:
        amounts = Amounts(-one.net_cents, -one.vat_cents)
        yield [
            *("credit", str(note.number), note.credited_on.isoformat()),
            *_what(note.charge, one.charge_line, amounts, zone, language),
            *(str(note.charge.number), *_payer(note.charge), _safe(note.reason)),
        ]


def _what(
    charge: Charge, line: ChargeLine, amounts: Amounts, zone: ZoneInfo, language: str
) -> Iterator[str]:
    """The middle of a row: what was used when, what it costs, how a payment names it."""
    yield charge.reason
    yield charge.reservation.reference
    for instant in (charge.reservation.starts_at, charge.reservation.ends_at):
        yield _day(instant, zone)
    yield str(line.position)
    yield _safe(line.name.get(language) or next(iter(line.name.values()), ""))
    yield line.vat_class
    yield _decimal(line.vat_percent)
    for cents in (amounts.net, amounts.vat, amounts.total):
        yield _decimal((Decimal(cents) / 100).quantize(Decimal("0.01")))
    yield charge.currency
    yield charge.reference_number
    yield creditor_reference(charge.reference_number)


def _payer(charge: Charge) -> list[str]:
    return [_safe(getattr(charge, name)) for name in PAYER_FIELDS]


def _day(instant: datetime, zone: ZoneInfo) -> str:
    return local_date(instant, zone).isoformat()


def _decimal(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line."""
    one_line = " ".join(text.split())
    return f"'{one_line}" if text.startswith(_STARTS_A_FORMULA) else one_line
