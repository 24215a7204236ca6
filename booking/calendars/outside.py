"""When an outside calendar says that something is, occurrence by occurrence.

Sources: RFC 5545 (3.3.10 rules, 3.8.4.4 recurrence ids) and RFC 5546 (2.1.4 sequences).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, vRecur

from booking.calendars.outside_events import OutsideEvent, events_of
from booking.calendars.outside_text import Line, components_of
from booking.calendars.outside_times import (
    REPAIRED,
    SKIPPED,
    CannotRead,
    Moment,
    OutsideFile,
    Remark,
    day_of,
    known_zone,
    moment,
    zones_of,
)
from booking.core.periods import Period

MOST_OF_A_SERIES = 5000

_RULE_PARTS = frozenset(
    (
        *("FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY"),
        *("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"),
    )
)
_A_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Once that an outside event is: its UID, which of a series it is (the original start; empty
    for an event that is only once), its title, when, and whether it takes the space."""

    uid: str
    recurrence: str
    title: str
    period: Period
    all_day: bool
    blocks: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says within a window."""

    occurrences: tuple[Occurrence, ...]
    remarks: tuple[Remark, ...]
    name: str

    @property
    def is_partial(self) -> bool:
        return any(one.code in SKIPPED | REPAIRED for one in self.remarks)


def read_calendar(body: bytes, window: Period, zone: ZoneInfo) -> Reading:
    """What an outside calendar says of the time between `window.starts_at` and `window.ends_at`,
    by start.

    `zone` is the space's: days are its days, and a time without a zone is its time unless the
    calendar names one of its own. An event that can't be read is left out and named in the
    remarks. Raises `Unreadable` for a body that is no whole calendar.
    """
    occurrences: list[Occurrence] = []
    remarks: list[Remark] = []
    name = ""
    for calendar in components_of(body):
        file = OutsideFile(zone, known_zone(calendar.value("X-WR-TIMEZONE")), zones_of(calendar))
        name = name or calendar.value("X-WR-CALNAME") or calendar.value("NAME")
        if calendar.spoilt:
            file.remarks.append(Remark("bad_line", calendar.spoilt[0][:60]))
        events = events_of(calendar, file)
        for series in _by_uid(events):
            occurrences += _occurrences(series, window, file)
        remarks += file.remarks
    ordered = sorted(set(occurrences), key=lambda one: (one.period.starts_at, one.uid))
    return Reading(tuple(ordered), tuple(dict.fromkeys(remarks)), name)


def _by_uid(events: Iterable[OutsideEvent]) -> list[list[OutsideEvent]]:
    """The events of each UID; of several that say the same thing the newest (RFC 5546, 2.1.4)."""
    newest: dict[tuple[str, Moment | None], OutsideEvent] = {}
    for event in events:
        key = event.uid, event.recurrence
        if key not in newest or _age(event) >= _age(newest[key]):
            newest[key] = event
    found: dict[str, list[OutsideEvent]] = defaultdict(list)
    for event in newest.values():
        found[event.uid].append(event)
    return list(found.values())


def _age(event: OutsideEvent) -> tuple[int, str]:
    return event.sequence, event.modified


def _occurrences(
    events: Sequence[OutsideEvent], window: Period, file: OutsideFile
) -> list[Occurrence]:
    main = next((one for one in events if one.recurrence is None), None)
    if main is None or not main.repeats:
        return [found for one in events if (found := _once(one, window, file))]
    try:
        return _of_series(main, events, window, file)
    except CannotRead as error:
        file.remarks.append(Remark(str(error), main.title or main.uid))
        return []


def _once(event: OutsideEvent, window: Period, file: OutsideFile) -> Occurrence | None:
    """An event that is only once, or the one occurrence that a file holds of a series."""
    zone, again = file.space_zone, event.recurrence
    key = "" if again is None else _key(again)
    return _occurrence(event, key, event.start.instant(zone), event.end.instant(zone), window)


def _occurrence(
    event: OutsideEvent, key: str, starts_at: datetime, ends_at: datetime, window: Period
) -> Occurrence | None:
    if event.is_cancelled or starts_at >= window.ends_at or ends_at < window.starts_at:
        return None
    blocks = event.blocks and starts_at < ends_at
    period = Period(starts_at, max(ends_at, starts_at + timedelta(seconds=1)))
    return Occurrence(event.uid, key, event.title, period, event.start.is_day, blocks)


def _key(moment: Moment) -> str:
    """Which of a series: its original start, in UTC."""
    if moment.is_day:
        return f"{moment.value:%Y%m%d}"
    return f"{moment.instant(UTC):%Y%m%dT%H%M%SZ}"


def _of_series(
    main: OutsideEvent, events: Sequence[OutsideEvent], window: Period, file: OutsideFile
) -> list[Occurrence]:
    """The occurrences of a series, counted out by the library from components that say the same."""
    _check_pace(main, window)
    try:
        calendar = Calendar()
        for index, event in enumerate(events):
            calendar.add_component(_written(event, index, main, file))
        found = recurring_ical_events.of(calendar, keep_recurrence_attributes=True).between(
            window.starts_at.astimezone(file.space_zone), window.ends_at.astimezone(file.space_zone)
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        raise CannotRead("bad_rule") from None
    if len(found) > MOST_OF_A_SERIES:
        raise CannotRead("too_many")
    made = [_counted(one, events, window, file) for one in found]
    return [one for one in made if one is not None]


def _counted(
    one: Any, events: Sequence[OutsideEvent], window: Period, file: OutsideFile
) -> Occurrence | None:
    event = events[int(one["X-INDEX"])]
    start, end = _moment_of(one["DTSTART"].dt), _moment_of(one["DTEND"].dt)
    again = one.get("RECURRENCE-ID")
    key = _key(_moment_of(again.dt) if again is not None else start)
    zone = file.space_zone
    return _occurrence(event, key, start.instant(zone), end.instant(zone), window)


def _written(event: OutsideEvent, index: int, main: OutsideEvent, file: OutsideFile) -> Event:
    """The event for the library: its times in their zones, whatever they were written in."""
    component = Event()
    component.add("UID", event.uid)
    component.add("SEQUENCE", event.sequence)
    component.add("X-INDEX", str(index))
    component.add("DTSTART", event.start.aware)
    component.add("DTEND", event.end.aware)
    if event.recurrence is not None:
        told = {"RANGE": event.range} if event.range else {}
        component.add("RECURRENCE-ID", _aligned(event.recurrence, main).aware, parameters=told)
    for rule in event.rules:
        if (kept := _rule(rule, event, file)) is not None:
            component.add("RRULE", kept)
    for name in ("RDATE", "EXDATE"):
        moments = [_aligned(one, main).aware for one in _exceptions(event, name, file)]
        if moments:
            component.add(name, moments)
    return component


def _exceptions(event: OutsideEvent, name: str, file: OutsideFile) -> Iterator[Moment]:
    """The dates that are added to a series or taken from it; one that can't be read is left out,
    and of a period its start is taken."""
    named = event.title or event.uid
    for line in event.component.all(name):
        for text in filter(None, (one.strip() for one in line.value.split(","))):
            start = text.partition("/")[0]
            # Some write a day with the letter of UTC.
            start = start[:-1] if re.fullmatch(r"\d{8}Z", start) else start
            try:
                yield moment(line, start, file, named)
            except CannotRead:
                file.remarks.append(Remark("bad_line", named))


def _aligned(moment: Moment, main: OutsideEvent) -> Moment:
    """A moment of a series as its start is written: a day, or a wall time in its zone, at its time
    of day where only a day is named."""
    start = main.start
    if start.is_day:
        return Moment(day_of(moment.value))
    if moment.is_day:
        return Moment(datetime.combine(moment.value, start.value.time()), start.zone)  # type: ignore[attr-defined]
    return _moment_of(moment.instant(UTC).astimezone(start.zone))


def _moment_of(value: date) -> Moment:
    """A value of the library's; the later of a repeated hour is told in UTC, as a wall time alone
    would be the first."""
    if not isinstance(value, datetime):
        return Moment(value)
    if value.fold:
        value = value.astimezone(UTC)
    return Moment(value.replace(tzinfo=None, fold=0), value.tzinfo)


def _rule(text: str, event: OutsideEvent, file: OutsideFile) -> vRecur | None:
    """A rule whose last moment is told as the library wants it: in UTC, or a day; None where it
    ends before it begins."""
    parts = dict(_rule_parts(text))
    if until := parts.get("UNTIL"):
        named = event.title or event.uid
        last = moment(Line("UNTIL", {"TZID": "UTC"}, until), until, file, named)
        if event.start.is_day:
            last = Moment(day_of(last.value))
        elif last.is_day:
            last = Moment(datetime.combine(last.value, time(23, 59, 59)), event.start.zone)
        elif not until.strip().upper().endswith("Z"):
            file.remarks.append(Remark("local_until", named))
            last = Moment(last.value, event.start.zone)
        if last.instant(file.space_zone) < event.start.instant(file.space_zone):
            file.remarks.append(Remark("until_before_start", named))
            return None
        parts["UNTIL"] = f"{last.value:%Y%m%d}" if last.is_day else _key(last)
    rule: vRecur = vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items()))
    return rule


def _rule_parts(text: str) -> Iterator[tuple[str, str]]:
    for part in text.strip().split(";"):
        name, equals, value = part.partition("=")
        if not part:
            continue
        if not equals or not value.strip() or name.strip().upper() not in _RULE_PARTS:
            raise CannotRead("bad_rule")
        yield name.strip().upper(), value.strip()


def _check_pace(event: OutsideEvent, window: Period) -> None:
    """Raise for a rule that could make more occurrences than are ever taken, before any is."""
    days = (window.ends_at - window.starts_at).days + 1
    for rule in event.rules:
        parts = dict(_rule_parts(rule))
        pace = _A_DAY.get(parts.get("FREQ", "").upper(), 1)
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            pace *= parts.get(name, "").count(",") + 1
        if pace * days > 10 * MOST_OF_A_SERIES and int(parts.get("COUNT", "0") or 0) not in range(
            1, MOST_OF_A_SERIES + 1
        ):
            raise CannotRead("too_many")
