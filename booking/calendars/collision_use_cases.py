"""What a person decides between an outside event and the reservations that it meets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.calendars.import_use_cases import Import, Taking
from booking.calendars.models import CalendarSource, ImportCollision
from booking.calendars.outside import Occurrence
from booking.calendars.source_queries import get_source, reservations_meeting
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.errors import N_, Conflict, NotFound
from booking.core.periods import Period
from booking.database import lock
from booking.reservations.use_cases import cancel_reservation, expire_due


class NothingToSettle(Conflict):
    code = "nothing_to_settle"
    message = N_("This has been decided about already.")


def settle_collision(
    session: Session,
    actor: Actor,
    collision_id: int,
    keep: bool,
    reason: str,
    now: datetime,
    *,
    of: int | None = None,
) -> ImportCollision:
    """Decide between an outside event and the reservations that it meets: `keep` these, or cancel
    them, whose bookers are told the reason, and let the event take the space. `of` is
    the calendar that it is looked for in.

    Raises `NotFound`, `NotAllowed`, `NothingToSettle`, `RequestRefused` where a reason is owed.
    """
    collision = session.get(ImportCollision, collision_id)
    if collision is None or of not in (None, collision.source_id):
        raise NotFound()
    city = get_catalogue(session)
    source, place = get_source(session, actor, collision.source_id, city)
    lock(session, CalendarSource, [source.id])
    session.refresh(collision)
    if collision.settlement is not None:
        raise NothingToSettle()
    if not keep:
        lock(session, Part, place.parts)
        expire_due(session, actor, now, parts=place.parts)
        [met] = reservations_meeting(
            session, place, [Period(collision.starts_at, collision.ends_at)]
        )
        for one in met:
            cancel_reservation(session, actor, one.reference, now, reason)
        _take_one(session, source, city, place, collision, now)
    collision.settlement = "kept" if keep else "cancelled"
    collision.settled_at, collision.settled_by_id = now, actor.person_id
    record(session, actor, "settled", collision, now, settlement=collision.settlement)
    return collision


def keep_all_bookings(session: Session, actor: Actor, source_id: int, now: datetime) -> int:
    """Let all reservations stay that the events of a calendar meet; how many events that were.

    Raises `NotFound`, `NotAllowed`.
    """
    source, _place = get_source(session, actor, source_id, get_catalogue(session))
    lock(session, CalendarSource, [source.id])
    found = session.scalars(
        select(ImportCollision)
        .where(ImportCollision.source_id == source.id, ImportCollision.settlement.is_(None))
        .execution_options(populate_existing=True)
    ).all()
    for one in found:
        one.settlement, one.settled_at, one.settled_by_id = "kept", now, actor.person_id
    if found:
        record(session, actor, "bookings_kept", source, now, count=len(found))
    return len(found)


def _take_one(
    session: Session,
    source: CalendarSource,
    city: Catalogue,
    place: Place,
    collision: ImportCollision,
    now: datetime,
) -> None:
    """Let the event take the space, which has just become free."""
    session.flush()
    period = Period(collision.starts_at, collision.ends_at)
    one = Import(session, source, city, place, now, Taking())
    key = collision.outside_uid, collision.outside_recurrence
    one.look_around({key: period})
    one.add(key, Occurrence(key[0], key[1], collision.title, period, False, True))
    one.store()
    raise_counters(session, {f"unit:{place.unit.id}"}, now)
