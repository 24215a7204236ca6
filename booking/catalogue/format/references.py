"""References from one entry to another, and the names they may name."""

from difflib import get_close_matches

from booking.catalogue.format.documents import Mapping, Scalar, shown
from booking.catalogue.format.kinds import Kind
from booking.catalogue.format.layout import Tree
from booking.catalogue.format.spots import Names, Report, Spot, whole_document


def names_of(root: Mapping) -> Names:
    """What every list at the top of the file names, whether its entries are right or not."""
    document = whole_document(root, Report(""))
    slugs = {entry.key: _labels(document.items(entry.key)) for entry in root.entries}
    equipment, units = document.items("equipment"), document.items("units")
    return Names(
        slugs={key: labels for key, labels in slugs.items() if labels},
        countable=_labels([item for item in equipment if _says(item, "countable", "true")]),
        published_units=_labels([unit for unit in units if _says(unit, "published", "true")]),
    )


def _labels(items: list[Spot]) -> frozenset[str]:
    return frozenset(item.label for item in items if item.label is not None)


def _says(item: Spot, key: str, word: str) -> bool:
    value = item.at(key)
    return value is not None and isinstance(value.node, Scalar) and value.node.text == word


def reference(to: str) -> Kind[str]:
    """The slug of an entry of the list of that name.

    Where the whole list is missing, that alone is reported and every reference passes.
    """
    expected = f"a slug of {to}"

    def read(spot: Spot) -> str:
        known = spot.report.names.slugs.get(to)
        slug = spot.node.text if isinstance(spot.node, Scalar) and spot.node.is_text else None
        if slug is None:
            raise spot.refuse("no slug stands here", expected)
        if known is not None and slug not in known:
            nearest = get_close_matches(slug, sorted(known), n=1, cutoff=0.0)[0]
            message = f"{shown(spot.node)} is no entry of {to}"
            raise spot.refuse(message, f"{expected} (the nearest is {nearest})")
        return slug

    return Kind(expected, read, _itself)


def _itself(slug: str) -> Tree:
    return slug
