"""What a search finds: of each space what is free, the best first, and what misses by little."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.catalogue.finding import Fitting, look_for
from booking.catalogue.geography import Spot, middle_of
from booking.catalogue.places import Catalogue, Place, PriceGroup, Texts
from booking.core.clock import local_date
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.pricing.rules import PERSON_GROUP
from booking.reservations import search_errors as se
from booking.reservations.availability import (
    Timetable,
    length_is_allowed,
    shortest_length,
    usual_length,
)
from booking.reservations.search_need import (
    CHEAPEST,
    FIT,
    LARGEST,
    NEAREST,
    Search,
    coming_weeks,
    earliest_starts,
    read_part,
)
from booking.reservations.search_series import find_for_series
from booking.reservations.timetables import timetables

__all__ = ["Search", "coming_weeks", "earliest_starts", "read_part"]

PAGE = 20
MOST_FREE_TIMES = 4

Tables = Mapping[str, Timetable]


@dataclass(frozen=True)
class Hit:
    """A space that was found, when it is free, as far as that was looked for, and the first
    booking that could be had then; of a need of every week, the dates on which it can be had and
    those on which not."""

    place: Place
    free: tuple[Period, ...] = ()
    offer: Period | None = None
    had: Sequence[date] = ()
    missed: Sequence[date] = ()

    @classmethod
    def at(cls, place: Place, period: Period) -> Hit:
        """The hit of a space that can be had for this very period."""
        return cls(place, (period,), period)


@dataclass(frozen=True)
class Found:
    """A page of what a search found: `count` spaces in all, `busy` that fit but for the time.

    `fits` is all that fits but for the time, with the words that nothing said; `faults` is what
    is wrong with the dates of a need of every week.
    """

    count: int
    hits: Sequence[Hit]
    busy: int = 0
    fits: Fitting = field(default_factory=lambda: Fitting([]))
    faults: tuple[RuleBroken, ...] = ()
    slugs: frozenset[str] = frozenset()
    """Of all that was found, on whichever page it stands."""


@dataclass(frozen=True)
class Origin:
    """From where a distance is measured; `name` is of a site or a district."""

    spot: Spot
    name: Texts | None = None


def find_spaces(
    session: Session,
    city: Catalogue,
    search: Search,
    page: int | None,
    now: datetime,
    group: PriceGroup | None = None,
) -> Found:
    """The spaces that fit, in the order asked for, for a payer of this price group. With a day,
    only those that are free on it; without one, all, each with the next time it could be had; of
    a need of every week, those that can be had on one of its dates at least. All that was found
    where no page is named, then without the next times."""
    fits = fitting_spaces(city, search, now, group)
    places = fits.places
    if search.repeats:
        return _every_week(session, city, search, fits, page, now)
    if search.day is None and page is None:
        return Found(len(places), [Hit(place) for place in places], fits=fits)
    looked_at = places[_of_page(page)] if search.day is None else places
    window = search.wanted(city.zone) or search.window(now, city.zone, looked_at)
    tables = timetables(session, city, looked_at, window, now, people=search.criteria.people)
    if search.day is None:
        hits = free_on(looked_at, tables, search, now, city.zone)
        return Found(len(places), hits, fits=fits)
    is_free = _freedom(search, city.zone)
    found = [place for place in places if is_free(tables.get(place.slug))]
    hits = free_on(found[_of_page(page)], tables, search, now, city.zone)
    slugs = frozenset(place.slug for place in found)
    return Found(len(found), hits, len(places) - len(found), fits, slugs=slugs)


def fitting_spaces(
    city: Catalogue, search: Search, now: datetime, group: PriceGroup | None = None
) -> Fitting:
    """The spaces that fit whatever the time, in the order asked for."""
    fits = look_for(city, search.criteria)
    places = fits.places
    if search.is_free_of_charge:
        day = search.day or local_date(now, city.zone)
        payer = group or city.price_groups[PERSON_GROUP]
        places = [place for place in places if _share_of_price(place, payer, day) == 0]
    return replace(fits, places=_in_order(places, city, search, now))


def _share_of_price(place: Place, group: PriceGroup, day: date) -> float:
    """What an hour costs, in cents; no price is more than any."""
    row = place.price_list.row_on(day)
    if row is None:
        return float("inf")
    return float(row.hourly_cents * place.price_share * group.share)


def _in_order(places: list[Place], city: Catalogue, search: Search, now: datetime) -> list[Place]:
    """The spaces in the order asked for; among equals, the best fit first."""
    origin = origin_of(city, search)
    day = search.day or local_date(now, city.zone)
    person = city.price_groups[PERSON_GROUP]
    orders: dict[str, Callable[[Place], float]] = {
        CHEAPEST: lambda place: _share_of_price(place, person, day),
        LARGEST: lambda place: -place.capacity,
    }
    if origin is not None:
        orders[NEAREST] = lambda place: metres_to(place, origin)
    by = orders.get(search.order)
    return sorted(places, key=by) if by else places


def origin_of(city: Catalogue, search: Search) -> Origin | None:
    """From where distances are told: the position, else the site or the district that is named."""
    if search.at is not None:
        return Origin(search.at)
    if (unit := city.units.get(search.near)) is not None and unit.published:
        spot = Spot(unit.latitude, unit.longitude, unit.location_is_exact)
        return Origin(spot, unit.name)
    units = [unit for unit in city.published_units() if unit.district.slug == search.near]
    if not units:
        return None
    middle = middle_of([Spot(unit.latitude, unit.longitude) for unit in units])
    return Origin(middle, units[0].district.name)


def faults_of_place(city: Catalogue, search: Search) -> tuple[RuleBroken, ...]:
    """What is wrong with from where distances are told, which only the catalogue can say."""
    if origin_of(city, search) is not None:
        return ()
    if search.near:
        return (se.NoSuchPlace(),)
    at_is_told = any(fault.field == "at" for fault in search.faults)
    return (se.NearestNeedsPlace(),) if search.order == NEAREST and not at_is_told else ()


def metres_to(place: Place, origin: Origin) -> float:
    """How far a space's site is from there, as a bird flies."""
    return origin.spot.metres_to(Spot(place.unit.latitude, place.unit.longitude))


