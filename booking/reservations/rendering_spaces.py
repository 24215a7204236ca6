"""Spaces and sites as their pages show them: facts, plan, rules and terms in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.catalogue.pictures import wholes_above
from booking.catalogue.places import Catalogue, Place, Terms, UnitPlace
from booking.catalogue.rules import Policy, TimeSpan
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.prices import Payer, hourly_price, price_note
from booking.reservations.words import ACCESS_NAMES, ALCOHOL_NAMES, TOPIC_NAMES
from booking.web.languages import text_in
from booking.web.words import length_in_words, money


def space_page(place: Place, city: Catalogue, payer: Payer, now: datetime) -> dict[str, Any]:
    """All that the page of a space says of it."""
    in_force = place.policy_at(now)
    policy = in_force.policy if in_force else None
    terms = city.terms_on(place.terms_slug(policy), local_date(now, city.zone)) if policy else None
    whole = whole_of(place, city)
    return {
        "name": text_in(place.name),
        "unit": unit_face(place.unit, city),
        "kind": text_in(place.kind.name),
        "description": text_in(place.description),
        "capacity": place.capacity,
        "capacity_is_found": place.capacity_is_found,
        "is_published": place.published,
        "is_assumed": place.evidence == "plausible",
        "plan": plan_parts(place, city),
        "whole": _link(whole, place),
        "combinations": [
            {"name": text_in(one.name), "url": url_for("spaces.show_space", slug=one.slug)}
            for one in (city.places[slug] for slug in whole.combinations)
            if one.slug != place.slug and one.published
        ],
        "members": [
            {"name": text_in(one.name), "url": url_for("spaces.show_space", slug=one.slug)}
            for one in (city.places[slug] for slug in place.members)
        ],
        "equipment": [equipment_text(text_in(p.name), p.quantity) for p in place.equipment],
        "equipment_is_assumed": city.basis.get("equipment") == "assumed",
        "accessibility": [text_in(feature.name) for feature in place.accessibility],
        "rules": rules_in_words(policy, place) if policy else [],
        "terms": terms_face(terms),
        "price": hourly_price(place, city, payer, local_date(now, city.zone)),
        "price_note": price_note(place, payer),
        "price_cap": price_cap(place, city, payer, local_date(now, city.zone)),
        "price_is_demo": place.price_list.is_demo,
        "takes_series": policy is not None and policy.series.allowed,
        "access": _(ACCESS_NAMES[place.access(policy)]) if policy else None,
        "path": [
            {"name": text_in(one.name), "url": url_for("spaces.show_space", slug=one.slug)}
            for one in reversed(wholes_above(city, place)[1:])
        ],
        "can_book": may_be_asked_for(place, now),
        "feed_url": f"/calendars/spaces/{place.slug}.ics",
        "area_m2": place.area_m2,
    }


def price_cap(place: Place, city: Catalogue, payer: Payer, day: date) -> str | None:
    """What a day costs the payer at most; None where it costs nothing, or every hour is paid."""
    row = place.price_list.row_on(day)
    if row is None or row.day_cap_hours >= 24:
        return None
    cents = round(row.hourly_cents * row.day_cap_hours * place.price_share * payer.group.share)
    if not cents:
        return None
    price = money(cents, city.currency)
    if payer.group.vat_added:
        return str(_("%(price)s a day at most, and VAT", price=price))
    return str(_("%(price)s a day at most", price=price))


def terms_face(terms: Terms | None) -> dict[str, Any] | None:
    """A text of terms, point by point, in the reader's language."""
    if terms is None:
        return None
    return {
        "title": text_in(terms.title),
        "version": terms.version,
        "points": [(_topic(point), text_in(point)) for point in terms.points],
    }


def _topic(point: Mapping[str, str]) -> str:
    name = TOPIC_NAMES[point["topic"]]
    return str(_(name))


def _link(whole: Place, place: Place) -> dict[str, str] | None:
    if whole is place:
        return None
    return {"name": text_in(whole.name), "url": url_for("spaces.show_space", slug=whole.slug)}


def equipment_text(name: str, quantity: int | None) -> str:
    """A piece of equipment, with how many there are where that is counted."""
    if quantity is None:
        return name
    return str(_("%(name)s, %(quantity)s pieces", name=name, quantity=quantity))


