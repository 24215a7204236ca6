"""The calendar of a space as its tables show it, a week or a month: what takes it, and where free
time leads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date, format_decimal, pgettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.queries import names_in_public
from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Action, Actor
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.availability import Timetable
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.month import DayFace, DayState, day_of, month_after, weeks_of_month
from booking.reservations.queries import is_owner, reservations_around
from booking.reservations.states import Kind, State
from booking.reservations.week import (
    CLOSED,
    DAYS,
    MINE,
    REQUESTED,
    SETUP,
    TAKEN,
    Cell,
    Entry,
    Week,
)
from booking.web.languages import locale_language
from booking.web.words import day_heading, day_in_words, length_in_words

EIGHTHS = 8
"""The figure of a day is a ring of so many sectors."""


@dataclass(frozen=True)
class Links:
    """Addresses of the page of a space that keep what the visitor came with: when, how many."""

    slug: str
    kept: Mapping[str, str] = field(default_factory=dict)
    people: int | None = None

    def page(self, **turned: str) -> str:
        values: dict[str, Any] = {"slug": self.slug, **self.kept, **turned}
        return url_for("spaces.show_space", **values)

    def week(self, day: date) -> str:
        return self.page(week=day.isoformat())

    def month(self, first: date) -> str:
        return self.page(view="month", month=f"{first:%Y-%m}")


# ── What takes it ─────────────────────────────────────────────────────────────────────────────


def entries(
    session: Session, city: Catalogue, place: Place, window: Period, actor: Actor, now: datetime
) -> list[Entry]:
    """What takes the space within `window`, in order: of each its set-up, itself, its clean-up.

    Whose it is only its owner and the staff are told; everybody of an organisation that agreed.
    """
    sees_all = actor.may(Action.SEE_RESERVATIONS, place.unit.id)
    rows = reservations_around(session, place.parts, window, now)
    asked = {one.organisation_id for _occupancy, one in rows if one.organisation_id is not None}
    names = names_in_public(session, asked)
    found: dict[tuple[Period, str, str], Entry] = {}
    for occupancy, reservation in rows:
        mine = is_owner(actor, reservation)
        known = mine or sees_all
        reference = reservation.reference if known else None
        state = _entry_state(reservation, mine)
        name = reservation.title if known else names.get(reservation.organisation_id or 0)
        for period, shown in _stretches(occupancy, reservation, state):
            key = period, shown, reservation.reference
            found[key] = Entry(period, shown, reference, None if shown == SETUP else name)
    return sorted(found.values(), key=lambda one: one.period)


def _entry_state(reservation: Reservation, mine: bool) -> str:
    if mine:
        return MINE
    if reservation.kind == Kind.CLOSURE:
        return CLOSED
    return TAKEN if reservation.state == State.CONFIRMED else REQUESTED


def _stretches(
    occupancy: Occupancy, reservation: Reservation, state: str
) -> list[tuple[Period, str]]:
    """What the occupancy is made of: the time before the reservation, itself, and after it."""
    first, last = occupancy.starts_at, occupancy.ends_at
    start = min(max(reservation.starts_at, first), last)
    end = max(min(reservation.ends_at, last), start)
    edges = [(first, start, SETUP), (start, end, state), (end, last, SETUP)]
    return [(Period(one, other), shown) for one, other, shown in edges if one < other]


# ── The week ──────────────────────────────────────────────────────────────────────────────────


def week_table(place: Place, week: Week, today: date, links: Links) -> dict[str, Any]:
    """The week for the table: each free cell leads to the form that asks for it."""
    first, last = week.days[0].day, week.days[-1].day
    before, after = first - timedelta(days=DAYS), first + timedelta(days=DAYS)
    return {
        "title": _("Week %(number)s", number=first.isocalendar().week),
        "range": _("%(first)s to %(last)s", first=day_in_words(first), last=day_in_words(last)),
        "previous_url": links.week(before) if first > today else None,
        "next_url": links.week(after),
        "rows": [_row_label(minute) for minute in week.rows],
        "days": [
            {
                "day": day.day,
                "label": short_day(day.day),
                "is_today": day.is_today,
                "cells": [_cell(place, cell, links) for cell in day.cells],
            }
            for day in week.days
        ],
        **_frame(links, first, today),
    }


def _frame(links: Links, shown: date, today: date) -> dict[str, Any]:
    """What stands around either calendar: the other one, today, and choosing a date."""
    month = (shown + timedelta(days=3)).replace(day=1)  # the one that has most of the week
    return {
        "week_url": links.week(max(shown, today)),
        "month_url": links.month(month),
        "today_url": links.week(today),
        "choose_url": links.page().partition("?")[0],
        "kept": list(links.kept.items()),
        "shown": shown,
    }


def _row_label(minute: int) -> str:
    """A wall time as `local_time` writes it, also where spring skips it."""
    hour, rest = divmod(minute, 60)
    return f"{hour:02}:{rest:02}" if locale_language() == "en" else f"{hour}.{rest:02}"


def short_day(day: date) -> str:
    """Weekday and date without its year."""
    return day_in_words(day).replace(f".{day.year}", ".").replace(f" {day.year}", "")


def _cell(place: Place, cell: Cell, links: Links) -> dict[str, Any]:
    url = None
    if cell.offer is not None:
        url = request_url(place, cell.offer, links.people)
    elif cell.reference:
        url = url_for("reservations.show_reservation", reference=cell.reference)
    return {
        "state": cell.state,
        "starts_at": cell.starts_at,
        "ends_at": cell.ends_at,
        "rows": cell.rows,
        "url": url,
        "label": _(cell.reason),
        "name": cell.name or None,
    }


# ── The month ─────────────────────────────────────────────────────────────────────────────────


def month_table(
    table: Timetable, first: date, today: date, taking: Sequence[Entry], links: Links
) -> dict[str, Any]:
    """The month for the table: each day that is still to come leads to its week."""
    this_month = today.replace(day=1)
    weeks = [
        {
            "number": days[0].isocalendar().week,
            "days": [
                _day(day_of(table, day, taking), day.month == first.month, today, links)
                for day in days
            ],
        }
        for days in weeks_of_month(first)
    ]
    return {
        "title": str(format_date(first, "LLLL yyyy")).capitalize(),
        "previous_url": links.month(month_after(first, -1)) if first > this_month else None,
        "next_url": links.month(month_after(first)),
        "weekdays": [
            (format_date(day, "ccc"), format_date(day, "cccc")) for day in weeks_of_month(first)[0]
        ],
        "weeks": weeks,
        "states": _states_seen(weeks),
        **_frame(links, max(first, today if first == this_month else first), today),
        "month_url": links.month(first),
    }


def _states_seen(weeks: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The states in this month with what they are called, for the key."""
    words = {
        "free": _("Free all day"),
        "partly": _("Free for some hours"),
        "taken": _("Full"),
        "closed": _("Closed"),
        "too_soon": _("Too late to book"),
        "too_far": _("Not open for booking yet"),
    }
    seen = {day["state"] for week in weeks for day in week["days"] if day["is_in_month"]}
    return [(state, word) for state, word in words.items() if state in seen]


