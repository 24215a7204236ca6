"""My reservations: the next thing first, as a list or as a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.accounts.models import Organisation
from booking.accounts.queries import organisations_of
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date, local_month
from booking.reservations.mine_queries import (
    ALL,
    Shown,
    Whose,
    my_entries,
    my_reservations_within,
)
from booking.reservations.rendering_mine import (
    entry_row,
    month_page,
    month_window,
    owners,
    tabs,
)
from booking.reservations.rendering_waiting import waiting_rows
from booking.reservations.request_views import blueprint
from booking.reservations.waiting_queries import my_wishes
from booking.web.fields import read_or_none
from booking.web.session import db

__all__ = ["blueprint"]

MOST_PAGES = 10_000


@blueprint.get("/<lang:lang>/reservations")
@access.signed_in
def list_my_reservations(lang: str) -> ResponseReturnValue:
    """My reservations and those of my organisations: a list, the next first, or a month."""
    actor = access.current_actor()
    organisations = organisations_of(db.session(), actor.person_id or 0)
    whose, slug = _whose(organisations)
    if request.args.get("view") == "calendar":
        return _month(whose, slug, organisations)
    return _list(whose, slug, organisations)


def _list(whose: Whose, slug: str, organisations: Sequence[Organisation]) -> ResponseReturnValue:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    city, shown, number = get_catalogue(session), _shown(), _page()
    wishes = my_wishes(session, actor, now)
    found = my_entries(
        session,
        actor,
        now,
        shown,
        whose,
        today=local_date(now, city.zone),
        page=number,
        but={one.reservation_id for one in wishes if one.reservation_id},  # they stand above
    )
    rows = [entry_row(one, city, now) for one in found.entries]
    is_first = shown is Shown.COMING and number == 1
    following = rows.pop(0) if rows and is_first else None
    kept = {"show": shown.value} if shown is not Shown.COMING else {}
    return render_template(
        "reservations/mine.html",
        following=following,
        wishes=waiting_rows(session, wishes, city, now) if is_first else [],
        rows=rows,
        month=None,
        shown=shown.value,
        previous_url=_page_url(number - 1) if number > 1 else None,
        next_url=_page_url(number + 1) if found.has_more else None,
        tabs=tabs(shown, "list", slug),
        owners=owners(organisations, slug, **kept),
    )


def _month(whose: Whose, slug: str, organisations: Sequence[Organisation]) -> ResponseReturnValue:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    city = get_catalogue(session)
    month = _month_of(city, now)
    found = my_reservations_within(session, actor, month_window(month, city), now, whose)
    kept = {"whose": slug} if slug else {}
    return render_template(
        "reservations/mine.html",
        following=None,
        wishes=[],
        rows=[],
        month=month_page(month, found, city, now, **kept),
        shown="",
        previous_url=None,
        next_url=None,
        tabs=tabs(Shown.COMING, "calendar", slug),
        owners=owners(organisations, slug, view="calendar", month=f"{month:%Y-%m}"),
    )


# ── What the address says ─────────────────────────────────────────────────────────────────────


def _whose(organisations: Sequence[Organisation]) -> tuple[Whose, str]:
    """Whose are asked for, and the word for it; all where the address names nobody I act for."""
    asked = request.args.get("whose", "")
    if asked == "me":
        return Whose(own=True), asked
    for one in organisations:
        if one.slug == asked:
            return Whose(organisation_id=one.id), asked
    return ALL, ""


def _shown() -> Shown:
    return read_or_none(Shown, request.args.get("show")) or Shown.COMING


def _page() -> int:
    number = read_or_none(int, request.args.get("page")) or 1
    return min(max(number, 1), MOST_PAGES)


def _month_of(city: Catalogue, now: datetime) -> date:
    """The month that the address names, else this one."""
    asked: date | None = read_or_none(_first_of_month, request.args.get("month"))
    if asked is None or not 2000 <= asked.year < 2100:
        return local_month(now, city.zone)
    return asked


def _first_of_month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _page_url(number: int) -> str:
    """This list on another page."""
    values: dict[str, Any] = {**request.args.to_dict(), "page": number}
    if number == 1:
        del values["page"]
    return url_for("reservations.list_my_reservations", **values)
