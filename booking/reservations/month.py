"""A month of one space: of each day, whether it can be had, wholly or for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from booking.core.clock import local_date, local_day
from booking.core.periods import Period, clipped, minus
from booking.reservations.availability import Timetable, length_is_allowed, shortest_length
from booking.reservations.week import CLOSED, DAYS, MINE, Entry, monday_of


class DayState(StrEnum):
    """How a day stands; only on the first two something can be booked."""

    FREE = "free"
    PARTLY = "partly"
    FULL = "taken"
    CLOSED = "closed"
    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"


@dataclass(frozen=True)
class DayFace:
    """A day, the time on it that can be had, and of how much; `is_mine` where the reader has
    booked on it."""

    day: date
    state: DayState
    free: timedelta = timedelta()
    open_time: timedelta = timedelta()
    is_mine: bool = False

    @property
    def taken_share(self) -> float:
        """How much of what is left of the day can't be had, from 0 to 1."""
        return 1 - self.free / self.open_time if self.open_time else 1.0


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_after(first: date, months: int = 1) -> date:
    """The first day of the month so many later, or earlier."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def weeks_of_month(first: date) -> list[list[date]]:
    """The weeks that the month touches, each from Monday."""
    monday, end = monday_of(first), month_after(first)
    mondays = [monday]
    while mondays[-1] + timedelta(days=DAYS) < end:
        mondays.append(mondays[-1] + timedelta(days=DAYS))
    return [[one + timedelta(days=number) for number in range(DAYS)] for one in mondays]


def day_of(table: Timetable, day: date, entries: Sequence[Entry] = ()) -> DayFace:
    """How the day stands by the timetable; `entries` are what takes the space and how it shows.

    It is free or partly so exactly if the shortest booking can start on it.
    """
    whole = local_day(day, table.zone)
    open_time = clipped(table.schedule.open_time, whole)
    here = [one for one in entries if one.period.overlaps(whole)]
    is_mine = any(one.state == MINE for one in here)
    if whole.ends_at <= table.now:
        return DayFace(day, DayState.PAST, is_mine=is_mine)
    closures = [one.period for one in here if one.state == CLOSED]
    if not minus(open_time, closures):
        return DayFace(day, DayState.CLOSED, is_mine=is_mine)
    left = clipped(open_time, Period(max(whole.starts_at, table.now), whole.ends_at))
    shortest = shortest_length(table.policy)
    free = [one for one in table.free_time(whole) if one.length >= shortest]
    if not _can_start_on(table, whole, shortest):
        free = []
    state = _state(table, day, free, left)
    return DayFace(day, state, _sum(free), _sum(left), is_mine)


def _can_start_on(table: Timetable, whole: Period, shortest: timedelta) -> bool:
    if not length_is_allowed(table.policy, shortest):
        return False
    start = table.next_start(shortest, whole.starts_at)
    return start is not None and start < whole.ends_at


def _state(table: Timetable, day: date, free: Sequence[Period], left: Sequence[Period]) -> DayState:
    if free:
        return DayState.FREE if _sum(free) == _sum(left) else DayState.PARTLY
    if day > table.schedule.last_day:
        return DayState.TOO_FAR
    if not left:
        return DayState.PAST
    if day <= local_date(table.schedule.earliest, table.zone) and not _is_taken(table, left):
        return DayState.TOO_SOON
    return DayState.FULL


def _is_taken(table: Timetable, left: Sequence[Period]) -> bool:
    return not minus(left, table.busy)


def _sum(periods: Sequence[Period]) -> timedelta:
    return sum((one.length for one in periods), timedelta())
