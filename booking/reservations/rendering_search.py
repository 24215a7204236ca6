"""What a search finds, as its page shows it: a row for each space, and the map of their sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.catalogue.places import Catalogue, Place
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.prices import Payer, hourly_price, period_price, price_reason
from booking.reservations.rendering_map import Pin, map_of
from booking.reservations.rendering_need import address_of, near_text
from booking.reservations.rendering_spaces import plan_parts
from booking.reservations.search import Hit, Origin, metres_to
from booking.reservations.search_near import LESS_ROOM, NEIGHBOUR, NearMiss
from booking.reservations.search_need import Search
from booking.reservations.series_rules import VERIFIED
from booking.web.languages import text_in
from booking.web.words import day_in_words, distance_in_words, local, local_time

MOST_MISSED = 6
"""So many of the dates that can't be had are named in a row."""


@dataclass(frozen=True)
class Asking:
    """Who asks what, when and from where: what every row of a search is shown by."""

    city: Catalogue
    search: Search
    payer: Payer
    now: datetime
    origin: Origin | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    """By the slug of a site, its number on the map."""
    all_only_verified: bool = False
    """Said once above all rows, so no row says it."""


def result_row(hit: Hit, asking: Asking) -> dict[str, Any]:
    """One space found, as its row shows it: when it is free, what that costs the payer and why,
    how far it is, and the way to book it, which takes along what the search knew."""
    place, city, search = hit.place, asking.city, asking.search
    first = hit.free[0] if hit.free else None
    wanted = first if search.start is not None and search.end is not None else None
    day = local_date(first.starts_at if first else asking.now, city.zone)
    return {
        "slug": place.slug,
        "name": text_in(place.name),
        "unit_name": text_in(place.unit.name),
        "unit_url": url_for("spaces.show_unit", slug=place.unit.slug),
        "address": place.unit.address(city.town),
        "map_number": asking.numbers.get(place.unit.slug),
        "distance": _distance(place, asking.origin),
        "kind_name": text_in(place.kind.name),
        "capacity": place.capacity,
        "capacity_is_assumed": not place.capacity_is_found,
        "is_next": search.day is None and not search.repeats,
        "free_times": hit.free,
        **_series(hit, asking),
        **_price(place, asking, wanted, day),
        "url": _space_url(hit, search),
        "reserve_url": _reserve_url(hit, search, asking.now),
        "plan": plan_parts(place, city),
        "why": "",
    }


def near_row(miss: NearMiss, asking: Asking) -> dict[str, Any]:
    """A space that misses the need by little, with what it is that misses."""
    row = result_row(miss.hit, asking)
    return {**row, "why": _why(miss)}


def _why(miss: NearMiss) -> str:
    if miss.why == LESS_ROOM:
        return ngettext(
            "Smaller: has room for %(num)s person.",
            "Smaller: has room for %(num)s people.",
            miss.hit.place.capacity,
        )
    if miss.why == NEIGHBOUR and miss.beside is not None:
        return _("Beside %(space)s.", space=text_in(miss.beside.name))
    return _("Free at %(time)s.", time=local_time(miss.hit.free[0].starts_at))


def _distance(place: Place, origin: Origin | None) -> str:
    """How far the space is, as a bird flies; said to be about so where a position is not exact."""
    if origin is None:
        return ""
    distance = distance_in_words(metres_to(place, origin))
    if place.unit.location_is_exact and origin.spot.is_exact:
        return _("%(distance)s from %(place)s", distance=distance, place=near_text(origin))
    return _("about %(distance)s from %(place)s", distance=distance, place=near_text(origin))


def _price(place: Place, asking: Asking, wanted: Period | None, day: date) -> dict[str, str | None]:
    """The price of the very period where one was asked for, else of an hour that day; and why."""
    city, payer = asking.city, asking.payer
    hourly, note = hourly_price(place, city, payer, day), price_reason(place, payer, day)
    if wanted is None:
        return {"price_text": hourly, "price_note": note, "price_each": None}
    whole = period_price(place, city, payer, wanted)
    each = _("each time") if asking.search.repeats and whole != hourly else None
    return {"price_text": whole, "price_note": note, "price_each": each}


# ── A need of every week ──────────────────────────────────────────────────────────────────────


def _series(hit: Hit, asking: Asking) -> dict[str, Any]:
    """On how many of its dates the space can be had, and on which not."""
    if not hit.had:
        return {"series": None, "series_url": None}
    dates = len(hit.had) + len(hit.missed)
    missed = [day_in_words(day) for day in hit.missed[:MOST_MISSED]]
    return {
        "series": {
            "had": len(hit.had),
            "dates": dates,
            "missed": missed,
            "more": len(hit.missed) - len(missed),
            "only_verified": not asking.all_only_verified and _only_verified(hit, asking.now),
        },
        "series_url": _series_url(hit, asking),
    }


def all_only_verified(hits: Sequence[Hit], now: datetime) -> bool:
    """Whether all these series are only for organisations that the city has verified."""
    return bool(hits) and all(hit.had and _only_verified(hit, now) for hit in hits)


def _only_verified(hit: Hit, now: datetime) -> bool:
    in_force = hit.place.policy_at(now)
    return in_force is not None and in_force.policy.series.who == VERIFIED


def _series_url(hit: Hit, asking: Asking) -> str:
    """The wizard of a series, filled with what the search knew."""
    search, city = asking.search, asking.city
    known = address_of(search)
    days = known.get("weekday") or []
    return url_for(
        "series_wizard.show_wizard",
        slug=hit.place.slug,
        date=search.first_day(asking.now, city.zone).isoformat(),
        until=search.last_day(asking.now, city.zone).isoformat(),
        weekday=days,
        title=search.criteria.q or None,
        **{name: known[name] for name in ("start", "end", "people") if name in known},
    )


# ── The ways on ───────────────────────────────────────────────────────────────────────────────


def _space_url(hit: Hit, search: Search) -> str:
    """The page of the space, turned to the week in which it is free, with what the search knew."""
    known = address_of(search)
    carried: dict[str, Any] = {
        name: known[name] for name in ("start", "end", "people") if name in known
    }
    if hit.free:
        day = local(hit.free[0].starts_at).date().isoformat()
        carried |= {"week": day, "date": day}
    title = search.criteria.q or None
    return url_for("spaces.show_space", slug=hit.place.slug, title=title, **carried)


def _reserve_url(hit: Hit, search: Search, now: datetime) -> str | None:
    """The form that asks for the first booking that could be had; None where residents ask for
    none."""
    in_force = hit.place.policy_at(now)
    if hit.offer is None or in_force is None or in_force.policy.who_may_book == "staff":
        return None
    return request_url(hit.place, hit.offer, search.criteria.people, search.criteria.q)


# ── The map ───────────────────────────────────────────────────────────────────────────────────


def numbers_of(hits: Sequence[Hit]) -> dict[str, int]:
    """A number for each site of these hits, in the order in which they come."""
    return {
        slug: number
        for number, slug in enumerate(dict.fromkeys(hit.place.unit.slug for hit in hits), start=1)
    }


def results_map(hits: Sequence[Hit], asking: Asking) -> dict[str, Any] | None:
    """The map of the sites of these hits; each number leads to the first row of its site."""
    first: dict[str, Place] = {}
    for hit in hits:
        first.setdefault(hit.place.unit.slug, hit.place)
    if not first:
        return None
    pins = [
        Pin(place.unit, str(asking.numbers[slug]), f"#space-{place.slug}")
        for slug, place in first.items()
    ]
    return map_of(pins, asking.city, _("Map of what was found"))
