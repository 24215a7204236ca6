"""Who asks, and what they may do: one table, used by pages, API, jobs and imports alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from booking.core.errors import N_, NotAllowed


class ActorKind(StrEnum):
    VISITOR = "visitor"
    PERSON = "person"
    TOKEN = "token"
    JOB = "job"
    IMPORT = "import"
    COMMAND = "command"


class Role(StrEnum):
    """What a member of staff may do, at one unit or in the whole city."""

    VIEWER = "viewer"
    BOOKER = "booker"
    APPROVER = "approver"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    REQUEST_RESERVATION = "request_reservation"
    SEE_RESERVATIONS = "see_reservations"
    BOOK_AS_STAFF = "book_as_staff"
    OVERRIDE_RULES = "override_rules"
    DECIDE_RESERVATION = "decide_reservation"
    CANCEL_RESERVATION = "cancel_reservation"
    CLOSE_SPACES = "close_spaces"
    EDIT_CATALOGUE = "edit_catalogue"
    VERIFY_ORGANISATION = "verify_organisation"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    SEE_CHARGES = "see_charges"
    CREDIT_CHARGES = "credit_charges"
    HANDLE_FEEDBACK = "handle_feedback"
    HANDLE_CITY_FEEDBACK = "handle_city_feedback"
    HANDLE_SUPPORT = "handle_support"
    PAY_SUPPORT = "pay_support"
    KEEP_POWERS = "keep_powers"
    EDIT_RULES = "edit_rules"


class Scope(StrEnum):
    """What a token was given of its person's rights."""

    READ = "read"
    BOOK = "book"
    STAFF = "staff"
    DECIDE = "decide"
    MONEY = "money"


class ScopeMissing(NotAllowed):
    """The token's person may do this, and the token was not given the right to."""

    code = "scope_missing"
    message = N_("This token may not do this: it was made without the scope %(scope)s.")


_STAFF = frozenset(Role)
_BOOKERS = _STAFF - {Role.VIEWER}
_APPROVERS = frozenset({Role.APPROVER, Role.MANAGER, Role.ADMINISTRATOR})
_MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.SEE_RESERVATIONS: _STAFF,
    Action.BOOK_AS_STAFF: _BOOKERS,
    Action.OVERRIDE_RULES: _APPROVERS,
    Action.DECIDE_RESERVATION: _APPROVERS,
    Action.CANCEL_RESERVATION: _APPROVERS,
    Action.CLOSE_SPACES: _MANAGERS,
    Action.EDIT_CATALOGUE: _MANAGERS,
    Action.VERIFY_ORGANISATION: _APPROVERS,
    Action.MANAGE_PEOPLE: _ADMINISTRATORS,
    Action.SEE_AUDIT: _MANAGERS,
    Action.SEE_CHARGES: _MANAGERS,
    Action.CREDIT_CHARGES: _MANAGERS,
    Action.HANDLE_FEEDBACK: _BOOKERS,
    Action.HANDLE_CITY_FEEDBACK: _MANAGERS,
    Action.HANDLE_SUPPORT: _APPROVERS,
    Action.PAY_SUPPORT: _MANAGERS,
    Action.KEEP_POWERS: _ADMINISTRATORS,
    Action.EDIT_RULES: _MANAGERS,
}