def _of_page(page: int | None) -> slice:
    if page is None:
        return slice(None)
    return slice((page - 1) * PAGE, page * PAGE)


# ── What is free ──────────────────────────────────────────────────────────────────────────────


def _every_week(
    session: Session,
    city: Catalogue,
    search: Search,
    fits: Fitting,
    page: int | None,
    now: datetime,
) -> Found:
    """What can be had on the dates of a need of every week: with most dates first, unless another
    order is asked for."""
    first = search.wanted_on(search.first_day(now, city.zone), city.zone)
    if first is None:
        return Found(0, (), fits=fits)
    people, rule = search.criteria.people, search.rule(now, city.zone)
    try:
        found = find_for_series(session, city, fits.places, first, rule, now, people)
    except RuleBroken as fault:
        fault.field = "until"
        return Found(0, (), fits=fits, faults=(fault,))
    if search.order != FIT:
        rank = {place.slug: number for number, place in enumerate(fits.places)}
        found.sort(key=lambda hit: rank[hit.place.slug])
    hits = []
    for one in found:
        period = search.wanted_on(one.had[0], city.zone)
        free = (period,) if period else ()
        hits.append(Hit(one.place, free, period, one.had, one.missed))
    return Found(len(hits), hits[_of_page(page)], len(fits.places) - len(hits), fits)


def next_free(table: Timetable, not_before: datetime) -> Period | None:
    """The next time that a booking of the usual length could have, as far as the table reaches."""
    length = usual_length(table.policy)
    if not length_is_allowed(table.policy, length):
        return None
    start = table.next_start(length, not_before)
    return Period(start, start + length) if start else None


def free_on(
    places: Iterable[Place], tables: Tables, search: Search, now: datetime, zone: ZoneInfo
) -> list[Hit]:
    """The hits among these spaces: with a day, those that can be had at the time asked for.

    Without a day each is one, with the next time that could be had, if there is one in the coming
    weeks.
    """
    if search.day is None:
        return [_whenever(place, tables.get(place.slug), now) for place in places]
    wanted, starts = search.wanted(zone), search.starts(zone)
    found = []
    for place in places:
        table = tables.get(place.slug)
        if table is None:
            continue
        if wanted is None:
            times = _free_to_start(table, starts) if starts else []
            if times:
                found.append(Hit(place, tuple(times), table.offer_at(times[0].starts_at)))
        elif table.can_be_had(wanted):
            found.append(Hit.at(place, wanted))
    return found


def _freedom(search: Search, zone: ZoneInfo) -> Callable[[Timetable | None], bool]:
    """Whether `free_on` would find a space of a timetable on the day asked for."""
    wanted, starts = search.wanted(zone), search.starts(zone)

    def is_free(table: Timetable | None) -> bool:
        if table is None or starts is None:
            return False
        if wanted is not None:
            return table.can_be_had(wanted)
        shortest = shortest_length(table.policy)
        if not length_is_allowed(table.policy, shortest):
            return False
        start = table.next_start(shortest, starts.starts_at)
        return start is not None and start < starts.ends_at

    return is_free


def _whenever(place: Place, table: Timetable | None, now: datetime) -> Hit:
    free = next_free(table, now) if table else None
    return Hit.at(place, free) if free else Hit(place)


def _free_to_start(table: Timetable, starts: Period) -> list[Period]:
    """The first stretches of free time within `starts` that begin where the shortest booking can
    start; one that has room only beyond the end of `starts` is as long as that booking."""
    shortest = shortest_length(table.policy)
    if not length_is_allowed(table.policy, shortest):
        return []
    free_time = table.free_time(starts)
    found: list[Period] = []
    start = table.next_start(shortest, starts.starts_at)
    while start is not None and start < starts.ends_at and len(found) < MOST_FREE_TIMES:
        ends = [free.ends_at for free in free_time if free.holds(start)]
        found.append(Period(start, max([start + shortest, *ends])))
        start = table.next_start(shortest, found[-1].ends_at)
    return found
