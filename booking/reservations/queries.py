"""Reading reservations and what they take. Due holds and undecided requests count as gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.accounts.models import Organisation, Person
from booking.audit.models import AuditEntry
from booking.catalogue.models import LoanItem, PickupPoint, Space
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.core.periods import Period
from booking.core.references import normal_reference
from booking.database import during
from booking.reservations.models import (
    Occupancy,
    Reservation,
    ReservationLoan,
    ReservationSpace,
    Series,
)
from booking.reservations.states import HOLDING, Kind, State


def is_due(now: datetime) -> ColumnElement[bool]:
    """Holds whose time is over, and requests that nobody decided before they began."""
    return or_(
        and_(Reservation.state == State.HELD, Reservation.held_until <= now),
        and_(
            Reservation.state == State.REQUESTED,
            Reservation.kind == Kind.CUSTOMER,
            Reservation.starts_at <= now,
        ),
    )


def holds_its_parts(now: datetime) -> ColumnElement[bool]:
    """Reservations that hold what they take, as every reader sees it at `now`."""
    return and_(Reservation.state.in_(sorted(HOLDING)), not_(is_due(now)))


def read_occupancies(session: Session, reservations: Iterable[Reservation]) -> None:
    """Read along what these reservations take: one query, where each would make one of its own."""
    keys = [one.id for one in reservations]
    query = select(Reservation).where(Reservation.id.in_(keys))
    session.scalars(query.options(selectinload(Reservation.occupancies))).all()


def with_all(query: Select[Reservation]) -> Select[Reservation]:
    """The query, with all that a page or an answer shows of a reservation read along."""
    return query.options(
        selectinload(Reservation.spaces),
        selectinload(Reservation.price_lines),
        selectinload(Reservation.loans),
        joinedload(Reservation.organisation),
        joinedload(Reservation.offer),
        joinedload(Reservation.event),
        joinedload(Reservation.series).load_only(Series.reference),
        joinedload(Reservation.booked_by).load_only(Person.name, Person.email, Person.language),
        joinedload(Reservation.booked_for).load_only(Person.name, Person.email, Person.language),
    )


def get_reservation(session: Session, actor: Actor, reference: str) -> Reservation:
    """The reservation of this reference, case and hyphen ignored.

    Raises `NotFound` too where the actor may not see it: knowing a reference opens nothing.
    """
    normal = normal_reference(reference)
    found = session.scalars(
        with_all(select(Reservation).where(Reservation.reference == normal))
    ).first()
    if found is None or not may_see(session, actor, found):
        raise NotFound()
    return found


def units_of(city: Catalogue, reservation: Reservation | Series) -> list[int]:
    """The keys of the units whose spaces it takes, or where it has things to pick up, in order."""
    units = {city.places_by_id[one.space_id].unit.id for one in reservation.spaces}
    if isinstance(reservation, Reservation):
        units |= {city.loans_by_id[one.loan_item_id].pickup_unit.id for one in reservation.loans}
    return sorted(units)


def units_of_dates(city: Catalogue, dates: Iterable[Reservation]) -> list[int]:
    """The keys of the units where one of these dates of a series is, in order."""
    return sorted({unit for one in dates for unit in units_of(city, one)})


def parts_held_by(city: Catalogue, reservation: Reservation) -> set[int]:
    """The parts of its spaces, and all pieces of what it has on loan."""
    parts = {part for place in places_of(city, reservation) for part in place.parts}
    things = [city.loans_by_id[row.loan_item_id] for row in reservation.loans]
    return parts | {piece for thing in things for piece in thing.pieces}


def is_owner(actor: Actor, reservation: Reservation | Series) -> bool:
    """Whether it is the actor's own: for an organisation of theirs, or, without one, for them.

    The secretary changes, the bookings stay: whoever leaves an organisation leaves its bookings.
    """
    if reservation.organisation_id is not None:
        return reservation.organisation_id in actor.organisations
    return actor.person_id is not None and reservation.booked_for_id == actor.person_id


def was_cancelled_by_its_owner(session: Session, reservation: Reservation) -> bool:
    """Whether its last cancelling was an owner's own, as it was written down."""
    details = session.scalars(
        select(AuditEntry.details)
        .where(
            AuditEntry.subject == Reservation.__tablename__,
            AuditEntry.subject_id == reservation.id,
            AuditEntry.action == "cancelled",
        )
        .order_by(AuditEntry.id.desc())
    ).first()
    return details is not None and details.get("by_staff") is False


def may_see(session: Session, actor: Actor, reservation: Reservation | Series) -> bool:
    """Whether the actor may know of it: its owner, and staff of one of its units."""
    if is_owner(actor, reservation):
        return True
    units = units_of(get_catalogue(session), reservation)
    return any(actor.may(Action.SEE_RESERVATIONS, unit) for unit in units)


