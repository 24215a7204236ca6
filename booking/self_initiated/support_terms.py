"""What the rule set says of support: the one place that asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.support_rules import SupportTerms


@dataclass(frozen=True, slots=True)
class SupportOutcome:
    """What the rules say of support for an event: `eligible`, `ineligible`, `not_requested` or
    `needs_info`; the rules that say so; whether help in kind is given."""

    status: str
    rules: Sequence[str]
    in_kind: bool | None

    @property
    def is_against(self) -> bool:
        return self.status == "ineligible"


def terms_of(session: Session, day: date) -> SupportTerms:
    """The caps and the time for receipts in force on a local day."""
    return SupportTerms(event_cap_cents=50_000, annual_cap_cents=50_000, receipts_days=60)


def support_outcome(event: SelfInitiatedEvent) -> SupportOutcome:
    """What was found when the event's facts were put to the rules."""
    kept = (event.outcome or {}).get("support") or {}
    return SupportOutcome(
        kept.get("status", "needs_info"), kept.get("rules", ()), kept.get("in_kind")
    )


def outcome_in_words(
    session: Session, event: SelfInitiatedEvent, language: str
) -> dict[str, object]:
    """What the rules say of support for the event, for a page: its status, and each rule as a
    sentence in that language."""
    outcome = support_outcome(event)
    return {
        "status": outcome.status,
        "in_kind": outcome.in_kind,
        "sentences": sentences_of(outcome.rules, language),
    }


def sentences_of(rules: Sequence[str], language: str) -> list[dict[str, str]]:
    """The rules of these ids as sentences."""
    return [{"id": rule, "message": rule} for rule in rules]
