"""The pictures of spaces and units: shown to everybody, kept by those who keep the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from booking.accounts import access
from booking.catalogue.imaging import (
    MEDIA_TYPE,
    MOST_BYTES,
    PictureTooLarge,
    Rendition,
    renditions,
)
from booking.catalogue.picture_forms import PictureForm, WordsForm
from booking.catalogue.pictures import (
    NewPicture,
    NewSize,
    PictureFace,
    Shown,
    add_picture,
    describe_picture,
    get_picture_file,
    move_picture,
    must_keep_pictures,
    pictures_of,
    remove_picture,
)
from booking.catalogue.places import Place
from booking.catalogue.queries import get_catalogue, get_place, get_unit
from booking.core import clock
from booking.core.errors import NotFound, RuleBroken
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.languages import text_in
from booking.web.session import db, transact
from booking.web.storage import storage, takes_files

blueprint = Blueprint("catalogue", __name__)

MOST_SENT = 2 * MOST_BYTES
"""What may come in one request: so much that a file somewhat too large is told in the form."""

_PAGE = "/<lang:lang>/staff/<any(spaces, units):of>/<slug>/pictures"


@blueprint.get("/pictures/<path:key>")
@access.public
def show_picture(key: str) -> ResponseReturnValue:
    """A picture by the key of its file; what lies under a key never changes."""
    file = get_picture_file(db.session(), key)
    answer = Response(storage().read(file.key), mimetype=file.media_type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


# ── Keeping them ──────────────────────────────────────────────────────────────────────────────


@blueprint.get(_PAGE)
@access.staff
def show_pictures(lang: str, of: str, slug: str) -> ResponseReturnValue:
    """The pictures of a space or a unit, and the form of one more."""
    shown = _shown(of, slug)
    return _page(shown, _empty_form())


@blueprint.post(_PAGE)
@form_checks_token
@access.staff
@takes_files
def send_picture(lang: str, of: str, slug: str) -> ResponseReturnValue:
    """Add a picture; of a wrong one is told why, and the words that were typed stay."""
    shown = _shown(of, slug)
    request.max_content_length = MOST_SENT
    try:
        form = _sent_form()
    except RequestEntityTooLarge:
        return _far_too_large(shown)
    is_valid, file = form.validate(), form.chosen
    if not is_valid or file is None:
        return _page(shown, form), form.status
    try:
        sizes = renditions(file.read(MOST_BYTES + 1))
    except RuleBroken as error:
        form.refuse(error)
        return _page(shown, form), status_of(error)
    _keep(shown, sizes, form.words)
    flash(_("The picture is added."))
    return redirect(_url(shown))


@blueprint.post(f"{_PAGE}/<int:picture_id>/words")
@form_checks_token
@access.staff
def send_words(lang: str, of: str, slug: str, picture_id: int) -> ResponseReturnValue:
    """Tell anew what a picture shows."""
    shown = _shown(of, slug)
    form = WordsForm.in_languages(get_catalogue(db.session()).languages)
    if not form.validate():
        return _page(shown, _empty_form(), {picture_id: form}), form.status
    actor = access.current_actor()
    transact(describe_picture, actor, shown, picture_id, form.words, clock.now())
    flash(_("The words are saved."))
    return redirect(_url(shown))


@blueprint.post(f"{_PAGE}/<int:picture_id>/move")
@access.staff
def send_move(lang: str, of: str, slug: str, picture_id: int) -> ResponseReturnValue:
    """Put a picture one place up or down."""
    shown = _shown(of, slug)
    steps = -1 if request.form.get("to") == "up" else 1
    transact(move_picture, access.current_actor(), shown, picture_id, steps, clock.now())
    return redirect(f"{_url(shown)}#picture-{picture_id}")


@blueprint.post(f"{_PAGE}/<int:picture_id>/remove")
@access.staff
def send_removal(lang: str, of: str, slug: str, picture_id: int) -> ResponseReturnValue:
    """Let a picture go; of one that is gone already is told so."""
    shown = _shown(of, slug)
    try:
        keys = transact(remove_picture, access.current_actor(), shown, picture_id, clock.now())
    except NotFound:
        flash(_("The picture was removed already."))
    else:
        for key in keys:
            storage().delete(key)
        flash(_("The picture is removed."))
    return redirect(_url(shown))


def _shown(of: str, slug: str) -> Shown:
    """The space or unit whose pictures the actor may keep. Raises `NotFound`, `NotAllowed`."""
    session = db.session()
    shown: Shown = get_place(session, slug) if of == "spaces" else get_unit(session, slug)
    must_keep_pictures(access.current_actor(), shown)
    return shown


def _keep(shown: Shown, sizes: Sequence[Rendition], words: dict[str, str]) -> None:
    """Store the files, then what tells of them; where that fails, the files go again."""
    kept = [
        NewSize(storage().save(one.data), MEDIA_TYPE, one.data, one.width, one.height)
        for one in sizes
    ]
    try:
        transact(add_picture, access.current_actor(), shown, NewPicture(kept, words), clock.now())
    except BaseException:
        for size in kept:
            with suppress(OSError):
                storage().delete(size.key)
        raise


def _far_too_large(shown: Shown) -> ResponseReturnValue:
    """Nothing of it was read, so that nothing that was typed is known either."""
    form = _empty_form()
    form.refuse(PictureTooLarge.of_limits())
    return _page(shown, form), HTTPStatus.REQUEST_ENTITY_TOO_LARGE


# ── The page ──────────────────────────────────────────────────────────────────────────────────


def _sent_form() -> PictureForm:
    return PictureForm.in_languages(get_catalogue(db.session()).languages)


def _empty_form() -> PictureForm:
    return PictureForm.filled(get_catalogue(db.session()).languages, {})


def _url(shown: Shown, page: str = "show_pictures", **values: Any) -> str:
    of = "spaces" if isinstance(shown, Place) else "units"
    return url_for(f"catalogue.{page}", of=of, slug=shown.slug, **values)


def _page(shown: Shown, form: PictureForm, sent: dict[int, WordsForm] | None = None) -> str:
    session = db.session()
    faces = pictures_of(session, shown)
    page = "spaces.show_space" if isinstance(shown, Place) else "spaces.show_unit"
    return render_template(
        "spaces/staff/pictures.html",
        name=text_in(shown.name),
        back_url=url_for(page, slug=shown.slug),
        send_url=_url(shown, "send_picture"),
        form=form,
        pictures=[_row(shown, face, (sent or {}).get(face.id)) for face in faces],
        most_bytes=MOST_BYTES,
    )


def _row(shown: Shown, face: PictureFace, sent: WordsForm | None) -> dict[str, Any]:
    """A picture in the list, with the form of its words, each field under a name of its own."""
    languages = get_catalogue(db.session()).languages
    form = sent or WordsForm.filled(languages, face.alternative_text)
    for field in form:
        field.id = f"{field.id}-{face.id}"
    return {
        "face": face,
        "form": form,
        "words_url": _url(shown, "send_words", picture_id=face.id),
        "move_url": _url(shown, "send_move", picture_id=face.id),
        "remove_url": _url(shown, "send_removal", picture_id=face.id),
    }
