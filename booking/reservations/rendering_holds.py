"""The form by which a hold is made a booking, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.accounts.queries import organisations_of
from booking.catalogue.places import Catalogue, Terms
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.reservations.forms import WhatForm
from booking.reservations.loans import loan_policies, things_of
from booking.reservations.models import Reservation
from booking.reservations.queries import is_owner, places_of, state_at
from booking.reservations.rendering_spaces import terms_face
from booking.reservations.states import State


def may_submit(actor: Actor, reservation: Reservation, now: datetime) -> bool:
    """Whether it is a hold that the actor may make a booking: their own, or one for a customer."""
    is_hold = state_at(reservation, now) == State.HELD and reservation.offer is None
    return is_theirs(actor, reservation) and is_hold


def is_theirs(actor: Actor, reservation: Reservation) -> bool:
    """Whether it is the actor's own, or made by them for a customer."""
    return is_owner(actor, reservation) or reservation.booked_by_id == actor.person_id


def terms_of(reservation: Reservation, city: Catalogue, now: datetime) -> list[Terms | None]:
    """The terms in force of its spaces, then of its things on loan, in their order."""
    today = local_date(now, city.zone)
    slugs = [
        place.terms_slug(in_force.policy)
        for place in places_of(city, reservation)
        if (in_force := place.policy_at(now))
    ]
    slugs += [policy.terms for policy in loan_policies(things_of(city, reservation), now)]
    return [city.terms_on(slug, today) for slug in slugs]


def submission_form(
    session: Session, actor: Actor, reservation: Reservation, **first: Any
) -> WhatForm:
    """The form, filled with what the hold says already, or with what was sent."""
    organisations = organisations_of(session, actor.person_id or 0)
    return WhatForm.for_place(
        _with_its_own(organisations, reservation),
        title=reservation.title,
        purpose=reservation.purpose or "",
        people=reservation.people,
        organisation=reservation.organisation.slug if reservation.organisation else "",
        message=reservation.message,
        responsible_adult=reservation.responsible_adult,
        **first,
    )


def _with_its_own(
    organisations: Sequence[Organisation], reservation: Reservation
) -> Sequence[Organisation]:
    """An organisation that staff hold it for is one to choose, too."""
    own = reservation.organisation
    if own is None or own.id in {one.id for one in organisations}:
        return organisations
    return [*organisations, own]


def submission(
    form: WhatForm, reservation: Reservation, city: Catalogue, now: datetime
) -> Mapping[str, Any]:
    """What the form shows beside its fields: which must be filled, the terms, who decides."""
    terms = terms_of(reservation, city, now)
    form.show_terms(terms)
    places = places_of(city, reservation)
    policies = [one.policy for place in places if (one := place.policy_at(now))]
    lent = loan_policies(things_of(city, reservation), now)
    shown = {one.slug: one for one in terms if one is not None}
    return {
        "form": form,
        "required": set().union(*(policy.required_fields for policy in policies)),
        "capacity": sum(place.capacity for place in places),
        "terms": [terms_face(one) for one in shown.values()],
        "requires_adult": any(one.requires_adult for one in policies)
        or any(one.requires_adult for one in lent),
        "awaits_staff": "staff"
        in {one.approval for one in policies} | {one.approval for one in lent},
        "may_extend": not reservation.is_preliminary,
    }
