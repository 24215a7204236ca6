"""Texts of a rule set: their placeholders filled, by date and language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Text = Mapping[str, str]
"""A text by language."""

LANGUAGES = ("fi", "sv", "en")
DEADLINE = "deadline_n"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")
_NO_BREAK_SPACE = "\u00a0"


def placeholders(text: str) -> Iterator[str]:
    """The names in braces; an empty one for a brace that stands alone."""
    for found in PLACEHOLDER.finditer(text):
        yield found[1] or ""


def filled(text: str, language: str, values: Mapping[str, Any]) -> str:
    """The text with its placeholders filled, numbers and windows as the language writes them."""
    return PLACEHOLDER.sub(lambda found: value_in_text(values[found[1]], language), text)


def value_in_text(value: Any, language: str) -> str:
    """A parameter as it stands in a text: without its unit."""
    if isinstance(value, tuple):
        return window_in_text(value, language)
    return number_in_text(value, language)


def number_in_text(number: int | Decimal, language: str) -> str:
    """`10 000` (with a no-break space) or `10,000`; decimals only where it is not whole, then
    two: `12,50` or `12.50`."""
    form = ",d" if number == int(number) else ",.2f"
    written = format(int(number) if form == ",d" else number, form)
    if language == "en":
        return written
    return written.translate({ord(","): _NO_BREAK_SPACE, ord("."): ","})


def window_in_text(window: tuple[str, ...], language: str) -> str:
    """`7.00–22.00`, in English `07:00–22:00`."""
    if language == "en":
        return "–".join(window)
    hours = (time.removeprefix("0") for time in window)
    return "–".join(hour.replace(":", ".") for hour in hours)
