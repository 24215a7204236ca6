"""Reading series and their dates."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.core.actors import Actor
from booking.core.errors import NotFound
from booking.core.references import normal_reference
from booking.reservations.models import Reservation, Series
from booking.reservations.queries import may_see, with_all


def get_series(session: Session, actor: Actor, reference: str) -> Series:
    """The series of this reference, case and hyphen ignored.

    Raises `NotFound` too where the actor may not see it: knowing a reference opens nothing.
    """
    found = session.scalars(
        select(Series)
        .options(
            selectinload(Series.spaces),
            selectinload(Series.skipped),
            joinedload(Series.organisation),
        )
        .where(Series.reference == normal_reference(reference))
    ).first()
    if found is None or not may_see(session, actor, found):
        raise NotFound()
    return found


def dates_of(session: Session, series: Series) -> list[Reservation]:
    """The reservations of the series in order, whatever has become of them."""
    return list(
        session.scalars(
            with_all(select(Reservation).where(Reservation.series_id == series.id)).order_by(
                Reservation.starts_at, Reservation.id
            )
        )
    )
