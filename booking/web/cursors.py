"""Where a list goes on: an opaque cursor that names the last row given."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from booking.core.errors import N_, RuleBroken


class BadCursor(RuleBroken):
    code = "invalid_value"
    message = N_("This cursor is none that this list gave.")
    about = "cursor"


def write_cursor(*values: Any) -> str:
    """A cursor from plain values."""
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, length: int) -> list[Any] | None:
    """The values of a cursor; None without one. Raises `BadCursor`."""
    if cursor is None:
        return None
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadCursor() from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor()
    return values
