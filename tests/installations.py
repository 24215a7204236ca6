"""An installation under test: its settings, its application, its commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from booking import create_app
from booking.web.session import db
from config import Settings


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a test's own installation, all of whose files lie in `folder`."""
    return Settings(
        database_url=url,
        secret_key="known to every test",
        base_url="http://localhost",
        ratelimit_enabled=False,
        log_format="text",
        upload_url=str(folder / "uploads"),
        testing=True,
        instance_path=folder / "instance",
    )


def of_the_demo(settings: Settings) -> Settings:
    """The same as `make run` would have it: the mailbox is a page, the demo people are listed."""
    return replace(settings, demo=True, mail_url="file:")


@contextmanager
def serving(settings: Settings) -> Iterator[Flask]:
    """An application for as long as the block runs; its connections are closed at the end."""
    app = create_app(settings)
    try:
        yield app
    finally:
        engine_of(app).dispose()


def engine_of(app: Flask) -> Engine:
    """The application's engine, for sessions of the test's own."""
    with app.app_context():
        return db.engine


def run_command(app: Flask, *arguments: str) -> str:
    """What `flask --app booking …` prints in this process; raises when it fails."""
    result = app.test_cli_runner().invoke(args=arguments)
    if result.exit_code:
        raise RuntimeError(f"flask {' '.join(arguments)}: {result.output}") from result.exception
    return result.output
