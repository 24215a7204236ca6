"""What somebody filled in before signing in, kept in a signed cookie of their own browser.

Nothing of it lies with us. It outlives the new session, a registration and its mail, opens nothing,
and is gone after a day, once it was sent, or when whoever uses the device signs out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "draft"
KEPT_FOR = timedelta(hours=24)
MOST_CHARACTERS = 3_800
"""Browsers keep 4,096 bytes of a cookie, its name and attributes among them."""


@dataclass(frozen=True)
class Draft:
    """The page that it is to be sent from, without its query, and the fields as they were sent."""

    place: str
    fields: Sequence[tuple[str, str]]


def init_app(app: Flask) -> None:
    """Write into each answer what was kept or dropped while it was made."""

    @app.after_request
    def write(answer: Response) -> Response:
        if (sealed := g.get("draft_to_write")) is not None:
            _write(answer, sealed)
        return answer


def keep_draft(draft: Draft) -> bool:
    """Keep it with the answer to this request; False where it is more than a cookie holds."""
    sealed = str(_serializer().dumps([draft.place, [list(pair) for pair in draft.fields]]))
    if len(sealed) > MOST_CHARACTERS:
        return False
    g.draft_to_write = sealed
    return True


def find_draft() -> Draft | None:
    """What this browser keeps; None where that is nothing, too old or not of our making."""
    sealed = request.cookies.get(COOKIE, "")
    if not sealed:
        return None
    try:
        most = int(KEPT_FOR.total_seconds())
        place, fields = _serializer().loads(sealed, max_age=most)
    except BadData:
        return None
    return Draft(str(place), [(str(name), str(value)) for name, value in fields])


def drop_draft() -> None:
    """Let it go with the answer to this request."""
    if COOKIE in request.cookies:
        g.draft_to_write = ""


def _write(answer: Response, sealed: str) -> None:
    if not sealed:
        answer.delete_cookie(COOKIE)
        return
    answer.set_cookie(
        COOKIE,
        sealed,
        max_age=KEPT_FOR,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )


def _serializer() -> URLSafeTimedSerializer:
    """It signs with the secret of now, and reads what an older one has signed."""
    config = current_app.config
    older = reversed(config.get("SECRET_KEY_FALLBACKS") or ())
    return URLSafeTimedSerializer([*older, config["SECRET_KEY"]], salt="yhteistila.draft")
