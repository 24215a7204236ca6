"""What the endpoints take that change a reservation."""

from __future__ import annotations

from typing import Any, ClassVar

from booking.reservations.api_models import (
    Message,
    People,
    Purpose,
    Slug,
    TermsVersion,
    Title,
    versions_of,
)
from booking.web.api import Model


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

    def as_changes(self) -> dict[str, Any]:
        """What was sent, as fields of a request."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        sent.pop("terms_version", None)
        return sent | {"terms": versions_of(self.terms_version)}
