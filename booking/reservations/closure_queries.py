"""What a closure would meet: who stands in its way, and what would become of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import not_, select
from sqlalchemy.orm import Session, selectinload

from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound, RequestRefused, RuleBroken
from booking.core.periods import Period
from booking.database import during
from booking.reservations import errors as e
from booking.reservations.availability import Timetable
from booking.reservations.circumstances import (
    must_at_units,
    parts_of,
    place_of,
    price_group_of,
)
from booking.reservations.closure_errors import BookingsHaveBegun, NothingToClose
from booking.reservations.closure_models import Displacement
from booking.reservations.closure_rules import (
    ClosureWish,
    OnConflict,
    broken_of_closure,
    least_cover,
)
from booking.reservations.judging import request_of
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.placing import Displaced, Placing
from booking.reservations.queries import in_units, is_due, is_owner, places_of, with_all
from booking.reservations.rules import Organiser
from booking.reservations.states import HOLDING, SHARING, Kind, State
from booking.reservations.timetables import timetables


@dataclass(frozen=True)
class Closing:
    """What is to be closed, looked up: the fewest spaces that cover it."""

    city: Catalogue
    wish: ClosureWish
    places: Sequence[Place]

    @property
    def parts(self) -> set[int]:
        return parts_of(self.places)

    def needs(self, now: datetime) -> dict[int, Period]:
        """What the closure takes: its time at each part, with set-up and clean-up."""
        needed: dict[int, Period] = {}
        for place in self.places:
            widened = self.wish.period.widened(*buffers_of(place, now))
            needed |= dict.fromkeys(place.parts, widened)
        return needed


@dataclass(frozen=True)
class Plan:
    """What a closure would do: the rules it breaks, who stands in its way, and by the key of each
    the spaces it would have instead, what else is free for who would be cancelled, and the spaces
    (slugs) it has before.
    """

    closing: Closing
    broken: Sequence[RuleBroken]
    in_the_way: Sequence[Reservation]
    moves: Mapping[int, Sequence[Place]]
    instead: Mapping[int, Sequence[Place]]
    spaces_before: Mapping[int, Sequence[str]]

    @property
    def cancelled(self) -> list[Reservation]:
        return [one for one in self.in_the_way if one.id not in self.moves]

    @property
    def moved(self) -> list[Reservation]:
        return [one for one in self.in_the_way if one.id in self.moves]

    @property
    def without_place(self) -> list[Reservation]:
        """Of the cancelled, those for whom a place was looked for in vain."""
        looked = self.closing.wish.on_conflict is OnConflict.PROPOSE_MOVES
        return self.cancelled if looked else []

    @property
    def seen(self) -> str:
        """A mark of what was looked at: the same as long as the same would happen to the same."""
        told = [
            (one.reference, one.version, [place.slug for place in self.moves.get(one.id, ())])
            for one in sorted(self.in_the_way, key=lambda one: one.id)
        ]
        return sha256(repr((self.closing.wish, told)).encode()).hexdigest()


class ClosureRefused(RequestRefused):
    """The rules that a closure breaks, and who stands in its way."""

    def __init__(self, broken: Sequence[RuleBroken], in_the_way: Sequence[Reservation]) -> None:
        super().__init__(broken)
        self.in_the_way = list(in_the_way)


def buffers_of(place: Place, now: datetime) -> tuple[timedelta, timedelta]:
    """The set-up and clean-up of a space; none where no policy is in force yet."""
    in_force = place.policy_at(now)
    if in_force is None:
        return timedelta(), timedelta()
    return in_force.policy.before, in_force.policy.after


def look_up_closing(session: Session, actor: Actor, wish: ClosureWish) -> Closing:
    """What is to be closed, for who may close all of it.

    Raises `NotFound`, `NotAllowed`, `RequestRefused` where there is nothing to close.
    """
    city = get_catalogue(session)
    if wish.city:
        actor.must(Action.CLOSE_SPACES)
        places = list(city.places.values())
    elif wish.unit is not None:
        if wish.unit not in city.units:
            raise NotFound()
        actor.must(Action.CLOSE_SPACES, city.units[wish.unit].id)
        places = list(city.places_of(city.units[wish.unit]))
    else:
        places = [place_of(city, slug) for slug in wish.spaces]
        must_at_units(actor, Action.CLOSE_SPACES, {place.unit.id for place in places})
    if not places:
        raise RequestRefused([NothingToClose()])
    return Closing(city, wish, least_cover(places))


def plan_closure(session: Session, actor: Actor, wish: ClosureWish, now: datetime) -> Plan:
    """What the closure would do now, without doing it. Raises as `look_up_closing` does."""
    return plan_of(session, look_up_closing(session, actor, wish), now)


def plan_of(session: Session, closing: Closing, now: datetime) -> Plan:
    """The same of what was looked up; as many queries for a hundred in the way as for one."""
    broken = broken_of_closure(closing.wish, now, closing.city.zone)
    if not closing.wish.has_time:
        return Plan(closing, broken, [], {}, {}, {})
    found = in_the_way(session, closing, now)
    broken += _broken_by_others(closing, found, now)
    before = {one.id: spaces_had(one, closing.city) for one in found}
    if not found or closing.wish.on_conflict is OnConflict.REFUSE:
        return Plan(closing, broken, found, {}, {}, before)
    displaced = [_displaced(one, closing) for one in found]
    placing = Placing(closing.city, _tables(session, closing, found, now), closing.parts)
    moves: Mapping[int, Sequence[Place]] = {}
    if closing.wish.on_conflict is OnConflict.PROPOSE_MOVES:
        movable = {one.id for one in found if _may_move(one, now)}
        moves = placing.offers([one for one in displaced if one.id in movable])
    instead = {one.id: placing.instead(one) for one in displaced if one.id not in moves}
    return Plan(closing, broken, found, moves, instead, before)


def in_the_way(session: Session, closing: Closing, now: datetime) -> list[Reservation]:
    """The reservations that take what the closure needs, other closures and imports apart, by
    start; read anew, whatever the session knows of them."""
    needed = closing.needs(now)
    window = Period(
        min(one.starts_at for one in needed.values()), max(one.ends_at for one in needed.values())
    )
    rows = session.execute(
        select(Occupancy.reservation_id, Occupancy.part_id, Occupancy.starts_at, Occupancy.ends_at)
        .join(Reservation, Reservation.id == Occupancy.reservation_id)
        .where(
            Occupancy.part_id.in_(sorted(needed)),
            during(session, Occupancy, window),
            Reservation.kind.not_in(sorted(SHARING)),
            not_(is_due(now)),
        )
    )
    keys = {key for key, part, start, end in rows if needed[part].overlaps(Period(start, end))}
    if not keys:
        return []
    return list(
        session.scalars(
            with_all(select(Reservation).where(Reservation.id.in_(sorted(keys))))
            .options(selectinload(Reservation.occupancies))
            .order_by(Reservation.starts_at, Reservation.id)
            .execution_options(populate_existing=True)
        )
    )


def spaces_had(reservation: Reservation, city: Catalogue) -> list[str]:
    """The slugs of its spaces, in its own order."""
    return [place.slug for place in places_of(city, reservation)]


def may_be_named(
    actor: Actor, reservation: Reservation, spaces: Sequence[str], city: Catalogue
) -> bool:
    """Whether the actor may know whose it was that stood in the way in these spaces."""
    units = {city.places[slug].unit.id for slug in spaces}
    is_staff = any(actor.may(Action.SEE_RESERVATIONS, unit) for unit in units)
    return is_staff or is_owner(actor, reservation)


def places_to_offer(closing: Closing, reservations: Sequence[Reservation]) -> list[Place]:
    """The published spaces of the kinds of those that close on these reservations."""
    closed = [
        place
        for one in reservations
        for place in places_of(closing.city, one)
        if not place.parts.isdisjoint(closing.parts)
    ]
    kinds = {place.kind.slug for place in closed}
    return [
        place
        for place in closing.city.published_places()
        if place.kind.slug in kinds and place.parts.isdisjoint(closing.parts)
    ]


def closures_to_come(
    session: Session, actor: Actor, now: datetime, most: int
) -> Sequence[Reservation]:
    """The closures of the actor's units that have not ended, the next first."""
    actor.must_anywhere(Action.SEE_RESERVATIONS)
    return session.scalars(
        with_all(
            select(Reservation).where(
                Reservation.kind == Kind.CLOSURE,
                Reservation.state.in_(sorted(HOLDING)),
                Reservation.ends_at > now,
                in_units(actor.units_where(Action.SEE_RESERVATIONS)),
            )
        )
        .order_by(Reservation.starts_at, Reservation.id)
        .limit(most)
    ).all()


