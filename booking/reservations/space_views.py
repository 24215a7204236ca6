"""The pages of a space and of a site: whether it is free, its calendar, its plan, the way there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import segno
from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from booking.accounts import access
from booking.catalogue.pictures import first_pictures, pictures_around, pictures_of
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue, may_see_place, may_see_unit
from booking.core import clock
from booking.core.actors import Action
from booking.core.periods import Period
from booking.reservations import rendering_first, rendering_spaces, rendering_weeks
from booking.reservations.availability import Timetable
from booking.reservations.finding_views import blueprint
from booking.reservations.month import first_of_month, weeks_of_month
from booking.reservations.picking import choices_of, pick
from booking.reservations.prices import Payer, payer_of
from booking.reservations.rendering_map import unit_map
from booking.reservations.rendering_plans import Shown, pick_answer, plan_board
from booking.reservations.rendering_spaces import whole_of
from booking.reservations.rendering_weeks import Links
from booking.reservations.search import Search, coming_weeks, next_free
from booking.reservations.timetables import timetables
from booking.reservations.week import DAYS, monday_of, week_of
from booking.web.fields import read_day, read_or_none
from booking.web.languages import LANGUAGES, current_language, text_in
from booking.web.session import db

__all__ = ["blueprint"]

KEPT = ("date", "start", "end", "people")
"""What the search knew goes along from page to page."""

REACH = timedelta(days=1500)
"""The calendar is turned so far at most, either way."""


@blueprint.get("/<lang:lang>/spaces/<slug>")
@access.public
def show_space(lang: str, slug: str) -> ResponseReturnValue:
    """One space: whether it is free, its calendar of free and taken time, its plan, its facts."""
    page = _Page.of(slug)
    place, city, shown = page.place, page.city, page.shown
    source, pictures = pictures_around(db.session(), city, place)
    table = page.tables.get(slug)
    return render_template(
        "spaces/space.html",
        place=place,
        space=rendering_spaces.space_page(place, city, shown.payer, page.now),
        answer=page.answer(table, shown.payer) if table else None,
        calendar=page.calendar(),
        board=plan_board(place, shown, page.links),
        pictures=pictures,
        pictures_of=None if source is place else text_in(source.name),
        feed=_feed(f"/calendars/spaces/{slug}.ics"),
        code=qr_code(_short_address(slug)),
        site_map=unit_map(place.unit, city) | {"address": ""},
        **_ways_on(place),
    )


@blueprint.get("/<lang:lang>/spaces/<slug>/pick")
@access.public
def pick_sections(lang: str, slug: str) -> ResponseReturnValue:
    """Lead to the space that is exactly the picked sections, or say what would do instead."""
    page = _Page.of(slug)
    whole = whole_of(page.place, page.city)
    if not whole.children:
        abort(404)
    picked = request.args.getlist("section")
    found = pick(whole, page.city, picked)
    if found.as_one is not None:
        return redirect(Links(found.as_one.slug, page.links.kept).page() + "#plan")
    shown = page.shown
    return render_template(
        "spaces/pick.html",
        name=text_in(whole.name),
        url=page.links.page(),
        picked=pick_answer(found, whole, shown, page.links) if found.sections else None,
        board=plan_board(page.place, shown, page.links, picked),
    )


@blueprint.get("/<lang:lang>/spaces/<slug>/sign")
@access.public
def show_sign(lang: str, slug: str) -> ResponseReturnValue:
    """A sign for the door, to be printed: the name, a code that leads here, and how to book."""
    city = get_catalogue(db.session())
    place = _visible(city, slug)
    address = _short_address(slug)
    return render_template(
        "spaces/sign.html",
        names=[(one, text_in(place.name, one)) for one in city.languages if one in LANGUAGES],
        unit=text_in(place.unit.name, city.default_language),
        languages=[one for one in city.languages if one in LANGUAGES],
        code=qr_code(address),
        address=address.partition("://")[2],
        url=url_for("spaces.show_space", slug=slug),
    )


@blueprint.get("/spaces/<slug>")
@access.public
def show_in_own_language(slug: str) -> ResponseReturnValue:
    """The short address that a sign at the door bears: the page in the language one prefers."""
    answer = redirect(url_for("spaces.show_space", lang=current_language(), slug=slug))
    answer.vary.add("Accept-Language")
    return answer


@blueprint.get("/<lang:lang>/units/<slug>")
@access.public
def show_unit(lang: str, slug: str) -> ResponseReturnValue:
    """One site: its spaces with their price and next free time, where it is, whom to ask."""
    session, now, actor = db.session(), clock.now(), access.current_actor()
    city = get_catalogue(session)
    unit = city.units.get(slug)
    if unit is None or not may_see_unit(actor, unit):
        abort(404)
    places = [one for one in city.places_of(unit) if one.published]
    window = coming_weeks(places, now, city.zone)
    tables = timetables(session, city, places, window, now)
    free = {one.slug: _free(tables.get(one.slug), window) for one in places}
    payer = payer_of(session, city, actor)
    return render_template(
        "spaces/unit.html",
        unit=rendering_spaces.unit_page(unit, city, payer, now, free),
        pictures=pictures_of(session, unit),
        faces=first_pictures(session, places),
        feed=_feed(f"/calendars/units/{slug}.ics"),
        site_map=unit_map(unit, city) | {"address": ""},
        pictures_url=url_for("catalogue.show_pictures", of="units", slug=slug)
        if actor.may(Action.EDIT_CATALOGUE, unit.id)
        else None,
    )


# ── What the page of a space knows ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Page:
    """What the address asks of a space, and all timetables that its page needs, read at once.

    The calendar shows the week or month from `first`; the next free time is looked for in
    `coming`.
    """

    city: Catalogue
    place: Place
    search: Search
    links: Links
    now: datetime
    coming: Period
    first: date
    is_month: bool
    tables: Mapping[str, Timetable]

    @classmethod
    def of(cls, slug: str) -> _Page:
        """The page of the address. Aborts with 404 for a space that the visitor can't know of."""
        session, now = db.session(), clock.now()
        city = get_catalogue(session)
        place = _visible(city, slug)
        search, today = Search.of(request.args), clock.local_date(now, city.zone)
        is_month = request.args.get("view") == "month"
        asked = (_month_asked(today) if is_month else _day_asked(today)) or _in_reach(
            search.day, today
        )
        places = {place, *choices_of(whole_of(place, city), city)}
        coming = coming_weeks(places, now, city.zone)
        tables = timetables(
            session,
            city,
            places,
            _windows(city, search, coming, now, asked, is_month),
            now,
            people=search.criteria.people,
        )
        shown = asked or _day_of_next(tables.get(slug), coming, today)
        return cls(
            city=city,
            place=place,
            search=search,
            links=Links(slug, _kept(), search.criteria.people),
            now=now,
            coming=coming,
            first=first_of_month(shown) if is_month else monday_of(shown),
            is_month=is_month,
            tables=tables,
        )

    @property
    def today(self) -> date:
        return clock.local_date(self.now, self.city.zone)

    @property
    def shown(self) -> Shown:
        """What the plan is looked at with: on the day in the address, else on that of the next
        free time."""
        payer = payer_of(db.session(), self.city, access.current_actor())
        day = (
            _in_reach(self.search.day, self.today)
            or _day_asked(self.today)
            or _day_of_next(self.tables.get(self.place.slug), self.coming, self.today)
        )
        return Shown(self.city, payer, self.tables, self.coming, day, self.now)

    def answer(self, table: Timetable, payer: Payer) -> dict[str, Any]:
        """The answer first. Where nothing is free in the coming weeks it is looked for as far ahead
        as anybody may book: some places are open in summer only."""
        told = rendering_first.answer(table, self.search, self.coming, self.city, payer)
        if not told["times"] and table.schedule.bookable is not None:
            far = Period(self.now, table.schedule.bookable.ends_at)
            tables = timetables(db.session(), self.city, [self.place], far, self.now)
            told["times"] = rendering_first.time_rows(tables[self.place.slug], self.search, far)
        return told

    def calendar(self) -> dict[str, Any] | None:
        """The week or month as its table shows it; None of a space that has no policy in force."""
        table = self.tables.get(self.place.slug)
        if table is None:
            return None
        actor = access.current_actor()
        days = _days_of(self.first, self.city, self.is_month)
        taking = rendering_weeks.entries(db.session(), self.city, self.place, days, actor, self.now)
        if self.is_month:
            shown = rendering_weeks.month_table(table, self.first, self.today, taking, self.links)
            return {"month": shown}
        week = week_of(table, self.first, self.today, taking)
        return {"week": rendering_weeks.week_table(self.place, week, self.today, self.links)}


