"""Where a list goes on: an opaque cursor that names the last row given."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from booking.core.errors import N_, RuleBroken

LARGEST_KEY = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2100


class BadCursor(RuleBroken):
    code = "invalid_value"
    message = N_("This cursor is none that this list gave.")
    about = "cursor"


def write_cursor(*values: Any) -> str:
    """A cursor from plain values."""
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: Sequence[type]) -> list[Any] | None:
    """The values of a cursor, each of its kind (`str`, `int` or `datetime`); None without one.

    An instant is aware, a number a key of a row. Raises `BadCursor`.
    """
    if cursor is None:
        return None
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise BadCursor()
        return [_READERS[kind](value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, RecursionError) as error:  # binascii.Error and bad UTF-8 among the first
        raise BadCursor() from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadCursor()
    return value


def _key(value: object) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_KEY:
        raise BadCursor()
    return value


def _instant(value: object) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise BadCursor()
    return instant


_READERS: dict[type, Callable[[object], Any]] = {str: _text, int: _key, datetime: _instant}
