"""What people fill in to make a series: a window of days and a time, what for, for whom, and what
they choose of single dates. The address of the page carries all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from booking.accounts.models import Organisation
from booking.catalogue.opening import WEEKDAYS
from booking.catalogue.places import Place, Terms
from booking.core.errors import BookingError, RuleBroken
from booking.reservations.forms import WhatForm, instant
from booking.reservations.recurrence import WallPeriod
from booking.reservations.rules import ReservationRequest
from booking.reservations.series_rules import Instead
from booking.reservations.series_wizard_rules import Choices, Every, Window
from booking.web.fields import DayField, WallTimeField, read_day, read_or_none, read_wall_time
from booking.web.fields import lazy as _l
from booking.web.words import local

INSTEAD = "instead-"
LEAVE = "leave"
WEEKDAY_NAMES = {
    "mon": _l("Mon"),
    "tue": _l("Tue"),
    "wed": _l("Wed"),
    "thu": _l("Thu"),
    "fri": _l("Fri"),
    "sat": _l("Sat"),
    "sun": _l("Sun"),
}
HOW_OFTEN = {
    Every.WEEK: _l("Every week"),
    Every.SECOND_WEEK: _l("Every second week"),
    Every.MONTH: _l("Every month (such as every second Tuesday)"),
}


class SeriesForm(WhatForm):
    """A series for one space."""

    date = DayField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    until = DayField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    start = WallTimeField(_l("Starts"), [InputRequired(_l("Say when it starts."))], latest=1439)
    end = WallTimeField(_l("Ends"), [InputRequired(_l("Say when it ends."))])
    every = SelectField(_l("How often"), default=Every.WEEK.value)
    weekday = SelectMultipleField(
        _l("On which weekdays"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None chosen: that of the first day."),
    )
    holidays = BooleanField(
        _l("Leave out public holidays and days when it is closed"),
        default=True,
        false_values=("in", ""),
    )
    title = StringField(
        _l("Name of the series"),
        [Length(max=120, message=_l("Use at most 120 characters."))],
        description=_l("For example: choir practice. Only you and the staff see it."),
    )
    message = TextAreaField(
        _l("Message to the staff"),
        [Length(max=500, message=_l("Use at most 500 characters."))],
    )

    @classmethod
    def of_address(
        cls, organisations: Sequence[Organisation], given: MultiDict[str, str], *, may_accept: bool
    ) -> Self:
        """The form as an address fills it. Nobody accepts anything by following a link: ticks are
        taken over only where the page itself asks (`may_accept`)."""
        data = MultiDict(given.items(multi=True))
        if "organisation" not in data and len(organisations) == 1:
            data["organisation"] = organisations[0].slug
        if "holidays" not in data:
            data["holidays"] = "out"
        for name in () if may_accept else ("terms", "responsible_adult"):
            data.poplist(name)
        return cls._with_choices(organisations, formdata=data)

    @classmethod
    def sent(cls, organisations: Sequence[Organisation]) -> Self:
        """The form as it was sent, to be made a series."""
        return cls._with_choices(organisations)

    @classmethod
    def _with_choices(cls, organisations: Sequence[Organisation], **values: Any) -> Self:
        form = cls.for_place(organisations, **values)
        form.every.choices = [(one.value, name) for one, name in HOW_OFTEN.items()]
        form.weekday.choices = [(day, WEEKDAY_NAMES[day]) for day in WEEKDAYS]
        return form

    @property
    def names_a_window(self) -> bool:
        """Whether all that makes the list of dates can be read."""
        return None not in {self.date.data, self.until.data, self.start.data, self.end.data}

    @property
    def window(self) -> Window:
        """The days that were chosen, once they can be read."""
        known = {one.value for one in Every}
        every = Every(self.every.data) if self.every.data in known else Every.WEEK
        return Window(self.date.data, self.until.data, tuple(self.weekday.data or ()), every)

    def check_window(self) -> bool:
        """Whether the fields of the window are well; else what is wrong stands beside them."""
        fields = (self.date, self.until, self.start, self.end, self.people)
        well = all([field.validate(self) for field in fields])
        if well and self.date.data > self.until.data:
            self.until.errors = [*self.until.errors, _("The last day comes after the first.")]
            return False
        return well

    def each_in(
        self, place: Place, terms: Terms | None, zone: ZoneInfo
    ) -> ReservationRequest | None:
        """What is asked for on each day, at the time of the first; None, with the error beside its
        field, where the clocks skip it then."""
        day, end = self.window.first_date, self.end.data or 1440
        try:
            starts_at, ends_at = instant(day, self.start.data, zone), instant(day, end, zone)
        except ValueError:
            self.start.errors = [
                *self.start.errors,
                _("The clocks skip this time on that day. Choose another."),
            ]
            return None
        return ReservationRequest(
            spaces=(place.slug,),
            starts_at=starts_at,
            ends_at=ends_at,
            terms=self.accepted([terms]) if terms else (),
            **self.details,
        )

    def refuse(self, error: BookingError) -> None:
        """As any form; what is about the rule of the series stands beside its last day."""
        for rule in error.reasons:
            if isinstance(rule, RuleBroken) and rule.field == "rrule":
                rule.field = "until"
        super().refuse(error)

    def choices_in(self, given: MultiDict[str, str], zone: ZoneInfo) -> Choices:
        """What was chosen of single dates."""
        wall = WallPeriod(self.start.data, (self.end.data or 1440) - self.start.data)
        instead: dict[date, Instead | None] = {}
        for name, value in given.items():
            day = read_or_none(read_day, name.removeprefix(INSTEAD))
            if not name.startswith(INSTEAD) or day is None:
                continue
            if value == LEAVE:
                instead[day] = None
            elif (chosen := _instead_of(day, value, wall, zone)) is not None:
                instead[day] = chosen
        return Choices(
            days_off_out=bool(self.holidays.data),
            leave=_days(given.getlist("leave")),
            back=_days(given.getlist("back")),
            instead=instead,
        )


def as_choice(one: Instead) -> str:
    """What is sent for a space and time that were chosen: "room@18:00"."""
    return f"{one.spaces[0]}@{local(one.starts_at):%H:%M}"


def _instead_of(day: date, text: str, wall: WallPeriod, zone: ZoneInfo) -> Instead | None:
    slug, _at, clock = text.partition("@")
    start = read_or_none(read_wall_time, clock)
    if not slug or start is None:
        return None
    period = WallPeriod(start, wall.length_minutes).on(day, zone)
    return Instead((slug,), period.starts_at, period.ends_at) if period else None


def _days(texts: Iterable[str]) -> frozenset[date]:
    days = (read_or_none(read_day, text) for text in texts)
    return frozenset(day for day in days if day is not None)


def mark_of(sending: str | None, sent: MultiDict[str, str]) -> str | None:
    """What marks this very filling of this very page; None for a page without the mark."""
    if not sending:
        return None
    fields = sorted((name, value) for name, value in sent.items(multi=True) if "csrf" not in name)
    marked = f"{sending}\n{fields!r}"
    return hashlib.sha256(marked.encode("utf-8", "surrogatepass")).hexdigest()
