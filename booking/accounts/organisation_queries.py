"""Reading organisations as their admins and the city's staff need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    String,
    and_,
    case,
    column,
    exists,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Session, joinedload

from booking.accounts.models import (
    Membership,
    Organisation,
    OrganisationInvitation,
    OrganisationReview,
    Person,
)
from booking.accounts.rules import normal_business_id, normal_register_number, plain
from booking.audit.models import AuditEntry
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound

VERIFYING = ("created", "changed", "asked", "refused", "answered", "verified")
"""What is written down of an organisation on its way to being verified."""

# Calendars belong to a wing above this one: only how many addresses somebody has is read.
_feed = table(
    "feed",
    column("person_id", Integer),
    column("organisation_id", Integer),
    column("kind", String),
    column("revoked_at", DateTime),
)


def find_review(session: Session, organisation_id: int) -> OrganisationReview | None:
    """What staff wrote to it and nobody answered yet."""
    return session.scalar(
        select(OrganisationReview).where(OrganisationReview.organisation_id == organisation_id)
    )


def admins_of(session: Session, organisation_id: int) -> list[Person]:
    """Its admins who can be written to, by their keys."""
    return list(
        session.scalars(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.role == "admin",
                Person.is_active,
            )
            .order_by(Person.id)
        )
    )


def find_speaker(session: Session, organisation_id: int, person: Person) -> Person | None:
    """The person, while they are a member; else the admin who has been one for longest."""
    is_person = Person.id == person.id
    return session.scalar(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Person.is_active,
            or_(is_person, Membership.role == "admin"),
        )
        .order_by(is_person.desc(), Membership.since, Person.id)
        .limit(1)
    )


def count_ahead(session: Session, organisation: Organisation) -> int:
    """How many organisations wait to be verified since before this one."""
    earlier = or_(
        Organisation.created_at < organisation.created_at,
        and_(Organisation.created_at == organisation.created_at, Organisation.id < organisation.id),
    )
    return _count(session, _is_waiting(), earlier)


def count_feeds(session: Session, organisation_id: int, person_id: int) -> int:
    """How many secret calendar addresses of the organisation the person has in use."""
    return (
        session.scalar(
            select(func.count())
            .select_from(_feed)
            .where(
                _feed.c.organisation_id == organisation_id,
                _feed.c.person_id == person_id,
                _feed.c.kind == "organisation",
                _feed.c.revoked_at.is_(None),
            )
        )
        or 0
    )


# ── Invitations ───────────────────────────────────────────────────────────────────────────────


def open_invitations(
    session: Session, organisation_id: int, now: datetime
) -> list[OrganisationInvitation]:
    """The invitations that somebody may still accept, oldest first, with who sent them."""
    return list(
        session.scalars(
            select(OrganisationInvitation)
            .options(joinedload(OrganisationInvitation.invited_by))
            .where(
                OrganisationInvitation.organisation_id == organisation_id,
                _is_open(),
                OrganisationInvitation.expires_at >= now,
            )
            .order_by(OrganisationInvitation.made_at, OrganisationInvitation.id)
        )
    )


def find_open_invitation(
    session: Session, organisation_id: int, email: str
) -> OrganisationInvitation | None:
    """The invitation to that address that was neither accepted nor revoked, however old."""
    return session.scalar(
        select(OrganisationInvitation).where(
            OrganisationInvitation.organisation_id == organisation_id,
            OrganisationInvitation.email == email,
            _is_open(),
        )
    )


def get_open_invitation(
    session: Session, organisation_id: int, invitation_id: int
) -> OrganisationInvitation:
    """The organisation's invitation of that key; raises `NotFound` once it is no longer open."""
    found = session.scalar(
        select(OrganisationInvitation).where(
            OrganisationInvitation.id == invitation_id,
            OrganisationInvitation.organisation_id == organisation_id,
            _is_open(),
        )
    )
    if found is None:
        raise NotFound()
    return found


