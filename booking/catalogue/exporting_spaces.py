"""Units and spaces as the format has them: parts within their wholes, nothing inherited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import format as f
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v

M = TypeVar("M", bound=Any)

SHARE = "0.01"
FEWEST_PARTS = 2


def units_of(session: Session) -> tuple[f.Unit, ...]:
    """The units with all their spaces; one without spaces is left out, for no file can name it."""
    units = session.scalars(select(m.Unit).order_by(m.Unit.position, m.Unit.id))
    spaces, names = _Spaces(session), _Names(session)
    told = (_unit(row, names, spaces) for row in units)
    return tuple(unit for unit in told if unit.spaces)


class _Names:
    """What the keys in the rows of units and spaces are called."""

    def __init__(self, session: Session) -> None:
        self.contacts = _slugs(session, r.Contact)
        self.districts = _slugs(session, r.District)
        self.equipment = _slugs(session, r.Equipment)
        self.kinds = _slugs(session, r.SpaceKind)
        self.hours = _slugs(session, r.OpeningHours)
        self.policies = _slugs(session, v.Policy)
        self.price_lists = _slugs(session, v.PriceList)


def _slugs(session: Session, model: type[M]) -> dict[int | None, str]:
    return dict(session.execute(select(model.id, model.slug)).all())


def _unit(row: m.Unit, names: _Names, spaces: _Spaces) -> f.Unit:
    return f.Unit(
        slug=row.slug,
        name=row.name,
        published=row.published,
        evidence=row.evidence,
        confidence=row.confidence,
        evidence_note=row.evidence_note,
        confirm=tuple(row.confirm),
        street_address=row.street_address,
        postcode=row.postcode,
        district=names.districts[row.district_id],
        location=f.Location(row.latitude, row.longitude, row.location_precision),
        accessibility_verified=row.accessibility_verified,
        description=row.description,
        contact=names.contacts[row.contact_id],
        opening_hours=names.hours[row.opening_hours_id],
        event_facts=_facts(row.event_facts),
        spaces=spaces.of_unit(row.id),
    )


def _facts(facts: Mapping[str, Any] | None) -> f.EventFacts | None:
    return f.EventFacts(**facts) if facts else None


class _Spaces:
    """The spaces by what they lie in, each told with all that lies below it."""

    def __init__(self, session: Session) -> None:
        self._names = _Names(session)
        spaces = session.scalars(select(m.Space).order_by(m.Space.position, m.Space.id)).all()
        self._slugs = {space.id: space.slug for space in spaces}
        self._tops: dict[int, list[m.Space]] = defaultdict(list)
        self._below: dict[int, list[m.Space]] = defaultdict(list)
        for space in spaces:
            if space.parent_id is None:
                self._tops[space.unit_id].append(space)
            else:
                self._below[space.parent_id].append(space)
        self._members: dict[int, list[int]] = defaultdict(list)
        link, piece = m.CombinationMember, m.SpaceEquipment
        for joined in session.scalars(select(link).order_by(link.position)):
            self._members[joined.combination_id].append(joined.member_id)
        self._equipment: dict[int, list[m.SpaceEquipment]] = defaultdict(list)
        for row in session.scalars(select(piece).order_by(piece.position)):
            self._equipment[row.space_id].append(row)

    def of_unit(self, unit_id: int) -> tuple[f.Space, ...]:
        """The top spaces of a unit."""
        return tuple(self._space(row, None) for row in self._tops[unit_id])

    def _space(self, row: m.Space, price_share: Decimal | None) -> f.Space:
        """What no longer has sub-spaces by its own word is told without those that were left."""
        below = self._below[row.id] if row.joint_capacity else []
        parts = [one for one in below if not one.is_combination]
        if len(parts) < FEWEST_PARTS:
            below, parts = [], []
        return f.Space(
            slug=row.slug,
            name=row.name,
            kind=self._names.kinds[row.kind_id],
            capacity=row.capacity,
            capacity_basis=row.capacity_basis,
            description=row.description or {},
            equipment=self._pieces(row),
            accessibility=tuple(row.accessibility),
            policy=self._names.policies[row.policy_id],
            price_list=self._names.price_lists[row.price_list_id],
            evidence=row.evidence or "",
            published=row.published,
            area_m2=row.area_m2,
            price_share=price_share,
            opening_hours=self._names.hours.get(row.opening_hours_id),
            event_facts=_facts(row.event_facts),
            access=row.access,
            terms=row.terms,
            joint_capacity=row.joint_capacity if parts else None,
            remainder=row.has_remainder and bool(parts),
            parts=tuple(self._space(one, with_places(one.price_share, SHARE)) for one in parts),
            combinations=tuple(self._combination(one) for one in below if one.is_combination),
        )

    def _pieces(self, row: m.Space) -> tuple[f.SpaceEquipment, ...]:
        return tuple(
            f.SpaceEquipment(self._names.equipment[piece.equipment_id], piece.quantity)
            for piece in self._equipment[row.id]
        )

    def _combination(self, row: m.Space) -> f.Combination:
        return f.Combination(
            slug=row.slug,
            name=row.name,
            parts=tuple(self._slugs[key] for key in self._members[row.id]),
            capacity=row.capacity,
            capacity_basis=row.capacity_basis,
            price_share=with_places(row.price_share, SHARE),
            kind=self._names.kinds.get(row.kind_id),
            policy=self._names.policies.get(row.policy_id),
            price_list=self._names.price_lists.get(row.price_list_id),
            terms=row.terms,
            access=row.access,
            event_facts=_facts(row.event_facts),
            published=row.published,
        )


def with_places(number: Decimal, places: str) -> Decimal:
    """The number with as many decimals as people write there, unless it needs more."""
    rounded = number.quantize(Decimal(places))
    return rounded if rounded == number else number
