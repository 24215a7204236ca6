"""What the page of a space says first: whether the time that was asked for can be had, or when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from booking.catalogue.places import Catalogue
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.addresses import request_url
from booking.reservations.availability import Timetable
from booking.reservations.prices import Payer, period_price
from booking.reservations.rules import (
    TIME_RULES,
    Circumstances,
    Organiser,
    ReservationRequest,
    broken_rules,
)
from booking.reservations.search import Search, free_on, next_free
from booking.web.words import in_words, local_day

MOST_TIMES = 3
"""So many of the next times are told; of one free stretch only the first."""

TOLD = (
    *TIME_RULES,
    e.TooFar,
    e.TooShort,
    e.TooLong,
    e.NotMultiple,
    e.OverCapacity,
    e.OverCapacityTogether,
)
"""What is told before anybody has said who they are: of time, and of the number of people."""


def answer(
    table: Timetable, search: Search, coming: Period, city: Catalogue, payer: Payer
) -> dict[str, Any]:
    """The answer: to what the address asks, if it names a day, and the next times in any case."""
    asked = _asked(table, search, city, payer)
    return {"asked": asked, "times": time_rows(table, search, coming)}


def time_rows(table: Timetable, search: Search, coming: Period) -> list[dict[str, Any]]:
    """The next times that can be had within `coming`."""
    today = local_date(table.now, table.zone)
    times = next_times(table, table.now, coming)
    return [time_row(one, table, today, search.criteria.people) for one in times]


def next_times(table: Timetable, not_before: datetime, coming: Period) -> list[Period]:
    """The next times of the usual length that can be had, each of a free stretch of its own."""
    found: list[Period] = []
    while len(found) < MOST_TIMES:
        free = next_free(table, not_before)
        if free is None or free.starts_at >= coming.ends_at:
            break
        found.append(free)
        not_before = stretch_end(table, free)
    return found


def stretch_end(table: Timetable, free: Period) -> datetime:
    """Until when it stays free that is free at this time."""
    day = Period(free.starts_at, free.ends_at + timedelta(days=1))
    return max(
        [free.ends_at, *(one.ends_at for one in table.free_time(day) if one.holds(free.starts_at))]
    )


def time_row(free: Period, table: Timetable, today: date, people: int | None) -> dict[str, Any]:
    """A time that can be had: on which day, as one says it, until when it stays free, and the way
    to the form that asks for it."""
    day = local_date(free.starts_at, table.zone)
    end = stretch_end(table, free)
    return {
        "period": free,
        "day": near_day(day, today),
        "free_until": end if end > free.ends_at else None,
        "url": request_url(table.place, free, people),
    }


def near_day(day: date, today: date) -> str:
    """The day as one says it, with its date."""
    near = {0: _("today"), 1: _("tomorrow")}.get((day - today).days)
    return f"{near} {local_day(day)}" if near else local_day(day)


def _asked(
    table: Timetable, search: Search, city: Catalogue, payer: Payer
) -> dict[str, Any] | None:
    """The answer to the day or the very time in the address; None where it names none."""
    if search.day is None:
        return None
    place, wanted, people = table.place, search.wanted(city.zone), search.criteria.people
    hits = free_on([place], {place.slug: table}, search, table.now, city.zone)
    if wanted is None:
        return {
            "wanted": None,
            "day": search.day,
            "is_free": bool(hits),
            "free": list(hits[0].free) if hits else [],
            "url": request_url(place, hits[0].offer, people) if hits and hits[0].offer else None,
        }
    reasons = broken_in_words(table, wanted, people)
    is_free = not reasons and table.can_be_had(wanted)
    return {
        "wanted": wanted,
        "day": search.day,
        "is_free": is_free,
        "free": [],
        "reasons": [{"message": one} for one in reasons],
        "price": period_price(place, city, payer, wanted),
        "url": request_url(place, wanted, people) if is_free else None,
        "instead": _instead(table, wanted, people),
    }


def broken_in_words(table: Timetable, wanted: Period, people: int | None) -> Sequence[str]:
    """Why this time can't be had, as far as time and the number of people go."""
    request = ReservationRequest(
        spaces=(table.place.slug,),
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        people=people,
    )
    broken = broken_rules(request, [Circumstances(table, Organiser())])
    return [in_words(one) for one in broken if isinstance(one, TOLD)]


def _instead(table: Timetable, wanted: Period, people: int | None) -> dict[str, Any] | None:
    """The next time from then on at which as long can be had."""
    start = table.next_start(wanted.length, wanted.starts_at)
    if start is None:
        return None
    found = Period(start, start + wanted.length)
    return {"period": found, "url": request_url(table.place, found, people)}
