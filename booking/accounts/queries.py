"""Reading people, organisations, roles and tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, column, or_, select, table
from sqlalchemy.orm import Session, contains_eager

from booking.accounts.errors import NotAMember
from booking.accounts.models import ApiToken, Membership, Organisation, Person, RoleAssignment
from booking.accounts.rules import normal_email
from booking.core.actors import Action, Actor, ActorKind, Grant, Role
from booking.core.errors import NotFound
from booking.database import Document, Texts

APPROVING_ROLES = (Role.APPROVER, Role.MANAGER, Role.ADMINISTRATOR)

# Places and prices belong to a wing above this one: only what every reader may rely on is read.
_city = table("city", column("name", Document))
_unit = table("unit", column("id", Integer), column("slug", String), column("position", Integer))
_price_group = table(
    "price_group",
    column("slug", String),
    column("name", Document),
    column("position", Integer),
)


# ── People ────────────────────────────────────────────────────────────────────────────────────


def get_person(session: Session, person_id: int) -> Person:
    """The person of that key; raises `NotFound`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound()
    return person


def find_person(session: Session, email: str) -> Person | None:
    """Whoever has the account of that address, however it is written."""
    return session.scalar(select(Person).where(Person.email == normal_email(email)))


@dataclass(frozen=True, slots=True)
class Account:
    """An account that may be used, with all its rights; `auth_version` ends older sessions."""

    person_id: int
    email: str
    name: str
    language: str
    auth_version: int
    actor: Actor


def find_account(session: Session, person_id: int) -> Account | None:
    """The account, in one query; None when it is not there or may not be used."""
    return _account(session.execute(_with_rights(Person.id == person_id)).all(), ActorKind.PERSON)


def actor_of(session: Session, person_id: int) -> Actor:
    """The person as an actor, with roles and organisations, in one query; raises `NotFound`."""
    account = find_account(session, person_id)
    if account is None:
        raise NotFound()
    return account.actor


def _with_rights(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Each role beside each membership of active people: few rows, and one way to the database."""
    return (
        select(
            Person.id,
            Person.email,
            Person.name,
            Person.language,
            Person.auth_version,
            RoleAssignment.role,
            RoleAssignment.unit_id,
            Membership.organisation_id,
            Membership.role.label("membership"),
        )
        .outerjoin(RoleAssignment, RoleAssignment.person_id == Person.id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .where(condition, Person.is_active)
    )


def _account(rows: Sequence[Any], kind: ActorKind, **more: Any) -> Account | None:
    if not rows:
        return None
    first = rows[0]
    actor = Actor(
        kind,
        person_id=first.id,
        name=first.name,
        language=first.language,
        grants=frozenset(Grant(Role(row.role), row.unit_id) for row in rows if row.role),
        organisations={
            row.organisation_id: row.membership for row in rows if row.organisation_id is not None
        },
        **more,
    )
    return Account(first.id, first.email, first.name, first.language, first.auth_version, actor)


def approvers_of(session: Session, unit_ids: Collection[int]) -> list[Person]:
    """Who may decide about bookings of these units, each person once, in the order of keys."""
    at_units = RoleAssignment.unit_id.in_(sorted(set(unit_ids)))
    holders = select(RoleAssignment.person_id).where(
        RoleAssignment.role.in_(APPROVING_ROLES), or_(at_units, RoleAssignment.unit_id.is_(None))
    )
    return list(
        session.scalars(
            select(Person).where(Person.id.in_(holders), Person.is_active).order_by(Person.id)
        )
    )


def find_role(session: Session, person: Person, grant: Grant) -> RoleAssignment | None:
    """The row that gives the person this role, at this unit or in the whole city."""
    return session.scalar(
        select(RoleAssignment).filter_by(
            person_id=person.id, role=grant.role.value, unit_id=grant.unit_id
        )
    )


def demo_people(session: Session, emails: Iterable[str]) -> list[Person]:
    """Who of these addresses is a person of the demo."""
    return list(
        session.scalars(
            select(Person)
            .where(Person.is_demo, Person.is_active, Person.email.in_(list(emails)))
            .order_by(Person.id)
        )
    )


# ── Organisations ─────────────────────────────────────────────────────────────────────────────


def get_organisation(session: Session, actor: Actor, slug: str) -> Organisation:
    """The organisation of that slug, for its members and for staff who verify organisations.

    Raises `NotFound` for everybody else: they don't learn that it exists.
    """
    organisation = find_organisation(session, slug)
    if organisation is None or not may_see(actor, organisation.id):
        raise NotFound()
    return organisation


def find_organisation(session: Session, slug: str) -> Organisation | None:
    """The organisation of that slug, whoever asks; what is shown of it is the caller's duty."""
    return session.scalar(select(Organisation).where(Organisation.slug == slug))


def find_organisation_named(session: Session, name: str) -> Organisation | None:
    """The organisation of exactly that name; of several, the oldest."""
    return session.scalar(
        select(Organisation).where(Organisation.name == name).order_by(Organisation.id).limit(1)
    )


def may_see(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor may know of the organisation's members and papers."""
    return organisation_id in actor.organisations or actor.may(Action.VERIFY_ORGANISATION)


def may_administer(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor may change the organisation and its members."""
    is_admin = actor.organisations.get(organisation_id) == "admin"
    return is_admin or actor.may(Action.MANAGE_PEOPLE)


def organisations_of(session: Session, person_id: int) -> list[Organisation]:
    """The organisations that the person acts for, by name."""
    return list(
        session.scalars(
            select(Organisation)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .where(Membership.person_id == person_id)
            .order_by(Organisation.name, Organisation.id)
        )
    )


def names_in_public(session: Session, organisation_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these organisations that agreed to be named in public, by key."""
    if not organisation_ids:
        return {}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(
            Organisation.id.in_(sorted(organisation_ids)), Organisation.name_public
        )
    )
    return {key: name for key, name in rows}


def members_of(session: Session, organisation_id: int) -> list[Membership]:
    """The members with their people, admins first, then by name."""
    return list(
        session.scalars(
            select(Membership)
            .join(Membership.person)
            .options(contains_eager(Membership.person))
            .where(Membership.organisation_id == organisation_id)
            .order_by(Membership.role, Person.name, Person.id)
        )
    )


def get_membership(session: Session, organisation_id: int, person_id: int) -> Membership:
    """The person's membership; raises `NotAMember`."""
    membership = find_membership(session, organisation_id, person_id)
    if membership is None:
        raise NotAMember()
    return membership


def find_membership(session: Session, organisation_id: int, person_id: int) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.organisation_id == organisation_id, Membership.person_id == person_id
        )
    )


