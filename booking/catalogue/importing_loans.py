"""Things on loan, and where they are fetched and brought back."""

from __future__ import annotations

from booking.catalogue import format as f
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.importing_rows import Import, Rows


def put_loans(
    work: Import,
    file: f.CatalogueFile,
    units: Rows[m.Unit],
    hours: Rows[r.OpeningHours],
    policies: Rows[v.Policy],
) -> None:
    """The pick-up points and what is lent from them; its pieces are parts, made with the others."""
    points = Rows(work, m.PickupPoint, "pick-up point")
    for position, point in enumerate(file.pickup_points):
        points.put(
            point.slug,
            position=position,
            name=point.name,
            unit_id=units.id_of(point.unit),
            opening_hours_id=hours.id_of(point.opening_hours),
        )
    points.finish()
    items = Rows(work, m.LoanItem)
    for position, item in enumerate(file.loan_items):
        items.put(
            item.slug,
            position=position,
            name=item.name,
            quantity=item.quantity,
            pickup_point_id=points.id_of(item.pickup_point),
            policy_id=policies.id_of(item.policy),
            demo=item.demo,
        )
    items.finish()