def rules_in_words(policy: Policy, place: Place) -> list[tuple[str, str]]:
    """The rules of booking the space, each as a term and what it means here."""
    return [
        (_("Confirmation"), _approval(policy)),
        (_("Who may book"), _who(policy)),
        (
            _("Length"),
            _(
                "From %(shortest)s to %(longest)s",
                shortest=length_in_words(policy.shortest),
                longest=length_in_words(policy.longest),
            ),
        ),
        (
            _("Starts"),
            _(
                "Every %(interval)s from the opening",
                interval=length_in_words(policy.start_interval),
            ),
        ),
        (_("Book at the latest"), _span_before(policy.notice)),
        (
            _("Book at the earliest"),
            ngettext("%(num)s day ahead", "%(num)s days ahead", policy.horizon_days),
        ),
        (_("Cancel free of charge at the latest"), _span_before(policy.cancel_before)),
        (
            _("Most bookings at the same time"),
            ngettext("%(num)s booking", "%(num)s bookings", policy.quota.active),
        ),
        (_("Getting in"), _(ACCESS_NAMES[place.access(policy)])),
        (_("Alcohol"), _(ALCOHOL_NAMES[policy.alcohol])),
    ]


def _approval(policy: Policy) -> str:
    if policy.approval == "staff":
        return str(_("The staff approve each booking."))
    if policy.staff_review_from_persons:
        return str(
            _(
                "At once; from %(people)s people on the staff approve.",
                people=policy.staff_review_from_persons,
            )
        )
    return str(_("At once, unless the use is free of charge."))


def _who(policy: Policy) -> str:
    names = {
        "anyone": _("Everyone who is signed in"),
        "association": _("Associations that the city has verified"),
        "staff": _("The city's staff"),
    }
    return str(names[policy.who_may_book])


def _span_before(span: TimeSpan) -> str:
    if not (span.days or span.hours):
        return str(_("Before it starts"))
    length = timedelta(days=span.days or 0, hours=span.hours or 0)
    return str(_("%(time)s before it starts", time=length_in_words(length)))


def unit_face(unit: UnitPlace, city: Catalogue) -> dict[str, Any]:
    """What a space's page says of its site."""
    return {
        "name": text_in(unit.name),
        "url": url_for("spaces.show_unit", slug=unit.slug),
        "address": unit.address(city.town),
        "district": text_in(unit.district.name),
        "location_is_exact": unit.location_is_exact,
        "latitude": unit.latitude,
        "longitude": unit.longitude,
        "contact": text_in(unit.contact.name),
        "contact_email": unit.contact_email,
        "accessibility_verified": unit.accessibility_verified,
    }


def unit_page(
    unit: UnitPlace,
    city: Catalogue,
    payer: Payer,
    now: datetime,
    free: Mapping[str, Period | None],
) -> dict[str, Any]:
    """All that the page of a site says, its published spaces in the order of the catalogue, each
    with when it is free next."""
    return unit_face(unit, city) | {
        "description": text_in(unit.description),
        "is_published": unit.published,
        "feed_url": f"/calendars/units/{unit.slug}.ics",
        "spaces": [
            {
                "name": text_in(place.name),
                "kind": text_in(place.kind.name),
                "capacity": place.capacity,
                "capacity_is_found": place.capacity_is_found,
                "url": url_for("spaces.show_space", slug=place.slug),
                "id": place.id,
                "depth": len(wholes_above(city, place)) - 1,
                "plan": plan_parts(place, city),
                "next_free": free.get(place.slug),
                "reserve_url": _reserve_url(place, free.get(place.slug), now),
                "price": hourly_price(place, city, payer, local_date(now, city.zone)),
            }
            for place in city.places_of(unit)
            if place.published
        ],
    }


def may_be_asked_for(place: Place, now: datetime) -> bool:
    """Whether residents can ask for it: it is published, and not for the staff alone."""
    in_force = place.policy_at(now)
    return place.published and in_force is not None and in_force.policy.who_may_book != "staff"


def _reserve_url(place: Place, free: Period | None, now: datetime) -> str | None:
    return request_url(place, free) if free and may_be_asked_for(place, now) else None


# ── The plan of a space and its parts ─────────────────────────────────────────────────────────


def plan_parts(place: Place, city: Catalogue) -> list[dict[str, Any]]:
    """The sections of the whole that the space belongs to, by their share; its own are marked."""
    whole = whole_of(place, city)
    return [
        {
            "slug": part.slug,
            "name": text_in(part.name),
            "share": float(part.price_share),
            "url": url_for("spaces.show_space", slug=part.slug),
            "is_current": place.parts >= part.parts,
        }
        for part in (city.places[slug] for slug in whole.children)
    ]


def whole_of(place: Place, city: Catalogue) -> Place:
    """The nearest space with sections: the space itself, or the one it is a section of."""
    if place.children or place.parent_slug is None:
        return place
    return city.places[place.parent_slug]
