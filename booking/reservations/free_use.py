"""Free use of spaces: whether a request is one, whether it is within its limits, and whether a
person decides about it. The one answer for pages, API, series, holds and moving."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.errors import RequestRefused
from booking.pricing.rules import Price
from booking.reservations import errors as e
from booking.reservations.circumstances import organiser_clause, places_asked, price_for
from booking.reservations.event_rules import Mismatch, Use, mismatches, must_be_decided
from booking.reservations.models import Reservation
from booking.reservations.quotas import free_use_of
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import Kind


def is_free_use(places: Sequence[Place], price: Price | None, request: ReservationRequest) -> bool:
    """Whether use is free by the organiser's group, which is an administrative decision; a space
    that costs nobody anything needs none."""
    if request.kind is not Kind.CUSTOMER or price is None or price.total_cents:
        return False
    return not all(place.price_list.is_free_for_all for place in places)


def any_free_use(
    city: Catalogue, requests: Sequence[ReservationRequest], organisation: Organisation | None
) -> bool:
    """Whether the use is free by the organiser's group in one of these requests."""
    return any(
        is_free_use(places, price_for(city, one, places, organisation), one)
        for one in requests
        for places in [places_asked(city, one)]
        if places
    )


def exceeds_free_use(
    session: Session,
    city: Catalogue,
    actor: Actor,
    requests: Sequence[ReservationRequest],
    organisation: Organisation | None,
    now: datetime,
    standing: Reservation | None = None,
    without: Collection[int] = (),
) -> bool:
    """Whether one of these requests is beyond the limits of free use, each counted after those
    before it; what `standing` and the reservations `without` use is not."""
    organiser = organiser_clause(actor, organisation, standing)
    starts = [one.starts_at for one in requests]
    without = {*without, standing.id} if standing else without
    free = free_use_of(session, organiser, starts, now, city.zone, without)
    return not all(
        free.takes(one.period.length, local_date(one.starts_at, city.zone).year, city.free_use)
        for one in requests
    )


def is_decided_by_a_person(
    session: Session,
    city: Catalogue,
    actor: Actor,
    requests: Sequence[ReservationRequest],
    organisation: Organisation | None,
    now: datetime,
    automatic_decisions: bool,
    standing: Reservation | None = None,
    without: Collection[int] = (),
) -> bool:
    """Whether a person decides about these requests, dates of one series, whatever the policies of
    their spaces say: for what the rules said of their event, or because their use is free.

    Raises `RequestRefused` where the city refuses what is beyond the limits of free use.
    """
    is_free = any_free_use(city, requests, organisation)
    refuses = is_free and city.free_use["over_limit"] == "refuse"
    exceeds = (refuses or (is_free and automatic_decisions)) and exceeds_free_use(
        session, city, actor, requests, organisation, now, standing, without
    )
    if exceeds and refuses:
        raise RequestRefused([e.FreeUseLimit()])
    return must_be_decided(
        requests[0].outcome,
        {found for one in requests for found in mismatches_of(one, city, organisation)},
        is_free=is_free,
        is_within_limits=not exceeds,
        automatic=automatic_decisions,
    )


def is_sent_to_staff(
    request: ReservationRequest, city: Catalogue, organisation: Organisation | None
) -> bool:
    """Whether a person decides for what the rules said of its event, be it free or not."""
    return must_be_decided(
        request.outcome,
        mismatches_of(request, city, organisation),
        is_free=False,
        is_within_limits=True,
        automatic=False,
    )


def mismatches_of(
    request: ReservationRequest, city: Catalogue, organisation: Organisation | None
) -> list[Mismatch]:
    """In what the request is not what the rules were asked about its event; none without one."""
    if request.outcome is None:
        return []
    use = Use(
        period=request.period,
        people=request.people,
        places=[place.facts for place in places_asked(city, request)],
        organisation_id=organisation.id if organisation else None,
    )
    return mismatches(request.outcome, use, city.zone)
