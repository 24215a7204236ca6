"""Other places for those who lose theirs: the same hours, the same kind, room enough, the nearest
first, and nobody is offered what is kept for somebody else. Everything here works on values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import cos, hypot, radians

from booking.catalogue.places import Catalogue, Place, PriceGroup, UnitPlace
from booking.core.periods import Period
from booking.pricing.rules import price_of
from booking.reservations import errors as e
from booking.reservations.availability import Timetable
from booking.reservations.rules import Circumstances, Organiser, ReservationRequest, broken_rules

MOST_INSTEAD = 3
_METRES_A_DEGREE = 111_320


@dataclass(frozen=True)
class Displaced:
    """A reservation that loses its place: what it would be asked for as, its spaces, those of them
    that are closed (slugs), for whom it is, and at which prices; `asked_at` is when it was made."""

    id: int
    request: ReservationRequest
    places: Sequence[Place]
    closed: frozenset[str]
    organiser: Organiser
    price_group: PriceGroup
    asked_at: datetime

    @property
    def kept(self) -> list[Place]:
        """Its spaces that stay open."""
        return [place for place in self.places if place.slug not in self.closed]


class Placing:
    """Gives each who is displaced a place of their own.

    `tables` are the timetables of the places that may be offered; `closing` the parts that close.
    """

    def __init__(
        self, city: Catalogue, tables: Mapping[str, Timetable], closing: Collection[int]
    ) -> None:
        self._city = city
        self._tables = {
            slug: table
            for slug, table in tables.items()
            if table.place.published and table.place.parts.isdisjoint(closing)
        }
        self._near: dict[tuple[str, int], list[Timetable]] = {}
        self._kept: defaultdict[int, list[Period]] = defaultdict(list)

    def offers(self, displaced: Sequence[Displaced]) -> dict[int, list[Place]]:
        """The spaces that each would have instead, in the order of those it has, by its key; the
        largest groups first, as they find a place least easily, then who booked first."""
        first = sorted(
            displaced, key=lambda one: (-(one.request.people or 0), one.asked_at, one.id)
        )
        found = ((one.id, self._offer(one)) for one in first)
        return {key: places for key, places in found if places is not None}

    def instead(self, one: Displaced) -> list[Place]:
        """Some places that are free at its hours and kept for nobody, the nearest first; none for
        a reservation of several spaces."""
        if len(one.places) != 1:
            return []
        found = self._places_for(one, one.places[0], [])
        return [place for place, _ in zip(found, range(MOST_INSTEAD), strict=False)]

    def _offer(self, one: Displaced) -> list[Place] | None:
        """Its spaces, with another for each that closes, all kept for it; None unless all can be
        had."""
        chosen: list[Place] = []
        for place in one.places:
            if place.slug in one.closed:
                place_ = next(self._places_for(one, place, chosen), None)
                if place_ is None:
                    return None
                chosen.append(place_)
        for place in chosen:
            self._keep(place, one.request.period)
        others = iter(chosen)
        return [next(others) if place.slug in one.closed else place for place in one.places]

    def _keep(self, place: Place, period: Period) -> None:
        policy = self._tables[place.slug].policy
        for part in place.parts:
            self._kept[part].append(period.widened(policy.before, policy.after))

    def _places_for(self, one: Displaced, old: Place, chosen: Sequence[Place]) -> Iterator[Place]:
        """The places that would do for this one of its spaces, the nearest first."""
        beside = [*one.kept, *chosen]
        elsewhere = sum(place.capacity for place in beside)
        people = one.request.people
        room = old.capacity if people is None else people - elsewhere
        for table in self._nearest(old):
            place = table.place
            shares = any(not place.parts.isdisjoint(other.parts) for other in beside)
            if place.capacity >= room and not shares and self._can_be_had(one, table):
                yield place

    def _nearest(self, old: Place) -> list[Timetable]:
        """The places of the same kind: of the same unit, then by distance, the smallest first."""
        key = (old.kind.slug, old.unit.id)
        if key not in self._near:
            alike = [t for t in self._tables.values() if t.place.kind.slug == old.kind.slug]
            alike.sort(key=lambda table: _nearness(table.place, old))
            self._near[key] = alike
        return self._near[key]

    def _can_be_had(self, one: Displaced, table: Timetable) -> bool:
        """Whether its booker could have the place at these hours: by every rule but notice, horizon
        and quota, for the city moves them, and what they would have to fill in."""
        period, policy = one.request.period, table.policy
        wanted = period.widened(policy.before, policy.after)
        if not table.schedule.is_open(period) or any(
            kept.overlaps(wanted) for part in table.place.parts for kept in self._kept[part]
        ):
            return False
        price = price_of([table.place], period, one.price_group, one.request.purpose, self._city)
        around = Circumstances(table, one.organiser, has_price=price is not None)
        request = replace(one.request, spaces=(table.place.slug,), people=None)
        return all(isinstance(rule, e.FieldRequired) for rule in broken_rules(request, [around]))


def _nearness(place: Place, old: Place) -> tuple[bool, int, int, str]:
    away = place.unit.id != old.unit.id
    return away, round(metres_between(place.unit, old.unit)), place.capacity, place.slug


def metres_between(one: UnitPlace, other: UnitPlace) -> float:
    """How far two units are from each other as the crow flies, in metres, within a city."""
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return hypot(north, east) * _METRES_A_DEGREE
