"""The whole form of a booking: beside time and purpose, more spaces, things on loan, and, for
staff, for whom they book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import (  # type: ignore[attr-defined]  # the stubs lack SelectChoice
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.utils import unset_value
from wtforms.validators import Length, Optional

from booking.accounts.rules import email_problem, normal_email
from booking.catalogue.places import Catalogue, Place
from booking.core.references import normal_reference
from booking.reservations.forms import RequestForm
from booking.reservations.rules import LoanWish
from booking.reservations.states import Kind
from booking.web.fields import lazy as _l
from booking.web.languages import LANGUAGES
from booking.web.words import in_words

MOST_SPACES = 20
MOST_PIECES = 1_000
STAFF_FIELDS = ("booked_kind", "who_name", "who_email", "who_phone", "who_language", "override")
_PREFIX = "item-"


class ThingsField(Field):
    """How many pieces of which things on loan: a number for each, named `item-<slug>`; its data
    are the numbers above nought by slug, `typed` what stands in each."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        self.typed = {slug: str(number) for slug, number in (self.data or {}).items()}
        self.data = dict(self.data or {})
        if formdata is None:
            return
        self.typed = {
            name.removeprefix(_PREFIX): formdata[name].strip()
            for name in formdata
            if name.startswith(_PREFIX)
        }
        self.data = {}
        for slug, text in self.typed.items():
            self._read(slug, text)

    def _read(self, slug: str, text: str) -> None:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
        if text and not 0 <= number <= MOST_PIECES:
            self.process_errors = [_("Write the number of pieces as a whole number, such as 2.")]
        elif text and number:
            self.data[slug] = number


class BookingForm(RequestForm):
    """`also` are further spaces (slugs), `find` a name to look for more of them by, `hold` the
    reference of the hold that keeps the time meanwhile.

    `behalf` says that staff book for somebody; without it the fields of that are not there.
    """

    also = SelectMultipleField(_l("More spaces"), choices=[], validate_choice=False)
    find = StringField(
        _l("Find another space by its name"),
        [Length(max=80, message=_l("Use at most 80 characters."))],
    )
    event = SelectField(
        _l("Is this for an event of yours?"),
        choices=[],
        default="",
        validate_choice=False,
        description=_l("What you have told about it decides what the space costs."),
    )
    known_events: frozenset[str] | None = None
    items = ThingsField(_l("Things to borrow"))
    hold = HiddenField()
    behalf = HiddenField()
    booked_kind = RadioField(
        _l("Whose booking is it?"),
        choices=[
            SelectChoice(Kind.CUSTOMER.value, _l("A customer's")),
            SelectChoice(Kind.STAFF.value, _l("The city's own use")),
        ],
        default=Kind.CUSTOMER.value,
    )
    who_name = StringField(
        _l("Name of the customer"),
        [Length(max=120, message=_l("Use at most 120 characters."))],
    )
    who_email = EmailField(
        _l("E-mail address of the customer"),
        [Optional()],
        description=_l("The confirmation goes there. Without an address nobody gets a message."),
    )
    who_phone = StringField(
        _l("Phone of the customer"), [Length(max=40, message=_l("Use at most 40 characters."))]
    )
    who_language = SelectField(
        _l("Language of the messages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        default="fi",
    )
    override = TextAreaField(
        _l("Reason for setting rules aside"),
        [Length(max=1000, message=_l("Use at most 1,000 characters."))],
        description=_l(
            "With a reason, opening hours, notice, horizon and quota are set aside. What is taken "
            "stays taken."
        ),
    )

    def offer_events(self, events: Sequence[tuple[str, str]] | None) -> None:
        """Let one choose of these events, each a reference and a name; before signing in (None)
        what the address names is kept for later."""
        self.event.choices = [("", _("No")), *(events or ())]
        self.event.data = normal_reference(self.event.data or "") or self.event.data or ""
        if events is None:
            return
        self.known_events = frozenset(reference for reference, _name in events)
        if not self.is_sent and self.event.data not in self.known_events:
            self.event.data = ""

    def keep_only(self, *, is_for_others: bool, may_override: bool) -> None:
        """Leave out what only staff may say, for all others."""
        for name in STAFF_FIELDS:
            if not is_for_others or (name == "override" and not may_override):
                del self[name]

    @property
    def is_for_others(self) -> bool:
        """Whether staff fill it in for somebody."""
        return "who_name" in self

    @property
    def is_for_a_customer(self) -> bool:
        return self.is_for_others and self.booked_kind.data != Kind.STAFF.value

    def things_asked(self, place: Place) -> dict[str, Any]:
        return {
            "spaces": (place.slug, *self.more_spaces(place)),
            "items": tuple(LoanWish(slug, number) for slug, number in self.items.data.items()),
        }

    def more_spaces(self, place: Place) -> list[str]:
        """The slugs of the further spaces, each once."""
        chosen = [slug for slug in self.also.data or () if slug != place.slug]
        return list(dict.fromkeys(chosen))[: MOST_SPACES - 1]

    def leave_out_unknown(self, city: Catalogue) -> None:
        """Forget spaces and things that the city has no more, or never had."""
        self.also.data = [slug for slug in self.also.data or () if slug in city.places]
        self.items.data = {
            slug: number for slug, number in self.items.data.items() if slug in city.loans
        }

    @property
    def details(self) -> dict[str, Any]:
        details = super().details
        if self.known_events is not None and self.event.data in self.known_events:
            details["event"] = self.event.data
        if not self.is_for_others:
            return details
        reason = (self.override.data or "").strip() if "override" in self else ""
        return {
            **details,
            "kind": Kind.CUSTOMER if self.is_for_a_customer else Kind.STAFF,
            "on_behalf_of": self._customer() if self.is_for_a_customer else None,
            "override": reason or None,
        }

    def _customer(self) -> dict[str, Any]:
        return {
            "name": (self.who_name.data or "").strip(),
            "email": normal_email(self.who_email.data or "") or None,
            "phone": (self.who_phone.data or "").strip() or None,
            "language": self.who_language.data,
        }

    def validate_event(self, field: Field) -> None:
        if self.known_events is not None and field.data and field.data not in self.known_events:
            raise ValidationError(_("Choose one of your events to come, or none."))

    def validate_who_name(self, field: Field) -> None:
        if self.is_for_a_customer and not (field.data or "").strip():
            raise ValidationError(_("Write the name of whom you book for."))

    def validate_who_email(self, field: Field) -> None:
        problem = email_problem(normal_email(field.data or ""))
        if self.is_for_a_customer and field.data and problem:
            raise ValidationError(in_words(problem))

    def note_unreadable(self) -> None:
        """Tell beside each field what can't be read in it; what is missing is not wrong yet."""
        for field in self:
            typed = [text for text in field.raw_data or () if isinstance(text, str)]
            if field.process_errors:
                field.errors = list(field.process_errors)
            elif any(text.strip() for text in typed) and field.name != "csrf_token":
                field.validate(self)

    def pick(self, text: str) -> None:
        """Write a period into the form, as a button of the page names it: day, start, end, and the
        last day where that is another."""
        date, start, end, last = [*text.split(" "), "", "", "", ""][:4]
        for field, typed in (
            (self.date, date),
            (self.start, start),
            (self.end, end),
            (self.end_date, last),
        ):
            field.raw_data, field.process_errors = [typed], []
            try:
                field.process_formdata([typed])
            except ValueError as error:
                field.process_errors = [str(error)]
