"""What people fill in about a series that stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.validators import InputRequired

from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.forms import ReasonForm, instant
from booking.reservations.models import Reservation
from booking.reservations.recurrence import WallPeriod
from booking.reservations.series_moving_use_cases import SeriesMove
from booking.web.fields import DayField, Form, WallTimeField
from booking.web.fields import lazy as _l
from booking.web.words import day_heading


class CancelSeriesForm(ReasonForm):
    """From which date on a series is cancelled, and why."""

    from_day = SelectField(_l("Which dates"), default="")

    def with_dates(self, dates: Sequence[Reservation], zone: ZoneInfo) -> CancelSeriesForm:
        """The form, with these dates to choose from."""
        self.from_day.choices = _choices(dates, zone)
        return self


class AddDateForm(Form):
    """Which skipped date is to be had after all; the button of each date says so."""

    day = DayField(_l("Date"), [InputRequired()])


class MoveSeriesForm(Form):
    """Which dates are to be moved, and where the first of them is to be."""

    takes_the_rest = "date"

    from_day = SelectField(_l("Which dates"), default="")
    date = DayField(_l("New day of the first of them"), [InputRequired()])
    start = WallTimeField(_l("Starts"), [InputRequired(_l("Say when it starts."))], latest=1439)
    end = WallTimeField(_l("Ends"), [InputRequired(_l("Say when it ends."))])

    @classmethod
    def of(cls, dates: Sequence[Reservation], zone: ZoneInfo) -> MoveSeriesForm:
        """The form as it is first shown: the first of these dates as it is."""
        day, wall = WallPeriod.of(Period(dates[0].starts_at, dates[0].ends_at), zone)
        end = (wall.start_minute + wall.length_minutes) % 1440
        form = cls(formdata=None, date=day, start=wall.start_minute, end=end or 1440)
        return form.with_dates(dates, zone)

    def with_dates(self, dates: Sequence[Reservation], zone: ZoneInfo) -> MoveSeriesForm:
        """The form, with these dates to choose from; their ids are its own on the page."""
        self.from_day.choices = _choices(dates, zone)
        for field in (self.from_day, self.date, self.start, self.end):
            field.id = f"move-{field.name}"
        return self

    def move_in(self, zone: ZoneInfo) -> SeriesMove | None:
        """What is asked for; None, with the error beside its field, where the clocks skip it. An
        end before the start is one of the next day."""
        start, end = self.start.data, self.end.data or 1440
        try:
            starts_at = instant(self.date.data, start, zone)
            wall = WallPeriod(start, end - start if end > start else end - start + 1440)
            period = wall.on(self.date.data, zone)
        except ValueError:
            period = None
        if period is None:
            self.start.errors = [
                *self.start.errors,
                _l("The clocks skip this time on that day. Choose another."),
            ]
            return None
        return SeriesMove(starts_at, period.ends_at, from_day=date_of(self.from_day.data))


def date_of(text: str | None) -> date | None:
    """The date that was chosen; None for all to come."""
    return date.fromisoformat(text) if text else None


def _choices(dates: Sequence[Reservation], zone: ZoneInfo) -> list[tuple[str, str]]:
    days: list[date] = sorted({local_date(one.starts_at, zone) for one in dates})
    later = [(day.isoformat(), _("From %(day)s on", day=day_heading(day))) for day in days[1:]]
    return [("", _("All dates to come")), *later]
