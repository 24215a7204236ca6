"""Addresses of the request page, filled with what is known already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for

from booking.catalogue.places import Place
from booking.core.periods import Period
from booking.web.words import local


def request_url(
    place: Place, period: Period, people: int | None = None, title: str | None = None
) -> str:
    """The form that asks for the space at this time, with as much more as is known."""
    starts, ends = local(period.starts_at), local(period.ends_at)
    more: dict[str, Any] = {"people": people} if people else {}
    if title:
        more["title"] = title
    if ends.date() != starts.date():
        more["end_date"] = ends.date().isoformat()
    return url_for(
        "reservations.show_request",
        slug=place.slug,
        date=starts.date().isoformat(),
        start=f"{starts:%H:%M}",
        end=f"{ends:%H:%M}",
        **more,
    )


def pick_of(period: Period) -> str:
    """What a button sends that writes this period into the form: its days and wall times."""
    times = times_of(period)
    return " ".join(times[name] for name in ("date", "start", "end", "end_date") if name in times)


def times_of(period: Period) -> dict[str, Any]:
    """A period as the fields of an address; one that ends at midnight ends on its own day."""
    starts, ends = local(period.starts_at), local(period.ends_at)
    found: dict[str, Any] = {
        "date": starts.date().isoformat(),
        "start": f"{starts:%H:%M}",
        "end": f"{ends:%H:%M}",
    }
    last = local(period.ends_at - timedelta(microseconds=1)).date()
    return found | ({"end_date": last.isoformat()} if last != starts.date() else {})
