"""From rows to the catalogue's values: everything inherited is worked out here, once.

Who inherits what stands in the documentation of the file format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.assembly_places import Places, Rows
from booking.catalogue.opening import HoursException, OpeningHours, Pattern, Week
from booking.catalogue.places import (
    Catalogue,
    LoanThing,
    Named,
    PolicyInForce,
    PriceGroup,
    PriceList,
    PriceRow,
    Terms,
    UnitPlace,
)
from booking.catalogue.rules import LoanPolicy, Policy

N = TypeVar("N", bound=Any)


def assemble(session: Session) -> Catalogue:
    """The whole catalogue as values; a constant number of queries."""
    city = session.scalars(select(m.City)).one()
    rows = _rows(session)
    units = _units(session, rows)
    places = Places(session, rows, units).all()
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
