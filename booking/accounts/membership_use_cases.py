"""What becomes of an organisation's members: the secretary changes, the bookings stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.errors import LastAdmin
from booking.accounts.models import Membership, Organisation
from booking.accounts.organisation_queries import hand_overs_by, invitations_that_end_with
from booking.accounts.organisation_use_cases import administered
from booking.accounts.queries import (
    find_membership,
    get_membership,
    get_organisation,
    get_person,
    members_of,
)
from booking.audit.use_cases import record
from booking.core.actors import Action, Actor
from booking.database import lock


@dataclass(frozen=True, slots=True)
class Member:
    """A person as `admin` or `member` of an organisation."""

    person_id: int
    role: str


def add_member(
    session: Session, actor: Actor, slug: str, member: Member, now: datetime
) -> Membership:
    """Make the person a member, or give the member that role; nobody asks them.

    For administrators and commands: the organisation's own admins invite.
    """
    actor.must(Action.MANAGE_PEOPLE)
    organisation = get_organisation(session, actor, slug)
    wait_for_others(session, organisation)
    membership = find_membership(session, organisation.id, member.person_id)
    if membership is None:
        return join(session, actor, organisation, member, now)
    set_role(session, actor, membership, member.role, now)
    return membership


def change_member_role(
    session: Session, actor: Actor, slug: str, member: Member, now: datetime
) -> None:
    """Make a member an admin or an admin a member; raises `LastAdmin` and `NotAMember`."""
    organisation = administered(session, actor, slug)
    wait_for_others(session, organisation)
    membership = get_membership(session, organisation.id, member.person_id)
    set_role(session, actor, membership, member.role, now)


def remove_member(session: Session, actor: Actor, slug: str, person_id: int, now: datetime) -> None:
    """Take a person out of the organisation; everybody may leave by themselves.

    Raises `LastAdmin` and `NotAMember`. What the person has booked for it stays booked.
    """
    organisation = get_organisation(session, actor, slug)
    if person_id != actor.person_id:
        organisation = administered(session, actor, slug)
    wait_for_others(session, organisation)
    membership = get_membership(session, organisation.id, person_id)
    remove(session, actor, membership, now)


# ── For use cases that have judged already, and hold the organisation ─────────────────────────


def join(
    session: Session, actor: Actor, organisation: Organisation, member: Member, now: datetime
) -> Membership:
    """Make the person a member."""
    membership = Membership(
        organisation=organisation, person_id=member.person_id, role=member.role, since=now
    )
    session.add(membership)
    session.flush()
    _record_member(session, actor, "member_added", membership, now)
    return membership


def set_role(
    session: Session, actor: Actor, membership: Membership, role: str, now: datetime
) -> None:
    """Give the member that role; whoever is no admin any more hands nothing over."""
    if membership.role == role:
        return
    if role != "admin":
        _must_leave_an_admin(session, membership)
        for one in hand_overs_by(session, membership.organisation_id, membership.person_id):
            one.revoked_at = now
    membership.role = role
    session.flush()
    _record_member(session, actor, "member_role_changed", membership, now)


def remove(session: Session, actor: Actor, membership: Membership, now: datetime) -> None:
    """End the membership, and with it what would bring the person back or hand over for them."""
    _must_leave_an_admin(session, membership)
    person = get_person(session, membership.person_id)
    for one in invitations_that_end_with(session, membership.organisation_id, person):
        one.revoked_at = now
    _record_member(session, actor, "member_removed", membership, now)
    session.delete(membership)
    session.flush()


def wait_for_others(session: Session, organisation: Organisation) -> None:
    """Two admins who remove each other at the same moment do so one after the other."""
    lock(session, Organisation, [organisation.id])


def _must_leave_an_admin(session: Session, leaving: Membership) -> None:
    members = members_of(session, leaving.organisation_id)
    if not any(one.role == "admin" and one.id != leaving.id for one in members):
        raise LastAdmin()


def _record_member(
    session: Session, actor: Actor, action: str, membership: Membership, now: datetime
) -> None:
    details = {"person": membership.person_id, "role": membership.role}
    record(session, actor, action, membership.organisation, now, **details)
