"""What people do with reservations: ask for one, cancel it; and what time does to them.

A use case is given the session, who asks, what, and now. It never commits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation, Person
from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue, Place, PolicyInForce
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor, job
from booking.core.clock import local_date
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.core.periods import Period
from booking.core.references import new_reference
from booking.database import constraint_means, lock
from booking.pricing.rules import CITY_GROUP, PERSON_GROUP, Price, price_of
from booking.reservations import errors as e
from booking.reservations.mails import tell_approvers, tell_owner
from booking.reservations.models import Occupancy, PriceLine, Reservation, ReservationSpace
from booking.reservations.queries import (
    free_bookings,
    get_reservation,
    is_due,
    is_owner,
    places_of,
    timetables,
    units_of,
    used_quota,
    with_all,
)
from booking.reservations.rules import (
    Circumstances,
    Organiser,
    ReservationRequest,
    Used,
    broken_rules,
    needs_approval,
)
from booking.reservations.states import Kind, State


def request_reservation(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    now: datetime,
    *,
    automatic_decisions: bool = False,
) -> Reservation:
    """Make a reservation: confirmed, awaiting approval, or a hold; or refuse it and say why.

    Raises `RequestRefused` with every rule it breaks, `SpaceNotFree` where another took a part
    first, `NotFound` for an unknown space, `NotAllowed` for what only staff may ask.
    """
    city = get_catalogue(session)
    places = [_place(city, slug) for slug in request.spaces]
    _must_be_allowed(actor, request, places)
    organisation = _organisation_of(session, actor, request, places)
    _queue_for(session, actor, organisation, places)
    expire_due(session, job("request"), now, parts=_parts(places))

    circumstances = _circumstances(session, city, actor, request, places, organisation, now)
    if broken := broken_rules(request, circumstances):
        raise RequestRefused(broken)

    price = _price(city, request, places, organisation)
    reservation = _reservation_of(request, actor, organisation, price, city, now)
    _add_spaces(reservation, places, circumstances, now)
    is_free_use = _is_free_use(places, price, request) and (
        not automatic_decisions
        or _exceeds_free_use(session, city, actor, request, organisation, now)
    )
    reservation.state = _first_state(actor, request, circumstances, is_free_use)
    if request.hold or request.preliminary:
        _hold(reservation, circumstances[0], request.preliminary, now)
    with constraint_means(session, {"occupancy_no_overlap": e.SpaceNotFree}):
        session.add(reservation)
        reservation.occupy(needs(reservation, city, request.period))

    record(session, actor, reservation.state, reservation, now, reference=reservation.reference)
    raise_counters(session, subjects_of(reservation, city), now)
    if reservation.state != State.HELD:
        tell_owner(session, city, reservation, f"reservation_{reservation.state}", now)
    if reservation.state == State.REQUESTED:
        tell_approvers(session, city, reservation, now)
    return reservation


def cancel_reservation(
    session: Session, actor: Actor, reference: str, now: datetime, reason: str = ""
) -> Reservation:
    """Cancel: the owner by the policy's limit, staff with a reason at any time before the end.

    After the limit the owner may still cancel where the policy says `charged`, and what is due
    stays due. Raises `NotFound`, `NotAllowed`, `StepNotPossible`, `RequestRefused`.
    """
    city = get_catalogue(session)
    reservation = lock_reservation(session, actor, reference, now)
    if is_owner(actor, reservation):
        by_staff = False
    else:
        must_at_units(actor, Action.CANCEL_RESERVATION, units_of(city, reservation))
        by_staff = True
        if not reason.strip():
            raise RequestRefused([e.MessageRequired(field="reason")])
    in_time = _is_in_time(reservation, city, by_staff, now)
    due = reservation.total_cents or 0
    reservation.step_to(State.CANCELLED, now, reason.strip() or None)
    reservation.due_cents = 0 if in_time or by_staff else due

    session.flush()
    record(session, actor, "cancelled", reservation, now, reason=reason, by_staff=by_staff)
    raise_counters(session, subjects_of(reservation, city), now)
    tell_owner(session, city, reservation, "reservation_cancelled", now, by_staff=by_staff)
    return reservation


def expire_due(
    session: Session, actor: Actor, now: datetime, parts: Collection[int] | None = None
) -> int:
    """Expire holds whose time is over and requests nobody decided in time; how many there were.

    Readers count them as gone already; this tidies them away, of these `parts` only if given.
    """
    query = with_all(select(Reservation).where(is_due(now))).order_by(Reservation.id)
    if parts is not None:
        query = query.where(
            Reservation.id.in_(
                select(Occupancy.reservation_id).where(Occupancy.part_id.in_(sorted(parts)))
            )
        )
    due = session.scalars(query).all()
    if not due:
        return 0
    city = get_catalogue(session)
    for reservation in due:
        was_requested = reservation.state == State.REQUESTED
        reservation.step_to(State.EXPIRED, now)
        session.flush()
        record(session, actor, "expired", reservation, now)
        raise_counters(session, subjects_of(reservation, city), now)
        if was_requested:
            tell_owner(session, city, reservation, "reservation_expired", now)
    return len(due)


def lock_reservation(session: Session, actor: Actor, reference: str, now: datetime) -> Reservation:
    """The reservation, once nobody else is deciding about it; due ones have expired first."""
    found = get_reservation(session, actor, reference)
    city = get_catalogue(session)
    parts = _parts(places_of(city, found))
    lock(session, Part, parts)
    expire_due(session, job("request"), now, parts=parts)
    session.refresh(found, with_for_update=None)
    return found


def subjects_of(reservation: Reservation, city: Catalogue) -> set[str]:
    """What shows this reservation, by the names of its change counters."""
    subjects = {f"unit:{unit}" for unit in units_of(city, reservation)}
    if reservation.booked_for_id is not None:
        subjects.add(f"person:{reservation.booked_for_id}")
    if reservation.organisation_id is not None:
        subjects.add(f"organisation:{reservation.organisation_id}")
    return subjects


def must_at_units(actor: Actor, action: Action, units: Collection[int]) -> None:
    """Raise `NotAllowed` unless the actor may do this at every one of the units."""
    for unit in units:
        actor.must(action, unit)


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


# ── The steps of a request ────────────────────────────────────────────────────────────────────


def _place(city: Catalogue, slug: str) -> Place:
    if slug not in city.places:
        raise NotFound()
    return city.places[slug]


def _parts(places: Sequence[Place]) -> set[int]:
    return {part for place in places for part in place.parts}


def _must_be_allowed(actor: Actor, request: ReservationRequest, places: Sequence[Place]) -> None:
    """What only staff may say: another kind, on whose behalf, which rules are set aside."""
    actor.must(Action.REQUEST_RESERVATION)
    units = {place.unit.id for place in places}
    if request.kind is Kind.CLOSURE:
        must_at_units(actor, Action.CLOSE_SPACES, units)
    elif request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        must_at_units(actor, Action.BOOK_AS_STAFF, units)
    if request.override is not None:
        must_at_units(actor, Action.OVERRIDE_RULES, units)


def _organisation_of(
    session: Session, actor: Actor, request: ReservationRequest, places: Sequence[Place]
) -> Organisation | None:
    """The organisation it is for: one the actor belongs to, or any where staff book for others."""
    if request.organisation is None:
        return None
    found = session.scalars(
        select(Organisation).where(Organisation.slug == request.organisation)
    ).first()
    if found is None:
        raise RequestRefused([e.UnknownOrganisation()])
    if found.id not in actor.organisations and not all(
        actor.may(Action.BOOK_AS_STAFF, place.unit.id) for place in places
    ):
        raise NotAllowed()
    return found


def _queue_for(
    session: Session, actor: Actor, organisation: Organisation | None, places: Sequence[Place]
) -> None:
    """Queue behind whoever decides about the organiser's quota or about these parts."""
    if organisation is not None:
        lock(session, Organisation, [organisation.id])
    elif actor.person_id is not None:
        lock(session, Person, [actor.person_id])
    lock(session, Part, _parts(places))


