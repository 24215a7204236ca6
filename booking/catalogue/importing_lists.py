"""The short lists of a catalogue, and its prices: what units and spaces refer to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from booking.catalogue import format as f
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.format.city import SPACE_KIND
from booking.catalogue.importing_rows import Import, Rows, RowsOf, plain
from booking.database import Base

CENTS = Decimal(100)


def put_named(work: Import, model: type[Base], entries: Sequence[Any], *fields: str) -> Rows[Any]:
    """A list whose entries have a slug, a name and further fields that are stored as they are."""
    rows = Rows(work, model)
    for position, entry in enumerate(entries):
        values = {name: getattr(entry, name) for name in ("name", *fields)}
        rows.put(entry.slug, position=position, **values)
    rows.finish()
    return rows


def put_kinds(work: Import, kinds: Sequence[f.SpaceKind]) -> Rows[r.SpaceKind]:
    """The kinds of spaces with their event facts."""
    rows = Rows(work, r.SpaceKind)
    for position, kind in enumerate(kinds):
        facts = plain(SPACE_KIND.write(kind))["event_facts"]
        rows.put(kind.slug, position=position, name=kind.name, event_facts=facts)
    rows.finish()
    return rows


def put_vat_classes(work: Import, classes: Sequence[f.VatClass]) -> Rows[v.VatClass]:
    """The classes of value added tax and their rates; rates that differ are replaced."""
    rows, rates = Rows(work, v.VatClass), RowsOf(work, v.VatRate, "vat_class_id", "rates")
    for position, one in enumerate(classes):
        rows.put(one.slug, position=position, name=one.name)
    rows.finish()
    for one in classes:
        wanted = [
            {"from_date": rate.first, "to_date": rate.last, "percent": rate.percent}
            for rate in one.rates
        ]
        rates.put(rows.entry(one.slug), rows.id_of(one.slug), wanted)
    return rows


def put_price_lists(
    work: Import, lists: Sequence[f.PriceList], classes: Rows[v.VatClass]
) -> Rows[v.PriceList]:
    """The price lists; prices that differ are replaced, and reservations keep the price told."""
    rows, prices = Rows(work, v.PriceList), RowsOf(work, v.PriceRow, "price_list_id", "prices")
    for position, one in enumerate(lists):
        rows.put(
            one.slug,
            position=position,
            name=one.name,
            vat_class_id=classes.id_of(one.vat_class),
            vat_class_other_use_id=classes.find_id(one.vat_class_other_use),
            demo=one.demo,
        )
    rows.finish()
    for one in lists:
        wanted = [_price_row(price) for price in one.prices]
        prices.put(rows.entry(one.slug), rows.id_of(one.slug), wanted)
    return rows


def _price_row(price: f.Price) -> dict[str, Any]:
    return {
        "from_date": price.first,
        "to_date": price.last,
        "hourly_cents": int(price.hourly_eur * CENTS),
        "day_cap_hours": price.day_cap_hours,
    }
