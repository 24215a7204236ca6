"""Outside calendars over the API: the same use cases as the pages."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.calendars import collision_use_cases, polling
from booking.calendars import source_use_cases as use_cases
from booking.calendars.api_import_models import (
    MOST_SENT,
    ImportDetail,
    ImportIn,
    ImportList,
    ImportOut,
    SettlementIn,
    collisions_out,
    import_values,
)
from booking.calendars.models import CalendarSource
from booking.calendars.source_queries import collisions_of, get_source, held_by, list_sources
from booking.calendars.source_use_cases import Answer as Told
from booking.catalogue.places import Place
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Actor, Scope
from booking.core.errors import NotFound, RequestRefused, RuleBroken
from booking.reservations.api import refusal
from booking.reservations.api_changes import NothingIn
from booking.reservations.api_once import created
from booking.web.api import Answer, current_actor
from booking.web.cursors import LARGEST_KEY
from booking.web.session import db, transact

MOST_COLLISIONS = 200


@api.endpoint(
    "POST",
    "/imports",
    summary="Let a space read an outside calendar",
    answers=ImportOut,
    body=ImportIn,
    status=201,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404, 413),
    most_bytes=MOST_SENT,
)
def add_import(body: ImportIn) -> Answer | Response:
    """It is read at once. What can't be read is not added; an event that can't be is named in the
    report, and one that meets a reservation takes nothing before a person decides."""
    actor, now, wish = current_actor(), clock.now(), body.as_wish()

    def make(session: Session) -> tuple[ImportOut, dict[str, str]]:
        source = use_cases.add_source(session, actor, wish, answer, now)
        out = _out(session, source, now)
        return out, {"Location": out.links["self"]}

    try:
        place = use_cases.must_be_fit(db.session(), actor, wish)
        answer = _read(body, place, now)
        return created(ImportOut, actor, make, now)
    except (RequestRefused, RuleBroken) as error:
        return _refused(error)


def _read(body: ImportIn, place: Place, now: datetime) -> Told:
    """What stands at the address, or in the text."""
    zone = get_catalogue(db.session()).zone
    if body.text is not None:
        return Told(polling.read(body.text.encode(), zone, now, "text"))
    return polling.ask(body.url or "", zone, now)


def _refused(error: RequestRefused | RuleBroken) -> Response:
    """422; the address is the field `url` here."""
    broken = error.broken if isinstance(error, RequestRefused) else [error]
    for one in broken:
        one.field = "url" if one.field == "address" else one.field
    return refusal(None, RequestRefused(broken))


@api.endpoint(
    "GET",
    "/imports",
    summary="The outside calendars of the spaces that one may close",
    answers=ImportList,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403,),
)
def show_imports() -> ImportList:
    """All of them, those that wait for a person first."""
    session, now = db.session(), clock.now()
    sources, city = list_sources(session, current_actor()), get_catalogue(session)
    held = held_by(session, [one.id for one in sources], now)
    return ImportList(
        items=[
            ImportOut(
                **import_values(one, city.places_by_id[one.space_id].slug, held.get(one.id, 0))
            )
            for one in sources
        ],
        next=None,
    )


@api.endpoint(
    "GET",
    "/imports/<id>",
    summary="One outside calendar",
    answers=ImportDetail,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404),
)
def show_import(id: str) -> ImportDetail:
    """Its last report, and the events that meet reservations."""
    return _detail(current_actor(), _key(id))


@api.endpoint(
    "POST",
    "/imports/<id>/read",
    summary="Read it now",
    answers=ImportDetail,
    body=NothingIn,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def read_import(id: str, body: NothingIn) -> ImportDetail | Response:
    """Rather than within a quarter of an hour; 422 where it can't be read, and all stands."""
    return _taken(id, use_cases.take_answer)


@api.endpoint(
    "POST",
    "/imports/<id>/confirm",
    summary="Let go of what is gone from it",
    answers=ImportDetail,
    body=NothingIn,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def confirm_import(id: str, body: NothingIn) -> ImportDetail | Response:
    """Of a calendar that waits, since more than half of it is gone."""
    return _taken(id, use_cases.confirm_source)


@api.endpoint(
    "POST",
    "/imports/<id>/start",
    summary="Read it again",
    answers=ImportDetail,
    body=NothingIn,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def start_import(id: str, body: NothingIn) -> ImportDetail | Response:
    """What was stopped takes the space again."""
    return _taken(id, use_cases.start_source)


@api.endpoint(
    "POST",
    "/imports/<id>/stop",
    summary="Read it no more",
    answers=ImportDetail,
    body=NothingIn,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def stop_import(id: str, body: NothingIn) -> ImportDetail:
    """What it holds from now on becomes free."""
    transact(use_cases.stop_source, current_actor(), _key(id), clock.now())
    return _detail(current_actor(), _key(id))


@api.endpoint(
    "POST",
    "/imports/<id>/collisions/<collision>",
    summary="Decide between an event and the reservations that it meets",
    answers=ImportDetail,
    body=SettlementIn,
    tag="imports",
    scope=Scope.STAFF,
    errors=(403, 404, 409),
)
def settle_import_collision(id: str, collision: str, body: SettlementIn) -> ImportDetail | Response:
    """They stay, or are cancelled for the event with a reason."""
    actor, key = current_actor(), _key(id)
    try:
        transact(
            collision_use_cases.settle_collision,
            actor,
            _key(collision),
            body.keep,
            body.reason,
            clock.now(),
            of=key,
        )
    except RequestRefused as error:
        return refusal(None, error)
    return _detail(actor, key)


def _taken(id: str, use_case: polling.UseCase) -> ImportDetail | Response:
    actor, key = current_actor(), _key(id)
    try:
        polling.ask_for(actor, key, use_case, clock.now())
    except RuleBroken as error:
        return _refused(error)
    return _detail(actor, key)


def _detail(actor: Actor, key: int) -> ImportDetail:
    session, now = db.session(), clock.now()
    source, place = get_source(session, actor, key, get_catalogue(session))
    met = collisions_of(session, source, place, MOST_COLLISIONS)
    held = held_by(session, [source.id], now).get(source.id, 0)
    return ImportDetail(**import_values(source, place.slug, held), collisions=collisions_out(met))


def _out(session: Session, source: CalendarSource, now: datetime) -> ImportOut:
    place = get_catalogue(session).places_by_id[source.space_id]
    held = held_by(session, [source.id], now).get(source.id, 0)
    return ImportOut(**import_values(source, place.slug, held))


def _key(text: str) -> int:
    """The key that an address names. Raises `NotFound` for what can be none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_KEY):
        raise NotFound()
    return int(text)
