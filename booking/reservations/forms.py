"""What people type when they ask for a space, and its way to a request."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from booking.accounts.models import Organisation
from booking.catalogue.places import Place, Terms
from booking.core.clock import opening_instant, to_utc
from booking.core.errors import RequestRefused
from booking.core.periods import Period
from booking.reservations.errors import TooLong
from booking.reservations.rules import LONGEST_PERIOD, PURPOSES, ReservationRequest
from booking.reservations.words import PURPOSE_NAMES
from booking.web.fields import DayField, Form, WallTimeField, stop_if_unreadable
from booking.web.fields import lazy as _l

_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


class WhenForm(Form):
    """A day and wall times."""

    date = DayField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = WallTimeField(_l("Starts"), [InputRequired(_l("Say when it starts."))], latest=1439)
    end = WallTimeField(_l("Ends"), [InputRequired(_l("Say when it ends."))])
    end_date = DayField(_l("Last day"), [Optional()])


class SayingForm(Form):
    """What a booking says of itself: its name, what for, how many, a message."""

    title = StringField(
        _l("Name of the booking"),
        [Length(max=120, message=_l("Use at most 120 characters."))],
        description=_l("For example: choir practice. Only you and the staff see it."),
    )
    purpose = SelectField(_l("What for"), choices=[], default="")
    people = IntegerField(
        _l("Number of people"),
        [
            Optional(),
            stop_if_unreadable,
            NumberRange(1, 2**31 - 1, _l("Write how many people come, at least 1.")),
        ],
        description=_l("At most at the same time."),
    )
    message = TextAreaField(
        _l("Message to the staff"),
        [Length(max=2000, message=_l("Use at most 2,000 characters."))],
    )

    @classmethod
    def of(cls, **first: Any) -> Self:
        """The form, with the purposes to choose from."""
        form = cls(**first)
        form.purpose.choices = [("", _("Choose")), *((p, _(PURPOSE_NAMES[p])) for p in PURPOSES)]
        return form

    @property
    def details(self) -> dict[str, Any]:
        """What was filled in, as fields of a request."""
        return {
            "title": self.title.data or "",
            "purpose": self.purpose.data or None,
            "people": self.people.data,
            "message": self.message.data or "",
        }


class WhatForm(SayingForm):
    """What for, for whom, terms: all that a hold does not need."""

    organisation = SelectField(_l("For whom"), choices=[], default="")
    responsible_adult = BooleanField(
        _l("Somebody who is 18 or over on the day answers for the booking")
    )
    terms = BooleanField(_l("I accept the terms of use"))
    terms_version = HiddenField()

    @classmethod
    def for_place(cls, organisations: Sequence[Organisation], **first: Any) -> Self:
        """The form as this person may fill it: themselves or one of their organisations."""
        form = cls.of(**first)
        form.organisation.choices = [
            ("", _("For myself")),
            *((one.slug, one.name) for one in organisations),
        ]
        return form

    @property
    def details(self) -> dict[str, Any]:
        """What was filled in, as fields of a request, but for the terms."""
        return super().details | {
            "organisation": self.organisation.data or None,
            "responsible_adult": bool(self.responsible_adult.data),
        }

    def accepted(self, in_force: Sequence[Terms | None]) -> tuple[dt.date | None, ...]:
        """The versions whose box was ticked: those the page showed, none of a text that it did not
        show; those in force for whoever sends no mark of the page."""
        if not self.terms.data:
            return ()
        shown = _read_versions(self.terms_version.data or "")
        if not shown:
            return tuple(one.version if one else None for one in in_force)
        return tuple(shown.get(one.slug) if one else None for one in in_force)

    def show_terms(self, in_force: Sequence[Terms | None]) -> None:
        """Mark which versions the page shows now; a box that was ticked for others is so no more.

        Whoever ticked it for fewer texts has not read the one that joined them.
        """
        now = versions_shown(in_force)
        if self.is_sent and self.terms_version.data and self.terms_version.data != now:
            new = _read_versions(now)
            if not new.items() <= _read_versions(self.terms_version.data).items():
                self.terms.data = False
        self.terms_version.data = now


def versions_shown(in_force: Sequence[Terms | None]) -> str:
    """What `terms_version` holds: which versions of which texts the page shows."""
    return ",".join(dict.fromkeys(f"{one.slug} {one.version}" for one in in_force if one))


def _read_versions(text: str) -> dict[str, dt.date]:
    """The version of each text that a page showed, as it marked them; none of what is no mark."""
    try:
        pairs = [one.split(" ") for one in text.split(",") if one]
        return {slug: dt.date.fromisoformat(version) for slug, version in pairs}
    except ValueError:
        return {}


class RequestForm(WhenForm, WhatForm):
    """One request for one space: a day and wall times, what for, for whom, terms."""

    sending = HiddenField(default=lambda: secrets.token_urlsafe(16))
    """A mark of the page that was filled: the same sent twice is one request."""

    def period_in(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Start and end as instants. Raises `ValueError` for a time that spring skips.

        An end at midnight is the end of that day.
        """
        last_day = self.end_date.data or self.date.data
        end = 1440 if self.end.data == 0 else self.end.data
        return instant(self.date.data, self.start.data, zone), instant(last_day, end, zone)

    def request_for(
        self, place: Place, terms: Sequence[Terms | None], zone: ZoneInfo
    ) -> ReservationRequest | None:
        """What is asked for; None, with the error beside its field, where it can't be read."""
        if not self._is_in_reach():
            self.date.errors = [*self.date.errors, _("Choose a date within the coming years.")]
            return None
        try:
            starts_at, ends_at = self.period_in(zone)
        except ValueError:
            self.start.errors = [
                *self.start.errors,
                _("The clocks skip this time on that day. Choose another."),
            ]
            return None
        if ends_at - starts_at > LONGEST_PERIOD:
            self.refuse(RequestRefused([TooLong(longest=LONGEST_PERIOD)]))
            return None
        return self._request(place, starts_at, ends_at, terms)

    def request_so_far(
        self, place: Place, zone: ZoneInfo, terms: Sequence[Terms | None] = ()
    ) -> ReservationRequest | None:
        """What stands in the form, once it names a time that exists; the rest may be missing."""
        if None in {self.date.data, self.start.data, self.end.data} or not self._is_in_reach():
            return None
        try:
            starts_at, ends_at = self.period_in(zone)
        except ValueError:
            return None
        if ends_at - starts_at > LONGEST_PERIOD:
            return None
        return self._request(place, starts_at, ends_at, terms)

    def request_at(
        self, place: Place, period: Period, terms: Sequence[Terms | None]
    ) -> ReservationRequest:
        """What stands in the form but its time, as if it were for this period."""
        return self._request(place, period.starts_at, period.ends_at, terms)

    def sent_to_wait(self) -> list[tuple[str, str]]:
        """What the form of the waiting list sends: the time, and what for, as it stands here."""
        chosen = [(one.name, one.data or "") for one in (self.purpose, self.organisation)]
        typed: tuple[Any, ...] = (
            self.date,
            self.start,
            self.end,
            self.end_date,
            self.title,
            self.people,
        )
        return [*((one.name, one._value()) for one in typed), *chosen]

    def sent_to_repeat(self) -> dict[str, str]:
        """What the wizard of series takes over: the time, and what for, as it stands here."""
        typed: tuple[Any, ...] = (self.date, self.start, self.end, self.title, self.people)
        chosen = {one.name: one.data or "" for one in (self.purpose, self.organisation)}
        values = {one.name: one._value() for one in typed} | chosen
        return {name: value for name, value in values.items() if value}

    def key_of(self, wanted: ReservationRequest) -> str | None:
        """What marks this very request of this very page; None for a form without the mark."""
        if not self.sending.data:
            return None
        marked = f"{self.sending.data}\n{wanted!r}"
        return hashlib.sha256(marked.encode("utf-8", "surrogatepass")).hexdigest()

    def _is_in_reach(self) -> bool:
        days = [self.date.data, self.end_date.data or self.date.data]
        return all(_EARLIEST <= day <= _LATEST for day in days)

    def _request(
        self, place: Place, starts_at: datetime, ends_at: datetime, terms: Sequence[Terms | None]
    ) -> ReservationRequest:
        return ReservationRequest(
            starts_at=starts_at,
            ends_at=ends_at,
            terms=self.accepted(terms),
            **self.things_asked(place),
            **self.details,
        )

    def things_asked(self, place: Place) -> dict[str, Any]:
        """What is asked for on the page of this space, as fields of a request."""
        return {"spaces": (place.slug,)}

    def has_fault(self, name: str | None) -> bool:
        """Whether something is wrong with the field already."""
        return name in self._fields and bool(self._fields[name].errors)


def instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time of a form; 1440 is the end of the day.

    Raises `ValueError` for a time that spring skips.
    """
    if minutes == 1440:
        return opening_instant(day, minutes, zone)
    wall = (datetime.min + timedelta(minutes=minutes)).time()
    return to_utc(day, wall, zone).astimezone(UTC)


class ReasonForm(Form):
    """Why: owed where something is taken from somebody; what can't be is told beside it."""

    takes_the_rest = "reason"

    reason = TextAreaField(
        _l("Reason"), [Length(max=1000, message=_l("Use at most 1,000 characters."))]
    )


class DecisionForm(ReasonForm):
    """Why it is decided so: owed when denying, kind when approving."""

    reason = TextAreaField(
        _l("Reason"),
        [Length(max=1000, message=_l("Use at most 1,000 characters."))],
        description=_l("The person reads this. Say what would help."),
    )
    price_group = SelectField(
        _l("Price group"),
        choices=[],
        default="",
        validate_choice=False,
        description=_l("Another than by the rules needs a reason."),
    )


def decision_form(
    sent: DecisionForm | None = None,
    groups: Sequence[tuple[str, str]] = (),
    group: str = "",
    about: str = "decision",
) -> DecisionForm:
    """The form of a decision, the ids of its fields its own on the page (`about`), with the price
    groups that one may choose from and the one that stands there first; `sent` is shown again."""
    form = sent or DecisionForm(formdata=None)
    form.reason.id, form.price_group.id = f"{about}-reason", f"{about}-price-group"
    form.price_group.choices = list(groups)
    form.price_group.data = form.price_group.data or group
    return form
