"""The application, put together: settings, what all pages share, the wings and their commands."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask
from flask.cli import run_command
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from booking import api, jobs, jobs_commands, pages, tables
from booking.accounts import access
from booking.accounts import commands as accounts_commands
from booking.accounts import views as accounts_views
from booking.billing import commands as billing_commands
from booking.billing import views as billing_views
from booking.calendars import source_file_views, source_views
from booking.calendars import views as calendars_views
from booking.catalogue import commands as catalogue_commands
from booking.catalogue import views as catalogue_views
from booking.commands import check, demo
from booking.decisions import staff_views as decisions_views
from booking.feedback import views as feedback_views
from booking.notifications import views as mailbox_views
from booking.reservations import (
    closure_views,
    favourite_views,
    hold_views,
    mine_views,
    moving_views,
    offer_views,
    organisation_views,
    printing_views,
    reminder_views,
    rule_sentences,
    series_views,
    series_wizard_views,
    space_views,
    waiting_views,
)
from booking.reservations.event_duties import DUTIES_OF_EVENT
from booking.reservations.retaking import follow_division
from booking.self_initiated import commands as self_initiated_commands
from booking.self_initiated import (
    guide_views,
    plan_views,
    power_views,
    rule_staff_views,
    rule_views,
    rule_writing_views,
    support_staff_views,
    support_views,
)
from booking.self_initiated import printing_views as event_printing_views
from booking.self_initiated.plan_duties import told_duties
from booking.self_initiated.rule_sentences import read_fired_rules
from booking.web import (
    appearance,
    city,
    compression,
    drafts,
    errors,
    forgery,
    health,
    languages,
    logs,
    security,
    storage,
    words,
)
from booking.web.limits import limiter
from booking.web.session import db
from config import ROOT, Settings

MAX_REQUEST_BYTES = 2 * 1024 * 1024
EVENT_PAGES = {one.blueprint for one in (guide_views, plan_views, event_printing_views, rule_views)}
"""One blueprint, whose pages stand in several files."""

RULE_PAGES = {one.blueprint for one in (rule_staff_views, rule_writing_views)}
"""One too."""

__all__ = ["create_app", "tables"]


def create_app(settings: Settings | None = None) -> Flask:
    """The application under these settings, or under those of the environment.

    Raises `UnusableSettings` where it is to serve and these settings can't.
    """
    if settings is None:
        settings = Settings.from_environment()
        if _is_to_serve():
            settings.must_be_able_to_serve()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance_path),
    )
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    _configure(app, settings)
    _add_what_all_share(app, settings)
    _add_wings(app, settings)
    if settings.demo and not settings.testing and _is_to_serve():
        jobs.start_in_background(app)
    return app


def _is_to_serve() -> bool:
    """Whether a server loads the application, rather than a command that only works with it."""
    context = click.get_current_context(silent=True)
    return context is None or context.command is run_command


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        BASE_URL=settings.base_url,
        DEMO=settings.demo,
        TESTING=settings.testing,
        SECRET_KEY=settings.secret_key or None,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks) or None,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=settings.is_https,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=settings.ratelimit_storage_uri,
        TRANSLATIONS=ROOT / "booking" / "translations",
        SEND_FILE_MAX_AGE_DEFAULT=0 if settings.demo else 86400,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _engine_options(url: str) -> dict[str, Any]:
    """What people wrote stands in no log, whatever fails. PostgreSQL: no waiting without end, a
    pool as small as a worker's threads."""
    quiet = {"hide_parameters": True}
    if not url.startswith("postgresql"):
        return quiet
    return {
        **quiet,
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 0,
        "connect_args": {
            "options": "-c statement_timeout=15000 -c lock_timeout=10000 "
            "-c idle_in_transaction_session_timeout=30000 -c timezone=UTC",
        },
    }


def _add_what_all_share(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    Migrate(
        app,
        db,
        directory=str(ROOT / "migrations"),
        render_item=_column_type,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
    )
    logs.init_app(app, settings.log_format)
    languages.init_app(app)
    words.init_app(app)
    security.init_app(app, settings)
    compression.init_app(app)
    errors.init_app(app)
    forgery.init_app(app)
    drafts.init_app(app)
    limiter.init_app(app)
    access.init_app(app)
    city.init_app(app)
    appearance.init_app(app)
    storage.init_app(app, settings.upload_url)


def _add_wings(app: Flask, settings: Settings) -> None:
    rule_sentences.read_by(read_fired_rules)
    for blueprint in (
        health.blueprint,
        pages.blueprint,
        accounts_views.blueprint,
        catalogue_views.blueprint,
        mine_views.blueprint,
        favourite_views.blueprint,
        reminder_views.blueprint,
        moving_views.blueprint,
        printing_views.blueprint,
        space_views.blueprint,
        hold_views.blueprint,
        waiting_views.blueprint,
        series_views.blueprint,
        series_wizard_views.blueprint,
        closure_views.blueprint,
        offer_views.blueprint,
        organisation_views.blueprint,
        decisions_views.blueprint,
        billing_views.blueprint,
        calendars_views.blueprint,
        support_views.blueprint,
        support_staff_views.blueprint,
        power_views.blueprint,
        *RULE_PAGES,
        source_views.blueprint,
        source_file_views.blueprint,
        feedback_views.blueprint,
        *EVENT_PAGES,
        api.blueprint,
        api.docs,
    ):
        app.register_blueprint(blueprint)
    if settings.demo:
        app.register_blueprint(mailbox_views.blueprint)
    forgery.csrf.exempt(api.blueprint)
    app.extensions[catalogue_commands.RETAKE_PARTS] = follow_division
    app.extensions[DUTIES_OF_EVENT] = told_duties
    for group in (
        accounts_commands.users,
        catalogue_commands.catalogue,
        billing_commands.billing,
        self_initiated_commands.events,
        jobs_commands.jobs_group,
        demo,
        check,
    ):
        app.cli.add_command(group)


def _column_type(kind: str, item: Any, _context: object) -> str | bool:
    """How a migration writes our column types: by what they are in the database."""
    names = {
        "UTCDateTime": "sa.DateTime(timezone=True)",
        "ExactDecimal": "sa.String(20).with_variant(sa.Numeric(12, 4), 'postgresql')",
    }
    return names.get(type(item).__name__, False) if kind == "type" else False
