"""The page of a request: free times of the day, more spaces, things to borrow, who books for whom,
the summary before the last button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.catalogue.places import Place
from booking.core.actors import Action
from booking.core.clock import local_day
from booking.core.periods import Period
from booking.reservations.addresses import pick_of
from booking.reservations.answers import Asked
from booking.reservations.booking_forms import BookingForm
from booking.reservations.free_times import free_of, starts_of
from booking.reservations.loan_rules import Loan
from booking.reservations.loans import loan_policies, loans_around
from booking.reservations.making import MOST_EXTENSIONS
from booking.reservations.rendering import price_lines
from booking.reservations.rendering_spaces import terms_face
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.timetables import timetables
from booking.web.languages import text_in
from booking.web.words import day_in_words, local_moment

MOST_FOUND = 8


def asks_of(form: BookingForm, asked: Asked) -> Mapping[str, Any]:
    """What must be filled in for all that is asked for: fields, terms, an adult; how many fit."""
    places, policies = asked.places_in(form), asked.policies_in(form)
    lent, terms = loan_policies(asked.things_in(form), asked.now), asked.terms_in(form)
    form.show_terms(terms)
    shown = {one.slug: one for one in terms if one is not None}
    adults = [one.requires_adult for one in policies] + [one.requires_adult for one in lent]
    approvals = {one.approval for one in policies} | {one.approval for one in lent}
    return {
        "required": set().union(*(one.required_fields for one in policies)),
        "requires_adult": any(adults),
        "may_span_closed_hours": any(one.may_span_closed_hours for one in policies),
        "capacity": sum(place.capacity for place in places),
        "terms": [terms_face(one) for one in shown.values()],
        "awaits_staff": "staff" in approvals,
    }


# ── When ──────────────────────────────────────────────────────────────────────────────────────


def day_of(session: Session, form: BookingForm, asked: Asked) -> Mapping[str, Any] | None:
    """The free time of the day in the form, and what could be booked on it; None without a day
    in reach."""
    day: date | None = form.date.data
    if day is None or abs((day - asked.now.date()).days) > 1500:
        return None
    window = local_day(day, asked.city.zone)
    hold = [asked.hold.id] if asked.standing is not None and asked.hold is not None else []
    found = timetables(
        session, asked.city, asked.places_in(form), window, asked.now, hold, form.people.data
    )
    tables = list(found.values())
    request = form.request_so_far(asked.place, asked.city.zone)
    wanted = request.period if request and request.ends_at > request.starts_at else None
    starts = starts_of(
        tables, window, wanted.length if wanted else None, wanted.starts_at if wanted else None
    )
    return {
        "day": day,
        "free": free_of(tables, window),
        "starts": [
            {"period": one, "pick": pick_of(one), "is_chosen": one == wanted} for one in starts
        ],
        "week_url": url_for("spaces.show_space", slug=asked.place.slug, week=day) + "#week",
    }


# ── What else ─────────────────────────────────────────────────────────────────────────────────


def more_spaces(form: BookingForm, asked: Asked) -> list[dict[str, Any]]:
    """The spaces that can be booked along: those chosen, those of the same site that share nothing
    with this one, and those of the name that was looked for."""
    chosen = set(form.more_spaces(asked.place))
    near = [one for one in asked.city.places_of(asked.place.unit) if _goes_with(one, asked.place)]
    found = _found(form.find.data or "", asked)
    listed = dict.fromkeys([*(asked.city.places[slug] for slug in chosen), *near, *found])
    return [
        {
            "slug": place.slug,
            "name": text_in(place.name),
            "unit": text_in(place.unit.name) if place.unit.id != asked.place.unit.id else "",
            "capacity": place.capacity,
            "is_chosen": place.slug in chosen,
        }
        for place in listed
    ]


def _goes_with(other: Place, place: Place) -> bool:
    return other.published and other.parts.isdisjoint(place.parts)


def _found(text: str, asked: Asked) -> list[Place]:
    """The published spaces of the city whose name, or whose site's, holds all the words."""
    words = text.casefold().split()
    if not words:
        return []

    def names(place: Place) -> str:
        return f"{text_in(place.name)} {text_in(place.unit.name)}".casefold()

    fit = (
        place
        for place in asked.city.published_places()
        if _goes_with(place, asked.place) and all(word in names(place) for word in words)
    )
    return [place for place, _number in zip(fit, range(MOST_FOUND), strict=False)]


