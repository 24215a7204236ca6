"""The vocabulary of the format's single values: each knows how it is read and written."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from booking.catalogue.format.documents import Scalar, shown
from booking.catalogue.format.layout import Quoted, Tree
from booking.catalogue.format.problems import Refused
from booking.catalogue.format.spots import Spot

T = TypeVar("T")

_GREATEST = 999_999_999
_LONGEST_TEXT = 320
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SENTENCE_END = re.compile(r"""[.!?]["'”’»)]*$""")
# A stop after a short word may belong to an abbreviation, so it ends no sentence here.
_NEXT_SENTENCE = re.compile(r"(?:\w{4}|\w[)”\"])[.!?]\s+(?=[^\W\d_a-zåäö])")


class Unfit(ValueError):
    """A single value that is not what stands here; says why."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What may stand at a place of the file.

    `expected` says it in words that complete "… is right". `read` reports what is wrong and
    gives the value, or raises `Refused` where there is none to give: whether a file is good
    is told by its report. `write` gives back what `read` has read.
    """

    expected: str
    read: Callable[[Spot], T]
    write: Callable[[T], Tree]


def scalar(expected: str, parse: Callable[[Scalar], T], write: Callable[[T], Tree]) -> Kind[T]:
    """A single value; `parse` raises `Unfit` for one that will not do."""

    def read(spot: Spot) -> T:
        if not isinstance(spot.node, Scalar):
            raise spot.refuse(f"{shown(spot.node)} stands here", expected)
        try:
            return parse(spot.node)
        except Unfit as unfit:
            raise spot.refuse(str(unfit), expected) from None

    return Kind(expected, read, write)


def peek(spot: Spot | None, kind: Kind[T]) -> T | None:
    """The value if one can be read, without a word about it if not."""
    if spot is None:
        return None
    try:
        return kind.read(spot.aside())
    except Refused:
        return None


def described(kind: Kind[T], expected: str) -> Kind[T]:
    """The same kind with other words for what is right."""
    return replace(kind, expected=expected)


def nullable(kind: Kind[T]) -> Kind[T | None]:
    """That, or `null`."""

    def read(spot: Spot) -> T | None:
        is_null = isinstance(spot.node, Scalar) and spot.node.is_null
        return None if is_null else kind.read(spot)

    def write(value: T | None) -> Tree:
        return None if value is None else kind.write(value)

    return Kind(f"{kind.expected}, or null,", read, write)


def text(expected: str = "a text on one line", longest: int | None = None) -> Kind[str]:
    """A text on one line that is neither empty nor begins or ends with a space."""
    return scalar(expected, lambda node: _text_of(node, longest), lambda value: value)


def _text_of(node: Scalar, longest: int | None = None) -> str:
    if not node.is_text:
        in_quotes = "" if node.is_null else " unless it stands in quotes"
        raise Unfit(f"{shown(node)} is no text{in_quotes}")
    if not node.text.strip():
        raise Unfit("the text is empty")
    if node.text != node.text.strip():
        raise Unfit("the text begins or ends with a space or a line break")
    if _CONTROL.search(node.text):
        raise Unfit("the text has a line break or a control character")
    if longest is not None and len(node.text) > longest:
        raise Unfit(f"the text has {len(node.text)} characters")
    return node.text


def _name_of(node: Scalar) -> str:
    name = _text_of(node, longest=80)
    if name.endswith("."):
        raise Unfit(f"{shown(node)} ends with a full stop")
    return name


NAME = scalar(
    "a name of at most 80 characters without a final full stop", _name_of, lambda name: name
)


def sentences(most: int) -> Kind[str]:
    """One or more whole sentences of at most 320 characters together."""

    def parse(node: Scalar) -> str:
        prose = _text_of(node, _LONGEST_TEXT)
        if not _SENTENCE_END.search(prose):
            raise Unfit("the last sentence has no end")
        if (count := len(_NEXT_SENTENCE.findall(prose)) + 1) > most:
            raise Unfit(f"the text has {count} sentences")
        return prose

    number = {2: "one or two", 3: "one to three"}[most]
    expected = f"a text of at most {_LONGEST_TEXT} characters in {number} whole sentences"
    return scalar(expected, parse, lambda prose: prose)


def matching(expected: str, pattern: str, longest: int | None = None) -> Kind[str]:
    """A text of a given shape."""
    compiled = re.compile(pattern, re.ASCII)

    def parse(node: Scalar) -> str:
        value = _text_of(node, longest)
        if not compiled.fullmatch(value):
            raise Unfit(f"{shown(node)} is not of this form")
        return value

    return scalar(expected, parse, lambda value: value)


