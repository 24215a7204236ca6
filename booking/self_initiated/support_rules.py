"""The rules of support: what an application must say, when receipts are due, what can be granted.

Everything is decided on values; amounts are cents. Broken rules are given, all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from booking.core.errors import N_, Cents, RuleBroken
from booking.self_initiated import support_errors as e

LONGEST_TEXT = 4000
LONGEST_NAME = 120
MOST_LINES = 40
MOST_RECEIPTS = 20
MOST_CENTS = 100_000_000
"""A million euros: nobody's budget for a small event has a line like that."""

REMINDED_AHEAD = timedelta(days=7)
DECLARES_AID = "S10"
"""The rule after which the applicant owes a de minimis declaration."""

_EUROS = re.compile(r"(\d{1,3}(?: \d{3})+|\d+)(?:[.,](\d{2}))?")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_FINNISH_LENGTH = 18


class SupportState(StrEnum):
    """The life of an application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    PAID = "paid"


STATE_NAMES: Mapping[str, str] = {
    SupportState.DRAFT: N_("draft"),
    SupportState.SUBMITTED: N_("awaiting a decision"),
    SupportState.GRANTED: N_("granted"),
    SupportState.DENIED: N_("denied"),
    SupportState.WITHDRAWN: N_("withdrawn"),
    SupportState.REPORTED: N_("reported"),
    SupportState.PAID: N_("paid"),
}

CAN_BE_WITHDRAWN = frozenset({SupportState.DRAFT, SupportState.SUBMITTED, SupportState.GRANTED})


@dataclass(frozen=True, slots=True)
class SupportTerms:
    """What the city's rule set says of the pop-up grant, on the day of a decision."""

    event_cap_cents: int
    annual_cap_cents: int
    receipts_days: int


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A cost, or an income; `cents` is None while it is not written yet."""

    kind: str
    what: str
    cents: int | None

    def as_plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "what": self.what, "cents": self.cents}


@dataclass(frozen=True, slots=True)
class LoanLine:
    """So many pieces of a thing on loan, from a local day to another, both included."""

    item: str
    quantity: int
    first: date
    last: date

    def as_plain(self) -> dict[str, Any]:
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"item": self.item, "quantity": self.quantity, **days}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> LoanLine:
        days = (date.fromisoformat(kept[end]) for end in ("from", "to"))
        return cls(kept["item"], kept["quantity"], *days)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an applicant has written so far."""

    requested_cents: int = 0
    description: str = ""
    budget: Sequence[BudgetLine] = ()
    loans: Sequence[LoanLine] = ()
    other_aid: str = ""
    payee: str = ""
    iban: str = ""
    declares: Mapping[str, bool] = field(default_factory=dict)

    @property
    def written_lines(self) -> list[BudgetLine]:
        """The lines of the budget in which something stands."""
        return [line for line in self.budget if line.what.strip() or line.cents is not None]

    def sum_of(self, kind: str) -> int:
        return sum(line.cents or 0 for line in self.written_lines if line.kind == kind)


# ── Money and accounts ────────────────────────────────────────────────────────────────────────


def read_euros(text: str) -> int:
    """The cents of an amount as people write it: 120, 120,50, 120.50, 1 200, with or without €.

    Raises `ValueError` for all else: less than nothing, half a cent, one decimal, too much.
    """
    bare = text.replace("\u00a0", " ").replace("€", "").strip()
    found = _EUROS.fullmatch(bare)
    if not found or not bare.isascii():
        raise ValueError(text)
    cents = int(found[1].replace(" ", "")) * 100 + int(found[2] or 0)
    if cents > MOST_CENTS:
        raise ValueError(text)
    return cents


def normal_iban(text: str) -> str:
    """The account number without spaces, in capitals."""
    return "".join(text.split()).upper()


def grouped_iban(iban: str) -> str:
    """The account number in groups of four, as it is read aloud."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def iban_problem(text: str) -> RuleBroken | None:
    """Why this can't be an account number (ISO 13616: the check digits make it 1 modulo 97)."""
    iban = normal_iban(text)
    if not iban.isascii() or not _IBAN.fullmatch(iban):
        return e.IbanMalformed()
    if iban.startswith("FI") and (len(iban) != _FINNISH_LENGTH or not iban[2:].isdecimal()):
        return e.IbanOfWrongLength(digits=len(iban) - 2)
    turned = iban[4:] + iban[:4]
    number = int("".join(str(int(letter, 36)) for letter in turned))
    return None if number % 97 == 1 else e.IbanMistyped()


# ── What an application says ──────────────────────────────────────────────────────────────────


