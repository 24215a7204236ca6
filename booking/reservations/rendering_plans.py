"""The plan of a space as its page shows it: sections to pick from, and what comes of each pick."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from booking.catalogue.places import Catalogue, Place
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.availability import Timetable
from booking.reservations.month import day_of
from booking.reservations.picking import Pick, choices_of, sections_of
from booking.reservations.prices import Payer, hourly_price
from booking.reservations.rendering_spaces import may_be_asked_for, whole_of
from booking.reservations.rendering_weeks import Links, day_words
from booking.reservations.search import next_free
from booking.web.languages import text_in

GRAIN = 24
"""Sections are drawn in so many columns, each as wide as its share."""

LEAST_REST = 0.1
"""A rest that belongs to no section is drawn so wide at least."""


@dataclass(frozen=True)
class Shown:
    """What the plan is looked at with: the catalogue, who pays, what is free, and on which day."""

    city: Catalogue
    payer: Payer
    tables: Mapping[str, Timetable]
    coming: Period
    day: date
    now: datetime

    def next_free(self, place: Place) -> Period | None:
        """When the space is free next, in the coming weeks."""
        table = self.tables.get(place.slug)
        found = next_free(table, self.now) if table else None
        return found if found and found.starts_at < self.coming.ends_at else None

    def price(self, place: Place) -> str:
        day = local_date(self.now, self.city.zone)
        return hourly_price(place, self.city, self.payer, day)


def plan_board(
    place: Place, shown: Shown, links: Links, picked: Collection[str] | None = None
) -> dict[str, Any] | None:
    """The sections of the whole that the space belongs to, those picked that it covers unless
    others are named, and all that can be picked; None of a space without sections."""
    whole = whole_of(place, shown.city)
    sections = sections_of(whole, shown.city)
    if not sections:
        return None
    current = place if picked is None else None
    if picked is None:
        picked = [one.slug for one in sections if place.parts >= one.parts]
    rest = _rest(whole, sections)
    columns = _columns([float(one.price_share) for one in sections] + ([rest] if rest else []))
    numbers = {one.slug: number for number, one in enumerate(sections, 1)}
    return {
        "name": text_in(whole.name),
        "day": shown.day,
        "pieces": [
            {
                **_piece(one, shown),
                "number": numbers[one.slug],
                "columns": width,
                "is_picked": one.slug in picked,
            }
            for one, width in zip(sections, columns, strict=False)
        ],
        "rest": columns[-1] if rest else 0,
        "choices": [
            choice(one, whole, sections, shown, links, current)
            for one in choices_of(whole, shown.city)
        ],
        "pick_url": url_for("spaces.pick_sections", slug=place.slug),
        "kept": list(links.kept.items()),
    }


def _columns(shares: Sequence[float]) -> list[int]:
    """Each share as a number of the columns, at least one; the widest gives or takes what is left
    by rounding, so that together they are all of them."""
    total = sum(shares) or 1.0
    columns = [max(round(GRAIN * share / total), 1) for share in shares]
    widest = columns.index(max(columns))
    columns[widest] = max(columns[widest] + GRAIN - sum(columns), 1)
    return columns


def _rest(whole: Place, sections: Sequence[Place]) -> float:
    """The share of the whole that the sections leave to none of them; 0 where they fill it."""
    if not _has_rest(whole, sections):
        return 0.0
    return max(1 - sum(float(one.price_share) for one in sections), LEAST_REST)


def _has_rest(whole: Place, sections: Sequence[Place]) -> bool:
    """Whether the sections leave something of the whole to none of them."""
    return len(frozenset().union(*(one.parts for one in sections))) < len(whole.parts)


def _piece(section: Place, shown: Shown) -> dict[str, Any]:
    """A section on the plan, with how it stands on the day that is looked at."""
    table = shown.tables.get(section.slug)
    face = day_of(table, shown.day) if table else None
    return {
        "slug": section.slug,
        "name": text_in(section.name),
        "state": face.state.value if face else None,
        "words": day_words(face)[1] if face else None,
    }


def choice(
    place: Place,
    whole: Place,
    sections: Sequence[Place],
    shown: Shown,
    links: Links,
    current: Place | None = None,
) -> dict[str, Any]:
    """A space that can be picked: which sections it is, for how many, its price, its next free
    time."""
    covered = [n for n, one in enumerate(sections, 1) if place.parts >= one.parts]
    free = shown.next_free(place)
    return {
        "name": text_in(place.name),
        "url": Links(place.slug, links.kept).page() + "#plan",
        "numbers": covered,
        "sections": " ".join(one.slug for one in sections if place.parts >= one.parts),
        "is_whole": place is whole,
        "is_current": place is current,
        "capacity": place.capacity,
        "capacity_is_found": place.capacity_is_found,
        "price": shown.price(place),
        "next_free": free,
        "reserve_url": request_url(place, free, links.people)
        if free and may_be_asked_for(place, shown.now)
        else None,
    }


def pick_answer(pick: Pick, whole: Place, shown: Shown, links: Links) -> dict[str, Any]:
    """What is told of sections that can't be booked as one."""
    sections = sections_of(whole, shown.city)

    def chosen(one: Place) -> dict[str, Any]:
        return choice(one, whole, sections, shown, links)

    return {
        "names": ", ".join(text_in(one.name) for one in pick.sections),
        "around": chosen(pick.around) if pick.around else None,
        "together": [chosen(one) for one in pick.together],
        "together_url": _together_url(pick.together, links),
    }


def _together_url(places: Sequence[Place], links: Links) -> str | None:
    """The form that asks for all of them at once; None where there is nothing to put together."""
    if len(places) < 2:
        return None
    first, *others = [one.slug for one in places]
    values: dict[str, Any] = {"slug": first, "also": others, **links.kept}
    return url_for("reservations.show_request", **values)
