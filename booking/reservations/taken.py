"""Which time of a part is taken, kept in order while many events are laid on it; plain values."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime

from booking.core.periods import Period, minus


class Taken:
    """The periods taken of one part, which may overlap each other."""

    def __init__(self, periods: Iterable[Period] = ()) -> None:
        self._periods = sorted((one.starts_at, one.ends_at) for one in periods)
        self._longest = max((end - start for start, end in self._periods), default=None)

    def overlapping(self, period: Period) -> list[Period]:
        """What is taken within a period, by start."""
        if self._longest is None:
            return []
        first = bisect_left(self._periods, (period.starts_at - self._longest,))
        found = []
        for start, end in self._periods[first:]:
            if start >= period.ends_at:
                break
            if end > period.starts_at:
                found.append(Period(start, end))
        return found

    def left_of(self, period: Period) -> list[Period]:
        """What nobody takes of a period."""
        return minus([period], self.overlapping(period))

    def add(self, period: Period) -> None:
        insort(self._periods, (period.starts_at, period.ends_at))
        length = period.ends_at - period.starts_at
        self._longest = length if self._longest is None else max(self._longest, length)


def first_of(periods: Iterable[Period]) -> datetime:
    return min(one.starts_at for one in periods)


def last_of(periods: Iterable[Period]) -> datetime:
    return max(one.ends_at for one in periods)
