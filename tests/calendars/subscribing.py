"""Calendars that tests subscribe to, written by hand."""

from __future__ import annotations

from datetime import UTC, date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.calendars.models import CalendarSource
from booking.reservations.models import Reservation
from booking.reservations.states import State
from tests.values import MONDAY, at

TUESDAY = MONDAY + timedelta(days=1)


def event(
    uid: str,
    start: str = "10:00",
    end: str = "12:00",
    day: date = TUESDAY,
    title: str = "Class",
) -> str:
    lines = (
        f"UID:{uid}",
        f"SUMMARY:{title}",
        f"DTSTART:{at(start, day).astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTEND:{at(end, day).astimezone(UTC):%Y%m%dT%H%M%SZ}",
    )
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))


def calendar(*events: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", *events, "END:VCALENDAR", ""))


def imported(session: Session, source: CalendarSource) -> list[Reservation]:
    """What the calendar holds, by start."""
    found = session.scalars(
        select(Reservation)
        .where(Reservation.source_id == source.id, Reservation.state == State.CONFIRMED)
        .order_by(Reservation.starts_at, Reservation.id)
    )
    return list(found)
