"""How a reader wants the pages to look: as the device asks, light, dark, or with more contrast."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from booking.core.errors import N_

COOKIE = "appearance"
APPEARANCES = {
    "device": N_("As my device"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "contrast": N_("More contrast"),
}
A_YEAR = 365 * 24 * 60 * 60


def chosen_appearance() -> str:
    """What the reader chose on this device; `device` where nothing is chosen."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in APPEARANCES else "device"


def remember_appearance(answer: Response, chosen: str, *, is_https: bool) -> None:
    """Keep the choice on the device for a year. It says nothing of who the reader is."""
    if chosen in APPEARANCES:
        answer.set_cookie(
            COOKIE, chosen, max_age=A_YEAR, secure=is_https, httponly=True, samesite="Lax"
        )


def init_app(app: Flask) -> None:
    """Let the frame of every page know the choice, and what there is to choose."""

    @app.context_processor
    def frame() -> dict[str, object]:
        return {
            "appearance": chosen_appearance(),
            "appearances": [(slug, gettext(name)) for slug, name in APPEARANCES.items()],
        }
