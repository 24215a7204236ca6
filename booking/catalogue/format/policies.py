"""Terms by version, and the policies under which spaces are booked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from booking.catalogue.format.city import NAMES
from booking.catalogue.format.days import DATE, TIME_SPAN, TimeSpan
from booking.catalogue.format.kinds import (
    BOOL,
    SLUG,
    Kind,
    nullable,
    one_of,
    one_of_numbers,
    peek,
    sentences,
    whole,
)
from booking.catalogue.format.records import Key, Row, exactly_with, many, optional, record
from booking.catalogue.format.references import reference
from booking.catalogue.format.spots import Spot
from booking.catalogue.format.vocabulary import (
    ACCESSES,
    APPROVALS,
    LANGUAGES,
    TOPICS,
    WHO_MAY_BOOK,
)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a text of terms."""

    topic: str
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a text of terms, in force from `valid_from` until a later one."""

    slug: str
    version: date
    valid_from: date
    title: dict[str, str]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Quota:
    """How much an organiser may hold at once, over all spaces of the policy."""

    active: int
    hours_per_week: int | None
    series_counts_as: str
    hours_per_month: int | None = None
    bookings_per_week: int | None = None
    bookings_per_month: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Whether and how series may be booked; the other fields are set only if they may."""

    allowed: bool
    who: str | None = None
    approval: str | None = None
    max_occurrences: int | None = None
    horizon_days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Under what conditions a space is booked, from `valid_from` on."""

    slug: str
    name: dict[str, str]
    valid_from: date
    terms: str
    approval: str
    staff_review_from_persons: int | None
    who_may_book: str
    requires_adult: bool
    required_fields: tuple[str, ...]
    start_interval_min: int
    min_duration_min: int
    max_duration_min: int
    may_span_closed_hours: bool
    buffer_before_min: int
    buffer_after_min: int
    notice: TimeSpan
    horizon_days: int
    hold_minutes: int
    preliminary_days: int
    quota: Quota
    series: Series
    cancel_before: TimeSpan
    late_cancellation: str
    access: str
    alcohol: str


def _make_point(topic: str, **text: str) -> Point:
    return Point(topic, text)


def _take_from_point(point: Point, key: str) -> str:
    return point.topic if key == "topic" else point.text[key]


POINT = record(
    f"a mapping of topic, {', '.join(LANGUAGES)}",
    _make_point,
    (Key("topic", one_of(*TOPICS)), *(Key(language, sentences(2)) for language in LANGUAGES)),
    take=_take_from_point,
)


def _valid_not_before_version(row: Row) -> None:
    version, valid_from = row.get("version"), row.get("valid_from")
    if version and valid_from and valid_from < version:
        row.refuse(
            "valid_from", f'"{valid_from}" is before the version', f'"{version}" or a later date'
        )


TERMS = record(
    "a version of a text of terms",
    Terms,
    (
        Key("slug", SLUG),
        Key("version", DATE),
        Key("valid_from", DATE),
        Key("title", NAMES),
        Key("points", many(POINT, least=6, most=12)),
    ),
    rules=(_valid_not_before_version,),
)


def versions_in_order(entries: list[Spot]) -> None:
    """Of each text the versions and the days from which they hold rise from entry to entry."""
    for key in ("version", "valid_from"):
        latest: dict[str, date] = {}
        for entry in entries:
            day, place, slug = peek(entry.at(key), DATE), entry.at(key), entry.label
            if day is None or place is None or slug is None:
                continue
            if slug in latest and day <= latest[slug]:
                message = f'"{day}" is not after "{latest[slug]}", which stands before it'
                place.refuse(message, "versions in order, each later than the one before,")
            latest[slug] = day


QUOTA = record(
    "{active, hours_per_week, series_counts_as}",
    Quota,
    (
        Key("active", whole(1)),
        Key("hours_per_week", nullable(whole(1))),
        Key("series_counts_as", one_of("one")),
        optional("hours_per_month", whole(1)),
        optional("bookings_per_week", whole(1)),
        optional("bookings_per_month", whole(1)),
    ),
    flow=True,
)

_OF_ALLOWED_SERIES: dict[str, Kind[Any]] = {
    "who": one_of("verified_organisation", "anyone"),
    "approval": one_of(*APPROVALS),
    "max_occurrences": whole(1),
    "horizon_days": whole(0),
}

SERIES = record(
    "{allowed: false}, or {allowed: true, who, approval, max_occurrences, horizon_days},",
    Series,
    (Key("allowed", BOOL), *(optional(key, kind) for key, kind in _OF_ALLOWED_SERIES.items())),
    rules=[exactly_with(key, "allowed", True) for key in _OF_ALLOWED_SERIES],
    flow=True,
)


def _lengths_fit(row: Row) -> None:
    """A length off the grid, which no booking can have, would be told as shortest or longest."""
    shortest, longest = row.get("min_duration_min"), row.get("max_duration_min")
    _lies_on_the_grid(row, "min_duration_min")
    if shortest is not None and longest is not None and longest < shortest:
        message = f"{longest} is below min_duration_min"
        row.refuse("max_duration_min", message, f"a whole number from {shortest}")
    else:
        _lies_on_the_grid(row, "max_duration_min")


def _lies_on_the_grid(row: Row, key: str) -> None:
    interval, length = row.get("start_interval_min"), row.get(key)
    if interval and length and length % interval:
        message = f"{length} is no multiple of start_interval_min"
        row.refuse(key, message, f"a multiple of {interval}")


def _series_not_easier(row: Row) -> None:
    place = row.spot.at("series")
    of_series = peek(place.at("approval") if place else None, one_of(*APPROVALS))
    if place and row.get("approval") == "staff" and of_series == "instant":
        approval = place.at("approval") or place
        approval.refuse("a series is easier to get than a single booking", "staff")


def _alcohol_needs_staff(row: Row) -> None:
    if row.get("alcohol") == "with_permission" and row.get("approval") == "instant":
        message = "with_permission stands only where approval is staff"
        row.refuse("alcohol", message, "forbidden, or approval: staff,")


APPROVAL = one_of(*APPROVALS)
WHO = one_of(*WHO_MAY_BOOK)
HOLD = one_of_numbers(15)
_FIELD = one_of("title", "purpose", "people", "organisation", "message")

POLICY = record(
    "a policy",
    Policy,
    (
        Key("slug", SLUG),
        Key("name", NAMES),
        Key("valid_from", DATE),
        Key("terms", reference("terms")),
        Key("approval", APPROVAL),
        Key("staff_review_from_persons", nullable(whole(1))),
        Key("who_may_book", WHO),
        Key("requires_adult", BOOL),
        Key("required_fields", many(_FIELD, flow=True)),
        Key("start_interval_min", one_of_numbers(15, 30, 60)),
        Key("min_duration_min", whole(1)),
        Key("max_duration_min", whole(1)),
        Key("may_span_closed_hours", BOOL),
        Key("buffer_before_min", whole(0)),
        Key("buffer_after_min", whole(0)),
        Key("notice", TIME_SPAN),
        Key("horizon_days", whole(0)),
        Key("hold_minutes", HOLD),
        Key("preliminary_days", whole(0)),
        Key("quota", QUOTA),
        Key("series", SERIES),
        Key("cancel_before", TIME_SPAN),
        Key("late_cancellation", one_of("charged", "refused")),
        Key("access", one_of(*ACCESSES)),
        Key("alcohol", one_of("forbidden", "with_permission")),
    ),
    rules=(_lengths_fit, _series_not_easier, _alcohol_needs_staff),
)
