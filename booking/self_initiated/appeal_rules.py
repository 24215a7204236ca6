"""The last day of appeal: 14 days after notice, moved to a working day (Kuntalaki 134–139 §)."""

from __future__ import annotations

from datetime import date, timedelta

NOTICE_DAYS = 3
"""An electronic notice counts as received on the third day (13/2003, 19 §)."""

APPEAL_DAYS = 14
"""The time for a request for review (Kuntalaki 410/2015, 138 §)."""


def last_day_of_appeal(sent_on: date) -> date:
    """The last day on which a request for review can be made of a decision that was sent by
    e-mail on `sent_on`; where it is no working day, the next one (150/1930, 5 §)."""
    day = sent_on + timedelta(days=NOTICE_DAYS + APPEAL_DAYS)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    """Whether a time that law gives may end on it: no Saturday, Sunday, public holiday, nor
    Midsummer Eve or Christmas Eve."""
    return day.weekday() < 5 and not is_holiday(day)


def is_holiday(day: date) -> bool:
    """Whether it is a public holiday, Midsummer Eve or Christmas Eve."""
    fixed = {(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)}
    if (day.month, day.day) in fixed:
        return True
    midsummer_eve = _first_on_or_after(date(day.year, 6, 19), weekday=4)
    all_saints = _first_on_or_after(date(day.year, 10, 31), weekday=5)
    easter_days = {easter(day.year) + timedelta(days=n) for n in (-2, 0, 1, 39, 49)}
    return day in easter_days | {midsummer_eve, midsummer_eve + timedelta(days=1), all_saints}


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (Meeus, Jones and Butcher)."""
    golden, century = year % 19, year // 100
    leap, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - shift + 15) % 30
    in_century = year % 100
    weekday = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _first_on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
