"""What is wrong with a value that a program sent, in the reader's language, beside its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from booking.core.errors import N_

_INSTANT = N_("Give an instant with its offset, such as 2027-01-13T18:00:00+02:00.")
_DATE = N_("Give a date, such as 2027-01-13.")
_WHOLE = N_("Give a whole number.")
_BOOL = N_("Give true or false.")
_TEXT = N_("Give a text.")
_OBJECT = N_("Give an object.")
_OTHER = N_("This value is not of the form expected.")

SENTENCES: Mapping[str, str] = {
    "missing": N_("This field is missing."),
    "extra_forbidden": N_("There is no such field."),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": N_("Use at least %(min_length)s characters."),
    "string_too_long": N_("Use at most %(max_length)s characters."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than_equal": N_("Give at least %(ge)s."),
    "less_than_equal": N_("Give at most %(le)s."),
    "bool_type": _BOOL,
    "bool_parsing": _BOOL,
    "literal_error": N_("Give one of these: %(expected)s."),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "timezone_aware": _INSTANT,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "list_type": N_("Give a list."),
    "tuple_type": N_("Give a list."),
    "too_short": N_("Give at least %(min_length)s values."),
    "too_long": N_("Give at most %(max_length)s values."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
}
"""What to say of each kind of fault (pydantic's `type`)."""


def unfit(sentence: str, **values: object) -> PydanticCustomError:
    """A fault of our own, to be raised in a validator: `sentence` is marked for translation."""
    return PydanticCustomError("unfit", "{reason}", {"reason": _(sentence, **values)})


def violations_of(
    error: ValidationError, models: Sequence[type[BaseModel]]
) -> list[dict[str, str]]:
    """Each field with what is wrong with it, once; of alternatives the first is told."""
    names = {name for model in models for name in _names_in(model)}
    told: dict[str, dict[str, str]] = {}
    for fault in error.errors(include_url=False, include_input=False):
        field = _field_of(fault["loc"], names, fault["type"])
        what = {"code": "invalid_value", "message": _in_words(fault)}
        told.setdefault(field, what | ({"field": field} if field else {}))
    return list(told.values())


def _in_words(fault: Any) -> str:
    if fault["type"] == "unfit":
        return str(fault["msg"])
    values = dict(fault.get("ctx", {}))
    if fault["type"] == "string_too_short" and values["min_length"] == 1:
        return str(_("Fill in this field."))
    if "expected" in values:
        values["expected"] = str(values["expected"]).replace(" or ", ", ").replace("'", "")
    return str(_(SENTENCES.get(fault["type"], _OTHER), **values))


def _field_of(steps: Sequence[str | int], names: set[str], kind: str) -> str:
    """The address of a field: of its steps those that the sender knows. A step may also name one
    of several forms that a value may have."""
    last = len(steps) - 1
    known = [
        str(step)
        for number, step in enumerate(steps)
        if isinstance(step, int) or step in names or (number == last and kind == "extra_forbidden")
    ]
    return ".".join(known)


def _names_in(model: type[BaseModel]) -> Iterator[str]:
    """The names of the fields of a model, and of the models within it."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in _models_in(field.annotation):
            yield from _names_in(inner)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for one in get_args(annotation) for model in _models_in(one)]
