"""What the rule set in force says of support: the one place that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook import FactsRefused, RuleSet, evaluate, read_facts, text_of
from booking.self_initiated.ledger_queries import granted_this_year
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_rules import SupportTerms

INELIGIBLE = "ineligible"


@dataclass(frozen=True, slots=True)
class SupportOutcome:
    """What the rules say of support for an event: `eligible`, `ineligible`, `not_requested` or
    `needs_info`; the rules that say so; whether help in kind is given; by which rule set."""

    status: str
    rules: tuple[str, ...]
    in_kind: bool | None
    version: str

    @property
    def is_against(self) -> bool:
        return self.status == INELIGIBLE

    def as_plain(self) -> dict[str, Any]:
        return {**asdict(self), "rules": list(self.rules)}


def outcome_at_submission(application: SupportApplication) -> SupportOutcome:
    """What the rules said when the application was submitted; later the event is over, and what
    was granted for it counts itself."""
    kept = application.outcome or {}
    return SupportOutcome(
        kept.get("status", "needs_info"),
        tuple(kept.get("rules", ())),
        kept.get("in_kind"),
        kept.get("version", ""),
    )


def terms_of(session: Session, day: date) -> SupportTerms:
    """The caps and the time for receipts in force on a local day."""
    found = rule_set_in_force(session).edition(day).parameters
    return SupportTerms(
        event_cap_cents=int(Decimal(found["popup_event_cap_eur"]) * 100),
        annual_cap_cents=int(Decimal(found["popup_annual_cap_eur"]) * 100),
        receipts_days=int(found["popup_receipts_days"]),
    )


def support_outcome(
    session: Session, event: SelfInitiatedEvent, requested_cents: int, day: date
) -> SupportOutcome:
    """The event's facts put to the rules anew, with what is applied for and what was granted this
    year; where they don't fit the rule set of today, what was found for the event before."""
    rule_set, kept = rule_set_in_force(session), event.outcome or {}
    granted = granted_this_year(session, event.person_id, event.organisation_id, day.year)
    given = {
        **event.facts,
        "grant_requested_eur": Decimal(requested_cents) / 100,
        "grants_this_year_eur": Decimal(granted) / 100,
    }
    try:
        facts = read_facts(rule_set, given, partial=bool(kept.get("partial")))
    except FactsRefused:
        found = kept.get("support") or {}
        return SupportOutcome(
            found.get("status", "needs_info"),
            tuple(found.get("rules", ())),
            found.get("in_kind"),
            event.rules_version or "",
        )
    support = evaluate(rule_set, facts, day).support
    return SupportOutcome(support.status, support.rules, support.in_kind, rule_set.version)


def reasons_for(
    session: Session, outcome: SupportOutcome, language: str, day: date
) -> dict[str, list[str]]:
    """The rules behind an outcome as sentences: those that speak `against`, those that would have
    to hold and don't (`lacking`), and all `others`."""
    rule_set = rule_set_in_force(session)
    against = [one for one in outcome.rules if _effect(rule_set, one) == INELIGIBLE]
    others = [one for one in outcome.rules if one not in against]
    lacking = [one for one in rule_set.needs if one not in outcome.rules]
    return {
        "against": list(_sentences(rule_set, against, language, day)),
        "lacking": list(_sentences(rule_set, lacking, language, day)),
        "others": list(_sentences(rule_set, others, language, day)),
    }


def _effect(rule_set: RuleSet, rule: str) -> str:
    found = rule_set.rules.get(rule)
    return found.effect if found else ""


def _sentences(rule_set: RuleSet, rules: list[str], language: str, day: date) -> Iterator[str]:
    """Each rule as a sentence; of one that the rule set of today has not, its id."""
    for rule in rules:
        found = rule_set.rules.get(rule)
        yield text_of(rule_set, found, language, day) if found else rule
