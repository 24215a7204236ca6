"""Who owes what, and how it is told to a bank and to a ledger: decisions on plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from booking.accounts.rules import normal_business_id, plain
from booking.billing import errors as e
from booking.core.errors import RuleBroken


class Reason(StrEnum):
    """Why something is owed."""

    USE = "use"
    LATE_CANCELLATION = "late_cancellation"
    NO_SHOW = "no_show"


REASONS = tuple(reason.value for reason in Reason)


def owed_for(
    state: str, ends_at: datetime, due_cents: int | None, is_no_show: bool, now: datetime
) -> Reason | None:
    """What a reservation that has a price is charged for; None while, or where, nothing is owed.

    Nothing is before its time is over: until then it may be moved, cancelled or restored. Of one
    that was cancelled, or to which nobody came, `due_cents` says whether that is to be paid.
    """
    if ends_at > now:
        return None
    if state == "confirmed" and not is_no_show:
        return Reason.USE
    if not due_cents:
        return None
    return {"confirmed": Reason.NO_SHOW, "cancelled": Reason.LATE_CANCELLATION}.get(state)


# ── References ────────────────────────────────────────────────────────────────────────────────


def reference_number(base: int) -> str:
    """The Finnish reference number (viitenumero) of a number of 3 to 19 digits: its digits, and
    one that checks them.

    From the right the digits are weighed 7, 3, 1, 7, …; what the sum lacks to the next ten is the
    check digit. Raises `ValueError` for other lengths.
    """
    digits = str(base)
    if base < 0 or not 3 <= len(digits) <= 19:
        raise ValueError(f"{base} makes no reference number: it has 3 to 19 digits")
    weighed = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-weighed % 10}"


def creditor_reference(reference: str) -> str:
    """The same as an RF creditor reference (ISO 11649): "RF", two check digits, the reference."""
    return f"RF{98 - _mod_97(f'{reference}RF00'):02}{reference}"


def _mod_97(text: str) -> int:
    """The rest of division by 97, letters read as 10 to 35 (ISO 7064, MOD 97-10)."""
    return int("".join(str(int(letter, 36)) for letter in text)) % 97


# ── Payers ────────────────────────────────────────────────────────────────────────────────────

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_OVT = re.compile(r"0037([0-9]{8})[0-9A-Z]{0,5}")
_OPERATOR = re.compile(r"[0-9A-Z]{8,35}")
_POSTCODE = re.compile(r"[0-9]{5}")


@dataclass(frozen=True)
class PayerDetails:
    """Who pays, and how the invoice reaches them; empty is what nobody said."""

    name: str = ""
    street_address: str = ""
    postcode: str = ""
    town: str = ""
    business_id: str = ""
    e_invoice_address: str = ""
    e_invoice_operator: str = ""
    own_reference: str = ""

    def in_order(self) -> PayerDetails:
        """The same as it is kept: no needless spaces, identifiers in their usual form."""
        texts = {one.name: plain(getattr(self, one.name)) for one in fields(self)}
        for name in ("e_invoice_address", "e_invoice_operator", "postcode"):
            texts[name] = texts[name].replace(" ", "").upper()
        texts["business_id"] = normal_business_id(texts["business_id"]) or texts["business_id"]
        return PayerDetails(**texts)


def broken_payer_rules(payer: PayerDetails) -> list[RuleBroken]:
    """All that is wrong with a payer in order: whom the invoice could not reach."""
    return list(_broken_of_payer(payer))


def _broken_of_payer(payer: PayerDetails) -> Iterator[RuleBroken]:
    if not payer.name:
        yield e.PayerNameMissing()
    for name in ("street_address", "postcode", "town"):
        if not getattr(payer, name) and not payer.e_invoice_address:
            yield e.AddressMissing(field=name)
    if payer.postcode and not _POSTCODE.fullmatch(payer.postcode):
        yield e.PostcodeNotValid()
    if payer.business_id and normal_business_id(payer.business_id) is None:
        yield e.PayerBusinessIdNotValid()
    yield from _broken_of_e_invoice(payer)


def _broken_of_e_invoice(payer: PayerDetails) -> Iterator[RuleBroken]:
    address, operator = payer.e_invoice_address, payer.e_invoice_operator
    if address and not operator:
        yield e.EInvoiceIncomplete(field="e_invoice_operator")
    if operator and not address:
        yield e.EInvoiceIncomplete(field="e_invoice_address")
    if address and not (_is_ovt(address) or _is_iban(address)):
        yield e.EInvoiceAddressNotValid()
    if operator and not _OPERATOR.fullmatch(operator):
        yield e.EInvoiceOperatorNotValid()


def _is_ovt(text: str) -> bool:
    """0037, the business ID without its hyphen, and up to five more of the receiver's own."""
    found = _OVT.fullmatch(text)
    return found is not None and normal_business_id(f"{found[1][:7]}-{found[1][7]}") is not None


def _is_iban(text: str) -> bool:
    return _IBAN.fullmatch(text) is not None and _mod_97(text[4:] + text[:4]) == 1


# ── Amounts ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Amounts:
    """Cents: net and VAT, together the total."""

    net: int
    vat: int

    @property
    def total(self) -> int:
        return self.net + self.vat

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.net + other.net, self.vat + other.vat)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.net - other.net, self.vat - other.vat)


def sum_of(amounts: Sequence[Amounts]) -> Amounts:
    return sum(amounts, Amounts(0, 0))


def part_of(left: Amounts, total: int, percent: Decimal) -> Amounts:
    """So many cents in all (1 to `left.total`) out of what is left of a line, at its VAT rate.

    The net is rounded to the cent, half up, and neither net nor VAT is more than is left of it:
    so all parts of a line together are the line, to the cent.
    """
    exact = Decimal(total) / (1 + percent / 100)
    net = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    net = min(max(net, total - left.vat), left.net)
    return Amounts(net, total - net)


@dataclass(frozen=True, slots=True)
class CreditWish:
    """So many cents, VAT included, of the line of that number (from 1)."""

    line: int
    total_cents: int


def credits_of(
    left: Sequence[tuple[Amounts, Decimal]], wishes: Sequence[CreditWish] | None
) -> dict[int, Amounts] | list[RuleBroken]:
    """What a credit note takes of each line, by its number; or why it can't be made.

    `left` is what is left of each line, and its VAT rate; without wishes all of it is credited.
    """
    if wishes is None:
        everything = {number: one for number, (one, _rate) in enumerate(left, 1) if one.total}
        return everything or [e.NothingCredited()]
    broken = list(_broken_of_wishes(left, wishes))
    if broken:
        return broken
    return {
        wish.line: part_of(left[wish.line - 1][0], wish.total_cents, left[wish.line - 1][1])
        for wish in wishes
    }


def _broken_of_wishes(
    left: Sequence[tuple[Amounts, Decimal]], wishes: Sequence[CreditWish]
) -> Iterator[RuleBroken]:
    if not wishes:
        yield e.NothingCredited()
    seen: set[int] = set()
    for wish in wishes:
        if not 1 <= wish.line <= len(left) or wish.line in seen:
            yield e.NoSuchLine(line=wish.line)
            continue
        seen.add(wish.line)
        most = left[wish.line - 1][0].total
        if wish.total_cents > most:
            yield e.CreditAboveCharge(line=wish.line, most=most)
        elif wish.total_cents < 1:
            yield e.NothingCredited()
