"""The payment list as the city's ledger reads it: CSV, one row for each grant."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from booking.core.clock import local_date
from booking.decisions.models import Decision
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_paying_use_cases import most_to_pay
from booking.self_initiated.support_rules import SupportState

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    "application",
    "decision",
    "decided_on",
    "state",
    "event",
    "applicant",
    "organisation",
    "business_id",
    "payee",
    "iban",
    "granted",
    "accepted_receipts",
    "amount",
    "currency",
    "paid_on",
    "message",
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def payments_csv(
    rows: Sequence[tuple[SupportApplication, Decision]], zone: ZoneInfo, currency: str
) -> str:
    """As Finnish ledgers and spreadsheets read it: a byte order mark, semicolons, decimal commas,
    local dates. `amount` is what was paid, or what the receipts allow to be paid."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(list(_row(one, decision, zone, currency)) for one, decision in rows)
    return text.getvalue()


def _row(
    one: SupportApplication, decision: Decision, zone: ZoneInfo, currency: str
) -> Iterator[str]:
    accepted = sum(receipt.accepted_cents or 0 for receipt in one.receipts)
    is_paid = one.state == SupportState.PAID
    organisation = one.organisation
    yield one.reference
    yield decision.reference or ""
    yield local_date(decision.decided_at, zone).isoformat()
    yield one.state
    yield _safe(one.event.title)
    yield _safe(one.person.name)
    yield _safe(organisation.name if organisation else "")
    yield _safe(organisation.business_id or "" if organisation else "")
    yield _safe(one.payee)
    yield one.iban or ""
    yield _decimal(one.granted_cents or 0)
    yield _decimal(accepted)
    yield _decimal((one.paid_cents or 0) if is_paid else most_to_pay(one))
    yield currency
    yield local_date(one.paid_at, zone).isoformat() if one.paid_at else ""
    yield _safe(f"{one.event.title} {one.reference}")


def _decimal(cents: int) -> str:
    return f"{(Decimal(cents) / 100):.2f}".replace(".", ",")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line."""
    one_line = " ".join(text.split())
    starts = one_line.startswith(_STARTS_A_FORMULA) or text.startswith(_STARTS_A_FORMULA)
    return f"'{one_line}" if starts else one_line
