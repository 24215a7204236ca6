"""Reading what an organisation has booked, and who did what to it and its bookings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from booking.accounts.models import Membership, Organisation, Person
from booking.audit.models import AuditEntry
from booking.core.actors import ActorKind
from booking.core.periods import Period
from booking.reservations.models import Reservation, ReservationSpace, Series
from booking.reservations.queries import is_due, with_all
from booking.reservations.states import State
from booking.reservations.yearbook import Use

UNTOLD = ("held", "extended", "charged", "payer_set", "waited", "left", "over")
"""What is written down and tells an organisation nothing."""
USED = (State.CONFIRMED,)


def bookings_in(
    session: Session, organisation_id: int, period: Period, now: datetime
) -> Sequence[Reservation]:
    """The organisation's reservations that begin in the period, in order; holds are none yet."""
    return session.scalars(
        with_all(select(Reservation))
        .where(
            _of(organisation_id),
            Reservation.starts_at >= period.starts_at,
            Reservation.starts_at < period.ends_at,
            not_(is_due(now)),
        )
        .order_by(Reservation.starts_at, Reservation.id)
    ).all()


def past_bookings(
    session: Session, organisation_id: int, now: datetime, skip: int, most: int
) -> Sequence[Reservation]:
    """Those that are over, the newest first: `most` after `skip`."""
    return session.scalars(
        with_all(select(Reservation))
        .where(_of(organisation_id), Reservation.ends_at <= now)
        .order_by(Reservation.starts_at.desc(), Reservation.id.desc())
        .offset(skip)
        .limit(most)
    ).all()


def count_past(session: Session, organisation_id: int, now: datetime) -> int:
    """How many are over."""
    over = (_of(organisation_id), Reservation.ends_at <= now)
    return session.scalar(select(func.count(Reservation.id)).where(*over)) or 0


def next_start(session: Session, organisation_id: int, after: datetime) -> datetime | None:
    """When the first confirmed or requested one begins at or after that instant."""
    standing = Reservation.state.in_([State.CONFIRMED, State.REQUESTED])
    return session.scalar(
        select(func.min(Reservation.starts_at)).where(
            _of(organisation_id), standing, Reservation.starts_at >= after
        )
    )


def uses_of(session: Session, organisation_id: int) -> list[Use]:
    """All that was confirmed for the organisation, those to come too, with their spaces."""
    rows = session.execute(
        select(
            Reservation.id,
            Reservation.starts_at,
            Reservation.ends_at,
            ReservationSpace.space_id,
        )
        .outerjoin(ReservationSpace, ReservationSpace.reservation_id == Reservation.id)
        .where(_of(organisation_id), Reservation.state.in_(USED), Reservation.no_show_at.is_(None))
        .order_by(Reservation.id)
    )
    periods: dict[int, Period] = {}
    spaces: dict[int, set[int]] = {}
    for key, starts_at, ends_at, space_id in rows:
        periods[key] = Period(starts_at, ends_at)
        spaces.setdefault(key, set()).update({space_id} - {None})
    return [Use(period, frozenset(spaces[key])) for key, period in periods.items()]


def _of(organisation_id: int) -> ColumnElement[bool]:
    return and_(Reservation.organisation_id == organisation_id, Reservation.state != State.HELD)


# ── Who did what ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to the organisation or to one of its reservations.

    `by` is the name of whoever is or was a member, `by_staff` whether somebody of the city did it;
    neither where it happened by itself. `whom` is the member it was done to. `reference` names the
    reservation or series.
    """

    key: int
    at: datetime
    action: str
    subject: str
    by: str
    by_staff: bool
    whom: str
    reference: str
    title: str


def history_of(
    session: Session, organisation_id: int, before: int | None, most: int
) -> Sequence[Deed]:
    """The newest `most` deeds, or those before the entry of that key."""
    entries = _entries(session, organisation_id, before, most)
    members = _members_ever(session, organisation_id)
    people = {entry.actor_person_id for entry in entries} | {_whom(entry) for entry in entries}
    names = _names(session, people & members)
    booked = _titles(session, entries)
    return [_deed(entry, members, names, booked) for entry in entries]


def _entries(
    session: Session, organisation_id: int, before: int | None, most: int
) -> Sequence[AuditEntry]:
    reservations = select(Reservation.id).where(_of(organisation_id))
    series = select(Series.id).where(Series.organisation_id == organisation_id)
    entry = AuditEntry
    about = or_(
        and_(entry.subject == Organisation.__tablename__, entry.subject_id == organisation_id),
        and_(entry.subject == Reservation.__tablename__, entry.subject_id.in_(reservations)),
        and_(entry.subject == Series.__tablename__, entry.subject_id.in_(series)),
    )
    query = select(entry).where(about, entry.action.not_in(UNTOLD), ~_is_told_of_its_series())
    if before is not None:
        query = query.where(entry.id < before)
    return session.scalars(query.order_by(entry.id.desc()).limit(most)).all()


def _is_told_of_its_series() -> ColumnElement[bool]:
    """What happened to a date of a series at the moment at which the same happened to the series:
    forty dates are one deed."""
    series = aliased(AuditEntry)
    return exists().where(
        AuditEntry.subject == Reservation.__tablename__,
        Reservation.id == AuditEntry.subject_id,
        series.subject == Series.__tablename__,
        series.subject_id == Reservation.series_id,
        series.action == AuditEntry.action,
        series.at == AuditEntry.at,
    )


def _members_ever(session: Session, organisation_id: int) -> set[int | None]:
    """The keys of who is a member, and of who was."""
    now = session.scalars(
        select(Membership.person_id).where(Membership.organisation_id == organisation_id)
    )
    joined = session.scalars(
        select(AuditEntry.details).where(
            AuditEntry.subject == Organisation.__tablename__,
            AuditEntry.subject_id == organisation_id,
            AuditEntry.action == "member_added",
        )
    )
    return {*now, *(details.get("person") for details in joined)}


def _names(session: Session, people: set[int | None]) -> dict[int, str]:
    keys = sorted(key for key in people if key is not None)
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(keys)))
    return {key: name for key, name in rows}


def _titles(
    session: Session, entries: Sequence[AuditEntry]
) -> dict[tuple[str, int | None], tuple[str, str]]:
    """Of each reservation and series that the entries are about: its reference and title."""
    found: dict[tuple[str, int | None], tuple[str, str]] = {}
    for model in (Reservation, Series):
        subject = model.__tablename__
        keys = {one.subject_id for one in entries if one.subject == subject}
        rows = session.execute(
            select(model.id, model.reference, model.title).where(
                model.id.in_(sorted(keys - {None}))
            )
        )
        found.update({(subject, key): (reference, title) for key, reference, title in rows})
    return found


def _whom(entry: AuditEntry) -> int | None:
    whom = entry.details.get("to", entry.details.get("person"))
    return whom if isinstance(whom, int) else None


def _deed(
    entry: AuditEntry,
    members: set[int | None],
    names: dict[int, str],
    booked: dict[tuple[str, int | None], tuple[str, str]],
) -> Deed:
    actor, whom = entry.actor_person_id, _whom(entry)
    reference, title = booked.get((entry.subject, entry.subject_id), ("", ""))
    is_person = entry.actor_kind in {ActorKind.PERSON, ActorKind.TOKEN}
    return Deed(
        key=entry.id,
        at=entry.at,
        action=entry.action,
        subject=entry.subject,
        by=names.get(actor or 0, ""),
        by_staff=is_person and actor not in members,
        whom=names.get(whom or 0, ""),
        reference=reference,
        title=title,
    )
