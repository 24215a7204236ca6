"""Finding a space: search; the pages of spaces and sites are in `space_views`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.reservations import rendering_search
from booking.reservations.prices import payer_of
from booking.reservations.search import PAGE, Hit, Search, find_spaces
from booking.web.session import db

blueprint = Blueprint("spaces", __name__)


@blueprint.get("/<lang:lang>/spaces")
@access.public
def search_spaces(lang: str) -> ResponseReturnValue:
    """The spaces that fit the need in the address, with their free time and their price."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    search = Search.of(request.args)
    page = max(request.args.get("page", 1, int), 1)
    found = find_spaces(session, city, search, page, now)
    payer = payer_of(session, city, access.current_actor())

    def row(hit: Hit) -> dict[str, Any]:
        return rendering_search.result_row(hit, city, search, payer, now)

    return render_template(
        "spaces/search.html",
        search=search,
        need=rendering_search.need_of(search),
        loosen=rendering_search.loosening(search) if not found.count else [],
        rows=[row(hit) for hit in found.hits],
        near_misses=[row(hit) for hit in found.near_misses],
        count=found.count,
        busy_count=found.busy,
        page=page,
        pages=-(-found.count // PAGE),
        page_url=lambda number: url_for(
            ".search_spaces", **{**request.args.to_dict(flat=False), "page": number}
        ),
        choices=rendering_search.search_choices(city),
    )
