"""The week of a space as its table shows it: what takes it, and where free time leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Action, Actor
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.models import Reservation
from booking.reservations.queries import is_owner, reservations_around
from booking.reservations.states import Kind, State
from booking.reservations.week import CLOSED, MINE, REQUESTED, TAKEN, Cell, Entry, Week
from booking.web.words import day_in_words


def entries(
    session: Session, city: Catalogue, place: Place, window: Period, actor: Actor, now: datetime
) -> list[Entry]:
    """What takes the space within `window`; whose it is only for its owner and the staff."""
    sees_all = actor.may(Action.SEE_RESERVATIONS, place.unit.id)
    found = []
    for occupancy, reservation in reservations_around(session, place.parts, window, now):
        mine = is_owner(actor, reservation)
        found.append(
            Entry(
                Period(occupancy.starts_at, occupancy.ends_at),
                _entry_state(reservation, mine),
                reservation.reference if mine or sees_all else None,
            )
        )
    return found


def _entry_state(reservation: Reservation, mine: bool) -> str:
    if mine:
        return MINE
    if reservation.kind == Kind.CLOSURE:
        return CLOSED
    return TAKEN if reservation.state == State.CONFIRMED else REQUESTED


def week_table(place: Place, week: Week, today: date) -> dict[str, Any]:
    """The week for the table: each free cell leads to the form that asks for it."""
    first, last = week.days[0].day, week.days[-1].day

    def turned(days: int) -> str:
        monday = first + timedelta(days=days)
        return url_for("spaces.show_space", slug=place.slug, week=monday.isoformat())

    return {
        "title": _("%(first)s to %(last)s", first=day_in_words(first), last=day_in_words(last)),
        "previous_url": turned(-7) if first > today else None,
        "next_url": turned(7),
        "rows": [f"{minute // 60:02}:{minute % 60:02}" for minute in week.rows],
        "days": [
            {
                "day": day.day,
                "label": _short_day(day.day),
                "is_today": day.is_today,
                "cells": [_cell(place, cell) for cell in day.cells],
            }
            for day in week.days
        ],
    }


def _short_day(day: date) -> str:
    return day_in_words(day).replace(f".{day.year}", ".").replace(f" {day.year}", "")


def _cell(place: Place, cell: Cell) -> dict[str, Any]:
    url = None
    if cell.offer is not None:
        url = request_url(place, cell.offer)
    elif cell.reference:
        url = url_for("reservations.show_reservation", reference=cell.reference)
    return {
        "state": cell.state,
        "starts_at": cell.starts_at,
        "ends_at": cell.ends_at,
        "rows": cell.rows,
        "url": url,
        "label": _(cell.reason),
    }
