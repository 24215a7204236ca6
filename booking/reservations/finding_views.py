"""Finding a space: search; the pages of spaces and sites are in `space_views`."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.reservations import (
    rendering_need,
    rendering_search,
)
from booking.reservations.prices import payer_of
from booking.reservations.search import PAGE, faults_of_place, find_spaces, origin_of
from booking.reservations.search_near import loosenings, near_misses
from booking.reservations.search_need import Search
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
    verified = rendering_search.all_only_verified(found.hits, now)
    asking = rendering_search.Asking(city, search, payer, now, origin, numbers, verified)
    return render_template(
        "spaces/search.html",
        search=search,
        need=rendering_need.need_of(search, (*found.faults, *faults_of_place(city, search))),
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
        all_only_verified=verified,
    )
