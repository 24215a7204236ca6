"""When a place is open: weekly wall times and their exceptions, turned into instants day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from booking.core.clock import opening_instant
from booking.core.holidays import COUNTRY, is_public_holiday, named_day
from booking.core.periods import Period, merged

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPOKEN = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}
"""The city's languages as the library of holidays names them."""

Minutes = tuple[int, int]
"""Open from the first to the second, in minutes after local midnight (0 to 1440)."""


@dataclass(frozen=True, slots=True)
class Week:
    """The open minutes of Monday … Sunday; an empty day is closed."""

    days: tuple[tuple[Minutes, ...], ...]

    @classmethod
    def of(cls, week: Mapping[str, Sequence[Sequence[int]]]) -> Week:
        """A week from its stored form: mon … sun, each a list of [start, end]."""
        return cls(tuple(tuple((a, b) for a, b in week[day]) for day in WEEKDAYS))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A week that holds from `first` to `last`, both included; None is open."""

    week: Week
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class HoursException:
    """When the pattern does not hold, and what does: `closed`, `latest_end` or another `week`."""

    when: Mapping[str, Any]
    effect: str
    latest_end: int | None = None
    week: Week | None = None
    name: Mapping[str, str] | None = None

    def falls_on(self, day: date) -> bool:
        match self.when["type"]:
            case "public_holidays":
                return is_public_holiday(day)
            case "named_days":
                return any(named_day(name, day.year) == day for name in self.when["days"])
            case "annual_range":
                first, last = self.when["from"], self.when["to"]
                today = f"{day:%m-%d}"
                if first <= last:
                    return bool(first <= today <= last)
                return bool(today >= first or today <= last)
            case "dated_ranges":
                iso = day.isoformat()
                return any(one["from"] <= iso <= one["to"] for one in self.when["ranges"])
        raise ValueError(f"no such exception: {self.when['type']}")


@dataclass(frozen=True)
class OpeningHours:
    """The weekly patterns of a place and their exceptions, in the order of the catalogue.

    What a day comes to is worked out once and kept, for as long as these hours are.
    """

    patterns: tuple[Pattern, ...]
    exceptions: tuple[HoursException, ...] = ()
    _kept: dict[tuple[date, str], list[Period]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def with_exceptions(self, more: Sequence[HoursException]) -> OpeningHours:
        """These hours with further exceptions, such as staff's own changes."""
        return OpeningHours(self.patterns, (*self.exceptions, *more)) if more else self

    def open_minutes(self, day: date) -> tuple[Minutes, ...]:
        """What is open on a local day, by wall time.

        `closed` wins over all; else `week` replaces the pattern, then `latest_end` cuts.
        """
        today = [exception for exception in self.exceptions if exception.falls_on(day)]
        if any(exception.effect == "closed" for exception in today):
            return ()
        week = next((p.week for p in self.patterns if p.holds_on(day)), None)
        for exception in today:
            if exception.effect == "week":
                week = exception.week
        if week is None:
            return ()
        end = min(
            (e.latest_end for e in today if e.effect == "latest_end" and e.latest_end is not None),
            default=1440,
        )
        return tuple((a, min(b, end)) for a, b in week.days[day.weekday()] if a < end)

    def day_off(self, day: date) -> Mapping[str, str] | None:
        """What the day is called where people take it off: a public holiday by its name, else a
        day on which these hours say by an exception of their own that it is closed."""
        if (name := holiday_name(day)) is not None:
            return name
        closed = [one for one in self.exceptions if one.effect == "closed" and one.falls_on(day)]
        for one in closed:
            if one.when["type"] == "named_days":
                return _library_name(day) or one.name
        return next((one.name for one in closed if one.name), None)

    def open_periods(self, first: date, last: date, zone: ZoneInfo) -> list[Period]:
        """The open time of the local days `first` to `last`, both included, merged.

        A day's time that touches the next day's at midnight is one period with it, so a day more
        on each side is looked at and an interval that crosses an edge comes whole.
        """
        days = (first + timedelta(days=number - 1) for number in range((last - first).days + 3))
        found = [period for day in days for period in self._of_day(day, zone)]
        edge_before = opening_instant(first, 0, zone)
        edge_after = opening_instant(last + timedelta(days=1), 0, zone)
        return [
            period
            for period in merged(found)
            if period.ends_at > edge_before and period.starts_at < edge_after
        ]

    def _of_day(self, day: date, zone: ZoneInfo) -> list[Period]:
        key = day, zone.key
        if key not in self._kept:
            edges = (
                (opening_instant(day, start, zone), opening_instant(day, end, zone))
                for start, end in self.open_minutes(day)
            )
            self._kept[key] = [Period(start, end) for start, end in edges if start < end]
        return self._kept[key]


def holiday_name(day: date) -> Mapping[str, str] | None:
    """What a public holiday of Finland is called, by language; None for any other day."""
    return _library_name(day) if is_public_holiday(day) else None


def _library_name(day: date) -> Mapping[str, str] | None:
    """What the library calls the day, an eve among them, by language."""
    names = {language: _names_in(spoken, day.year).get(day) for language, spoken in _SPOKEN.items()}
    return {language: name for language, name in names.items() if name} or None


@lru_cache(maxsize=64)
def _names_in(spoken: str, year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays(COUNTRY, years=year, language=spoken))
