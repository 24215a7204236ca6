"""The wizard of series: its window, the choice that holds for each date, what that comes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from booking.catalogue.opening import WEEKDAYS
from booking.catalogue.rules import Texts
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.rules import TIME_RULES
from booking.reservations.series_rules import Instead, Occurrence

DETAILS = (e.FieldRequired, e.AdultRequired, e.TermsNotAccepted)
"""What is filled in after one has seen the dates, and is told once it is sent."""

OF_THE_WHOLE = (
    e.EndBeforeStart,
    e.TooShort,
    e.TooLong,
    e.NotMultiple,
    e.WhoMayBook,
    e.OrganisationNotVerified,
    e.NotPublished,
)
"""What the day makes no difference to."""

ANOTHER_WOULD_DO = (*TIME_RULES, e.OverCapacityTogether)
"""What another time or another space may help."""


class Every(StrEnum):
    """How often a series repeats."""

    WEEK = "week"
    SECOND_WEEK = "second-week"
    MONTH = "month"


@dataclass(frozen=True)
class Window:
    """The first and the last day between which a series lies, on which weekdays (mon … sun; none:
    that of the first day), how often. Of a month it is the weekday of the first date by its number,
    such as the second Tuesday; a fifth means the last."""

    first: date
    last: date
    weekdays: tuple[str, ...] = ()
    every: Every = Every.WEEK

    @property
    def first_date(self) -> date:
        """The first day from the window's first on that is one of the weekdays."""
        days = self._numbers
        return next(
            day
            for day in (self.first + timedelta(days=number) for number in range(7))
            if day.weekday() in days
        )

    @property
    def rule(self) -> str:
        """Its rule of recurrence (RFC 5545)."""
        until = f"UNTIL={self.last:%Y%m%d}"
        if self.every is Every.MONTH:
            nth = (self.first_date.day - 1) // 7 + 1
            number = -1 if nth == 5 else nth
            return f"FREQ=MONTHLY;BYDAY={number}{_code(self.first_date.weekday())};{until}"
        days = ",".join(_code(number) for number in sorted(self._numbers))
        interval = "INTERVAL=2;" if self.every is Every.SECOND_WEEK else ""
        return f"FREQ=WEEKLY;{interval}BYDAY={days};{until}"

    @property
    def _numbers(self) -> set[int]:
        chosen = {WEEKDAYS.index(day) for day in self.weekdays if day in WEEKDAYS}
        return chosen or {self.first.weekday()}


def _code(weekday: int) -> str:
    return WEEKDAYS[weekday][:2].upper()


@dataclass(frozen=True)
class Choices:
    """What was chosen of single days: those to `leave` out, the days off to have `back`, and of
    those that can't be had where and when instead, or None to leave them out."""

    days_off_out: bool = True
    leave: frozenset[date] = frozenset()
    back: frozenset[date] = frozenset()
    instead: Mapping[date, Instead | None] = field(default_factory=dict)

    def left_out(self, days_off: Collection[date]) -> frozenset[date]:
        """The days that are not wanted, of which these are days off."""
        off = set(days_off) - self.back if self.days_off_out else set()
        none_instead = {day for day, chosen in self.instead.items() if chosen is None}
        return frozenset(off | self.leave | none_instead)

    @property
    def elsewhere(self) -> dict[date, Instead]:
        """The days that are to be where or when something else is free."""
        return {day: chosen for day, chosen in self.instead.items() if chosen is not None}


@dataclass(frozen=True)
class Row:
    """One date of the list: its period (None where the clocks skip it), what it is called as a day
    off, what stands in its way, what would do instead, and what is chosen: to take it as it is,
    to leave it out (`is_left`), or `chosen`."""

    day: date
    period: Period | None
    day_off: Texts | None = None
    reasons: tuple[RuleBroken, ...] = ()
    suggestions: Sequence[Instead] = ()
    is_left: bool = False
    chosen: Instead | None = None

    @property
    def can_be_had(self) -> bool:
        return self.period is not None and not self.reasons

    @property
    def is_conflict(self) -> bool:
        """Whether something has to be chosen: it is wanted and can't be had as it is."""
        return not self.can_be_had and not (self.day_off and self.is_left)


def whole_and_each(
    found: Sequence[Occurrence],
) -> tuple[list[RuleBroken], dict[date, tuple[RuleBroken, ...]]]:
    """What stands in the way of the series whatever the day, each rule once, and of each day the
    rest; what is still to be filled in is none of it."""
    whole: dict[tuple[str, str], RuleBroken] = {}
    each: dict[date, tuple[RuleBroken, ...]] = {}
    for one in found:
        asked = [rule for rule in one.broken if not isinstance(rule, DETAILS)]
        rest = []
        for rule in asked:
            if _is_of_the_whole(rule):
                whole.setdefault((type(rule).__name__, str(rule.values)), rule)
            else:
                rest.append(rule)
        each[one.day] = tuple(rest)
    return list(whole.values()), each


def _is_of_the_whole(rule: RuleBroken) -> bool:
    """The number of active bookings is one for all days, that of a week is not; and so is the room
    of one space, which is not what is left in a whole."""
    return isinstance(rule, OF_THE_WHOLE) or type(rule) in {e.QuotaExceeded, e.OverCapacity}


def may_help(reasons: Sequence[RuleBroken]) -> bool:
    """Whether another time or space may be free of all that stands in the way."""
    return bool(reasons) and all(isinstance(rule, ANOTHER_WOULD_DO) for rule in reasons)


def with_defaults(
    choices: Choices,
    conflicts: Collection[date],
    suggestions: Mapping[date, Sequence[Instead]],
) -> Choices:
    """The choices, with what is proposed for each day that can't be had and of which nothing was
    chosen that still can: the first suggestion, else to leave it out."""
    instead: dict[date, Instead | None] = {}
    for day in conflicts:
        offered = suggestions.get(day, ())
        chosen = choices.instead.get(day, offered[0] if offered else None)
        instead[day] = chosen if chosen is None or chosen in offered else None
        if chosen is not None and instead[day] is None and offered:
            instead[day] = offered[0]
    return Choices(choices.days_off_out, choices.leave, choices.back, instead)
