"""A calendar as large as a school's whole year in all its groups."""

from __future__ import annotations

from datetime import datetime, timedelta


def large_calendar(count: int, now: datetime, minutes: int = 30) -> bytes:
    """So many events of half an hour, 26 a day from tomorrow on, as a server writes them."""
    first = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//School//Timetable//FI"]
    for number in range(count):
        day, slot = divmod(number, 26)
        starts_at = first + timedelta(days=day, minutes=30 * slot)
        ends_at = starts_at + timedelta(minutes=minutes)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number:08}-timetable@school.example",
            f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:Group {number % 40}\\, lesson {number}",
            f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}",
            f"DTEND:{ends_at:%Y%m%dT%H%M%SZ}",
            "DESCRIPTION:" + "What the lesson is about. " * 8,
            "LOCATION:Gymnasium",
            "STATUS:CONFIRMED",
            f"SEQUENCE:{number % 3}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
