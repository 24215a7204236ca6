"""The catalogue as its readers see it: values with everything inherited filled in.

Made once for each version of the catalogue and shared by all who read it, so nothing here changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from booking.catalogue.opening import OpeningHours
from booking.catalogue.rules import LoanPolicy, Policy
from booking.core.clock import local_days
from booking.core.periods import Period

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of one of the catalogue's lists."""

    slug: str
    name: Texts


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a text of terms, and the key of its row."""

    id: int
    slug: str
    version: date
    valid_from: date
    title: Texts
    points: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A version of a policy, the key of its row, and from when it holds."""

    id: int
    in_force_from: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class PriceRow:
    """In force from `first` to `last`, both included; cents an hour; hours a day costs at most."""

    first: date
    last: date | None
    hourly_cents: int
    day_cap_hours: int


@dataclass(frozen=True, slots=True)
class PriceList:
    slug: str
    name: Texts
    rows: tuple[PriceRow, ...]
    vat_class: str
    vat_class_other_use: str | None
    is_demo: bool

    def row_on(self, day: date) -> PriceRow | None:
        """The price in force on a local date, if there is one."""
        return next(
            (r for r in self.rows if r.first <= day and (r.last is None or day <= r.last)), None
        )

    @property
    def is_free_for_all(self) -> bool:
        return all(row.hourly_cents == 0 for row in self.rows)


@dataclass(frozen=True, slots=True)
class PriceGroup:
    slug: str
    name: Texts
    description: Texts
    share: Decimal
    vat_added: bool


@dataclass(frozen=True, slots=True)
class EquipmentPiece:
    """What stands in a space; `quantity` only of what is countable."""

    slug: str
    name: Texts
    quantity: int | None = None


