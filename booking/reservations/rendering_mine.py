"""One's own reservations as their page shows them: a list, a month, and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue
from booking.core.clock import local_date, local_days
from booking.core.periods import Period
from booking.reservations.mine_queries import Entry, Shown
from booking.reservations.models import Reservation
from booking.reservations.rendering import reservation_row
from booking.reservations.rendering_changing import again_url
from booking.reservations.states import HOLDING, State
from booking.web.words import day_in_words, length_in_words, local_day, local_moment

_MOMENT = timedelta(microseconds=1)


# ── The list ──────────────────────────────────────────────────────────────────────────────────


def entry_row(entry: Entry, city: Catalogue, now: datetime) -> dict[str, Any]:
    """A reservation, or a series, as the list shows it, with where it stands."""
    row = reservation_row(entry.reservation, city, now)
    return row | {
        "note": _note(entry.reservation, row["state"], now),
        "way_on": _way_on(entry.reservation, row["state"]),
        "series": _series(entry, row["series_url"]) if row["series_url"] else None,
        "again_url": ""
        if row["state"] in HOLDING and not row["has_ended"]
        else again_url(entry.reservation, city, now),
    }


def _note(reservation: Reservation, state: str, now: datetime) -> str:
    """Where it stands, of what is not settled."""
    if state == State.REQUESTED:
        return str(
            _(
                "Requested on %(day)s. The staff decide by %(limit)s at the latest.",
                day=local_day(reservation.state_since),
                limit=local_moment(reservation.starts_at),
            )
        )
    if state != State.HELD or reservation.held_until is None:
        return ""
    until = local_moment(reservation.held_until)
    if reservation.offer is not None:
        return str(_("Your space is closed. Another is kept for you until %(until)s.", until=until))
    left = max(reservation.held_until - now, timedelta(minutes=1))
    return str(
        _(
            "Not booked yet: kept for you until %(until)s, %(left)s more.",
            until=until,
            left=length_in_words(left),
        )
    )


def _way_on(reservation: Reservation, state: str) -> str:
    """What is to be done about it now; empty where nothing is."""
    if state != State.HELD:
        return ""
    return str(_("Answer") if reservation.offer is not None else _("Go on and book it"))


def _series(entry: Entry, url: str) -> dict[str, Any]:
    """The series that the row stands for: how many dates, until when, which were skipped."""
    last = entry.last_start or entry.reservation.starts_at
    return {
        "url": url,
        "count": entry.count,
        "last": local_day(last),
        "skipped": [day_in_words(day) for day in entry.skipped],
    }


# ── The month ─────────────────────────────────────────────────────────────────────────────────


def weeks_of(month: date) -> list[list[date]]:
    """The days of the weeks, from Monday, that a month touches."""
    first = month - timedelta(days=month.weekday())
    next_month = (month + timedelta(days=31)).replace(day=1)
    weeks = []
    while first < next_month:
        weeks.append([first + timedelta(days=number) for number in range(7)])
        first += timedelta(days=7)
    return weeks


def month_window(month: date, city: Catalogue) -> Period:
    """The time that the month's table shows, the ends of its neighbours among it."""
    weeks = weeks_of(month)
    return local_days(weeks[0][0], weeks[-1][-1], city.zone)


def month_page(
    month: date, found: Sequence[Reservation], city: Catalogue, now: datetime, **kept: Any
) -> dict[str, Any]:
    """The month as a table: weeks down, days across; `kept` goes into the addresses of others."""
    by_day: dict[date, list[dict[str, Any]]] = {}
    for one in found:
        row = reservation_row(one, city, now)
        for day in _days_of(one, city):
            by_day.setdefault(day, []).append(row)
    today = local_date(now, city.zone)
    weeks = [
        [
            {
                "day": day,
                "is_today": day == today,
                "is_in_month": day.month == month.month,
                "rows": by_day.get(day, []),
            }
            for day in week
        ]
        for week in weeks_of(month)
    ]
    return {
        "title": _month_name(month),
        "weekdays": [format_date(day["day"], "cccc") for day in weeks[0]],
        "weekdays_short": [format_date(day["day"], "ccc") for day in weeks[0]],
        "weeks": weeks,
        "previous": _turn(month - timedelta(days=1), kept),
        "next": _turn(month + timedelta(days=31), kept),
        "today_url": _month_url(today, kept) if today.replace(day=1) != month else None,
    }


def _days_of(reservation: Reservation, city: Catalogue) -> list[date]:
    """The local days that a reservation touches."""
    first = local_date(reservation.starts_at, city.zone)
    last = local_date(reservation.ends_at - _MOMENT, city.zone)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _turn(day: date, kept: dict[str, Any]) -> dict[str, str] | None:
    """The way to another month, by its name."""
    url = _month_url(day, kept)
    name = str(format_date(day, "LLLL"))
    return {"url": url, "name": name[:1].upper() + name[1:]} if url else None


def _month_name(month: date) -> str:
    name = str(format_date(month, "LLLL yyyy"))
    return name[:1].upper() + name[1:]


def _month_url(day: date, kept: dict[str, Any]) -> str | None:
    if not 2000 <= day.year < 2100:
        return None
    return url_for(
        "reservations.list_my_reservations", view="calendar", month=f"{day:%Y-%m}", **kept
    )


# ── What can be chosen ────────────────────────────────────────────────────────────────────────


def tabs(shown: Shown, view: str, whose: str) -> list[dict[str, Any]]:
    """The lists and the calendar: which there are, and which is looked at."""
    kept = {"whose": whose} if whose else {}
    words = {Shown.COMING: _("Coming"), Shown.PAST: _("Past"), Shown.CANCELLED: _("Cancelled")}
    found = [
        {
            "text": text,
            "url": _mine(**kept, **({"show": one.value} if one is not Shown.COMING else {})),
            "is_current": view == "list" and one is shown,
        }
        for one, text in words.items()
    ]
    calendar = {
        "text": _("Calendar"),
        "url": _mine(view="calendar", **kept),
        "is_current": view == "calendar",
    }
    return [found[0], calendar, *found[1:]]


def owners(organisations: Sequence[Organisation], whose: str, **kept: Any) -> list[dict[str, Any]]:
    """For whom they are: everybody I act for, myself, each organisation; nobody to choose from
    where there is none."""
    if not organisations:
        return []
    choices = [("", _("All")), ("me", _("Only my own")), *((o.slug, o.name) for o in organisations)]
    return [
        {
            "text": text,
            "url": _mine(**kept, **({"whose": slug} if slug else {})),
            "is_current": slug == whose,
        }
        for slug, text in choices
    ]


def _mine(**values: Any) -> str:
    return url_for("reservations.list_my_reservations", **values)
