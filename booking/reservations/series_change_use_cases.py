"""What becomes of a series: dates cancelled, left out and added back; decided about as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor, job
from booking.core.clock import local_date
from booking.core.errors import RequestRefused
from booking.database import lock
from booking.reservations import errors as e
from booking.reservations.circumstances import must_at_units, parts_of
from booking.reservations.explaining import is_decided_by_law, reasons_told
from booking.reservations.models import Reservation, Series, SkippedDate
from booking.reservations.occupying import share_again, shared_by
from booking.reservations.queries import (
    is_owner,
    places_of,
    read_occupancies,
    units_of,
    units_of_dates,
)
from booking.reservations.series_mails import tell_owner_of_series
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.states import HOLDING, State
from booking.reservations.use_cases import end_by_cancelling, expire_due, subjects_of


def lock_series(
    session: Session, actor: Actor, reference: str, now: datetime
) -> tuple[Series, list[Reservation]]:
    """The series and its dates, once nobody else is deciding about them; due ones have expired.

    Raises `NotFound`.
    """
    series = get_series(session, actor, reference)
    city = get_catalogue(session)
    parts = parts_of([place for one in dates_of(session, series) for place in places_of(city, one)])
    lock(session, Part, parts)
    expire_due(session, job("request"), now, parts=parts)
    lock(session, Reservation, [one.id for one in dates_of(session, series)])
    session.expire_all()
    series = get_series(session, actor, reference)
    dates = dates_of(session, series)
    read_occupancies(session, dates)
    return series, dates


def cancel_series(
    session: Session,
    actor: Actor,
    reference: str,
    now: datetime,
    reason: str = "",
    *,
    from_day: date | None = None,
    to_day: date | None = None,
) -> Series:
    """Cancel the dates that have not begun, those of `from_day` to `to_day` (local dates, both
    included) where they are given: an early end, or one date.

    Each by the rules of cancelling it alone: after the limit it stays due, and where the policy
    refuses it, that date stays. Staff owe a reason. Raises `NotFound`, `NotAllowed`,
    `StepNotPossible` where no such date is left, `RequestRefused` where none can be cancelled.
    """
    city = get_catalogue(session)
    series, dates = lock_series(session, actor, reference, now)
    by_staff = not is_owner(actor, series)
    if by_staff:
        must_at_units(actor, Action.CANCEL_RESERVATION, units_of(city, series))
        if not reason.strip():
            raise RequestRefused([e.ReasonRequired()])
    chosen = dates_to_come(dates, now, city.zone, from_day, to_day)
    if by_staff:
        must_at_units(actor, Action.CANCEL_RESERVATION, units_of_dates(city, chosen))
    freed = [shared_by(one, city) for one in chosen]
    done = _cancelled(chosen, city, by_staff, now, reason)
    _note(session, actor, series, done, city, "cancelled", now, reason=reason, by_staff=by_staff)
    for one in freed:
        share_again(session, city, one)
    tell_owner_of_series(session, city, series, done, "series_cancelled", now)
    return series


def dates_to_come(
    dates: Sequence[Reservation],
    now: datetime,
    zone: ZoneInfo,
    from_day: date | None,
    to_day: date | None,
) -> list[Reservation]:
    """Of the dates those that stand and have not begun, from the one local day to the other, both
    included. Raises `NoDateLeft`."""
    chosen = [
        one
        for one in dates
        if one.state in HOLDING
        and one.starts_at > now
        and (from_day is None or local_date(one.starts_at, zone) >= from_day)
        and (to_day is None or local_date(one.starts_at, zone) <= to_day)
    ]
    if not chosen:
        raise e.NoDateLeft()
    return chosen


def _cancelled(
    chosen: Sequence[Reservation], city: Catalogue, by_staff: bool, now: datetime, reason: str
) -> list[Reservation]:
    """Those that could be cancelled. Raises `RequestRefused` where that is none."""
    done, refused = [], []
    for one in chosen:
        try:
            end_by_cancelling(one, city, by_staff, now, reason)
        except RequestRefused as error:
            refused += error.broken
        else:
            done.append(one)
    if not done:
        raise RequestRefused(refused)
    return done


def skip_date(
    session: Session, actor: Actor, reference: str, now: datetime, day: date, reason: str = ""
) -> Series:
    """Leave out one date: its reservation is cancelled, and the date kept as skipped, so that it
    can be added back. Raises as `cancel_series` does."""
    series = cancel_series(session, actor, reference, now, reason, from_day=day, to_day=day)
    if all(one.day != day for one in series.skipped):
        series.skipped.append(
            SkippedDate(
                day=day,
                start_minute=series.start_minute,
                length_minutes=series.length_minutes,
                violations=[],
                skipped_at=now,
            )
        )
    session.flush()
    return series


def decide_series(
    session: Session,
    actor: Actor,
    reference: str,
    now: datetime,
    state: State,
    reason: str,
    note: Callable[[Series, bool], None],
) -> Series:
    """Confirm or deny all the dates that await approval, as one; `note` writes the decision
    down, given the series and whether it is one by administrative law.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible` where none awaits it any more.
    """
    city = get_catalogue(session)
    series, dates = lock_series(session, actor, reference, now)
    waiting = [one for one in dates if one.state == State.REQUESTED]
    units = {*units_of(city, series), *units_of_dates(city, waiting)}
    must_at_units(actor, Action.DECIDE_RESERVATION, units)
    if not waiting:
        raise e.NoDateLeft()
    for one in waiting:
        one.step_to(state, now, reason.strip() or None)
    note(series, any(is_decided_by_law(one, city) for one in waiting))
    _note(session, actor, series, waiting, city, state.value, now, reason=reason.strip())
    told = reasons_told(session, waiting[0], city, now)
    tell_owner_of_series(session, city, series, waiting, f"series_{state.value}", now, **told)
    return series


def _note(
    session: Session,
    actor: Actor,
    series: Series,
    dates: Sequence[Reservation],
    city: Catalogue,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    """Write down what was done to these dates, and count it as a change of the series."""
    series.version += 1
    session.flush()
    for one in dates:
        record(session, actor, action, one, now, **details)
    record(session, actor, action, series, now, dates=len(dates), **details)
    raise_counters(session, {s for one in dates for s in subjects_of(one, city)}, now)
