"""Reservations and spaces as their pages show them: words, addresses, plans. Nothing is decided
here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place, Terms, UnitPlace
from booking.catalogue.rules import Policy, TimeSpan
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.pricing.rules import PERSON_GROUP
from booking.reservations.models import Reservation
from booking.reservations.queries import is_owner, places_of, reservations_around, state_at
from booking.reservations.search import Hit, Search
from booking.reservations.states import Kind, State
from booking.reservations.week import CLOSED, MINE, REQUESTED, TAKEN, Entry, Week
from booking.reservations.words import ACCESS_NAMES, ALCOHOL_NAMES, TOPIC_NAMES
from booking.web.languages import text_in
from booking.web.words import (
    day_in_words,
    length_in_words,
    local,
    local_day,
    local_time,
    money,
)


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen in a filter."""

    slug: str
    name: str


# ── Search ────────────────────────────────────────────────────────────────────────────────────


def search_choices(city: Catalogue) -> dict[str, list[Choice]]:
    """What the filters offer: only what some published space has, in the reader's alphabet."""
    places = list(city.published_places())
    used = {
        "kind": {place.kind.slug for place in places},
        "unit": {place.unit.slug for place in places},
        "district": {place.unit.district.slug for place in places},
        "equipment": {piece.slug for place in places for piece in place.equipment},
        "accessible": {feature.slug for place in places for feature in place.accessibility},
    }
    lists: dict[str, Iterable[Any]] = {
        "kind": city.kinds,
        "unit": city.units.values(),
        "district": city.districts,
        "equipment": city.equipment,
        "accessible": city.accessibility,
    }
    return {
        name: sorted(
            (Choice(one.slug, text_in(one.name)) for one in lists[name] if one.slug in used[name]),
            key=lambda choice: choice.name.casefold(),
        )
        for name in lists
    }


def result_row(hit: Hit, city: Catalogue, search: Search) -> dict[str, Any]:
    """One space found, as its row shows it."""
    place = hit.place
    when = _when(search, hit)
    return {
        "name": text_in(place.name),
        "unit_name": text_in(place.unit.name),
        "kind_name": text_in(place.kind.name),
        "capacity": place.capacity,
        "capacity_is_assumed": not place.capacity_is_found,
        "free_times": hit.free,
        "price_text": hourly_price(place, city, search.day),
        "price_note": None,
        "url": url_for("spaces.show_space", slug=place.slug, **week_of_search(search)),
        "reserve_url": url_for("reservations.show_request", slug=place.slug, **when),
        "plan": small_plan(place, city),
    }


def need_of(search: Search) -> dict[str, str | None]:
    """The need as it was given, for the need line to show again."""
    return {
        "q": search.criteria.q or None,
        "date": search.day.isoformat() if search.day else None,
        "start": clock_text(search.start) if search.start is not None else None,
        "end": clock_text(search.end) if search.end is not None else None,
        "people": str(search.criteria.people) if search.criteria.people else None,
    }


def loosening(search: Search) -> list[dict[str, str]]:
    """What one could ask less of, each with the address of that search."""
    need = {key: value for key, value in need_of(search).items() if value}
    words = {
        "q": _("Search without the words “%(words)s”", words=search.criteria.q),
        "people": _("Search for any number of people"),
        "start": _("Search the whole day"),
        "date": _("Search any day"),
    }
    without = {"start": {"start", "end"}, "date": {"date", "start", "end"}}
    found = []
    for key, text in words.items():
        if key in need:
            left: dict[str, Any] = {
                k: v for k, v in need.items() if k not in without.get(key, {key})
            }
            url = url_for("spaces.search_spaces", **left)
            found.append({"message": "", "suggestion": str(text), "url": url})
    return found or [
        {
            "message": "",
            "suggestion": str(_("See all spaces")),
            "url": url_for("spaces.search_spaces"),
        }
    ]


def week_of_search(search: Search) -> dict[str, Any]:
    return {"week": search.day.isoformat()} if search.day else {}


