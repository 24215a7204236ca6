"""`flask billing …`: what is billable, for the ledger."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from booking.billing.ledger import ledger_csv
from booking.billing.queries import ledger_of
from booking.catalogue.queries import NoCatalogue, get_catalogue
from booking.core.actors import COMMAND
from booking.web.session import db

billing = AppGroup("billing", help="Money that is owed, for the ledger.")

DAY = click.DateTime(formats=["%Y-%m-%d"])


@billing.command("export")
@click.option("--from", "first", type=DAY, required=True, help="The first day, such as 2027-01-01.")
@click.option("--to", "last", type=DAY, required=True, help="The last day, included.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@with_appcontext
def export(first: datetime, last: datetime, file: Path | None) -> None:
    """Write the charges and credit notes of these days to FILE, or to the standard output."""
    if last < first:
        raise click.UsageError("--to lies before --from.")
    written = _ledger(first.date(), last.date())
    if file is None:
        click.echo(written, nl=False)
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}.") from error


def _ledger(first: date, last: date) -> bytes:
    try:
        city = get_catalogue(db.session())
    except NoCatalogue as error:
        raise click.ClickException(error.message) from error
    charges, notes = ledger_of(db.session(), COMMAND, first, last)
    return ledger_csv(charges, notes, city.zone, city.default_language).encode()
