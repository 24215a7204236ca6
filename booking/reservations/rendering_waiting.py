"""The waiting list as its owner's pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue
from booking.reservations.waiting_models import WaitingEntry
from booking.reservations.waiting_queries import places_in_queue
from booking.web.languages import text_in


def waiting_rows(
    session: Session, entries: Sequence[WaitingEntry], city: Catalogue, now: datetime
) -> list[dict[str, Any]]:
    """Each wish with its place in the queue, or, once it is held, until when and where to go on."""
    places = places_in_queue(session, city, entries, now)
    return [_row(one, city, places.get(one.id)) for one in entries]


def _row(entry: WaitingEntry, city: Catalogue, place: int | None) -> dict[str, Any]:
    space, held = city.places_by_id[entry.space_id], entry.reservation
    return {
        "reference": entry.reference,
        "title": entry.title,
        "space": text_in(space.name),
        "space_url": url_for("spaces.show_space", slug=space.slug),
        "unit": text_in(space.unit.name),
        "period": entry.period,
        "organisation": entry.organisation.name if entry.organisation else "",
        "place": place,
        "held_until": held.held_until if held else None,
        "url": url_for("reservations.show_reservation", reference=held.reference) if held else "",
    }
