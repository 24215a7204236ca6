"""Opening hours: weekly patterns and the exceptions to them."""

from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from booking.catalogue.format import documents
from booking.catalogue.format.days import (
    DATE_RANGE,
    END_TIME,
    MONTH_DAY,
    START_TIME,
    DateRange,
    MonthDay,
    ranges_in_order,
)
from booking.catalogue.format.kinds import NAME, SLUG, Kind, one_of, peek
from booking.catalogue.format.layout import Flow, Tree
from booking.catalogue.format.problems import Refused
from booking.catalogue.format.records import (
    Key,
    by_language,
    exactly_with,
    many,
    optional,
    record,
)
from booking.catalogue.format.references import reference
from booking.catalogue.format.spots import Spot
from booking.catalogue.format.vocabulary import EVIDENCE, WEEKDAYS


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from `start` to `end`, in minutes since local midnight (0 to 1440)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Week:
    """The open intervals of each weekday, in order; none means closed."""

    mon: tuple[Interval, ...]
    tue: tuple[Interval, ...]
    wed: tuple[Interval, ...]
    thu: tuple[Interval, ...]
    fri: tuple[Interval, ...]
    sat: tuple[Interval, ...]
    sun: tuple[Interval, ...]

    @property
    def days(self) -> tuple[tuple[Interval, ...], ...]:
        """Monday first, as `date.weekday()` counts."""
        return attrgetter(*WEEKDAYS)(self)


@dataclass(frozen=True, slots=True)
class When:
    """The days of an exception. Of the fields only those of its type are set.

    `public_holidays`: none. `named_days`: `days`. `annual_range`: `first` and `last`, both
    included, over New Year where `first` is later. `dated_ranges`: `ranges`.
    """

    type: str
    days: tuple[str, ...] = ()
    first: MonthDay | None = None
    last: MonthDay | None = None
    ranges: tuple[DateRange, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningHoursException:
    """What happens to a weekly pattern on certain days; `time` in minutes since midnight."""

    slug: str
    name: dict[str, str]
    when: When
    effect: str
    time: int | None
    week: Week | None
    evidence: str


@dataclass(frozen=True, slots=True)
class OpeningHoursTemplate:
    """A weekly pattern and the slugs of the exceptions to it."""

    slug: str
    name: dict[str, str]
    week: Week
    exceptions: tuple[str, ...]
    evidence: str


_INTERVAL = 'an interval ["start", "end"] of two times, the start before the end'


def _read_interval(spot: Spot) -> Interval:
    if not isinstance(spot.node, documents.Sequence) or len(spot.node.items) != 2:
        raise spot.refuse(f"{documents.shown(spot.node)} stands here", _INTERVAL)
    start_spot, end_spot = spot.items()
    start, end = _or_none(START_TIME, start_spot), _or_none(END_TIME, end_spot)
    if start is None or end is None:
        raise Refused(spot.path)
    if start >= end:
        raise spot.refuse("the start is not before the end", _INTERVAL)
    return Interval(start, end)


def _or_none(kind: Kind[int], spot: Spot) -> int | None:
    try:
        return kind.read(spot)
    except Refused:
        return None


def _write_interval(interval: Interval) -> Tree:
    return Flow([START_TIME.write(interval.start), END_TIME.write(interval.end)])


INTERVAL = Kind(_INTERVAL, _read_interval, _write_interval)


def _not_touching(items: list[Spot]) -> None:
    for spot, following in pairwise(items):
        before, after = peek(spot, INTERVAL), peek(following, INTERVAL)
        if before is not None and after is not None and after.start <= before.end:
            message = "the interval touches the one before it or is not after it"
            following.refuse(message, "intervals in order with a pause between them")


_DAY = many(INTERVAL, least=0, flow=True, rules=(_not_touching,))
WEEK = record("a week of mon to sun", Week, [Key(day, _DAY) for day in WEEKDAYS])

_NAMED_DAY = one_of("midsummer_eve", "christmas_eve", "new_years_eve")
_TYPES = ("public_holidays", "named_days", "annual_range", "dated_ranges")

_WHEN = record(
    f"a mapping with a type, {', '.join(_TYPES)}, and what belongs to it",
    When,
    (
        Key("type", one_of(*_TYPES)),
        optional("days", many(_NAMED_DAY, flow=True), default=()),
        optional("from", MONTH_DAY, held_as="first"),
        optional("to", MONTH_DAY, held_as="last"),
        optional("ranges", many(DATE_RANGE, rules=(ranges_in_order,)), default=()),
    ),
    rules=(
        exactly_with("days", "type", "named_days"),
        exactly_with("from", "type", "annual_range"),
        exactly_with("to", "type", "annual_range"),
        exactly_with("ranges", "type", "dated_ranges"),
    ),
)


def _write_when(when: When) -> Tree:
    """On one line, but for ranges, which are rows."""
    tree = _WHEN.write(when)
    return tree if when.ranges else Flow(tree)


WHEN = replace(_WHEN, write=_write_when)

EXCEPTION = record(
    "an exception to opening hours",
    OpeningHoursException,
    (
        Key("slug", SLUG),
        Key("name", by_language(NAME, flow=True)),
        Key("when", WHEN),
        Key("effect", one_of("closed", "latest_end", "week")),
        optional("time", END_TIME),
        optional("week", WEEK),
        Key("evidence", one_of(*EVIDENCE)),
    ),
    rules=(exactly_with("time", "effect", "latest_end"), exactly_with("week", "effect", "week")),
)

TEMPLATE = record(
    "a template of opening hours",
    OpeningHoursTemplate,
    (
        Key("slug", SLUG),
        Key("name", by_language(NAME, flow=True)),
        Key("week", WEEK),
        Key("exceptions", many(reference("opening_hours_exceptions"), least=0, flow=True)),
        Key("evidence", one_of(*EVIDENCE)),
    ),
)
