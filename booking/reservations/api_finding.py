"""Finding a space and its free time, over the API: the same answers as on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import request

from booking.accounts.api import api
from booking.catalogue.api import space_out, visible_place
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import N_, RuleBroken
from booking.core.periods import Period
from booking.reservations.api_finding_models import (
    AvailabilityQuery,
    AvailableSpace,
    AvailableSpaceList,
    SeriesDates,
    SpaceAvailability,
    SpaceList,
    SpaceQuery,
    Span,
    Window,
)
from booking.reservations.availability import busy_time
from booking.reservations.errors import EndBeforeStart
from booking.reservations.prices import payer_of
from booking.reservations.search import faults_of_place, find_spaces, fitting_spaces
from booking.reservations.search_need import Search
from booking.reservations.search_series import SeriesHit, find_for_series, find_for_time
from booking.reservations.timetables import timetables
from booking.web.api import current_actor
from booking.web.cursors import read_cursor, write_cursor
from booking.web.session import db

LONGEST_WINDOW = timedelta(days=400)


class WindowTooLong(RuleBroken):
    code = "too_long"
    message = N_("Ask for at most %(longest)s at a time.")
    about = "to"


@api.endpoint(
    "GET",
    "/spaces",
    summary="Search spaces",
    answers=SpaceList,
    query=SpaceQuery,
    tag="catalogue",
    needs_token=False,
)
def list_spaces(query: SpaceQuery) -> SpaceList:
    """The published spaces that fit, combinations among them; with a date, those free then."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    search = _search(city)
    payer = payer_of(session, city, current_actor())
    found = find_spaces(session, city, search, None, now, payer.group)
    if found.faults:
        raise found.faults[0]
    places = [hit.place for hit in found.hits]
    return _space_page(places, query.cursor, query.limit, city)


@api.endpoint(
    "GET",
    "/availability",
    summary="Spaces that can be booked at a time",
    answers=AvailableSpaceList,
    query=AvailabilityQuery,
    tag="reservations",
    needs_token=False,
)
def list_available_spaces(query: AvailabilityQuery) -> AvailableSpaceList:
    """The spaces that a resident could book for this very time, the best fit first; with `rrule`,
    those with at least one of the dates, the ones with most of them first."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    period = _window(query.starts_at, query.ends_at)
    search = _search(city)
    payer = payer_of(session, city, current_actor())
    places = fitting_spaces(city, search, now, payer.group).places
    if query.rrule is None:
        found = find_for_time(session, city, places, period, now, query.people)
        return _available([SeriesHit(place) for place in found], query, city)
    hits = find_for_series(session, city, places, period, query.rrule, now, query.people)
    return _available(hits, query, city)


def _available(
    hits: Sequence[SeriesHit], query: AvailabilityQuery, city: Catalogue
) -> AvailableSpaceList:
    """The part of what was found that a cursor and a limit ask for."""
    by_slug = {hit.place.slug: hit for hit in hits}
    page = _space_page([hit.place for hit in hits], query.cursor, query.limit, city)
    items = [
        AvailableSpace(**dict(one), dates=_dates(by_slug[one.slug]) if query.rrule else None)
        for one in page.items
    ]
    return AvailableSpaceList(items=items, next=page.next)


def _dates(hit: SeriesHit) -> SeriesDates:
    return SeriesDates(
        wanted=len(hit.had) + len(hit.missed), free=len(hit.had), not_free=list(hit.missed)
    )


@api.endpoint(
    "GET",
    "/spaces/<slug>/availability",
    summary="Free and busy time of a space",
    answers=SpaceAvailability,
    query=Window,
    tag="reservations",
    needs_token=False,
    errors=(404,),
)
def show_availability(slug: str, query: Window) -> SpaceAvailability:
    """Free time as for a signed-out resident, and what is taken, within the window."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    place = visible_place(city, slug, current_actor())
    window = _window(query.from_, query.to)
    table = timetables(session, city, [place], window, now).get(slug)
    if table is None:
        return SpaceAvailability(free=[], busy=[])
    free = table.free_time(window) if place.published else []
    return SpaceAvailability(free=_spans(free), busy=_spans(busy_time(table.taken, window)))


def _search(city: Catalogue) -> Search:
    """The search in the address, as on the page. Raises the first thing that is wrong with it."""
    search = Search.of(request.args)
    for fault in (*search.faults, *faults_of_place(city, search)):
        raise fault
    return search


def _window(starts_at: datetime, ends_at: datetime) -> Period:
    """The time asked about. Raises `EndBeforeStart`, `WindowTooLong`."""
    if ends_at <= starts_at:
        raise EndBeforeStart()
    if ends_at - starts_at > LONGEST_WINDOW:
        raise WindowTooLong(longest=LONGEST_WINDOW)
    return Period(starts_at.astimezone(UTC), ends_at.astimezone(UTC))


def _spans(periods: Sequence[Period]) -> list[Span]:
    return [Span(starts_at=one.starts_at, ends_at=one.ends_at) for one in periods]


def _space_page(found: list[Place], cursor: str | None, limit: int, city: Catalogue) -> SpaceList:
    """The part of a list that a cursor and a limit ask for."""
    after = read_cursor(cursor, [str])
    slugs = [place.slug for place in found]
    first = slugs.index(after[0]) + 1 if after and after[0] in slugs else 0
    shown = found[first : first + limit]
    more = first + limit < len(found)
    now = clock.now()
    return SpaceList(
        items=[space_out(place, city, now) for place in shown],
        next=write_cursor(shown[-1].slug) if more and shown else None,
    )
