"""A date of a series that was left out or could not be had, had after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor, job
from booking.core.clock import local_date
from booking.core.errors import NotAllowed, RequestRefused
from booking.reservations import errors as e
from booking.reservations.circumstances import circumstances_on, must_at_units
from booking.reservations.judging import open_case
from booking.reservations.models import Reservation, Series, SkippedDate
from booking.reservations.moving import Changes, request_with
from booking.reservations.queries import is_owner, units_of
from booking.reservations.recurrence import WallPeriod
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_queries import dates_of, get_series
from booking.reservations.series_rules import judged_dates
from booking.reservations.series_use_cases import add_dates, reservation_on, state_of_all
from booking.reservations.states import State
from booking.reservations.use_cases import announce, expire_due


def add_date(
    session: Session,
    actor: Actor,
    reference: str,
    now: datetime,
    day: date,
    terms: Sequence[date | None] = (),
    *,
    automatic_decisions: bool = False,
) -> Series:
    """Have a skipped date of a series after all: where it was left out, its reservation is
    restored, with its reference and UID; where it could not be had, it is asked for anew, by every
    rule of a date of the series. What was accepted for the series stays accepted.

    Raises `NotFound`, `NotAllowed`, `StepNotPossible` for a date that is not skipped,
    `SpaceNotFree`, `RequestRefused` with every broken rule.
    """
    series = get_series(session, actor, reference)
    _skipped_on(series, day)
    dates, zone = dates_of(session, series), get_catalogue(session).zone
    left_out = [
        one
        for one in dates
        if one.state in {State.CANCELLED, State.DENIED} and local_date(one.starts_at, zone) == day
    ]
    _must_have_room(actor, series, dates, get_catalogue(session), now)
    if left_out:
        restore_reservation(session, actor, left_out[-1].reference, now)
    else:
        _ask_anew(session, actor, series, dates[0], day, terms, now, automatic_decisions)
    series.skipped.remove(_skipped_on(series, day))
    series.version += 1
    session.flush()
    record(session, actor, "date_added", series, now, day=day.isoformat())
    return series


def _skipped_on(series: Series, day: date) -> SkippedDate:
    """The date as it was skipped. Raises `DateNotSkipped`."""
    for one in series.skipped:
        if one.day == day:
            return one
    raise e.DateNotSkipped()


def _must_have_room(
    actor: Actor, series: Series, dates: Sequence[Reservation], city: Catalogue, now: datetime
) -> None:
    """Raise `RequestRefused` where a series of its owner has as many dates as the policy allows;
    what was cancelled or denied is none of them."""
    if not is_owner(actor, series):
        return
    gone = {State.CANCELLED, State.DENIED, State.EXPIRED}
    would_have = sum(one.state not in gone for one in dates) + 1
    places = [city.places_by_id[row.space_id] for row in series.spaces]
    in_force = [one.policy for place in places if (one := place.policy_at(now))]
    most = min((one.series.max_occurrences for one in in_force if one.series.allowed), default=0)
    if most and would_have > most:
        raise RequestRefused([e.TooManyOccurrences(most=most, asked=would_have)])


def _ask_anew(
    session: Session,
    actor: Actor,
    series: Series,
    sibling: Reservation,
    day: date,
    terms: Sequence[date | None],
    now: datetime,
    automatic_decisions: bool,
) -> None:
    """Make the reservation of that day, like its `sibling` of the same series."""
    city = get_catalogue(session)
    _must_ask(actor, series, city)
    request = _request_on(actor, series, sibling, day, terms, city, now)
    case = open_case(session, actor, request)
    request = case.request
    expire_due(session, job("request"), now, parts=case.parts)
    session.refresh(series, ["skipped"])
    _skipped_on(series, day)

    around = circumstances_on(
        session,
        city,
        actor,
        [request],
        case.places,
        case.organisation,
        now,
        without_series=series.id,
    )
    [judged] = judged_dates([request], around, city.zone)
    if judged.broken:
        raise RequestRefused(judged.broken)
    state = state_of_all(session, actor, case, [request], around, now, automatic_decisions)
    made = reservation_on(day, request, around[0], actor, case, now)
    made.booked_for_id = series.booked_for_id
    add_dates(session, series, [made], state, city)
    announce(session, actor, made, city, now)


def _must_ask(actor: Actor, series: Series, city: Catalogue) -> None:
    """Raise `NotAllowed` but to its owner, and, of what is nobody's own, to staff."""
    if not is_owner(actor, series):
        if series.booked_for_id is not None:
            raise NotAllowed()
        must_at_units(actor, Action.BOOK_AS_STAFF, units_of(city, series))


def _request_on(
    actor: Actor,
    series: Series,
    sibling: Reservation,
    day: date,
    terms: Sequence[date | None],
    city: Catalogue,
    now: datetime,
) -> ReservationRequest:
    """What the series asks for on that day. Raises `RequestRefused` where the clocks skip it."""
    skipped = _skipped_on(series, day)
    period = WallPeriod(skipped.start_minute, skipped.length_minutes).on(day, city.zone)
    if period is None:
        raise RequestRefused([e.SkippedByClocks()])
    fields = {
        "spaces": tuple(city.places_by_id[one.space_id].slug for one in series.spaces),
        "starts_at": period.starts_at,
        "ends_at": period.ends_at,
        "title": series.title,
        "purpose": series.purpose,
        "people": series.people,
        "message": series.message,
        "responsible_adult": series.responsible_adult,
        "items": (),
        "hold": False,
        "preliminary": False,
    }
    request = request_with(actor, sibling, Changes(fields), city, now)
    accepted = _accepted(actor, series, sibling, terms, city, now)
    return replace(request, terms=accepted, buffers={})


def _accepted(
    actor: Actor,
    series: Series,
    sibling: Reservation,
    given: Sequence[date | None],
    city: Catalogue,
    now: datetime,
) -> tuple[date | None, ...]:
    """The versions of terms accepted, in the order of the spaces: what was accepted for the
    `sibling` and is in force still, else what is given; staff are asked for nothing."""
    before = {row.terms_version_id for row in sibling.spaces}
    found: list[date | None] = []
    for number, row in enumerate(series.spaces):
        place = city.places_by_id[row.space_id]
        in_force = place.policy_at(now)
        terms = in_force and city.terms_on(
            place.terms_slug(in_force.policy), local_date(now, city.zone)
        )
        if terms and (terms.id in before or not is_owner(actor, series)):
            found.append(terms.version)
        else:
            found.append(given[min(number, len(given) - 1)] if given else None)
    return tuple(found)
