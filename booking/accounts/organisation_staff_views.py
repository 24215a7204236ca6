"""The organisations as the city's staff see them: who waits, verifying, asking back, refusing."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from booking.accounts import access
from booking.accounts import organisation_use_cases as use_cases
from booking.accounts.blueprint import blueprint
from booking.accounts.models import Organisation
from booking.accounts.organisation_forms import KINDS, ReviewForm, VerificationForm
from booking.accounts.organisation_queries import (
    count_organisations,
    count_waiting,
    list_organisations,
    steps_of,
)
from booking.accounts.organisation_views import PAGE, frame_of
from booking.accounts.queries import get_organisation, price_groups
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import RuleBroken
from booking.web.languages import text_in
from booking.web.session import db, transact

MOST_SHOWN = 50
STAFF = "/<lang:lang>/staff/organisations"


@blueprint.app_context_processor
def _for_the_frame() -> dict[str, Any]:
    """What the menu of every page asks."""
    return {"waiting_organisations_count": waiting_organisations_count}


def waiting_organisations_count() -> int:
    """How many organisations wait for whoever verifies them."""
    try:
        return count_waiting(db.session())
    except SQLAlchemyError:  # the page that tells of a fault needs a frame too
        db.session.rollback()
        return 0


@blueprint.get(STAFF)
@access.staff
def list_organisations_for_staff(lang: str) -> ResponseReturnValue:
    """All organisations, those that wait first."""
    session, actor = db.session(), access.current_actor()
    text, page = request.args.get("q", "")[:120].strip(), _page()
    found = list_organisations(session, actor, text, (page - 1) * MOST_SHOWN, MOST_SHOWN)
    total = count_organisations(session, text)
    return render_template(
        "accounts/staff/organisations.html",
        rows=[_row(one.organisation, one.review) for one in found],
        text=text,
        total=total,
        waiting=count_waiting(session),
        previous_url=_url(text, page - 1) if page > 1 else None,
        next_url=_url(text, page + 1) if page * MOST_SHOWN < total else None,
    )


def _page() -> int:
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _url(text: str, page: int) -> str:
    return url_for(".list_organisations_for_staff", q=text or None, page=page if page > 1 else None)


def _row(organisation: Organisation, review: str | None) -> dict[str, Any]:
    state = "verified" if organisation.verified_at else review or "waiting"
    return {
        "name": organisation.name,
        "url": url_for(".review_organisation", slug=organisation.slug),
        "kind": KINDS.get(organisation.kind, organisation.kind),
        "number": organisation.business_id or organisation.register_number or "",
        "domicile": organisation.domicile,
        "created_at": organisation.created_at,
        "state": state,
    }


@blueprint.get(f"{STAFF}/<slug>")
@access.staff
def review_organisation(lang: str, slug: str) -> ResponseReturnValue:
    """One organisation with all that is needed to verify it."""
    return _review_page(slug)


@blueprint.post(f"{PAGE}/verify")
@access.staff
def verify_organisation(lang: str, slug: str) -> ResponseReturnValue:
    actor = access.current_actor()
    form = _verification_form(get_organisation(db.session(), actor, slug))
    if not form.validate():
        raise RuleBroken()
    group = form.price_group.data
    transact(use_cases.verify_organisation, actor, slug, group, clock.now())
    flash(_("The organisation is verified."))
    return redirect(url_for(".review_organisation", lang=lang, slug=slug))


@blueprint.post(f"{STAFF}/<slug>/ask")
@access.staff
def ask_organisation(lang: str, slug: str) -> ResponseReturnValue:
    return _reviewed(lang, slug, use_cases.ask_organisation, _("Your question is on its way."))


@blueprint.post(f"{STAFF}/<slug>/refuse")
@access.staff
def refuse_organisation(lang: str, slug: str) -> ResponseReturnValue:
    refused = _("The organisation is not verified, and its admins are told why.")
    return _reviewed(lang, slug, use_cases.refuse_organisation, refused)


@blueprint.get(f"{STAFF}/<slug>/ask")
@blueprint.get(f"{STAFF}/<slug>/refuse")
@access.staff
def show_review(lang: str, slug: str) -> ResponseReturnValue:
    """Where the choice of language leads from a remark that was refused."""
    return redirect(url_for(".review_organisation", lang=lang, slug=slug))


def _reviewed(
    lang: str, slug: str, review: Callable[..., Organisation], done: str
) -> ResponseReturnValue:
    form = ReviewForm()
    if form.validate():
        try:
            words = form.remark.data or ""
            transact(review, access.current_actor(), slug, words, clock.now())
            flash(done)
            return redirect(url_for(".review_organisation", lang=lang, slug=slug))
        except RuleBroken as error:
            form.refuse(error)
    return _review_page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _review_page(slug: str, form: ReviewForm | None = None) -> str:
    session, actor = db.session(), access.current_actor()
    organisation = get_organisation(session, actor, slug)
    actor.must(Action.VERIFY_ORGANISATION)
    return render_template(
        "accounts/staff/organisation.html",
        **frame_of(organisation),
        price_group=text_in(price_groups(session).get(organisation.price_group)),
        verification=_verification_form(organisation),
        form=form or ReviewForm(formdata=None),
        steps=steps_of(session, organisation.id),
    )


def _verification_form(organisation: Organisation) -> VerificationForm:
    groups = {slug: text_in(name) for slug, name in price_groups(db.session()).items()}
    return VerificationForm(groups, organisation.price_group)