SCOPES: Mapping[Action, Sequence[Scope]] = {
    Action.REQUEST_RESERVATION: (Scope.BOOK,),
    Action.SEE_RESERVATIONS: (Scope.STAFF, Scope.DECIDE),
    Action.BOOK_AS_STAFF: (Scope.STAFF,),
    Action.OVERRIDE_RULES: (Scope.STAFF,),
    Action.DECIDE_RESERVATION: (Scope.DECIDE,),
    Action.CANCEL_RESERVATION: (Scope.STAFF,),
    Action.CLOSE_SPACES: (Scope.STAFF,),
    Action.EDIT_CATALOGUE: (Scope.STAFF,),
    Action.SEE_CHARGES: (Scope.MONEY,),
    Action.CREDIT_CHARGES: (Scope.MONEY,),
}
"""Of a token that has scopes, one of these is needed as well; what stands here not at all, it may
never do. What is one's own is guarded by the scopes of the API's operations."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at one unit, or in the whole city where `unit_id` is None."""

    role: Role
    unit_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who asks for something to be done: a person, a token, a job, an import, a command.

    `organisations` maps the id of each organisation the person acts for to "admin" or "member".
    `scopes` is None where all the person's rights are meant; of a token with scopes only those.
    """

    kind: ActorKind
    person_id: int | None = None
    name: str = ""
    language: str = "fi"
    grants: frozenset[Grant] = frozenset()
    organisations: Mapping[int, str] = field(default_factory=dict)
    token_id: int | None = None
    scopes: frozenset[str] | None = None

    def has_scope(self, *scopes: Scope) -> bool:
        """Whether the actor was given one of these, or, without scopes, every right."""
        return self.scopes is None or not self.scopes.isdisjoint(scopes)

    def must_have_scope(self, *scopes: Scope) -> None:
        """Raise `ScopeMissing` unless the actor has one of these, `NotAllowed` where there is none
        to have."""
        if not self.has_scope(*scopes):
            raise ScopeMissing(scope=scopes[0].value) if scopes else NotAllowed()

    def may(self, action: Action, unit_id: int | None = None) -> bool:
        """Whether the table allows this at the unit, or, without one, in the whole city, and the
        actor's scopes do."""
        return self.has_scope(*SCOPES.get(action, ())) and self._has_right(action, unit_id)

    def _has_right(self, action: Action, unit_id: int | None) -> bool:
        if self.kind in {ActorKind.JOB, ActorKind.COMMAND}:
            return True
        if action is Action.REQUEST_RESERVATION:
            return self.person_id is not None
        return any(
            grant.role in PERMISSIONS[action] and grant.unit_id in {None, unit_id}
            for grant in self.grants
        )

    def must(self, action: Action, unit_id: int | None = None) -> None:
        """Raise `NotAllowed` unless the actor may; `ScopeMissing` where only a scope is wanting."""
        if not self._has_right(action, unit_id):
            raise NotAllowed()
        self.must_have_scope(*SCOPES.get(action, ()))

    def must_anywhere(self, action: Action) -> None:
        """Raise `NotAllowed` unless there is a unit at which the actor may; `ScopeMissing` where
        only a scope is wanting."""
        if not self._has_right_anywhere(action):
            raise NotAllowed()
        self.must_have_scope(*SCOPES.get(action, ()))

    def may_anywhere(self, action: Action) -> bool:
        """Whether there is a unit at which the actor may do this."""
        return self.has_scope(*SCOPES.get(action, ())) and self._has_right_anywhere(action)

    def _has_right_anywhere(self, action: Action) -> bool:
        return self.kind in {ActorKind.JOB, ActorKind.COMMAND} or any(
            grant.role in PERMISSIONS.get(action, ()) for grant in self.grants
        )

    def units_where(self, action: Action) -> frozenset[int] | None:
        """The units at which the actor may do this; None means every unit of the city."""
        if not self.has_scope(*SCOPES.get(action, ())):
            return frozenset()
        grants = [grant for grant in self.grants if grant.role in PERMISSIONS[action]]
        if self.kind in {ActorKind.JOB, ActorKind.COMMAND} or any(
            grant.unit_id is None for grant in grants
        ):
            return None
        return frozenset(grant.unit_id for grant in grants if grant.unit_id is not None)

    @property
    def is_staff(self) -> bool:
        return bool(self.grants)


VISITOR = Actor(ActorKind.VISITOR)
COMMAND = Actor(ActorKind.COMMAND, name="command line")


def job(name: str) -> Actor:
    """The actor of a job that runs by itself."""
    return Actor(ActorKind.JOB, name=name)
