"""Form fields for what people type: a day, a wall time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from unicodedata import category

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.widgets import DateInput, TimeInput

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


class Form(FlaskForm):
    """A form of a page, guarded against requests that other sites forge."""

    class Meta(FlaskForm.Meta):
        """Every field of text drops what no keyboard writes."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, HiddenField):
                drop = _drop_but_line_ends if issubclass(kind, TextAreaField) else _drop_all
                options["filters"] = [*options.get("filters", ()), drop]
            return super().bind_field(form, unbound_field, options)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)  # type: ignore[no-untyped-call]  # no types there

    @property
    def is_sent(self) -> bool:
        """Whether somebody has sent it, rather than looked at it."""
        return bool(self.is_submitted())  # type: ignore[no-untyped-call]


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
    being 1440."""

    widget = TimeInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 60:02}:{self.data % 60:02}"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if text:
            try:
                self.data = read_wall_time(text)
            except ValueError as error:
                raise ValueError(_("Write the time as 18:00, from 00:00 to 24:00.")) from error


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
