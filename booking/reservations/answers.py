"""What the page of a request answers before it is sent: free or why not, price, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, LoanThing, Place, Terms
from booking.catalogue.rules import Policy
from booking.core.actors import Action, Actor, ActorKind
from booking.core.clock import local_date
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.reservations.addresses import pick_of
from booking.reservations.booking_forms import BookingForm
from booking.reservations.circumstances import price_for, units_with
from booking.reservations.errors import FieldRequired, NotFree
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_queries import with_event
from booking.reservations.event_rules import must_be_decided
from booking.reservations.event_words import sentences_for, what_follows
from booking.reservations.forms import WhatForm
from booking.reservations.free_use import is_free_use, mismatches_of
from booking.reservations.loan_rules import need_approval
from booking.reservations.loans import loan_policies
from booking.reservations.models import Reservation
from booking.reservations.rules import (
    TIME_RULES,
    Circumstances,
    Organiser,
    ReservationRequest,
    needs_approval,
)
from booking.reservations.states import State
from booking.reservations.suggestions import Alternative, add_next_possible, alternatives
from booking.reservations.timetables import timetables
from booking.reservations.use_cases import judge
from booking.reservations.waiting_queries import waits_for
from booking.web.languages import text_in
from booking.web.words import in_words

ANSWERED = {"date", "start", "end", "people", "organisation", "items", None}
"""The fields whose rules are told at once; the others wait until the form is sent."""


TIMELESS = {"title", "purpose", "people", "organisation", "message", "responsible_adult", "terms"}
"""The fields whose rules do not depend on when."""

RESIDENT = Actor(ActorKind.PERSON, person_id=0)
"""Whoever has not signed in yet, answered as a resident without bookings: no row has that key."""


@dataclass(frozen=True)
class Asked:
    """What a request's page is about: the space, its policy in force, who asks, for whom they may;
    the hold of theirs that keeps the time, and whether staff fill it in for somebody."""

    city: Catalogue
    place: Place
    policy: Policy
    actor: Actor
    organisations: Sequence[Organisation]
    now: datetime
    hold: Reservation | None = None
    is_for_others: bool = False
    events: Sequence[SelfInitiatedEvent] = ()

    @property
    def judged_as(self) -> Actor:
        return RESIDENT if self.actor.person_id is None else self.actor

    @property
    def standing(self) -> Reservation | None:
        """The hold, as long as it keeps the time."""
        return self.hold if self.hold is not None and self.is_held else None

    @property
    def is_held(self) -> bool:
        hold = self.hold
        if hold is None or hold.held_until is None:
            return False
        return hold.state == State.HELD and hold.held_until > self.now

    def may(self, action: Action) -> bool:
        """Whether who asks may do this at the site of the space."""
        return self.actor.may(action, self.place.unit.id)

    @property
    def terms(self) -> Terms | None:
        """The terms in force of the space."""
        today = local_date(self.now, self.city.zone)
        return self.city.terms_on(self.place.terms_slug(self.policy), today)

    def organisation_of(self, form: WhatForm) -> Organisation | None:
        """The organisation that the form names, of those the person acts for."""
        slug = form.organisation.data
        return next((one for one in self.organisations if one.slug == slug), None)

    def event_of(self, form: BookingForm) -> SelfInitiatedEvent | None:
        """The event that the form names, of those of theirs for which something can be booked."""
        return next((one for one in self.events if one.reference == form.event.data), None)

    def places_in(self, form: BookingForm) -> list[Place]:
        """All the spaces that the form asks for."""
        return [self.place, *(self.city.places[slug] for slug in form.more_spaces(self.place))]

    def things_in(self, form: BookingForm) -> list[LoanThing]:
        """The things that the form asks for on loan."""
        return [self.city.loans[slug] for slug in form.items.data]

    def policies_in(self, form: BookingForm) -> list[Policy]:
        """The policies in force of all its spaces."""
        places = self.places_in(form)
        return [held.policy for one in places if (held := one.policy_at(self.now))]

    def terms_in(self, form: BookingForm) -> list[Terms | None]:
        """The terms in force of its spaces, then of its things on loan, in their order."""
        today = local_date(self.now, self.city.zone)
        slugs = [
            place.terms_slug(held.policy)
            for place in self.places_in(form)
            if (held := place.policy_at(self.now))
        ]
        slugs += [one.terms for one in loan_policies(self.things_in(form), self.now)]
        return [self.city.terms_on(slug, today) for slug in slugs]


def answer_to(
    session: Session, form: BookingForm, asked: Asked, automatic_decisions: bool
) -> dict[str, Any] | None:
    """The answer to what stands in the form; None while it names no time."""
    request = form.request_so_far(asked.place, asked.city.zone)
    if request is None:
        return None
    request = with_event(session, asked.actor, request)
    broken = [
        rule
        for rule in judge(session, asked.judged_as, request, asked.now, asked.standing)
        if rule.field in ANSWERED and not isinstance(rule, FieldRequired)
    ]
    answer: dict[str, Any] = {"reasons": [{"message": in_words(rule)} for rule in broken]}
    if request.ends_at <= request.starts_at:
        return answer
    if {rule.code for rule in broken} == {NotFree.code} and not form.is_for_others:
        answer["wait"] = _wait(session, form, asked, request)
    organisation, places = asked.organisation_of(form), asked.places_in(form)
    price = price_for(asked.city, request, places, organisation)
    free_use = is_free_use(places, price, request)
    decided = must_be_decided(
        request.outcome,
        mismatches_of(request, asked.city, organisation),
        is_free=free_use,
        is_within_limits=True,
        automatic=automatic_decisions,
    )
    awaits_staff = _awaits_staff(session, asked, form, request, decided)
    event = asked.event_of(form)
    return answer | {
        "because": sentences_for(session, event),
        "period": request.period,
        "others": [_other(one) for one in _instead(session, asked, request, broken)],
        "price": price,
        "awaits_staff": awaits_staff,
        "outcome": what_follows(request, asked.city, organisation, awaits_staff)
        or _outcome(organisation, awaits_staff, free_use),
        "may_hold": asked.actor.person_id is not None
        and not broken
        and not form.is_for_others
        and not asked.is_held,
    }


def rules_beside_faults(session: Session, form: BookingForm, asked: Asked) -> list[RuleBroken]:
    """The rules that a form with faults breaks as well, of fields that can be read.

    Where its time can't be, the rules are told that look at no time: they are judged for the
    coming hour.
    """
    terms = asked.terms_in(form)
    so_far = form.request_so_far(asked.place, asked.city.zone, terms)
    coming = Period(asked.now, asked.now + timedelta(hours=1))
    request = so_far or form.request_at(asked.place, coming, terms)
    return [
        rule
        for rule in judge(session, asked.judged_as, request, asked.now, asked.standing)
        if (so_far or rule.field in TIMELESS) and not form.has_fault(rule.field)
    ]


def _wait(
    session: Session, form: BookingForm, asked: Asked, request: ReservationRequest
) -> dict[str, Any] | None:
    """How to wait for what is taken: what the form of it sends, or that they wait already; None
    for several spaces or things on loan, which nobody waits for."""
    if len(request.spaces) > 1 or request.items:
        return None
    organisation = asked.organisation_of(form)
    waits = asked.actor.person_id is not None and waits_for(
        session,
        asked.actor,
        organisation.id if organisation else None,
        asked.place,
        request.period,
        asked.now,
    )
    return {"is_on": waits, "fields": form.sent_to_wait()}


def _awaits_staff(
    session: Session,
    asked: Asked,
    form: BookingForm,
    request: ReservationRequest,
    is_free_use: bool,
) -> bool:
    """Whether the request would await the staff rather than be confirmed at once."""
    places, things = asked.places_in(form), asked.things_in(form)
    units = units_with(places, things)
    if all(asked.actor.may(Action.DECIDE_RESERVATION, unit) for unit in units):
        return False
    tables = timetables(session, asked.city, places, request.period, asked.now)
    around = [Circumstances(table, Organiser()) for table in tables.values()]
    by_loans = need_approval(request, loan_policies(things, asked.now))
    return by_loans or needs_approval(request, around, is_free_use)


def _outcome(
    organisation: Organisation | None, awaits_staff: bool, is_free_use: bool
) -> str | None:
    """What follows on sending; None where only the limits of automatic decisions will tell."""
    if is_free_use and organisation is not None and awaits_staff:
        return str(
            _(
                "Free of charge for %(organisation)s: the staff decide about it. The time is kept "
                "meanwhile.",
                organisation=organisation.name,
            )
        )
    if awaits_staff:
        return str(_("The staff decide about it. The time is kept for you meanwhile."))
    return None if is_free_use else str(_("It is confirmed at once."))


def _instead(
    session: Session, asked: Asked, request: ReservationRequest, broken: Sequence[RuleBroken]
) -> list[Alternative]:
    """Other spaces and times that would do, where only the time is in the way."""
    if not broken or not all(isinstance(rule, TIME_RULES) for rule in broken):
        return []
    if others := alternatives(session, request, broken, asked.now):
        return others
    add_next_possible(session, request, broken, asked.now)
    start = next((rule.next_possible for rule in broken if rule.next_possible), None)
    if start is None:
        return []
    return [Alternative(asked.place, Period(start, start + request.period.length))]


def _other(one: Alternative) -> dict[str, Any]:
    """Another that would do: what it is, and what its button writes into the form of that space."""
    return {
        "name": text_in(one.place.name),
        "unit": text_in(one.place.unit.name),
        "period": one.period,
        "action": url_for("reservations.request_reservation", slug=one.place.slug),
        "pick": pick_of(one.period),
    }
