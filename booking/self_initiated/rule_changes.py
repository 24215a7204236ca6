"""Another value of a parameter from a day on, on plain values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from booking.rulebook.rule_set import Parameter
from booking.self_initiated.rule_texts import Versions

ONE_DAY = timedelta(days=1)


def changed_versions(parameter: Parameter, value: Any, from_day: date, first: date) -> Versions:
    """The versions with `value` from that day on, until one that begins later: no day has two and
    none has none. `first` is the first day of a value that had no date yet."""
    undated = min(first, from_day - ONE_DAY)
    starts = {one.valid_from or undated: one.value for one in parameter.versions}
    if from_day < min(starts):
        starts = {from_day: value, **starts}
    starts[from_day] = value
    days = sorted(starts)
    ends = [*(day - ONE_DAY for day in days[1:]), None]
    return Versions((starts[day], day, end) for day, end in zip(days, ends, strict=True))
