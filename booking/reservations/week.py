"""A week of one space as a table: each day's hours, what can be had and what not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from booking.core.clock import local_day, opening_instant
from booking.core.errors import N_
from booking.core.periods import Period
from booking.reservations.availability import Timetable, length_is_allowed

DAYS = 7
HOUR = 60

FREE, TAKEN, REQUESTED, CLOSED = "free", "taken", "requested", "closed"
MINE, SETUP, PAST = "mine", "setup", "past"

REASONS = {
    FREE: N_("Free"),
    TAKEN: N_("Booked"),
    REQUESTED: N_("Awaiting approval"),
    CLOSED: N_("Closed"),
    MINE: N_("My booking"),
    SETUP: N_("Set-up or clean-up"),
    PAST: N_("Time has passed"),
}
TOO_SOON = N_("Too late to book")
TOO_FAR = N_("Not open for booking yet")
TOO_SHORT = N_("No room for the shortest booking")
SKIPPED = N_("The clocks skip this hour")


@dataclass(frozen=True)
class Entry:
    """Something that takes the space: when, how it is shown, where it leads, and whose or what it
    is, where the reader may know."""

    period: Period
    state: str
    reference: str | None = None
    name: str | None = None


@dataclass
class Cell:
    """Some rows of a day that are alike; `reason` is the word for why.

    A free one begins where its offer does. Times that spring skips stand as the wall would have
    shown them, for no instant lies between them.
    """

    state: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    rows: int = 1
    reference: str | None = None
    name: str | None = None
    offer: Period | None = None


@dataclass
class Day:
    day: date
    is_today: bool
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """Seven days from Monday; every day's cells cover the same rows, `row_minutes` each, which
    begin at these minutes after midnight by the wall clock."""

    days: Sequence[Day]
    rows: Sequence[int]
    row_minutes: int


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(table: Timetable, monday: date, today: date, entries: Sequence[Entry]) -> Week:
    """The week from `monday` as the timetable has it; `entries` are what takes the space."""
    rows, step = _rows(table, monday, entries)
    days = []
    for number in range(DAYS):
        day = monday + timedelta(days=number)
        days.append(Day(day, day == today, _cells(table, day, rows, step, entries)))
    return Week(days, rows, step)


def _rows(table: Timetable, monday: date, entries: Sequence[Entry]) -> tuple[list[int], int]:
    """The minutes at which rows begin: from the earliest opening of the week to the latest close.

    Rows are of an hour; of half an hour where the place opens or closes between hours, or where
    what takes it begins or ends between hours and bookings may start there.
    """
    week = [table.place.hours.open_minutes(monday + timedelta(days=n)) for n in range(DAYS)]
    edges = [minute for day in week for interval in day for minute in interval]
    if not edges:
        return [], HOUR
    on_the_hour = all(edge % HOUR == 0 for edge in edges) and (
        table.policy.start_interval >= timedelta(hours=1)
        or not any(_splits_an_hour(entry.period) for entry in entries)
    )
    step = HOUR if on_the_hour else HOUR // 2
    first = min(edges) // step * step
    last = -(-max(edges) // step) * step
    return list(range(first, last, step)), step


def _splits_an_hour(period: Period) -> bool:
    return any(edge.minute or edge.second for edge in (period.starts_at, period.ends_at))


def _cells(
    table: Timetable, day: date, rows: Sequence[int], step: int, entries: Sequence[Entry]
) -> list[Cell]:
    """The day's cells, neighbours that are alike joined; free ones stay one a row."""
    cells: list[Cell] = []
    on_day = [e for e in entries if e.period.overlaps(local_day(day, table.zone))]
    for minute in rows:
        row = _row(table, day, minute, step)
        cell = _cell(table, row, on_day) if row else _skipped(table, day, minute, step)
        before = cells[-1] if cells else None
        if before is not None and _are_alike(before, cell):
            before.rows += 1
            before.ends_at = cell.ends_at
        else:
            cells.append(cell)
    return cells


def _row(table: Timetable, day: date, minute: int, step: int) -> Period | None:
    """The time from that minute after midnight to the next row; None where spring skips it."""
    starts_at = opening_instant(day, minute, table.zone)
    shown = starts_at.astimezone(table.zone)
    if shown.hour * HOUR + shown.minute != minute:
        return None
    return Period(starts_at, opening_instant(day, minute + step, table.zone))


def _skipped(table: Timetable, day: date, minute: int, step: int) -> Cell:
    first = datetime.combine(day, time(minute // HOUR, minute % HOUR), tzinfo=table.zone)
    return Cell(CLOSED, first, first + timedelta(minutes=step), SKIPPED)


def _are_alike(one: Cell, other: Cell) -> bool:
    return one.state != FREE and (one.state, one.reason, one.reference, one.name) == (
        other.state,
        other.reason,
        other.reference,
        other.name,
    )


def _cell(table: Timetable, row: Period, entries: Sequence[Entry]) -> Cell:
    def cell(state: str, reason: str | None = None, **more: Any) -> Cell:
        return Cell(state, row.starts_at, row.ends_at, reason or REASONS[state], **more)

    if (taking := _taking(entries, row)) is not None:
        return cell(taking.state, reference=taking.reference, name=taking.name)
    if row.ends_at <= table.now:
        return cell(PAST)
    if not any(opening.overlaps(row) for opening in table.schedule.open_time):
        return cell(CLOSED)
    start = _first_start(table, row)
    if reason := _out_of_reach(table, start or row.starts_at):
        return cell(PAST if reason == REASONS[PAST] else CLOSED, reason)
    offer = table.offer_at(start) if start else None
    if offer is None or not length_is_allowed(table.policy, offer.length):
        return cell(CLOSED, TOO_SHORT)
    return Cell(FREE, offer.starts_at, row.ends_at, REASONS[FREE], offer=offer)


def _taking(entries: Sequence[Entry], row: Period) -> Entry | None:
    """What a row shows that several take: what goes on in it rather than what is set up."""
    here = [one for one in entries if one.period.overlaps(row)]
    return next((one for one in here if one.state != SETUP), here[0] if here else None)


def _first_start(table: Timetable, row: Period) -> datetime | None:
    """The first start on the grid within the row; None where there is none."""
    for opening in table.schedule.open_time:
        if opening.overlaps(row):
            start = table.schedule.next_on_grid(opening, max(row.starts_at, opening.starts_at))
            if start < min(row.ends_at, opening.ends_at):
                return start
    return None


def _out_of_reach(table: Timetable, start: datetime) -> str | None:
    """Why nobody may start here any more, or not yet; None where one may."""
    if start < table.schedule.earliest:
        return REASONS[PAST] if start < table.now else TOO_SOON
    if table.schedule.bookable is None or start >= table.schedule.bookable.ends_at:
        return TOO_FAR
    return None
