"""What people write on the page of their event."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext
from wtforms import (  # type: ignore[attr-defined]  # the stubs lack SelectChoice
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
)

from booking.self_initiated.plan_rules import Mark
from booking.self_initiated.plan_use_cases import MarkWish
from booking.self_initiated.plan_words import MARK_NAMES
from booking.web.fields import Form


class DutyForm(Form):
    """How far a duty is, and what its authority answered."""

    takes_the_rest = "reference"

    state = RadioField(
        cast(str, lazy_gettext("How far is this?")),
        choices=[SelectChoice(mark.value, lazy_gettext(name)) for mark, name in MARK_NAMES.items()],
    )
    reference = StringField(
        cast(str, lazy_gettext("Number of the matter, or a note")),
        description=cast(
            str,
            lazy_gettext("What the authority answered; or why it is not needed."),
        ),
    )
    seen = HiddenField()

    @classmethod
    def sent_for(cls, rule: str) -> DutyForm:
        """The form of this duty as it was sent; a page holds many, each with ids of its own."""
        form = cls()
        for field in form:
            field.id = f"{field.name}-{rule}"
            field.label.field_id = field.id
        return form

    def wish(self, rule: str) -> MarkWish:
        """What was said."""
        return MarkWish(
            rule, Mark(self.state.data), self.reference.data or "", self.seen.data or ""
        )


class CancelForm(Form):
    """Calling the event off, with its bookings or without."""

    with_bookings = BooleanField(cast(str, lazy_gettext("Cancel its bookings too")), default=True)
