"""A reservation as it is first made: its row, its spaces, its price, the state it begins in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.rules import LoanPolicy, Policy
from booking.core.actors import Action, Actor
from booking.core.references import new_reference
from booking.pricing.rules import Price
from booking.reservations.models import PriceLine, Reservation, ReservationSpace
from booking.reservations.rules import (
    Circumstances,
    ReservationRequest,
    needs_approval,
    preliminary_until,
)
from booking.reservations.states import Kind, State

MOST_EXTENSIONS = 10
"""WCAG 2.2.1: whoever needs longer to fill in a form may ask for it ten times."""


def reservation_of(
    request: ReservationRequest,
    actor: Actor,
    organisation: Organisation | None,
    city: Catalogue,
    now: datetime,
) -> Reservation:
    """Its row, without spaces, price and state."""
    reservation = Reservation(
        reference=new_reference(),
        uid=f"{uuid4()}@{city.uid_host}",
        kind=request.kind.value,
        language=(request.on_behalf_of or {}).get("language") or actor.language,
        booked_by_id=actor.person_id,
        on_behalf_of=request.on_behalf_of,
        created_at=now,
        updated_at=now,
        state_since=now,
        version=1,
        sequence=0,
        loans=[],  # known to be none, so that nobody asks the database
    )
    write_down(reservation, request)
    give_to(reservation, request, actor, organisation)
    return reservation


def write_down(reservation: Reservation, request: ReservationRequest) -> None:
    """What the request says of itself: when, what for, how many."""
    reservation.starts_at = request.starts_at
    reservation.ends_at = request.ends_at
    reservation.title = request.title.strip()
    reservation.purpose = request.purpose
    reservation.people = request.people
    reservation.message = request.message.strip()
    reservation.responsible_adult = request.responsible_adult
    reservation.override_reason = request.override
    reservation.event_id = request.outcome.id if request.outcome else None


def give_to(
    reservation: Reservation,
    request: ReservationRequest,
    actor: Actor,
    organisation: Organisation | None,
) -> None:
    """Whom it is for: who asks, an organisation, or nobody with an account."""
    by_staff = request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None
    for_others = organisation is not None and organisation.id not in actor.organisations
    reservation.booked_for_id = None if by_staff or for_others else actor.person_id
    reservation.organisation_id = organisation.id if organisation else None


def keep_price(reservation: Reservation, price: Price | None, city: Catalogue) -> None:
    """Keep the price as it was told, with the version of the catalogue it came from."""
    if price is None:
        return
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


def add_spaces(
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


def hold(
    reservation: Reservation,
    circumstances: Sequence[Circumstances],
    loans: Sequence[LoanPolicy],
    is_preliminary: bool,
    now: datetime,
) -> None:
    """A hold lasts while the form is filled; a preliminary booking for days, at most until the
    notice runs out: of several spaces and things the first to end."""
    reservation.is_preliminary = is_preliminary
    reservation.held_until = (
        min(preliminary_until(one, reservation.starts_at) for one in circumstances)
        if is_preliminary
        else now + hold_length([*(one.policy for one in circumstances), *loans])
    )


def hold_length(policies: Sequence[Policy | LoanPolicy]) -> timedelta:
    """How long a hold lasts: the shortest of what the policies allow."""
    return timedelta(minutes=min(policy.hold_minutes for policy in policies))


def first_state(
    actor: Actor,
    request: ReservationRequest,
    circumstances: Sequence[Circumstances],
    must_be_decided: bool,
    units: Collection[int],
) -> State:
    """What asking ends in; who may decide at all these units has decided by asking, but not about
    the price of an event of their own."""
    if request.hold or request.preliminary:
        return State.HELD
    decides = all(actor.may(Action.DECIDE_RESERVATION, unit) for unit in units)
    decides = decides and not (must_be_decided and request.outcome is not None)
    if decides or not needs_approval(request, circumstances, must_be_decided):
        return State.CONFIRMED
    return State.REQUESTED
