"""Asking people into an organisation by a link, and handing the secretary's post over by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from booking.accounts.errors import (
    InvitationForAnother,
    LinkNotValid,
    SuccessorIsYou,
    SuccessorMissing,
)
from booking.accounts.links import Door, Links, closes_at
from booking.accounts.membership_use_cases import (
    Member,
    join,
    remove,
    set_role,
    wait_for_others,
)
from booking.accounts.models import Membership, Organisation, OrganisationInvitation, Person
from booking.accounts.organisation_queries import (
    find_open_invitation,
    get_open_invitation,
    hand_overs_by,
)
from booking.accounts.organisation_use_cases import administered
from booking.accounts.queries import (
    actor_of,
    find_membership,
    find_person,
    get_membership,
    get_person,
)
from booking.accounts.rules import Registration, email_problem, normal_email
from booking.accounts.use_cases import register_by_mailed_link
from booking.audit.use_cases import record
from booking.core.actors import Actor
from booking.core.errors import NotAllowed, NotFound
from booking.notifications.use_cases import Mailbox, queue_email

KEPT_FOR = timedelta(days=30)
"""How long an invitation is kept after its links have ended."""

# ── Inviting ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Invitation:
    """Into which organisation (its slug) an admin asks whom, and as what."""

    slug: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Whom an admin of the organisation (its slug) gives the post to: a member, or an address;
    and what the admin becomes then: a `member`, or one who `leaves`."""

    slug: str
    inviter_becomes: str
    member_id: int | None = None
    email: str = ""


def invite_member(
    session: Session, actor: Actor, invitation: Invitation, links: Links, now: datetime
) -> OrganisationInvitation:
    """Mail a link by which whoever has that address may join; they need no account yet.

    Whoever is invited already gets a new link, and the role that is named now.
    """
    organisation = administered(session, actor, invitation.slug)
    email = _address(invitation.email)
    wait_for_others(session, organisation)
    invited = _invited(session, actor, organisation, email, now)
    invited.role, invited.inviter_becomes = invitation.role, None
    session.flush()
    _send(session, actor, invited, links, now)
    record(session, actor, "member_invited", organisation, now, role=invitation.role)
    return invited


def send_invitation_again(
    session: Session, actor: Actor, slug: str, invitation_id: int, links: Links, now: datetime
) -> OrganisationInvitation:
    """Mail a new link for the same invitation, which now holds as long as a new one does."""
    organisation = administered(session, actor, slug)
    wait_for_others(session, organisation)
    invited = get_open_invitation(session, organisation.id, invitation_id)
    invited.expires_at = closes_at(Door.JOIN_ORGANISATION, now)
    _send(session, actor, invited, links, now)
    record(session, actor, "invitation_repeated", organisation, now, role=invited.role)
    return invited


def revoke_invitation(
    session: Session, actor: Actor, slug: str, invitation_id: int, now: datetime
) -> OrganisationInvitation:
    """Let the invitation's links open nothing any more; raises `NotFound` once it is not open."""
    organisation = administered(session, actor, slug)
    wait_for_others(session, organisation)
    invited = get_open_invitation(session, organisation.id, invitation_id)
    invited.revoked_at = now
    record(session, actor, "invitation_revoked", organisation, now, role=invited.role)
    return invited


def hand_over(
    session: Session, actor: Actor, wish: HandOver, links: Links, now: datetime
) -> OrganisationInvitation:
    """Ask a successor to take the actor's post; until they accept, all stays as it is.

    Only an admin of the organisation has it to give; an earlier hand-over of theirs is revoked.
    Raises `SuccessorMissing`, `SuccessorIsYou`, `EmailNotPlausible` and `NotAMember`.
    """
    organisation = administered(session, actor, wish.slug)
    if actor.person_id is None or actor.organisations.get(organisation.id) != "admin":
        raise NotAllowed()
    email = _successor(session, organisation, wish)
    if email == get_person(session, actor.person_id).email:
        raise SuccessorIsYou()
    wait_for_others(session, organisation)
    for earlier in hand_overs_by(session, organisation.id, actor.person_id):
        if earlier.email != email:
            earlier.revoked_at = now
    session.flush()
    invited = _invited(session, actor, organisation, email, now)
    invited.role, invited.inviter_becomes = "admin", wish.inviter_becomes
    session.flush()
    _send(session, actor, invited, links, now)
    record(session, actor, "hand_over_begun", organisation, now, then=wish.inviter_becomes)
    return invited


def _successor(session: Session, organisation: Organisation, wish: HandOver) -> str:
    """The address of whom the post is for."""
    if wish.member_id is not None:
        return get_membership(session, organisation.id, wish.member_id).person.email
    if not wish.email.strip():
        raise SuccessorMissing()
    return _address(wish.email)


def _address(typed: str) -> str:
    email = normal_email(typed)
    if problem := email_problem(email):
        raise problem
    return email


def _invited(
    session: Session, actor: Actor, organisation: Organisation, email: str, now: datetime
) -> OrganisationInvitation:
    """The open invitation to that address, renewed, or a new one."""
    invited = find_open_invitation(session, organisation.id, email)
    if invited is None:
        invited = OrganisationInvitation(organisation=organisation, email=email, role="member")
        session.add(invited)
    invited.invited_by_id, invited.made_at = actor.person_id, now
    invited.expires_at = closes_at(Door.JOIN_ORGANISATION, now)
    return invited