ENFORCED = "enforced"
"""Of a whole: the people of all bookings in its sections together are held to its capacity."""


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit, with all that its page and its spaces show of it."""

    id: int
    slug: str
    name: Texts
    description: Texts
    published: bool
    evidence: str
    confidence: str
    street_address: str | None
    postcode: str
    district: Named
    latitude: float
    longitude: float
    location_is_exact: bool
    accessibility_verified: bool
    contact: Named
    contact_email: str
    hours: OpeningHours
    confirm: tuple[str, ...]

    def address(self, town: str) -> str:
        """The postal address in one line, as far as it is known."""
        return ", ".join(filter(None, [self.street_address, f"{self.postcode} {town}"]))


@dataclass(frozen=True, eq=False)
class Place:
    """A space that can be found and, while it is published, booked; inheritance worked out.

    `parts` are the keys of the smallest pieces it covers. `children` are its direct sub-spaces,
    `combinations` what it lists, `members` what a combination joins (slugs all).
    """

    id: int
    slug: str
    unit: UnitPlace
    parent_slug: str | None
    is_combination: bool
    name: Texts
    description: Texts | None
    published: bool
    kind: Named
    capacity: int
    capacity_is_found: bool
    joint_capacity: str | None
    area_m2: int | None
    evidence: str | None
    policies: tuple[PolicyInForce, ...]
    own_terms: str | None
    own_access: str | None
    hours: OpeningHours
    price_list: PriceList
    price_share: Decimal
    equipment: tuple[EquipmentPiece, ...]
    accessibility: tuple[Named, ...]
    facts: Mapping[str, Any]
    parts: frozenset[int]
    children: tuple[str, ...]
    combinations: tuple[str, ...]
    members: tuple[str, ...]

    def policy_at(self, now: datetime) -> PolicyInForce | None:
        """The version of its policy that holds at `now`; None before the first."""
        held = [one for one in self.policies if one.in_force_from <= now]
        return held[-1] if held else None

    def terms_slug(self, policy: Policy) -> str:
        return self.own_terms or policy.terms

    def access(self, policy: Policy) -> str:
        return self.own_access or policy.access

    @property
    def is_outdoor(self) -> bool:
        return bool(self.facts["outdoor"])


@dataclass(frozen=True, eq=False)
class LoanThing:
    """Things on loan of one sort; `pieces` are the keys of their parts."""

    id: int
    slug: str
    name: Texts
    pieces: tuple[int, ...]
    pickup_point: Named
    pickup_unit: UnitPlace
    pickup_hours: OpeningHours
    policies: tuple[tuple[int, datetime, LoanPolicy], ...]

    def policy_at(self, now: datetime) -> tuple[int, LoanPolicy] | None:
        """The version of its policy that holds at `now`, with the key of its row."""
        held = [(key, policy) for key, since, policy in self.policies if since <= now]
        return held[-1] if held else None


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Everything the city owns and lends, as of one version of the catalogue."""

    version: int
    name: Texts
    municipality_code: str
    zone: ZoneInfo
    default_language: str
    languages: tuple[str, ...]
    currency: str
    contact: Mapping[str, Any]
    basis: Mapping[str, str]
    free_use: Mapping[str, Any]
    uid_host: str
    units: Mapping[str, UnitPlace]
    places: Mapping[str, Place]
    places_by_id: Mapping[int, Place]
    kinds: tuple[Named, ...]
    districts: tuple[Named, ...]
    equipment: tuple[Named, ...]
    accessibility: tuple[Named, ...]
    price_groups: Mapping[str, PriceGroup]
    vat_rates: Mapping[str, tuple[tuple[date, date | None, Decimal], ...]]
    vat_names: Mapping[str, Texts]
    terms: Mapping[str, tuple[Terms, ...]]
    loans: Mapping[str, LoanThing]

    @cached_property
    def loans_by_id(self) -> Mapping[int, LoanThing]:
        return {thing.id: thing for thing in self.loans.values()}

    @cached_property
    def _wholes(self) -> Mapping[str, list[Place]]:
        divided = [one for one in self.places.values() if one.joint_capacity is not None]
        around = {
            slug: [whole for whole in divided if place.parts < whole.parts]
            for slug, place in self.places.items()
        }
        return {slug: wholes for slug, wholes in around.items() if wholes}

    def wholes_around(self, place: Place) -> Sequence[Place]:
        """The wholes that the space is a section of."""
        return self._wholes.get(place.slug, ())

    def wholes_of(self, place: Place) -> list[Place]:
        """Of these, those whose capacity the people of all sections together may not exceed."""
        return [one for one in self.wholes_around(place) if one.joint_capacity == ENFORCED]

    def sections_of(self, whole: Place) -> list[Place]:
        """All that can be booked within it, combinations among them."""
        return [one for one in self.places.values() if one.parts < whole.parts]

    def days(self, first: date, last: date) -> Period:
        """The local days from the first to the last, both whole."""
        return local_days(first, last, self.zone)

    def terms_on(self, slug: str, day: date) -> Terms | None:
        """The version of a text of terms in force on a local date."""
        held = [one for one in self.terms.get(slug, ()) if one.valid_from <= day]
        return held[-1] if held else None

    def vat_percent(self, vat_class: str, day: date) -> Decimal:
        """The rate in force on a local date, in percent. Raises `KeyError` if none is known."""
        for first, last, percent in self.vat_rates[vat_class]:
            if first <= day and (last is None or day <= last):
                return percent
        raise KeyError(f"no rate of {vat_class} on {day}")

    def published_places(self) -> Iterator[Place]:
        """What residents may find, combinations among them, in the order of the catalogue."""
        return (place for place in self.places.values() if place.published)

    def published_units(self) -> Iterator[UnitPlace]:
        return (unit for unit in self.units.values() if unit.published)

    def places_of(self, unit: UnitPlace) -> Iterator[Place]:
        return (place for place in self.places.values() if place.unit.id == unit.id)

    @property
    def town(self) -> str:
        """The city's name in its own first language, as it stands in addresses."""
        return self.name[self.default_language]