def things_to_borrow(session: Session, form: BookingForm, asked: Asked) -> list[dict[str, Any]]:
    """The things on loan that may be borrowed: how many are free then, on which days they are
    picked up and brought back, where."""
    offered = {
        slug: thing
        for slug, thing in asked.city.loans.items()
        if (held := thing.policy_at(asked.now))
        and (held[1].who_may_book != "staff" or asked.may(Action.BOOK_AS_STAFF))
    }
    loans = {loan.thing.slug: loan for loan in _loans(session, form, asked, list(offered))}
    return [
        {
            "slug": slug,
            "name": text_in(thing.name),
            "typed": form.items.typed.get(slug, ""),
            "in_all": len(thing.pieces),
            "free": len(loans[slug].free) if slug in loans else None,
            "days": _days(loans[slug]) if slug in loans else "",
            "point": text_in(thing.pickup_point.name),
        }
        for slug, thing in offered.items()
    ]


def _loans(
    session: Session, form: BookingForm, asked: Asked, slugs: Sequence[str]
) -> Sequence[Loan]:
    """What stands for one piece of each, around the time in the form; nothing without a time."""
    request = form.request_so_far(asked.place, asked.city.zone)
    if request is None or request.ends_at <= request.starts_at or not slugs:
        return []
    one_of_each = ReservationRequest(
        spaces=request.spaces,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        items=tuple(LoanWish(slug, 1) for slug in slugs),
    )
    return loans_around(
        session,
        asked.city,
        asked.judged_as,
        one_of_each,
        asked.organisation_of(form),
        asked.now,
        asked.standing,
    )


def _days(loan: Loan) -> str:
    if loan.first == loan.last:
        return day_in_words(loan.first)
    return f"{day_in_words(loan.first)} – {day_in_words(loan.last)}"


# ── The hold, and the summary ─────────────────────────────────────────────────────────────────


def clock_of(asked: Asked) -> Mapping[str, Any] | None:
    """How the hold of the page stands: until when it keeps the time, or that it does no more."""
    hold = asked.hold
    if hold is None:
        return None
    return {
        "reference": hold.reference,
        "period": Period(hold.starts_at, hold.ends_at),
        "until": hold.held_until if asked.is_held else None,
        "now": asked.now,
        "may_extend": not hold.is_preliminary and hold.hold_extensions < MOST_EXTENSIONS,
    }


def summary_of(
    form: BookingForm,
    asked: Asked,
    answer: Mapping[str, Any] | None,
    things: Sequence[Mapping[str, Any]],
) -> Mapping[str, Any] | None:
    """What is sent by the last button, in short; None while no time is named."""
    if answer is None or "period" not in answer:
        return None
    price, city = answer["price"], asked.city
    group = city.price_groups[price.price_group] if price else None
    return {
        "spaces": [text_in(place.name) for place in asked.places_in(form)],
        "unit": text_in(asked.place.unit.name),
        "period": answer["period"],
        "for_whom": _for_whom(form, asked),
        "event": event.title if (event := asked.event_of(form)) else "",
        "because": answer["because"],
        "things": [
            f"{form.items.data[one['slug']]} × {one['name']}, {one['days']}, {one['point']}"
            for one in things
            if form.items.data.get(one["slug"])
        ],
        "price": price,
        "lines": price_lines(price.lines, city) if price else [],
        "group": text_in(group.name) if group else "",
        "percent": int(group.share * 100) if group else 0,
        "next": _next(form, asked, answer),
    }


def _for_whom(form: BookingForm, asked: Asked) -> str:
    organisation = asked.organisation_of(form)
    if form.is_for_others and not form.is_for_a_customer:
        return str(_("The city's own use"))
    names = [form.who_name.data or ""] if form.is_for_others else []
    if organisation is not None:
        names.append(organisation.name)
    return ", ".join(filter(None, names)) or ("" if form.is_for_others else str(_("For myself")))


def _next(form: BookingForm, asked: Asked, answer: Mapping[str, Any]) -> list[str]:
    """What happens once it is sent, sentence by sentence."""
    told = [answer["outcome"]] if answer["outcome"] else []
    limits = [
        one.cancel_before.last_moment(answer["period"].starts_at, asked.city.zone)
        for one in asked.policies_in(form)
    ]
    if limits and min(limits) > asked.now + timedelta(minutes=1):
        until = local_moment(min(limits))
        told.append(_("It can be cancelled free of charge until %(limit)s.", limit=until))
    if form.is_for_others:
        told.append(_mail_to_customer(form))
    return [str(one) for one in told]


def _mail_to_customer(form: BookingForm) -> str:
    if not form.is_for_a_customer:
        return str(_("Nobody gets a message about it."))
    if email := (form.who_email.data or "").strip():
        return str(_("The confirmation goes to %(email)s.", email=email))
    return str(_("Without an e-mail address nobody gets a message: read the booking number out."))
