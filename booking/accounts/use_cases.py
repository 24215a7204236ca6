"""What people do with their accounts, and staff with those of others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.errors import EmailTaken, LinkNotValid
from booking.accounts.links import Door, Links, closes_at
from booking.accounts.models import Person, RoleAssignment
from booking.accounts.queries import find_person, find_role, get_person, tokens_of
from booking.accounts.rules import (
    NewPassword,
    NewPerson,
    Registration,
    email_problem,
    name_problem,
    normal_email,
    plain,
)
from booking.accounts.sign_in_use_cases import forget_failures_of
from booking.audit.use_cases import record
from booking.core.actors import Action, Actor, Grant
from booking.core.errors import NotAllowed, NotFound
from booking.database import constraint_means
from booking.notifications.use_cases import queue_email

# SQLite names the column, PostgreSQL the constraint.
SAME_EMAIL = {"uq_person_email": EmailTaken, "person.email": EmailTaken}


# ── Registration ──────────────────────────────────────────────────────────────────────────────


def register(
    session: Session, actor: Actor, registration: Registration, links: Links, now: datetime
) -> None:
    """Make an account that waits for its address to be confirmed, and mail the link.

    Who has an account already is told so by mail alone, so that the page betrays nobody. An
    account that was never confirmed is begun anew, and its older links stop working.
    """
    _must_be_plausible(registration.email)
    person = find_person(session, registration.email)
    if person is None:
        person = _add_person(session, registration.as_new_person(), now)
        record(session, actor, "registered", person, now)
    elif person.email_confirmed_at or not person.is_active:
        _tell_who_is_here_already(session, person, links, now)
        return
    else:
        _begin_anew(person, registration)
    _send_link(session, Door.CONFIRM_REGISTRATION, person, links, now)


def register_by_mailed_link(
    session: Session, actor: Actor, registration: Registration, now: datetime
) -> Person:
    """Make a confirmed account for whoever holds a link that was mailed to its address.

    An account that was never confirmed is begun anew. Raises `EmailTaken` for any other.
    """
    person = find_person(session, registration.email)
    if person is None:
        person = _add_person(session, registration.as_new_person(), now)
        record(session, actor, "registered", person, now)
    elif person.email_confirmed_at or not person.is_active:
        raise EmailTaken()
    else:
        _begin_anew(person, registration)
    person.email_confirmed_at = now
    record(session, actor, "confirmed", person, now)
    return person


def _begin_anew(person: Person, registration: Registration) -> None:
    _must_be_a_name(registration.name)
    person.name = plain(registration.name)
    person.password_hash = registration.password_hash
    person.language = registration.language
    person.auth_version += 1


def _tell_who_is_here_already(
    session: Session, person: Person, links: Links, now: datetime
) -> None:
    if person.is_active:
        link = links.to_sign_in(person.language)
        queue_email(session, "already_registered", person, now, link=link, name=person.name)


def send_confirmation_again(
    session: Session, actor: Actor, person_id: int, links: Links, now: datetime
) -> None:
    """Mail the link that confirms the address once more; the earlier one works too."""
    person = get_person(session, person_id)
    _send_link(session, Door.CONFIRM_REGISTRATION, person, links, now)


def confirm_registration(
    session: Session, actor: Actor, token: str, links: Links, now: datetime
) -> Person:
    """Note that the address is the person's; doing so twice changes nothing.

    Raises `LinkNotValid`.
    """
    person = holder_of(session, links, Door.CONFIRM_REGISTRATION, token, now)
    if person.email_confirmed_at is None:
        person.email_confirmed_at = now
        record(session, actor, "confirmed", person, now)
    return person


# ── The password ──────────────────────────────────────────────────────────────────────────────


def request_password_reset(
    session: Session, actor: Actor, email: str, links: Links, now: datetime
) -> None:
    """Mail a link to set a new password, if there is such an account; say nothing if not."""
    person = find_person(session, email)
    if person is None or not person.is_active:
        return
    _send_link(session, Door.RESET_PASSWORD, person, links, now)
    record(session, actor, "password_reset_requested", person, now)


def reset_password(
    session: Session, actor: Actor, new: NewPassword, links: Links, now: datetime
) -> Person:
    """Set the password of whoever holds the link; it confirms their address too.

    All their sessions and tokens end: who knew the old password may have left one behind.
    Raises `LinkNotValid`.
    """
    person = holder_of(session, links, Door.RESET_PASSWORD, new.token, now)
    person.password_hash = new.password_hash
    person.auth_version += 1
    person.email_confirmed_at = person.email_confirmed_at or now
    for token in tokens_of(session, person.id):
        token.revoked_at = now
    forget_failures_of(session, person.email)
    record(session, actor, "password_reset", person, now)
    return person


def holder_of(session: Session, links: Links, door: Door, token: str, now: datetime) -> Person:
    """The person whose link this is; raises `LinkNotValid` for used and replaced ones too."""
    claims = links.read(door, token, now).claims
    try:
        person = get_person(session, int(claims["person"]))
    except NotFound as error:
        raise LinkNotValid() from error
    if claims["version"] != person.auth_version or not person.is_active:
        raise LinkNotValid()
    return person


def _send_link(session: Session, door: Door, person: Person, links: Links, now: datetime) -> None:
    """Mail the link; the door is also the name of its mail."""
    claims = {"person": person.id, "version": person.auth_version}
    queue_email(
        session,
        door.value,
        person,
        now,
        link=links.make(door, person.language, claims, now),
        expires_at=closes_at(door, now).isoformat(),
        name=person.name,
    )


# ── One's own account ─────────────────────────────────────────────────────────────────────────


def change_details(
    session: Session, actor: Actor, name: str, language: str, now: datetime
) -> Person:
    """Change the actor's own name, and the language that mails to them are written in."""
    person = _oneself(session, actor)
    _must_be_a_name(name)
    person.name, person.language = plain(name), language
    record(session, actor, "details_changed", person, now)
    return person


