"""The events of outside calendars, each read by itself, so that a bad one spoils no other.

Sources: RFC 5545 (3.6.1 events, 3.8.2.2 ends).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from icalendar import vDuration

from booking.calendars.outside_text import Component, text_of
from booking.calendars.outside_times import CannotRead, Moment, OutsideFile, Remark, day_of, moment


@dataclass(slots=True)
class OutsideEvent:
    """An event as it stands in the file, its times read."""

    uid: str
    title: str
    start: Moment
    end: Moment
    component: Component
    sequence: int
    modified: str
    blocks: bool
    is_cancelled: bool
    recurrence: Moment | None = None
    range: str = ""
    rules: list[str] = field(default_factory=list)

    @property
    def repeats(self) -> bool:
        return bool(self.rules) or self.component.first("RDATE") is not None


def events_of(calendar: Component, file: OutsideFile) -> list[OutsideEvent]:
    events = []
    for component in calendar.parts:
        if component.name != "VEVENT":
            continue
        title = plain(component.value("SUMMARY"))
        named = title or component.value("UID")
        if component.spoilt:
            file.remarks.append(Remark("bad_line", named))
        try:
            events.append(_event(component, title, file))
        except CannotRead as error:
            file.remarks.append(Remark(str(error), named))
    return events


def _event(component: Component, title: str, file: OutsideFile) -> OutsideEvent:
    uid = component.value("UID")
    named = title or uid
    if not uid:
        uid = hashlib.sha256(text_of([component]).encode()).hexdigest()[:40]
        file.remarks.append(Remark("no_uid", named))
    line = component.first("DTSTART")
    if line is None:
        raise CannotRead("no_start")
    start = moment(line, line.value, file, named)
    again = component.first("RECURRENCE-ID")
    reach = again.parameters.get("RANGE", "") if again is not None else ""
    if reach:
        file.remarks.append(Remark("range", named))
    rules = [one.value for one in component.all("RRULE")]
    if len(rules) > 1:
        file.remarks.append(Remark("two_rules", named))
    sequence = component.value("SEQUENCE", "0")
    return OutsideEvent(
        uid=uid,
        title=title,
        start=start,
        end=_end(component, start, file, named),
        component=component,
        sequence=int(sequence) if sequence.isdigit() else 0,
        modified=component.value("LAST-MODIFIED"),
        blocks=_blocks(component),
        is_cancelled=component.value("STATUS").upper() == "CANCELLED",
        recurrence=moment(again, again.value, file, named) if again is not None else None,
        range=reach,
        rules=rules,
    )


def _blocks(component: Component) -> bool:
    busy = component.value("X-MICROSOFT-CDO-BUSYSTATUS").upper()
    return component.value("TRANSP").upper() != "TRANSPARENT" and busy != "FREE"


def _end(component: Component, start: Moment, file: OutsideFile, named: str) -> Moment:
    """When an event ends; without an end or a duration a day lasts a day, and a moment no time at
    all (RFC 5545, 3.6.1)."""
    line, duration = component.first("DTEND"), component.value("DURATION")
    if line is not None:
        end = moment(line, line.value, file, named)
        end = Moment(day_of(end.value)) if start.is_day else end
    elif duration:
        end = _after(start, duration)
    else:
        if not start.is_day:
            file.remarks.append(Remark("no_end", named))
        end = start
    if end.instant(file.space_zone) < start.instant(file.space_zone):
        raise CannotRead("ends_before_start")
    if start.is_day and end.value == start.value:
        return Moment(start.value + timedelta(days=1))
    if line is not None and end == start:
        file.remarks.append(Remark("no_length", named))
    return end


def _after(start: Moment, duration: str) -> Moment:
    try:
        length: timedelta = vDuration.from_ical(duration)  # type: ignore[no-untyped-call]
    except ValueError:
        raise CannotRead("bad_date") from None
    if start.is_day:
        return Moment(start.value + timedelta(days=length.days))
    return Moment((start.instant(UTC) + length).replace(tzinfo=None), UTC)


def plain(text: str) -> str:
    """A TEXT value as it reads (RFC 5545, 3.3.11)."""
    return re.sub(
        r"\\([nN,;\\])", lambda found: " " if found[1] in "nN" else found[1], text
    ).strip()
