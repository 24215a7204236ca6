"""Bringing a catalogue file into the database, whole and as often as one likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue import format as f
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue.format.city import META
from booking.catalogue.importing_changes import Changes, Entry
from booking.catalogue.importing_errors import PartsInUse
from booking.catalogue.importing_hours import put_hours
from booking.catalogue.importing_lists import (
    put_kinds,
    put_named,
    put_price_lists,
    put_vat_classes,
)
from booking.catalogue.importing_loans import put_loans
from booking.catalogue.importing_parts import put_parts
from booking.catalogue.importing_policies import put_loan_policies, put_policies, put_terms
from booking.catalogue.importing_rows import Import, plain
from booking.catalogue.importing_spaces import References, put_units
from booking.catalogue.queries import raise_catalogue_version
from booking.core.actors import Action, Actor
from booking.database import lock

CITY_ID = 1

OnPartsChanged = Callable[[Session, set[int]], None]
"""Makes the reservations of these spaces (keys) take the parts that the spaces have now."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the whole catalogue holds."""

    units: int
    spaces: int
    combinations: int
    parts: int
    pieces: int


def import_catalogue(
    session: Session,
    actor: Actor,
    file: f.CatalogueFile,
    now: datetime,
    uid_host: str,
    *,
    on_parts_changed: OnPartsChanged | None = None,
) -> Changes:
    """Make the database say what the file says, and tell what had to change for that.

    The file wins over later edits; what it does not name is left and reported. A second import
    of the same file changes nothing. `uid_host` is kept from the first import on.
    Where the parts of spaces that were here before change, `on_parts_changed` is called with
    their keys; without it that is refused with `PartsInUse`, as a changed text of terms is with
    `TermsChanged`. Raises `NotAllowed`. Whatever it raises, the caller rolls back.
    """
    actor.must(Action.EDIT_CATALOGUE)
    lock(session, m.City, [CITY_ID])
    work = Import(session, now)
    city = _put_city(work, file, uid_host)
    divided = _put_all(work, file)
    if work.changes:
        session.flush()
        raise_catalogue_version(session)
        _follow(session, divided, on_parts_changed)
        _write_down(session, actor, city, work.changes, now)
    return work.changes


def _put_city(work: Import, file: f.CatalogueFile, uid_host: str) -> m.City:
    values: dict[str, Any] = {
        "name": file.city.name,
        "municipality_code": file.city.municipality_code,
        "time_zone": file.city.time_zone,
        "default_language": file.city.default_language,
        "languages": list(file.city.languages),
        "currency": file.city.currency,
        "contact": asdict(file.city.contact),
        "free_use": asdict(file.free_use),
        "meta": plain(META.write(file.meta)),
    }
    city, entry = work.session.get(m.City, CITY_ID), Entry("city", "")
    if city is None:
        city = m.City(id=CITY_ID, uid_host=uid_host, catalogue_version=0, **values)
        work.session.add(city)
        work.changes.add(entry)
    else:
        work.set(city, entry, values)
    return city


def _put_all(work: Import, file: f.CatalogueFile) -> dict[int, str]:
    """Every list of the file, what is referred to first; the spaces whose parts changed."""
    zone = ZoneInfo(file.city.time_zone)
    put_named(work, r.AccessibilityFeature, file.accessibility_features)
    put_named(work, r.PriceGroup, file.price_groups, "description", "share", "vat_added")
    classes = put_vat_classes(work, file.vat_classes)
    put_terms(work, file.terms)
    loan_policies = put_loan_policies(work, zone, file.loan_policies)
    hours = put_hours(work, file.opening_hours_exceptions, file.opening_hours_templates)
    to = References(
        contacts=put_named(work, r.Contact, file.contacts, "email"),
        districts=put_named(work, r.District, file.districts),
        equipment=put_named(work, r.Equipment, file.equipment, "countable"),
        kinds=put_kinds(work, file.space_kinds),
        hours=hours,
        policies=put_policies(work, zone, file.policies),
        price_lists=put_price_lists(work, file.price_lists, classes),
    )
    units = put_units(work, to, file.units)
    put_loans(work, file, units, hours, loan_policies)
    return put_parts(work)


def _follow(
    session: Session, divided: dict[int, str], on_parts_changed: OnPartsChanged | None
) -> None:
    if divided and on_parts_changed is None:
        raise PartsInUse(spaces=", ".join(sorted(divided.values())))
    if divided and on_parts_changed:
        on_parts_changed(session, set(divided))
        session.flush()


def _write_down(
    session: Session, actor: Actor, city: m.City, changes: Changes, now: datetime
) -> None:
    counts = {
        "added": len(changes.added),
        "changed": len(changes.changed),
        "left": len(changes.left),
    }
    record(session, actor, "catalogue_imported", city, now, **counts, **asdict(totals(session)))
    session.flush()


def totals(session: Session) -> Totals:
    """How much the catalogue holds; parts are those of spaces, pieces those of things on loan."""

    def number(query: Select[Any]) -> int:
        return int(session.execute(query).scalar_one())

    spaces = select(func.count(m.Space.id))
    return Totals(
        units=number(select(func.count(m.Unit.id))),
        spaces=number(spaces.where(m.Space.is_combination.is_(False))),
        combinations=number(spaces.where(m.Space.is_combination.is_(True))),
        parts=number(select(func.count(distinct(m.SpacePart.part_id)))),
        pieces=number(select(func.coalesce(func.sum(m.LoanItem.quantity), 0))),
    )
