"""Calendars over HTTP: feeds public and secret, a reservation as a file, the page of my feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.accounts.queries import organisations_of
from booking.calendars import answering, deadlines, fragments, rendering, use_cases
from booking.calendars.forms import FeedForm
from booking.calendars.fragments import Content
from booking.calendars.ical import CalendarFacts, feed_text
from booking.calendars.queries import (
    FeedState,
    PrivateFeed,
    get_private_feed,
    get_space_feed,
    get_unit_feed,
    my_feeds,
    organisation_name,
)
from booking.calendars.rules import FeedKind, Wording
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import NotFound
from booking.reservations.event_duties import DUTIES_OF_EVENT
from booking.reservations.event_queries import own_events
from booking.reservations.queries import get_reservation
from booking.web.limits import limiter
from booking.web.session import db, transact, try_to_transact

blueprint = Blueprint("calendars", __name__)

Published = TypeVar("Published", Place, UnitPlace)

# Calendar programs try OPTIONS and PROPFIND first: an address that takes neither says so (405).
FEED = {"provide_automatic_options": False}
GOOGLE = "https://calendar.google.com/calendar/r?cid="
ROBOTS = "User-agent: *\nAllow: /calendars/\nDisallow: /api/\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A feed as somebody asks for it: as it stands, in which words, when."""

    state: FeedState
    wording: Wording
    now: datetime

    @classmethod
    def of(cls, state: FeedState) -> Asked:
        language = rendering.language_of(request.args.get("lang"), state.language)
        return cls(state, rendering.wording_in(language), clock.now())

    def version(self) -> answering.Version:
        """What a copy that somebody keeps is compared with."""
        return answering.Version(
            tag=self.state.tag(self.now, self.wording.digest),
            changed_at=self.state.last_modified(self.now),
            is_public=not isinstance(self.state, PrivateFeed),
        )


# ── Public feeds ──────────────────────────────────────────────────────────────────────────────


@blueprint.get("/calendars/spaces/<slug>.ics", **FEED)
@access.public
def show_space_feed(slug: str) -> ResponseReturnValue:
    """What takes a space, without names. A copy named by its tag is answered from one query."""
    asked = Asked.of(get_space_feed(db.session(), slug))
    version = asked.version()
    if version.is_named():
        return answering.unchanged(version)
    city = get_catalogue(db.session())
    place = _published(city.places.get(slug))
    if version.is_kept():
        return answering.unchanged(version)
    facts = rendering.space_calendar(city, place, asked.wording)
    return _whole(asked, city, facts, fragments.of_space(city, place, asked.now))


@blueprint.get("/calendars/units/<slug>.ics", **FEED)
@access.public
def show_unit_feed(slug: str) -> ResponseReturnValue:
    """What takes any space of a unit, without names."""
    asked = Asked.of(get_unit_feed(db.session(), slug))
    version = asked.version()
    if version.is_named():
        return answering.unchanged(version)
    city = get_catalogue(db.session())
    unit = _published(city.units.get(slug))
    if version.is_kept():
        return answering.unchanged(version)
    facts = rendering.unit_calendar(city, unit, asked.wording)
    return _whole(asked, city, facts, fragments.of_unit(city, unit, asked.now))


def _published(found: Published | None) -> Published:
    """What residents may know of; `NotFound` for the rest."""
    if found is None or not found.published:
        raise NotFound()
    return found


def _whole(
    asked: Asked,
    city: Catalogue,
    facts: CalendarFacts,
    content: Content,
    first: Sequence[bytes] = (),
) -> Response:
    """All of the feed, after what stands `first`; texts that had to be made are stored for the
    next reader."""
    events = fragments.events_of(db.session(), city, content, asked.wording)
    texts = [*first, *events.texts]
    texts = texts or [rendering.nothing_here(city, asked.state, asked.wording, asked.now)]
    answer = answering.whole(feed_text(facts, texts), asked.version())
    if events.fresh:
        try_to_transact(use_cases.store_fragments, events.fresh)
    return answer


# ── Secret addresses ──────────────────────────────────────────────────────────────────────────


