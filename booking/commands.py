"""Commands of the whole house: the demo city, and the promises looked at from outside."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from booking.core import clock
from booking.demo import load_demo
from booking.invariants import breaches
from booking.web.session import db, transact

demo = AppGroup("demo", help="A city to try things in; its people and bookings are made up.")
check = AppGroup("check", help="Look at what the database promises.")


@demo.command("load")
@with_appcontext
def load() -> None:
    """Load the demo city where it is not there yet: catalogue, people, bookings."""
    for line in load_demo(transact, clock.now()):
        click.echo(line)


@check.command("invariants")
@with_appcontext
def check_invariants() -> None:
    """Read the whole database; a line for each broken promise and exit 1; silence if none is."""
    with db.engine.connect() as connection:
        found = breaches(connection, clock.now())
    for breach in found:
        click.echo(str(breach))
    if found:
        click.echo(f"{len(found)} promises are broken.", err=True)
        sys.exit(1)
