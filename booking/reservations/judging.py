"""A request, looked up and judged: what asking, submitting and moving have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.errors import RequestRefused, RuleBroken
from booking.pricing.rules import Price
from booking.reservations import errors as e
from booking.reservations.circumstances import (
    circumstances_of,
    exceeds_free_use,
    find_organisation,
    is_free_use,
    must_be_allowed,
    parts_of,
    place_of,
    price_for,
    queue_for,
)
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of
from booking.reservations.rules import Circumstances, ReservationRequest, broken_rules
from booking.reservations.states import Kind, State

Rules = Callable[[ReservationRequest, Sequence[Circumstances]], list[RuleBroken]]
"""What gives the rules that a request breaks: all, or some of them."""


@dataclass(frozen=True)
class Case:
    """What is asked for, looked up; `standing` is the reservation that it would change."""

    city: Catalogue
    request: ReservationRequest
    places: Sequence[Place]
    organisation: Organisation | None
    standing: Reservation | None = None

    @property
    def parts(self) -> set[int]:
        """What it would take, and what its reservation takes now."""
        held = places_of(self.city, self.standing) if self.standing else []
        return parts_of([*self.places, *held])


@dataclass(frozen=True)
class Verdict:
    """That a request keeps every rule: what stands around it, what it costs, and whether its use
    is free in a way that somebody decides."""

    circumstances: Sequence[Circumstances]
    price: Price | None
    is_decided_use: bool


def open_case(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    standing: Reservation | None = None,
) -> Case:
    """Look up what is asked for, and queue behind whoever else decides about it.

    Raises `NotFound` for an unknown space, `NotAllowed` for what only staff may ask.
    """
    case = look_up(session, actor, request, standing)
    _queue(session, actor, case)
    if get_catalogue(session) is not case.city:  # it changed while this one queued
        case = look_up(session, actor, request, standing)
        _queue(session, actor, case)
    return case


def look_up(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    standing: Reservation | None = None,
) -> Case:
    """What is asked for, without queueing for it. Raises as `open_case` does."""
    city = get_catalogue(session)
    places = [place_of(city, slug) for slug in request.spaces]
    must_be_allowed(actor, request, places)
    organisation = find_organisation(session, actor, request, places)
    return Case(city, request, places, organisation, standing)


def _queue(session: Session, actor: Actor, case: Case) -> None:
    held = places_of(case.city, case.standing) if case.standing else []
    queue_for(session, actor, case.organisation, [*case.places, *held], case.standing)


def judge_case(
    session: Session,
    actor: Actor,
    case: Case,
    now: datetime,
    automatic_decisions: bool,
    rules: Rules = broken_rules,
) -> Verdict:
    """Judge, once in the queue. Raises `RequestRefused` with every rule that is broken."""
    city, request, places, organisation = case.city, case.request, case.places, case.organisation
    around = circumstances_of(
        session, city, actor, request, places, organisation, now, case.standing
    )
    if broken := rules(request, around):
        raise RequestRefused(broken)
    price = price_for(city, request, places, organisation)
    decided = is_free_use(places, price, request)
    if decided and automatic_decisions:
        decided = exceeds_free_use(
            session, city, actor, [request], organisation, now, case.standing
        )
        if decided and city.free_use["over_limit"] == "refuse":
            raise RequestRefused([e.FreeUseLimit()])
    return Verdict(around, price, decided)


def request_of(reservation: Reservation, city: Catalogue) -> ReservationRequest:
    """What a reservation stands for, as somebody would ask for it now; no terms are accepted."""
    is_held = reservation.state == State.HELD
    return ReservationRequest(
        spaces=tuple(place.slug for place in places_of(city, reservation)),
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        title=reservation.title,
        purpose=reservation.purpose,
        people=reservation.people,
        organisation=reservation.organisation.slug if reservation.organisation else None,
        responsible_adult=reservation.responsible_adult,
        message=reservation.message,
        kind=Kind(reservation.kind),
        on_behalf_of=reservation.on_behalf_of,
        override=reservation.override_reason,
        hold=is_held and not reservation.is_preliminary,
        preliminary=is_held and reservation.is_preliminary,
    )
