"""Periods of time between two instants, and their algebra."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """The time [starts_at, ends_at) between two UTC instants; two periods may touch.

    Raises `ValueError` unless both are aware and the end is after the start.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a period lies between aware instants")
        if self.starts_at >= self.ends_at:
            raise ValueError("a period ends after it starts")

    @property
    def length(self) -> timedelta:
        """The real time elapsed, across changes of the clocks."""
        return self.ends_at - self.starts_at

    def overlaps(self, other: Period) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, other: Period) -> bool:
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def holds(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at

    def widened(self, before: timedelta, after: timedelta) -> Period:
        """This period with `before` added ahead of it and `after` behind it."""
        return Period(self.starts_at - before, self.ends_at + after)

    def within(self, other: Period) -> Period | None:
        """The part of this period that lies in `other`, if any."""
        return _period_or_none(
            max(self.starts_at, other.starts_at), min(self.ends_at, other.ends_at)
        )


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same time in as few periods as can be, in order; touching ones are joined."""
    result: list[Period] = []
    for period in sorted(periods):
        if result and period.starts_at <= result[-1].ends_at:
            if period.ends_at > result[-1].ends_at:
                result[-1] = Period(result[-1].starts_at, period.ends_at)
        else:
            result.append(period)
    return result


def minus(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """The time of `periods` that no period of `taken` covers, in order."""
    holes = merged(taken)
    result: list[Period] = []
    first = 0
    for period in merged(periods):
        start = period.starts_at
        while first < len(holes) and holes[first].ends_at <= start:
            first += 1
        for hole in holes[first:]:
            if hole.starts_at >= period.ends_at:
                break
            if left := _period_or_none(start, hole.starts_at):
                result.append(left)
            start = max(start, hole.ends_at)
        if rest := _period_or_none(start, period.ends_at):
            result.append(rest)
    return result


def clipped(periods: Iterable[Period], window: Period) -> list[Period]:
    """What of `periods` lies within `window`, in the order given."""
    return [part for period in periods if (part := period.within(window))]


def _period_or_none(starts_at: datetime, ends_at: datetime) -> Period | None:
    return Period(starts_at, ends_at) if starts_at < ends_at else None