@blueprint.get("/calendars/private/<secret>.ics", **FEED)
@access.public
def show_private_feed(secret: str) -> ResponseReturnValue:
    """What the feed's owner may see. Whoever has the address has the calendar.

    Of a revoked one a notice for 30 days, which clears the copies, then 410.
    """
    feed = get_private_feed(db.session(), secret)
    asked = Asked.of(feed)
    if feed.is_gone(asked.now):
        abort(HTTPStatus.GONE)
    answer = _private_answer(feed, asked)
    if use_cases.is_worth_noting(feed.last_used_at, asked.now):
        try_to_transact(use_cases.note_use, feed.id, asked.now)
    return answer


def _private_answer(feed: PrivateFeed, asked: Asked) -> Response:
    version = asked.version()
    if version.is_kept():
        return answering.unchanged(version)
    city = get_catalogue(db.session())
    organisation = organisation_name(db.session(), feed.organisation_id)
    facts = rendering.private_calendar(city, feed, organisation, asked.wording)
    if not feed.is_open:
        notice = rendering.withdrawn(city, feed, asked.wording, asked.now)
        return answering.whole(feed_text(facts, [notice]), version)
    content = fragments.of_private(city, feed, asked.now)
    if feed.kind is not FeedKind.EVENT:
        return _whole(asked, city, facts, content)
    duties_of = current_app.extensions[DUTIES_OF_EVENT]
    first = deadlines.texts_of(db.session(), city, feed, duties_of, asked.wording)
    if first is None:
        notice = rendering.event_cancelled(city, feed, asked.wording, asked.now)
        return answering.whole(feed_text(facts, [notice]), version)
    return _whole(asked, city, facts, content, first)


# ── One reservation ───────────────────────────────────────────────────────────────────────────


@blueprint.get("/calendars/reservations/<reference>.ics")
@access.signed_in
def show_reservation_file(reference: str) -> ResponseReturnValue:
    """One reservation to save in a calendar, for its owner and staff; asking changes nothing."""
    actor = access.current_actor()
    reservation = get_reservation(db.session(), actor, reference)
    city = get_catalogue(db.session())
    language = rendering.language_of(request.args.get("lang"), actor.language)
    wording = rendering.wording_in(language)
    event = fragments.event_of(reservation, city, wording, clock.now())
    text = rendering.reservation_file(city, event, wording)
    return answering.file(text, f"{reservation.reference}.ics")


# ── My calendars ──────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/calendars")
@access.signed_in
def show_my_calendars(lang: str) -> ResponseReturnValue:
    return _page(FeedForm())


@blueprint.post("/<lang:lang>/calendars")
@access.signed_in
@limiter.limit("30 per hour")
def create_feed(lang: str) -> ResponseReturnValue:
    """Answers with the page itself: the secret may stand nowhere on its way to another."""
    form, actor = FeedForm(), access.current_actor()
    _offer(form)
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    _feed, secret = transact(use_cases.create_feed, actor, form.wish(lang), clock.now())
    answer = Response(_page(FeedForm(formdata=None), secret))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<lang:lang>/calendars/<int:feed_id>/revoke")
@access.signed_in
def revoke_feed(lang: str, feed_id: int) -> ResponseReturnValue:
    transact(use_cases.revoke_feed, access.current_actor(), feed_id, clock.now())
    flash(_("The address is revoked. Calendars that use it will be emptied when they next look."))
    return redirect(url_for(".show_my_calendars", lang=lang))


@dataclass(frozen=True, slots=True)
class NewAddress:
    """A secret address, and the links by which calendar programs subscribe to it."""

    https: str
    webcal: str
    google: str

    @classmethod
    def of(cls, secret: str) -> NewAddress:
        address = f"{rendering.base_url()}/calendars/private/{secret}.ics"
        webcal = f"webcal://{address.partition('://')[2]}"
        return cls(address, webcal, f"{GOOGLE}{quote(webcal, safe='')}")


def _page(form: FeedForm, secret: str | None = None) -> str:
    person_id = access.current_actor().person_id or 0
    _offer(form)
    return render_template(
        "calendars/my_calendars.html",
        form=form,
        feeds=my_feeds(db.session(), person_id),
        address=NewAddress.of(secret) if secret else None,
    )


def _offer(form: FeedForm) -> None:
    """Let whoever asks choose among what is theirs."""
    actor = access.current_actor()
    organisations = organisations_of(db.session(), actor.person_id or 0)
    form.offer(organisations, own_events(db.session(), actor, clock.now()))


# ── Robots ────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/robots.txt")
@access.public
def show_robots() -> ResponseReturnValue:
    """Calendars must be open to robots: Google reads them as one, and obeys."""
    answer = Response(ROBOTS, mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
