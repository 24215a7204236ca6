"""Which days people take off in Finland: public holidays, eves that have a name, working days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

COUNTRY = "FI"


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    """Finland's public holidays, without the eves that the library counts among them."""
    return frozenset(set(holidays.country_holidays(COUNTRY, years=year)) - _eves_of(year))


def _eves_of(year: int) -> set[date]:
    """The eves on which nobody is at work, though they are no public holidays."""
    return {named_day(name, year) for name in ("midsummer_eve", "christmas_eve")}


def is_public_holiday(day: date) -> bool:
    """Whether the day is a public holiday of Finland; an eve is none."""
    return day in _holidays_of(day.year)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and neither a public holiday nor Midsummer Eve nor Christmas Eve: the days
    on which an office is open, and on which a time limit may end (law 150/1930, 5 §)."""
    return day.weekday() < 5 and not is_public_holiday(day) and day not in _eves_of(day.year)


def named_day(name: str, year: int) -> date:
    """A day that has a name and is no public holiday: Midsummer Eve is the Friday before the
    Saturday of 20 to 26 June."""
    match name:
        case "midsummer_eve":
            nineteenth = date(year, 6, 19)
            return nineteenth + timedelta(days=(4 - nineteenth.weekday()) % 7)
        case "christmas_eve":
            return date(year, 12, 24)
        case "new_years_eve":
            return date(year, 12, 31)
    raise ValueError(f"no such day: {name}")
