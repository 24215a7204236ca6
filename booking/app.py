"""The application, put together."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_migrate import Migrate

from booking import tables
from booking.web.session import db
from config import ROOT, Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application under these settings, or under those of the environment."""
    settings = settings or Settings.from_environment()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance_path),
    )
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database_url)
    db.init_app(app)
    Migrate(
        app, db, directory=str(ROOT / "migrations"), render_item=_column_type,
        render_as_batch=True, compare_type=True, compare_server_default=True,
    )
    return app


def _column_type(kind: str, item: Any, _context: object) -> str | bool:
    return {
        "UTCDateTime": "sa.DateTime(timezone=True)",
        "ExactDecimal": "sa.String(20).with_variant(sa.Numeric(12, 4), 'postgresql')",
    }.get(type(item).__name__, False) if kind == "type" else False
