"""Moving dates of a series as one: this one, this and those that follow, or all to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor, job
from booking.core.clock import local_date
from booking.core.errors import RequestRefused, RuleBroken
from booking.core.periods import Period
from booking.database import constraint_means, lock
from booking.reservations import errors as e
from booking.reservations.circumstances import circumstances_on, places_asked, price_for
from booking.reservations.judging import Case, open_case
from booking.reservations.making import add_spaces, keep_price, write_down
from booking.reservations.models import Reservation, Series
from booking.reservations.moving import Changes, request_with
from booking.reservations.moving_use_cases import (
    Acceptance,
    accept,
    must_be_movable,
    must_change,
    outgrown,
)
from booking.reservations.occupying import needs_now, share_again, shared_by, take_parts
from booking.reservations.queries import is_owner, parts_held_by, places_of
from booking.reservations.recurrence import WallPeriod
from booking.reservations.rules import LONGEST_PERIOD, Circumstances, ReservationRequest
from booking.reservations.series_change_use_cases import dates_to_come
from booking.reservations.series_mails import tell_approvers_of_series, tell_owner_of_series
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.series_rules import judged_dates, told
from booking.reservations.series_use_cases import state_of_all
from booking.reservations.states import State
from booking.reservations.use_cases import (
    expire_due,
    let_go,
    must_await_no_answer,
    must_be_as_read,
    subjects_of,
)


@dataclass(frozen=True)
class SeriesMove:
    """Where dates of a series are to go: the time that the first of them is to have, from which
    the others are moved by as much on the wall, and the spaces; None leaves that as it is.

    `from_day` and `to_day` (local dates, both included) choose the dates; None means all to come.
    `terms` are the versions accepted of spaces that are new to it.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    spaces: tuple[str, ...] | None = None
    terms: tuple[date | None, ...] = ()
    from_day: date | None = None
    to_day: date | None = None


@dataclass(frozen=True)
class _Shift:
    """By how much starts and ends are moved on the wall: days, and minutes at either end."""

    days: int
    start_minutes: int
    length_minutes: int

    @classmethod
    def between(cls, before: Period, after: Period, zone: ZoneInfo) -> _Shift:
        """What leads from one to the other. Raises `NotWholeMinutes`."""
        (day, had), (new_day, has) = WallPeriod.of(before, zone), WallPeriod.of(after, zone)
        return cls(
            (new_day - day).days,
            has.start_minute - had.start_minute,
            has.length_minutes - had.length_minutes,
        )

    def of(self, period: Period, zone: ZoneInfo) -> Period | None:
        """The period, moved; None where the clocks skip its start or end, or nothing is left."""
        day, wall = WallPeriod.of(period, zone)
        days, start = divmod(wall.start_minute + self.start_minutes, 1440)
        moved = WallPeriod(start, wall.length_minutes + self.length_minutes)
        return moved.on(day + timedelta(days=self.days + days), zone)


@dataclass(frozen=True)
class _Moved:
    """A date, when and where it is (the names of its spaces), and what is asked for instead."""

    reservation: Reservation
    before: Period
    spaces: Sequence[Mapping[str, str]]
    request: ReservationRequest


def move_series(
    session: Session,
    actor: Actor,
    reference: str,
    move: SeriesMove,
    now: datetime,
    *,
    automatic_decisions: bool = False,
) -> Series:
    """Move the dates that were chosen, all of them or, where one can't be, none; each stays the
    reservation that it was. By the rules of moving each alone: what its owner moves is asked for
    again where a person decides, and after the limit of a free cancellation it can't be moved.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible` where no date is left, `SpaceNotFree`,
    `RequestRefused` with every broken rule, each with its date.
    """
    series = get_series(session, actor, reference)
    city, by_staff = get_catalogue(session), not is_owner(actor, series)
    wanted = _wanted(actor, dates_of(session, series), move, city, now)
    case = _queued(session, actor, series, wanted, now)
    around = _judged(session, actor, series, case, wanted, by_staff, now)
    requests = [one.request for one in wanted]
    keys = [one.reservation.id for one in wanted]
    state = state_of_all(session, actor, case, requests, around, now, automatic_decisions, keys)

    raise_counters(session, _subjects(wanted, city), now)
    _make(session, case, wanted, around, by_staff, now)
    for one in wanted:
        _step(one.reservation, None if by_staff else state, now)
    series.version += 1
    session.flush()
    raise_counters(session, _subjects(wanted, city), now)
    _tell(session, actor, series, wanted, by_staff, city, now)
    return series


