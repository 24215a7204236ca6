"""The facts of an event, read strictly: all that is wrong with them is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from booking.core.clock import to_utc
from booking.rulebook.faults import (
    END_BEFORE_START,
    FACT_MISSING,
    NO_SUCH_FACT,
    NO_SUCH_TIME,
    NOT_IN_YEARS,
    NOT_WITHIN,
    TOO_LONG,
    WANTS_BOOL,
    WANTS_MOMENT,
    WANTS_NUMBER,
    WANTS_ONE_OF,
    WANTS_WHOLE,
    FactFault,
    FactsRefused,
)
from booking.rulebook.rule_set import Fact, RuleSet

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Of starts, ends and days of decision; beyond, the calendar of holidays means nothing."""

START, END = "start", "end"
LONGEST_NAME, MOST_UNKNOWN = 60, 20
"""Of what is no fact, so much is told."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of an event: a value for each fact of the vocabulary, None where it is unknown.

    Starts and ends are wall times of the city, numbers whole or exact. `partial`: what was not
    given is unknown; else it has its default.
    """

    values: Mapping[str, Any]
    partial: bool


def read_facts(rule_set: RuleSet, given: Mapping[str, Any], partial: bool = False) -> Facts:
    """The facts that are given, None for not given; raises `FactsRefused` with all faults.

    Times may be texts or naive times, numbers whole, decimal or floating ones.
    """
    known = {name: value for name, value in given.items() if value is not None}
    unknown = (str(name)[:LONGEST_NAME] for name in given if name not in rule_set.vocabulary)
    faults: list[FactFault] = [
        NO_SUCH_FACT(name=name, field=name) for name in islice(unknown, MOST_UNKNOWN)
    ]
    values: dict[str, Any] = {}
    for fact in rule_set.vocabulary.values():
        values[fact.name] = None
        try:
            if fact.name in known:
                values[fact.name] = _READERS[fact.type](fact, known[fact.name])
            elif not partial:
                values[fact.name] = _default(fact)
        except FactFault as fault:
            faults.append(fault)
    faults += _faults_of_times(rule_set, values)
    if faults:
        raise FactsRefused(faults)
    return Facts(values, partial)


def _default(fact: Fact) -> Any:
    if fact.required:
        raise FACT_MISSING(name=fact.name, field=fact.name)
    return fact.default


def value_of(fact: Fact, given: Any) -> Any:
    """One value, as it is compared; raises the `FactFault` that it has."""
    return _READERS[fact.type](fact, given)


def _bool(fact: Fact, given: Any) -> bool:
    if not isinstance(given, bool):
        raise WANTS_BOOL(name=fact.name, field=fact.name)
    return given


def _whole(fact: Fact, given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise WANTS_WHOLE(name=fact.name, field=fact.name)
    _must_be_within(fact, given)
    return given


def _number(fact: Fact, given: Any) -> int | Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        raise WANTS_NUMBER(name=fact.name, field=fact.name)
    number = Decimal(str(given)) if isinstance(given, float) else given
    if isinstance(number, Decimal) and not number.is_finite():
        raise WANTS_NUMBER(name=fact.name, field=fact.name)
    _must_be_within(fact, number)
    if number != round(Decimal(number), 2):
        raise WANTS_NUMBER(name=fact.name, field=fact.name)
    return number


def _must_be_within(fact: Fact, number: int | Decimal) -> None:
    least, most = fact.least, fact.most
    if (least is not None and number < least) or (most is not None and number > most):
        raise NOT_WITHIN(name=fact.name, field=fact.name, least=least, most=most)


def _choice(fact: Fact, given: Any) -> str:
    if not isinstance(given, str) or given not in fact.values:
        raise WANTS_ONE_OF(name=fact.name, field=fact.name, known=list(fact.values))
    return given


def _moment(fact: Fact, given: Any) -> datetime:
    if isinstance(given, str) and _MOMENT.fullmatch(given):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise WANTS_MOMENT(name=fact.name, field=fact.name) from None
    if not isinstance(given, datetime) or given.tzinfo is not None:
        raise WANTS_MOMENT(name=fact.name, field=fact.name)
    if not is_within_years(given.date()):
        raise NOT_IN_YEARS(
            name=fact.name, field=fact.name, first=str(FIRST_YEAR), last=str(LAST_YEAR)
        )
    return given.replace(fold=0)


_READERS: Mapping[str, Callable[[Fact, Any], Any]] = {
    "bool": _bool,
    "int": _whole,
    "number": _number,
    "enum": _choice,
    "datetime": _moment,
}


def is_within_years(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _faults_of_times(rule_set: RuleSet, values: dict[str, Any]) -> Iterator[FactFault]:
    """Times that spring skips; an end that is not after the start, or too long after it."""
    instants = {}
    for name in (START, END):
        if (wall := values[name]) is not None:
            try:
                instants[name] = to_utc(wall.date(), wall.time(), rule_set.zone).astimezone(UTC)
            except ValueError:
                yield NO_SUCH_TIME(name=name, field=name)
    if len(instants) < 2:
        return
    if instants[END] <= instants[START]:
        yield END_BEFORE_START(name=END, start=START, field=END)
    most = rule_set.vocabulary[END].max_days_after_start
    if most is not None and values[END] - values[START] > timedelta(days=most):
        yield TOO_LONG(name=END, start=START, most=most, field=END)
