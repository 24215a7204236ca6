"""The migrations go up, agree with the models, go down and up again, on both engines."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from booking import create_app
from booking.database import missing_guards
from config import Settings
from scripts.postgres import temporary_server

STEPS = (["upgrade"], ["check"], ["downgrade", "base"], ["upgrade"], ["check"])


def fault(url: str, folder: Path) -> str:
    """The first thing that went wrong on an empty database, or nothing."""
    settings = Settings(
        testing=True, secret_key="of no worth", database_url=url, instance_path=folder
    )
    app = create_app(settings)
    for step in STEPS:
        if wrong := _refusal(app, step):
            return f"flask db {' '.join(step)}: {wrong}"
    engine = create_engine(url)
    with engine.connect() as connection:
        missing = missing_guards(connection)
    engine.dispose()
    return f"the migrations leave out the guards {', '.join(sorted(missing))}" if missing else ""


def _refusal(app: Flask, step: list[str]) -> str:
    result = app.test_cli_runner().invoke(args=["db", *step])
    if result.exit_code == 0:
        return ""
    # A whole schema may be listed; its beginning tells which way to look.
    return f"{result.output[:2000]}\n{result.exception!r}"


def engines(folder: Path) -> Iterator[tuple[str, str]]:
    """Each engine's name, and the URL of an empty database."""
    yield "SQLite", f"sqlite:///{folder / 'migrations.sqlite3'}"
    with temporary_server() as server:
        name = f"yhteistila_migrations_{os.getpid()}"
        owner = create_engine(server, isolation_level="AUTOCOMMIT")
        with owner.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
            url = owner.url.set(database=name).render_as_string(hide_password=False)
            yield "PostgreSQL", url
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        owner.dispose()


def main() -> int:
    """Print what went wrong on which engine."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, url in engines(Path(folder)):
            if wrong := fault(url, Path(folder)):
                failed = True
                print(f"{name}: {wrong}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