# ── What is asked ─────────────────────────────────────────────────────────────────────────────


def _wanted(
    actor: Actor, dates: Sequence[Reservation], move: SeriesMove, city: Catalogue, now: datetime
) -> list[_Moved]:
    """What is asked for in place of each date that was chosen. Raises `NoDateLeft`, `NotAllowed`,
    `NotFound`, and `RequestRefused` where the clocks skip one."""
    chosen = dates_to_come(dates, now, city.zone, move.from_day, move.to_day)
    for one in chosen:
        must_await_no_answer(one)
    shift = _shift(chosen[0], move, city.zone)
    wanted, missing = [], []
    for one in chosen:
        before = Period(one.starts_at, one.ends_at)
        period = shift.of(before, city.zone)
        if period is None:
            missing.append(e.SkippedByClocks())
            missing[-1].day = local_date(one.starts_at, city.zone)
            continue
        fields: dict[str, Any] = {"starts_at": period.starts_at, "ends_at": period.ends_at}
        if move.spaces is not None:
            fields |= {"spaces": move.spaces, "terms": move.terms}
        changes = Changes(fields)
        request = request_with(actor, one, changes, city, now)
        must_change(actor, one, request, changes, city)
        spaces = [dict(place.name) for place in places_of(city, one)]
        wanted.append(_Moved(one, before, spaces, request))
    if missing:
        raise RequestRefused(missing)
    return wanted


def _shift(first: Reservation, move: SeriesMove, zone: ZoneInfo) -> _Shift:
    """From where the first date is to where it is to be. Raises `RequestRefused`."""
    before = Period(first.starts_at, first.ends_at)
    starts_at, ends_at = move.starts_at or before.starts_at, move.ends_at or before.ends_at
    if ends_at <= starts_at:
        raise RequestRefused([e.EndBeforeStart()])
    if ends_at - starts_at > LONGEST_PERIOD:
        raise RequestRefused([e.TooLong(longest=LONGEST_PERIOD)])
    try:
        return _Shift.between(before, Period(starts_at, ends_at), zone)
    except RuleBroken as broken:
        raise RequestRefused([broken]) from broken


def _queued(
    session: Session, actor: Actor, series: Series, wanted: Sequence[_Moved], now: datetime
) -> Case:
    """The case of all these dates, once nobody else is deciding about them or their parts.

    Raises `StaleDataError`, so that the whole is tried again, where one was changed meanwhile.
    """
    city, reservations = get_catalogue(session), [one.reservation for one in wanted]
    versions = [one.version for one in reservations]
    held = {part for one in reservations for part in parts_held_by(city, one)}
    case = open_case(
        session, actor, wanted[0].request, reservations[0], keeps_loans=True, also=held
    )
    expire_due(session, job("request"), now, parts=case.parts | held)
    lock(session, Reservation, [one.id for one in reservations])
    session.expire_all()
    dates_of(session, series)
    for one, version in zip(reservations, versions, strict=True):
        must_be_as_read(one, version)
    return case


def _judged(
    session: Session,
    actor: Actor,
    series: Series,
    case: Case,
    wanted: Sequence[_Moved],
    by_staff: bool,
    now: datetime,
) -> list[list[Circumstances]]:
    """What stands around each date at its new time. Raises `RequestRefused` with every rule that
    one breaks."""
    requests, zone = [one.request for one in wanted], case.city.zone
    around = circumstances_on(
        session,
        case.city,
        actor,
        requests,
        _places_of_all(wanted, case.city),
        case.organisation,
        now,
        standing=wanted[0].reservation,
        without=[one.reservation.id for one in wanted],
        without_series=series.id,
    )
    broken = told(judged_dates(requests, around, zone))
    for one in wanted:
        broken += _kept_back(one, by_staff, case.city, now)
    if broken:
        raise RequestRefused(broken)
    return around


