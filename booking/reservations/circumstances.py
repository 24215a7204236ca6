"""What stands when somebody asks for a space: who asks for whom, what is taken, used and priced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation, Person
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue, Place, PolicyInForce
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.errors import NotFound, RequestRefused
from booking.database import lock
from booking.pricing.rules import CITY_GROUP, PERSON_GROUP, Price, price_of
from booking.reservations import errors as e
from booking.reservations.models import Reservation
from booking.reservations.queries import free_bookings, timetables, used_quota
from booking.reservations.rules import Circumstances, Organiser, ReservationRequest, Used
from booking.reservations.states import Kind


def place_of(city: Catalogue, slug: str) -> Place:
    if slug not in city.places:
        raise NotFound()
    return city.places[slug]


def parts_of(places: Sequence[Place]) -> set[int]:
    return {part for place in places for part in place.parts}


def must_be_allowed(actor: Actor, request: ReservationRequest, places: Sequence[Place]) -> None:
    """What only staff may say: another kind, on whose behalf, which rules are set aside."""
    actor.must(Action.REQUEST_RESERVATION)
    units = {place.unit.id for place in places}
    if request.kind is Kind.CLOSURE:
        must_at_units(actor, Action.CLOSE_SPACES, units)
    elif request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        must_at_units(actor, Action.BOOK_AS_STAFF, units)
    if request.override is not None:
        must_at_units(actor, Action.OVERRIDE_RULES, units)


def organisation_of(
    session: Session, actor: Actor, request: ReservationRequest, places: Sequence[Place]
) -> Organisation | None:
    """As `find_organisation`; `RequestRefused` where the request names one that it can't be."""
    found = find_organisation(session, actor, request, places)
    if found is None and request.organisation is not None:
        raise RequestRefused([e.UnknownOrganisation()])
    return found


def find_organisation(
    session: Session, actor: Actor, request: ReservationRequest, places: Sequence[Place]
) -> Organisation | None:
    """The organisation it is for: one the actor belongs to, or any where staff book for others.

    None too where the request names another: a rule tells that, beside all others.
    """
    if request.organisation is None:
        return None
    found = session.scalars(
        select(Organisation).where(Organisation.slug == request.organisation)
    ).first()
    by_staff = all(actor.may(Action.BOOK_AS_STAFF, place.unit.id) for place in places)
    is_theirs = found is not None and (by_staff or found.id in actor.organisations)
    return found if is_theirs else None


def queue_for(
    session: Session, actor: Actor, organisation: Organisation | None, places: Sequence[Place]
) -> None:
    """Queue behind whoever decides about the organiser's quota or about these parts."""
    if organisation is not None:
        lock(session, Organisation, [organisation.id])
    elif actor.person_id is not None:
        lock(session, Person, [actor.person_id])
    lock(session, Part, parts_of(places))


def circumstances_of(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
    now: datetime,
) -> list[Circumstances]:
    """What stands for each of the spaces; `RequestRefused` where one has no policy yet."""
    if request.ends_at <= request.starts_at:
        raise RequestRefused([e.EndBeforeStart()])
    tables = timetables(session, city, places, request.period, now)
    without_policy = [place for place in places if place.slug not in tables]
    if without_policy:
        raise RequestRefused([e.NotBookable(space=place.name) for place in without_policy])
    today = local_date(now, city.zone)
    price = price_for(city, request, places, organisation)
    return [
        Circumstances(
            timetable=tables[place.slug],
            organiser=_organiser(actor, request, organisation, place),
            used=_used(session, city, actor, request, organisation, in_force, now),
            terms=city.terms_on(place.terms_slug(in_force.policy), today),
            has_price=price is not None,
            number=number,
        )
        for number, place in enumerate(places)
        if (in_force := place.policy_at(now)) is not None
    ]


def _organiser(
    actor: Actor, request: ReservationRequest, organisation: Organisation | None, place: Place
) -> Organiser:
    return Organiser(
        is_unknown=organisation is None and request.organisation is not None,
        organisation_kind=organisation.kind if organisation else None,
        is_verified=organisation is not None and organisation.verified_at is not None,
        is_staff=actor.may(Action.BOOK_AS_STAFF, place.unit.id),
    )


def _organiser_clause(actor: Actor, organisation: Organisation | None) -> ColumnElement[bool]:
    """Whose reservations count: the organisation's if there is one, else the person's own."""
    if organisation is not None:
        return Reservation.organisation_id == organisation.id
    return (Reservation.booked_for_id == actor.person_id) & (Reservation.organisation_id.is_(None))


def _used(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    organisation: Organisation | None,
    in_force: PolicyInForce,
    now: datetime,
) -> Used:
    is_unknown = organisation is None and request.organisation is not None
    if is_unknown or request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        return Used()
    organiser = _organiser_clause(actor, organisation)
    return used_quota(session, city, in_force.id, organiser, request.starts_at, now)


def price_group_of(request: ReservationRequest, organisation: Organisation | None) -> str:
    """Without an evaluated event a person pays K4, an organisation its own group, the city K0."""
    if request.kind is not Kind.CUSTOMER:
        return CITY_GROUP
    return organisation.price_group if organisation else PERSON_GROUP


def price_for(
    city: Catalogue,
    request: ReservationRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
) -> Price | None:
    group = city.price_groups[price_group_of(request, organisation)]
    return price_of(list(places), request.period, group, request.purpose, city)


def is_free_use(places: Sequence[Place], price: Price | None, request: ReservationRequest) -> bool:
    """Whether use is free by the organiser's group, which is an administrative decision; a space
    that costs nobody anything needs none."""
    if request.kind is not Kind.CUSTOMER or price is None or price.total_cents:
        return False
    return not all(place.price_list.is_free_for_all for place in places)


def exceeds_free_use(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    organisation: Organisation | None,
    now: datetime,
) -> bool:
    """Whether the limits of automatic free use send this request to a person."""
    limits = city.free_use
    clause = _organiser_clause(actor, organisation)
    active, in_year = free_bookings(session, city, clause, request.starts_at, now)
    return (
        request.period.length > timedelta(hours=limits["max_hours_per_booking"])
        or active >= limits["max_active_bookings"]
        or in_year >= limits["max_bookings_per_year"]
    )


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
