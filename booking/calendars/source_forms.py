"""What staff type who let a space read an outside calendar, or bring in its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from booking.calendars.source_use_cases import LONGEST_ADDRESS, LONGEST_NAME, SourceWish
from booking.web.fields import Form
from booking.web.fields import lazy as _l

Spaces = Sequence[tuple[str, str]]
"""What can be chosen: the slug of a space, and the names of its site and of it."""


def _space_field() -> SelectField:
    return SelectField(_l("Space"), [InputRequired(_l("Choose the space."))], choices=[])


def _name_field() -> StringField:
    return StringField(
        _l("Name"),
        [
            DataRequired(_l("Give the calendar a name.")),
            Length(max=LONGEST_NAME, message=_l("Use at most 120 characters.")),
        ],
        description=_l("Such as “Timetable of the school”. Only staff see it."),
    )


def _address_field() -> StringField:
    return StringField(
        _l("Address of the calendar"),
        [
            DataRequired(_l("Write the address.")),
            Length(max=LONGEST_ADDRESS, message=_l("Use at most 2,000 characters.")),
        ],
        description=_l("It begins with https:// or webcal://, and often ends in .ics."),
    )


class ChangeForm(Form):
    """Another name or address of a calendar."""

    name = _name_field()
    address = _address_field()

    @property
    def new_address(self) -> str:
        return (self.address.data or "").strip() if "address" in self else ""

    @classmethod
    def of(cls, name: str, address: str | None) -> ChangeForm:
        """The form as it stands; a calendar that came as a file has no address."""
        form = cls(data={"name": name, "address": address or ""})
        if address is None:
            del form.address
        return form


class SourceForm(Form):
    """The space that is to read a calendar, how that is called, and where it is."""

    space = _space_field()
    name = _name_field()
    address = _address_field()

    @classmethod
    def for_spaces(cls, spaces: Spaces, **data: Any) -> SourceForm:
        form = cls(data=data)
        form.space.choices = list(spaces)
        return form

    @property
    def wish(self) -> SourceWish:
        return SourceWish(
            self.space.data or "", self.name.data or "", (self.address.data or "").strip()
        )


class FileForm(Form):
    """The space that is to take a calendar's file once, and what that is called."""

    takes_the_rest = "file"

    class Meta(Form.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed, and the file that came with it."""
            typed = super().wrap_formdata(form, formdata)
            return None if typed is None else CombinedMultiDict([request.files, typed])

    space = _space_field()
    name = _name_field()
    file = FileField(
        _l("File"),
        description=_l("A calendar of at most 10 MB, as programs export it (.ics)."),
    )

    @classmethod
    def for_spaces(cls, spaces: Spaces, **values: Any) -> FileForm:
        form = cls(**values)
        form.space.choices = list(spaces)
        return form

    @property
    def wish(self) -> SourceWish:
        return SourceWish(self.space.data or "", self.name.data or "")

    @property
    def chosen(self) -> FileStorage | None:
        """The file that came; None, with the error beside its field, where none did."""
        file = self.file.data
        if isinstance(file, FileStorage) and file.filename:
            return file
        self.file.errors = [*self.file.errors, _("Choose a file.")]
        return None


class SettlementForm(Form):
    """Why bookings are cancelled for an outside event."""

    takes_the_rest = "reason"

    reason = TextAreaField(
        _l("Reason"),
        [
            DataRequired(_l("Say why. Those who have booked are told.")),
            Length(max=1000, message=_l("Use at most 1,000 characters.")),
        ],
        description=_l("The bookers read this."),
    )

    @classmethod
    def about(cls, collision_id: int, **values: Any) -> SettlementForm:
        """The form of one event; a page may hold several."""
        form = cls(**values)
        form.reason.id = f"reason-{collision_id}"
        return form
