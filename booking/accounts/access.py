"""Who is asking: the signed-in person of a page, the bearer of a token; who may ask a route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_fresh,
    login_user,
    logout_user,
)

from booking.accounts import passwords
from booking.accounts.models import Person
from booking.accounts.queries import Account, find_account, find_bearer
from booking.accounts.rules import own_place
from booking.accounts.token_use_cases import is_worth_noting, note_token_use
from booking.core import clock
from booking.core.actors import VISITOR, Action, Actor
from booking.core.errors import NotAllowed
from booking.web.forgery import comes_from_here, old_page
from booking.web.languages import current_language
from booking.web.session import db, try_to_transact

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

LONGEST_PLACE = 2000


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(UserMixin):
    """The person of this request: plain values, which outlive any transaction."""

    id: int
    name: str
    email: str
    language: str
    auth_version: int
    actor: Actor

    is_signed_in = True

    @classmethod
    def of(cls, account: Account) -> SignedIn:
        return cls(
            account.person_id,
            account.name,
            account.email,
            account.language,
            account.auth_version,
            account.actor,
        )

    def get_id(self) -> str:
        """What the session keeps: it stops being true when the person signs out everywhere."""
        return f"{self.id}.{self.auth_version}"

    @property
    def is_staff(self) -> bool:
        return self.actor.is_staff

    @property
    def may_close(self) -> bool:
        """Whether there is a site of which they may close spaces."""
        return self.actor.may_anywhere(Action.CLOSE_SPACES)

    @property
    def may_verify(self) -> bool:
        """Whether they verify organisations."""
        return self.actor.may(Action.VERIFY_ORGANISATION)

    @property
    def may_edit_rules(self) -> bool:
        """Whether they keep the rules of events."""
        return self.actor.may(Action.EDIT_RULES)


class Nobody(AnonymousUserMixin):
    """The visitor who is not signed in."""

    id = None
    name = ""
    email = ""
    actor = VISITOR
    is_signed_in = False
    is_staff = False
    may_close = False
    may_verify = False
    may_edit_rules = False


# ── Set-up ────────────────────────────────────────────────────────────────────────────────────


def init_app(app: Flask) -> None:
    """Let the application know who is signed in."""
    passwords.set_cost(passwords.CHEAP if app.testing else passwords.Cost())
    manager = LoginManager()
    manager.anonymous_user = Nobody
    # A changed address (a phone that leaves the house) asks for the password again only where
    # it matters: see `freshly_signed_in`.
    manager.session_protection = "basic"
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"visitor": visitor()})


def _load(kept: str) -> SignedIn | None:
    """The person a session belongs to, in one query; None once it was ended elsewhere."""
    person_id, _, version = kept.partition(".")
    if not person_id.isdecimal():
        return None
    account = find_account(db.session(), int(person_id))
    if account is None or str(account.auth_version) != version:
        return None
    return SignedIn.of(account)


# ── Who ───────────────────────────────────────────────────────────────────────────────────────


def visitor() -> SignedIn | Nobody:
    """Who looks at this page."""
    user: SignedIn | Nobody = current_user._get_current_object()
    return user


def current_actor() -> Actor:
    """The signed-in person as an actor; `VISITOR` when there is none."""
    return visitor().actor


def bearer_actor() -> Actor | None:
    """The actor of the request's bearer token; None without one that opens something.

    That the token was used is noted once an hour, in a transaction of its own, whose failure
    keeps nobody from what they asked for.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    now = clock.now()
    bearer = find_bearer(db.session(), token.strip(), now)
    if bearer is None:
        return None
    if is_worth_noting(bearer.last_used_at, now):
        try_to_transact(note_token_use, bearer.token_id, now)
    return bearer.actor


def remember(person: Person) -> None:
    """Begin a session for the person, with nothing in it that anybody may have planted."""
    account = find_account(db.session(), person.id)
    if account is None:
        raise NotAllowed()
    session.clear()
    login_user(SignedIn.of(account))


def forget() -> None:
    """End the session on this device."""
    logout_user()
    session.clear()


# ── Who may ask ───────────────────────────────────────────────────────────────────────────────


def public(view: View[P]) -> View[P]:
    """Anybody may ask."""
    return _declared(view, "public")


def signed_in(view: View[P]) -> View[P]:
    """Only people who are signed in; others sign in first and come back to where they were."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not visitor().is_signed_in:
            return _to_sign_in()
        return view(*args, **kwargs)

    return _declared(guarded, "signed_in")


def freshly_signed_in(view: View[P]) -> View[P]:
    """As `signed_in`, and whose address or browser has changed since gives the password again."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not visitor().is_signed_in or not login_fresh():
            return _to_sign_in()
        return view(*args, **kwargs)

    return _declared(guarded, "signed_in")


def staff(view: View[P]) -> View[P]:
    """Only people who have a role in the city; what they may do there the use case decides."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not visitor().is_signed_in:
            return _to_sign_in()
        if not visitor().is_staff:
            raise NotAllowed()
        return view(*args, **kwargs)

    return _declared(guarded, "staff")


def _declared(view: View[P], who: str) -> View[P]:
    view.__dict__["access"] = who
    return view


def _to_sign_in() -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        # A form asks while it is filled in: it stays as it is, and sending it tells the rest.
        return Response(status=HTTPStatus.NO_CONTENT)
    if request.form and comes_from_here():  # what was typed is kept
        return old_page()
    return redirect(url_for("accounts.show_sign_in", lang=current_language(), next=_place()))


def _place() -> str | None:
    """Where the visitor was: this page, or the one whose form was sent from."""
    if request.method in {"GET", "HEAD"}:
        place: str | None = request.script_root + request.full_path.rstrip("?")
    else:
        place = _place_of_own_page(request.headers.get("Referer", ""))
    place = own_place(place)
    return place if place and len(place) <= LONGEST_PLACE else None


def _place_of_own_page(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    own = {request.host, urlsplit(current_app.config.get("BASE_URL", "")).netloc}
    if parts.netloc not in own:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
