"""What the endpoints take that change a reservation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from booking.core.errors import N_
from booking.reservations.api_items import ItemIn, Items, Slug
from booking.reservations.api_models import (
    Message,
    Override,
    People,
    Purpose,
    Reference,
    TermsVersion,
    Title,
    versions_of,
)
from booking.reservations.moving import Changes
from booking.web.api import Instant, Model
from booking.web.faults import unfit


class NothingIn(Model):
    """No more than the address says."""


class SubmissionIn(Model):
    """What a hold does not say yet; what is left out stays as the hold has it."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"message"})

    title: Title = ""
    purpose: Purpose | None = None
    people: People | None = None
    organisation: Slug | None = None
    responsible_adult: bool = False
    terms_version: TermsVersion = None
    message: Message = ""
    items: Items | None = None
    event: Reference | None = None

    def as_changes(self) -> dict[str, Any]:
        """What was sent, as fields of a request."""
        sent = self.model_fields_set - {"terms_version", "items"}
        fields = {name: getattr(self, name) for name in sent}
        return fields | _items(self.items) | {"terms": versions_of(self.terms_version)}


def _items(items: Sequence[ItemIn] | None) -> dict[str, Any]:
    """The things on loan as a field of a request, where any were named."""
    return {} if items is None else {"items": tuple(one.as_wish() for one in items)}


Minutes = Annotated[int, Field(ge=0, le=1440)]


class ChangesIn(Model):
    """What is to be otherwise; what is left out stays. Set-up, clean-up and `override` are for
    staff to say. Terms are accepted only of spaces that have others than those it had."""

    paragraphs: ClassVar[frozenset[str]] = frozenset({"message"})

    items: Items | None = None
    space: Slug | None = None
    spaces: Annotated[list[Slug], Field(min_length=1, max_length=20)] | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    title: Title = ""
    purpose: Purpose | None = None
    people: People | None = None
    message: Message = ""
    event: Reference | None = None
    terms_version: TermsVersion = None
    set_up_minutes: Minutes | None = None
    clean_up_minutes: Minutes | None = None
    override: Override | None = None

    @model_validator(mode="after")
    def names_spaces_once(self) -> ChangesIn:
        """At most one of `space` and `spaces`."""
        if self.space is not None and self.spaces is not None:
            raise unfit(N_("Give either space or spaces."))
        if len(set(self.spaces or [])) < len(self.spaces or []):
            raise unfit(N_("Name each space only once."))
        return self

    def as_changes(self) -> Changes:
        """The same for the use case."""
        plain = {"title", "purpose", "people", "message", "event"} & self.model_fields_set
        fields: dict[str, Any] = {name: getattr(self, name) for name in plain}
        if self.space or self.spaces:
            fields["spaces"] = tuple(self.spaces or [self.space])
        if self.starts_at is not None:
            fields["starts_at"] = self.starts_at.astimezone(UTC)
        if self.ends_at is not None:
            fields["ends_at"] = self.ends_at.astimezone(UTC)
        if self.override is not None:
            fields["override"] = self.override.reason
        return Changes(
            fields | _items(self.items) | {"terms": versions_of(self.terms_version)},
            _minutes(self.set_up_minutes),
            _minutes(self.clean_up_minutes),
        )


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)