def _windows(
    city: Catalogue,
    search: Search,
    coming: Period,
    now: datetime,
    asked: date | None,
    is_month: bool,
) -> list[Period]:
    """All time that the page looks at: the coming weeks, whole ones, what the address asks for,
    and what the calendar is turned to."""
    today = clock.local_date(now, city.zone)
    week = timedelta(days=DAYS)
    windows = [Period(city.days(monday_of(today), today).starts_at, coming.ends_at + week)]
    if asked or is_month:
        shown = asked or today
        first = first_of_month(shown) if is_month else monday_of(shown)
        windows.append(_days_of(first, city, is_month))
    if search.day:
        windows.append(search.window(now, city.zone))
    return windows


def _days_of(first: date, city: Catalogue, is_month: bool) -> Period:
    """The days that the calendar shows: a week from Monday, or all weeks of a month."""
    if not is_month:
        return city.days(first, first + timedelta(days=DAYS - 1))
    weeks = weeks_of_month(first)
    return city.days(weeks[0][0], weeks[-1][-1])


def _visible(city: Catalogue, slug: str) -> Place:
    place = city.places.get(slug)
    if place is None or not may_see_place(access.current_actor(), place):
        abort(404)
    return place


def _kept() -> dict[str, str]:
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def _day_asked(today: date) -> date | None:
    """The day whose week the address turns to."""
    return _in_reach(read_or_none(read_day, request.args.get("week")), today)


