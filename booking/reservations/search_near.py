"""What misses a need by little, and what to ask less of: for whoever found few spaces or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.catalogue.finding import Criteria
from booking.catalogue.places import Catalogue, Place, PriceGroup
from booking.core.clock import local_day
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations.availability import Timetable, length_is_allowed
from booking.reservations.search import Found, Hit, Tables, fitting_spaces, free_on
from booking.reservations.search_need import Search
from booking.reservations.search_series import find_for_series
from booking.reservations.timetables import timetables

FEW = 5
"""With fewer spaces found than this, what misses by little is offered too."""
MOST_OF_A_SORT = 3
SMALLER = 0.6
"""The least share of the people that a smaller space has room for."""

FILTERS = {
    "kind": "kinds",
    "unit": "units",
    "district": "districts",
    "equipment": "equipment",
    "accessible": "accessible",
}
"""The filters that name entries of the catalogue, by their name in an address."""

OTHER_TIME, LESS_ROOM, NEIGHBOUR = "other_time", "less_room", "neighbour"


@dataclass(frozen=True)
class NearMiss:
    """A space that would do but for one thing: `why` it is offered, and beside which one."""

    hit: Hit
    why: str
    beside: Place | None = None


def near_misses(
    session: Session,
    city: Catalogue,
    search: Search,
    found: Found,
    now: datetime,
    group: PriceGroup | None = None,
) -> list[NearMiss]:
    """What is offered beside a few hits: spaces that fit and are free at another time of the day,
    those with a little less room, and neighbours of those that the words mean."""
    if found.count >= FEW or search.repeats:
        return []
    smaller = _smaller(city, search, now, group)
    beside = _neighbours(city, search, found, now, group)
    places = {p.slug: p for p in (*found.fits.places, *smaller, *(one for one, _it in beside))}
    if not places or (search.day is None and not smaller):
        return []
    window = search.window(now, city.zone, places.values())
    people = search.criteria.people
    tables = timetables(session, city, places.values(), window, now, people=people)
    fewer = tables
    if smaller:
        fewer = timetables(session, city, smaller, window, now)
    taken = set(found.slugs)
    sorts = (
        _at_other_times(found.fits.places, tables, search, city),
        _with_less_room(smaller, fewer, search, now, city),
        _beside(beside, tables, search, now, city),
    )
    misses: list[NearMiss] = []
    for sort in sorts:
        fresh = [one for one in sort if one.hit.place.slug not in taken][:MOST_OF_A_SORT]
        taken |= {one.hit.place.slug for one in fresh}
        misses += fresh
    return misses


def _at_other_times(
    places: Sequence[Place], tables: Tables, search: Search, city: Catalogue
) -> Iterator[NearMiss]:
    """Of the spaces that are not free at the time asked for, those that are free for as long at
    another time of that day."""
    wanted = search.wanted(city.zone)
    if wanted is None or search.day is None:
        return
    day = local_day(search.day, city.zone)
    for place in places:
        table = tables.get(place.slug)
        if table is None or table.can_be_had(wanted):
            continue
        if (other := _nearest(table, wanted, day)) is not None:
            yield NearMiss(Hit.at(place, other), OTHER_TIME)


def _nearest(table: Timetable, wanted: Period, day: Period) -> Period | None:
    """The time of that length on that day that starts nearest to the one wanted."""
    if not length_is_allowed(table.policy, wanted.length):
        return None
    starts = []
    start = table.next_start(wanted.length, day.starts_at)
    while start is not None and start < day.ends_at:
        starts.append(start)
        start = table.next_start(wanted.length, start + table.policy.start_interval)
    if not starts:
        return None
    nearest = min(starts, key=lambda one: abs(one - wanted.starts_at))
    return Period(nearest, nearest + wanted.length)


def _smaller(
    city: Catalogue, search: Search, now: datetime, group: PriceGroup | None
) -> list[Place]:
    """The spaces that fit but for having a little less room than asked for, the largest first."""
    people = search.criteria.people
    if people is None:
        return []
    criteria = replace(search.criteria, people=max(1, round(people * SMALLER)))
    fits = fitting_spaces(city, replace(search, criteria=criteria), now, group)
    found = [place for place in fits.places if place.capacity < people]
    return sorted(found, key=lambda place: -place.capacity)


def _with_less_room(
    places: Sequence[Place], tables: Tables, search: Search, now: datetime, city: Catalogue
) -> Iterator[NearMiss]:
    for hit in free_on(places, tables, search, now, city.zone):
        yield NearMiss(hit, LESS_ROOM)


def _neighbours(
    city: Catalogue, search: Search, found: Found, now: datetime, group: PriceGroup | None
) -> list[tuple[Place, Place]]:
    """Sections of the same whole as a space that the words mean and that can't be had, which fit
    but for the words; each with the one it lies beside."""
    if not search.criteria.q or search.day is None:
        return []
    lost = [
        one for one in found.fits.places[:FEW] if one.parent_slug and one.slug not in found.slugs
    ]
    if not lost:
        return []
    meant = {one.parent_slug: one for one in reversed(lost)}
    criteria = replace(search.criteria, q="")
    others = fitting_spaces(city, replace(search, criteria=criteria), now, group).places
    known = {place.slug for place in found.fits.places}
    return [
        (place, meant[place.parent_slug])
        for place in others
        if place.parent_slug in meant and place.slug not in known
    ]


def _beside(
    neighbours: Sequence[tuple[Place, Place]],
    tables: Tables,
    search: Search,
    now: datetime,
    city: Catalogue,
) -> Iterator[NearMiss]:
    beside = {place.slug: other for place, other in neighbours}
    for hit in free_on([place for place, _it in neighbours], tables, search, now, city.zone):
        yield NearMiss(hit, NEIGHBOUR, beside[hit.place.slug])


# ── What to ask less of ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Looser:
    """The need with one thing asked less of: which part it is (as its address names it), the
    entry of a filter that was left out, the search, and how many spaces it finds."""

    part: str
    left_out: str
    search: Search
    count: int


def loosenings(
    session: Session, city: Catalogue, search: Search, now: datetime, group: PriceGroup | None
) -> list[Looser]:
    """For a search that found nothing, what could be asked less of and finds something then, in
    the order of the need's sentence; where no one thing helps, the words alone and the time
    alone."""
    counts = _Counts(session, city, now, group)
    for sort in (_looser(search), _barest(search)):
        tried = [
            Looser(part, left_out, looser, counts.of(looser)) for part, left_out, looser in sort
        ]
        if found := [one for one in tried if one.count]:
            return found
    return []


def _barest(search: Search) -> Iterator[tuple[str, str, Search]]:
    """The words without all else, and the time without all else."""
    if search.criteria.q:
        yield "all_but_words", search.criteria.q, Search(Criteria(q=search.criteria.q))
    if search.day is not None or search.repeats:
        whole = replace(search, criteria=Criteria(), is_free_of_charge=False)
        yield "all_but_time", "", whole


def _looser(search: Search) -> Iterator[tuple[str, str, Search]]:
    asked = search.criteria
    if asked.q:
        yield "q", asked.q, replace(search, criteria=replace(asked, q=""))
    if asked.people is not None:
        yield "people", "", replace(search, criteria=replace(asked, people=None))
    yield from _looser_time(search)
    if search.is_free_of_charge:
        yield "free", "", replace(search, is_free_of_charge=False)
    if asked.outdoor:
        yield "outdoor", "", replace(search, criteria=replace(asked, outdoor=False))
    for name, filter_ in FILTERS.items():
        for slug in getattr(asked, filter_):
            yield name, slug, without_entry(search, filter_, slug)


def without_entry(search: Search, filter_: str, slug: str) -> Search:
    """The search without one entry of a filter, which is named as in the criteria."""
    left: dict[str, Any] = {
        filter_: tuple(one for one in getattr(search.criteria, filter_) if one != slug)
    }
    return replace(search, criteria=replace(search.criteria, **left))


def _looser_time(search: Search) -> Iterator[tuple[str, str, Search]]:
    if search.repeats:
        yield "weekday", "", replace(search, weekdays=(), until=None)
        return
    if search.day is not None and (search.start is not None or search.end is not None):
        yield "start", "", replace(search, start=None, end=None)
    if search.day is not None:
        yield "date", "", replace(search, day=None, start=None, end=None)


class _Counts:
    """How many spaces a search finds; searches of one day read its timetables once."""

    def __init__(
        self, session: Session, city: Catalogue, now: datetime, group: PriceGroup | None
    ) -> None:
        self._session, self._city, self._now, self._group = session, city, now, group
        self._kept: dict[tuple[date, int | None], Tables] = {}

    def of(self, search: Search) -> int:
        places = fitting_spaces(self._city, search, self._now, self._group).places
        if search.repeats:
            return self._of_dates(search, places)
        if search.day is None:
            return len(places)
        tables = self._tables(search, search.day)
        return len(free_on(places, tables, search, self._now, self._city.zone))

    def _of_dates(self, search: Search, places: Sequence[Place]) -> int:
        zone, now = self._city.zone, self._now
        first = search.wanted_on(search.first_day(now, zone), zone)
        if first is None:
            return 0
        rule, people = search.rule(now, zone), search.criteria.people
        try:
            found = find_for_series(self._session, self._city, places, first, rule, now, people)
        except RuleBroken:
            return 0
        return len(found)

    def _tables(self, search: Search, day: date) -> Tables:
        key = day, search.criteria.people
        if key not in self._kept:
            places = list(self._city.published_places())
            window = search.window(self._now, self._city.zone, places)
            self._kept[key] = timetables(
                self._session, self._city, places, window, self._now, people=key[1]
            )
        return self._kept[key]
