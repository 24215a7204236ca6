"""What staff type who close spaces, and its way to a wish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from booking.catalogue.places import Place
from booking.reservations.closure_rules import ClosureWish, OnConflict
from booking.reservations.forms import instant
from booking.web.fields import DayField, Form, WallTimeField
from booking.web.fields import lazy as _l
from booking.web.languages import text_in

WHOLE_CITY = "*"
ON_CONFLICT = (
    (
        OnConflict.PROPOSE_MOVES.value,
        _l("Keep another place for each, and cancel those for whom there is none"),
    ),
    (OnConflict.NOTIFY_AND_CANCEL.value, _l("Cancel them and tell the bookers")),
    (OnConflict.REFUSE.value, _l("Close only if nothing is booked")),
)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


class ClosureForm(Form):
    """A site or some of its spaces, from one wall time to another, why, and what becomes of the
    bookings. `seen` marks what was looked at before it is closed."""

    unit = HiddenField()
    spaces = SelectMultipleField(
        _l("Spaces"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Choose none to close the whole site."),
    )
    date = DayField(_l("First day"), [InputRequired(_l("Choose the date."))])
    start = WallTimeField(_l("From"), [InputRequired(_l("Say when it starts."))], latest=1439)
    end_date = DayField(_l("Last day"), [Optional()])
    end = WallTimeField(_l("Until"), [InputRequired(_l("Say when it ends."))])
    reason = TextAreaField(
        _l("Reason"),
        [
            InputRequired(_l("Say why it is closed. Those who have booked are told.")),
            Length(max=1000, message=_l("Use at most 1,000 characters.")),
        ],
        description=_l("The bookers read this."),
    )
    on_conflict = RadioField(_l("If something is booked"), choices=[])
    seen = HiddenField()

    @classmethod
    def for_places(cls, unit: str, places: Sequence[Place]) -> ClosureForm:
        """The form for a site of these spaces, or for the whole city (`WHOLE_CITY`)."""
        form = cls(unit=unit, start=0, end=0, on_conflict=OnConflict.PROPOSE_MOVES.value)
        form.spaces.choices = [(place.slug, text_in(place.name)) for place in places]
        form.on_conflict.choices = list(ON_CONFLICT)
        if unit == WHOLE_CITY:
            del form.spaces
        return form

    def wish_in(self, zone: ZoneInfo) -> ClosureWish | None:
        """What is to be closed; None, with the error beside its field, where it can't be read.

        An end at midnight is the end of that day.
        """
        last_day = self.end_date.data or self.date.data
        if not all(_EARLIEST <= day <= _LATEST for day in (self.date.data, last_day)):
            self.date.errors = [*self.date.errors, _("Choose a date within the coming years.")]
            return None
        try:
            starts_at = instant(self.date.data, self.start.data, zone)
            ends_at = instant(last_day, self.end.data or 1440, zone)
        except ValueError:
            self.start.errors = [
                *self.start.errors,
                _("The clocks skip this time on that day. Choose another."),
            ]
            return None
        is_city = self.unit.data == WHOLE_CITY
        chosen = () if is_city else tuple(self.spaces.data or ())
        return ClosureWish(
            starts_at=starts_at,
            ends_at=ends_at,
            reason=self.reason.data or "",
            on_conflict=OnConflict(self.on_conflict.data),
            spaces=chosen,
            unit=None if chosen or is_city else self.unit.data,
            city=is_city,
        )
