"""Answering a closure's offer of another place: accept it, or decline it and be cancelled.

By the booking's owner, by staff who book for others, or by whoever holds the secret of the mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor, job
from booking.core.clock import local_date
from booking.core.errors import NotFound
from booking.database import lock
from booking.reservations.circumstances import must_at_units
from booking.reservations.closure_mails import hash_of_secret, tell_of_answer
from booking.reservations.closure_models import Displacement
from booking.reservations.mails import tell_approvers, tell_owner
from booking.reservations.models import Reservation
from booking.reservations.queries import is_owner, parts_held_by, units_of, with_all
from booking.reservations.states import State
from booking.reservations.use_cases import expire_due, lock_reservation, subjects_of


def accept_move(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """Take the place that is offered: the booking is again what it was, or a request where others
    decide there.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible` where no offer awaits an answer any more.
    """
    found = _lock_own(session, actor, reference, now)
    _accept(session, actor, [found], now)
    return found


def decline_move(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """Do without: the booking is cancelled, and nothing is due. Raises as `accept_move` does."""
    found = _lock_own(session, actor, reference, now)
    _decline(session, actor, [found], now)
    return found


def answer_by_secret(
    session: Session,
    actor: Actor,
    secret: str,
    now: datetime,
    *,
    accepts: bool,
    reference: str | None = None,
) -> list[Reservation]:
    """The same for whoever holds the secret of the mail: of one booking, or of all it offers that
    await an answer.

    Raises `NotFound` for a secret that opens nothing, `StepNotPossible` where nothing awaits an
    answer any more.
    """
    offers = offers_of_secret(session, secret)
    chosen = [one for one in offers if reference is None or one.reference == reference]
    if not chosen:
        raise NotFound()
    parts = {part for one in chosen for part in parts_held_by(get_catalogue(session), one)}
    lock(session, Part, parts)
    expire_due(session, job("request"), now, parts=parts)
    lock(session, Reservation, [one.id for one in chosen])
    fresh = _read_anew(session, chosen)
    if not {part for one in fresh for part in parts_held_by(get_catalogue(session), one)} <= parts:
        raise StaleDataError("a booking was moved meanwhile")
    hash_ = hash_of_secret(secret)
    open_ = [one for one in fresh if one.offer is not None and one.offer.secret_hash == hash_]
    if not open_:
        raise fresh[0].no_step()
    (_accept if accepts else _decline)(session, actor, open_, now)
    return open_


def offers_of_secret(session: Session, secret: str) -> list[Reservation]:
    """All that the mail of this secret offered a place, answered or not, by start. Raises
    `NotFound`."""
    of_mail = select(Displacement.reservation_id).where(
        Displacement.secret_hash == hash_of_secret(secret)
    )
    query = with_all(select(Reservation).where(Reservation.id.in_(of_mail)))
    found = session.scalars(query.order_by(Reservation.starts_at, Reservation.id)).all()
    if not found:
        raise NotFound()
    return list(found)


def _lock_own(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """The booking whose offer the actor may answer, locked."""
    found = lock_reservation(session, actor, reference, now)
    if not is_owner(actor, found):
        must_at_units(actor, Action.BOOK_AS_STAFF, units_of(get_catalogue(session), found))
    [found] = _read_anew(session, [found])
    if found.state != State.HELD or found.offer is None:
        raise found.no_step()
    return found


def _read_anew(session: Session, reservations: Sequence[Reservation]) -> list[Reservation]:
    """The same as the database has them, now that they are locked."""
    keys = [one.id for one in reservations]
    return list(
        session.scalars(
            with_all(select(Reservation).where(Reservation.id.in_(keys)))
            .order_by(Reservation.starts_at, Reservation.id)
            .execution_options(populate_existing=True)
        )
    )


def _accept(session: Session, actor: Actor, offered: Sequence[Reservation], now: datetime) -> None:
    city = get_catalogue(session)
    for one in offered:
        assert one.offer is not None, "only what is offered is accepted"
        one.step_to(State(one.offer.state_after or State.CONFIRMED), now)
        _accept_terms(one, city, now)
    _write_down(session, actor, offered, "accepted", city, now)
    tell_of_answer(session, city, offered, "moves_accepted", now)
    for one in offered:
        if one.state == State.REQUESTED:
            tell_approvers(session, city, one, now)


def _decline(session: Session, actor: Actor, offered: Sequence[Reservation], now: datetime) -> None:
    city = get_catalogue(session)
    for one in offered:
        one.step_to(State.CANCELLED, now, one.reason)
        one.due_cents = 0
    _write_down(session, actor, offered, "cancelled", city, now, by_staff=False)
    for one in offered:
        tell_owner(session, city, one, "reservation_cancelled", now, by_staff=False)


def _accept_terms(reservation: Reservation, city: Catalogue, now: datetime) -> None:
    """Accepting a place is accepting its terms, which the page shows."""
    today = local_date(now, city.zone)
    for row in reservation.spaces:
        place = city.places_by_id[row.space_id]
        in_force = place.policy_at(now)
        if row.terms_version_id is not None or in_force is None:
            continue
        if terms := city.terms_on(place.terms_slug(in_force.policy), today):
            row.terms_version_id, row.terms_accepted_at = terms.id, now


def _write_down(
    session: Session,
    actor: Actor,
    reservations: Sequence[Reservation],
    action: str,
    city: Catalogue,
    now: datetime,
    **details: object,
) -> None:
    session.flush()
    for one in reservations:
        record(session, actor, action, one, now, state=one.state, **details)
    subjects = {s for one in reservations for s in subjects_of(one, city)}
    raise_counters(session, subjects, now)
