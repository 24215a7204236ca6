"""Facts that follow from others: late ends, times of noise, New Year, days and money left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from booking.core.holidays import is_public_holiday
from booking.rulebook.conditions import Values

NOISE_WEEKDAY, NOISE_SUNDAY = "noise_weekday_window", "noise_sunday_window"
EVENT_CAP, ANNUAL_CAP = "popup_event_cap_eur", "popup_annual_cap_eur"
SUNDAY = 6
_TEN_IN_THE_EVENING = time(22, 0)

Derive = Callable[[Values, date, Mapping[str, Any]], Any]
"""From known facts, today and the parameters of the date in question."""


def ends_after_22(start: datetime, end: datetime) -> bool:
    """Whether it ends later than 22:00 of the day on which it starts; wall times."""
    return end > datetime.combine(start.date(), _TEN_IN_THE_EVENING)


def outside_noise_window(start: datetime, end: datetime, parameters: Mapping[str, Any]) -> bool:
    """Whether some part of [start, end) lies outside the window of its own day; wall times.

    What reaches midnight ends at 24:00; the borders of a window belong inside.
    """
    for day, begins, ends in _pieces(start, end):
        sunday = day.weekday() == SUNDAY or is_public_holiday(day)
        opens, closes = parameters[NOISE_SUNDAY if sunday else NOISE_WEEKDAY]
        if begins < opens or ends > closes:
            return True
    return False


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[date, str, str]]:
    """The event cut at local midnights: day and two times, as text, which compares as they do."""
    day, last = start.date(), end.date()
    begins = f"{start:%H:%M:%S}"
    while day < last:
        yield day, begins, "24:00"
        day, begins = day + timedelta(days=1), "00:00"
    if (ends := f"{end:%H:%M:%S}".removesuffix(":00")) > "00:00":
        yield day, begins, ends


def within_new_year(start: datetime, end: datetime) -> bool:
    """Whether the whole event lies between 18:00 on New Year's Eve and 2:00 on New Year's Day."""
    return any(
        datetime(year, 12, 31, 18) <= start and end <= datetime(year + 1, 1, 1, 2)
        for year in (start.year - 1, start.year)
    )


def annual_room(granted: int | Decimal, parameters: Mapping[str, Any]) -> int | Decimal:
    """What of the year's sum is left, in euros."""
    room: int | Decimal = max(0, parameters[ANNUAL_CAP] - granted)
    return room


DERIVED: Mapping[str, tuple[str, tuple[str, ...], Derive]] = {
    "ends_after_22": (
        "bool",
        ("start", "end"),
        lambda values, today, parameters: ends_after_22(values["start"], values["end"]),
    ),
    "noise_window": (
        "bool",
        ("start", "end"),
        lambda values, today, parameters: outside_noise_window(
            values["start"], values["end"], parameters
        ),
    ),
    "nye_window": (
        "bool",
        ("start", "end"),
        lambda values, today, parameters: within_new_year(values["start"], values["end"]),
    ),
    "days_to_event": (
        "int",
        ("start",),
        lambda values, today, parameters: (values["start"].date() - today).days,
    ),
    "annual_room_eur": (
        "number",
        ("grants_this_year_eur",),
        lambda values, today, parameters: annual_room(values["grants_this_year_eur"], parameters),
    ),
}
"""What the engine computes: the type, the facts that it needs, and how."""


def with_derived(
    facts: Mapping[str, Any], today: date, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts and what follows from them, unknown while a fact that it needs is."""
    values = dict(facts)
    for name, (_, sources, derive) in DERIVED.items():
        known = all(facts[source] is not None for source in sources)
        values[name] = derive(facts, today, parameters) if known else None
    return values
