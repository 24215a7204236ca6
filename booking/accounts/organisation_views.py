"""The pages of organisations: mine, one of them and its members, what is said of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.accounts import membership_use_cases as memberships
from booking.accounts import organisation_use_cases as use_cases
from booking.accounts.blueprint import blueprint
from booking.accounts.errors import LastAdmin, OrganisationKnown
from booking.accounts.models import Organisation
from booking.accounts.organisation_forms import (
    KINDS,
    ROLES,
    AnswerForm,
    AskForm,
    InvitationForm,
    OrganisationForm,
    RoleForm,
)
from booking.accounts.organisation_queries import (
    count_ahead,
    count_waiting,
    find_review,
    open_invitations,
)
from booking.accounts.queries import (
    find_city_name,
    get_organisation,
    may_administer,
    members_of,
    organisations_of,
    price_groups,
)
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import Conflict, RequestRefused, RuleBroken
from booking.web.errors import status_of
from booking.web.languages import text_in
from booking.web.limits import limiter
from booking.web.session import db, transact
from booking.web.words import in_words

PAGE = "/<lang:lang>/organisations/<slug>"


# ── Mine ──────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/organisations/")
@access.signed_in
def show_organisations(lang: str) -> ResponseReturnValue:
    city = (find_city_name(db.session()) or {}).get("fi")
    return _organisations_page(OrganisationForm(domicile=city, language=lang))


@blueprint.post("/<lang:lang>/organisations/")
@access.signed_in
@limiter.limit("30 per hour")
def register_organisation(lang: str) -> ResponseReturnValue:
    form, status, is_known = OrganisationForm(language=lang), HTTPStatus.UNPROCESSABLE_ENTITY, False
    if form.validate():
        new, actor = form.new_organisation(), access.current_actor()
        try:
            organisation = transact(use_cases.register_organisation, actor, new, clock.now())
            flash(_("The organisation is registered. The city's staff will check it."))
            return redirect(url_for(".show_organisation", lang=lang, slug=organisation.slug))
        except (RequestRefused, Conflict) as error:
            form.refuse(error)
            status, is_known = status_of(error), isinstance(error, OrganisationKnown)
    return _organisations_page(form, is_known=is_known), status


def _organisations_page(form: OrganisationForm, *, is_known: bool = False) -> str:
    actor = access.current_actor()
    assert actor.person_id is not None
    may_verify = actor.may(Action.VERIFY_ORGANISATION)
    return render_template(
        "accounts/organisations.html",
        form=form,
        is_known=is_known,
        organisations=organisations_of(db.session(), actor.person_id),
        roles={id_: ROLES[role] for id_, role in actor.organisations.items()},
        waiting=count_waiting(db.session()) if may_verify else None,
    )


@blueprint.get("/<lang:lang>/organisations/ask")
@access.signed_in
def show_ask(lang: str) -> ResponseReturnValue:
    """Where the choice of language leads from a refused question."""
    return redirect(url_for(".show_organisations", lang=lang))


@blueprint.post("/<lang:lang>/organisations/ask")
@access.signed_in
@limiter.limit("10 per hour")
def ask_to_be_invited(lang: str) -> ResponseReturnValue:
    """Says the same whether there is such an organisation or not."""
    form = AskForm()
    if not form.validate():
        raise RuleBroken()
    numbers = (form.business_id.data or "", form.register_number.data or "")
    transact(use_cases.ask_to_be_invited, access.current_actor(), *numbers, clock.now())
    flash(
        _(
            "If the organisation has admins here, they are told by e-mail that you would like to "
            "join. It is up to them to invite you."
        )
    )
    return redirect(url_for(".show_organisations", lang=lang))


# ── One ───────────────────────────────────────────────────────────────────────────────────────


@blueprint.get(PAGE)
@access.signed_in
def show_organisation(lang: str, slug: str) -> ResponseReturnValue:
    asked = request.args.get("invite", "")[:254]
    return organisation_page(slug, InvitationForm(email=asked) if asked else InvitationForm())


def organisation_page(slug: str, form: InvitationForm, answering: AnswerForm | None = None) -> str:
    """The page of one organisation, with what went wrong in its forms."""
    actor, session, now = access.current_actor(), db.session(), clock.now()
    organisation = get_organisation(session, actor, slug)
    is_admin = may_administer(actor, organisation.id)
    return render_template(
        "accounts/organisation.html",
        **frame_of(organisation),
        price_group=text_in(price_groups(session).get(organisation.price_group)),
        members=members_of(session, organisation.id),
        invitations=open_invitations(session, organisation.id, now) if is_admin else [],
        ahead=0 if organisation.verified_at else count_ahead(session, organisation),
        roles=ROLES,
        my_id=actor.person_id,
        form=form,
        answering=answering or AnswerForm(formdata=None),
    )


def frame_of(organisation: Organisation) -> dict[str, Any]:
    """What every page of an organisation shows of it: how it stands, what the reader may do."""
    actor = access.current_actor()
    verified = organisation.verified_at is not None
    return {
        "organisation": organisation,
        "kind": KINDS.get(organisation.kind, organisation.kind),
        "review": None if verified else find_review(db.session(), organisation.id),
        "may_administer": may_administer(actor, organisation.id),
        "may_verify": actor.may(Action.VERIFY_ORGANISATION),
        "is_admin": actor.organisations.get(organisation.id) == "admin",
        "is_member": organisation.id in actor.organisations,
    }


@blueprint.post(f"{PAGE}/members/<int:person_id>/role")
@access.signed_in
def change_member_role(lang: str, slug: str, person_id: int) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate():
        raise RuleBroken()
    member = memberships.Member(person_id, form.role.data)
    try:
        transact(memberships.change_member_role, access.current_actor(), slug, member, clock.now())
    except LastAdmin as error:
        flash(in_words(error), "error")
    return back_to(lang, slug)


@blueprint.post(f"{PAGE}/members/<int:person_id>/remove")
@access.signed_in
def remove_member(lang: str, slug: str, person_id: int) -> ResponseReturnValue:
    actor = access.current_actor()
    try:
        transact(memberships.remove_member, actor, slug, person_id, clock.now())
    except LastAdmin as error:
        flash(in_words(error), "error")
        return back_to(lang, slug)
    if person_id == actor.person_id:
        flash(_("You have left the organisation."))
        return redirect(url_for(".show_organisations", lang=lang))
    return back_to(lang, slug)


def back_to(lang: str, slug: str) -> ResponseReturnValue:
    """To the page of the organisation."""
    return redirect(url_for(".show_organisation", lang=lang, slug=slug))


# ── What is said of it ────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{PAGE}/details")
@access.signed_in
def show_details(lang: str, slug: str) -> ResponseReturnValue:
    organisation = use_cases.administered(db.session(), access.current_actor(), slug)
    return _details_page(organisation, OrganisationForm.about(organisation))


@blueprint.post(f"{PAGE}/details")
@access.signed_in
def change_organisation(lang: str, slug: str) -> ResponseReturnValue:
    actor = access.current_actor()
    organisation = use_cases.administered(db.session(), actor, slug)
    was_verified = organisation.verified_at is not None
    form = OrganisationForm()
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate():
        try:
            new = form.new_organisation()
            changed = transact(use_cases.change_organisation, actor, slug, new, clock.now())
            flash(
                _("Saved. What the city's staff had verified has changed, so they check it again.")
                if was_verified and changed.verified_at is None
                else _("Saved.")
            )
            return back_to(lang, slug)
        except (RequestRefused, Conflict) as error:
            form.refuse(error)
            status = status_of(error)
    return _details_page(use_cases.administered(db.session(), actor, slug), form), status


def _details_page(organisation: Organisation, form: OrganisationForm) -> str:
    page = "accounts/organisation_details.html"
    return render_template(page, **frame_of(organisation), form=form)


@blueprint.get(f"{PAGE}/answer")
@access.signed_in
def show_answer(lang: str, slug: str) -> ResponseReturnValue:
    """Where the choice of language leads from an answer that was refused."""
    return back_to(lang, slug)


@blueprint.post(f"{PAGE}/answer")
@access.signed_in
@limiter.limit("30 per hour")
def answer_review(lang: str, slug: str) -> ResponseReturnValue:
    form = AnswerForm()
    if form.validate():
        try:
            words = form.answer.data or ""
            transact(use_cases.answer_review, access.current_actor(), slug, words, clock.now())
            flash(_("Your answer is sent. The city's staff look at the organisation again."))
            return back_to(lang, slug)
        except RuleBroken as error:
            form.refuse(error)
    page = organisation_page(slug, InvitationForm(formdata=None), form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post(f"{PAGE}/public-name")
@access.signed_in
def consent_to_public_name(lang: str, slug: str) -> ResponseReturnValue:
    transact(use_cases.consent_to_public_name, access.current_actor(), slug, clock.now())
    flash(_("The organisation's name may now be shown in public calendars."))
    return back_to(lang, slug)


@blueprint.post(f"{PAGE}/public-name/withdraw")
@access.signed_in
def withdraw_public_name(lang: str, slug: str) -> ResponseReturnValue:
    transact(use_cases.withdraw_public_name, access.current_actor(), slug, clock.now())
    flash(_("The organisation's name is not shown in public calendars any more."))
    return back_to(lang, slug)
