"""The pages of the demo's mailbox, where whoever tries the product finds the mail it sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from booking.notifications.mailbox import get_message, list_messages
from booking.notifications.transports import folder_of
from config import Settings

View = Callable[..., ResponseReturnValue]

blueprint = Blueprint("mailbox", __name__)


def _public(view: View) -> View:
    # As `accounts.access.public` declares it. Accounts send e-mails, so they lie above this wing.
    view.__dict__["access"] = "public"
    return view


@blueprint.get("/<lang:lang>/mailbox")
@_public
def show_mailbox(lang: str) -> ResponseReturnValue:
    """All delivered messages, newest first."""
    return render_template("notifications/mailbox.html", messages=list_messages(_folder()))


@blueprint.get("/<lang:lang>/mailbox/<uuid:message>")
@_public
def show_message(lang: str, message: UUID) -> ResponseReturnValue:
    """One message: its text, in which links can be followed."""
    return render_template("notifications/message.html", message=get_message(_folder(), message))


def _folder() -> Path:
    """The demo's folder; where real mail is sent there is no such page."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo or not settings.mail_url.startswith("file:"):
        abort(404)
    return folder_of(settings.mail_url, settings.instance_path)