def _places_of_all(wanted: Sequence[_Moved], city: Catalogue) -> list[Place]:
    """All the spaces that one of these dates is to be in, each once."""
    found = [place for one in wanted for place in places_asked(city, one.request)]
    return list({place.slug: place for place in found}.values())


def _kept_back(one: _Moved, by_staff: bool, city: Catalogue, now: datetime) -> list[RuleBroken]:
    """Why this date can't leave its time, as far as its own state says so."""
    broken = outgrown(one.reservation, one.request, city)
    if not by_staff:
        try:
            must_be_movable(one.reservation, city, now)
        except RequestRefused as refused:
            broken += refused.broken
    for rule in broken:
        rule.day = local_date(one.before.starts_at, city.zone)
    return broken


# ── The change ────────────────────────────────────────────────────────────────────────────────


def _make(
    session: Session,
    case: Case,
    wanted: Sequence[_Moved],
    around: Sequence[Sequence[Circumstances]],
    by_staff: bool,
    now: datetime,
) -> None:
    """Write all of it down, and take the parts of all the dates anew, once all are let go."""
    reservations = [one.reservation for one in wanted]
    freed = [shared_by(one, case.city) for one in reservations]
    accepted = [[Acceptance.of(row) for row in one.spaces] for one in reservations]
    let_go(session, *reservations, loans=False)
    with constraint_means(session, {"occupancy_no_overlap": e.SpaceNotFree}):
        for one, circumstances, before in zip(wanted, around, accepted, strict=True):
            moved, request = one.reservation, one.request
            places = places_asked(case.city, request)
            write_down(moved, request)
            keep_price(moved, price_for(case.city, request, places, case.organisation), case.city)
            add_spaces(moved, places, circumstances, now)
            for row in moved.spaces:
                accept(row, before, by_staff)
            moved.checked_in_at = None
            take_parts(session, moved, needs_now(moved, case.city))
    for let_go_of in freed:
        share_again(session, case.city, let_go_of)


def _step(moved: Reservation, state: State | None, now: datetime) -> None:
    """Count the change, and go to the state that asking for it would end in, if there is one."""
    if state is not None and state != moved.state:
        moved.step_to(state, now)
    else:
        moved.changed(now, for_calendars=True)


def _subjects(wanted: Sequence[_Moved], city: Catalogue) -> set[str]:
    return {subject for one in wanted for subject in subjects_of(one.reservation, city)}


def _tell(
    session: Session,
    actor: Actor,
    series: Series,
    wanted: Sequence[_Moved],
    by_staff: bool,
    city: Catalogue,
    now: datetime,
) -> None:
    """Write the move down, and tell whoever it is for, and, of what they moved, whoever decides."""
    dates = [one.reservation for one in wanted]
    before = [_as_was(one) for one in wanted]
    for one, was in zip(dates, before, strict=True):
        record(session, actor, "moved", one, now, before=was)
    record(session, actor, "moved", series, now, dates=len(dates))
    all_before = [[was["starts_at"], was["ends_at"]] for was in before]
    more = {"by_staff": by_staff, "state": dates[0].state}
    more["before"] = {**before[0], "dates": all_before}
    tell_owner_of_series(session, city, series, dates, "series_moved", now, **more)
    if dates[0].state == State.REQUESTED and not by_staff:
        tell_approvers_of_series(session, city, series, dates, now)


def _as_was(one: _Moved) -> dict[str, Any]:
    """Where and when a date was, as plain values."""
    return {
        "starts_at": one.before.starts_at.isoformat(),
        "ends_at": one.before.ends_at.isoformat(),
        "spaces": one.spaces,
    }
