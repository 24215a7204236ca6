"""What people do with series: ask for one, knowing beforehand what of it can be had.

A hundred dates need as many queries as one. A use case is given the session, who asks, what, and
now. It never commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor, job
from booking.core.errors import RequestRefused, RuleBroken
from booking.core.plain import as_plain
from booking.core.references import new_reference
from booking.database import constraint_means
from booking.reservations import errors as e
from booking.reservations.circumstances import (
    circumstances_on,
    must_be_allowed,
    place_of,
    places_asked,
    price_for,
)
from booking.reservations.event_rules import broken_by_event
from booking.reservations.explaining import reasons_told_at_once
from booking.reservations.free_use import is_decided_by_a_person
from booking.reservations.judging import Case, counted_with, look_up, open_case
from booking.reservations.making import add_spaces, keep_price, reservation_of
from booking.reservations.models import Reservation, Series, SeriesSpace, SkippedDate
from booking.reservations.occupying import needs_now, take_parts
from booking.reservations.rules import Circumstances, ReservationRequest, needs_approval
from booking.reservations.series_mails import tell_approvers_of_series, tell_owner_of_series
from booking.reservations.series_rules import (
    Occurrence,
    OnConflict,
    Plan,
    SeriesRequest,
    broken_of_series,
    occurrences,
    reasons_of,
    requests_of,
    told,
)
from booking.reservations.states import Kind, State
from booking.reservations.use_cases import expire_due, subjects_of


@dataclass(frozen=True)
class Judged:
    """A series as it could be had now: each day with what stands in its way, the rules that the
    series breaks as a whole, what stood around each day, and the days that are left out, each
    with the reasons."""

    plan: Plan
    occurrences: Sequence[Occurrence]
    broken: Sequence[RuleBroken]
    requests: Mapping[date, ReservationRequest]
    around: Mapping[date, Sequence[Circumstances]]
    left_out: Sequence[Occurrence] = ()

    @property
    def had(self) -> list[Occurrence]:
        """The days that can be had."""
        return [one for one in self.occurrences if one.can_be_had]

    @property
    def missed(self) -> list[Occurrence]:
        return [one for one in self.occurrences if not one.can_be_had]


def judge_series(session: Session, actor: Actor, wanted: SeriesRequest, now: datetime) -> Judged:
    """What of the series could be had now, without asking for it.

    Raises `RequestRefused` where it has no days at all, `NotFound`, `NotAllowed`.
    """
    case = look_up(session, actor, wanted.each)
    wanted = replace(wanted, each=case.request)
    places = _all_places(actor, wanted, case)
    return judged_in(session, case.city, actor, wanted, places, case.organisation, now)


def request_series(
    session: Session,
    actor: Actor,
    wanted: SeriesRequest,
    now: datetime,
    *,
    automatic_decisions: bool = False,
) -> Series:
    """Make a series: a reservation on each day that can be had, where and when it is wanted on
    that day, confirmed or awaiting approval as one, and each other day kept as skipped with the
    reason, those that are left out among them.

    Raises `RequestRefused`, with the day of each broken rule, where a rule of the whole is broken,
    where no day can be had, or, unless the series may skip, where one can't; `SpaceNotFree`,
    `NotFound`, `NotAllowed`.
    """
    also = _parts_instead(session, wanted)
    case = open_case(session, actor, wanted.each, also=also)
    wanted = replace(wanted, each=case.request)
    city, organisation = case.city, case.organisation
    places = _all_places(actor, wanted, case)
    expire_due(session, job("request"), now, parts=case.parts | also)

    judged = judged_in(session, city, actor, wanted, places, organisation, now)
    _must_be_had(judged, wanted.on_conflict)
    series = _series_of(wanted, judged, actor, organisation, city, now)
    days = [one.day for one in judged.had]
    requests, around = [judged.requests[day] for day in days], [judged.around[day] for day in days]
    made = [
        reservation_on(day, request, one, actor, case, now)
        for day, request, one in zip(days, requests, around, strict=True)
    ]
    state = state_of_all(session, actor, case, requests, around, now, automatic_decisions)
    add_dates(session, series, made, state, city)

    for reservation in made:
        record(session, actor, state, reservation, now, reference=reservation.reference)
    record(session, actor, state, series, now, reference=series.reference, dates=len(made))
    raise_counters(session, {s for one in made for s in subjects_of(one, city)}, now)
    told = reasons_told_at_once(session, actor, made, city, now)
    tell_owner_of_series(session, city, series, made, f"series_{state}", now, **told)
    if state is State.REQUESTED:
        tell_approvers_of_series(session, city, series, made, now)
    return series


def _parts_instead(session: Session, wanted: SeriesRequest) -> set[int]:
    """The parts that the days need which are to be elsewhere. Raises `NotFound`."""
    city = get_catalogue(session)
    slugs = {slug for chosen in wanted.instead.values() for slug in chosen.spaces}
    return {part for slug in slugs for part in counted_with(city, place_of(city, slug))}


def _all_places(actor: Actor, wanted: SeriesRequest, case: Case) -> list[Place]:
    """All the spaces that one of its days is asked for in, each once. Raises `NotFound`,
    `NotAllowed`."""
    slugs = dict.fromkeys(slug for chosen in wanted.instead.values() for slug in chosen.spaces)
    places = [*case.places, *(place_of(case.city, slug) for slug in slugs)]
    must_be_allowed(actor, wanted.each, places)
    return list({place.slug: place for place in places}.values())


def judged_in(
    session: Session,
    city: Catalogue,
    actor: Actor,
    wanted: SeriesRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
    now: datetime,
) -> Judged:
    """Each day of the series judged; `places` are all that one of them is asked for in. Raises
    `RequestRefused` where it has none."""
    try:
        plan = wanted.planned(city.zone)
    except RuleBroken as broken:
        raise RequestRefused([broken]) from broken
    requests = {
        day: wanted.on(day, request)
        for day, request in requests_of(
            wanted.each, [*plan.days, *plan.left_out], plan.wall, city.zone
        ).items()
    }
    if requests.keys().isdisjoint(plan.days):
        raise RequestRefused([e.SkippedByClocks()])
    all_around = circumstances_on(
        session, city, actor, list(requests.values()), places, organisation, now
    )
    around = dict(zip(requests, all_around, strict=True))
    return Judged(
        plan=plan,
        occurrences=occurrences(plan.days, requests, around, city.zone),
        broken=[
            *broken_by_event(wanted.each.outcome),
            *broken_of_series(
                wanted.each, plan.days, [around[day] for day in plan.days if day in around]
            ),
        ],
        requests=requests,
        around=around,
        left_out=_left_out(plan, requests, around, places[0], city),
    )


def _left_out(
    plan: Plan,
    requests: Mapping[date, ReservationRequest],
    around: Mapping[date, Sequence[Circumstances]],
    place: Place,
    city: Catalogue,
) -> list[Occurrence]:
    """The days that are left out, each with the reasons: its name as a day off, what stands in
    the way, or that it was chosen so."""
    return [
        replace(one, broken=reasons_of(one, place.hours.day_off(one.day)))
        for one in occurrences(plan.left_out, requests, around, city.zone)
    ]


def _must_be_had(judged: Judged, on_conflict: OnConflict) -> None:
    """Raise `RequestRefused` unless the series can be made with the days it may skip left out."""
    refused = judged.broken or not judged.had
    if refused or (judged.missed and on_conflict is OnConflict.REFUSE):
        raise RequestRefused([*judged.broken, *told(judged.occurrences)])


def _series_of(
    wanted: SeriesRequest,
    judged: Judged,
    actor: Actor,
    organisation: Organisation | None,
    city: Catalogue,
    now: datetime,
) -> Series:
    each, wall = wanted.each, judged.plan.wall
    model = reservation_of(each, actor, organisation, city, now)
    return Series(
        reference=new_reference(),
        rrule=judged.plan.recurrence.text,
        first_day=judged.plan.days[0],
        start_minute=wall.start_minute,
        length_minutes=wall.length_minutes,
        on_conflict=wanted.on_conflict.value,
        title=model.title,
        purpose=model.purpose,
        people=model.people,
        message=model.message,
        responsible_adult=model.responsible_adult,
        language=model.language,
        booked_by_id=model.booked_by_id,
        booked_for_id=model.booked_for_id,
        organisation_id=model.organisation_id,
        on_behalf_of=model.on_behalf_of,
        version=1,
        created_at=now,
        spaces=[
            SeriesSpace(space_id=city.places[slug].id, position=number)
            for number, slug in enumerate(each.spaces)
        ],
        skipped=[
            skipped(one, wall.start_minute, wall.length_minutes, now)
            for one in sorted([*judged.missed, *judged.left_out], key=lambda one: one.day)
        ],
    )


def skipped(one: Occurrence, start_minute: int, length_minutes: int, now: datetime) -> SkippedDate:
    """A day that could not be had, kept with the reason."""
    return SkippedDate(
        day=one.day,
        start_minute=start_minute,
        length_minutes=length_minutes,
        violations=[as_plain(rule) for rule in one.broken],
        skipped_at=now,
    )


def reservation_on(
    day: date,
    request: ReservationRequest,
    around: Sequence[Circumstances],
    actor: Actor,
    case: Case,
    now: datetime,
) -> Reservation:
    """The reservation of one day of a series, without its state and its parts."""
    places = places_asked(case.city, request)
    price = price_for(case.city, request, places, case.organisation)
    reservation = reservation_of(request, actor, case.organisation, case.city, now)
    keep_price(reservation, price, case.city)
    add_spaces(reservation, places, around, now)
    reservation.series_day = day
    return reservation


def state_of_all(
    session: Session,
    actor: Actor,
    case: Case,
    requests: Sequence[ReservationRequest],
    around: Sequence[Sequence[Circumstances]],
    now: datetime,
    automatic_decisions: bool,
    without: Collection[int] = (),
) -> State:
    """The state that dates of a series come to be in, as one; never easier than for a single
    booking. Of the free use of the year, the reservations `without` are left out.

    Raises `RequestRefused` where the city refuses what is beyond the limits of free use.
    """
    city, organisation = case.city, case.organisation
    decided = is_decided_by_a_person(
        session, city, actor, requests, organisation, now, automatic_decisions, without=without
    )
    return first_state_of_all(actor, requests, around, decided)


def first_state_of_all(
    actor: Actor,
    requests: Sequence[ReservationRequest],
    around: Sequence[Sequence[Circumstances]],
    must_be_decided: bool,
) -> State:
    """The same, where `must_be_decided` says whether a person decides whatever the policies say."""
    spaces = {one.place.slug: one for day in around for one in day}.values()
    decides = all(actor.may(Action.DECIDE_RESERVATION, one.place.unit.id) for one in spaces)
    if decides and not (must_be_decided and requests[0].outcome is not None):
        return State.CONFIRMED
    of_series = requests[0].kind is Kind.CUSTOMER and any(
        one.policy.series.approval == "staff" for one in spaces
    )
    of_one = any(
        needs_approval(request, day, must_be_decided)
        for request, day in zip(requests, around, strict=True)
    )
    return State.REQUESTED if of_series or of_one else State.CONFIRMED


def add_dates(
    session: Session,
    series: Series,
    made: Sequence[Reservation],
    state: State,
    city: Catalogue,
) -> None:
    """Take all the parts of all these days of the series; the database has the last word."""
    with constraint_means(session, {"occupancy_no_overlap": e.SpaceNotFree}):
        session.add(series)
        session.flush()
        for reservation in made:
            reservation.series_id, reservation.state = series.id, state
            take_parts(session, reservation, needs_now(reservation, city))
        session.add_all(made)
