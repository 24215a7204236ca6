"""Finding a space: search, a space's own page with its week, a unit's page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue, may_see_place, may_see_unit
from booking.core import clock
from booking.core.periods import Period
from booking.reservations import (
    rendering_need,
    rendering_search,
    rendering_spaces,
    rendering_weeks,
)
from booking.reservations.addresses import request_url
from booking.reservations.prices import payer_of
from booking.reservations.search import PAGE, find_spaces, next_free, origin_of
from booking.reservations.search_near import loosenings, near_misses
from booking.reservations.search_need import Search, coming_weeks
from booking.reservations.timetables import timetables
from booking.reservations.week import monday_of, week_of
from booking.web.fields import read_day, read_or_none
from booking.web.session import db

blueprint = Blueprint("spaces", __name__)


@blueprint.get("/<lang:lang>/spaces")
@access.public
def search_spaces(lang: str) -> ResponseReturnValue:
    """The spaces that fit the need in the address, with their free time and their price.

    The need: `q` words, `people`, `date`, `start` and `end` (wall times). Of every week: `until`
    (the last day) and `weekday` (mon … sun, repeatable), from `date` on, else from today. Filters,
    repeatable: `kind`, `unit`, `district`, `equipment`, `accessible`; and `outdoor=1`, `free=1`
    (free of charge for whoever asks). Distances are from `at` (degrees: latitude,longitude), else
    from the middle of `near` (the slug of a site or a district). `sort` is `fit`, `nearest`,
    `cheapest` or `largest`.
    """
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    search = Search.of(request.args)
    page = max(request.args.get("page", 1, int), 1)
    payer = payer_of(session, city, access.current_actor())
    found = find_spaces(session, city, search, page, now, payer.group)
    near = near_misses(session, city, search, found, now, payer.group)
    loosen = loosenings(session, city, search, now, payer.group) if not found.count else []
    origin = origin_of(city, search)
    numbers = rendering_search.numbers_of(found.hits)
    asking = rendering_search.Asking(city, search, payer, now, origin, numbers)
    return render_template(
        "spaces/search.html",
        search=search,
        need=rendering_need.need_of(search, found.faults),
        unknown=found.fits.unknown,
        is_partial=found.fits.is_partial,
        loosen=rendering_need.loosened(loosen, city) if not found.count else [],
        rows=[rendering_search.result_row(hit, asking) for hit in found.hits],
        near_misses=[rendering_search.near_row(miss, asking) for miss in near],
        count=found.count,
        busy_count=found.busy,
        page=page,
        pages=-(-found.count // PAGE),
        page_url=lambda number: url_for(
            ".search_spaces", **{**request.args.to_dict(flat=False), "page": number}
        ),
        choices=rendering_need.search_choices(city),
        chosen=rendering_need.chosen_filters(city, search),
        orders=rendering_need.orders(search, origin),
        map=rendering_search.results_map(found.hits, asking),
        every_week=rendering_need.every_week(search, now, city),
    )


@blueprint.get("/<lang:lang>/spaces/<slug>")
@access.public
def show_space(lang: str, slug: str) -> ResponseReturnValue:
    """One space: its week of free and taken time, its parts, rules and facts."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    place = city.places.get(slug)
    if place is None or not may_see_place(actor, place):
        abort(404)
    today = clock.local_date(now, city.zone)
    free = _next_free(city, place, now)
    first_day = clock.local_date(free.starts_at, city.zone) if free else today
    monday = monday_of(_day_in_reach(request.args.get("week"), today) or first_day)
    week = None
    window = clock.local_days(monday, monday + timedelta(days=6), city.zone)
    table = timetables(session, city, [place], window, now).get(slug)
    if table is not None:
        entries = rendering_weeks.entries(session, city, place, window, actor, now)
        week = rendering_weeks.week_table(place, week_of(table, monday, today, entries), today)
    return render_template(
        "spaces/space.html",
        place=place,
        space=rendering_spaces.space_page(place, city, payer_of(session, city, actor), now),
        week=week,
        next_free=free,
        reserve_url=request_url(place, free)
        if free
        else url_for("reservations.show_request", slug=slug),
    )


def _next_free(city: Catalogue, place: Place, now: datetime) -> Period | None:
    window = coming_weeks([place], now, city.zone)
    table = timetables(db.session(), city, [place], window, now).get(place.slug)
    return next_free(table, now) if table else None


def _day_in_reach(text: str | None, today: date) -> date | None:
    """The day that the address names, if it lies within a few years."""
    day: date | None = read_or_none(read_day, text)
    return day if day and abs((day - today).days) < 1500 else None


@blueprint.get("/<lang:lang>/units/<slug>")
@access.public
def show_unit(lang: str, slug: str) -> ResponseReturnValue:
    """One site: where it is, whom to ask, and its spaces."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    unit = city.units.get(slug)
    if unit is None or not may_see_unit(actor, unit):
        abort(404)
    payer = payer_of(session, city, actor)
    return render_template(
        "spaces/unit.html", unit=rendering_spaces.unit_page(unit, city, payer, now)
    )
