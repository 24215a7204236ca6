"""Finding a space: search, a space's own page with its week, a unit's page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.catalogue.finding import fitting
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action
from booking.core.periods import Period
from booking.reservations import rendering
from booking.reservations.queries import timetables
from booking.reservations.search import Search, free_on
from booking.reservations.week import monday_of, week_of
from booking.web.fields import read_day, read_or_none
from booking.web.session import db

blueprint = Blueprint("spaces", __name__)

PAGE = 20


@blueprint.get("/<lang:lang>/spaces")
@access.public
def search_spaces(lang: str) -> ResponseReturnValue:
    """The spaces that fit the need in the address, with their free time on its day."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    search = Search.of(request.args)
    found = fitting(city.published_places(), search.criteria)
    tables = timetables(session, city, found, search.window(now, city.zone), now)
    hits = [hit for place in found if (hit := free_on(place, tables, search, now, city.zone))]
    page = max(request.args.get("page", 1, int), 1)
    shown = hits[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "spaces/search.html",
        search=search,
        need=rendering.need_of(search),
        loosen=rendering.loosening(search) if not hits else [],
        rows=[rendering.result_row(hit, city, search) for hit in shown],
        count=len(hits),
        busy_count=len(found) - len(hits),
        page=page,
        pages=-(-len(hits) // PAGE),
        page_url=lambda number: url_for(
            ".search_spaces", **{**request.args.to_dict(flat=False), "page": number}
        ),
        choices=rendering.search_choices(city),
    )


@blueprint.get("/<lang:lang>/spaces/<slug>")
@access.public
def show_space(lang: str, slug: str) -> ResponseReturnValue:
    """One space: its week of free and taken time, its parts, rules and facts."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    place = city.places.get(slug)
    if place is None or not (place.published or actor.may(Action.SEE_RESERVATIONS, place.unit.id)):
        abort(404)
    today = clock.local_date(now, city.zone)
    monday = monday_of(_day_in_reach(request.args.get("week"), today))
    week, next_free = None, None
    window = clock.local_days(monday, monday + timedelta(days=6), city.zone)
    table = timetables(session, city, [place], window, now).get(slug)
    if table is not None:
        entries = rendering.entries(session, city, place, window, actor, now)
        week = rendering.week_table(place, week_of(table, monday, today, entries), today)
        next_free = _next_free(city, slug, now)
    return render_template(
        "spaces/space.html",
        place=place,
        space=rendering.space_page(place, city, actor, now),
        week=week,
        next_free=next_free,
    )


def _next_free(city: Catalogue, slug: str, now: datetime) -> Period | None:
    """The next time the shortest booking could have, within the coming weeks."""
    place = city.places[slug]
    window = Period(now, now + timedelta(days=30))
    table = timetables(db.session(), city, [place], window, now).get(slug)
    if table is None:
        return None
    length = max(table.policy.shortest, min(timedelta(hours=1), table.policy.longest))
    start = table.next_start(length, now)
    return Period(start, start + length) if start else None


def _day_in_reach(text: str | None, today: date) -> date:
    """The day that the address names, if it lies within a few years; else today."""
    day = read_or_none(read_day, text)
    return day if day and abs((day - today).days) < 1500 else today


@blueprint.get("/<lang:lang>/units/<slug>")
@access.public
def show_unit(lang: str, slug: str) -> ResponseReturnValue:
    """One site: where it is, whom to ask, and its spaces."""
    session, actor = db.session(), access.current_actor()
    city = get_catalogue(session)
    unit = city.units.get(slug)
    if unit is None or not (unit.published or actor.may(Action.SEE_RESERVATIONS, unit.id)):
        abort(404)
    return render_template("spaces/unit.html", unit=rendering.unit_page(unit, city, clock.now()))