def _circumstances(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
    now: datetime,
) -> list[Circumstances]:
    """What stands for each of the spaces; `RequestRefused` where one has no policy yet."""
    if request.ends_at <= request.starts_at:
        raise RequestRefused([e.EndBeforeStart()])
    tables = timetables(session, city, places, request.period, now)
    without_policy = [place for place in places if place.slug not in tables]
    if without_policy:
        raise RequestRefused([e.NotBookable(space=place.name) for place in without_policy])
    today = local_date(now, city.zone)
    price = _price(city, request, places, organisation)
    return [
        Circumstances(
            timetable=tables[place.slug],
            organiser=_organiser(actor, organisation, place),
            used=_used(session, city, actor, request, organisation, in_force, now),
            terms=city.terms_on(place.terms_slug(in_force.policy), today),
            has_price=price is not None,
            number=number,
        )
        for number, place in enumerate(places)
        if (in_force := place.policy_at(now)) is not None
    ]


def _organiser(actor: Actor, organisation: Organisation | None, place: Place) -> Organiser:
    return Organiser(
        organisation_kind=organisation.kind if organisation else None,
        is_verified=organisation is not None and organisation.verified_at is not None,
        is_staff=actor.may(Action.BOOK_AS_STAFF, place.unit.id),
    )


def _organiser_clause(actor: Actor, organisation: Organisation | None) -> ColumnElement[bool]:
    """Whose reservations count: the organisation's if there is one, else the person's own."""
    if organisation is not None:
        return Reservation.organisation_id == organisation.id
    return (Reservation.booked_for_id == actor.person_id) & (Reservation.organisation_id.is_(None))


