"""Each space worked out from its own row, its parent, its unit and its kind.

Who inherits what stands in the documentation of the file format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue.opening import HoursException, OpeningHours
from booking.catalogue.places import (
    EquipmentPiece,
    Named,
    Place,
    PolicyInForce,
    PriceList,
    UnitPlace,
)
from booking.catalogue.rules import LoanPolicy

FACTS = ("space_type", "place_kind", "outdoor", "area_preapproved")


@dataclass
class Rows:
    """What the places refer to, by key."""

    hours: dict[int, OpeningHours]
    named: dict[str, dict[int, Named]]
    price_lists: dict[int, PriceList]
    policies: dict[int, tuple[PolicyInForce, ...]]
    loan_policies: dict[int, tuple[tuple[int, datetime, LoanPolicy], ...]]
    kinds: dict[int, r.SpaceKind]
    changes: dict[tuple[str, int], list[HoursException]]


class Places:
    """Works out each space from its own row, its parent, its unit and its kind."""

    def __init__(self, session: Session, rows: Rows, units: Mapping[int, UnitPlace]) -> None:
        self.rows, self.units = rows, units
        self.spaces = {
            space.id: space for space in session.scalars(select(m.Space).order_by(m.Space.position))
        }
        self.parts = _grouped(session.execute(select(m.SpacePart.space_id, m.SpacePart.part_id)))
        self.members = _grouped(
            session.execute(
                select(m.CombinationMember.combination_id, m.CombinationMember.member_id).order_by(
                    m.CombinationMember.position
                )
            )
        )
        self.equipment = self._read_equipment(session)
        self.features = {one.slug: one for one in rows.named["accessibility_feature"].values()}
        self.listed: dict[int, list[m.Space]] = defaultdict(list)
        for space in self.spaces.values():
            if space.parent_id is not None:
                self.listed[space.parent_id].append(space)
        self.unit_facts = {
            unit.id: unit.event_facts or {} for unit in session.scalars(select(m.Unit))
        }

    def _read_equipment(self, session: Session) -> dict[int, list[EquipmentPiece]]:
        found: dict[int, list[EquipmentPiece]] = defaultdict(list)
        names = self.rows.named["equipment"]
        for row in session.scalars(select(m.SpaceEquipment).order_by(m.SpaceEquipment.position)):
            kind = names[row.equipment_id]
            found[row.space_id].append(EquipmentPiece(kind.slug, kind.name, row.quantity))
        return found

    def all(self) -> list[Place]:
        return [self._place(space) for space in self.spaces.values()]

    def _place(self, space: m.Space) -> Place:
        lister = self._lister(space)
        kind_id = space.kind_id or lister.kind_id or 0
        policies = self.rows.policies[space.policy_id or lister.policy_id or 0]
        listed = self.listed[space.id]
        return Place(
            id=space.id,
            slug=space.slug,
            unit=self.units[space.unit_id],
            parent_slug=self.spaces[space.parent_id].slug if space.parent_id else None,
            is_combination=space.is_combination,
            name=space.name,
            description=space.description,
            published=self._is_published(space),
            kind=self.rows.named["space_kind"][kind_id],
            capacity=space.capacity,
            capacity_is_found=space.capacity_basis == "found",
            joint_capacity=space.joint_capacity,
            area_m2=space.area_m2,
            evidence=space.evidence,
            policies=policies,
            own_terms=space.terms or (None if space.policy_id else lister.terms),
            own_access=space.access or (None if space.policy_id else lister.access),
            hours=self._hours(space),
            price_list=self.rows.price_lists[space.price_list_id or lister.price_list_id or 0],
            price_share=space.price_share,
            equipment=self._equipment(space),
            accessibility=self._accessibility(space),
            facts=self._facts(space, kind_id, policies),
            parts=frozenset(self.parts[space.id]),
            children=tuple(one.slug for one in listed if not one.is_combination),
            combinations=tuple(one.slug for one in listed if one.is_combination),
            members=tuple(self.spaces[key].slug for key in self.members[space.id]),
        )

    def _lister(self, space: m.Space) -> m.Space:
        """Of a combination the space that lists it; of any other space itself."""
        return self.spaces[space.parent_id or 0] if space.is_combination else space

    def _is_published(self, space: m.Space) -> bool:
        above = self.spaces[space.parent_id] if space.parent_id else None
        return (
            space.published
            and (self._is_published(above) if above else self.units[space.unit_id].published)
            and all(self._is_published(self.spaces[key]) for key in self.members[space.id])
        )

    def _hours(self, space: m.Space) -> OpeningHours:
        changes = self.rows.changes.get(("space", space.id), [])
        if space.opening_hours_id is not None:
            unit_changes = self.rows.changes.get(("unit", space.unit_id), [])
            own = self.rows.hours[space.opening_hours_id].with_exceptions(unit_changes)
            return own.with_exceptions(changes)
        above = self.spaces[space.parent_id] if space.parent_id else None
        inherited = self._hours(above) if above else self.units[space.unit_id].hours
        return inherited.with_exceptions(changes)

    def _equipment(self, space: m.Space) -> tuple[EquipmentPiece, ...]:
        if not space.is_combination:
            return tuple(self.equipment[space.id])
        together: dict[str, EquipmentPiece] = {}
        for key in self.members[space.id]:
            for piece in self.equipment[key]:
                before = together.get(piece.slug)
                quantity = (
                    (before.quantity or 0 if before else 0) + piece.quantity
                    if piece.quantity is not None
                    else None
                )
                together[piece.slug] = EquipmentPiece(piece.slug, piece.name, quantity)
        return tuple(together.values())

    def _accessibility(self, space: m.Space) -> tuple[Named, ...]:
        if not space.is_combination:
            return tuple(self.features[slug] for slug in space.accessibility)
        of_members = [self.spaces[key].accessibility for key in self.members[space.id]]
        return tuple(
            self.features[slug]
            for slug in of_members[0]
            if all(slug in features for features in of_members)
        )

    def _facts(
        self, space: m.Space, kind_id: int, policies: Sequence[PolicyInForce]
    ) -> dict[str, Any]:
        """Fact by fact: the space's own (a combination's: its lister's), the unit's, the kind's."""
        own = space.event_facts or (self._lister(space).event_facts or {})
        unit, kind = self.unit_facts[space.unit_id], self.rows.kinds[kind_id].event_facts
        facts = {fact: own.get(fact, unit.get(fact, kind[fact])) for fact in FACTS}
        facts["alcohol_allowed"] = any(
            one.policy.alcohol == "with_permission" for one in policies[-1:]
        )
        return facts


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
