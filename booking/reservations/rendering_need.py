"""A need as its page shows it: its address, the line that says it, filters, and what to loosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from babel.dates import get_day_names
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from booking.catalogue.opening import WEEKDAYS
from booking.catalogue.places import Catalogue
from booking.core.clock import local_date
from booking.reservations.search import Origin
from booking.reservations.search_near import FILTERS, Looser, without_entry
from booking.reservations.search_need import (
    CHEAPEST,
    FIT,
    LARGEST,
    NEAREST,
    Search,
)
from booking.web.languages import text_in
from booking.web.words import day_in_words, in_words


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
    lists = _lists(city)
    return {name: _choices(lists[name], had[name]) for name in lists}


def _lists(city: Catalogue) -> dict[str, Iterable[Any]]:
    return {
        "kind": city.kinds,
        "unit": city.units.values(),
        "district": city.districts,
        "equipment": city.equipment,
        "accessible": city.accessibility,
    }


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


# ── Its address ───────────────────────────────────────────────────────────────────────────────


def clock_text(minutes: int) -> str:
    """Minutes after midnight as an address says them: "18:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def address_of(search: Search) -> dict[str, Any]:
    """All that a search says, as its address says it; what it doesn't say is left out."""
    asked = search.criteria
    said = {
        **_need_read(search),
        **{name: list(getattr(asked, filter_)) for name, filter_ in FILTERS.items()},
        "outdoor": "1" if asked.outdoor else None,
        "free": "1" if search.is_free_of_charge else None,
        "near": search.near,
        "at": f"{search.at.latitude:g},{search.at.longitude:g}" if search.at else None,
        "sort": search.order if search.order != FIT else None,
    }
    return {name: value for name, value in said.items() if value}


def url_of(search: Search) -> str:
    return url_for("spaces.search_spaces", **address_of(search))


def _need_read(search: Search) -> dict[str, Any]:
    """The need as far as it could be read, as an address says it."""
    return {
        "q": search.criteria.q or None,
        "date": search.day.isoformat() if search.day else None,
        "until": search.until.isoformat() if search.until else None,
        "weekday": [WEEKDAYS[day] for day in search.weekdays],
        "start": clock_text(search.start) if search.start is not None else None,
        "end": clock_text(search.end) if search.end is not None else None,
        "people": str(search.criteria.people) if search.criteria.people else None,
    }


# ── The line that says it, and the filters ────────────────────────────────────────────────────


def weekdays() -> list[tuple[str, str]]:
    """The days of a week as an address and as the reader names them, short."""
    names = get_day_names("abbreviated", "stand-alone", get_locale() or "fi")
    return [(slug, names[number]) for number, slug in enumerate(WEEKDAYS)]


def need_of(search: Search, faults: Sequence[Any] = ()) -> dict[str, Any]:
    """The need as it was typed, for the need line to show again, with what is wrong with it."""
    errors = {one.field: in_words(one) for one in (*search.faults, *faults)}
    shown = {name: text for name, text in search.typed.items() if name != "weekday"}
    return {**_need_read(search), **shown, "weekdays": weekdays(), "errors": errors}


def empty_need() -> dict[str, Any]:
    """The need line of the home page."""
    return {"weekdays": weekdays(), "errors": {}}


def chosen_filters(city: Catalogue, search: Search) -> list[dict[str, str]]:
    """The filters in use, each in words and with the address of the search without it."""
    asked = search.criteria
    chosen = []
    for name, filter_ in FILTERS.items():
        names = {one.slug: text_in(one.name) for one in _lists(city)[name]}
        for slug in getattr(asked, filter_):
            without = without_entry(search, filter_, slug)
            chosen.append({"text": names.get(slug, slug), "url": url_of(without)})
    if asked.outdoor:
        without = replace(search, criteria=replace(asked, outdoor=False))
        chosen.append({"text": _("Outdoors"), "url": url_of(without)})
    if search.is_free_of_charge:
        without = replace(search, is_free_of_charge=False)
        chosen.append({"text": _("Free of charge"), "url": url_of(without)})
    return chosen


def near_text(origin: Origin) -> str:
    """From where distances are told."""
    return text_in(origin.name) if origin.name else _("the place you chose")


def orders(search: Search, origin: Origin | None) -> list[dict[str, Any]]:
    """The orders that results can stand in, each with its address."""
    names = {
        FIT: _("Best fit"),
        NEAREST: _("Nearest"),
        CHEAPEST: _("Cheapest"),
        LARGEST: _("Largest"),
    }
    return [
        {
            "text": text,
            "url": url_of(replace(search, order=order)),
            "is_current": order == search.order,
        }
        for order, text in names.items()
        if order != NEAREST or origin is not None
    ]


def every_week(search: Search, now: datetime, city: Catalogue) -> str:
    """The days of a need of every week, in words; nothing where it is of one day."""
    if not search.repeats:
        return ""
    first, last = search.first_day(now, city.zone), search.last_day(now, city.zone)
    names = get_day_names("wide", "stand-alone", get_locale() or "fi")
    days = [names[day] for day in search.weekdays or (first.weekday(),)]
    return _(
        "Every week: %(days)s, from %(first)s to %(last)s",
        days=", ".join(days),
        first=day_in_words(first),
        last=day_in_words(last),
    )


# ── What to loosen ────────────────────────────────────────────────────────────────────────────


def loosened(found: Sequence[Looser], city: Catalogue) -> list[dict[str, str]]:
    """What one could ask less of, each with how many spaces it finds and its address."""
    suggestions = [
        _suggestion(_looser_text(one, city), one.count, url_of(one.search)) for one in found
    ]
    if suggestions:
        return suggestions
    count = sum(1 for _place in city.published_places())
    return [_suggestion(_("See all spaces"), count, url_for("spaces.search_spaces"))]


def _looser_text(one: Looser, city: Catalogue) -> str:
    texts = {
        "q": _("Search without the words “%(words)s”", words=one.left_out),
        "people": _("Search for any number of people"),
        "start": _("Search the whole day"),
        "date": _("Search any day"),
        "weekday": _("Search only one date"),
        "free": _("Search those that cost something too"),
        "outdoor": _("Search indoors too"),
        "all_but_words": _("Search only the words “%(words)s”", words=one.left_out),
        "all_but_time": _("See all that is free then"),
    }
    if one.part in texts:
        return texts[one.part]
    names = {entry.slug: text_in(entry.name) for entry in _lists(city)[one.part]}
    return _("Search without “%(words)s”", words=names.get(one.left_out, one.left_out))


def _suggestion(text: str, count: int, url: str) -> dict[str, str]:
    spaces = ngettext("%(num)s space", "%(num)s spaces", count)
    return {"message": "", "suggestion": f"{text}: {spaces}", "url": url}
