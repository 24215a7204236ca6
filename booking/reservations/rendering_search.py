"""What a search asks and finds, as its page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from booking.catalogue.places import Catalogue, Place
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.prices import Payer, hourly_price, period_price, price_note
from booking.reservations.rendering_spaces import plan_parts
from booking.reservations.search import Hit, Search
from booking.web.languages import text_in
from booking.web.words import day_in_words, in_words, local


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen in a filter, and how many spaces have it."""

    slug: str
    name: str
    count: int


def search_choices(city: Catalogue) -> dict[str, list[Choice]]:
    """What the filters offer: only what some published space has, in the reader's alphabet."""
    places = list(city.published_places())
    had: dict[str, list[str]] = {
        "kind": [place.kind.slug for place in places],
        "unit": [place.unit.slug for place in places],
        "district": [place.unit.district.slug for place in places],
        "equipment": [piece.slug for place in places for piece in place.equipment],
        "accessible": [feature.slug for place in places for feature in place.accessibility],
    }
    lists: dict[str, Iterable[Any]] = {
        "kind": city.kinds,
        "unit": city.units.values(),
        "district": city.districts,
        "equipment": city.equipment,
        "accessible": city.accessibility,
    }
    return {name: _choices(lists[name], had[name]) for name in lists}


def _choices(entries: Iterable[Any], had: list[str]) -> list[Choice]:
    counts = Counter(had)
    found = [
        Choice(one.slug, text_in(one.name), counts[one.slug])
        for one in entries
        if one.slug in counts
    ]
    return sorted(found, key=lambda choice: choice.name.casefold())


def shortcuts(city: Catalogue, now: datetime) -> list[dict[str, str]]:
    """The days that people ask for most: today, tomorrow, the coming Saturday."""
    today = local_date(now, city.zone)
    tomorrow = today + timedelta(days=1)
    saturday = tomorrow + timedelta(days=(5 - tomorrow.weekday()) % 7)
    days = {today: _("Free today"), tomorrow: _("Free tomorrow")}
    days.setdefault(saturday, _("Free on %(day)s", day=day_in_words(saturday)))
    return [
        {"text": text, "url": url_for("spaces.search_spaces", date=day.isoformat())}
        for day, text in days.items()
    ]


def result_row(
    hit: Hit, city: Catalogue, search: Search, payer: Payer, now: datetime
) -> dict[str, Any]:
    """One space found, as its row shows it: when it is free, and what that costs the payer."""
    place = hit.place
    first = hit.free[0] if hit.free else None
    wanted = first if search.wanted(city.zone) else None
    day = local_date(first.starts_at if first else now, city.zone)
    return {
        "name": text_in(place.name),
        "unit_name": text_in(place.unit.name),
        "kind_name": text_in(place.kind.name),
        "capacity": place.capacity,
        "capacity_is_assumed": not place.capacity_is_found,
        "is_next": search.day is None,
        "free_times": hit.free,
        **_price(place, city, payer, wanted, day),
        "url": _space_url(place, first),
        "reserve_url": _reserve_url(hit, search, now),
        "plan": plan_parts(place, city),
    }


def _price(
    place: Place, city: Catalogue, payer: Payer, wanted: Period | None, day: date
) -> dict[str, str | None]:
    """The price of the very period where one was asked for, else of an hour that day; and why."""
    hourly, note = hourly_price(place, city, payer, day), price_note(place, payer)
    if wanted is None:
        return {"price_text": hourly, "price_note": note}
    whole = period_price(place, city, payer, wanted)
    return {"price_text": whole, "price_note": note or (hourly if hourly != whole else None)}


def _space_url(place: Place, first: Period | None) -> str:
    """The page of the space, turned to the week in which it is free."""
    week = local(first.starts_at).date().isoformat() if first else None
    return url_for("spaces.show_space", slug=place.slug, week=week)


def _reserve_url(hit: Hit, search: Search, now: datetime) -> str | None:
    """The form that asks for the first booking that could be had; None where residents ask for
    none."""
    in_force = hit.place.policy_at(now)
    if hit.offer is None or in_force is None or in_force.policy.who_may_book == "staff":
        return None
    return request_url(hit.place, hit.offer, search.criteria.people)


def need_of(search: Search) -> dict[str, Any]:
    """The need as it was typed, for the need line to show again, with what is wrong with it."""
    errors = {one.field: in_words(one) for one in search.faults}
    return {**_need_read(search), **search.typed, "errors": errors}


def _need_read(search: Search) -> dict[str, str | None]:
    """The need as far as it could be read, as an address says it."""
    return {
        "q": search.criteria.q or None,
        "date": search.day.isoformat() if search.day else None,
        "start": _clock_text(search.start) if search.start is not None else None,
        "end": _clock_text(search.end) if search.end is not None else None,
        "people": str(search.criteria.people) if search.criteria.people else None,
    }


def loosening(search: Search) -> list[dict[str, str]]:
    """What one could ask less of, each with the address of that search."""
    need = {key: value for key, value in _need_read(search).items() if value}
    words = {
        "q": _("Search without the words “%(words)s”", words=search.criteria.q),
        "people": _("Search for any number of people"),
        "start": _("Search the whole day"),
        "date": _("Search any day"),
    }
    without = {"start": {"start", "end"}, "date": {"date", "start", "end"}}
    found = []
    for key, text in words.items():
        if key in need:
            left: dict[str, Any] = {
                k: v for k, v in need.items() if k not in without.get(key, {key})
            }
            url = url_for("spaces.search_spaces", **left, **_filters_of(search))
            found.append(_suggestion(text, url))
    return found or [_suggestion(_("See all spaces"), url_for("spaces.search_spaces"))]


def _filters_of(search: Search) -> dict[str, Any]:
    """The filters in use, as an address says them."""
    criteria = search.criteria
    return {
        "kind": criteria.kinds,
        "unit": criteria.units,
        "district": criteria.districts,
        "equipment": criteria.equipment,
        "accessible": criteria.accessible,
    }


def _suggestion(text: str, url: str) -> dict[str, str]:
    return {"message": "", "suggestion": text, "url": url}


def _clock_text(minutes: int) -> str:
    """Minutes after midnight as an address says them: "18:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
