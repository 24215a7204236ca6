"""The pages on which people give feedback, and where staff find it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import find_catalogue, get_catalogue
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import Conflict, RequestRefused, RuleBroken
from booking.feedback import use_cases
from booking.feedback.errors import HandledAlready
from booking.feedback.forms import KINDS, FeedbackAnswerForm, FeedbackForm
from booking.feedback.models import Feedback
from booking.feedback.queries import count_open, handled_feedback, open_feedback
from booking.feedback.rules import Kind, is_kept_until, page_kept, space_of, unit_of
from booking.web.errors import status_of
from booking.web.languages import text_in
from booking.web.limits import limiter
from booking.web.session import db, transact

blueprint = Blueprint("feedback", __name__)

MOST_SHOWN = 50
MOST_HANDLED = 20


@blueprint.app_context_processor
def _for_the_frame() -> dict[str, Any]:
    """What the frame of every page asks: where feedback about it is given, how much awaits."""
    return {"feedback_url": feedback_url, "open_feedback_count": open_feedback_count}


def feedback_url() -> str:
    """Where feedback about this page is given."""
    if request.blueprint == blueprint.name:
        return url_for("feedback.show_feedback", about=request.args.get("about"))
    return url_for("feedback.show_feedback", about=page_kept(request.full_path.rstrip("?")) or None)


def open_feedback_count() -> int | None:
    """How much awaits the visitor; None for those who handle none."""
    actor = access.current_actor()
    if not actor.may_anywhere(Action.HANDLE_FEEDBACK):
        return None
    try:
        return count_open(db.session(), actor)
    except SQLAlchemyError:  # the page that tells of a fault needs a frame too
        db.session.rollback()
        return None


# ── Giving it ─────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/feedback")
@access.public
def show_feedback(lang: str) -> ResponseReturnValue:
    page = page_kept(request.args.get("about"))
    city = get_catalogue(db.session())
    space = city.places.get(space_of(page))
    unit = space.unit if space else city.units.get(unit_of(page))
    form = FeedbackForm.begun(
        page=page,
        space=space.slug if space else "",
        unit=unit.slug if unit else "",
        kind=Kind.SPACE.value if space else None,
        email=access.visitor().email,
    )
    return _feedback_page(form, city)


@blueprint.post("/<lang:lang>/feedback")
@access.public
@limiter.limit("20 per hour")
def give_feedback(lang: str) -> ResponseReturnValue:
    """Whoever fills in what nobody sees is thanked, and nothing is kept."""
    city = get_catalogue(db.session())
    form, status = FeedbackForm(), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.offer(_sites(city)).validate():
        new = form.new_feedback(lang)
        try:
            if not form.is_from_a_program:
                transact(use_cases.give_feedback, access.current_actor(), new, clock.now())
            unit = form.unit.data if form.unit.data in city.units else None
            answer = "yes" if form.email.data else None
            thanks = url_for(".show_thanks", unit=unit, answer=answer, about=form.page.data or None)
            return redirect(thanks)
        except (RequestRefused, Conflict) as error:
            form.refuse(error)
            status = status_of(error)
    return _feedback_page(form, city), status


@blueprint.get("/<lang:lang>/feedback/thanks")
@access.public
def show_thanks(lang: str) -> ResponseReturnValue:
    """Who reads it, and when."""
    city = get_catalogue(db.session())
    unit = city.units.get(request.args.get("unit", ""))
    page = page_kept(request.args.get("about"))
    return render_template(
        "feedback/thanks.html",
        site=text_in(unit.name) if unit and unit.published else "",
        wants_answer="answer" in request.args,
        back_url=page if "…" not in page else "",
    )


def _feedback_page(form: FeedbackForm, city: Catalogue) -> str:
    space = city.places.get(form.space.data or "")
    return render_template(
        "feedback/feedback.html",
        form=form.offer(_sites(city)),
        space=text_in(space.name) if space and space.published else "",
        page=form.page.data or "",
    )


def _sites(city: Catalogue) -> list[tuple[str, str]]:
    named = [(one.slug, text_in(one.name)) for one in city.published_units()]
    return sorted(named, key=lambda one: one[1].casefold())


# ── Handling it ───────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/staff/feedback")
@access.staff
def list_feedback(lang: str) -> ResponseReturnValue:
    """What awaits somebody at my units, the oldest first, and what was handled last."""
    return _staff_page()


@blueprint.post("/<lang:lang>/staff/feedback/<int:feedback_id>/handle")
@access.staff
def handle_feedback(lang: str, feedback_id: int) -> ResponseReturnValue:
    return _done(feedback_id, use_cases.handle_feedback, _("Marked as handled."))


@blueprint.post("/<lang:lang>/staff/feedback/<int:feedback_id>/answer")
@access.staff
def answer_feedback(lang: str, feedback_id: int) -> ResponseReturnValue:
    form = FeedbackAnswerForm()
    if not form.validate():
        return _staff_page(form, feedback_id), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        words = form.answer.data or ""
        sent = _("Your answer is on its way.")
        return _done(feedback_id, use_cases.answer_feedback, sent, words)
    except RuleBroken as error:
        form.refuse(error)
    return _staff_page(form, feedback_id), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/<lang:lang>/staff/feedback/<int:feedback_id>/answer")
@access.staff
def show_answer(lang: str, feedback_id: int) -> ResponseReturnValue:
    """Where the choice of language leads from an answer that was refused."""
    return redirect(url_for(".list_feedback"))


def _done(
    feedback_id: int, do: Callable[..., Feedback], done: str, *words: str
) -> ResponseReturnValue:
    try:
        transact(do, access.current_actor(), feedback_id, *words, clock.now())
        flash(done)
    except HandledAlready:
        flash(_("Somebody has handled this already."), "error")
    return redirect(url_for(".list_feedback"))


def _staff_page(form: FeedbackAnswerForm | None = None, about: int | None = None) -> str:
    session, actor = db.session(), access.current_actor()
    actor.must_anywhere(Action.HANDLE_FEEDBACK)
    city, page = find_catalogue(session), _page()
    total = count_open(session, actor)
    cards = [
        _card(one, city, form if one.id == about else None)
        for one in open_feedback(session, actor, (page - 1) * MOST_SHOWN, MOST_SHOWN)
    ]
    return render_template(
        "feedback/staff/feedback.html",
        cards=cards,
        count=total,
        form=form,
        previous_url=url_for(".list_feedback", page=page - 1) if page > 1 else None,
        next_url=url_for(".list_feedback", page=page + 1) if page * MOST_SHOWN < total else None,
        handled=[_card(one, city, None) for one in handled_feedback(session, actor, MOST_HANDLED)],
    )


def _page() -> int:
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _card(
    feedback: Feedback, city: Catalogue | None, sent: FeedbackAnswerForm | None
) -> dict[str, Any]:
    units = {one.id: one for one in city.units.values()} if city else {}
    unit = units.get(feedback.unit_id or 0)
    space = city.places_by_id.get(feedback.space_id or 0) if city else None
    form = sent or FeedbackAnswerForm(formdata=None)
    form.answer.id = f"answer-{feedback.id}"
    return {
        "id": feedback.id,
        "kind": KINDS[Kind(feedback.kind)],
        "message": feedback.message,
        "email": feedback.email or "",
        "page": feedback.page or "",
        "site": text_in(unit.name) if unit else "",
        "space": text_in(space.name) if space else "",
        "sent_at": feedback.sent_at,
        "answer": feedback.answer or "",
        "handled_at": feedback.handled_at,
        "kept_until": is_kept_until(feedback.handled_at) if feedback.handled_at else None,
        "form": form,
    }
