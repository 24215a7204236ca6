"""What staff give who add a picture: the file, and what it shows in each language of the city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from flask import request
from flask_babel import gettext as _
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from booking.catalogue.places import Texts
from booking.core.errors import N_
from booking.web.fields import Form
from booking.web.fields import lazy as _l

IN_LANGUAGE = {
    "fi": N_("What it shows, in Finnish"),
    "sv": N_("What it shows, in Swedish"),
    "en": N_("What it shows, in English"),
}
_PREFIX = "words_"


class WordsForm(Form):
    """What a picture shows; a field for each language of the city, all of them needed."""

    @classmethod
    def in_languages(cls, languages: Sequence[str]) -> Self:
        """The form with a field for each of these languages, as it was sent."""
        form: Self = cls._with_fields(languages)()
        return form

    @classmethod
    def filled(cls, languages: Sequence[str], words: Texts) -> Self:
        """The same, with the words so far, whatever was sent."""
        data = {_PREFIX + language: text for language, text in words.items()}
        form: Self = cls._with_fields(languages)(formdata=None, data=data)
        return form

    @classmethod
    def _with_fields(cls, languages: Sequence[str]) -> type[Self]:
        return type(cls.__name__, (cls,), {_PREFIX + one: _words_field(one) for one in languages})

    @property
    def words(self) -> dict[str, str]:
        """What it shows, by language."""
        return {
            name.removeprefix(_PREFIX): field.data.strip()
            for name, field in self._fields.items()
            if name.startswith(_PREFIX)
        }


class PictureForm(WordsForm):
    """A new picture: its file, and what it shows."""

    takes_the_rest = "picture"

    class Meta(WordsForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed, and the files that came with it."""
            typed = super().wrap_formdata(form, formdata)
            return None if typed is None else CombinedMultiDict([request.files, typed])

    picture = FileField(
        _l("Picture"),
        description=_l(
            "A JPEG, PNG or WebP file of at most 20 MB. Where and when it was taken is removed "
            "from it."
        ),
    )

    @property
    def chosen(self) -> FileStorage | None:
        """The file that came; None, with the error beside its field, where none did."""
        file = self.picture.data
        if isinstance(file, FileStorage) and file.filename:
            return file
        self.picture.errors = [*self.picture.errors, _("Choose a picture.")]
        return None


def _words_field(language: str) -> StringField:
    label = IN_LANGUAGE.get(language)
    return StringField(
        _l(label) if label else language,
        [
            DataRequired(_l("Say what the picture shows, for those who don't see it.")),
            Length(max=300, message=_l("Use at most 300 characters.")),
        ],
    )
