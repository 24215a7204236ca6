"""Where the pages of accounts hang, and the addresses of those that mails link to."""

from __future__ import annotations

from flask import Blueprint, current_app, url_for

from booking.accounts.links import Door, Links

blueprint = Blueprint("accounts", __name__)

_PAGES = {
    Door.CONFIRM_REGISTRATION: "accounts.show_confirmation",
    Door.RESET_PASSWORD: "accounts.show_new_password",
    Door.JOIN_ORGANISATION: "accounts.show_invitation",
    Door.SIGN_IN: "accounts.show_sign_in",
}


def links() -> Links:
    """The links of this installation, under its own address whatever a request calls it."""
    config = current_app.config
    older = reversed(config.get("SECRET_KEY_FALLBACKS") or ())
    return Links([*older, config["SECRET_KEY"]], _address_of)


def _address_of(door: Door, language: str, token: str) -> str:
    # A page that takes no token is given None, which leaves it out.
    path = url_for(_PAGES[door], lang=language, token=token or None)
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}"