def broken_in_draft(wish: Wish) -> list[RuleBroken]:
    """What can't even be kept as a draft: what is too long or too much."""
    return [*_too_long(wish), *_wrong_account(wish)]


def broken_in_submission(
    wish: Wish, support_rules: Sequence[str], terms: SupportTerms
) -> list[RuleBroken]:
    """All that keeps an application from being submitted, in the order of the form.

    `support_rules` are the rules of support that the event's outcome lists.
    """
    broken: list[RuleBroken] = [*_too_long(wish)]
    if not wish.requested_cents and not wish.loans:
        broken.append(e.NothingAppliedFor())
    if not wish.description.strip():
        broken.append(e.DescriptionMissing())
    if wish.requested_cents:
        broken += _broken_by_money(wish, support_rules, terms)
    return broken


def _broken_by_money(
    wish: Wish, support_rules: Sequence[str], terms: SupportTerms
) -> Iterator[RuleBroken]:
    if wish.requested_cents > terms.event_cap_cents:
        yield e.RequestedTooMuch(most=Cents(terms.event_cap_cents))
    yield from _broken_budget(wish)
    if DECLARES_AID in support_rules and not wish.other_aid.strip():
        yield e.OtherAidMissing()
    if not wish.payee.strip():
        yield e.PayeeMissing()
    if not wish.iban.strip():
        yield e.IbanMissing()
    yield from _wrong_account(wish)


def _broken_budget(wish: Wish) -> Iterator[RuleBroken]:
    """Every line whole, some costs, and no more asked for than is lacking."""
    unfinished = False
    for number, line in enumerate(wish.written_lines, 1):
        if not line.what.strip() or line.cents is None:
            unfinished = True
            yield e.BudgetLineUnfinished(line=number)
    if unfinished:
        return
    costs, incomes = wish.sum_of("cost"), wish.sum_of("income")
    if not costs:
        yield e.CostsMissing()
    elif wish.requested_cents > max(costs - incomes, 0):
        yield e.CostsTooSmall(gap=Cents(max(costs - incomes, 0)))


def _too_long(wish: Wish) -> Iterator[RuleBroken]:
    for name, most in (
        ("description", LONGEST_TEXT),
        ("other_aid", LONGEST_TEXT),
        ("payee", LONGEST_NAME),
    ):
        if len(getattr(wish, name)) > most:
            yield e.TextTooLong(field=name, most=most)
    if any(len(line.what) > LONGEST_NAME for line in wish.budget):
        yield e.TextTooLong(field="budget", most=LONGEST_NAME)
    if len(wish.written_lines) > MOST_LINES:
        yield e.TooManyBudgetLines(most=MOST_LINES)


def _wrong_account(wish: Wish) -> Iterator[RuleBroken]:
    if wish.iban.strip() and (problem := iban_problem(wish.iban)):
        yield problem


# ── What can be granted and paid, and when ────────────────────────────────────────────────────


def most_to_grant(requested_cents: int, terms: SupportTerms) -> int:
    """The most that one event can be granted, whatever is left of the year."""
    return min(requested_cents, terms.event_cap_cents)


def broken_by_grant(
    amount: int, requested: int, terms: SupportTerms, *, is_against_rules: bool, reason: str
) -> list[RuleBroken]:
    """Why so much can't be granted. Nothing is granted only where nothing but things on loan was
    applied for; a reason is owed for less than was applied for, and against the rules."""
    most = most_to_grant(requested, terms)
    broken: list[RuleBroken] = []
    if requested and amount <= 0:
        broken.append(e.GrantMissing(most=Cents(most)))
    if amount > most:
        broken.append(e.GrantTooLarge(most=Cents(most)))
    if (amount < requested or is_against_rules) and not reason.strip():
        broken.append(e.ReasonOwed())
    return broken


def receipts_due(last_day: date, terms: SupportTerms) -> date:
    """The last day for receipts of an event that ends on `last_day`."""
    return last_day + timedelta(days=terms.receipts_days)


def due_reminder(due_on: date, today: date) -> str | None:
    """Which reminder of the receipts is due: `ahead` from a week before the last day, `overdue`
    from the day after it."""
    if today > due_on:
        return "overdue"
    return "ahead" if today >= due_on - REMINDED_AHEAD else None


def file_name_kept(name: str, ending: str) -> str:
    """A file's name as it is shown: without folders and odd characters, its ending what it is."""
    base = re.split(r"[/\\]", name)[-1]
    stem = base.rpartition(".")[0] if "." in base else base
    kept = "".join(one if one.isalnum() or one in "-_ ()" else "_" for one in stem)
    return f"{' '.join(kept.split())[:80].strip() or 'receipt'}.{ending}"
