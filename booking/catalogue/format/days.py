"""Dates, days of any year, times of day and lengths of notice."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from booking.catalogue.format.documents import Scalar
from booking.catalogue.format.kinds import Unfit, nullable, peek, quoted, whole
from booking.catalogue.format.records import Key, Row, optional, record
from booking.catalogue.format.spots import Spot

MINUTES_A_DAY = 24 * 60
_LEAP_YEAR = 2028
_TIME = r"\d\d:\d\d"


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of any year; 29 February stands for itself in leap years only."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Elapsed hours or whole local calendar days, never both."""

    hours: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class DateRange:
    """From the first day to the last, both included."""

    first: date
    last: date


def _date_of(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unfit(f'"{text}" is no day of the calendar') from None
    if not 1900 <= day.year < 2200:
        raise Unfit(f'"{text}" lies too far away')
    return day


def _month_day_of(text: str) -> MonthDay:
    month, day = map(int, text.split("-"))
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        raise Unfit(f'"{text}" is no day of any year') from None
    return MonthDay(month, day)


def _minutes_of(text: str, latest: int) -> int:
    hours, minutes = map(int, text.split(":"))
    if minutes > 59 or hours * 60 + minutes > latest:
        raise Unfit(f'"{text}" is no time that a clock shows here')
    return hours * 60 + minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


DATE = quoted('a date in quotes such as "2027-03-01"', r"\d{4}-\d\d-\d\d", _date_of, date.isoformat)
OPEN_DATE = nullable(DATE)
MONTH_DAY = quoted(
    'a month and a day in quotes such as "07-31"',
    r"\d\d-\d\d",
    _month_day_of,
    lambda value: f"{value.month:02}-{value.day:02}",
)
START_TIME = quoted(
    'a time in quotes from "00:00" to "23:59"',
    _TIME,
    partial(_minutes_of, latest=MINUTES_A_DAY - 1),
    _clock,
)
END_TIME = quoted(
    'a time in quotes from "00:00" to "24:00"',
    _TIME,
    partial(_minutes_of, latest=MINUTES_A_DAY),
    _clock,
)


def _either_hours_or_days(row: Row) -> None:
    if row.spot.has("hours") == row.spot.has("days"):
        both = "both hours and days stand" if row.spot.has("days") else "neither stands"
        row.spot.refuse(f"{both} here", "exactly one of hours and days")


TIME_SPAN = record(
    "{hours: n} with n from 0 to 24 or {days: n} with n from 1 to 90",
    TimeSpan,
    (optional("hours", whole(0, 24)), optional("days", whole(1, 90))),
    rules=(_either_hours_or_days,),
    flow=True,
)

DATE_RANGE = record(
    "a range {from, to} of dates",
    DateRange,
    (Key("from", DATE, "first"), Key("to", DATE, "last")),
    flow=True,
)


def rows_follow_each_other(rows: list[Spot]) -> None:
    """Rows of validity leave no gap and no overlap, and only the last is open."""
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        _refuse_backwards(row)
        end = row.at("to")
        if end is None:
            continue
        is_open = isinstance(end.node, Scalar) and end.node.is_null
        if following is None and not is_open:
            end.refuse("the last row has an end", "null")
        elif following is not None and is_open:
            end.refuse("a row that is not the last has no end", "the day before the next row")
        elif following is not None:
            _refuse_gap(row, following)


def _refuse_gap(row: Spot, following: Spot) -> None:
    last, start = peek(row.at("to"), DATE), following.at("from")
    first = peek(start, DATE)
    if start is None or last is None or first is None:
        return
    due = last + timedelta(days=1)
    if first != due:
        what = "a gap" if first > due else "an overlap"
        start.refuse(f'"{first}" leaves {what} after "{last}"', f'"{due}"')


def ranges_in_order(rows: list[Spot]) -> None:
    """Each range begins after the one before it has ended."""
    for row in rows:
        _refuse_backwards(row)
    for row, following in pairwise(rows):
        last, start = peek(row.at("to"), DATE), following.at("from")
        first = peek(start, DATE)
        if start is not None and first is not None and last is not None and first <= last:
            start.refuse(f'"{first}" is not after "{last}"', "ranges in order")


def _refuse_backwards(row: Spot) -> None:
    first, end = peek(row.at("from"), DATE), row.at("to")
    last = peek(end, DATE)
    if end is not None and first is not None and last is not None and last < first:
        end.refuse(f'"{last}" is before "{first}"', "a last day not before the first")