def owned_by(actor: Actor) -> ColumnElement[bool]:
    """The actor's own reservations, those of their organisations among them."""
    own = and_(Reservation.booked_for_id == actor.person_id, Reservation.organisation_id.is_(None))
    if not actor.organisations:
        return own
    return or_(own, Reservation.organisation_id.in_(sorted(actor.organisations)))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The reservations that the actor may see: their own, and, for staff, those of their units."""
    units = actor.units_where(Action.SEE_RESERVATIONS)
    if units is None:
        return true()
    return or_(owned_by(actor), _of_units(units)) if units else owned_by(actor)


def _of_units(units: Collection[int]) -> ColumnElement[bool]:
    of_spaces = (
        select(ReservationSpace.reservation_id)
        .join(Space, Space.id == ReservationSpace.space_id)
        .where(Space.unit_id.in_(sorted(units)))
    )
    of_loans = (
        select(ReservationLoan.reservation_id)
        .join(LoanItem, LoanItem.id == ReservationLoan.loan_item_id)
        .join(PickupPoint, PickupPoint.id == LoanItem.pickup_point_id)
        .where(PickupPoint.unit_id.in_(sorted(units)))
    )
    return or_(Reservation.id.in_(of_spaces), Reservation.id.in_(of_loans))


def in_units(units: Collection[int] | None) -> ColumnElement[bool]:
    """Reservations of spaces of these units; None means all."""
    return true() if units is None else _of_units(units)


def state_at(reservation: Reservation, now: datetime) -> str:
    """Its state as every reader sees it: a due hold or request has expired."""
    if reservation.state == State.HELD and reservation.held_until is not None:
        return State.EXPIRED if reservation.held_until <= now else State.HELD
    if reservation.state == State.REQUESTED and reservation.starts_at <= now:
        return State.EXPIRED if reservation.kind == Kind.CUSTOMER else reservation.state
    return reservation.state


def places_of(city: Catalogue, reservation: Reservation) -> list[Place]:
    """The spaces that it takes, in its own order."""
    return [city.places_by_id[one.space_id] for one in reservation.spaces]


def usual_date(dates: Sequence[Reservation]) -> Reservation:
    """Of these dates of a series the first that is in the spaces in which most of them are."""
    where = Counter(_spaces_of(one) for one in dates)
    [(usual, _)] = where.most_common(1)
    return next(one for one in dates if _spaces_of(one) == usual)


def dates_elsewhere(dates: Sequence[Reservation]) -> list[Reservation]:
    """Those of these dates of a series that are not where most of them are."""
    usual = _spaces_of(usual_date(dates))
    return [one for one in dates if _spaces_of(one) != usual]


def _spaces_of(reservation: Reservation) -> tuple[int, ...]:
    return tuple(sorted(one.space_id for one in reservation.spaces))


def unit_of(city: Catalogue, reservation: Reservation) -> UnitPlace:
    """The unit where it is: of its first space, else where its first thing is picked up."""
    for space in reservation.spaces:
        return city.places_by_id[space.space_id].unit
    return city.loans_by_id[reservation.loans[0].loan_item_id].pickup_unit


def reservations_around(
    session: Session, parts: Collection[int], window: Period, now: datetime
) -> Sequence[tuple[Occupancy, Reservation]]:
    """What takes these parts within `window`, with whose it is; for those who may see it."""
    rows = session.execute(
        select(Occupancy, Reservation)
        .join(Reservation, Reservation.id == Occupancy.reservation_id)
        .where(
            Occupancy.part_id.in_(sorted(parts)),
            during(session, Occupancy, window),
            not_(is_due(now)),
        )
        .order_by(Occupancy.starts_at, Occupancy.id)
    )
    return rows.all()


def organisations_by_name(session: Session) -> list[Organisation]:
    """Every organisation, for staff who book for one of them."""
    return list(session.scalars(select(Organisation).order_by(Organisation.name, Organisation.id)))


def last_of(session: Session, person_id: int) -> list[Reservation]:
    """The latest reservations that the person made for themselves or an organisation of theirs,
    the newest first: what they will most likely say again."""
    return list(
        session.scalars(
            select(Reservation)
            .where(
                Reservation.booked_by_id == person_id,
                Reservation.kind == Kind.CUSTOMER,
                Reservation.on_behalf_of.is_(None),
                Reservation.purpose.is_not(None),
            )
            .options(selectinload(Reservation.spaces))
            .order_by(Reservation.id.desc())
            .limit(10)
        )
    )


def hold_of(session: Session, person_id: int, space_id: int, now: datetime) -> Reservation | None:
    """The hold by which the person keeps a time of the space while they fill in the form."""
    return session.scalars(
        with_all(
            select(Reservation)
            .join(ReservationSpace, ReservationSpace.reservation_id == Reservation.id)
            .where(
                ReservationSpace.space_id == space_id,
                Reservation.booked_by_id == person_id,
                Reservation.booked_for_id == person_id,
                Reservation.state == State.HELD,
                Reservation.held_until > now,
                Reservation.is_preliminary.is_(False),
            )
            .order_by(Reservation.id.desc())
            .limit(1)
        )
    ).first()
