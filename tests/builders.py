"""What tests build with: each builder names only what matters to its test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from booking.accounts import passwords
from booking.accounts.models import Membership, Organisation, Person, RoleAssignment
from booking.core.actors import Grant

LONG_AGO = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
_numbers = count(1)


def a_person(
    session: Session,
    *,
    email: str | None = None,
    password: str | None = None,
    grants: Sequence[Grant] = (),
    **values: Any,
) -> Person:
    """Somebody with a confirmed account; without a password nobody signs in to it."""
    person = Person(
        email=email or f"person{next(_numbers)}@example.com",
        **{
            "password_hash": passwords.hash_password(password) if password else None,
            "name": "Maija Meikäläinen",
            "language": "fi",
            "email_confirmed_at": LONG_AGO,
            "created_at": LONG_AGO,
            **values,
        },
    )
    person.roles = [RoleAssignment(role=grant.role, unit_id=grant.unit_id) for grant in grants]
    session.add(person)
    session.flush()
    return person


def an_organisation(
    session: Session,
    *,
    admins: Sequence[Person] = (),
    members: Sequence[Person] = (),
    **values: Any,
) -> Organisation:
    """A verified association of the city, with these people."""
    organisation = Organisation(
        **{
            "slug": f"association-{next(_numbers)}",
            "name": "Haminan Sähly ry",
            "kind": "association",
            "domicile": "Hamina",
            "price_group": "K3",
            "verified_at": LONG_AGO,
            "created_at": LONG_AGO,
            **values,
        }
    )
    for role, people in (("admin", admins), ("member", members)):
        organisation.members += [
            Membership(person_id=person.id, role=role, since=LONG_AGO) for person in people
        ]
    session.add(organisation)
    session.flush()
    return organisation