def _send(
    session: Session,
    actor: Actor,
    invited: OrganisationInvitation,
    links: Links,
    now: datetime,
) -> None:
    person = find_person(session, invited.email)
    language = person.language if person else invited.organisation.language
    queue_email(
        session,
        "organisation_invitation",
        person or Mailbox(invited.email, language),
        now,
        link=links.make(Door.JOIN_ORGANISATION, language, {"invitation": invited.id}, now),
        expires_at=closes_at(Door.JOIN_ORGANISATION, now).isoformat(),
        name=person.name if person else "",
        organisation=invited.organisation.name,
        inviter=actor.name,
        hands_over=invited.inviter_becomes is not None,
    )


def forget_old_invitations(session: Session, now: datetime) -> int:
    """Forget whom nobody can be by a link any more: invitations that ended 30 days ago; how many.

    Who joined by one stands in the audit trail.
    """
    old = OrganisationInvitation.expires_at <= now - KEPT_FOR
    count = session.scalar(select(func.count()).select_from(OrganisationInvitation).where(old)) or 0
    session.execute(delete(OrganisationInvitation).where(old))
    return count


# ── Joining ───────────────────────────────────────────────────────────────────────────────────


def read_invitation(
    session: Session, token: str, links: Links, now: datetime
) -> OrganisationInvitation:
    """The invitation behind a link, accepted ones too; raises `LinkNotValid`."""
    claims = links.read(Door.JOIN_ORGANISATION, token, now).claims
    invited = session.get(OrganisationInvitation, int(claims.get("invitation", 0)))
    if invited is None or invited.revoked_at is not None or now > invited.expires_at:
        raise LinkNotValid()
    return invited


def register_invited(
    session: Session,
    actor: Actor,
    token: str,
    registration: Registration,
    links: Links,
    now: datetime,
) -> tuple[Person, Organisation]:
    """Make an account for the address that was invited, and accept; all of it or nothing.

    Raises `LinkNotValid`, and `EmailTaken` when there is an account already.
    """
    invited = read_invitation(session, token, links, now)
    if invited.accepted_at is not None or registration.email != invited.email:
        raise LinkNotValid()
    person = register_by_mailed_link(session, actor, registration, now)
    session.flush()
    newcomer = actor_of(session, person.id)
    return person, accept_invitation(session, newcomer, token, links, now)


def accept_invitation(
    session: Session, actor: Actor, token: str, links: Links, now: datetime
) -> Organisation:
    """Join the organisation, or take over in it; whoever did so by this link is there already.

    A member who is merely invited stays what they are. Raises `LinkNotValid` for a used link, and
    `InvitationForAnother`.
    """
    person = _must_be_somebody(session, actor)
    organisation = read_invitation(session, token, links, now).organisation
    wait_for_others(session, organisation)
    invited = read_invitation(session, token, links, now)
    session.refresh(invited)
    if person.email != invited.email:
        raise InvitationForAnother(email=invited.email)
    membership = find_membership(session, organisation.id, person.id)
    if invited.accepted_at is not None or invited.revoked_at is not None:
        if membership is None or invited.accepted_at is None:
            raise LinkNotValid()
        return organisation
    invited.accepted_at = now
    session.flush()
    if membership is None:
        join(session, actor, organisation, Member(person.id, invited.role), now)
    elif invited.inviter_becomes is not None:
        set_role(session, actor, membership, "admin", now)
    if invited.inviter_becomes is not None:
        _let_go(session, actor, invited, person, now)
    return organisation


def _let_go(
    session: Session, actor: Actor, invited: OrganisationInvitation, new: Person, now: datetime
) -> None:
    """What becomes of whoever handed over, in the transaction that makes their successor admin."""
    organisation, old = invited.organisation, invited.invited_by
    membership = find_membership(session, organisation.id, old.id) if old else None
    if old is None or membership is None:
        return
    _step_back(session, actor, membership, invited, now)
    details = {"from": old.id, "to": new.id, "then": invited.inviter_becomes}
    record(session, actor, "handed_over", organisation, now, **details)
    for person, other in ((old, new), (new, old)):
        queue_email(
            session,
            "organisation_handed_over",
            person,
            now,
            path="/organisations/"
            + (organisation.slug if person is new or _stays(invited) else ""),
            organisation=organisation.name,
            other=other.name,
            is_new=person is new,
            stays=_stays(invited),
        )


def _step_back(
    session: Session,
    actor: Actor,
    membership: Membership,
    invited: OrganisationInvitation,
    now: datetime,
) -> None:
    if _stays(invited):
        set_role(session, actor, membership, "member", now)
    else:
        remove(session, actor, membership, now)


def _stays(invited: OrganisationInvitation) -> bool:
    return invited.inviter_becomes == "member"


def _must_be_somebody(session: Session, actor: Actor) -> Person:
    if actor.person_id is None:
        raise NotAllowed()
    try:
        return get_person(session, actor.person_id)
    except NotFound as error:
        raise NotAllowed() from error
