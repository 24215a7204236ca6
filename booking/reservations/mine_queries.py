"""Reading one's own reservations by the page: single ones, and each series as one entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, true
from sqlalchemy.orm import Session

from booking.core.actors import Actor
from booking.core.periods import Period
from booking.reservations.models import Reservation, SkippedDate
from booking.reservations.queries import holds_its_parts, owned_by, with_all

PER_PAGE = 25


class Shown(StrEnum):
    """Which of them: those that stand and are not over, those that are, those that stand no
    more."""

    COMING = "coming"
    PAST = "past"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Whose:
    """Whose of them: the actor's own, those of one of their organisations; without either all."""

    own: bool = False
    organisation_id: int | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        if self.own:
            return Reservation.organisation_id.is_(None)
        if self.organisation_id is not None:
            return Reservation.organisation_id == self.organisation_id
        return true()


ALL = Whose()


@dataclass(frozen=True)
class Entry:
    """A reservation of no series; or a series, by that of its dates which comes first in the list.

    `count` are the dates shown by it, `last_day` ends with the last of them; `skipped` are those
    of its dates to come that could not be had.
    """

    reservation: Reservation
    count: int = 1
    last_start: datetime | None = None
    skipped: Sequence[date] = ()


@dataclass(frozen=True)
class Page:
    """The entries of one page, and whether there are more."""

    entries: Sequence[Entry]
    has_more: bool


def my_entries(
    session: Session,
    actor: Actor,
    now: datetime,
    shown: Shown = Shown.COMING,
    whose: Whose = ALL,
    *,
    today: date,
    page: int = 1,
    but: Collection[int] = (),
) -> Page:
    """The actor's reservations, the next first (of what is over the last), without those of the
    keys `but`; as many queries for a thousand as for one."""
    wanted = and_(
        owned_by(actor), whose.condition, _is(shown, now), Reservation.id.not_in(sorted(but))
    )
    alone = case((Reservation.series_id.is_(None), Reservation.id))
    if shown is Shown.COMING:
        first: ColumnElement[Any] = func.min(Reservation.starts_at)
        last: ColumnElement[Any] = func.max(Reservation.starts_at)
        order = [first, func.min(Reservation.id)]
    else:
        first, last = func.max(Reservation.starts_at), func.min(Reservation.starts_at)
        order = [first.desc(), func.min(Reservation.id)]
    rows = session.execute(
        select(Reservation.series_id, alone.label("alone"), func.count(), first, last)
        .where(wanted)
        .group_by(Reservation.series_id, alone)
        .order_by(*order)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    ).all()
    found = _read(session, rows[:PER_PAGE], wanted)
    skipped = _skipped(session, [one.series_id for one in found.values() if one.series_id], today)
    entries = [
        Entry(found[key], count, last_start, skipped.get(series, ()) if series else ())
        for series, one, count, starts_at, last_start in rows[:PER_PAGE]
        if (key := (series, one or starts_at)) in found
    ]
    return Page(entries, len(rows) > PER_PAGE)


def _is(shown: Shown, now: datetime) -> ColumnElement[bool]:
    if shown is Shown.COMING:
        return and_(holds_its_parts(now), Reservation.ends_at > now)
    if shown is Shown.PAST:
        return and_(holds_its_parts(now), Reservation.ends_at <= now)
    return not_(holds_its_parts(now))


def _read(
    session: Session, rows: Sequence[Any], wanted: ColumnElement[bool]
) -> Mapping[tuple[int | None, Any], Reservation]:
    """The reservation of each row, by its series (None for none) and its own key or start."""
    singles = [alone for _series, alone, *_ in rows if alone is not None]
    series = [(key, starts_at) for key, alone, _n, starts_at, _l in rows if alone is None]
    query = with_all(select(Reservation)).where(
        wanted,
        or_(
            Reservation.id.in_(singles),
            and_(
                Reservation.series_id.in_([key for key, _ in series]),
                Reservation.starts_at.in_([starts_at for _, starts_at in series]),
            ),
        ),
    )
    found = session.scalars(query.order_by(Reservation.id.desc())).all()
    return {
        (one.series_id, one.starts_at if one.series_id is not None else one.id): one
        for one in found
    }


def _skipped(
    session: Session, series: Collection[int], today: date
) -> Mapping[int, Sequence[date]]:
    """The skipped dates that are still to come, by series."""
    if not series:
        return {}
    found: dict[int, list[date]] = {}
    rows = session.execute(
        select(SkippedDate.series_id, SkippedDate.day)
        .where(SkippedDate.series_id.in_(sorted(series)), SkippedDate.day >= today)
        .order_by(SkippedDate.day)
    )
    for key, day in rows:
        found.setdefault(key, []).append(day)
    return found


def my_reservations_within(
    session: Session, actor: Actor, window: Period, now: datetime, whose: Whose = ALL
) -> Sequence[Reservation]:
    """The actor's reservations that stand and meet the window, by start."""
    return session.scalars(
        with_all(select(Reservation))
        .where(
            owned_by(actor),
            whose.condition,
            holds_its_parts(now),
            Reservation.starts_at < window.ends_at,
            Reservation.ends_at > window.starts_at,
        )
        .order_by(Reservation.starts_at, Reservation.id)
    ).all()
