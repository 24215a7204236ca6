"""What an organisation has booked, month by month and year by year, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from booking.accounts import access
from booking.accounts.models import Organisation
from booking.accounts.organisation_use_cases import administered
from booking.accounts.organisation_views import frame_of
from booking.accounts.queries import get_organisation
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date
from booking.core.errors import N_, NotFound
from booking.reservations.models import Reservation
from booking.reservations.month import month_after
from booking.reservations.organisation_queries import (
    Deed,
    bookings_in,
    count_past,
    history_of,
    next_start,
    past_bookings,
    uses_of,
)
from booking.reservations.rendering import reservation_row
from booking.reservations.yearbook import by_year
from booking.web.session import db

blueprint = Blueprint("organisations", __name__)

PAGE = "/<lang:lang>/organisations/<slug>"
MOST_SHOWN = 40
FIRST_YEAR, LAST_YEAR = 2000, 2200

DEEDS = {
    "created": N_("registered the organisation"),
    "changed": N_("changed its details"),
    "asked": N_("asked for more before verifying it"),
    "refused": N_("did not accept it"),
    "answered": N_("answered the city's staff"),
    "verified": N_("verified it"),
    "name_made_public": N_("let the name be shown in public calendars"),
    "name_withdrawn": N_("took the name out of public calendars"),
    "invitation_wanted": N_("asked to be invited"),
    "member_invited": N_("invited somebody"),
    "invitation_repeated": N_("sent an invitation again"),
    "invitation_revoked": N_("revoked an invitation"),
    "hand_over_begun": N_("asked somebody to take over"),
    "handed_over": N_("took over the secretary's post"),
    "member_added": N_("added a member"),
    "member_role_changed": N_("changed a member's role"),
    "member_removed": N_("removed a member"),
}
"""What is done to an organisation, by the word in the audit trail."""
BY_ONESELF = {
    "member_added": N_("joined"),
    "member_role_changed": N_("changed their own role"),
    "member_removed": N_("left"),
}
"""The same, done to oneself."""
BOOKED = {
    "requested": N_("asked for a booking"),
    "confirmed": N_("confirmed a booking"),
    "denied": N_("denied a request"),
    "cancelled": N_("cancelled a booking"),
    "moved": N_("moved a booking"),
    "changed": N_("changed a booking"),
    "expired": N_("a booking expired"),
    "offered": N_("offered another place, as the space was closed"),
    "accepted": N_("accepted the other place"),
    "declined": N_("declined the other place"),
    "restored": N_("restored a booking"),
    "date_added": N_("added a date to a series"),
    "checked_in": N_("noted that the booking was used"),
    "no_show": N_("noted that nobody came"),
}
"""What is done to its bookings."""


# ── What it has booked ────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{PAGE}/bookings")
@access.signed_in
def show_bookings(lang: str, slug: str) -> ResponseReturnValue:
    """One month of its bookings, those that are over, and what each year came to."""
    session, now, organisation = db.session(), clock.now(), _mine(slug)
    city = get_catalogue(session)
    month, page = _month(city, organisation, now), _page()
    period = city.days(month, month_after(month) - timedelta(days=1))
    booked = bookings_in(session, organisation.id, period, now)
    total = count_past(session, organisation.id, now)
    over = past_bookings(session, organisation.id, now, (page - 1) * MOST_SHOWN, MOST_SHOWN)
    return render_template(
        "accounts/organisation_bookings.html",
        **frame_of(organisation),
        month=_month_in_words(month, "LLLL yyyy"),
        previous_month=_month_in_words(month - timedelta(days=1), "LLLL"),
        next_month=_month_in_words(month_after(month), "LLLL"),
        rows=[_row(one, city, now) for one in booked],
        calendar_url=url_for(
            "reservations.list_my_reservations", view="calendar", whose=slug, month=f"{month:%Y-%m}"
        ),
        previous_url=_month_url(slug, month - timedelta(days=1)),
        next_url=_month_url(slug, month_after(month)),
        past=[_row(one, city, now) for one in over],
        past_total=total,
        past_previous_url=_past_url(slug, page - 1) if page > 1 else None,
        past_next_url=_past_url(slug, page + 1) if page * MOST_SHOWN < total else None,
        years=[
            {
                "year": one.year,
                "uses": one.uses,
                "hours": _hours(one.length),
                "spaces": one.spaces,
            }
            for one in by_year(uses_of(session, organisation.id), city.zone)
        ],
    )


def _mine(slug: str) -> Organisation:
    """The organisation, for its members; staff see bookings at their sites."""
    actor = access.current_actor()
    organisation = get_organisation(db.session(), actor, slug)
    if organisation.id not in actor.organisations:
        raise NotFound()
    return organisation


def _row(reservation: Reservation, city: Catalogue, now: datetime) -> dict[str, Any]:
    who = reservation.booked_by
    return reservation_row(reservation, city, now) | {"booked_by": who.name if who else ""}


def _month(city: Catalogue, organisation: Organisation, now: datetime) -> date:
    """The first day of the month that is asked for, else of the next that has something."""
    asked = request.args.get("month", "")
    try:
        found = date.fromisoformat(f"{asked}-01")
    except ValueError:
        found = None
    if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
        return found
    following = next_start(db.session(), organisation.id, now)
    return local_date(following or now, city.zone).replace(day=1)


def _month_url(slug: str, day: date) -> str:
    return url_for(".show_bookings", slug=slug, month=f"{day:%Y-%m}")


def _month_in_words(day: date, pattern: str) -> str:
    words = format_date(day, pattern, locale=get_locale())
    return words[:1].upper() + words[1:]


def _page() -> int:
    asked = request.args.get("past", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _past_url(slug: str, page: int) -> str:
    asked = request.args.get("month")
    return url_for(
        ".show_bookings", slug=slug, month=asked, past=page if page > 1 else None, _anchor="past"
    )


def _hours(length: timedelta) -> str:
    return format_decimal(round(length / timedelta(hours=1), 1), locale=get_locale())


# ── Its history ───────────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{PAGE}/history")
@access.signed_in
def show_history(lang: str, slug: str) -> ResponseReturnValue:
    """Who did what to it and to its bookings, and when, across its secretaries."""
    organisation = administered(db.session(), access.current_actor(), slug)
    asked = request.args.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    deeds = history_of(db.session(), organisation.id, before, MOST_SHOWN + 1)
    shown = deeds[:MOST_SHOWN]
    older = url_for(".show_history", slug=slug, before=shown[-1].key) if deeds[MOST_SHOWN:] else ""
    return render_template(
        "accounts/organisation_history.html",
        **frame_of(organisation),
        deeds=_told(shown),
        older_url=older,
        is_first=before is None,
    )


def _told(deeds: Sequence[Deed]) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at,
            "who": one.by or (_("The city's staff") if one.by_staff else _("By itself")),
            "what": _what(one),
            "whom": one.whom if one.whom != one.by else "",
            "title": one.title or one.reference,
            "url": _url_of(one),
        }
        for one in deeds
    ]


def _what(deed: Deed) -> str:
    is_own = deed.whom != "" and deed.whom == deed.by
    of_it = deed.subject == Organisation.__tablename__
    sentences = {**DEEDS, **(BY_ONESELF if is_own else {})} if of_it else BOOKED
    words = sentences.get(deed.action)
    return str(_(words)) if words else deed.action


def _url_of(deed: Deed) -> str:
    if not deed.reference:
        return ""
    is_series = deed.subject == "series"
    endpoint = "series.show_series" if is_series else "reservations.show_reservation"
    return url_for(endpoint, reference=deed.reference)
