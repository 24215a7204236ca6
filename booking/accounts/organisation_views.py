"""The pages of organisations: mine, one of them, its members and invitations."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.accounts import organisation_use_cases as use_cases
from booking.accounts.blueprint import blueprint, links
from booking.accounts.errors import InvitationForAnother, LastAdmin, LinkNotValid
from booking.accounts.forms import (
    KINDS,
    ROLES,
    InvitationForm,
    OrganisationForm,
    RoleForm,
    VerificationForm,
)
from booking.accounts.models import Organisation
from booking.accounts.queries import (
    find_city_name,
    get_organisation,
    may_administer,
    members_of,
    organisations_of,
    price_groups,
    unverified_organisations,
)
from booking.core import clock
from booking.core.actors import Action
from booking.core.errors import Conflict, NotFound, RequestRefused, RuleBroken
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
    return _organisations_page(OrganisationForm(domicile=city))


@blueprint.post("/<lang:lang>/organisations/")
@access.signed_in
@limiter.limit("30 per hour")
def register_organisation(lang: str) -> ResponseReturnValue:
    form, status = OrganisationForm(), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate():
        new, actor = form.new_organisation(lang), access.current_actor()
        try:
            organisation = transact(use_cases.register_organisation, actor, new, clock.now())
            flash(_("The organisation is registered. The city's staff will check it."))
            return redirect(url_for(".show_organisation", lang=lang, slug=organisation.slug))
        except (RequestRefused, Conflict) as error:
            form.refuse(error)
            status = status_of(error)
    return _organisations_page(form), status


def _organisations_page(form: OrganisationForm) -> str:
    actor = access.current_actor()
    assert actor.person_id is not None
    may_verify = actor.may(Action.VERIFY_ORGANISATION)
    return render_template(
        "accounts/organisations.html",
        form=form,
        organisations=organisations_of(db.session(), actor.person_id),
        roles={id_: ROLES[role] for id_, role in actor.organisations.items()},
        unverified=unverified_organisations(db.session()) if may_verify else [],
    )


# ── One ───────────────────────────────────────────────────────────────────────────────────────


@blueprint.get(PAGE)
@access.signed_in
def show_organisation(lang: str, slug: str) -> ResponseReturnValue:
    return _organisation_page(slug, InvitationForm())


@blueprint.get(f"{PAGE}/invitations")
@access.signed_in
def show_invitations(lang: str, slug: str) -> ResponseReturnValue:
    """Where the choice of language leads from an invitation that was refused."""
    return _back_to(lang, slug)


@blueprint.post(f"{PAGE}/invitations")
@access.signed_in
@limiter.limit("60 per hour")
def invite_member(lang: str, slug: str) -> ResponseReturnValue:
    form = InvitationForm()
    if not form.validate():
        return _organisation_page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY
    invitation = form.invitation_to(slug)
    transact(use_cases.invite_member, access.current_actor(), invitation, links(), clock.now())
    flash(_("The invitation to %(email)s is on its way.", email=invitation.email))
    return _back_to(lang, slug)


@blueprint.post(f"{PAGE}/public-name")
@access.signed_in
def consent_to_public_name(lang: str, slug: str) -> ResponseReturnValue:
    transact(use_cases.consent_to_public_name, access.current_actor(), slug, clock.now())
    flash(_("The organisation's name may now be shown in public calendars."))
    return _back_to(lang, slug)


@blueprint.post(f"{PAGE}/public-name/withdraw")
@access.signed_in
def withdraw_public_name(lang: str, slug: str) -> ResponseReturnValue:
    transact(use_cases.withdraw_public_name, access.current_actor(), slug, clock.now())
    flash(_("The organisation's name is not shown in public calendars any more."))
    return _back_to(lang, slug)


@blueprint.post(f"{PAGE}/members/<int:person_id>/role")
@access.signed_in
def change_member_role(lang: str, slug: str, person_id: int) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate():
        raise RuleBroken()
    member = use_cases.Member(person_id, form.role.data)
    try:
        transact(use_cases.change_member_role, access.current_actor(), slug, member, clock.now())
    except LastAdmin as error:
        flash(in_words(error), "error")
    return _back_to(lang, slug)


@blueprint.post(f"{PAGE}/members/<int:person_id>/remove")
@access.signed_in
def remove_member(lang: str, slug: str, person_id: int) -> ResponseReturnValue:
    actor = access.current_actor()
    try:
        transact(use_cases.remove_member, actor, slug, person_id, clock.now())
    except LastAdmin as error:
        flash(in_words(error), "error")
        return _back_to(lang, slug)
    if person_id == actor.person_id:
        flash(_("You have left the organisation."))
        return redirect(url_for(".show_organisations", lang=lang))
    return _back_to(lang, slug)


@blueprint.post(f"{PAGE}/verify")
@access.staff
def verify_organisation(lang: str, slug: str) -> ResponseReturnValue:
    actor = access.current_actor()
    organisation = get_organisation(db.session(), actor, slug)
    form = _verification_form(organisation)
    if not form.validate():
        raise RuleBroken()
    group = form.price_group.data
    transact(use_cases.verify_organisation, actor, slug, group, clock.now())
    flash(_("The organisation is verified."))
    return _back_to(lang, slug)


def _back_to(lang: str, slug: str) -> ResponseReturnValue:
    return redirect(url_for(".show_organisation", lang=lang, slug=slug))


def _organisation_page(slug: str, form: InvitationForm) -> str:
    actor = access.current_actor()
    organisation = get_organisation(db.session(), actor, slug)
    may_verify = actor.may(Action.VERIFY_ORGANISATION)
    return render_template(
        "accounts/organisation.html",
        organisation=organisation,
        kind=KINDS.get(organisation.kind, organisation.kind),
        price_group=text_in(price_groups(db.session()).get(organisation.price_group)),
        members=members_of(db.session(), organisation.id),
        roles=ROLES,
        my_id=actor.person_id,
        may_administer=may_administer(actor, organisation.id),
        form=form,
        verification=_verification_form(organisation) if may_verify else None,
    )


def _verification_form(organisation: Organisation) -> VerificationForm:
    groups = {slug: text_in(name) for slug, name in price_groups(db.session()).items()}
    return VerificationForm(groups, organisation.price_group)


# ── Joining ───────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/organisations/join/<token>")
@access.public
def show_invitation(lang: str, token: str) -> ResponseReturnValue:
    """Whoever holds the link may read it; they sign in to accept it."""
    try:
        invited = use_cases.read_invitation(db.session(), token, links(), clock.now())
    except LinkNotValid:
        return render_template("accounts/old_link.html"), HTTPStatus.NOT_FOUND
    return render_template(
        "accounts/invitation.html",
        organisation=invited.organisation,
        role=ROLES[invited.invitation.role],
        email=invited.invitation.email,
        is_for_visitor=access.visitor().email == invited.invitation.email,
        token=token,
    )


@blueprint.post("/<lang:lang>/organisations/join/<token>")
@access.signed_in
def accept_invitation(lang: str, token: str) -> ResponseReturnValue:
    actor = access.current_actor()
    try:
        organisation = transact(use_cases.accept_invitation, actor, token, links(), clock.now())
    except (InvitationForAnother, NotFound) as error:
        flash(in_words(error), "error")
        return redirect(url_for(".show_organisations", lang=lang))
    flash(_("You act for %(organisation)s now.", organisation=organisation.name))
    return _back_to(lang, organisation.slug)