def slugs_like(session: Session, slug: str) -> list[str]:
    """The slugs in use that begin with this one."""
    return list(
        session.scalars(
            select(Organisation.slug).where(Organisation.slug.startswith(slug, autoescape=True))
        )
    )


def find_verified(
    session: Session, business_id: str | None, register_number: str | None
) -> Organisation | None:
    """A verified organisation that has this business ID or this register number."""
    same = [
        column == value
        for column, value in (
            (Organisation.business_id, business_id),
            (Organisation.register_number, register_number),
        )
        if value
    ]
    if not same:
        return None
    return session.scalar(
        select(Organisation).where(or_(*same), Organisation.verified_at.is_not(None)).limit(1)
    )


# ── Places and prices ─────────────────────────────────────────────────────────────────────────


def find_unit_id(session: Session, slug: str) -> int | None:
    """The key of the unit of that slug."""
    return session.scalar(select(_unit.c.id).where(_unit.c.slug == slug))


def find_first_unit_id(session: Session) -> int | None:
    """The key of the first unit of the catalogue."""
    return session.scalar(select(_unit.c.id).order_by(_unit.c.position, _unit.c.id).limit(1))


def find_city_name(session: Session) -> Texts | None:
    """The city's name by language; None before a catalogue was imported."""
    return session.scalar(select(_city.c.name))


def price_groups(session: Session) -> dict[str, Texts]:
    """The names of the price groups by slug, in the order of the catalogue."""
    rows = session.execute(
        select(_price_group.c.slug, _price_group.c.name).order_by(_price_group.c.position)
    )
    return {slug: name for slug, name in rows}


# ── Tokens ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token, and when its use was last noted."""

    actor: Actor
    token_id: int
    last_used_at: datetime | None


def hash_of_token(token: str) -> str:
    """How a token is kept. It is 258 random bits, so a fast hash without salt will do."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_bearer(session: Session, token: str, now: datetime) -> Bearer | None:
    """Who holds the token, in one query; None when it is unknown, revoked or out of date.

    Found by its hash, so the time it takes says nothing about tokens that exist.
    """
    rows = session.execute(
        _with_rights(ApiToken.token_hash == hash_of_token(token))
        .join(ApiToken, ApiToken.person_id == Person.id)
        .add_columns(ApiToken.id.label("token_id"), ApiToken.scopes, ApiToken.last_used_at)
        .where(
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
        )
    ).all()
    if not rows:
        return None
    first = rows[0]
    scopes = frozenset(first.scopes) if first.scopes is not None else None
    account = _account(rows, ActorKind.TOKEN, token_id=first.token_id, scopes=scopes)
    assert account is not None
    return Bearer(account.actor, first.token_id, first.last_used_at)


def actor_by_token(session: Session, token: str, now: datetime) -> Actor | None:
    """The person behind the token as an actor, in one query; None when it opens nothing."""
    bearer = find_bearer(session, token, now)
    return bearer.actor if bearer else None


def tokens_of(session: Session, person_id: int) -> list[ApiToken]:
    """The person's tokens that were not revoked, newest first."""
    return list(
        session.scalars(
            select(ApiToken)
            .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
        )
    )