def invitations_that_end_with(
    session: Session, organisation_id: int, person: Person
) -> list[OrganisationInvitation]:
    """What is open for a person who leaves, and what the person hands over."""
    return list(
        session.scalars(
            select(OrganisationInvitation).where(
                OrganisationInvitation.organisation_id == organisation_id,
                _is_open(),
                or_(
                    OrganisationInvitation.email == person.email,
                    _is_handed_over_by(person.id),
                ),
            )
        )
    )


def hand_overs_by(
    session: Session, organisation_id: int, person_id: int
) -> list[OrganisationInvitation]:
    """The invitations by which the person hands over, and that nobody accepted yet."""
    return list(
        session.scalars(
            select(OrganisationInvitation).where(
                OrganisationInvitation.organisation_id == organisation_id,
                _is_open(),
                _is_handed_over_by(person_id),
            )
        )
    )


def _is_handed_over_by(person_id: int) -> ColumnElement[bool]:
    return and_(
        OrganisationInvitation.invited_by_id == person_id,
        OrganisationInvitation.inviter_becomes.is_not(None),
    )


def _is_open() -> ColumnElement[bool]:
    return and_(
        OrganisationInvitation.accepted_at.is_(None), OrganisationInvitation.revoked_at.is_(None)
    )


# ── For those who verify ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Listed:
    """An organisation in the list of the staff; `review` is "asked" or "refused"."""

    organisation: Organisation
    review: str | None


def list_organisations(
    session: Session, actor: Actor, text: str, skip: int, most: int
) -> Sequence[Listed]:
    """Those that fit the text (a part of the name, or a number), up to `most` after `skip`.

    Those that wait come first, the oldest of them first; then those that were asked or refused,
    then the verified, by name.
    """
    actor.must(Action.VERIFY_ORGANISATION)
    is_waiting = _is_waiting()
    rows = session.execute(
        select(Organisation, OrganisationReview.kind)
        .outerjoin(OrganisationReview, OrganisationReview.organisation_id == Organisation.id)
        .where(*_fits(session, text))
        .order_by(
            is_waiting.desc(),
            Organisation.verified_at.is_not(None),
            case((Organisation.verified_at.is_(None), Organisation.created_at)),
            Organisation.name,
            Organisation.id,
        )
        .offset(skip)
        .limit(most)
    )
    return [Listed(organisation, kind) for organisation, kind in rows]


def count_organisations(session: Session, text: str) -> int:
    """How many fit the text."""
    return _count(session, *_fits(session, text))


def count_waiting(session: Session) -> int:
    """How many organisations staff have yet to look at."""
    return _count(session, _is_waiting())


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Organisation).where(*conditions)
    return session.scalar(query) or 0


def _is_waiting() -> ColumnElement[bool]:
    """Not verified, and nothing is asked that its admins have yet to answer."""
    is_reviewed = (
        exists()
        .where(OrganisationReview.organisation_id == Organisation.id)
        .correlate_except(OrganisationReview)
    )
    return and_(Organisation.verified_at.is_(None), ~is_reviewed)


def _fits(session: Session, text: str) -> list[ColumnElement[bool]]:
    """That the name holds the text, whatever the case (which SQLite does not know of an Ä), or
    that it is the number."""
    wanted = plain(text).casefold()
    if not wanted:
        return []
    names = session.execute(select(Organisation.id, Organisation.name))
    fits: list[ColumnElement[bool]] = [
        Organisation.id.in_([key for key, name in names if wanted in name.casefold()])
    ]
    if business_id := normal_business_id(wanted):
        fits.append(Organisation.business_id == business_id)
    if number := normal_register_number(wanted):
        fits.append(Organisation.register_number == number)
    return [or_(*fits)]


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way to being verified: who did what when, and what they wrote."""

    at: datetime
    action: str
    who: str | None
    words: str


def steps_of(session: Session, organisation_id: int) -> list[Step]:
    """How the organisation came to be verified, or not, newest first."""
    rows = session.execute(
        select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_person_id)
        .where(
            AuditEntry.subject == Organisation.__tablename__,
            AuditEntry.subject_id == organisation_id,
            AuditEntry.action.in_(VERIFYING),
        )
        .order_by(AuditEntry.id.desc())
    )
    return [
        Step(entry.at, entry.action, name, str(entry.details.get("words", "")))
        for entry, name in rows
    ]
