"""What the page of a request answers before it is sent: free or why not, price, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, Place, Terms
from booking.catalogue.rules import Policy
from booking.core.actors import Action, Actor
from booking.core.errors import RuleBroken
from booking.core.periods import Period
from booking.pricing.rules import PERSON_GROUP, Price, price_of
from booking.reservations.addresses import request_url
from booking.reservations.errors import FieldRequired, NotFree
from booking.reservations.forms import RequestForm
from booking.reservations.rules import (
    TIME_RULES,
    Circumstances,
    Organiser,
    ReservationRequest,
    needs_approval,
)
from booking.reservations.suggestions import Alternative, add_next_possible, alternatives
from booking.reservations.timetables import timetables
from booking.reservations.use_cases import judge
from booking.reservations.waiting_queries import waits_for
from booking.web.languages import text_in
from booking.web.words import in_words

ANSWERED = {"date", "start", "end", "people", "organisation", None}
"""The fields whose rules are told at once; the others wait until the form is sent."""


TIMELESS = {"title", "purpose", "people", "organisation", "message", "responsible_adult", "terms"}
"""The fields whose rules do not depend on when."""


@dataclass(frozen=True)
class Asked:
    """What a request's page is about: the space, its policy in force and terms, who asks, for
    whom they may."""

    city: Catalogue
    place: Place
    policy: Policy
    terms: Terms | None
    actor: Actor
    organisations: Sequence[Organisation]
    now: datetime

    def organisation_of(self, form: RequestForm) -> Organisation | None:
        """The organisation that the form names, of those the person acts for."""
        slug = form.organisation.data
        return next((one for one in self.organisations if one.slug == slug), None)


def answer_to(
    session: Session, form: RequestForm, asked: Asked, automatic_decisions: bool
) -> dict[str, Any] | None:
    """The answer to what stands in the form; None while it names no time."""
    request = form.request_so_far(asked.place, asked.city.zone)
    if request is None:
        return None
    broken = [
        rule
        for rule in judge(session, asked.actor, request, asked.now)
        if rule.field in ANSWERED and not isinstance(rule, FieldRequired)
    ]
    answer: dict[str, Any] = {"reasons": [{"message": in_words(rule)} for rule in broken]}
    if request.ends_at <= request.starts_at:
        return answer
    if {rule.code for rule in broken} == {NotFree.code}:
        answer["wait"] = _wait(session, form, asked, request)
    price = _price(form, asked, request)
    is_free_use = _is_free_use(asked.place, price)
    awaits_staff = _awaits_staff(session, asked, request, is_free_use and not automatic_decisions)
    return answer | {
        "period": request.period,
        "others": [_other(one) for one in _instead(session, asked, request, broken)],
        "price": price,
        "awaits_staff": awaits_staff,
        "outcome": _outcome(asked.organisation_of(form), awaits_staff, is_free_use),
    }


def rules_beside_faults(session: Session, form: RequestForm, asked: Asked) -> list[RuleBroken]:
    """The rules that a form with faults breaks as well, of fields that can be read.

    Where its time can't be, the rules are told that look at no time: they are judged for the
    coming hour.
    """
    so_far = form.request_so_far(asked.place, asked.city.zone, asked.terms)
    coming = Period(asked.now, asked.now + timedelta(hours=1))
    request = so_far or form.request_at(asked.place, coming, asked.terms)
    return [
        rule
        for rule in judge(session, asked.actor, request, asked.now)
        if (so_far or rule.field in TIMELESS) and not form.has_fault(rule.field)
    ]


def _wait(
    session: Session, form: RequestForm, asked: Asked, request: ReservationRequest
) -> dict[str, Any]:
    """How to wait for what is taken: what the form of it sends, or that they wait already."""
    organisation = asked.organisation_of(form)
    waits = waits_for(
        session,
        asked.actor,
        organisation.id if organisation else None,
        asked.place,
        request.period,
        asked.now,
    )
    return {"is_on": waits, "fields": form.sent_to_wait()}


def _price(form: RequestForm, asked: Asked, request: ReservationRequest) -> Price | None:
    organisation = asked.organisation_of(form)
    group = organisation.price_group if organisation else PERSON_GROUP
    return price_of(
        [asked.place],
        request.period,
        asked.city.price_groups[group],
        request.purpose,
        asked.city,
    )


def _is_free_use(place: Place, price: Price | None) -> bool:
    """Whether it is free by the organiser's group, which somebody decides; a space that costs
    nobody anything needs no decision."""
    return price is not None and not price.total_cents and not place.price_list.is_free_for_all


def _awaits_staff(
    session: Session, asked: Asked, request: ReservationRequest, is_free_use: bool
) -> bool:
    """Whether the request would await the staff rather than be confirmed at once."""
    if asked.actor.may(Action.DECIDE_RESERVATION, asked.place.unit.id):
        return False
    tables = timetables(session, asked.city, [asked.place], request.period, asked.now)
    around = [Circumstances(table, Organiser()) for table in tables.values()]
    return needs_approval(request, around, is_free_use)


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
    return {
        "name": text_in(one.place.name),
        "unit": text_in(one.place.unit.name),
        "period": one.period,
        "url": request_url(one.place, one.period),
    }
