"""The people of a demo city: one of each role, and the associations with their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from booking.accounts import passwords
from booking.accounts.models import Membership, Organisation, Person
from booking.accounts.queries import (
    demo_people,
    find_first_unit_id,
    find_membership,
    find_organisation,
    find_person,
)
from booking.accounts.rules import NewPerson
from booking.accounts.use_cases import create_person, grant_role
from booking.core.actors import Grant, Role, job
from booking.core.errors import N_

DEMO_PASSWORD = "yhteistila-demo"
LOADER = job("demo")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to look at the product as; `what` says in a few words who that is."""

    email: str
    name: str
    what: str
    role: Role | None = None
    at_one_unit: bool = False


DEMO_PEOPLE = (
    DemoPerson("resident@demo.example", "Demo Asukas", N_("Resident")),
    DemoPerson("member@demo.example", "Demo Jäsen", N_("Admin of an association")),
    DemoPerson("booker@demo.example", "Demo Varaaja", N_("Staff: booker"), Role.BOOKER),
    DemoPerson("approver@demo.example", "Demo Hyväksyjä", N_("Staff: approver"), Role.APPROVER),
    DemoPerson("manager@demo.example", "Demo Tilavastaava", N_("Staff: manager"), Role.MANAGER),
    DemoPerson(
        "caretaker@demo.example",
        "Demo Kiinteistönhoitaja",
        N_("Caretaker of one site"),
        Role.VIEWER,
        at_one_unit=True,
    ),
    DemoPerson(
        "administrator@demo.example",
        "Demo Pääkäyttäjä",
        N_("Staff: administrator"),
        Role.ADMINISTRATOR,
    ),
)
MEMBER = DEMO_PEOPLE[1]


class DemoMember(Protocol):
    """A member as the file of associations gives one."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def role(self) -> str: ...


class DemoAssociation(Protocol):
    """An association as the file gives it."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def organiser_type(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def business_id(self) -> str: ...
    @property
    def register_number(self) -> int: ...
    @property
    def domicile(self) -> str: ...
    @property
    def verified(self) -> bool: ...
    @property
    def name_public(self) -> bool: ...
    @property
    def activity(self) -> str: ...
    @property
    def usual_event(self) -> Any: ...
    @property
    def expected_price_group(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def members(self) -> Sequence[DemoMember]: ...


def load_demo_people(
    session: Session, associations: Sequence[DemoAssociation], now: datetime
) -> None:
    """Make the demo's people and associations; who or what is there stays as it is.

    `member@` becomes admin of the first association that is verified.
    """
    missing = [person for person in DEMO_PEOPLE if find_person(session, person.email) is None]
    password_hash = passwords.hash_password(DEMO_PASSWORD) if missing else None
    for person in missing:
        _make_person(session, person, password_hash, now)
    for association in associations:
        _make_association(session, association, now)
    _let_member_act_for_one(session, associations, now)
    session.flush()


def list_demo_accounts(session: Session) -> list[DemoPerson]:
    """The demo's people who are in this database."""
    here = {person.email for person in demo_people(session, [one.email for one in DEMO_PEOPLE])}
    return [person for person in DEMO_PEOPLE if person.email in here]


def _make_person(
    session: Session, demo: DemoPerson, password_hash: str | None, now: datetime
) -> None:
    person = _new_demo_person(session, NewPerson(demo.email, demo.name, password_hash), now)
    if demo.role is not None:
        unit_id = find_first_unit_id(session) if demo.at_one_unit else None
        grant_role(session, LOADER, person.id, Grant(demo.role, unit_id), now)


def _new_demo_person(session: Session, new: NewPerson, now: datetime) -> Person:
    person = create_person(session, LOADER, new, now)
    person.is_demo = True
    return person


def _make_association(session: Session, association: DemoAssociation, now: datetime) -> None:
    if find_organisation(session, association.slug) is not None:
        return
    organisation = Organisation(
        slug=association.slug,
        name=association.name,
        kind=association.organiser_type,
        activity_kind=association.kind,
        activity=association.activity,
        domicile=association.domicile,
        business_id=association.business_id,
        register_number=str(association.register_number),
        price_group=association.expected_price_group,
        verified_at=now if association.verified else None,
        name_public=association.name_public,
        language=association.language,
        email=association.email,
        usual_event=asdict(association.usual_event),
        is_demo=True,
        created_at=now,
    )
    for member in association.members:
        person = find_person(session, member.email) or _new_demo_person(
            session, NewPerson(member.email, member.name, language=association.language), now
        )
        organisation.members.append(Membership(person_id=person.id, role=member.role, since=now))
    session.add(organisation)


def _let_member_act_for_one(
    session: Session, associations: Sequence[DemoAssociation], now: datetime
) -> None:
    slug = next((one.slug for one in associations if one.verified), None)
    organisation = find_organisation(session, slug) if slug else None
    person = find_person(session, MEMBER.email)
    if organisation is None or person is None:
        return
    if find_membership(session, organisation.id, person.id) is None:
        session.add(
            Membership(
                organisation_id=organisation.id, person_id=person.id, role="admin", since=now
            )
        )
