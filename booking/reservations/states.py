"""The states of a reservation and the steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from booking.core.errors import N_


class State(StrEnum):
    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Kind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    CLOSURE = "closure"
    SEASONAL = "seasonal"
    IMPORTED = "imported"


STATE_NAMES: Mapping[State, str] = {
    State.HELD: N_("hold"),
    State.REQUESTED: N_("awaiting approval"),
    State.CONFIRMED: N_("confirmed"),
    State.DENIED: N_("denied"),
    State.CANCELLED: N_("cancelled"),
    State.EXPIRED: N_("expired"),
}
"""The word for each state, for people."""

KIND_NAMES: Mapping[Kind, str] = {
    Kind.CUSTOMER: N_("booking"),
    Kind.STAFF: N_("staff booking"),
    Kind.CLOSURE: N_("closed"),
    Kind.SEASONAL: N_("regular slot"),
    Kind.IMPORTED: N_("from an outside calendar"),
}

STATES = tuple(state.value for state in State)
KINDS = tuple(kind.value for kind in Kind)

HOLDING = frozenset({State.HELD, State.REQUESTED, State.CONFIRMED})
"""The states in which a reservation holds its parts."""

SHARING = frozenset({Kind.CLOSURE, Kind.IMPORTED})
"""The kinds that may lie on top of their like: of what others of them hold one takes the rest."""

STEPS: Mapping[State, frozenset[State]] = {
    State.HELD: frozenset({State.REQUESTED, State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
    State.REQUESTED: frozenset(
        {State.CONFIRMED, State.DENIED, State.CANCELLED, State.EXPIRED, State.HELD}
    ),
    State.CONFIRMED: frozenset({State.REQUESTED, State.CANCELLED, State.HELD}),
    State.DENIED: frozenset({State.REQUESTED}),
    State.CANCELLED: frozenset({State.HELD, State.REQUESTED, State.CONFIRMED}),
    State.EXPIRED: frozenset(),
}
"""Where one can go from each state; the steps out of denied and cancelled restore. What is
confirmed is requested anew when its owner moves it to where a person decides; what a closure takes
the place of is held at the one that is offered instead."""


def may_step(before: str, after: State) -> bool:
    """Whether a reservation in state `before` can go to `after`."""
    return after in STEPS[State(before)]


ADDRESSES: Mapping[State, tuple[str, ...]] = {
    State.HELD: ("submit", "extend", "cancel"),
    State.REQUESTED: ("approve", "deny", "cancel"),
    State.CONFIRMED: ("check-in", "no-show", "cancel"),
    State.DENIED: ("restore",),
    State.CANCELLED: ("restore",),
}
"""What can be asked for from each state, as the addresses of the API end; the rest is final."""


OFFERED_ADDRESSES = ("accept-move", "decline-move", "cancel")


def steps_from(state: str, is_preliminary: bool = False, is_offered: bool = False) -> list[str]:
    """What its owner or the staff may ask for; a preliminary booking is not kept longer, and what
    is offered another place is only accepted or not."""
    if state == State.HELD and is_offered:
        return list(OFFERED_ADDRESSES)
    found = ADDRESSES.get(State(state), ())
    return [one for one in found if not (is_preliminary and one == "extend")]
