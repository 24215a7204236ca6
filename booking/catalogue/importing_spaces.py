"""Units and their spaces: wholes, parts and combinations, each with its own words only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from booking.catalogue import format as f
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.format.spaces import SOME_FACTS
from booking.catalogue.importing_rows import Import, Rows, RowsOf, plain

WHOLE_PRICE = Decimal(1)


@dataclass(frozen=True, slots=True)
class References:
    """The lists that units and spaces refer to."""

    contacts: Rows[r.Contact]
    districts: Rows[r.District]
    equipment: Rows[r.Equipment]
    kinds: Rows[r.SpaceKind]
    hours: Rows[r.OpeningHours]
    policies: Rows[v.Policy]
    price_lists: Rows[v.PriceList]


def put_units(work: Import, to: References, units: Sequence[f.Unit]) -> Rows[m.Unit]:
    """The units with all their spaces, in the order of the file."""
    rows = Rows(work, m.Unit)
    for position, unit in enumerate(units):
        rows.put(unit.slug, position=position, **_unit_values(unit, to))
    rows.finish()
    spaces = _Spaces(work, to)
    for unit in units:
        spaces.put_all(rows.id_of(unit.slug), unit.spaces)
    spaces.finish()
    return rows


def _unit_values(unit: f.Unit, to: References) -> dict[str, Any]:
    return {
        "name": unit.name,
        "published": unit.published,
        "evidence": unit.evidence,
        "confidence": unit.confidence,
        "evidence_note": unit.evidence_note,
        "confirm": list(unit.confirm),
        "street_address": unit.street_address,
        "postcode": unit.postcode,
        "district_id": to.districts.id_of(unit.district),
        "latitude": unit.location.lat,
        "longitude": unit.location.lon,
        "location_precision": unit.location.precision,
        "accessibility_verified": unit.accessibility_verified,
        "description": unit.description,
        "contact_id": to.contacts.id_of(unit.contact),
        "opening_hours_id": to.hours.id_of(unit.opening_hours),
        "event_facts": _facts(unit.event_facts),
    }


def _facts(facts: f.EventFacts | None) -> dict[str, Any] | None:
    return None if facts is None else plain(SOME_FACTS.write(facts))


class _SpaceRows(Rows[m.Space]):
    def noun_of(self, slug: str) -> str:
        return "combination" if self[slug].is_combination else "space"


class _Spaces:
    """The spaces of all units; a whole comes before its parts, and these before combinations."""

    def __init__(self, work: Import, to: References) -> None:
        self._to = to
        self._rows = _SpaceRows(work, m.Space)
        self._equipment = RowsOf(work, m.SpaceEquipment, "space_id", "equipment")
        self._members = RowsOf(work, m.CombinationMember, "combination_id", "parts")
        self._positions = count()
        self._put: list[tuple[f.Space | f.Combination, str]] = []

    def put_all(
        self, unit_id: int, spaces: Sequence[f.Space], parent_id: int | None = None
    ) -> None:
        """The spaces of a unit, or the parts of a space, with all that lies below them."""
        for space in spaces:
            key = self._put_one(space, unit_id, parent_id, _space_values(space, self._to))
            self.put_all(unit_id, space.parts, key)
            for combination in space.combinations:
                values = _combination_values(combination, self._to)
                self._put_one(combination, unit_id, key, values)

    def _put_one(
        self,
        space: f.Space | f.Combination,
        unit_id: int,
        parent_id: int | None,
        values: dict[str, Any],
    ) -> int:
        noun = "combination" if isinstance(space, f.Combination) else "space"
        self._put.append((space, noun))
        row = self._rows.put_now(
            space.slug,
            noun,
            unit_id=unit_id,
            parent_id=parent_id,
            is_combination=isinstance(space, f.Combination),
            position=next(self._positions),
            **values,
        )
        return row.id

    def finish(self) -> None:
        """What stands in the spaces and what combinations join, once every space has its key."""
        self._rows.finish()
        for space, noun in self._put:
            entry, key = self._rows.entry(space.slug, noun), self._rows.id_of(space.slug)
            self._equipment.put(entry, key, list(self._pieces(space)))
            self._members.put(entry, key, list(self._joined(space)))

    def _pieces(self, space: f.Space | f.Combination) -> Iterator[dict[str, Any]]:
        pieces = () if isinstance(space, f.Combination) else space.equipment
        for position, piece in enumerate(pieces):
            key = self._to.equipment.id_of(piece.slug)
            yield {"equipment_id": key, "quantity": piece.quantity, "position": position}

    def _joined(self, space: f.Space | f.Combination) -> Iterator[dict[str, Any]]:
        members = space.parts if isinstance(space, f.Combination) else ()
        for position, slug in enumerate(members):
            yield {"member_id": self._rows.id_of(slug), "position": position}


def _space_values(space: f.Space, to: References) -> dict[str, Any]:
    return {
        "name": space.name,
        "description": space.description,
        "published": space.published,
        "kind_id": to.kinds.id_of(space.kind),
        "capacity": space.capacity,
        "capacity_basis": space.capacity_basis,
        "joint_capacity": space.joint_capacity,
        "has_remainder": space.remainder,
        "area_m2": space.area_m2,
        "evidence": space.evidence,
        "policy_id": to.policies.id_of(space.policy),
        "price_list_id": to.price_lists.id_of(space.price_list),
        "price_share": WHOLE_PRICE if space.price_share is None else space.price_share,
        "terms": space.terms,
        "access": space.access,
        "opening_hours_id": to.hours.find_id(space.opening_hours),
        "event_facts": _facts(space.event_facts),
        "accessibility": list(space.accessibility),
    }


def _combination_values(combination: f.Combination, to: References) -> dict[str, Any]:
    """What a space alone has is emptied, for a space may have become a combination."""
    return {
        "name": combination.name,
        "description": None,
        "published": combination.published,
        "kind_id": to.kinds.find_id(combination.kind),
        "capacity": combination.capacity,
        "capacity_basis": combination.capacity_basis,
        "joint_capacity": None,
        "has_remainder": False,
        "area_m2": None,
        "evidence": None,
        "policy_id": to.policies.find_id(combination.policy),
        "price_list_id": to.price_lists.find_id(combination.price_list),
        "price_share": combination.price_share,
        "terms": combination.terms,
        "access": combination.access,
        "opening_hours_id": None,
        "event_facts": _facts(combination.event_facts),
        "accessibility": [],
    }
