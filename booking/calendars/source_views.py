"""The staff's pages of outside calendars: which there are, how each stands, what to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import SQLAlchemyError

from booking.accounts import access
from booking.calendars import collision_use_cases, polling
from booking.calendars import source_use_cases as use_cases
from booking.calendars.models import CalendarSource
from booking.calendars.source_errors import CalendarNotRead
from booking.calendars.source_forms import ChangeForm, SettlementForm, SourceForm, Spaces
from booking.calendars.source_queries import (
    Met,
    collisions_of,
    count_waiting,
    get_source,
    held_by,
    list_sources,
    undecided,
)
from booking.calendars.source_use_cases import SourceWish
from booking.calendars.source_words import remarked, standing
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.errors import Conflict, RequestRefused, RuleBroken
from booking.core.periods import Period
from booking.reservations.rendering import reservation_row
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.languages import text_in
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("outside_calendars", __name__)

MOST_SHOWN = 50
STAFF = "/<lang:lang>/staff/calendars"
ONE = f"{STAFF}/<int:source_id>"


@blueprint.app_context_processor
def _for_the_frame() -> dict[str, Any]:
    """What the menu of every page asks."""
    return {"waiting_calendars_count": waiting_calendars_count}


def waiting_calendars_count() -> int:
    """How much of outside calendars waits for the visitor."""
    try:
        return count_waiting(db.session(), access.current_actor())
    except SQLAlchemyError:  # the page that tells of a fault needs a frame too
        db.session.rollback()
        return 0


# ── All of them ───────────────────────────────────────────────────────────────────────────────


@blueprint.get(STAFF)
@access.staff
def show_sources(lang: str) -> ResponseReturnValue:
    """The outside calendars of the spaces that I may close, those that wait first."""
    session, now = db.session(), clock.now()
    sources = list_sources(session, access.current_actor())
    city, keys = get_catalogue(session), [one.id for one in sources]
    held, waiting = held_by(session, keys, now), undecided(session, keys)
    rows = [
        _face(one, city.places_by_id[one.space_id])
        | {"held": held.get(one.id, 0), "undecided": waiting.get(one.id, 0)}
        for one in sources
    ]
    return render_template("calendars/staff/sources.html", rows=rows)


def _face(source: CalendarSource, place: Place) -> dict[str, Any]:
    """A calendar as lists and its own page show it."""
    return {
        "id": source.id,
        "name": source.name,
        "space": text_in(place.name),
        "space_url": url_for("spaces.show_space", slug=place.slug),
        "site": text_in(place.unit.name),
        "state": source.state,
        "standing": standing(source),
        "read_at": source.read_at,
        "next_read_at": source.next_read_at if source.state != "stopped" else None,
        "is_file": source.address is None,
    }


# ── A new one ─────────────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{STAFF}/new")
@access.staff
def show_new_source(lang: str) -> ResponseReturnValue:
    return _new_page(_new_form())


@blueprint.post(f"{STAFF}/new")
@form_checks_token
@access.staff
def add_source(lang: str) -> ResponseReturnValue:
    """Read the calendar at once; one that can't be read is not added."""
    form, actor = _new_form(), access.current_actor()
    if not form.validate():
        return _new_page(form), form.status
    try:
        place = use_cases.must_be_fit(db.session(), actor, form.wish)
        now = clock.now()
        answer = polling.ask(form.wish.address, get_catalogue(db.session()).zone, now)
        source = transact(use_cases.add_source, actor, form.wish, answer, now)
    except (RequestRefused, RuleBroken) as error:
        form.refuse(error)
        return _new_page(form), status_of(error)
    flash(_("The calendar is added: %(space)s reads it from now on.", space=text_in(place.name)))
    return redirect(url_for(".show_source", source_id=source.id))


def _new_form() -> SourceForm:
    return SourceForm.for_spaces(spaces_of(access.current_actor(), get_catalogue(db.session())))


def _new_page(form: SourceForm) -> str:
    return render_template("calendars/staff/new_source.html", form=form)


def spaces_of(actor: Actor, city: Catalogue) -> Spaces:
    """The spaces that the actor may close, by site. Raises `NotAllowed` where there is none."""
    actor.must_anywhere(Action.CLOSE_SPACES)
    units = actor.units_where(Action.CLOSE_SPACES)
    found = [
        (place.slug, f"{text_in(unit.name)}: {text_in(place.name)}")
        for unit in city.units.values()
        if units is None or unit.id in units
        for place in city.places_of(unit)
    ]
    found.sort(key=lambda pair: pair[1].casefold())
    return found if len(found) == 1 else [("", _("Choose")), *found]


# ── One ───────────────────────────────────────────────────────────────────────────────────────


@blueprint.get(ONE)
@access.staff
def show_source(lang: str, source_id: int) -> ResponseReturnValue:
    return _page(source_id)


@blueprint.post(f"{ONE}/change")
@form_checks_token
@access.staff
def change_source(lang: str, source_id: int) -> ResponseReturnValue:
    """Another name; another address is read at once, and kept only if it can be."""
    source, place = _source(source_id)
    form, actor, now = (
        ChangeForm.of(source.name, source.address),
        access.current_actor(),
        clock.now(),
    )
    if not form.validate():
        return _page(source_id, form), form.status
    wish = SourceWish(place.slug, form.name.data or "", form.new_address)
    try:
        use_cases.must_be_fit(db.session(), actor, wish, source)
        answer = None
        if wish.address != (source.address or ""):
            answer = polling.ask(wish.address, get_catalogue(db.session()).zone, now)
        transact(use_cases.change_source, actor, source_id, wish, answer, now)
    except (RequestRefused, RuleBroken, Conflict) as error:
        form.refuse(error)
        return _page(source_id, form), status_of(error)
    flash(_("The change is saved."))
    return redirect(url_for(".show_source", source_id=source_id))


