"""The text of calendars (RFC 5545, RFC 7986): the frame, an event, a notice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vText

REFRESH = timedelta(hours=1)
DUE_FOR = timedelta(minutes=15)
"""How long a deadline at a moment is drawn: an event must end after it starts (3.8.2.2)."""
LONGEST_NAME = 255
_END = b"END:VCALENDAR\r\n"


class Status(StrEnum):
    """How sure an event is (RFC 5545, 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


_BUSY = {
    Status.TENTATIVE: ("OPAQUE", "TENTATIVE"),
    Status.CONFIRMED: ("OPAQUE", "BUSY"),
    Status.CANCELLED: ("TRANSPARENT", "FREE"),
}
"""Whether it takes up time, in the words of RFC 5545 (3.8.2.7) and in those of Outlook."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What one event says; instants in UTC, `position` is latitude and longitude.

    `updated_at` moves with every change and `sequence` with those of time and status: a client
    that keeps a copy believes a change by them (RFC 5545, 3.8.7.2 to 3.8.7.4).
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    updated_at: datetime
    sequence: int
    status: Status
    summary: str
    location: str = ""
    description: str = ""
    url: str | None = None
    position: tuple[float, float] | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """What a calendar says of itself; `source` is its own address, None where that is secret."""

    name: str
    city: str
    language: str
    zone: str
    url: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence on one day, which takes up no time; `stamp` says when it was last worded."""

    uid: str
    day: date
    stamp: datetime
    summary: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """What is due on a day, or at a moment of it (`at`, an instant); it takes up no time.

    The stamps are as those of an event.
    """

    uid: str
    day: date
    at: datetime | None
    created_at: datetime
    updated_at: datetime
    sequence: int
    summary: str
    description: str = ""
    url: str | None = None


def event_text(facts: EventFacts) -> bytes:
    """One VEVENT, in UTC, so that no client has to know our zone (RFC 5545, 3.6.1).

    Not made by `Event.new()`, which would give it a UID and a time stamp of its own.
    """
    event = Event()
    _add_stamps(event, facts.uid, facts.updated_at)
    event.add("created", _utc(facts.created_at))
    event.add("sequence", facts.sequence)
    event.add("status", facts.status.value)
    event.add("dtstart", _utc(facts.starts_at))
    event.add("dtend", _utc(facts.ends_at))
    _add_texts(event, facts.summary, facts.location, facts.description)
    if facts.position is not None:
        event.add("geo", facts.position)
    if facts.url is not None:
        event.add("url", facts.url)
    _add_business(event, *_BUSY[facts.status])
    event.add("class", "PRIVATE" if facts.is_private else "PUBLIC")
    return bytes(event.to_ical())


def deadline_text(facts: DeadlineFacts) -> bytes:
    """One VEVENT, transparent: of the whole day, or in UTC from the moment on."""
    event = Event()
    _add_stamps(event, facts.uid, facts.updated_at)
    event.add("created", _utc(facts.created_at))
    event.add("sequence", facts.sequence)
    event.add("status", Status.CONFIRMED.value)
    if facts.at is None:
        event.add("dtstart", facts.day)
        event.add("dtend", facts.day + timedelta(days=1))
    else:
        event.add("dtstart", _utc(facts.at))
        event.add("dtend", _utc(facts.at + DUE_FOR))
    _add_texts(event, facts.summary, "", facts.description)
    if facts.url is not None:
        event.add("url", facts.url)
    _add_business(event, "TRANSPARENT", "FREE")
    event.add("class", "PRIVATE")
    return bytes(event.to_ical())


def notice_text(notice: Notice) -> bytes:
    """One VEVENT of a whole day, transparent; its end is the next day (RFC 5545, 3.6.1).

    Some clients keep their old copy when a calendar comes without any event, so one that has
    nothing to show holds a notice.
    """
    event = Event()
    _add_stamps(event, notice.uid, notice.stamp)
    event.add("sequence", 0)
    event.add("status", Status.CONFIRMED.value)
    event.add("dtstart", notice.day)
    event.add("dtend", notice.day + timedelta(days=1))
    _add_texts(event, notice.summary, "", notice.description)
    _add_business(event, "TRANSPARENT", "FREE")
    event.add("class", "PUBLIC")
    return bytes(event.to_ical())


def feed_text(facts: CalendarFacts, events: Iterable[bytes]) -> bytes:
    """A calendar to subscribe to, with hints how often to look (RFC 7986, 5.7; MS-OXCICAL)."""
    frame = _frame(facts)
    frame.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    frame.add("X-PUBLISHED-TTL", vText("PT1H"))
    frame.add("color", "teal")
    if facts.url is not None:
        frame.add("url", facts.url)
    if facts.source is not None:
        frame.add("source", facts.source, parameters={"VALUE": "URI"})
    return _joined(frame, events)


def file_text(facts: CalendarFacts, event: bytes) -> bytes:
    """A calendar to keep as a file, of one event."""
    return _joined(_frame(facts), [event])


def clean(text: str) -> str:
    """The text without control characters, which calendars may not hold (RFC 5545, 3.1).

    Line ends and tabs stay; every line end becomes one "\\n".
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter
        for letter in lines
        if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}
    )


def _frame(facts: CalendarFacts) -> Calendar:
    """No METHOD (a DTSTAMP would then mean something else), and no UID: some clients would take
    all events for one."""
    calendar = Calendar()
    city = _one_line(facts.city).replace("//", "/")
    calendar.add("prodid", vText(f"-//City of {city}//Yhteistila 1.0//{facts.language.upper()}"))
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    name = vText(_one_line(facts.name)[:LONGEST_NAME])
    calendar.add("name", name)
    calendar.add("X-WR-CALNAME", name)
    calendar.add("X-WR-TIMEZONE", vText(facts.zone))
    return calendar


def _joined(frame: Calendar, events: Iterable[bytes]) -> bytes:
    """The events between the head of the frame and its end: properties before components."""
    head = bytes(frame.to_ical()).removesuffix(_END)
    return b"".join([head, *events, _END])


def _add_stamps(event: Event, uid: str, stamp: datetime) -> None:
    event.add("uid", uid)
    event.add("dtstamp", _utc(stamp))
    event.add("last-modified", _utc(stamp))


def _add_texts(event: Event, summary: str, location: str, description: str) -> None:
    event.add("summary", vText(_one_line(summary)))
    if location:
        event.add("location", vText(_one_line(location)))
    if description:
        event.add("description", vText(clean(description)))


def _add_business(event: Event, transparency: str, busy: str) -> None:
    event.add("transp", transparency)
    event.add("X-MICROSOFT-CDO-BUSYSTATUS", vText(busy))


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
