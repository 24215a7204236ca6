"""From rows to the catalogue's values: everything inherited is worked out here, once.

Who inherits what stands in the documentation of the file format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.opening import HoursException, OpeningHours, Pattern, Week
from booking.catalogue.places import (
    Catalogue,
    EquipmentPiece,
    LoanThing,
    Named,
    Place,
    PolicyInForce,
    PriceGroup,
    PriceList,
    PriceRow,
    Terms,
    UnitPlace,
)
from booking.catalogue.rules import LoanPolicy, Policy

N = TypeVar("N", bound=Any)

FACTS = ("space_type", "place_kind", "outdoor", "area_preapproved")


@dataclass
class Rows:
    """What the places refer to, by key."""

    hours: dict[int, OpeningHours]
    named: dict[str, dict[int, Named]]
    price_lists: dict[int, PriceList]
    policies: dict[int, tuple[PolicyInForce, ...]]
    loan_policies: dict[int, tuple[tuple[int, Any, LoanPolicy], ...]]
    kinds: dict[int, r.SpaceKind]
    changes: dict[tuple[str, int], list[HoursException]]


def assemble(session: Session) -> Catalogue:
    """The whole catalogue as values; a constant number of queries."""
    city = session.scalars(select(m.City)).one()
    rows = _rows(session)
    units = _units(session, rows)
    places = _Places(session, rows, units).all()
    vat = _all(session, v.VatClass)
    return Catalogue(
        version=city.catalogue_version,
        name=city.name,
        municipality_code=city.municipality_code,
        zone=ZoneInfo(city.time_zone),
        default_language=city.default_language,
        languages=tuple(city.languages),
        currency=city.currency,
        contact=city.contact,
        basis=city.meta.get("basis", {}),
        free_use=city.free_use,
        uid_host=city.uid_host,
        units={unit.slug: unit for unit in units.values()},
        places={place.slug: place for place in places},
        places_by_id={place.id: place for place in places},
        kinds=tuple(rows.named["space_kind"].values()),
        districts=tuple(rows.named["district"].values()),
        equipment=tuple(rows.named["equipment"].values()),
        accessibility=tuple(rows.named["accessibility_feature"].values()),
        price_groups={
            group.slug: PriceGroup(
                group.slug, group.name, group.description, group.share, group.vat_added
            )
            for group in _all(session, r.PriceGroup)
        },
        vat_rates={
            one.slug: tuple((x.from_date, x.to_date, x.percent) for x in one.rates) for one in vat
        },
        vat_names={one.slug: one.name for one in vat},
        terms=_terms(session),
        loans=_loans(session, rows, units),
    )


def _all(session: Session, model: type[N]) -> Sequence[N]:
    return session.scalars(select(model).order_by(model.position)).all()


def _rows(session: Session) -> Rows:
    kinds = _all(session, r.SpaceKind)
    lists: tuple[Any, ...] = (r.Contact, r.District, r.AccessibilityFeature, r.Equipment)
    named = {
        model.__tablename__: {row.id: Named(row.slug, row.name) for row in _all(session, model)}
        for model in lists
    }
    named["space_kind"] = {row.id: Named(row.slug, row.name) for row in kinds}
    policies = session.scalars(select(v.Policy).order_by(v.Policy.position)).all()
    return Rows(
        hours=_hours(session),
        named=named,
        price_lists=_price_lists(session),
        policies={
            policy.id: tuple(
                PolicyInForce(x.id, x.in_force_from, Policy.of(policy.slug, x.content))
                for x in policy.versions
            )
            for policy in policies
            if policy.subject == "space"
        },
        loan_policies={
            policy.id: tuple(
                (x.id, x.in_force_from, LoanPolicy.of(policy.slug, x.content))
                for x in policy.versions
            )
            for policy in policies
            if policy.subject == "loan"
        },
        kinds={kind.id: kind for kind in kinds},
        changes=_changes(session),
    )


def _hours(session: Session) -> dict[int, OpeningHours]:
    exceptions = {one.id: one for one in _all(session, r.HoursException)}
    return {
        hours.id: OpeningHours(
            patterns=tuple(
                Pattern(Week.of(p.week), p.valid_from, p.valid_to) for p in hours.patterns
            ),
            exceptions=tuple(
                _exception(exceptions[link.exception_id]) for link in hours.exceptions
            ),
        )
        for hours in _all(session, r.OpeningHours)
    }


def _exception(row: r.HoursException) -> HoursException:
    week = Week.of(row.week) if row.week else None
    return HoursException(row.when_, row.effect, row.latest_end, week, row.name)


def _changes(session: Session) -> dict[tuple[str, int], list[HoursException]]:
    """Staff's own changes of hours, by the place they are about."""
    found: dict[tuple[str, int], list[HoursException]] = defaultdict(list)
    for row in session.scalars(select(m.HoursChange).order_by(m.HoursChange.id)):
        days = {"from": row.first_day.isoformat(), "to": row.last_day.isoformat()}
        place = ("space", row.space_id) if row.space_id else ("unit", row.unit_id or 0)
        found[place].append(
            HoursException(
                {"type": "dated_ranges", "ranges": [days]},
                row.effect,
                row.latest_end,
                Week.of(row.week) if row.week else None,
                row.reason,
            )
        )
    return found


