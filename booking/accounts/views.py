"""Signing in and out, registering, passwords, one's own account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import (
    access,
    invitation_views,
    organisation_staff_views,
    organisation_views,
    passwords,
    signing_in,
    use_cases,
)
from booking.accounts import token_use_cases as tokens
from booking.accounts.blueprint import blueprint, links
from booking.accounts.demo import DEMO_PASSWORD, list_demo_accounts
from booking.accounts.errors import EmailTaken, LinkNotValid, SignInLocked
from booking.accounts.forms import (
    DetailsForm,
    NewPasswordForm,
    PasswordLinkForm,
    RegisterForm,
    SignInForm,
    TokenForm,
)
from booking.accounts.links import Door
from booking.accounts.queries import get_person, organisations_of, tokens_of
from booking.accounts.rendering import token_row
from booking.accounts.rules import NewPassword, Registration, normal_email, place_to_return_to
from booking.core import clock
from booking.core.actors import VISITOR
from booking.core.errors import RuleBroken
from booking.web.drafts import drop_draft, find_draft
from booking.web.forgery import form_checks_token
from booking.web.limits import limiter
from booking.web.session import db, transact

__all__ = ["blueprint", "invitation_views", "organisation_staff_views", "organisation_views"]


# ── Signing in and out ────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/sign-in")
@access.public
def show_sign_in(lang: str) -> ResponseReturnValue:
    place = place_to_return_to(request.args.get("next")) or _place_of_draft()
    if access.visitor().is_signed_in and place is None:
        return redirect(url_for("pages.show_home", lang=lang))
    return _sign_in_page(SignInForm(next=place))


@blueprint.post("/<lang:lang>/sign-in")
@access.public
@limiter.limit("120 per minute")
@form_checks_token
def sign_in(lang: str) -> ResponseReturnValue:
    form = SignInForm()
    _fill_in_for_demo(form)
    is_valid, status = form.validate(), form.status
    if is_valid:
        try:
            attempt = form.attempt_from(request.remote_addr)
            person = signing_in.sign_in(attempt, form.given_password, links(), clock.now())
            access.remember(person)
            return redirect(
                place_to_return_to(form.next.data) or url_for("pages.show_home", lang=lang)
            )
        except SignInLocked as error:
            form.refuse(error)
            status = HTTPStatus.TOO_MANY_REQUESTS
        except RuleBroken as error:
            form.refuse(error)
    return _sign_in_page(form), status


def _place_of_draft() -> str | None:
    """The page that somebody filled in before they had an account, or were signed in."""
    draft = find_draft()
    return place_to_return_to(f"{draft.place}?draft=1") if draft is not None else None


def _fill_in_for_demo(form: SignInForm) -> None:
    if current_app.config.get("DEMO") and (email := request.form.get("demo")):
        form.email.data, form.password.data = email, DEMO_PASSWORD


def _sign_in_page(form: SignInForm) -> str:
    is_demo = current_app.config.get("DEMO")
    accounts = list_demo_accounts(db.session()) if is_demo else []
    return render_template(
        "accounts/sign_in.html",
        form=form,
        demo_accounts=accounts,
        has_draft=find_draft() is not None,
    )


@blueprint.post("/<lang:lang>/sign-out")
@access.public
def sign_out(lang: str) -> ResponseReturnValue:
    access.forget()
    drop_draft()
    flash(_("You are signed out."))
    return redirect(url_for("pages.show_home", lang=lang))


# ── Registering ───────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/register")
@access.public
def show_register(lang: str) -> ResponseReturnValue:
    return render_template("accounts/register.html", form=RegisterForm())


@blueprint.post("/<lang:lang>/register")
@access.public
@limiter.limit("60 per hour")
def register(lang: str) -> ResponseReturnValue:
    form = RegisterForm()
    if not form.validate():
        page = render_template("accounts/register.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    password_hash = passwords.hash_password(form.password.data or "")
    registration = Registration(
        form.name.data or "", form.email.data or "", password_hash, language=lang
    )
    try:
        transact(use_cases.register, VISITOR, registration, links(), clock.now())
    except EmailTaken:
        current_app.logger.info("two registrations of one address met")
    _say_that_mail_is_on_its_way(form.email.data)
    return redirect(url_for(".show_sign_in", lang=lang))


def _say_that_mail_is_on_its_way(email: str | None) -> None:
    flash(
        _(
            "We have sent a message to %(email)s. Open the link in it to go on.",
            email=normal_email(email or ""),
        )
    )


@blueprint.get("/<lang:lang>/register/confirm/<token>")
@access.public
def show_confirmation(lang: str, token: str) -> ResponseReturnValue:
    """A button, since programs that look for bad links in mails follow all of them."""
    try:
        door = Door.CONFIRM_REGISTRATION
        person = use_cases.holder_of(db.session(), links(), door, token, clock.now())
    except LinkNotValid:
        return _old_link_page()
    return render_template("accounts/confirm.html", email=person.email, token=token)


@blueprint.post("/<lang:lang>/register/confirm/<token>")
@access.public
def confirm_registration(lang: str, token: str) -> ResponseReturnValue:
    try:
        transact(use_cases.confirm_registration, VISITOR, token, links(), clock.now())
    except LinkNotValid:
        return _old_link_page()
    flash(_("Your e-mail address is confirmed. Sign in to begin."))
    return redirect(url_for(".show_sign_in", lang=lang))


def _old_link_page() -> ResponseReturnValue:
    return render_template("accounts/old_link.html"), HTTPStatus.NOT_FOUND


# ── Passwords ─────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/password")
@access.public
def show_password(lang: str) -> ResponseReturnValue:
    return render_template("accounts/password.html", form=PasswordLinkForm())


@blueprint.post("/<lang:lang>/password")
@access.public
@limiter.limit("30 per hour")
def request_password_reset(lang: str) -> ResponseReturnValue:
    form = PasswordLinkForm()
    if not form.validate():
        page = render_template("accounts/password.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    email = form.email.data or ""
    transact(use_cases.request_password_reset, VISITOR, email, links(), clock.now())
    flash(
        _(
            "If there is an account of %(email)s, a link to set a new password is on its way.",
            email=normal_email(email),
        )
    )
    return redirect(url_for(".show_sign_in", lang=lang))


@blueprint.get("/<lang:lang>/password/<token>")
@access.public
def show_new_password(lang: str, token: str) -> ResponseReturnValue:
    try:
        return _new_password_page(_form_for_holder(token), token)
    except LinkNotValid:
        return _old_link_page()


@blueprint.post("/<lang:lang>/password/<token>")
@access.public
@limiter.limit("30 per hour")
def reset_password(lang: str, token: str) -> ResponseReturnValue:
    try:
        form = _form_for_holder(token)
        if not form.validate():
            return _new_password_page(form, token), HTTPStatus.UNPROCESSABLE_ENTITY
        db.session.rollback()  # no transaction waits for the hash
        new = NewPassword(token, passwords.hash_password(form.password.data or ""))
        transact(use_cases.reset_password, VISITOR, new, links(), clock.now())
    except LinkNotValid:
        return _old_link_page()
    access.forget()
    flash(_("Your new password is set. Sign in with it."))
    return redirect(url_for(".show_sign_in", lang=lang))


def _form_for_holder(token: str) -> NewPasswordForm:
    door = Door.RESET_PASSWORD
    person = use_cases.holder_of(db.session(), links(), door, token, clock.now())
    return NewPasswordForm(owner=person.email)


def _new_password_page(form: NewPasswordForm, token: str) -> str:
    return render_template("accounts/new_password.html", form=form, token=token)


# ── One's own account ─────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/account")
@access.signed_in
def show_account(lang: str) -> ResponseReturnValue:
    me = access.visitor()
    return _account_page(DetailsForm(name=me.name, language=me.actor.language))


@blueprint.post("/<lang:lang>/account")
@access.signed_in
def change_details(lang: str) -> ResponseReturnValue:
    form = DetailsForm()
    if not form.validate():
        return _account_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    details = (form.name.data or "", form.language.data)
    transact(use_cases.change_details, access.current_actor(), *details, clock.now())
    flash(_("Your details are saved."))
    return redirect(url_for(".show_account", lang=lang))


def _account_page(form: DetailsForm) -> str:
    actor = access.current_actor()
    assert actor.person_id is not None
    return render_template(
        "accounts/account.html",
        form=form,
        person=get_person(db.session(), actor.person_id),
        organisations=organisations_of(db.session(), actor.person_id),
    )


@blueprint.post("/<lang:lang>/account/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere(lang: str) -> ResponseReturnValue:
    transact(use_cases.sign_out_everywhere, access.current_actor(), clock.now())
    access.forget()
    flash(_("You are signed out on all devices."))
    return redirect(url_for(".show_sign_in", lang=lang))


# ── Tokens ────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/account/tokens")
@access.signed_in
def show_tokens(lang: str) -> ResponseReturnValue:
    return _tokens_page(_token_form())


@blueprint.post("/<lang:lang>/account/tokens")
@access.freshly_signed_in
@limiter.limit("30 per hour")
def create_token(lang: str) -> ResponseReturnValue:
    """Answers with the page itself: the token may stand nowhere on its way to another."""
    form, actor, now = _token_form(), access.current_actor(), clock.now()
    if not form.validate():
        return _tokens_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    assert actor.person_id is not None
    _token, secret = transact(
        tokens.create_token,
        actor,
        actor.person_id,
        form.name.data or "",
        now,
        scopes=form.chosen_scopes,
        expires_at=form.ends_at(now),
    )
    page = _tokens_page(_token_form(formdata=None), secret)
    return page, HTTPStatus.CREATED, {"Cache-Control": "no-store"}


@blueprint.post("/<lang:lang>/account/tokens/<int:token_id>/revoke")
@access.signed_in
def revoke_token(lang: str, token_id: int) -> ResponseReturnValue:
    transact(tokens.revoke_token, access.current_actor(), token_id, clock.now())
    flash(_("The token opens nothing any more."))
    return redirect(url_for(".show_tokens", lang=lang))


def _token_form(**values: Any) -> TokenForm:
    return TokenForm.of(is_staff=access.visitor().is_staff, **values)


def _tokens_page(form: TokenForm, secret: str | None = None) -> str:
    person_id, now = access.current_actor().person_id, clock.now()
    assert person_id is not None
    return render_template(
        "accounts/tokens.html",
        form=form,
        secret=secret,
        tokens=[token_row(one, now) for one in tokens_of(db.session(), person_id)],
    )