def _used(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    organisation: Organisation | None,
    in_force: PolicyInForce,
    now: datetime,
) -> Used:
    if request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        return Used()
    organiser = _organiser_clause(actor, organisation)
    return used_quota(session, city, in_force.id, organiser, request.starts_at, now)


def price_group_of(request: ReservationRequest, organisation: Organisation | None) -> str:
    """Without an evaluated event a person pays K4, an organisation its own group, the city K0."""
    if request.kind is not Kind.CUSTOMER:
        return CITY_GROUP
    return organisation.price_group if organisation else PERSON_GROUP


def _price(
    city: Catalogue,
    request: ReservationRequest,
    places: Sequence[Place],
    organisation: Organisation | None,
) -> Price | None:
    group = city.price_groups[price_group_of(request, organisation)]
    return price_of(list(places), request.period, group, request.purpose, city)


def _is_free_use(places: Sequence[Place], price: Price | None, request: ReservationRequest) -> bool:
    """Whether use is free by the organiser's group, which is an administrative decision; a space
    that costs nobody anything needs none."""
    if request.kind is not Kind.CUSTOMER or price is None or price.total_cents:
        return False
    return not all(place.price_list.is_free_for_all for place in places)


def _exceeds_free_use(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    organisation: Organisation | None,
    now: datetime,
) -> bool:
    """Whether the limits of automatic free use send this request to a person."""
    limits = city.free_use
    clause = _organiser_clause(actor, organisation)
    active, in_year = free_bookings(session, city, clause, request.starts_at, now)
    return (
        request.period.length > timedelta(hours=limits["max_hours_per_booking"])
        or active >= limits["max_active_bookings"]
        or in_year >= limits["max_bookings_per_year"]
    )


def _first_state(
    actor: Actor,
    request: ReservationRequest,
    circumstances: Sequence[Circumstances],
    is_free_use: bool,
) -> State:
    if request.hold or request.preliminary:
        return State.HELD
    decides = all(actor.may(Action.DECIDE_RESERVATION, one.place.unit.id) for one in circumstances)
    if decides or not needs_approval(request, circumstances, is_free_use):
        return State.CONFIRMED
    return State.REQUESTED