def change_language(session: Session, actor: Actor, language: str, now: datetime) -> Person:
    """Change the language that mails to the actor are written in."""
    person = _oneself(session, actor)
    person.language = language
    record(session, actor, "details_changed", person, now)
    return person


def sign_out_everywhere(session: Session, actor: Actor, now: datetime) -> Person:
    """End all sessions of the actor, this one too, and all links that were mailed to them."""
    person = _oneself(session, actor)
    person.auth_version += 1
    record(session, actor, "signed_out_everywhere", person, now)
    return person


def _oneself(session: Session, actor: Actor) -> Person:
    if actor.person_id is None:
        raise NotAllowed()
    return get_person(session, actor.person_id)


# ── Accounts of others ────────────────────────────────────────────────────────────────────────


def create_person(session: Session, actor: Actor, new: NewPerson, now: datetime) -> Person:
    """Make a confirmed account, or bring the one of that address up to date.

    A new password signs its person out everywhere; without one the old stays.
    """
    actor.must(Action.MANAGE_PEOPLE)
    _must_be_plausible(new.email)
    person = find_person(session, new.email)
    if person is None:
        person = _add_person(session, new, now)
        action = "created"
    else:
        _bring_up_to_date(person, new)
        action = "updated"
    person.email_confirmed_at = person.email_confirmed_at or now
    session.flush()
    record(session, actor, action, person, now)
    return person


def _bring_up_to_date(person: Person, new: NewPerson) -> None:
    _must_be_a_name(new.name)
    person.name = plain(new.name)
    if new.password_hash is not None:
        person.password_hash = new.password_hash
        person.auth_version += 1


def _add_person(session: Session, new: NewPerson, now: datetime) -> Person:
    _must_be_a_name(new.name)
    person = Person(
        email=normal_email(new.email),
        name=plain(new.name),
        password_hash=new.password_hash,
        language=new.language,
        auth_version=1,
        created_at=now,
    )
    with constraint_means(session, SAME_EMAIL):
        session.add(person)
    return person


def _must_be_plausible(email: str) -> None:
    if problem := email_problem(normal_email(email)):
        raise problem


def _must_be_a_name(name: str) -> None:
    if problem := name_problem(name):
        raise problem


# ── Roles ─────────────────────────────────────────────────────────────────────────────────────


def grant_role(session: Session, actor: Actor, person_id: int, grant: Grant, now: datetime) -> None:
    """Give the person a role; whoever has it keeps it."""
    actor.must(Action.MANAGE_PEOPLE)
    person = get_person(session, person_id)
    if find_role(session, person, grant) is None:
        session.add(RoleAssignment(person_id=person.id, role=grant.role, unit_id=grant.unit_id))
        session.flush()
        details = {"role": grant.role.value, "unit": grant.unit_id}
        record(session, actor, "role_granted", person, now, **details)


def revoke_role(
    session: Session, actor: Actor, person_id: int, grant: Grant, now: datetime
) -> None:
    """Take a role from the person; whoever has it not stays without."""
    actor.must(Action.MANAGE_PEOPLE)
    person = get_person(session, person_id)
    if assignment := find_role(session, person, grant):
        session.delete(assignment)
        details = {"role": grant.role.value, "unit": grant.unit_id}
        record(session, actor, "role_revoked", person, now, **details)