def _month_asked(today: date) -> date | None:
    """A day of the month that the address turns to: "2027-02", or any day of it."""
    text = request.args.get("month", "")
    return _in_reach(read_or_none(read_day, f"{text}-01" if len(text) == 7 else text), today)


def _in_reach(day: date | None, today: date) -> date | None:
    """The day, if it lies within a few years."""
    return day if day and abs(day - today) < REACH else None


def _day_of_next(table: Timetable | None, coming: Period, today: date) -> date:
    """The day of the next free time, else today."""
    found = _free(table, coming)
    return clock.local_date(found.starts_at, table.zone) if table and found else today


def _free(table: Timetable | None, coming: Period) -> Period | None:
    found = next_free(table, coming.starts_at) if table else None
    return found if found and found.starts_at < coming.ends_at else None


# ── The ways on ───────────────────────────────────────────────────────────────────────────────


def _ways_on(place: Place) -> dict[str, str | None]:
    """Addresses that not everybody is shown, or that not every installation has."""
    may_edit = access.current_actor().may(Action.EDIT_CATALOGUE, place.unit.id)
    return {
        "pictures_url": url_for("catalogue.show_pictures", of="spaces", slug=place.slug)
        if may_edit
        else None,
        "reserve_url": url_for("reservations.show_request", slug=place.slug),
        "series_url": _address_if_there("series_wizard.show_wizard", slug=place.slug),
        "sign_url": url_for("spaces.show_sign", slug=place.slug),
    }


def _address_if_there(endpoint: str, **values: Any) -> str | None:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _address(path: str) -> str:
    """The path under the address by which everybody finds this installation."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}"


def _short_address(slug: str) -> str:
    """The address on the sign at the door."""
    return _address(url_for("spaces.show_in_own_language", slug=slug))


def _feed(path: str) -> dict[str, str]:
    """The calendar feed of a place: to subscribe to, and to fetch."""
    address = _address(f"{path}?lang={current_language()}")
    return {"https": address, "webcal": f"webcal://{address.partition('://')[2]}", "file": path}


def qr_code(text: str) -> Markup:
    """A code that a phone reads, drawn in the colour of the text around it."""
    code = segno.make(text, error="m", micro=False)
    drawn: str = code.svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass="qr-dark", dark="#000"
    )
    return Markup(drawn)
