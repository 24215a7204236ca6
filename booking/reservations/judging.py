"""A request, looked up and judged: what asking, submitting and moving have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, LoanThing, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.errors import RequestRefused, RuleBroken
from booking.pricing.rules import Price
from booking.reservations import errors as e
from booking.reservations.circumstances import (
    circumstances_of,
    find_organisation,
    must_be_allowed,
    parts_of,
    place_of,
    price_for,
    queue_for,
    units_with,
)
from booking.reservations.event_queries import outcome_of, with_event, with_event_now
from booking.reservations.event_rules import broken_by_event
from booking.reservations.free_use import is_decided_by_a_person
from booking.reservations.loan_rules import Loan, broken_by_loans, need_approval
from booking.reservations.loans import loan_policies, loans_around, thing_of, wishes_of
from booking.reservations.models import Reservation
from booking.reservations.queries import parts_held_by, places_of
from booking.reservations.rules import Circumstances, ReservationRequest, broken_rules
from booking.reservations.states import Kind, State

Rules = Callable[[ReservationRequest, Sequence[Circumstances]], list[RuleBroken]]
"""What gives the rules that a request breaks: all, or some of them."""


@dataclass(frozen=True)
class Case:
    """What is asked for, looked up: spaces, things on loan, for which organisation. `standing` is
    the reservation that it would change; it may keep its loans as they are."""

    city: Catalogue
    request: ReservationRequest
    places: Sequence[Place]
    things: Sequence[LoanThing]
    organisation: Organisation | None
    standing: Reservation | None = None
    keeps_loans: bool = False

    @property
    def parts(self) -> set[int]:
        """What it may take, and what its reservation takes now."""
        held = parts_held_by(self.city, self.standing) if self.standing else set()
        return parts_of(self.places) | self.pieces | held | self.counted_together

    @property
    def counted_together(self) -> set[int]:
        """The parts of the wholes whose people are counted with those who come: two who ask for
        different sections must not count at the same time."""
        return {part for place in self.places for part in counted_with(self.city, place)}

    @property
    def pieces(self) -> set[int]:
        return {piece for thing in self.things for piece in thing.pieces}

    @property
    def units(self) -> set[int]:
        """Whose staff have a say in it."""
        return units_with(self.places, self.things)


def counted_with(city: Catalogue, place: Place) -> set[int]:
    """The parts of the space, and those of the wholes whose people are counted with its."""
    return set(place.parts).union(*(whole.parts for whole in city.wholes_of(place)))


@dataclass(frozen=True)
class Verdict:
    """That a request keeps every rule: what stands around it, the loans it takes, what it costs,
    and whether somebody decides whatever the spaces' policies say."""

    circumstances: Sequence[Circumstances]
    loans: Sequence[Loan]
    price: Price | None
    must_be_decided: bool


def open_case(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    standing: Reservation | None = None,
    *,
    keeps_loans: bool = False,
    also: Collection[int] = (),
) -> Case:
    """Look up what is asked for, and queue behind whoever else decides about it or about the parts
    `also`.

    Raises `NotFound` for an unknown space or thing, `NotAllowed` for what only staff may ask,
    `RequestRefused` where nothing is asked for.
    """
    case = look_up(session, actor, request, standing, keeps_loans)
    _queue(session, actor, case, also)
    if get_catalogue(session) is not case.city:  # it changed while this one queued
        case = look_up(session, actor, request, standing, keeps_loans)
        _queue(session, actor, case, also)
    return replace(case, request=with_event_now(session, case.request))


def look_up(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    standing: Reservation | None = None,
    keeps_loans: bool = False,
) -> Case:
    """What is asked for, without queueing for it. Raises as `open_case` does."""
    city = get_catalogue(session)
    if not request.spaces and not request.items:
        raise RequestRefused([e.NothingAsked()])
    places = [place_of(city, slug) for slug in request.spaces]
    things = [thing_of(city, wish.item) for wish in request.items]
    request = with_event(session, actor, request)
    must_be_allowed(actor, request, places, things)
    organisation = find_organisation(session, actor, request, places, things)
    return Case(city, request, places, things, organisation, standing, keeps_loans)


def _queue(session: Session, actor: Actor, case: Case, also: Collection[int]) -> None:
    parts = case.parts | set(also)
    queue_for(session, actor, case.organisation, case.places, case.standing, parts)


def judge_case(
    session: Session,
    actor: Actor,
    case: Case,
    now: datetime,
    automatic_decisions: bool,
    *,
    rules: Rules = broken_rules,
    only: Collection[str] | None = None,
    also: Sequence[RuleBroken] = (),
) -> Verdict:
    """Judge, once in the queue: the spaces by these rules, and the loans that are not kept.

    Raises `RequestRefused` with every rule that is broken, those found beforehand (`also`) among
    them; of certain codes `only`, if given.
    """
    city, request, organisation = case.city, case.request, case.organisation
    around = circumstances_of(
        session, city, actor, request, case.places, organisation, now, case.standing
    )
    broken = [*also, *rules(request, around), *broken_by_event(request.outcome)]
    loans: list[Loan] = []
    if not case.keeps_loans:
        loans = loans_around(session, city, actor, request, organisation, now, case.standing)
        broken += broken_by_loans(request, loans, now, city.zone)
    if broken := [one for one in broken if only is None or one.code in only]:
        raise RequestRefused(broken)
    price = price_for(city, request, case.places, organisation) if case.places else None
    decided = is_decided_by_a_person(
        session, city, actor, [request], organisation, now, automatic_decisions, case.standing
    )
    decided = decided or need_approval(request, loan_policies(case.things, now))
    return Verdict(around, loans, price, decided)


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
        items=wishes_of(reservation, city),
        event=reservation.event.reference if reservation.event else None,
        outcome=outcome_of(reservation.event) if reservation.event else None,
        price_group=reservation.price_group if reservation.price_group_reason else None,
    )