@blueprint.post(f"{ONE}/read")
@access.staff
def read_source(lang: str, source_id: int) -> ResponseReturnValue:
    """Read it now, in place of within a quarter of an hour."""
    return _taken(source_id, use_cases.take_answer, _("The calendar is read."))


@blueprint.post(f"{ONE}/confirm")
@access.staff
def confirm_source(lang: str, source_id: int) -> ResponseReturnValue:
    """Let go of what is gone from it."""
    return _taken(source_id, use_cases.confirm_source, _("What is gone from the calendar is free."))


@blueprint.post(f"{ONE}/start")
@access.staff
def start_source(lang: str, source_id: int) -> ResponseReturnValue:
    """Read again what was stopped."""
    return _taken(source_id, use_cases.start_source, _("The calendar is read again."))


@blueprint.post(f"{ONE}/stop")
@access.staff
def stop_source(lang: str, source_id: int) -> ResponseReturnValue:
    """Read it no more; what it holds from now on becomes free."""
    try:
        gone = transact(use_cases.stop_source, access.current_actor(), source_id, clock.now())
    except Conflict as error:
        flash(in_words(error), "error")
    else:
        told = ngettext("%(num)s time has become free.", "%(num)s times have become free.", gone)
        flash(f"{_('The calendar is stopped.')} {told}")
    return redirect(url_for(".show_source", source_id=source_id))


def _taken(source_id: int, use_case: Callable[..., Any], done: str) -> ResponseReturnValue:
    """Read the calendar and let the use case take it; what went wrong is told on its page."""
    actor, now = access.current_actor(), clock.now()
    try:
        polling.ask_for(actor, source_id, use_case, now)
    except (CalendarNotRead, Conflict) as error:
        flash(in_words(error), "error")
    else:
        flash(done)
    return redirect(url_for(".show_source", source_id=source_id))


# ── What meets bookings ───────────────────────────────────────────────────────────────────────


@blueprint.post(f"{ONE}/collisions/<int:collision_id>")
@form_checks_token
@access.staff
def settle_collision(lang: str, source_id: int, collision_id: int) -> ResponseReturnValue:
    """Keep the bookings, or cancel them with a reason and let the event take the space."""
    form, keeps = SettlementForm.about(collision_id), "keep" in request.form
    if keeps:
        form.reason.validators = []
    if not form.validate():
        return _page(source_id, settlement=(collision_id, form)), form.status
    settle, reason = collision_use_cases.settle_collision, form.reason.data or ""
    try:
        actor, now = access.current_actor(), clock.now()
        transact(settle, actor, collision_id, keeps, reason, now, of=source_id)
    except (RequestRefused, RuleBroken) as error:
        form.refuse(error)
        return _page(source_id, settlement=(collision_id, form)), status_of(error)
    except Conflict as error:
        flash(in_words(error), "error")
    else:
        flash(_("The booking stays.") if keeps else _("Cancelled; the bookers are told."))
    return redirect(url_for(".show_source", source_id=source_id, _anchor="collisions"))


@blueprint.post(f"{ONE}/keep-all")
@access.staff
def keep_all_bookings(lang: str, source_id: int) -> ResponseReturnValue:
    """Keep every booking that an event of the calendar meets."""
    keep, actor = collision_use_cases.keep_all_bookings, access.current_actor()
    kept = transact(keep, actor, source_id, clock.now())
    flash(ngettext("%(num)s event takes no time.", "%(num)s events take no time.", kept))
    return redirect(url_for(".show_source", source_id=source_id))


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def _source(source_id: int) -> tuple[CalendarSource, Place]:
    session = db.session()
    return get_source(session, access.current_actor(), source_id, get_catalogue(session))


def _page(
    source_id: int,
    form: ChangeForm | None = None,
    settlement: tuple[int, SettlementForm] | None = None,
) -> str:
    session, now = db.session(), clock.now()
    source, place = _source(source_id)
    met = collisions_of(session, source, place, MOST_SHOWN)
    forms = dict([settlement] if settlement else [])
    change = form or ChangeForm.of(source.name, source.address)
    return render_template(
        "calendars/staff/source.html",
        source=_face(source, place)
        | {
            "address": source.address or "",
            "held": held_by(session, [source.id], now).get(source.id, 0),
            "report": source.report or {},
        },
        remarked=remarked(source.report),
        open=[_collision(one, forms) for one in met if one.collision.settlement is None],
        settled=[_collision(one, forms) for one in met if one.collision.settlement],
        open_count=undecided(session, [source.id]).get(source.id, 0),
        form=change,
        faulty=form if form is not None else next(iter(forms.values()), None),
    )


def _collision(met: Met, forms: dict[int, SettlementForm]) -> dict[str, Any]:
    """An event, the bookings that it meets, and the form to decide."""
    city, now, one = get_catalogue(db.session()), clock.now(), met.collision
    form = forms.get(one.id) or SettlementForm.about(one.id, formdata=None)
    return {
        "id": one.id,
        "title": one.title or _("An event without a name"),
        "period": Period(one.starts_at, one.ends_at),
        "settlement": one.settlement,
        "rows": [reservation_row(row, city, now) for row in met.reservations],
        "form": form,
    }
