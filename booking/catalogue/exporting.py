"""The catalogue in the database as a file: nothing inherited, of each policy the newest version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import format as f
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.exporting_hours import exceptions_of, templates_of
from booking.catalogue.exporting_policies import loan_policies_of, policies_of, terms_of
from booking.catalogue.exporting_spaces import SHARE, units_of, with_places
from booking.catalogue.queries import NoCatalogue

M = TypeVar("M", bound=Any)

CENT = Decimal("0.01")
PERCENT = "0.1"


def export_catalogue(session: Session) -> f.CatalogueFile:
    """All that a file can say of this catalogue; importing it again changes nothing.

    Raises `NoCatalogue` in an empty database.
    """
    city = session.scalars(select(m.City)).first()
    if city is None:
        raise NoCatalogue()
    meta = city.meta
    return f.CatalogueFile(
        meta=f.Meta(**{**meta, "as_of": date.fromisoformat(meta["as_of"])}),
        city=_city(city),
        contacts=tuple(f.Contact(x.slug, x.name, x.email) for x in _all(session, r.Contact)),
        districts=_named(session, r.District),
        price_groups=tuple(_price_group(row) for row in _all(session, r.PriceGroup)),
        free_use=f.FreeUse(**city.free_use),
        vat_classes=tuple(_vat_class(row) for row in _all(session, v.VatClass)),
        price_lists=_price_lists(session),
        equipment=tuple(
            f.EquipmentItem(x.slug, x.name, x.countable) for x in _all(session, r.Equipment)
        ),
        pickup_points=_pickup_points(session),
        loan_policies=loan_policies_of(session),
        loan_items=_loan_items(session),
        accessibility_features=_named(session, r.AccessibilityFeature),
        space_kinds=tuple(
            f.SpaceKind(x.slug, x.name, f.EventFacts(**x.event_facts))
            for x in _all(session, r.SpaceKind)
        ),
        opening_hours_exceptions=exceptions_of(session),
        opening_hours_templates=templates_of(session),
        terms=terms_of(session),
        policies=policies_of(session),
        units=units_of(session),
    )


def _all(session: Session, model: type[M]) -> Sequence[M]:
    return session.scalars(select(model).order_by(model.position, model.id)).all()


def _slugs(session: Session, model: type[M]) -> dict[int, str]:
    return {row.id: row.slug for row in _all(session, model)}


def _city(city: m.City) -> f.City:
    return f.City(
        name=city.name,
        municipality_code=city.municipality_code,
        time_zone=city.time_zone,
        default_language=city.default_language,
        languages=tuple(city.languages),
        currency=city.currency,
        contact=f.CityContact(**city.contact),
    )


def _named(session: Session, model: type[Any]) -> tuple[f.Named, ...]:
    return tuple(f.Named(row.slug, row.name) for row in _all(session, model))


def _price_group(row: r.PriceGroup) -> f.PriceGroup:
    share = with_places(row.share, SHARE)
    return f.PriceGroup(row.slug, row.name, row.description, share, row.vat_added)


def _vat_class(row: v.VatClass) -> f.VatClass:
    rates = (f.VatRate(x.from_date, x.to_date, with_places(x.percent, PERCENT)) for x in row.rates)
    return f.VatClass(row.slug, row.name, tuple(rates))


def _price_lists(session: Session) -> tuple[f.PriceList, ...]:
    classes = _slugs(session, v.VatClass)
    return tuple(
        f.PriceList(
            slug=row.slug,
            name=row.name,
            prices=tuple(_price(x) for x in row.rows),
            vat_class=classes[row.vat_class_id],
            vat_class_other_use=classes.get(row.vat_class_other_use_id or 0),
            demo=row.demo,
        )
        for row in _all(session, v.PriceList)
    )


def _price(row: v.PriceRow) -> f.Price:
    return f.Price(row.from_date, row.to_date, row.hourly_cents * CENT, row.day_cap_hours)


def _pickup_points(session: Session) -> tuple[f.PickupPoint, ...]:
    units, hours = _slugs(session, m.Unit), _slugs(session, r.OpeningHours)
    return tuple(
        f.PickupPoint(row.slug, row.name, units[row.unit_id], hours[row.opening_hours_id])
        for row in _all(session, m.PickupPoint)
    )


def _loan_items(session: Session) -> tuple[f.LoanItem, ...]:
    points, policies = _slugs(session, m.PickupPoint), _slugs(session, v.Policy)
    return tuple(
        f.LoanItem(
            slug=row.slug,
            name=row.name,
            quantity=row.quantity,
            pickup_point=points[row.pickup_point_id],
            policy=policies[row.policy_id],
            demo=row.demo,
        )
        for row in _all(session, m.LoanItem)
    )
