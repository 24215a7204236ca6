"""`flask users …`: accounts made at the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from booking.accounts import passwords
from booking.accounts.errors import CityMissing, UnknownUnit
from booking.accounts.membership_use_cases import Member, add_member
from booking.accounts.models import Organisation, Person
from booking.accounts.organisation_use_cases import create_organisation
from booking.accounts.queries import find_city_name, find_organisation_named, find_unit_id
from booking.accounts.rules import (
    SHORTEST_PASSWORD,
    NewOrganisation,
    NewPerson,
    RoleSpec,
    parse_role,
    plain,
)
from booking.accounts.token_use_cases import create_token
from booking.accounts.use_cases import create_person, grant_role
from booking.core import clock
from booking.core.actors import COMMAND, Grant
from booking.core.errors import BookingError
from booking.web.session import transact

PRICE_GROUP = "K3"
TOKEN_NAME = "command line"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    person: NewPerson
    roles: tuple[RoleSpec, ...]
    organisation: str | None
    token: bool


@click.group("users")
def users() -> None:
    """Make accounts, give roles."""


@users.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--password", help="Without one, the person asks for a link to set it.")
@click.option("--role", "roles", multiple=True, metavar="ROLE[:unit-slug]", help="Repeatable.")
@click.option("--organisation", metavar="NAME", help="Made if absent; the person is its admin.")
@click.option("--token", is_flag=True, help="Print a new API token as the last word.")
@with_appcontext
def create(
    email: str,
    name: str,
    password: str | None,
    roles: tuple[str, ...],
    organisation: str | None,
    token: bool,
) -> None:
    """Make the account of EMAIL, or bring it up to date."""
    try:
        specs = tuple(parse_role(role) for role in roles)
        wish = Wish(NewPerson(email, name, _hash_of(password)), specs, organisation, token)
        person, secret = transact(_fulfil, wish, clock.now())
    except BookingError as error:
        raise click.UsageError(error.message % error.values) from error
    click.echo(f"{person.name} <{person.email}> can use the service.")
    if secret:
        click.echo(f"The API token, shown only now: {secret}")


def _hash_of(password: str | None) -> str | None:
    if password is None:
        return None
    if len(password) < SHORTEST_PASSWORD:
        click.echo(f"The password has fewer than {SHORTEST_PASSWORD} characters.", err=True)
    return passwords.hash_password(password)


def _fulfil(session: Session, wish: Wish, now: datetime) -> tuple[Person, str | None]:
    person = create_person(session, COMMAND, wish.person, now)
    for spec in wish.roles:
        grant_role(session, COMMAND, person.id, _grant(session, spec), now)
    if wish.organisation is not None:
        organisation = _organisation_named(session, wish.organisation, now)
        add_member(session, COMMAND, organisation.slug, Member(person.id, "admin"), now)
    if not wish.token:
        return person, None
    _, secret = create_token(session, COMMAND, person.id, TOKEN_NAME, now)
    return person, secret


def _grant(session: Session, spec: RoleSpec) -> Grant:
    if spec.unit_slug is None:
        return Grant(spec.role)
    unit_id = find_unit_id(session, spec.unit_slug)
    if unit_id is None:
        raise UnknownUnit(unit=spec.unit_slug)
    return Grant(spec.role, unit_id)


def _organisation_named(session: Session, name: str, now: datetime) -> Organisation:
    """The organisation, made if absent: a verified association at home in the city."""
    if found := find_organisation_named(session, plain(name)):
        return found
    city = find_city_name(session)
    if city is None:
        raise CityMissing()
    new = NewOrganisation(name, "association", city["fi"])
    return create_organisation(session, COMMAND, new, PRICE_GROUP, now)
