"""Favourites: marked on a space's page, shown on Mine and at home with their next free time."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.places import Place
from booking.catalogue.queries import find_catalogue
from booking.core import clock
from booking.reservations.addresses import request_url
from booking.reservations.favourite_queries import favourites_of
from booking.reservations.favourite_use_cases import add_favourite, remove_favourite
from booking.reservations.search import coming_weeks, next_free
from booking.reservations.timetables import timetables
from booking.web.languages import text_in
from booking.web.session import db, transact

blueprint = Blueprint("favourites", __name__)

MOST_SHOWN = 12


@blueprint.post("/<lang:lang>/spaces/<slug>/favourite")
@access.signed_in
def add(lang: str, slug: str) -> ResponseReturnValue:
    """Mark the space."""
    transact(add_favourite, access.current_actor(), slug, clock.now())
    flash(_("It is among your favourites now, on the page of your bookings."))
    return redirect(url_for("spaces.show_space", slug=slug))


@blueprint.post("/<lang:lang>/spaces/<slug>/favourite/remove")
@access.signed_in
def remove(lang: str, slug: str) -> ResponseReturnValue:
    """Take the mark away."""
    transact(remove_favourite, access.current_actor(), slug)
    flash(_("It is not among your favourites any more."))
    if request.form.get("back") == "mine":
        return redirect(url_for("reservations.list_my_reservations"))
    return redirect(url_for("spaces.show_space", slug=slug))


@blueprint.app_template_global("is_my_favourite")
def is_my_favourite(slug: str) -> bool | None:
    """Whether the visitor has marked the space; None for a visitor who is not signed in."""
    if not access.current_actor().person_id:
        return None
    return any(place.slug == slug for place in _my_favourites())


@blueprint.app_template_global("my_favourites")
def my_favourites() -> list[dict[str, Any]]:
    """The visitor's favourites, each with its next free time: as many queries for all as for
    one, and none but the first where there are none."""
    places = _my_favourites()[:MOST_SHOWN]
    if not places:
        return []
    session, now = db.session(), clock.now()
    city = find_catalogue(session)
    assert city is not None, "there are places in it"
    tables = timetables(session, city, places, coming_weeks(places, now, city.zone), now)
    found = []
    for place in places:
        table = tables.get(place.slug)
        free, in_force = next_free(table, now) if table else None, place.policy_at(now)
        is_open = in_force is not None and in_force.policy.who_may_book != "staff"
        found.append(
            {
                "slug": place.slug,
                "name": text_in(place.name),
                "unit": text_in(place.unit.name),
                "url": url_for("spaces.show_space", slug=place.slug),
                "free": free,
                "reserve_url": request_url(place, free) if free and is_open else "",
            }
        )
    return found


def _my_favourites() -> list[Place]:
    """Asked once a request."""
    if "favourites" not in g:
        session = db.session()
        city = find_catalogue(session)
        g.favourites = favourites_of(session, access.current_actor(), city) if city else []
    found: list[Place] = g.favourites
    return found
