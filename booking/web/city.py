"""What every page knows of the city: its name, its zone, whom to write to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from booking.web.languages import current_language, language_links, text_in
from booking.web.session import db


@dataclass(frozen=True)
class CityFace:
    """The city as it stands in the frame of a page; `name` in the reader's language."""

    names: dict[str, str]
    feedback_address: str | None
    zone: ZoneInfo

    @property
    def name(self) -> str:
        return text_in(self.names)


_UNNAMED = CityFace({"fi": "…"}, None, ZoneInfo("Europe/Helsinki"))


def init_app(app: Flask) -> None:
    """Put the city's zone on each request, and its face into each page."""

    @app.before_request
    def know_the_zone() -> None:
        if not request.path.startswith(("/static/", "/healthz", "/calendars/")):
            g.city = _read_city()
            g.zone = g.city.zone

    @app.context_processor
    def frame() -> dict[str, object]:
        return {
            "city": g.get("city") or _UNNAMED,
            "lang": current_language(),
            "language_links": language_links(),
            "demo": app.config["DEMO"],
        }


def _read_city() -> CityFace:
    try:
        row = db.session.execute(text("SELECT name, contact, time_zone FROM city")).first()
    except SQLAlchemyError:
        db.session.rollback()
        return _UNNAMED
    return _UNNAMED if row is None else _face(*row)


def _face(name: object, contact: object, zone: str) -> CityFace:

    names = json.loads(name) if isinstance(name, str) else name
    details = json.loads(contact) if isinstance(contact, str) else contact
    assert isinstance(names, dict)
    assert isinstance(details, dict)
    return CityFace(names, details.get("email"), ZoneInfo(zone))
