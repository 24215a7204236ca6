"""What stands when somebody asks for a space: who asks for whom, what is taken, used and priced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation, Person
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue, LoanThing, Place
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.errors import NotFound, RequestRefused
from booking.core.periods import Period
from booking.database import lock
from booking.pricing.rules import CITY_GROUP, PERSON_GROUP, Price, price_of
from booking.reservations import errors as e
from booking.reservations.availability import Timetable
from booking.reservations.models import Reservation
from booking.reservations.quotas import Held, held_quotas
from booking.reservations.rules import (
    LONGEST_PERIOD,
    Circumstances,
    Organiser,
    ReservationRequest,
)
from booking.reservations.states import SHARING, Kind
from booking.reservations.timetables import timetables


def place_of(city: Catalogue, slug: str) -> Place:
    if slug not in city.places:
        raise NotFound()
    return city.places[slug]


def places_asked(city: Catalogue, request: ReservationRequest) -> list[Place]:
    """The spaces asked for, in their order. Raises `NotFound` for an unknown one."""
    return [place_of(city, slug) for slug in request.spaces]


def parts_of(places: Sequence[Place]) -> set[int]:
    return {part for place in places for part in place.parts}


def units_with(places: Sequence[Place], things: Sequence[LoanThing]) -> set[int]:
    """The keys of the units of these spaces, and of those where these things are picked up."""
    return {place.unit.id for place in places} | {thing.pickup_unit.id for thing in things}


def must_be_allowed(
    actor: Actor,
    request: ReservationRequest,
    places: Sequence[Place],
    things: Sequence[LoanThing] = (),
) -> None:
    """What only staff may say: another kind, on whose behalf, which rules are set aside."""
    actor.must(Action.REQUEST_RESERVATION)
    units = units_with(places, things)
    if request.kind is Kind.CLOSURE:
        must_at_units(actor, Action.CLOSE_SPACES, units)
    elif request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        must_at_units(actor, Action.BOOK_AS_STAFF, units)
    if request.override is not None:
        must_at_units(actor, Action.OVERRIDE_RULES, units)


def find_organisation(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    places: Sequence[Place],
    things: Sequence[LoanThing] = (),
) -> Organisation | None:
    """The organisation it is for: one the actor belongs to, or any where staff book for others.

    None too where the request names another: a rule tells that, beside all others.
    """
    if request.organisation is None:
        return None
    found = session.scalars(
        select(Organisation).where(Organisation.slug == request.organisation)
    ).first()
    by_staff = all(actor.may(Action.BOOK_AS_STAFF, unit) for unit in units_with(places, things))
    is_theirs = found is not None and (by_staff or found.id in actor.organisations)
    return found if is_theirs else None


def queue_for(
    session: Session,
    actor: Actor,
    organisation: Organisation | None,
    places: Sequence[Place],
    standing: Reservation | None = None,
    pieces: Collection[int] = (),
) -> None:
    """Queue behind whoever decides about the organiser's quota, about these parts, or about these
    pieces of things on loan: all parts in one order, so that nobody waits for each other."""
    person_id = _person_of(actor, standing)
    if organisation is not None:
        lock(session, Organisation, [organisation.id])
    elif person_id is not None:
        lock(session, Person, [person_id])
    lock(session, Part, parts_of(places) | set(pieces))


def circumstances_of(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
    now: datetime,
    standing: Reservation | None = None,
) -> list[Circumstances]:
    """What stands for each of the spaces; `RequestRefused` where one has no policy yet.

    A reservation that stands already and is judged anew is in nobody's way, least its own; one
    that is a date of a series may lie as far ahead as those may.
    """
    if request.ends_at <= request.starts_at:
        raise RequestRefused([e.EndBeforeStart()])
    if request.ends_at - request.starts_at > LONGEST_PERIOD:
        raise RequestRefused([e.TooLong(longest=LONGEST_PERIOD)])
    [around] = circumstances_on(
        session,
        city,
        actor,
        [request],
        places,
        organisation,
        now,
        standing=standing,
        without_series=standing.series_id if standing else None,
    )
    if standing is not None and standing.series_id is not None:
        return [one.as_date_of_series() for one in around]
    return around


def circumstances_on(
    session: Session,
    city: Catalogue,
    actor: Actor,
    requests: Sequence[ReservationRequest],
    places: Sequence[Place],
    organisation: Organisation | None,
    now: datetime,
    *,
    standing: Reservation | None = None,
    without: Collection[int] = (),
    without_series: int | None = None,
) -> list[list[Circumstances]]:
    """For each of these requests, which differ only in their times and in which of the `places`
    they ask for, what stands for each of their spaces; as many queries for a hundred as for one.

    The one `standing` that is judged anew is in nobody's way, nor are those `without`; closures and
    imports are in no way of their like. The series `without_series` is not counted as one more.
    Raises `RequestRefused` where a space has no policy yet.
    """
    without = {*without, standing.id} if standing else without
    reach = [_reach(one) for one in requests]
    beside = SHARING if requests[0].kind in SHARING else frozenset()
    tables = timetables(
        session, city, places, reach, now, without, requests[0].people, beside=beside
    )
    without_policy = [place for place in places if place.slug not in tables]
    if without_policy:
        raise RequestRefused([e.NotBookable(space=place.name) for place in without_policy])
    held: dict[str, Held] = {}
    is_known = organisation is not None or _person_of(actor, standing) is not None
    if is_known and _counts_for_quota(requests[0], organisation):
        held = held_quotas(
            session,
            {table.policy.slug for table in tables.values()},
            organiser_clause(actor, organisation, standing),
            [one.starts_at for one in requests],
            now,
            city.zone,
            without=without,
            without_series=without_series,
        )
    today = local_date(now, city.zone)

    def around(request: ReservationRequest) -> list[Circumstances]:
        own = places_asked(city, request)
        has_price = price_for(city, request, own, organisation) is not None
        return [
            Circumstances(
                timetable=_with_buffers(table, request),
                organiser=organiser_at(actor, request, organisation, place.unit.id),
                used=held.get(table.policy.slug, Held()).used(request.starts_at, city.zone),
                terms=city.terms_on(place.terms_slug(table.policy), today),
                has_price=has_price,
                number=number,
            )
            for number, place in enumerate(own)
            for table in [tables[place.slug]]
        ]

    return [around(request) for request in requests]


def _reach(request: ReservationRequest) -> Period:
    """The time asked for, with the set-up and clean-up that the request names itself."""
    widest = [one.before + one.after for one in request.buffers.values()]
    margin = max(widest, default=timedelta())
    return request.period.widened(margin, margin)


def _with_buffers(table: Timetable, request: ReservationRequest) -> Timetable:
    """The timetable with the set-up and clean-up that the request names, if it does."""
    own = request.buffers.get(table.place.slug)
    return table.with_buffers(own.before, own.after) if own else table


def organiser_at(
    actor: Actor, request: ReservationRequest, organisation: Organisation | None, unit_id: int
) -> Organiser:
    """For whom a request is, at this unit."""
    return Organiser(
        is_unknown=organisation is None and request.organisation is not None,
        organisation_kind=organisation.kind if organisation else None,
        is_verified=organisation is not None and organisation.verified_at is not None,
        is_staff=actor.may(Action.BOOK_AS_STAFF, unit_id),
        has_organisations=bool(actor.organisations),
    )


def _person_of(actor: Actor, standing: Reservation | None) -> int | None:
    """Who answers for it: whom a standing reservation is for, else who asks."""
    return standing.booked_for_id if standing is not None else actor.person_id


def organiser_clause(
    actor: Actor, organisation: Organisation | None, standing: Reservation | None
) -> ColumnElement[bool]:
    """Whose reservations count: the organisation's if there is one, else the person's own."""
    if organisation is not None:
        return Reservation.organisation_id == organisation.id
    own = Reservation.booked_for_id == _person_of(actor, standing)
    return own & (Reservation.organisation_id.is_(None))


def _counts_for_quota(request: ReservationRequest, organisation: Organisation | None) -> bool:
    is_unknown = organisation is None and request.organisation is not None
    return not is_unknown and request.kind is Kind.CUSTOMER and request.on_behalf_of is None


def price_group_of(request: ReservationRequest, organisation: Organisation | None) -> str:
    """The city is in K0; what the staff have put into a group is in that, a booking of an event in
    the one that the rules have found for it; any other is in K4, an organisation's in its own."""
    if request.kind is not Kind.CUSTOMER:
        return CITY_GROUP
    if request.price_group is not None:
        return request.price_group
    if request.outcome is not None and request.outcome.price_group is not None:
        return request.outcome.price_group
    return organisation.price_group if organisation else PERSON_GROUP


def price_for(
    city: Catalogue,
    request: ReservationRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
) -> Price | None:
    group = city.price_groups[price_group_of(request, organisation)]
    return price_of(list(places), request.period, group, request.purpose, city)


def must_at_units(actor: Actor, action: Action, units: Collection[int]) -> None:
    """Raise `NotAllowed` unless the actor may do this at every one of the units."""
    for unit in units:
        actor.must(action, unit)


def accepted_terms(city: Catalogue, places: Sequence[Place], now: datetime) -> list[date]:
    """The versions of terms in force for these spaces today, in their order."""
    today = local_date(now, city.zone)
    return [
        terms.version
        for place in places
        if (in_force := place.policy_at(now))
        and (terms := city.terms_on(place.terms_slug(in_force.policy), today))
    ]
