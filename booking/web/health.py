"""Whether the process is up, and whether it can serve."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from booking.web.session import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show_process() -> ResponseReturnValue:
    """200 as long as the process answers."""
    return jsonify(status="up")


@blueprint.get("/readyz")
def show_readiness() -> ResponseReturnValue:
    """200 when the database answers and its schema is the one of this code; else 503."""
    try:
        connection = db.session.connection()
        connection.execute(text("SELECT 1"))
        at = MigrationContext.configure(connection).get_current_revision()
    except Exception:
        return jsonify(status="down", reason="the database does not answer"), 503
    if at != _head():
        return jsonify(status="down", reason="the database awaits `flask db upgrade`"), 503
    return jsonify(status="ready")


def _head() -> str | None:
    migrate = current_app.extensions["migrate"]
    return ScriptDirectory(migrate.directory).get_current_head()


show_process.access = "public"  # type: ignore[attr-defined]  # no wing below to declare it with
show_readiness.access = "public"  # type: ignore[attr-defined]
