"""The staff's page on which a calendar's file is looked at, and then brought in, once."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from booking.accounts import access
from booking.calendars import polling
from booking.calendars import source_use_cases as use_cases
from booking.calendars.import_use_cases import coming, report_of
from booking.calendars.models import CalendarUpload
from booking.calendars.outside import Occurrence, Reading
from booking.calendars.outside_text import MOST_BYTES
from booking.calendars.source_errors import TooLarge
from booking.calendars.source_forms import FileForm
from booking.calendars.source_queries import get_upload, reservations_meeting
from booking.calendars.source_views import MOST_SHOWN, STAFF, spaces_of
from booking.calendars.source_words import remarked
from booking.catalogue.places import Place
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.errors import RequestRefused, RuleBroken
from booking.reservations.models import Reservation
from booking.reservations.rendering import reservation_row
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.languages import text_in
from booking.web.session import db, transact
from booking.web.storage import takes_files

blueprint = Blueprint("calendar_files", __name__)

MOST_SENT = MOST_BYTES + 64 * 1024
"""A file and the few words beside it."""


@blueprint.get(f"{STAFF}/file")
@access.staff
def show_file_form(lang: str) -> ResponseReturnValue:
    return _page(_empty_form())


@blueprint.post(f"{STAFF}/file")
@form_checks_token
@access.staff
@takes_files
def look_at_file(lang: str) -> ResponseReturnValue:
    """Tell what the file would do; nothing takes time before it is brought in."""
    request.max_content_length = MOST_SENT
    try:
        form = _sent_form()
    except RequestEntityTooLarge:
        return _far_too_large()
    is_valid, file = form.validate(), form.chosen
    if not is_valid or file is None:
        return _page(form), form.status
    body = file.read(MOST_BYTES + 1)
    try:
        reading = polling.read(body, get_catalogue(db.session()).zone, clock.now(), "file")
        actor, now = access.current_actor(), clock.now()
        upload = transact(use_cases.keep_upload, actor, form.wish, body, now)
    except (RequestRefused, RuleBroken) as error:
        form.refuse(error)
        return _page(form), status_of(error)
    return _page(form, _preview(upload, reading))


@blueprint.post(f"{STAFF}/file/bring-in")
@access.staff
def bring_in_file(lang: str) -> ResponseReturnValue:
    """Take what was looked at; one that is gone is chosen again."""
    actor, now, key = access.current_actor(), clock.now(), request.form.get("key", "")
    try:
        upload = get_upload(db.session(), actor, key)
        reading = polling.read(upload.body, get_catalogue(db.session()).zone, now, "file")
        source = transact(use_cases.bring_in_upload, actor, key, reading, now)
    except (RequestRefused, RuleBroken) as error:
        form = _empty_form()
        form.refuse(error)
        return _page(form), status_of(error)
    flash(_("The file is brought in."))
    return redirect(url_for("outside_calendars.show_source", source_id=source.id))


# ── What would happen ─────────────────────────────────────────────────────────────────────────


def _preview(upload: CalendarUpload, reading: Reading) -> dict[str, Any]:
    """How many times would be taken, which events meet bookings, what is left out."""
    session, now = db.session(), clock.now()
    place = get_catalogue(session).places_by_id[upload.space_id]
    events = coming(reading, now)
    found = reservations_meeting(session, place, [one.period for one in events])
    met = [pair for pair in zip(events, found, strict=True) if pair[1]]
    return {
        "key": upload.key,
        "name": upload.name,
        "space": _face(place),
        "added": len(events) - len(met),
        "met_count": len(met),
        "met": [_row(event, rows) for event, rows in met[:MOST_SHOWN]],
        "times": [_row(event, ()) for event in events[:MOST_SHOWN]],
        "more": max(len(events) - MOST_SHOWN, 0),
        "remarked": remarked(report_of(reading)),
        "more_remarks": report_of(reading)["more_remarks"],
    }


def _row(event: Occurrence, met: Sequence[Reservation]) -> dict[str, Any]:
    city, now = get_catalogue(db.session()), clock.now()
    return {
        "title": event.title or _("An event without a name"),
        "period": event.period,
        "rows": [reservation_row(one, city, now) for one in met],
    }


def _face(place: Place) -> str:
    return f"{text_in(place.name)}, {text_in(place.unit.name)}"


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def _sent_form() -> FileForm:
    city = get_catalogue(db.session())
    return FileForm.for_spaces(spaces_of(access.current_actor(), city))


def _empty_form() -> FileForm:
    city = get_catalogue(db.session())
    return FileForm.for_spaces(spaces_of(access.current_actor(), city), formdata=None)


def _far_too_large() -> ResponseReturnValue:
    """Nothing of it was read, so that nothing that was typed is known either."""
    form = _empty_form()
    form.refuse(TooLarge(field="file"))
    return _page(form), HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _page(form: FileForm, preview: dict[str, Any] | None = None) -> str:
    return render_template(
        "calendars/staff/file.html", form=form, preview=preview, most_bytes=MOST_BYTES
    )