def _day(face: DayFace, is_in_month: bool, today: date, links: Links) -> dict[str, Any]:
    short, words = day_words(face)
    return {
        "day": face.day,
        "state": face.state.value,
        "is_in_month": is_in_month,
        "is_today": face.day == today,
        "is_mine": face.is_mine,
        "eighths": eighths(face),
        "short": short,
        "words": words,
        "heading": day_heading(face.day),
        "url": links.week(face.day) if face.day >= today else None,
    }


def eighths(face: DayFace) -> int:
    """How many of the ring's eight sectors are taken: none and all only where that is so."""
    if face.state is DayState.FREE:
        return 0
    if face.state is DayState.FULL:
        return EIGHTHS
    return min(max(round(face.taken_share * EIGHTHS), 1), EIGHTHS - 1)


def day_words(face: DayFace) -> tuple[str, str]:
    """How a day stands, in a word and in full."""
    if face.state is DayState.PARTLY:
        hours = _hours(face.free)
        return hours, _("free for %(hours)s", hours=length_in_words(face.free))
    words: dict[DayState, tuple[str, str]] = {
        DayState.FREE: (_("free"), _("free all day")),
        DayState.FULL: (_("full"), _("full")),
        DayState.CLOSED: (pgettext("a day", "closed"), pgettext("a day", "closed")),
        DayState.PAST: ("", _("time has passed")),
        DayState.TOO_SOON: ("–", _("too late to book")),
        DayState.TOO_FAR: ("–", _("not open for booking yet")),
    }
    return words[face.state]


def _hours(length: timedelta) -> str:
    """So many hours, the half told: "6,5 h"."""
    hours = round(length / timedelta(hours=1) * 2) / 2
    return str(_("%(hours)s h", hours=format_decimal(hours)))
