"""What somebody used year by year: how often, how long, which spaces; on plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from booking.core.periods import Period


@dataclass(frozen=True, slots=True)
class Use:
    """One use: when, and of which spaces (their keys)."""

    period: Period
    spaces: frozenset[int]


@dataclass(frozen=True, slots=True)
class Year:
    """What was used in a year of the city's calendar; of each use its whole length counts in the
    year in which it began."""

    year: int
    uses: int
    length: timedelta
    spaces: int


def by_year(uses: Iterable[Use], zone: ZoneInfo) -> list[Year]:
    """The years in which there was something, the newest first."""
    years: dict[int, list[Use]] = {}
    for use in uses:
        years.setdefault(use.period.starts_at.astimezone(zone).year, []).append(use)
    return [_summed(year, years[year]) for year in sorted(years, reverse=True)]


def _summed(year: int, uses: list[Use]) -> Year:
    length = sum((one.period.ends_at - one.period.starts_at for one in uses), timedelta())
    return Year(year, len(uses), length, len(frozenset().union(*(one.spaces for one in uses))))
