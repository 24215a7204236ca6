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

from booking.self_initiated.plan_rules import Duty, Mark
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
    def of(cls, duty: Duty) -> DutyForm:
        """The form of one duty, filled with how it stands; a page holds many, each with ids of its
        own."""
        form = cls(formdata=None)._named(duty.rule)
        form.state.data, form.reference.data = duty.mark.value, duty.reference
        form.seen.data = duty.changed_at
        return form

    @classmethod
    def sent_for(cls, rule: str) -> DutyForm:
        """The form of this duty as it was sent."""
        return cls()._named(rule)

    def _named(self, rule: str) -> DutyForm:
        for field in self:
            field.id = f"{field.name}-{rule}"
            field.label.field_id = field.id
        return self

    def wish(self, rule: str) -> MarkWish:
        """What was said."""
        return MarkWish(
            rule, Mark(self.state.data), self.reference.data or "", self.seen.data or ""
        )


class CancelForm(Form):
    """Calling the event off, with its bookings or without."""

    with_bookings = BooleanField(cast(str, lazy_gettext("Cancel its bookings too")), default=True)