def outcomes_of(session: Session, closures: Sequence[Reservation]) -> dict[int, list[Displacement]]:
    """What became of those who stood in the way of each of these closures, by its key."""
    found: dict[int, list[Displacement]] = {one.id: [] for one in closures}
    rows = session.scalars(
        select(Displacement)
        .where(Displacement.closure_id.in_(sorted(found)))
        .order_by(Displacement.id)
    )
    for row in rows:
        found[row.closure_id].append(row)
    return found


def _broken_by_others(
    closing: Closing, found: Sequence[Reservation], now: datetime
) -> list[RuleBroken]:
    """What those in the way forbid: each space that is not free, where nobody is to be moved or
    cancelled; and what has begun is not cut."""
    if closing.wish.on_conflict is not OnConflict.REFUSE:
        return [BookingsHaveBegun()] if any(one.starts_at <= now for one in found) else []
    taken = parts_of([place for one in found for place in places_of(closing.city, one)])
    return [
        e.NotFree(space=place.name) for place in closing.places if not place.parts.isdisjoint(taken)
    ]


def _may_move(reservation: Reservation, now: datetime) -> bool:
    """Whether another place is looked for: not for a hold, which nobody has asked for yet."""
    is_hold = reservation.state == State.HELD and reservation.offer is None
    return not is_hold and reservation.starts_at > now


def _displaced(reservation: Reservation, closing: Closing) -> Displaced:
    city = closing.city
    asked = request_of(reservation, city)
    request = replace(
        asked, hold=False, preliminary=False, items=(), override=closing.wish.reason.strip() or "-"
    )
    places = places_of(city, reservation)
    organisation = reservation.organisation
    return Displaced(
        id=reservation.id,
        request=request,
        places=places,
        closed=frozenset(p.slug for p in places if not p.parts.isdisjoint(closing.parts)),
        organiser=Organiser(
            organisation_kind=organisation.kind if organisation else None,
            is_verified=organisation is not None and organisation.verified_at is not None,
            is_staff=request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None,
        ),
        price_group=city.price_groups[
            reservation.price_group or price_group_of(request, organisation)
        ],
        asked_at=reservation.created_at,
    )


def _tables(
    session: Session, closing: Closing, found: Sequence[Reservation], now: datetime
) -> Mapping[str, Timetable]:
    """The timetables of the places that may be offered, around all the hours that are lost."""
    window = Period(min(one.starts_at for one in found), max(one.ends_at for one in found))
    people = max((one.people or 0 for one in found), default=0)
    places = places_to_offer(closing, found)
    return timetables(session, closing.city, places, window, now, people=people or None)
