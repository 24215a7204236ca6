"""Which spaces fit a need: words, number of people, kind, place and what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from booking.catalogue.places import Catalogue, EquipmentPiece, Named, Place
from booking.catalogue.word_index import index_of

STRONG, FAIR = 0.75, 0.5
"""How well a space answers the words, as a share of the best one, to stand among the first or the
second; within one group the people decide."""


@dataclass(frozen=True)
class Criteria:
    """What a space must have to be found; an empty field asks nothing."""

    q: str = ""
    people: int | None = None
    kinds: Sequence[str] = ()
    units: Sequence[str] = ()
    districts: Sequence[str] = ()
    equipment: Sequence[str] = ()
    accessible: Sequence[str] = ()
    outdoor: bool = False


@dataclass(frozen=True)
class Fitting:
    """The spaces that fit, the best first; the words that no space says, and whether those found
    say only some of the others."""

    places: list[Place]
    unknown: Sequence[str] = ()
    is_partial: bool = False
    relevance: Mapping[int, float] = field(default_factory=dict)


def fitting(city: Catalogue, criteria: Criteria) -> list[Place]:
    """The published spaces that fit, the best first, as `look_for` orders them."""
    return look_for(city, criteria).places


def look_for(city: Catalogue, criteria: Criteria) -> Fitting:
    """The published spaces that fit: those that answer the words best, of these the smallest that
    has room for the people, and among equals in the order of the catalogue."""
    places = [place for place in city.published_places() if _has(place, criteria)]
    if not criteria.q.strip():
        if criteria.people is not None:
            places.sort(key=lambda place: place.capacity)
        return Fitting(places)
    words = index_of(city).find(criteria.q)
    places = [place for place in places if place.id in words.relevance]
    best = max((words.relevance[place.id] for place in places), default=1.0)

    def order(place: Place) -> tuple[float, float]:
        share = words.relevance[place.id] / best
        if criteria.people is None:
            return 0, -share
        return (share < STRONG) + (share < FAIR), place.capacity

    places.sort(key=order)
    return Fitting(places, words.unknown, words.is_partial, words.relevance)


def _has(place: Place, criteria: Criteria) -> bool:
    """Whether the space has all that is asked of it."""
    return (
        (criteria.people is None or place.capacity >= criteria.people)
        and (not criteria.kinds or place.kind.slug in criteria.kinds)
        and (not criteria.units or place.unit.slug in criteria.units)
        and (not criteria.districts or place.unit.district.slug in criteria.districts)
        and _has_all(place.equipment, criteria.equipment)
        and _has_all(place.accessibility, criteria.accessible)
        and (place.is_outdoor or not criteria.outdoor)
    )


def _has_all(things: Iterable[EquipmentPiece | Named], slugs: Sequence[str]) -> bool:
    return not slugs or {one.slug for one in things}.issuperset(slugs)
