"""What people and staff do with an organisation: register it, verify it, keep it up to date."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.errors import (
    AnswerMissing,
    OrganisationKnown,
    RemarkMissing,
    SlugTaken,
    UnknownPriceGroup,
)
from booking.accounts.models import Membership, Organisation, OrganisationReview
from booking.accounts.organisation_queries import admins_of, find_review
from booking.accounts.queries import (
    find_verified,
    get_organisation,
    get_person,
    may_administer,
    price_groups,
    slugs_like,
)
from booking.accounts.rules import (
    Identity,
    NewOrganisation,
    broken_organisation_rules,
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
from booking.audit.models import AuditEntry
from booking.audit.use_cases import record
from booking.core.actors import Action, Actor
from booking.core.errors import NotAllowed, RequestRefused
from booking.database import constraint_means, lock
from booking.notifications.use_cases import queue_email

NAMES_SHOWN = "organisations"
"""The counter of what public calendars may tell of organisations: name, consent, verification."""
SAME_SLUG = {"uq_organisation_slug": SlugTaken, "organisation.slug": SlugTaken}
PAGES_OF_ALL = ("ask", "join")
"""What stands in addresses where else a slug does."""
ASKS_AGAIN_AFTER = timedelta(days=1)
"""How long admins hear nothing more of whoever asked them to be invited."""


# ── Registering ───────────────────────────────────────────────────────────────────────────────


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
    _make_admin(session, actor, organisation, now)
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


def ask_to_be_invited(
    session: Session, actor: Actor, business_id: str, register_number: str, now: datetime
) -> None:
    """Tell the admins of the verified organisation of that number that the actor would join.

    Whoever asks learns nothing: not whether there is one, nor whether it was told. Admins hear of
    the same person once a day at most.
    """
    if actor.person_id is None:
        raise NotAllowed()
    organisation = find_verified(
        session, normal_business_id(business_id), normal_register_number(register_number)
    )
    if organisation is None or organisation.id in actor.organisations:
        return
    lock(session, Organisation, [organisation.id])
    if _has_asked_since(session, actor, organisation, now - ASKS_AGAIN_AFTER):
        return
    asks = get_person(session, actor.person_id)
    for admin in admins_of(session, organisation.id):
        queue_email(
            session,
            "organisation_asked_to_join",
            admin,
            now,
            path=f"/organisations/{organisation.slug}?invite={asks.email}#invite",
            organisation=organisation.name,
            person=asks.name,
            email=asks.email,
        )
    record(session, actor, "invitation_wanted", organisation, now)


def _has_asked_since(
    session: Session, actor: Actor, organisation: Organisation, since: datetime
) -> bool:
    asked = session.scalar(
        select(AuditEntry.id)
        .where(
            AuditEntry.subject == Organisation.__tablename__,
            AuditEntry.subject_id == organisation.id,
            AuditEntry.action == "invitation_wanted",
            AuditEntry.actor_person_id == actor.person_id,
            AuditEntry.at > since,
        )
        .limit(1)
    )
    return asked is not None


def _organisation(new: NewOrganisation, price_group: str, now: datetime) -> Organisation:
    if problem := name_problem(new.name):
        raise problem
    return Organisation(
        slug=slug_of(plain(new.name)),
        price_group=price_group,
        name_public=new.name_public,
        created_at=now,
        **_details(new),
    )


def _details(new: NewOrganisation) -> dict[str, str | None]:
    """What its admins say of it, as it is kept."""
    return {
        "name": plain(new.name),
        "kind": new.kind,
        "domicile": plain(new.domicile),
        "business_id": normal_business_id(new.business_id),
        "register_number": normal_register_number(new.register_number),
        "language": new.language,
        "email": normal_email(new.email) or None,
        "activity": new.activity.strip() or None,
    }


def _add(session: Session, actor: Actor, organisation: Organisation, now: datetime) -> None:
    organisation.slug = first_free(
        organisation.slug, [*PAGES_OF_ALL, *slugs_like(session, organisation.slug)]
    )
    with constraint_means(session, SAME_SLUG):
        session.add(organisation)
    record(session, actor, "created", organisation, now)


def _make_admin(session: Session, actor: Actor, organisation: Organisation, now: datetime) -> None:
    assert actor.person_id is not None
    session.add(
        Membership(organisation=organisation, person_id=actor.person_id, role="admin", since=now)
    )
    session.flush()
    details = {"person": actor.person_id, "role": "admin"}
    record(session, actor, "member_added", organisation, now, **details)


# ── Verifying ─────────────────────────────────────────────────────────────────────────────────


def verify_organisation(
    session: Session, actor: Actor, slug: str, price_group: str, now: datetime
) -> Organisation:
    """Note that staff have checked the organisation, and which price group it belongs to.

    Its admins are told by mail when it was not verified before.
    """
    organisation = get_organisation(session, actor, slug)
    actor.must(Action.VERIFY_ORGANISATION)
    if price_group not in price_groups(session):
        raise UnknownPriceGroup()
    is_new = organisation.verified_at is None
    organisation.verified_at, organisation.verified_by_id = now, actor.person_id
    organisation.price_group = price_group
    _forget_review(session, organisation)
    raise_counters(session, [NAMES_SHOWN], now)
    record(session, actor, "verified", organisation, now, price_group=price_group)
    if is_new:
        _tell_admins(session, organisation, "verified", "", now)
    return organisation


def ask_organisation(
    session: Session, actor: Actor, slug: str, remark: str, now: datetime
) -> Organisation:
    """Ask its admins for what is wanting before it can be verified; raises `RemarkMissing`."""
    return _review(session, actor, slug, "asked", remark, now)


def refuse_organisation(
    session: Session, actor: Actor, slug: str, remark: str, now: datetime
) -> Organisation:
    """Say why the organisation is not verified, or not any more; raises `RemarkMissing`."""
    organisation = _review(session, actor, slug, "refused", remark, now)
    if organisation.verified_at is not None:
        organisation.verified_at, organisation.verified_by_id = None, None
        raise_counters(session, [NAMES_SHOWN], now)
    return organisation


def _review(
    session: Session, actor: Actor, slug: str, kind: str, remark: str, now: datetime
) -> Organisation:
    organisation = get_organisation(session, actor, slug)
    actor.must(Action.VERIFY_ORGANISATION)
    words = remark.strip()
    if not words:
        raise RemarkMissing()
    lock(session, Organisation, [organisation.id])
    _forget_review(session, organisation)
    session.add(
        OrganisationReview(organisation_id=organisation.id, kind=kind, remark=words, at=now)
    )
    session.flush()
    record(session, actor, kind, organisation, now, words=words)
    _tell_admins(session, organisation, kind, words, now)
    return organisation


def answer_review(
    session: Session, actor: Actor, slug: str, answer: str, now: datetime
) -> Organisation:
    """Answer what staff asked or said; the organisation waits for them again."""
    organisation = administered(session, actor, slug)
    words = answer.strip()
    if not words:
        raise AnswerMissing()
    _forget_review(session, organisation)
    record(session, actor, "answered", organisation, now, words=words)
    return organisation


def _forget_review(session: Session, organisation: Organisation) -> None:
    if review := find_review(session, organisation.id):
        session.delete(review)
        session.flush()


def _tell_admins(
    session: Session, organisation: Organisation, outcome: str, remark: str, now: datetime
) -> None:
    for admin in admins_of(session, organisation.id):
        queue_email(
            session,
            "organisation_reviewed",
            admin,
            now,
            path=f"/organisations/{organisation.slug}",
            organisation=organisation.name,
            outcome=outcome,
            remark=remark,
        )


# ── What is said and shown of it ──────────────────────────────────────────────────────────────


def change_organisation(
    session: Session, actor: Actor, slug: str, new: NewOrganisation, now: datetime
) -> Organisation:
    """Bring what is said of it up to date, its consent included.

    With another name, kind or number it waits to be verified again, and another kind begins in
    the price group of that kind. Raises `RequestRefused` and `OrganisationKnown`.
    """
    organisation = administered(session, actor, slug)
    if broken := broken_organisation_rules(new):
        raise RequestRefused(broken)
    lock(session, Organisation, [organisation.id])
    before = identity_of(organisation)
    known = find_verified(
        session, normal_business_id(new.business_id), normal_register_number(new.register_number)
    )
    if known is not None and known.id != organisation.id:
        raise OrganisationKnown()
    for name, value in _details(new).items():
        setattr(organisation, name, value)
    organisation.name_public = new.name_public
    if identity_of(organisation) != before:
        organisation.verified_at, organisation.verified_by_id = None, None
    if organisation.kind != before.kind:
        organisation.price_group = price_group_of(organisation.kind)
    _forget_review(session, organisation)
    raise_counters(session, [NAMES_SHOWN, f"organisation:{organisation.id}"], now)
    record(session, actor, "changed", organisation, now, name=organisation.name)
    return organisation


def identity_of(organisation: Organisation) -> Identity:
    """What staff verify of it."""
    return Identity(
        organisation.name,
        organisation.kind,
        organisation.business_id,
        organisation.register_number,
    )


def consent_to_public_name(
    session: Session, actor: Actor, slug: str, now: datetime
) -> Organisation:
    """Let the organisation's name be shown in public calendars."""
    organisation = administered(session, actor, slug)
    organisation.name_public = True
    raise_counters(session, [NAMES_SHOWN], now)
    record(session, actor, "name_made_public", organisation, now)
    return organisation


def withdraw_public_name(session: Session, actor: Actor, slug: str, now: datetime) -> Organisation:
    """Let the organisation's name be shown to nobody outside."""
    organisation = administered(session, actor, slug)
    organisation.name_public = False
    raise_counters(session, [NAMES_SHOWN], now)
    record(session, actor, "name_withdrawn", organisation, now)
    return organisation


def administered(session: Session, actor: Actor, slug: str) -> Organisation:
    """The organisation, for whoever may change it; raises `NotFound` and `NotAllowed`."""
    organisation = get_organisation(session, actor, slug)
    if not may_administer(actor, organisation.id):
        raise NotAllowed()
    return organisation
