"""Form fields for what people type: a day, a wall time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar, cast
from unicodedata import category

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.csrf.core import CSRFTokenField
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, TimeInput

from booking.core.errors import N_, BookingError
from booking.web.forgery import FORGED_OR_OLD, old_page_sentence
from booking.web.words import told_once

_UNREADABLE = "\ufffd"
"""What stands where the bytes that came are no text."""

LINE_ENDS = "\t\r\n"
"""The control characters of a text of several lines."""

_TIME = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?(?::00)?$")
_DAY = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")


def lazy(sentence: str, **values: object) -> str:
    """The sentence in the language of whoever reads it: it is text, though made only then."""
    return cast(str, lazy_gettext(sentence, **values))


def has_control_characters(text: str, allowed: str = "") -> bool:
    """Whether the text holds one (category Cc of Unicode), other than those `allowed`."""
    return any(category(one) == "Cc" and one not in allowed for one in text)


def without_control_characters(text: str, allowed: str = "") -> str:
    return "".join(one for one in text if category(one) != "Cc" or one in allowed)


_SENTENCES = {
    "Not a valid choice.": N_("Choose one of these."),
    "Not a valid integer value.": N_("Write a whole number, such as 20."),
    "This field is required.": N_("Fill in this field."),
}


class _Words:
    """The sentences that the library's own fields say, in our words and the reader's language."""

    def gettext(self, sentence: str) -> str:
        return _(_SENTENCES.get(sentence, sentence))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


class _Token(_FlaskFormCSRF):
    """The token that says that a form was filled on a page of ours, in this session."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        try:
            super().validate_csrf_token(form, field)  # type: ignore[no-untyped-call]  # no types there
        except ValidationError as error:
            raise ValidationError(old_page_sentence()) from error


class GuardedForm(FlaskForm):
    """A form of a page, guarded against requests that other sites forge.

    `takes_the_rest` names the field that shows what is about no field of the form; without one it
    stands above the form.
    """

    takes_the_rest: ClassVar[str | None] = None

    class Meta(FlaskForm.Meta):
        csrf_class = _Token

        def get_translations(self, form: Any) -> Any:
            return _Words()

        def render_field(self, field: Any, render_kw: Any) -> Any:
            """The token without an id: a page may hold several forms, but each id once."""
            if isinstance(field, CSRFTokenField):
                render_kw = {"id": False, **render_kw}
            return super().render_field(field, render_kw)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a browser's form sends, and nothing that only programs do."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form or None

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)  # type: ignore[no-untyped-call]  # no types there

    @property
    def is_sent(self) -> bool:
        """Whether somebody has sent it, rather than looked at it."""
        return bool(self.is_submitted())  # type: ignore[no-untyped-call]  # no types there

    @property
    def is_old(self) -> bool:
        """Whether it was refused since its page had been open for too long, once validated."""
        return old_page_sentence() in self.form_errors

    @property
    def status(self) -> HTTPStatus:
        """How a page answers that shows it again."""
        return FORGED_OR_OLD if self.is_old else HTTPStatus.UNPROCESSABLE_ENTITY

    def refuse(self, error: BookingError) -> None:
        """Show why a use case refused what was sent: each reason beside its field, in words."""
        for name, words in told_once(error.reasons):
            field = self._fields.get(name or "")
            if field is None or isinstance(field, HiddenField):
                field = self._fields.get(self.takes_the_rest or "")
            if field is not None:
                field.errors = [*field.errors, words]
            else:
                self.form_errors.append(words)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; else what is wrong stands beside the fields, or above them."""
        valid: bool = super().validate(extra_validators)
        for field in self:
            if any(_UNREADABLE in text for text in field.raw_data or () if isinstance(text, str)):
                field.errors = [*field.errors, _("Some characters can't be read. Write it anew.")]
                valid = False
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            self.form_errors, token.errors = [*self.form_errors, *token.errors], []
        return valid


class Form(GuardedForm):
    """A form of a page whose texts drop what no keyboard writes."""

    class Meta(GuardedForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, HiddenField):
                drop = _drop_but_line_ends if issubclass(kind, TextAreaField) else _drop_all
                options["filters"] = [*options.get("filters", ()), drop]
            return super().bind_field(form, unbound_field, options)


def _drop_all(text: Any) -> Any:
    return without_control_characters(text) if isinstance(text, str) else text


def _drop_but_line_ends(text: Any) -> Any:
    return without_control_characters(text, LINE_ENDS) if isinstance(text, str) else text


class DayField(Field):
    """A local date, written 2027-01-13 (as browsers send it) or 13.1.2027; its data is a date."""

    widget = DateInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if text:
            try:
                self.data = read_day(text)
            except ValueError as error:
                raise ValueError(
                    _("The date you wrote does not exist. Write it as 13.1.2027.")
                ) from error


class WallTimeField(Field):
    """A time on the city's walls, 18:00, 18.00 or 18; its data are minutes after midnight, 24:00
    being 1440, which as a start (`latest` 1439) is no time of that day."""

    widget = TimeInput()

    def __init__(self, *args: Any, latest: int = 1440, **values: Any) -> None:
        super().__init__(*args, **values)
        self.latest = latest

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 60:02}:{self.data % 60:02}"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if text:
            try:
                minutes = read_wall_time(text)
            except ValueError as error:
                raise ValueError(_("Write the time as 18:00, from 00:00 to 24:00.")) from error
            if minutes > self.latest:
                raise ValueError(_("Nothing starts at 24:00: write 00:00 of the next day."))
            self.data = minutes


def stop_if_unreadable(_form: Any, field: Field) -> None:
    """A validator: what can't be read is told by its field, and is judged no further."""
    if field.process_errors:
        raise StopValidation()


def read_day(text: str) -> date:
    """The date that a person wrote. Raises `ValueError` for one that does not exist."""
    found = _DAY.match(text)
    if found:
        day, month, year = (int(number) for number in found.groups())
        return date(year, month, day)
    return date.fromisoformat(text)


def read_wall_time(text: str) -> int:
    """Minutes after midnight of the time that a person wrote. Raises `ValueError`."""
    found = _TIME.match(text)
    if not found:
        raise ValueError(text)
    minutes = int(found[1]) * 60 + int(found[2] or 0)
    if int(found[2] or 0) > 59 or minutes > 1440:
        raise ValueError(text)
    return minutes


def read_or_none(read: Any, text: str | None) -> Any:
    """What `read` makes of the text of an address; None where it says nothing sensible."""
    try:
        return read(text.strip()) if text and text.strip() else None
    except ValueError:
        return None