def _when(search: Search, hit: Hit) -> dict[str, Any]:
    """The time that the reserve page begins with: the one asked for, else the first free."""
    more = {"people": str(search.criteria.people)} if search.criteria.people else {}
    if search.day is not None and search.start is not None and search.end is not None:
        return more | {
            "date": search.day.isoformat(),
            "start": clock_text(search.start),
            "end": clock_text(search.end),
        }
    if hit.free:
        return more | {"date": local(hit.free[0].starts_at).date().isoformat()}
    return more


def clock_text(minutes: int) -> str:
    """Minutes after midnight as an address says them: "18:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hourly_price(place: Place, city: Catalogue, day: date | None = None) -> str:
    """What an hour costs a person; "Free of charge" where it costs nobody anything."""
    row = place.price_list.row_on(day) if day else (place.price_list.rows or (None,))[-1]
    if row is None:
        return str(_("The price has not been decided yet"))
    cents = round(row.hourly_cents * place.price_share * city.price_groups[PERSON_GROUP].share)
    if cents == 0:
        return str(_("Free of charge"))
    return str(_("%(price)s an hour", price=money(cents, city.currency)))


# ── The plan of a space and its parts ─────────────────────────────────────────────────────────


def plan_parts(place: Place, city: Catalogue) -> list[dict[str, Any]]:
    """The sections of the whole that the space belongs to, by their share; its own are marked."""
    whole = _whole_of(place, city)
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


def small_plan(place: Place, city: Catalogue) -> list[dict[str, Any]]:
    return plan_parts(place, city)


def _whole_of(place: Place, city: Catalogue) -> Place:
    """The nearest space with sections: the space itself, or the one it is a section of."""
    if place.children or place.parent_slug is None:
        return place
    return city.places[place.parent_slug]


# ── A space's page ────────────────────────────────────────────────────────────────────────────


def space_page(place: Place, city: Catalogue, actor: Actor, now: datetime) -> dict[str, Any]:
    """All that the page of a space says of it."""
    in_force = place.policy_at(now)
    policy = in_force.policy if in_force else None
    terms = city.terms_on(place.terms_slug(policy), local_date(now, city.zone)) if policy else None
    whole = _whole_of(place, city)
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
        "price": hourly_price(place, city, local_date(now, city.zone)),
        "price_is_demo": place.price_list.is_demo,
        "can_book": place.published and policy is not None and policy.who_may_book != "staff",
        "feed_url": f"/calendars/spaces/{place.slug}.ics",
        "area_m2": place.area_m2,
    }


def terms_face(terms: Terms | None) -> dict[str, Any] | None:
    """A text of terms, point by point, in the reader's language."""
    if terms is None:
        return None
    return {
        "title": text_in(terms.title),
        "version": terms.version,
        "points": [(_(TOPIC_NAMES[point["topic"]]), text_in(point)) for point in terms.points],
    }


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
        (_("Cancel free of charge"), _span_before(policy.cancel_before)),
        (_("Most at a time"), ngettext("%(num)s booking", "%(num)s bookings", policy.quota.active)),
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
    return str(_("At once, where a price is paid."))


def _who(policy: Policy) -> str:
    names = {
        "anyone": _("Everyone who is signed in"),
        "association": _("Associations that the city has verified"),
        "staff": _("The city's staff"),
    }
    return str(names[policy.who_may_book])


def _span_before(span: TimeSpan) -> str:
    if not (span.days or span.hours):
        return str(_("Until it starts"))
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


def unit_page(unit: UnitPlace, city: Catalogue, now: datetime) -> dict[str, Any]:
    """All that the page of a site says, its published spaces in the order of the catalogue."""
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
                "is_part": place.parent_slug is not None,
                "price": hourly_price(place, city, local_date(now, city.zone)),
            }
            for place in city.places_of(unit)
            if place.published
        ],
    }


# ── The week ──────────────────────────────────────────────────────────────────────────────────


def entries(
    session: Session, city: Catalogue, place: Place, window: Period, actor: Actor, now: datetime
) -> list[Entry]:
    """What takes the space within `window`; whose it is only for its owner and the staff."""
    sees_all = actor.may(Action.SEE_RESERVATIONS, place.unit.id)
    found = []
    for occupancy, reservation in reservations_around(session, place.parts, window, now):
        mine = is_owner(actor, reservation)
        found.append(
            Entry(
                Period(occupancy.starts_at, occupancy.ends_at),
                _entry_state(reservation, mine),
                reservation.reference if mine or sees_all else None,
            )
        )
    return found


