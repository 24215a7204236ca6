"""What people type when they move a booking, or change what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, SelectField

from booking.catalogue.places import Place, Terms
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.forms import WhenForm, instant
from booking.web.fields import lazy as _l
from booking.web.languages import text_in

_MOMENT = timedelta(microseconds=1)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


class MoveForm(WhenForm):
    """Another time, another space; the terms of that space where they are others."""

    space = SelectField(_l("Space"), choices=[])
    terms = BooleanField(_l("I accept the terms of use"))
    terms_version = HiddenField()

    @classmethod
    def for_places(cls, places: Sequence[Place], **values: Any) -> Self:
        """The form with these spaces to choose from; none where the booking has several."""
        form = cls(**values)
        form.space.choices = [(one.slug, text_in(one.name)) for one in places]
        if not places:
            del form.space
        return form

    @staticmethod
    def times_of(period: Period, zone: ZoneInfo) -> dict[str, Any]:
        """The fields of a period: days and minutes by the wall clock, midnight its day's end."""
        first = local_date(period.starts_at, zone)
        last = local_date(period.ends_at - _MOMENT, zone)
        starts, ends = period.starts_at.astimezone(zone), period.ends_at.astimezone(zone)
        return {
            "date": first,
            "start": starts.hour * 60 + starts.minute,
            "end": ends.hour * 60 + ends.minute or 1440,
            "end_date": last if last != first else None,
        }

    def instants_in(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Start and end as they stand in the form; None where they can't be read, which is then
        said beside its field."""
        if None in (self.date.data, self.start.data, self.end.data):
            return None
        last_day = self.end_date.data or self.date.data
        if not all(_EARLIEST <= day <= _LATEST for day in (self.date.data, last_day)):
            self._fault("date", _("Choose a date within the coming years."))
            return None
        end = 1440 if self.end.data == 0 else self.end.data
        try:
            return instant(self.date.data, self.start.data, zone), instant(last_day, end, zone)
        except ValueError:
            self._fault("start", _("The clocks skip this time on that day. Choose another."))
            return None

    def _fault(self, name: str, words: str) -> None:
        field = self._fields[name]
        field.errors = [*field.errors, words]

    @property
    def accepted(self) -> date | None:
        """The version of the terms whose box was ticked, as the page showed it."""
        try:
            shown = date.fromisoformat(self.terms_version.data or "")
        except ValueError:
            return None
        return shown if self.terms.data else None

    def show_terms(self, terms: Terms | None) -> None:
        """Ask for these terms; without any, for none."""
        if terms is None:
            del self.terms
            del self.terms_version
        else:
            self.terms_version.data = terms.version.isoformat()
