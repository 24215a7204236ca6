"""Reservations that follow when spaces are divided in another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from booking.audit.changes import raise_counters
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import job
from booking.core.errors import N_, Conflict
from booking.core.periods import Period, minus
from booking.database import constraint_means, during, lock
from booking.reservations.errors import SpaceNotFree
from booking.reservations.models import Occupancy, Reservation, ReservationSpace
from booking.reservations.occupying import needs_now, share_again
from booking.reservations.queries import with_all
from booking.reservations.states import HOLDING, SHARING
from booking.reservations.use_cases import expire_due, subjects_of


class PartsCollide(Conflict):
    """Reservations that stood side by side would need the same part at the same time."""

    code = "parts_collide"
    message = N_(
        "With the new division of spaces, these bookings would take the same place at the same "
        "time: %(references)s. Move or cancel one of each pair first."
    )


def retake_parts(
    session: Session, city: Catalogue, space_ids: Collection[int], now: datetime
) -> None:
    """Let every reservation of these spaces that has not ended take the parts they have now.

    `city` is the catalogue as it is to be. What is due expires first. Raises `PartsCollide` with
    the references of all pairs that can't stand side by side any more.
    """
    everything = set(session.scalars(select(Part.id).where(Part.loan_item_id.is_(None))))
    lock(session, Part, everything)
    expire_due(session, job("import"), now)
    affected = _affected(session, space_ids, now)
    freed = _shared_by(affected)
    for reservation in affected:
        # Things on loan stay taken: their pieces belong to no space.
        reservation.occupancies = [
            one for one in reservation.occupancies if one.part_id not in everything
        ]
    session.flush()
    taking = _Taking(session, city, affected)
    for reservation in sorted(affected, key=lambda one: (one.kind in SHARING, one.id)):
        taking.take(reservation)
    if taking.collisions:
        pairs = (" and ".join(pair) for pair in sorted(taking.collisions))
        raise PartsCollide(references="; ".join(pairs))
    with constraint_means(session, {"occupancy_no_overlap": SpaceNotFree}):
        session.flush()
        share_again(session, city, freed)
        raise_counters(session, _subjects(affected, city), now)


def follow_division(session: Session, space_ids: Collection[int], now: datetime) -> None:
    """The same with the catalogue as this transaction has made it, whose version it has raised."""
    retake_parts(session, get_catalogue(session), space_ids, now)


def _affected(session: Session, space_ids: Collection[int], now: datetime) -> Sequence[Reservation]:
    of_spaces = select(ReservationSpace.reservation_id).where(
        ReservationSpace.space_id.in_(sorted(space_ids))
    )
    return session.scalars(
        with_all(select(Reservation))
        .options(selectinload(Reservation.occupancies))
        .where(
            Reservation.id.in_(of_spaces),
            Reservation.state.in_(sorted(HOLDING)),
            Reservation.ends_at > now,
        )
        .order_by(Reservation.id)
    ).all()


def _shared_by(reservations: Iterable[Reservation]) -> dict[int, Period]:
    """What closures and imports among these hold of each part, from the first to the last: what
    one of another space may have to take, where its own leaves it."""
    held: defaultdict[int, list[Period]] = defaultdict(list)
    for reservation in reservations:
        for one in reservation.occupancies if reservation.kind in SHARING else []:
            held[one.part_id].append(Period(one.starts_at, one.ends_at))
    return {
        part: Period(min(periods).starts_at, max(one.ends_at for one in periods))
        for part, periods in held.items()
    }


def _subjects(reservations: Iterable[Reservation], city: Catalogue) -> set[str]:
    return {subject for one in reservations for subject in subjects_of(one, city)}


class _Taking:
    """Who holds which part when, while the affected reservations take theirs one by one."""

    def __init__(self, session: Session, city: Catalogue, affected: Sequence[Reservation]) -> None:
        self._needed = {one: needs_now(one, city) for one in affected}
        self._held: dict[int, list[tuple[Period, Reservation]]] = defaultdict(list)
        self.collisions: set[tuple[str, str]] = set()
        if affected:
            self._read(session)

    def _read(self, session: Session) -> None:
        """What the others hold of the parts and the time that are needed."""
        needed = [pair for one in self._needed.values() for pair in one.items()]
        window = Period(
            min(period.starts_at for _, period in needed),
            max(period.ends_at for _, period in needed),
        )
        rows = session.execute(
            select(Occupancy, Reservation)
            .join(Reservation, Reservation.id == Occupancy.reservation_id)
            .where(
                Occupancy.part_id.in_(sorted({part for part, _ in needed})),
                during(session, Occupancy, window),
            )
        )
        for occupancy, holder in rows:
            period = Period(occupancy.starts_at, occupancy.ends_at)
            self._held[occupancy.part_id].append((period, holder))

    def take(self, reservation: Reservation) -> None:
        """Take each part that is needed, and note whom that collides with."""
        for part_id, period in sorted(self._needed[reservation].items()):
            for free in self._rest(reservation, part_id, period):
                self._held[part_id].append((free, reservation))
                reservation.occupy({part_id: free})

    def _rest(self, reservation: Reservation, part_id: int, period: Period) -> list[Period]:
        """The period, of what shares only where no other of its kinds is."""
        shares = reservation.kind in SHARING
        touched = [one for one in self._held[part_id] if one[0].overlaps(period)]
        shared = [held for held, holder in touched if shares and holder.kind in SHARING]
        for _, holder in touched:
            if not (shares and holder.kind in SHARING):
                first, second = sorted((holder.reference, reservation.reference))
                self.collisions.add((first, second))
        return minus([period], shared)