def _price_lists(session: Session) -> dict[int, PriceList]:
    vat = {one.id: one.slug for one in _all(session, v.VatClass)}
    return {
        row.id: PriceList(
            slug=row.slug,
            name=row.name,
            rows=tuple(
                PriceRow(x.from_date, x.to_date, x.hourly_cents, x.day_cap_hours) for x in row.rows
            ),
            vat_class=vat[row.vat_class_id],
            vat_class_other_use=vat.get(row.vat_class_other_use_id or 0),
            is_demo=row.demo,
        )
        for row in _all(session, v.PriceList)
    }


def _units(session: Session, rows: Rows) -> dict[int, UnitPlace]:
    emails = {contact.id: contact.email for contact in _all(session, r.Contact)}
    return {
        unit.id: UnitPlace(
            id=unit.id,
            slug=unit.slug,
            name=unit.name,
            description=unit.description,
            published=unit.published,
            evidence=unit.evidence,
            confidence=unit.confidence,
            street_address=unit.street_address,
            postcode=unit.postcode,
            district=rows.named["district"][unit.district_id],
            latitude=unit.latitude,
            longitude=unit.longitude,
            location_is_exact=unit.location_precision == "exact",
            accessibility_verified=unit.accessibility_verified,
            contact=rows.named["contact"][unit.contact_id],
            contact_email=emails[unit.contact_id],
            hours=rows.hours[unit.opening_hours_id].with_exceptions(
                rows.changes.get(("unit", unit.id), [])
            ),
            confirm=tuple(unit.confirm),
        )
        for unit in session.scalars(select(m.Unit).order_by(m.Unit.position))
    }


def _terms(session: Session) -> dict[str, tuple[Terms, ...]]:
    found: dict[str, list[Terms]] = defaultdict(list)
    for row in session.scalars(select(v.TermsVersion).order_by(v.TermsVersion.valid_from)):
        found[row.slug].append(
            Terms(row.id, row.slug, row.version, row.valid_from, row.title, tuple(row.points))
        )
    return {slug: tuple(versions) for slug, versions in found.items()}


def _loans(session: Session, rows: Rows, units: Mapping[int, UnitPlace]) -> dict[str, LoanThing]:
    points = {point.id: point for point in _all_points(session)}
    pieces: dict[int, list[int]] = defaultdict(list)
    for part in session.scalars(
        select(m.Part).where(m.Part.loan_item_id.is_not(None)).order_by(m.Part.id)
    ):
        pieces[part.loan_item_id or 0].append(part.id)
    items = session.scalars(select(m.LoanItem).order_by(m.LoanItem.position))
    return {
        item.slug: LoanThing(
            id=item.id,
            slug=item.slug,
            name=item.name,
            pieces=tuple(pieces[item.id][: item.quantity]),
            pickup_point=Named(point.slug, point.name),
            pickup_unit=units[point.unit_id],
            pickup_hours=rows.hours[point.opening_hours_id],
            policies=rows.loan_policies[item.policy_id],
        )
        for item in items
        for point in [points[item.pickup_point_id]]
    }


def _all_points(session: Session) -> Sequence[m.PickupPoint]:
    return session.scalars(select(m.PickupPoint).order_by(m.PickupPoint.position)).all()


class _Places:
    """Works out each space from its own row, its parent, its unit and its kind."""

    def __init__(self, session: Session, rows: Rows, units: Mapping[int, UnitPlace]) -> None:
        self.rows, self.units = rows, units
        self.spaces = {
            space.id: space for space in session.scalars(select(m.Space).order_by(m.Space.position))
        }
        self.parts = _grouped(
            session.execute(select(m.SpacePart.space_id, m.SpacePart.part_id)).tuples()
        )
        self.members = _grouped(
            session.execute(
                select(m.CombinationMember.combination_id, m.CombinationMember.member_id).order_by(
                    m.CombinationMember.position
                )
            ).tuples()
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
