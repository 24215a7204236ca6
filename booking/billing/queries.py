"""Reading what is owed, by whom, and what of it was credited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.billing.errors import NoPayerYet
from booking.billing.models import Charge, CreditLine, CreditNote, Payer
from booking.billing.rules import PayerDetails, Reason
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.reservations.models import Reservation
from booking.reservations.queries import in_units, with_all
from booking.reservations.states import State

# ── Payers ────────────────────────────────────────────────────────────────────────────────────


def find_payer(session: Session, **owner: int | None) -> Payer | None:
    """The payer of a `reservation_id`, or the usual one of an `organisation_id`, `person_id`."""
    ((column, key),) = owner.items()
    return session.scalars(select(Payer).where(getattr(Payer, column) == key)).first()


def find_usual_payer(session: Session, reservation: Reservation) -> Payer | None:
    """Who usually pays for whom it is for: the organisation if there is one, else the person."""
    if reservation.organisation_id is not None:
        return find_payer(session, organisation_id=reservation.organisation_id)
    if reservation.booked_for_id is not None:
        return find_payer(session, person_id=reservation.booked_for_id)
    return None


def get_payer(session: Session, reservation: Reservation) -> Payer:
    """Who pays for the reservation: its own payer, else the usual one. Raises `NoPayerYet`."""
    own = find_payer(session, reservation_id=reservation.id)
    payer = own or find_usual_payer(session, reservation)
    if payer is None:
        raise NoPayerYet()
    return payer


def payer_details(session: Session, reservation: Reservation) -> PayerDetails:
    """The same as a value; where nobody said who pays, whom it is for, as far as that is known."""
    try:
        return get_payer(session, reservation).details
    except NoPayerYet:
        return _whom_it_is_for(reservation)


def _whom_it_is_for(reservation: Reservation) -> PayerDetails:
    organisation, person = reservation.organisation, reservation.booked_for
    if organisation is not None:
        return PayerDetails(organisation.name, business_id=organisation.business_id or "")
    customer: dict[str, Any] = reservation.on_behalf_of or {}
    return PayerDetails(person.name if person else customer.get("name") or reservation.reference)


def is_charged(session: Session, reservation: Reservation) -> bool:
    """Whether a charge of it stands that is not wholly credited."""
    return bool(session.scalar(select(_open_charge(Charge.reservation_id == reservation.id))))


def _open_charge(of: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(of, Charge.credited_cents < Charge.total_cents)


# ── Charges ───────────────────────────────────────────────────────────────────────────────────


def owing(session: Session, now: datetime, most: int) -> Sequence[int]:
    """The keys of some reservations whose time is over, and which have not been charged for it.

    One owes once: while a charge stands, no other reason makes another.
    """
    is_no_show = Reservation.no_show_at.is_not(None)
    reason = case(
        (Reservation.state == State.CANCELLED, Reason.LATE_CANCELLATION.value),
        (is_no_show, Reason.NO_SHOW.value),
        else_=Reason.USE.value,
    )
    of_it = Charge.reservation_id == Reservation.id
    query = (
        select(Reservation.id)
        .where(
            Reservation.ends_at <= now,
            Reservation.total_cents > 0,
            or_(
                and_(Reservation.state == State.CONFIRMED, ~is_no_show),
                and_(
                    Reservation.state.in_([State.CONFIRMED, State.CANCELLED]),
                    Reservation.due_cents > 0,
                ),
            ),
            ~_open_charge(of_it),
            ~exists().where(of_it, Charge.reason == reason),
        )
        .order_by(Reservation.ends_at, Reservation.id)
        .limit(most)
    )
    return session.scalars(query).all()


def reservations_owing(session: Session, keys: Sequence[int]) -> Sequence[Reservation]:
    """These reservations as they stand now, in the order in which they ended."""
    query = with_all(select(Reservation).where(Reservation.id.in_(keys)))
    return session.scalars(
        query.order_by(Reservation.ends_at, Reservation.id).execution_options(
            populate_existing=True
        )
    ).all()


def list_charges(
    session: Session,
    actor: Actor,
    first: date | None,
    last: date | None,
    reservation: str | None,
    after: int,
    limit: int,
) -> Sequence[Charge]:
    """The charges that the actor may see, from the local date `first` to `last`, both included;
    those with a greater number than `after`. Raises `NotAllowed` for who may see none."""
    query = _with_all(_visible(actor)).where(Charge.number > after)
    if first is not None:
        query = query.where(Charge.charged_on >= first)
    if last is not None:
        query = query.where(Charge.charged_on <= last)
    if reservation is not None:
        query = query.where(Reservation.reference == reservation)
    return session.scalars(query.order_by(Charge.number).limit(limit)).all()


def get_charge(session: Session, actor: Actor, number: int) -> Charge:
    """The charge of that number. Raises `NotFound` also where the actor may not know of it."""
    found = session.scalars(_with_all(_visible(actor)).where(Charge.number == number)).first()
    if found is None:
        raise NotFound()
    return found


def ledger_of(
    session: Session, actor: Actor, first: date, last: date
) -> tuple[Sequence[Charge], Sequence[CreditNote]]:
    """The charges and the credit notes of the local dates from `first` to `last`, both included,
    by number; those of units at which the actor may see them."""
    charges = _with_all(_visible(actor)).where(Charge.charged_on.between(first, last))
    notes = (
        select(CreditNote)
        .join(CreditNote.charge)
        .join(Charge.reservation)
        .where(_in_sight(actor), CreditNote.credited_on.between(first, last))
        .options(
            selectinload(CreditNote.lines).joinedload(CreditLine.charge_line),
            joinedload(CreditNote.charge).joinedload(Charge.reservation),
        )
    )
    return (
        session.scalars(charges.order_by(Charge.number)).all(),
        session.scalars(notes.order_by(CreditNote.number)).all(),
    )


def _visible(actor: Actor) -> Select[Charge]:
    return select(Charge).join(Charge.reservation).where(_in_sight(actor))


def _in_sight(actor: Actor) -> ColumnElement[bool]:
    actor.must_anywhere(Action.SEE_CHARGES)
    return in_units(actor.units_where(Action.SEE_CHARGES))


def _with_all(query: Select[Charge]) -> Select[Charge]:
    return query.options(
        selectinload(Charge.lines),
        selectinload(Charge.credit_notes)
        .selectinload(CreditNote.lines)
        .joinedload(CreditLine.charge_line),
        joinedload(Charge.reservation),
    )