def _entry_state(reservation: Reservation, mine: bool) -> str:
    if mine:
        return MINE
    if reservation.kind == Kind.CLOSURE:
        return CLOSED
    return TAKEN if reservation.state == State.CONFIRMED else REQUESTED


def week_table(place: Place, week: Week, today: date) -> dict[str, Any]:
    """The week for the table: each free cell leads to the form that asks for it."""
    first, last = week.days[0].day, week.days[-1].day

    def turned(days: int) -> str:
        monday = first + timedelta(days=days)
        return url_for("spaces.show_space", slug=place.slug, week=monday.isoformat())

    return {
        "title": _("%(first)s to %(last)s", first=day_in_words(first), last=day_in_words(last)),
        "previous_url": turned(-7) if first > today else None,
        "next_url": turned(7),
        "rows": [clock_text(minute) for minute in week.rows],
        "days": [
            {
                "day": day.day,
                "label": _short_day(day.day),
                "is_today": day.is_today,
                "cells": [_cell(place, cell) for cell in day.cells],
            }
            for day in week.days
        ],
    }


def _short_day(day: date) -> str:
    return day_in_words(day).replace(f".{day.year}", ".").replace(f" {day.year}", "")


def _cell(place: Place, cell: Any) -> dict[str, Any]:
    url = None
    if cell.state == "free":
        policy = place.policies[-1].policy
        length = max(policy.shortest, min(timedelta(hours=1), policy.longest))
        starts, ends = local(cell.starts_at), local(cell.starts_at + length)
        more: dict[str, Any] = (
            {} if ends.date() == starts.date() else {"end_date": ends.date().isoformat()}
        )
        url = url_for(
            "reservations.show_request",
            slug=place.slug,
            date=starts.date().isoformat(),
            start=f"{starts:%H:%M}",
            end=f"{ends:%H:%M}",
            **more,
        )
    elif cell.reference:
        url = url_for("reservations.show_reservation", reference=cell.reference)
    return {
        "state": cell.state,
        "starts_at": cell.starts_at,
        "ends_at": cell.ends_at,
        "rows": cell.rows,
        "url": url,
        "label": _(cell.reason),
    }


# ── Reservations ──────────────────────────────────────────────────────────────────────────────


def reservation_row(reservation: Reservation, city: Catalogue, now: datetime) -> dict[str, Any]:
    """A reservation as lists show it."""
    places = places_of(city, reservation)
    return {
        "reference": reservation.reference,
        "url": url_for("reservations.show_reservation", reference=reservation.reference),
        "title": reservation.title or _("Booking %(reference)s", reference=reservation.reference),
        "spaces": ", ".join(text_in(place.name) for place in places),
        "unit": text_in(places[0].unit.name) if places else "",
        "period": Period(reservation.starts_at, reservation.ends_at),
        "state": state_at(reservation, now),
        "organisation": reservation.organisation.name if reservation.organisation else "",
        "total_cents": reservation.total_cents,
        "people": reservation.people,
        "has_ended": reservation.ends_at <= now,
    }


def moment_in_words(instant: datetime) -> str:
    return f"{local_day(instant)} {local_time(instant)}"


def price_lines(lines: Sequence[Any], city: Catalogue) -> list[dict[str, Any]]:
    """Price lines in words: what was counted, at what price, with which VAT."""
    return [
        {
            "space": text_in(city.places_by_id[line.space_id].name),
            "hours": plain(line.hours),
            "unit_cents": line.unit_cents,
            "percent": int(line.share * 100),
            "vat": text_in(city.vat_names[line.vat_class]),
            "vat_percent": plain(line.vat_percent),
            "net_cents": line.net_cents,
            "vat_cents": line.vat_cents,
            "total_cents": line.total_cents,
        }
        for line in lines
    ]


def plain(number: Decimal) -> str:
    """A decimal without needless zeros and never with an exponent: "1.5", "30"."""
    return f"{number.normalize():f}"
