"""The pages of invitations into organisations, and of handing over the secretary's post."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access, passwords
from booking.accounts import invitation_use_cases as use_cases
from booking.accounts.blueprint import blueprint, links
from booking.accounts.errors import EmailTaken, InvitationForAnother, LinkNotValid
from booking.accounts.forms import InvitedForm
from booking.accounts.models import Organisation, OrganisationInvitation
from booking.accounts.organisation_forms import ROLES, HandOverForm, InvitationForm
from booking.accounts.organisation_queries import count_feeds, hand_overs_by
from booking.accounts.organisation_use_cases import administered
from booking.accounts.organisation_views import PAGE, back_to, frame_of, organisation_page
from booking.accounts.queries import find_person, members_of
from booking.accounts.rules import Registration
from booking.core import clock
from booking.core.actors import VISITOR
from booking.core.errors import Conflict, NotAllowed, NotFound, RuleBroken
from booking.web.errors import status_of
from booking.web.limits import limiter
from booking.web.session import db, transact
from booking.web.words import in_words

# ── Inviting ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{PAGE}/invitations")
@access.signed_in
def show_invitations(lang: str, slug: str) -> ResponseReturnValue:
    """Where the choice of language leads from an invitation that was refused."""
    return back_to(lang, slug)


@blueprint.post(f"{PAGE}/invitations")
@access.signed_in
@limiter.limit("60 per hour")
def invite_member(lang: str, slug: str) -> ResponseReturnValue:
    form = InvitationForm()
    if not form.validate():
        return organisation_page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY
    invitation = form.invitation_to(slug)
    transact(use_cases.invite_member, access.current_actor(), invitation, links(), clock.now())
    _say_it_is_on_its_way(invitation.email)
    return back_to(lang, slug)


@blueprint.post(f"{PAGE}/invitations/<int:invitation_id>/again")
@access.signed_in
@limiter.limit("60 per hour")
def send_invitation_again(lang: str, slug: str, invitation_id: int) -> ResponseReturnValue:
    actor = access.current_actor()
    try:
        again = use_cases.send_invitation_again
        invited = transact(again, actor, slug, invitation_id, links(), clock.now())
        _say_it_is_on_its_way(invited.email)
    except NotFound:
        _say_it_is_over()
    return back_to(lang, slug)


@blueprint.post(f"{PAGE}/invitations/<int:invitation_id>/revoke")
@access.signed_in
def revoke_invitation(lang: str, slug: str, invitation_id: int) -> ResponseReturnValue:
    actor = access.current_actor()
    try:
        revoke = use_cases.revoke_invitation
        invited = transact(revoke, actor, slug, invitation_id, clock.now())
        flash(_("The invitation to %(email)s opens nothing any more.", email=invited.email))
    except NotFound:
        _say_it_is_over()
    return back_to(lang, slug)


def _say_it_is_on_its_way(email: str) -> None:
    flash(_("The invitation to %(email)s is on its way.", email=email))


def _say_it_is_over() -> None:
    flash(_("This invitation was accepted or revoked in the meantime."), "error")


# ── Handing over ──────────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{PAGE}/hand-over")
@access.signed_in
def show_hand_over(lang: str, slug: str) -> ResponseReturnValue:
    organisation = _mine_to_give(slug)
    return _hand_over_page(organisation, _hand_over_form(organisation))


@blueprint.post(f"{PAGE}/hand-over")
@access.signed_in
@limiter.limit("60 per hour")
def hand_over(lang: str, slug: str) -> ResponseReturnValue:
    form, status = _hand_over_form(_mine_to_give(slug)), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate():
        try:
            wish, actor = form.hand_over_of(slug), access.current_actor()
            invited = transact(use_cases.hand_over, actor, wish, links(), clock.now())
            flash(
                _(
                    "%(email)s has been asked to take over. Until they accept, all stays as it is.",
                    email=invited.email,
                )
            )
            return redirect(url_for(".show_hand_over", lang=lang, slug=slug))
        except (RuleBroken, Conflict, NotFound) as error:
            form.refuse(error)
            status = status_of(error)
    return _hand_over_page(_mine_to_give(slug), form), status


def _mine_to_give(slug: str) -> Organisation:
    actor = access.current_actor()
    organisation = administered(db.session(), actor, slug)
    if actor.organisations.get(organisation.id) != "admin":
        raise NotAllowed()
    return organisation


def _hand_over_form(organisation: Organisation) -> HandOverForm:
    my_id = access.current_actor().person_id
    members = members_of(db.session(), organisation.id)
    return HandOverForm().offer([one for one in members if one.person_id != my_id])


def _hand_over_page(organisation: Organisation, form: HandOverForm) -> str:
    my_id = access.current_actor().person_id
    assert my_id is not None
    return render_template(
        "accounts/organisation_hand_over.html",
        **frame_of(organisation),
        form=form,
        under_way=hand_overs_by(db.session(), organisation.id, my_id),
        feeds=count_feeds(db.session(), organisation.id, my_id),
    )


# ── Joining ───────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/organisations/join/<token>")
@access.public
def show_invitation(lang: str, token: str) -> ResponseReturnValue:
    """Whoever holds the link may read it; they sign in, or register by it, to accept it."""
    try:
        invited = use_cases.read_invitation(db.session(), token, links(), clock.now())
    except LinkNotValid:
        return _old_link_page()
    return _invitation_page(invited, token, InvitedForm(invited.email))


@blueprint.post("/<lang:lang>/organisations/join/<token>")
@access.signed_in
def accept_invitation(lang: str, token: str) -> ResponseReturnValue:
    actor = access.current_actor()
    try:
        organisation = transact(use_cases.accept_invitation, actor, token, links(), clock.now())
    except (InvitationForAnother, NotFound) as error:
        flash(in_words(error), "error")
        return redirect(url_for(".show_organisations", lang=lang))
    return _welcome(lang, organisation)


@blueprint.get("/<lang:lang>/organisations/join/<token>/register")
@access.public
def show_registration(lang: str, token: str) -> ResponseReturnValue:
    """Where the choice of language leads from a registration that was refused."""
    return redirect(url_for(".show_invitation", lang=lang, token=token))


@blueprint.post("/<lang:lang>/organisations/join/<token>/register")
@access.public
@limiter.limit("60 per hour")
def register_invited(lang: str, token: str) -> ResponseReturnValue:
    """The link came by mail to the address, so it is confirmed already."""
    try:
        invited = use_cases.read_invitation(db.session(), token, links(), clock.now())
        form = InvitedForm(invited.email)
        if not form.validate():
            return _invitation_page(invited, token, form), HTTPStatus.UNPROCESSABLE_ENTITY
        new = _registration(form, invited.email, lang)
        person, organisation = transact(
            use_cases.register_invited, VISITOR, token, new, links(), clock.now()
        )
    except LinkNotValid:
        return _old_link_page()
    except EmailTaken:
        flash(_("There is an account with this address already: sign in with it."), "error")
        return redirect(url_for(".show_invitation", lang=lang, token=token))
    access.remember(person)
    return _welcome(lang, organisation)


def _registration(form: InvitedForm, email: str, lang: str) -> Registration:
    db.session.rollback()  # no transaction waits for the hash
    password_hash = passwords.hash_password(form.password.data or "")
    return Registration(form.name.data or "", email, password_hash, lang)


def _welcome(lang: str, organisation: Organisation) -> ResponseReturnValue:
    flash(_("You act for %(organisation)s now.", organisation=organisation.name))
    return back_to(lang, organisation.slug)


def _invitation_page(invited: OrganisationInvitation, token: str, form: InvitedForm) -> str:
    me: Any = access.visitor()
    return render_template(
        "accounts/invitation.html",
        organisation=invited.organisation,
        role=ROLES[invited.role],
        is_admin=invited.role == "admin",
        inviter=invited.invited_by.name if invited.invited_by else "",
        hands_over=invited.inviter_becomes is not None,
        is_used=invited.accepted_at is not None,
        email=invited.email,
        is_for_visitor=me.email == invited.email,
        has_account=_has_account(invited.email),
        token=token,
        form=form,
    )


def _has_account(email: str) -> bool:
    person = find_person(db.session(), email)
    return person is not None and person.email_confirmed_at is not None


def _old_link_page() -> ResponseReturnValue:
    return render_template("accounts/old_link.html"), HTTPStatus.NOT_FOUND
