"""`flask catalogue …`: bring a city's file in, write it out again."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from booking.catalogue.exporting import export_catalogue
from booking.catalogue.format import (
    BadCatalogue,
    CatalogueFile,
    load_catalogue,
    parse_catalogue,
    write_catalogue,
)
from booking.catalogue.importing import OnPartsChanged, Totals, import_catalogue, totals
from booking.catalogue.importing_changes import Changes
from booking.catalogue.queries import NoCatalogue
from booking.core import clock
from booking.core.actors import COMMAND
from booking.core.errors import BookingError
from booking.web.session import db, transact

catalogue = AppGroup("catalogue", help="Bring a city's file in, write it out again.")

READY = "Has it been made ready with `flask --app booking db upgrade`?"
RETAKE_PARTS = "retake_parts"
"""The application's extension that makes reservations follow when spaces are divided otherwise.

It is called with the session, the keys of the spaces and the instant; a higher wing gives it.
"""


class _OnlyTried(Exception):
    """Ends a transaction that was to change nothing; holds what it would have changed."""

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self.changes = changes


@catalogue.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show every change and make none.")
@with_appcontext
def import_(file: Path, dry_run: bool) -> None:
    """Make the catalogue say what FILE says; all of it or, if anything is wrong, nothing."""
    wanted = _read(file)
    now, host = clock.now(), current_app.config["SETTINGS"].host
    try:
        if dry_run:
            _try_out(wanted, now, host)
            return
        changes = transact(_import, wanted, now, host)
    except BookingError as error:
        raise click.ClickException(error.message % error.values) from error
    except DBAPIError as error:
        raise click.ClickException(f"The database refuses this. {READY} {error.orig}") from error
    _tell(changes, [line for line in changes.lines() if not line.startswith("+")])
    click.echo(_summary(totals(db.session())))


def _read(file: Path) -> CatalogueFile:
    try:
        return load_catalogue(file)
    except BadCatalogue as bad:
        _refuse(bad)
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}.") from error


def _refuse(bad: BadCatalogue) -> NoReturn:
    """End with every problem of a file."""
    for problem in bad.problems:
        click.echo(str(problem), err=True)
    raise click.exceptions.Exit(1) from bad


def _import(session: Session, file: CatalogueFile, now: datetime, host: str) -> Changes:
    return import_catalogue(session, COMMAND, file, now, host, on_parts_changed=_retake_parts(now))


def _retake_parts(now: datetime) -> OnPartsChanged | None:
    given = current_app.extensions.get(RETAKE_PARTS)
    return partial(given, now=now) if given else None


def _try_out(file: CatalogueFile, now: datetime, host: str) -> None:
    try:
        transact(_import_and_undo, file, now, host)
    except _OnlyTried as tried:
        _tell(tried.changes, tried.changes.lines())
        click.echo("This was a dry run: nothing is changed.")


def _import_and_undo(session: Session, file: CatalogueFile, now: datetime, host: str) -> None:
    raise _OnlyTried(_import(session, file, now, host))


def _tell(changes: Changes, lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
    click.echo(f"{len(changes.added)} added, {len(changes.changed)} changed.")


def _summary(held: Totals) -> str:
    return (
        f"The catalogue holds {held.units} units, {held.spaces} spaces, "
        f"{held.combinations} combinations, {held.parts} parts, {held.pieces} pieces on loan."
    )


@catalogue.command("export")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@with_appcontext
def export(file: Path | None) -> None:
    """Write the catalogue as it stands to FILE, or to the standard output."""
    try:
        text = write_catalogue(export_catalogue(db.session()))
    except NoCatalogue as error:
        raise click.ClickException(error.message) from error
    if file is None:
        click.echo(text, nl=False)
    else:
        _write(file, text)
    _must_be_right(text, str(file or "catalogue"))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}.") from error


def _must_be_right(text: str, name: str) -> None:
    """Say what the format refuses, such as a list that later edits have emptied."""
    try:
        parse_catalogue(text.encode(), name)
    except BadCatalogue as bad:
        _refuse(bad)