def quoted(
    expected: str, pattern: str, parse: Callable[[str], T], write: Callable[[T], str]
) -> Kind[T]:
    """A value that must stand in quotes; `parse` is given text that fits the pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def read(node: Scalar) -> T:
        if node.is_null:
            raise Unfit("null is not allowed")
        if not node.quoted:
            raise Unfit(f"{shown(node)} stands without quotes")
        if not compiled.fullmatch(node.text):
            raise Unfit(f"{shown(node)} is not of this form")
        return parse(node.text)

    return scalar(expected, read, lambda value: Quoted(write(value)))


def one_of(*words: str) -> Kind[str]:
    """One of a few words."""

    def parse(node: Scalar) -> str:
        if node.is_text and node.text in words:
            return node.text
        raise Unfit(f"{shown(node)} is none of the words that may stand here")

    expected = words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    return scalar(expected, parse, lambda word: word)


def whole(lowest: int, highest: int | None = None) -> Kind[int]:
    """A whole number, both bounds included."""

    def parse(node: Scalar) -> int:
        if not (node.plain and re.fullmatch(r"[-+]?(0|[1-9]\d*)", node.text, re.ASCII)):
            raise Unfit(f"{shown(node)} is not a whole number")
        if len(node.text) > len(str(_GREATEST)) + 1:
            raise Unfit(f"{shown(node)} is too large a number")
        return _within(int(node.text), lowest, _GREATEST if highest is None else highest)

    upper = "" if highest is None else f" to {highest}"
    return scalar(f"a whole number from {lowest}{upper}", parse, lambda number: number)


def one_of_numbers(*numbers: int) -> Kind[int]:
    """One of a few whole numbers."""
    number = whole(min(numbers), max(numbers))
    expected = f"one of {', '.join(map(str, numbers))}" if len(numbers) > 1 else str(numbers[0])

    def read(spot: Spot) -> int:
        value = peek(spot, number)
        if value not in numbers:
            raise spot.refuse(f"{shown(spot.node)} is no such number", expected)
        return value

    return Kind(expected, read, number.write)


def number(lowest: int, highest: int) -> Kind[float]:
    """A YAML number such as 60.5725; only positions are numbers and not decimals."""

    def parse(node: Scalar) -> float:
        if not node.is_number:
            raise Unfit(f"{shown(node)} is not a number")
        return _within(float(node.text), lowest, highest)

    expected = f"a number from {lowest} to {highest} without quotes"
    return scalar(expected, parse, lambda value: value)


def decimal(lowest: str, highest: str | None = None) -> Kind[Decimal]:
    """A quoted decimal, both bounds included."""
    upper = f" to {highest}" if highest else ""
    return quoted(
        f'a decimal from {lowest}{upper} in quotes, such as "0.50",',
        r"[-+]?\d{1,7}(\.\d{1,4})?",
        lambda value: _within(Decimal(value), Decimal(lowest), Decimal(highest or _GREATEST)),
        lambda value: format(value, "f"),
    )


EUROS = quoted(
    'an amount with two decimals in quotes, such as "18.00",',
    r"\d{1,7}\.\d\d",
    Decimal,
    lambda value: format(value, "f"),
)

N = TypeVar("N", int, float, Decimal)


def _within(value: N, lowest: N, highest: N) -> N:
    if value < lowest:
        raise Unfit(f"{value} is below {lowest}")
    if value > highest:
        raise Unfit(f"{value} is above {highest}")
    return value


def _truth_of(node: Scalar) -> bool:
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    raise Unfit(f"{shown(node)} is neither true nor false")


BOOL = scalar("true or false", _truth_of, lambda value: value)


def only(wanted: bool, otherwise: str = "") -> Kind[bool]:
    """A truth value that may be only one of the two; `otherwise` says how to say the other."""

    def parse(node: Scalar) -> bool:
        if _truth_of(node) is not wanted:
            raise Unfit(f"{shown(node)} may not stand here")
        return wanted

    return scalar(f"{str(wanted).lower()}{otherwise}", parse, lambda value: value)


TRUE_OR_NOTHING = only(True, ", or leaving the key out,")
FALSE_OR_NOTHING = only(False, ", or leaving the key out,")

SLUG = matching(
    "a slug of at most 50 small letters, digits and single hyphens",
    r"[a-z0-9]+(-[a-z0-9]+)*",
    longest=50,
)
EMAIL = matching("an e-mail address", r"[^@\s]+@[^@\s]+\.[^@\s]+", longest=254)


def _zone_of(node: Scalar) -> str:
    name = _text_of(node)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(f"{shown(node)} is no known time zone") from None


TIME_ZONE = scalar("a time zone such as Europe/Helsinki", _zone_of, lambda zone: zone)


def never(expected: str) -> Kind[None]:
    """A key that has its place elsewhere."""

    def read(spot: Spot) -> None:
        raise spot.refuse("this key may not stand here", expected)

    return Kind(expected, read, lambda _: None)
