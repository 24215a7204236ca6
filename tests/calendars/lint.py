"""What every calendar of ours must keep, whoever reads it: the faults of a text, in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST_LINE = 75
INSTANT = re.compile(r"(DTSTAMP|CREATED|LAST-MODIFIED|DTSTART|DTEND):\d{8}T\d{6}Z")
DAY = re.compile(r"(DTSTART|DTEND);VALUE=DATE:\d{8}")
OF_EVENT = (
    "UID",
    "DTSTAMP",
    "LAST-MODIFIED",
    "SEQUENCE",
    "STATUS",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "CLASS",
)
OF_FEED = ("VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE")
NEVER = ("METHOD", "RRULE", "RDATE", "ATTENDEE", "ORGANIZER", "CONTACT", "VALARM", "TZID")


def faults_of(text: bytes) -> list[str]:
    """Each fault of a calendar; none when every client can read it."""
    if faults := [*_faults_of_bytes(text)]:
        return faults
    lines = unfolded(text)
    faults += [f"unexpected {line}" for line in lines if _name(line) in NEVER]
    faults += [f"not in UTC: {line}" for line in lines if _is_local(line)]
    faults += _faults_of_frame(lines)
    for event in events_in(lines):
        names = [_name(line) for line in event]
        faults += [f"{name} not once in {event}" for name in OF_EVENT if names.count(name) != 1]
    return faults


def _faults_of_bytes(text: bytes) -> Iterator[str]:
    if not text.startswith(b"BEGIN:VCALENDAR\r\n") or not text.endswith(b"END:VCALENDAR\r\n"):
        yield "it does not begin and end as a calendar"
    if b"\n" in text.replace(b"\r\n", b"") or b"\r" in text.replace(b"\r\n", b""):
        yield "a line ends otherwise than in CRLF"
    for line in text.split(b"\r\n")[:-1]:
        yield from _faults_of_line(line)


def _faults_of_line(line: bytes) -> Iterator[str]:
    if not 0 < len(line) <= LONGEST_LINE:
        yield f"{len(line)} octets: {line!r}"
    try:
        letters = line.decode()
    except UnicodeDecodeError:
        yield f"folded inside a character: {line!r}"
        return
    if any(unicodedata.category(letter) == "Cc" and letter != "\t" for letter in letters):
        yield f"a control character: {line!r}"


def _faults_of_frame(lines: list[str]) -> Iterator[str]:
    first = lines.index("BEGIN:VEVENT")
    frame = [_name(line) for line in lines[1:first]]
    for name in OF_FEED:
        if frame.count(name) != 1:
            yield f"{name} is not once in the frame"
    if "UID" in frame:
        yield "the calendar has a UID"
    begins, ends = lines.count("BEGIN:VEVENT"), lines.count("END:VEVENT")
    after = [line for event in events_in(lines) for line in event]
    if begins != ends or len(after) + 2 * begins + first != len(lines) - 1:
        yield "something stands between or behind the events"


def events_in(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each event."""
    event: list[str] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            event = []
        elif line == "END:VEVENT":
            yield event
        else:
            event.append(line)


def unfolded(text: bytes) -> list[str]:
    """The content lines (RFC 5545, 3.1)."""
    return text.decode().replace("\r\n ", "").split("\r\n")[:-1]


def _name(line: str) -> str:
    return re.split("[;:]", line, maxsplit=1)[0]


def _is_local(line: str) -> bool:
    is_time = _name(line) in {"DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND"}
    return is_time and not (INSTANT.fullmatch(line) or DAY.fullmatch(line))