def _reservation_of(
    request: ReservationRequest,
    actor: Actor,
    organisation: Organisation | None,
    price: Price | None,
    city: Catalogue,
    now: datetime,
) -> Reservation:
    by_staff = request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None
    reservation = Reservation(
        reference=new_reference(),
        uid=f"{uuid4()}@{city.uid_host}",
        kind=request.kind.value,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        title=request.title.strip(),
        purpose=request.purpose,
        people=request.people,
        message=request.message.strip(),
        responsible_adult=request.responsible_adult,
        language=actor.language,
        booked_by_id=actor.person_id,
        booked_for_id=None if by_staff else actor.person_id,
        organisation_id=organisation.id if organisation else None,
        on_behalf_of=request.on_behalf_of,
        override_reason=request.override,
        created_at=now,
        updated_at=now,
        state_since=now,
        version=1,
        sequence=0,
    )
    if price is not None:
        _keep_price(reservation, price, city)
    return reservation


def _keep_price(reservation: Reservation, price: Price, city: Catalogue) -> None:
    """Keep the price as it was told, with the version of the catalogue it came from."""
    reservation.price_group = price.price_group
    reservation.currency = price.currency
    reservation.total_cents = price.total_cents
    reservation.catalogue_version = city.version
    reservation.price_lines = [
        PriceLine(
            space_id=line.space_id,
            position=number,
            hours=line.hours,
            unit_cents=line.unit_cents,
            share=line.share,
            vat_class=line.vat_class,
            vat_percent=line.vat_percent,
            net_cents=line.net_cents,
            vat_cents=line.vat_cents,
            total_cents=line.total_cents,
        )
        for number, line in enumerate(price.lines)
    ]


def _add_spaces(
    reservation: Reservation,
    places: Sequence[Place],
    circumstances: Sequence[Circumstances],
    now: datetime,
) -> None:
    for place, one in zip(places, circumstances, strict=True):
        in_force = place.policy_at(now)
        assert in_force is not None, "a space without a policy was refused before"
        reservation.spaces.append(
            ReservationSpace(
                space_id=place.id,
                position=one.number,
                before_minutes=int(one.policy.before.total_seconds() // 60),
                after_minutes=int(one.policy.after.total_seconds() // 60),
                policy_version_id=in_force.id,
                terms_version_id=one.terms.id if one.terms else None,
                terms_accepted_at=now if one.terms else None,
            )
        )


def _hold(
    reservation: Reservation, one: Circumstances, is_preliminary: bool, now: datetime
) -> None:
    """A hold lasts while the form is filled; a preliminary booking for days, at most until the
    notice runs out."""
    policy = one.policy
    reservation.held_until = now + timedelta(minutes=policy.hold_minutes)
    if is_preliminary:
        limit = policy.notice.last_moment(reservation.starts_at, one.timetable.zone)
        reservation.is_preliminary = True
        reservation.held_until = min(now + timedelta(days=policy.preliminary_days), limit)


def _is_in_time(reservation: Reservation, city: Catalogue, by_staff: bool, now: datetime) -> bool:
    """Whether it is cancelled within the limit; `RequestRefused` where it can't be any more."""
    if reservation.starts_at <= now and not by_staff:
        raise RequestRefused([e.AlreadyBegun()])
    rows = {row.policy_version_id for row in reservation.spaces}
    policies = [
        one.policy
        for place in places_of(city, reservation)
        for one in place.policies
        if one.id in rows
    ]
    late = [
        policy
        for policy in policies
        if not policy.cancel_before.allows(reservation.starts_at, now, city.zone)
    ]
    if not late or reservation.state in {State.HELD, State.REQUESTED}:
        return True
    refusing = [policy for policy in late if policy.late_cancellation == "refused"]
    if refusing and not by_staff:
        limit = refusing[0].cancel_before.last_moment(reservation.starts_at, city.zone)
        raise RequestRefused([e.TooLateToCancel(limit=limit)])
    return False


def accepted_terms(city: Catalogue, places: Sequence[Place], now: datetime) -> list[date]:
    """The versions of terms in force for these spaces today, in their order."""
    today = local_date(now, city.zone)
    return [
        terms.version
        for place in places
        if (in_force := place.policy_at(now))
        and (terms := city.terms_on(place.terms_slug(in_force.policy), today))
    ]
