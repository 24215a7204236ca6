"""What reservations take of the parts of their spaces, and how closures and imports share them.

A closure or an import takes only what no other closure or import holds already; when one lets go,
the others take what it held for them, in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from booking.catalogue.places import Catalogue
from booking.core.periods import Period, minus
from booking.database import during
from booking.reservations.closure_rules import shared_out
from booking.reservations.models import Occupancy, Reservation, ReservationSpace
from booking.reservations.states import HOLDING, SHARING


def needs(reservation: Reservation, city: Catalogue, period: Period) -> dict[int, Period]:
    """What the reservation takes for `period`: each part of its spaces, with the widest set-up
    and clean-up of the spaces that cover it."""
    needed: dict[int, Period] = {}
    for row in reservation.spaces:
        widened = period.widened(
            timedelta(minutes=row.before_minutes), timedelta(minutes=row.after_minutes)
        )
        for part in city.places_by_id[row.space_id].parts:
            before = needed.get(part, widened)
            needed[part] = Period(
                min(before.starts_at, widened.starts_at), max(before.ends_at, widened.ends_at)
            )
    return needed


def needs_now(reservation: Reservation, city: Catalogue) -> dict[int, Period]:
    """What the reservation takes as it stands."""
    return needs(reservation, city, Period(reservation.starts_at, reservation.ends_at))


def shared_by(reservation: Reservation, city: Catalogue) -> dict[int, Period]:
    """What others may have to take when this one lets go: nothing unless its kind shares."""
    return needs_now(reservation, city) if reservation.kind in SHARING else {}


def take_parts(session: Session, reservation: Reservation, needed: Mapping[int, Period]) -> None:
    """Take these parts, the caller holding their locks; what shares takes what its like leave."""
    if reservation.kind not in SHARING:
        reservation.occupy(needed)
        return
    held = _held_by_sharing(session, needed)
    for part, period in sorted(needed.items()):
        for free in minus([period], held[part]):
            reservation.occupy({part: free})


def share_again(session: Session, city: Catalogue, freed: Mapping[int, Period]) -> None:
    """Let closures and imports take what they need of the parts that one of them has let go.

    It has let go in the database too (flushed), and the caller holds the locks of the parts.
    """
    claims = _claims_on(session, city, freed) if freed else []
    if not claims:
        return
    held = _held_by_sharing(session, freed)
    for part, period in sorted(freed.items()):
        claiming = [(one, cut) for one, need in claims if (cut := _cut(need.get(part), period))]
        shares = shared_out([cut for _, cut in claiming], held[part])
        for (reservation, _), share in zip(claiming, shares, strict=True):
            for free in share:
                reservation.occupy({part: free})


def _cut(need: Period | None, period: Period) -> Period | None:
    return need.within(period) if need is not None else None


def _claims_on(
    session: Session, city: Catalogue, freed: Mapping[int, Period]
) -> list[tuple[Reservation, dict[int, Period]]]:
    """The closures and imports that need some of this, in the order they were made, with all that
    each needs."""
    spaces = [place.id for place in city.places.values() if not place.parts.isdisjoint(freed)]
    of_spaces = select(ReservationSpace.reservation_id).where(ReservationSpace.space_id.in_(spaces))
    window = _span(freed.values())
    found = session.scalars(
        select(Reservation)
        .options(selectinload(Reservation.spaces), selectinload(Reservation.occupancies))
        .where(
            Reservation.id.in_(of_spaces),
            Reservation.kind.in_(sorted(SHARING)),
            Reservation.state.in_(sorted(HOLDING)),
            Reservation.starts_at < window.ends_at + _LONGEST_BUFFER,
            Reservation.ends_at > window.starts_at - _LONGEST_BUFFER,
        )
        .order_by(Reservation.id)
    )
    return [(one, needs_now(one, city)) for one in found]


_LONGEST_BUFFER = timedelta(days=1)


def _held_by_sharing(
    session: Session, needed: Mapping[int, Period]
) -> defaultdict[int, list[Period]]:
    """What closures and imports hold of these parts at that time."""
    held: defaultdict[int, list[Period]] = defaultdict(list)
    if not needed:
        return held
    rows = session.execute(
        select(Occupancy.part_id, Occupancy.starts_at, Occupancy.ends_at)
        .join(Reservation, Reservation.id == Occupancy.reservation_id)
        .where(
            Occupancy.part_id.in_(sorted(needed)),
            Reservation.kind.in_(sorted(SHARING)),
            during(session, Occupancy, _span(needed.values())),
        )
    )
    for part, starts_at, ends_at in rows:
        held[part].append(Period(starts_at, ends_at))
    return held


def _span(periods: Iterable[Period]) -> Period:
    """From the first start to the last end."""
    found: Sequence[Period] = list(periods)
    return Period(min(one.starts_at for one in found), max(one.ends_at for one in found))
