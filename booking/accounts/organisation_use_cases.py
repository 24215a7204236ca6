"""What people do with their organisations: the secretary changes, the bookings stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.errors import (
    InvitationForAnother,
    LastAdmin,
    LinkNotValid,
    OrganisationKnown,
    SlugTaken,
    UnknownPriceGroup,
)
from booking.accounts.links import Door, Links, closes_at
from booking.accounts.models import Membership, Organisation, Person
from booking.accounts.queries import (
    find_membership,
    find_person,
    find_verified,
    get_membership,
    get_organisation,
    get_person,
    may_administer,
    members_of,
    price_groups,
    slugs_like,
    was_removed_since,
)
from booking.accounts.rules import (
    NewOrganisation,
    broken_organisation_rules,
    email_problem,
    first_free,
    name_problem,
    normal_business_id,
    normal_email,
    normal_register_number,
    plain,
    price_group_of,
    slug_of,
)
from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.core.actors import Action, Actor
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.database import constraint_means, lock
from booking.notifications.use_cases import Mailbox, queue_email

NAMES_SHOWN = "organisations"
"""The counter of what public calendars may tell of organisations: name, consent, verification."""
SAME_SLUG = {"uq_organisation_slug": SlugTaken, "organisation.slug": SlugTaken}


# ── Registering and verifying ─────────────────────────────────────────────────────────────────


def register_organisation(
    session: Session, actor: Actor, new: NewOrganisation, now: datetime
) -> Organisation:
    """Register an organisation that staff have yet to verify; the actor becomes its admin.

    Raises `RequestRefused` with all that is wrong, and `OrganisationKnown` when a verified one
    has the same number.
    """
    if actor.person_id is None:
        raise NotAllowed()
    if broken := broken_organisation_rules(new):
        raise RequestRefused(broken)
    organisation = _organisation(new, price_group_of(new.kind), now)
    if find_verified(session, organisation.business_id, organisation.register_number):
        raise OrganisationKnown()
    _add(session, actor, organisation, now)
    _add_member(session, actor, organisation, Member(actor.person_id, "admin"), now)
    return organisation


def create_organisation(
    session: Session, actor: Actor, new: NewOrganisation, price_group: str, now: datetime
) -> Organisation:
    """Make an organisation that counts as verified, without members; for staff and commands."""
    actor.must(Action.VERIFY_ORGANISATION)
    organisation = _organisation(new, price_group, now)
    organisation.verified_at, organisation.verified_by_id = now, actor.person_id
    _add(session, actor, organisation, now)
    return organisation


def verify_organisation(
    session: Session, actor: Actor, slug: str, price_group: str, now: datetime
) -> Organisation:
    """Note that staff have checked the organisation, and which price group it belongs to."""
    organisation = get_organisation(session, actor, slug)
    actor.must(Action.VERIFY_ORGANISATION)
    if price_group not in price_groups(session):
        raise UnknownPriceGroup()
    organisation.verified_at, organisation.verified_by_id = now, actor.person_id
    organisation.price_group = price_group
    raise_counters(session, [NAMES_SHOWN], now)
    record(session, actor, "verified", organisation, now, price_group=price_group)
    return organisation


def _organisation(new: NewOrganisation, price_group: str, now: datetime) -> Organisation:
    if problem := name_problem(new.name):
        raise problem
    name = plain(new.name)
    return Organisation(
        slug=slug_of(name),
        name=name,
        kind=new.kind,
        domicile=plain(new.domicile),
        business_id=normal_business_id(new.business_id),
        register_number=normal_register_number(new.register_number),
        price_group=price_group,
        name_public=new.name_public,
        language=new.language,
        created_at=now,
    )


def _add(session: Session, actor: Actor, organisation: Organisation, now: datetime) -> None:
    organisation.slug = first_free(organisation.slug, slugs_like(session, organisation.slug))
    with constraint_means(session, SAME_SLUG):
        session.add(organisation)
    record(session, actor, "created", organisation, now)


# ── What is shown of it ───────────────────────────────────────────────────────────────────────


def consent_to_public_name(
    session: Session, actor: Actor, slug: str, now: datetime
) -> Organisation:
    """Let the organisation's name be shown in public calendars."""
    organisation = _administered(session, actor, slug)
    organisation.name_public = True
    raise_counters(session, [NAMES_SHOWN], now)
    record(session, actor, "name_made_public", organisation, now)
    return organisation


def withdraw_public_name(session: Session, actor: Actor, slug: str, now: datetime) -> Organisation:
    """Let the organisation's name be shown to nobody outside."""
    organisation = _administered(session, actor, slug)
    organisation.name_public = False
    raise_counters(session, [NAMES_SHOWN], now)
    record(session, actor, "name_withdrawn", organisation, now)
    return organisation


