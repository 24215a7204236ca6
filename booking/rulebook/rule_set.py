"""The rule set as a value: facts, parameters, rules; and what of it is in force on a date."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from booking.rulebook.conditions import Compiled, Condition, compiled
from booking.rulebook.texts import DEADLINE, Text, filled

Number = int | Decimal

FREE_USE, SUPPORT, GUIDANCE = "free_use", "support", "guidance"
STATUTE = "statute"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is asked of an event; `least`, `most` and `unit` of numbers only."""

    name: str
    type: str
    required: bool
    default: Any
    taken_from: str
    ask: Text
    why: Text
    values: tuple[str, ...] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)
    unit: str = ""
    least: Number | None = None
    most: Number | None = None
    max_days_after_start: int | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that is computed from others; unknown while one of them is."""

    name: str
    type: str
    sources: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """A value and the first and last day on which it holds; no last day: until further notice."""

    value: Any
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the city's (or of the law), or a window of local time as two times."""

    name: str
    versions: tuple[Version, ...]
    unit: str
    basis: str
    source: str
    label: Text
    note: str = ""

    def on(self, day: date) -> Any:
        """The value on that day; before the first version, the first."""
        before = [one for one in self.versions if one.valid_from is None or one.valid_from <= day]
        return (before[-1] if before else self.versions[0]).value

    @property
    def is_window(self) -> bool:
        return self.unit == "local_time_window"


@dataclass(frozen=True, slots=True)
class Group:
    """A price group and its share of the full price."""

    id: str
    share: Decimal
    name: Text

    @property
    def number(self) -> int:
        return int(self.id[1:])


@dataclass(frozen=True, slots=True)
class Deadline:
    """`n` of `unit` (days, workdays, hours) before the start; no unit: no deadline."""

    unit: str | None = None
    n: int = 0
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one sends or reads it: its name and an address without protocol, where known."""

    name: Text
    address: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one of the three lists. Free use and support have an `effect`, guidance has a
    `kind` and what comes after it; `price_group` and what follows it have rules of free use."""

    id: str
    part: str
    when: Condition
    basis: str
    source: str
    conf: str
    text: Text
    valid_from: date
    valid_to: date | None
    source_checked: date
    recheck_by: date | None = None
    effect: str = ""
    price_group: str = ""
    final: bool = False
    overrides_all: bool = False
    kind: str = ""
    authority: Text = field(default_factory=dict)
    where: Place | None = None
    write: Text = field(default_factory=dict)
    deadline: Deadline = Deadline()
    fee: str = ""
    task: bool = True
    suppresses: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        """Both ends belong to it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class DefaultPrice:
    """What a use pays that no rule of free use prices."""

    id: str
    price_group: str
    text: Text


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A rule in force, its condition compiled for the date; `number` is that of its group."""

    rule: Rule
    condition: Compiled
    number: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The rule set as it stands on a date: the parameters and the rules in force."""

    parameters: Mapping[str, Any]
    free_use: tuple[Judged, ...]
    support: tuple[Judged, ...]
    guidance: tuple[Judged, ...]
    free_use_applies: Compiled
    support_applies: Compiled


@dataclass(frozen=True)
class RuleSet:
    """A whole rule set, read and checked."""

    version: str
    zone: ZoneInfo
    parameters: Mapping[str, Parameter]
    groups: Mapping[str, Group]
    fees: Mapping[str, Text]
    kinds: Mapping[str, Text]
    vocabulary: Mapping[str, Fact]
    derived: Mapping[str, Derived]
    free_use: tuple[Rule, ...]
    support: tuple[Rule, ...]
    guidance: tuple[Rule, ...]
    free_use_applies: Condition
    support_applies: Condition
    default_price: DefaultPrice
    needs: tuple[str, ...]
    support_page: Place
    _editions: dict[int, Edition] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules by id, in the order of the file."""
        return {rule.id: rule for rule in (*self.free_use, *self.support, *self.guidance)}

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each fact stands in the vocabulary."""
        return {name: number for number, name in enumerate(self.vocabulary)}

    @cached_property
    def turns(self) -> list[date]:
        """The days on which a rule or a parameter begins to hold or no longer holds, in order."""
        return sorted(set(_turns(self)))

    def edition(self, day: date) -> Edition:
        """The rule set as it stands on that day."""
        number = bisect_right(self.turns, day)
        if number not in self._editions:
            self._editions[number] = _edition(self, day)
        return self._editions[number]

    def parameters_on(self, day: date) -> Mapping[str, Any]:
        return {name: one.on(day) for name, one in self.parameters.items()}


def text_of(
    rule_set: RuleSet, rule: Rule, language: str, day: date, text: Text | None = None
) -> str:
    """The rule's sentence (or another `text` of it, such as `rule.write`) with its placeholders
    filled as on that day: for guidance the day of the event, else the day of the decision."""
    values = {**rule_set.edition(day).parameters, DEADLINE: rule.deadline.n}
    return filled((rule.text if text is None else text)[language], language, values)


def words_of(rule_set: RuleSet, text: Text, language: str, day: date) -> str:
    """A text outside of rules (a question, a label, the name of a group), as it reads today."""
    return filled(text[language], language, rule_set.edition(day).parameters)


def _turns(rule_set: RuleSet) -> Iterator[date]:
    spans: list[tuple[date | None, date | None]] = [
        (rule.valid_from, rule.valid_to) for rule in rule_set.rules.values()
    ]
    spans += [
        (version.valid_from, version.valid_to)
        for parameter in rule_set.parameters.values()
        for version in parameter.versions
    ]
    for first, last in spans:
        if first is not None:
            yield first
        if last is not None and last < date.max:
            yield last + timedelta(days=1)


def _edition(rule_set: RuleSet, day: date) -> Edition:
    parameters = rule_set.parameters_on(day)

    def in_force(rules: tuple[Rule, ...]) -> tuple[Judged, ...]:
        return tuple(
            Judged(
                rule,
                compiled(rule.when, parameters),
                rule_set.groups[rule.price_group].number if rule.price_group else -1,
            )
            for rule in rules
            if rule.in_force(day)
        )

    return Edition(
        parameters,
        in_force(rule_set.free_use),
        in_force(rule_set.support),
        in_force(rule_set.guidance),
        compiled(rule_set.free_use_applies, parameters),
        compiled(rule_set.support_applies, parameters),
    )
