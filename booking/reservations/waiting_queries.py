"""Reading the waiting list: one's own wishes, and those whose place has become free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from booking.accounts.models import Membership
from booking.accounts.queries import find_account
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.clock import local_date, local_days
from booking.core.errors import NotFound
from booking.core.periods import Period, merged
from booking.core.references import normal_reference
from booking.reservations.models import Reservation
from booking.reservations.queries import holds_its_parts, is_due
from booking.reservations.states import State
from booking.reservations.timetables import timetables
from booking.reservations.waiting_models import OFFERED, WAITING, WaitingEntry
from booking.reservations.waiting_rules import Wish, is_in_reach, place_in_queue


@dataclass(frozen=True)
class Turn:
    """What is to be done about the waiting list: wishes that could be had now, in their order,
    and the keys of those that can't be had any more."""

    free: Sequence[Wish] = ()
    out_of_reach: Sequence[int] = ()


def whose_turn(session: Session, now: datetime) -> Turn:
    """Every wish that waits, asked whether it is free; as many queries for a hundred as for one.

    Free is what is free to everybody, so whichever way a place became free, it is found.
    """
    entries = session.scalars(
        select(WaitingEntry).where(WaitingEntry.state == WAITING).order_by(WaitingEntry.id)
    ).all()
    if not entries:
        return Turn()
    city = get_catalogue(session)
    gone = {one.id for one in entries if not _in_reach(one, city, now)}
    within = [one for one in entries if one.id not in gone]
    places = {
        city.places_by_id[one.space_id].slug: city.places_by_id[one.space_id] for one in within
    }
    tables = timetables(session, city, places.values(), _days_of(within, city), now)
    free = [
        wish_of(one, city)
        for one in within
        if (table := tables.get(city.places_by_id[one.space_id].slug))
        and table.schedule.is_open(one.period)
        and table.is_free(one.period)
    ]
    return Turn(free, sorted(gone))


def _in_reach(entry: WaitingEntry, city: Catalogue, now: datetime) -> bool:
    in_force = city.places_by_id[entry.space_id].policy_at(now)
    if in_force is None:
        return entry.starts_at > now
    return is_in_reach(in_force.policy, entry.starts_at, now, city.zone)


def _days_of(entries: Iterable[WaitingEntry], city: Catalogue) -> list[Period]:
    """The local days of these wishes, merged: at most as many windows as days can be booked."""
    moment = timedelta(microseconds=1)
    return merged(
        local_days(
            local_date(one.starts_at, city.zone),
            local_date(one.ends_at - moment, city.zone),
            city.zone,
        )
        for one in entries
    )


def wish_of(entry: WaitingEntry, city: Catalogue) -> Wish:
    return Wish(entry.id, frozenset(city.places_by_id[entry.space_id].parts), entry.period)


def get_wish(session: Session, actor: Actor, reference: str) -> WaitingEntry:
    """The actor's own wish of this reference. Raises `NotFound` for everybody else."""
    found = session.scalars(
        select(WaitingEntry)
        .options(joinedload(WaitingEntry.organisation), joinedload(WaitingEntry.reservation))
        .where(WaitingEntry.reference == normal_reference(reference), _wished_by(actor))
    ).first()
    if found is None:
        raise NotFound()
    return found


def my_wishes(session: Session, actor: Actor, now: datetime) -> Sequence[WaitingEntry]:
    """What the actor waits for, their organisations' wishes among it, and what is held for them
    since it became free; by start."""
    return session.scalars(
        select(WaitingEntry)
        .outerjoin(WaitingEntry.reservation)
        .options(joinedload(WaitingEntry.organisation), joinedload(WaitingEntry.reservation))
        .where(
            _wished_by(actor),
            or_(
                and_(WaitingEntry.state == WAITING, WaitingEntry.starts_at > now),
                and_(
                    WaitingEntry.state == OFFERED,
                    Reservation.state == State.HELD,
                    not_(is_due(now)),
                ),
            ),
        )
        .order_by(WaitingEntry.starts_at, WaitingEntry.id)
    ).all()


def places_in_queue(
    session: Session, city: Catalogue, entries: Sequence[WaitingEntry], now: datetime
) -> dict[int, int]:
    """The place of each of these wishes that waits, by key; one query for all of them."""
    mine = [one for one in entries if one.state == WAITING]
    if not mine:
        return {}
    rows = session.execute(
        select(
            WaitingEntry.id, WaitingEntry.space_id, WaitingEntry.starts_at, WaitingEntry.ends_at
        ).where(
            WaitingEntry.state == WAITING,
            WaitingEntry.starts_at > now,
            WaitingEntry.id < max(one.id for one in mine),
            WaitingEntry.ends_at > min(one.starts_at for one in mine),
            WaitingEntry.starts_at < max(one.ends_at for one in mine),
        )
    ).all()
    others = [
        Wish(key, frozenset(city.places_by_id[space].parts), Period(starts_at, ends_at))
        for key, space, starts_at, ends_at in rows
    ]
    return {one.id: place_in_queue(wish_of(one, city), others) for one in mine}


def count_wishes(session: Session, actor: Actor, organisation_id: int | None) -> int:
    """How many times the organisation waits for; without one, the person for themselves."""
    waits = (WaitingEntry.state == WAITING, _wished_for(actor, organisation_id))
    return session.scalar(select(func.count(WaitingEntry.id)).where(*waits)) or 0


def waits_for(
    session: Session,
    actor: Actor,
    organisation_id: int | None,
    place: Place,
    period: Period,
    now: datetime,
) -> bool:
    """Whether this very wish waits already, the person's or the organisation's, or its place is
    held since it became free."""
    same = (
        or_(
            WaitingEntry.person_id == actor.person_id,
            and_(
                WaitingEntry.organisation_id == organisation_id,
                WaitingEntry.organisation_id.is_not(None),
            ),
        ),
        WaitingEntry.space_id == place.id,
        WaitingEntry.starts_at == period.starts_at,
        WaitingEntry.ends_at == period.ends_at,
        or_(
            WaitingEntry.state == WAITING,
            and_(WaitingEntry.state == OFFERED, holds_its_parts(now)),
        ),
    )
    found = select(WaitingEntry.id).outerjoin(WaitingEntry.reservation).where(*same).limit(1)
    return session.scalar(found) is not None


def find_actor_for(session: Session, entry: WaitingEntry) -> Actor | None:
    """Who books for this wish: who made it, or, once they have left the organisation it is for, an
    admin of it; None where there is nobody any more."""
    account = find_account(session, entry.person_id)
    if entry.organisation_id is None:
        return account.actor if account else None
    if account and entry.organisation_id in account.actor.organisations:
        return account.actor
    admins = session.scalars(
        select(Membership.person_id)
        .where(Membership.organisation_id == entry.organisation_id, Membership.role == "admin")
        .order_by(Membership.id)
    ).all()
    accounts = (find_account(session, person_id) for person_id in admins)
    return next((one.actor for one in accounts if one is not None), None)


def _wished_for(actor: Actor, organisation_id: int | None) -> ColumnElement[bool]:
    if organisation_id is not None:
        return WaitingEntry.organisation_id == organisation_id
    own = WaitingEntry.person_id == actor.person_id
    return and_(own, WaitingEntry.organisation_id.is_(None))


def _wished_by(actor: Actor) -> ColumnElement[bool]:
    """The actor's own wishes: for them, or for an organisation of theirs."""
    own = _wished_for(actor, None)
    return or_(own, WaitingEntry.organisation_id.in_(sorted(actor.organisations)))
