"""What follows for an event: price group and decision, support, duties and when they are due.

Three-valued: a fact that is not known never approves and never denies. A rule of the rules in
force either holds (T), can still hold (U), or does not; an outcome is settled only where every
choice of which rules of U hold gives the same. The numbers and names below are those of the
section `resolution` of the rule set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from booking.rulebook.conditions import Values
from booking.rulebook.deadlines import due
from booking.rulebook.derived import EVENT_CAP, with_derived
from booking.rulebook.facts import START, Facts
from booking.rulebook.questions import Open, questions
from booking.rulebook.rule_set import Edition, Judged, Rule, RuleSet

AUTO_FREE, AUTO_CHARGED, REVIEW, DENIED = "auto_free", "auto_charged", "review", "denied"
NEEDS_INFO, NOT_APPLICABLE = "needs_info", "not_applicable"
ELIGIBLE, INELIGIBLE, NOT_REQUESTED = "eligible", "ineligible", "not_requested"


_STRONGER: tuple[tuple[Callable[[Rule], bool], str], ...] = (
    (lambda rule: rule.overrides_all, AUTO_FREE),
    (lambda rule: rule.effect == "deny", DENIED),
    (lambda rule: rule.effect == "review", REVIEW),
)
"""What beats the price, the strongest first."""

_BEST: tuple[tuple[Callable[[Rule], bool], Callable[[Iterable[int]], int]], ...] = (
    (lambda rule: rule.final, min),
    (lambda rule: rule.effect == "charge", max),
    (lambda rule: rule.effect == "free", min),
)
"""Whose group counts, the strongest first, and which of several groups."""


@dataclass(frozen=True, slots=True)
class FreeUse:
    """What the use of a city space costs, and who decides. A price is not a confirmation."""

    decision: str
    price_group: str | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a grant can be had, and how much, in euros; None where it is not known."""

    status: str
    amount: int | Decimal | None
    in_kind: bool | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that follows for an event, and from which rules. Ids are in the order of the file.

    `event_day` is the day on which duties are judged: that of the event, else today. `due` has an
    entry for each rule of guidance with a deadline, None while the start is unknown. `open` are
    the rules that an unknown fact can still bring, `questions` the facts to ask, best first.
    """

    rules_version: str
    today: date
    event_day: date
    partial: bool
    free_use: FreeUse
    support: Support
    guidance: tuple[str, ...]
    due: Mapping[str, date | datetime | None]
    open: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def fired(self) -> tuple[str, ...]:
        """Every rule that is told."""
        return (*self.free_use.rules, *self.support.rules, *self.guidance)

    def as_dict(self) -> dict[str, Any]:
        """The outcome as JSON holds it: days and wall times as text, amounts as numbers."""
        return {
            "rules_version": self.rules_version,
            "today": self.today.isoformat(),
            "partial": self.partial,
            "free_use": {
                "decision": self.free_use.decision,
                "price_group": self.free_use.price_group,
                "rules": list(self.free_use.rules),
            },
            "support": {
                "status": self.support.status,
                "amount": plain(self.support.amount),
                "in_kind": self.support.in_kind,
                "rules": list(self.support.rules),
            },
            "guidance": list(self.guidance),
            "due": {rule: plain(moment) for rule, moment in self.due.items()},
            "open": list(self.open),
            "questions": list(self.questions),
        }


def evaluate(rule_set: RuleSet, facts: Facts, today: date) -> Outcome:
    """The outcome for these facts, decided today (a local date of the city)."""
    start = facts.values[START]
    event_day = start.date() if start is not None else today
    decision, event = rule_set.edition(today), rule_set.edition(event_day)
    judged = _Sieve(rule_set, decision, with_derived(facts.values, today, decision.parameters))
    values = judged.values
    if event is not decision:
        values = with_derived(facts.values, today, event.parameters)
    free_use, support = judged.free_use(), judged.support()
    guidance = _Guidance(event, values)
    open_ = Open(free_use[1], support[1], guidance.open)
    listed = tuple(one.rule.id for one in guidance.listed)
    return Outcome(
        rule_set.version,
        today,
        event_day,
        facts.partial,
        free_use[0],
        support[0],
        listed,
        {
            one.rule.id: due(one.rule.deadline, start, rule_set.zone) if start else None
            for one in guidance.listed
            if one.rule.deadline.unit
        },
        open_.ids if facts.partial else (),
        questions(rule_set, open_, guidance.listed, judged.values, values, support[0].status)
        if facts.partial
        else (),
    )


def _sifted(rules: tuple[Judged, ...], values: Values) -> tuple[list[Judged], list[Judged]]:
    """The rules that hold, and those that an unknown fact leaves open."""
    true, unknown = [], []
    for one in rules:
        found = one.condition.test(values)
        if found:
            true.append(one)
        elif found is None:
            unknown.append(one)
    return true, unknown


def _ids(rules: list[Judged]) -> tuple[str, ...]:
    return tuple(one.rule.id for one in rules)


class _Sieve:
    """The rules of prices and support on the day of the decision, sifted."""

    def __init__(self, rule_set: RuleSet, edition: Edition, values: Values) -> None:
        self.rule_set, self.edition, self.values = rule_set, edition, values

    # ── Free use ──────────────────────────────────────────────────────────────────────────────

    def free_use(self) -> tuple[FreeUse, list[Judged]]:
        """What is decided, and the rules that are open."""
        true, unknown = _sifted(self.edition.free_use, self.values)
        applies = self.edition.free_use_applies.test(self.values)
        if applies is None:
            both = [one for one in self.edition.free_use if one in true or one in unknown]
            return FreeUse(NEEDS_INFO, None, ()), both
        if not applies:
            return FreeUse(NOT_APPLICABLE, None, ()), []
        groups = self._groups(true, unknown)
        decisions = self._decisions(true, unknown, groups)
        group = groups.pop() if len(groups) == 1 else None
        decision = decisions.pop() if len(decisions) == 1 else NEEDS_INFO
        settled = group is not None and decision != NEEDS_INFO
        rules = _ids(true)
        if not any(one.rule.effect in {"charge", "free"} for one in (*true, *unknown)):
            rules = (*rules, self.rule_set.default_price.id)
        return FreeUse(decision, group, rules), [] if settled else unknown

    def _groups(self, true: list[Judged], unknown: list[Judged]) -> set[str]:
        """The groups that are possible: final rules first (the lowest), then charges (the
        highest), then what is free (the lowest), then the default."""
        found: set[str] = set()
        for meets, best in _BEST:
            certain, possible = (
                {one.number: one.rule.price_group for one in rules if meets(one.rule)}
                for rules in (true, unknown)
            )
            if certain:
                chosen = best(certain)
                better = {
                    possible[number] for number in possible if best((number, chosen)) == number
                }
                return found | better | {certain[chosen]}
            found |= set(possible.values())
        return found | {self.rule_set.default_price.price_group}

    def _decisions(self, true: list[Judged], unknown: list[Judged], groups: set[str]) -> set[str]:
        """The decisions that are possible, the strongest first."""
        found: set[str] = set()
        for meets, decision in _STRONGER:
            if any(meets(one.rule) for one in true):
                return found | {decision}
            if any(meets(one.rule) for one in unknown):
                found.add(decision)
        return found | {
            AUTO_FREE if self.rule_set.groups[group].share == 0 else AUTO_CHARGED
            for group in groups
        }

    # ── Support ───────────────────────────────────────────────────────────────────────────────

    def support(self) -> tuple[Support, list[Judged]]:
        """What support there is, and the rules that are open."""
        true, unknown = _sifted(self.edition.support, self.values)
        kind_true = [one for one in true if one.rule.effect == "in_kind"]
        kind_open = [one for one in unknown if one.rule.effect == "in_kind"]
        in_kind = True if kind_true else None if kind_open else False
        applies = self.edition.support_applies.test(self.values)
        if applies is None:
            both = [
                one
                for one in self.edition.support
                if one in unknown or (one in true and one not in kind_true)
            ]
            return Support(NEEDS_INFO, None, in_kind, _ids(kind_true)), both
        if not applies:
            return Support(NOT_REQUESTED, 0, in_kind, _ids(kind_true)), kind_open
        status = self._status(true, unknown)
        amount = {ELIGIBLE: self._amount, INELIGIBLE: lambda: 0}.get(status, lambda: None)()
        still = kind_open if status == INELIGIBLE else unknown
        return Support(status, amount, in_kind, _ids(true)), still

    def _status(self, true: list[Judged], unknown: list[Judged]) -> str:
        fired, can_fire = set(_ids(true)), set(_ids(unknown))
        needs = {one.rule.id for one in self.edition.support if one.rule.id in self.rule_set.needs}
        room = self.values["annual_room_eur"]
        if (
            any(one.rule.effect == INELIGIBLE for one in true)
            or needs - fired - can_fire
            or room == 0
        ):
            return INELIGIBLE
        if needs & can_fire or any(one.rule.effect == INELIGIBLE for one in unknown):
            return NEEDS_INFO
        return NEEDS_INFO if room is None else ELIGIBLE

    def _amount(self) -> int | Decimal:
        amount: int | Decimal = min(
            self.values["grant_requested_eur"],
            self.edition.parameters[EVENT_CAP],
            self.values["annual_room_eur"],
        )
        return amount


class _Guidance:
    """The duties on the day of the event: those that are listed, and those still open."""

    def __init__(self, edition: Edition, values: Values) -> None:
        true, unknown = _sifted(edition.guidance, values)
        gone = {id_ for one in true for id_ in one.rule.suppresses}
        perhaps = {id_ for one in unknown for id_ in one.rule.suppresses}
        rest = [one for one in edition.guidance if one.rule.id not in gone]
        true_ids, unknown_ids = set(_ids(true)), set(_ids(unknown))
        self.listed = [
            one for one in rest if one.rule.id in true_ids and one.rule.id not in perhaps
        ]
        self.open = [
            one
            for one in rest
            if one.rule.id in unknown_ids or (one.rule.id in true_ids and one.rule.id in perhaps)
        ]


def plain(value: Any) -> Any:
    """A fact, an amount or a moment as JSON holds it."""
    match value:
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case tuple():
            return [plain(one) for one in value]
    return value
