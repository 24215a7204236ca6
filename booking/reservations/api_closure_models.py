"""What the endpoints of closures take and give."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from booking.core.errors import N_
from booking.reservations.api_items import Slug
from booking.reservations.closure_rules import ClosureWish, OnConflict
from booking.web.api import Instant, Model
from booking.web.faults import unfit


class ClosureIn(Model):
    """What is closed, one of `spaces`, `unit` and `city`; when and why; and what becomes of the
    reservations in the way: none may be, they are cancelled, or another place is kept for each."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"reason"})

    spaces: Annotated[list[Slug], Field(min_length=1, max_length=200)] | None = None
    unit: Slug | None = None
    city: Literal[True] | None = None
    starts_at: Instant
    ends_at: Instant
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    on_conflict: Literal["refuse", "notify_and_cancel", "propose_moves"] = "refuse"

    @model_validator(mode="after")
    def names_one_thing(self) -> ClosureIn:
        """One of `spaces`, `unit` and `city`."""
        given = [one for one in (self.spaces, self.unit, self.city) if one is not None]
        if len(given) != 1:
            raise unfit(N_("Give one of spaces, unit and city."))
        return self

    def as_wish(self) -> ClosureWish:
        """The same for the use case."""
        return ClosureWish(
            starts_at=self.starts_at.astimezone(UTC),
            ends_at=self.ends_at.astimezone(UTC),
            reason=self.reason,
            on_conflict=OnConflict(self.on_conflict),
            spaces=tuple(dict.fromkeys(self.spaces or [])),
            unit=self.unit,
            city=bool(self.city),
        )


class InTheWay(Model):
    """A reservation in the way of a closure; of one that the actor may not see, only when it is."""

    reservation: str | None
    spaces: list[str]
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Proposal(InTheWay):
    """The spaces that are kept for it instead, until when; what accepting makes it."""

    spaces_instead: list[str]
    answer_until: AwareDatetime


class ClosurePreview(Model):
    """What a closure would do now: whom it would cancel and whom move; of the cancelled, for whom
    another place was looked for in vain."""

    cancelled: list[InTheWay]
    proposed: list[Proposal]
    without_proposal: list[InTheWay]


class ClosureOut(ClosurePreview):
    """A closure with what it did; it is a reservation of kind `closure` from now on."""

    reference: str
    state: str
    version: int
    spaces: list[str]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: str
    uid: str
    sequence: int
    links: dict[str, str]
