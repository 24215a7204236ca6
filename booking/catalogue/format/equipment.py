"""What a space has: a slug, or a slug with a quantity where the thing can be counted."""

from dataclasses import dataclass

from booking.catalogue.format.documents import Mapping
from booking.catalogue.format.kinds import Kind, whole
from booking.catalogue.format.layout import Tree
from booking.catalogue.format.records import Key, record
from booking.catalogue.format.references import reference
from booking.catalogue.format.spots import Spot


@dataclass(frozen=True, slots=True)
class SpaceEquipment:
    """A thing that a space has; `quantity` exactly when it is countable."""

    slug: str
    quantity: int | None = None


_EXPECTED = "a slug of equipment, as {slug, quantity} exactly when it is countable,"
_SLUG = reference("equipment")
_COUNTED = record(
    _EXPECTED, SpaceEquipment, (Key("slug", _SLUG), Key("quantity", whole(1))), flow=True
)


def _read(spot: Spot) -> SpaceEquipment:
    slug, countable = spot.label, spot.report.names.countable
    known = spot.report.names.slugs.get("equipment", frozenset())
    if not isinstance(spot.node, Mapping):
        if slug in countable:
            message = f"{slug} is countable and has no quantity"
            raise spot.refuse(message, f"{{slug: {slug}, quantity: n}}")
        return SpaceEquipment(_SLUG.read(spot))
    if slug in known and slug not in countable:
        raise spot.refuse(f"{slug} is not countable", f"{slug} alone")
    return _COUNTED.read(spot)


def _write(item: SpaceEquipment) -> Tree:
    return item.slug if item.quantity is None else _COUNTED.write(item)


EQUIPMENT: Kind[SpaceEquipment] = Kind(_EXPECTED, _read, _write)