# ── Members ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Member:
    """A person as `admin` or `member` of an organisation."""

    person_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Into which organisation (its slug) an admin asks whom, and as what."""

    slug: str
    email: str
    role: str


def add_member(
    session: Session, actor: Actor, slug: str, member: Member, now: datetime
) -> Membership:
    """Make the person a member, or give the member that role; nobody asks them.

    For administrators and commands: the organisation's own admins invite.
    """
    actor.must(Action.MANAGE_PEOPLE)
    organisation = get_organisation(session, actor, slug)
    _wait_for_others(session, organisation)
    membership = find_membership(session, organisation.id, member.person_id)
    if membership is None:
        return _add_member(session, actor, organisation, member, now)
    _set_role(session, actor, membership, member.role, now)
    return membership


def change_member_role(
    session: Session, actor: Actor, slug: str, member: Member, now: datetime
) -> None:
    """Make a member an admin or an admin a member; raises `LastAdmin` and `NotAMember`."""
    organisation = _administered(session, actor, slug)
    _wait_for_others(session, organisation)
    membership = get_membership(session, organisation.id, member.person_id)
    _set_role(session, actor, membership, member.role, now)


def remove_member(session: Session, actor: Actor, slug: str, person_id: int, now: datetime) -> None:
    """Take a person out of the organisation; everybody may leave by themselves.

    Raises `LastAdmin` and `NotAMember`. What the person has booked for it stays booked.
    """
    organisation = get_organisation(session, actor, slug)
    if person_id != actor.person_id:
        organisation = _administered(session, actor, slug)
    _wait_for_others(session, organisation)
    membership = get_membership(session, organisation.id, person_id)
    _must_leave_an_admin(session, membership)
    _record_member(session, actor, "member_removed", membership, now)
    session.delete(membership)
    session.flush()


def _add_member(
    session: Session, actor: Actor, organisation: Organisation, member: Member, now: datetime
) -> Membership:
    membership = Membership(
        organisation=organisation, person_id=member.person_id, role=member.role, since=now
    )
    session.add(membership)
    session.flush()
    _record_member(session, actor, "member_added", membership, now)
    return membership


def _set_role(
    session: Session, actor: Actor, membership: Membership, role: str, now: datetime
) -> None:
    if membership.role == role:
        return
    if role != "admin":
        _must_leave_an_admin(session, membership)
    membership.role = role
    session.flush()
    _record_member(session, actor, "member_role_changed", membership, now)


def _wait_for_others(session: Session, organisation: Organisation) -> None:
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


def _administered(session: Session, actor: Actor, slug: str) -> Organisation:
    organisation = get_organisation(session, actor, slug)
    if not may_administer(actor, organisation.id):
        raise NotAllowed()
    return organisation


# ── Invitations ───────────────────────────────────────────────────────────────────────────────


def invite_member(
    session: Session, actor: Actor, invitation: Invitation, links: Links, now: datetime
) -> None:
    """Mail a link by which whoever has that address may join; they need no account yet."""
    organisation = _administered(session, actor, invitation.slug)
    email = normal_email(invitation.email)
    if problem := email_problem(email):
        raise problem
    person = find_person(session, email)
    language = person.language if person else organisation.language
    claims = {"organisation": organisation.id, "email": email, "role": invitation.role}
    queue_email(
        session,
        "organisation_invitation",
        person or Mailbox(email, language),
        now,
        link=links.make(Door.JOIN_ORGANISATION, language, claims, now),
        expires_at=closes_at(Door.JOIN_ORGANISATION, now).isoformat(),
        name=person.name if person else "",
        organisation=organisation.name,
        inviter=actor.name,
    )
    record(session, actor, "member_invited", organisation, now, role=invitation.role)


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that still holds: to which organisation, as what, for whom, since when."""

    organisation: Organisation
    invitation: Invitation
    made_at: datetime


def read_invitation(session: Session, token: str, links: Links, now: datetime) -> OpenInvitation:
    """The invitation behind a link; raises `LinkNotValid`."""
    opened = links.read(Door.JOIN_ORGANISATION, token, now)
    organisation = session.get(Organisation, int(opened.claims["organisation"]))
    if organisation is None:
        raise LinkNotValid()
    claims = opened.claims
    invitation = Invitation(organisation.slug, str(claims["email"]), str(claims["role"]))
    return OpenInvitation(organisation, invitation, opened.made_at)


def accept_invitation(
    session: Session, actor: Actor, token: str, links: Links, now: datetime
) -> Organisation:
    """Join the organisation; a member stays what they are.

    Raises `LinkNotValid`, also for whoever was removed since, and `InvitationForAnother`.
    """
    person = _must_be_somebody(session, actor)
    invited = read_invitation(session, token, links, now)
    if person.email != invited.invitation.email:
        raise InvitationForAnother(email=invited.invitation.email)
    organisation = invited.organisation
    if was_removed_since(session, organisation.id, person.id, invited.made_at):
        raise LinkNotValid()
    _wait_for_others(session, organisation)
    if find_membership(session, organisation.id, person.id) is None:
        member = Member(person.id, invited.invitation.role)
        _add_member(session, actor, organisation, member, now)
    return organisation


def _must_be_somebody(session: Session, actor: Actor) -> Person:
    if actor.person_id is None:
        raise NotAllowed()
    try:
        return get_person(session, actor.person_id)
    except NotFound as error:
        raise NotAllowed() from error
