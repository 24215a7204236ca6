"""Maps of places, as their pages draw them: areas, pins and numbers, and nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from booking.catalogue.geography import (
    BAR_HEIGHT,
    BAR_WIDTH,
    CHIP,
    Drawing,
    Spot,
    Tile,
    draw,
    middle_of,
)
from booking.catalogue.places import Catalogue, UnitPlace
from booking.web.languages import text_in
from booking.web.words import distance_in_words
from config import Settings

NAME_HEIGHT, LETTER_WIDTH = 16.0, 7.2

Box = tuple[float, float, float, float]
"""The middle of a rectangle, its width and height."""


@dataclass(frozen=True)
class Pin:
    """A site on a map: the number beside it in a list (nothing where it stands alone), and where
    its mark leads, if anywhere."""

    unit: UnitPlace
    number: str = ""
    url: str | None = None


def spot_of(unit: UnitPlace) -> Spot:
    """Where a site lies."""
    return Spot(unit.latitude, unit.longitude, unit.location_is_exact)


def unit_map(unit: UnitPlace, city: Catalogue) -> dict[str, Any]:
    """The map of one site, as the macro `map` takes it."""
    name = text_in(unit.name)
    return map_of([Pin(unit)], city, _("Map: %(name)s", name=name)) | {
        "caption": name,
        "address": unit.address(city.town),
    }


def map_of(pins: Sequence[Pin], city: Catalogue, title: str) -> dict[str, Any]:
    """A map of some sites, one at least, as the macro `map` takes it."""
    drawing = draw([spot_of(pin.unit) for pin in pins])
    settings: Settings = current_app.config["SETTINGS"]
    length, metres = drawing.bar
    return {
        "title": title,
        "width": drawing.width,
        "height": drawing.height,
        "marks": [_mark(drawing, pins, number) for number in range(len(drawing.marks))],
        "outside": [_outside(pins[number]) for number in drawing.outside],
        "has_areas": any(mark.radius for mark in drawing.marks),
        "districts": list(_districts(drawing, city)),
        "bar": {"length": round(length, 1), "text": distance_in_words(metres)},
        "tiles": [_tile(one, settings) for one in drawing.tiles()]
        if settings.map_tiles_url
        else [],
        "attribution": settings.map_tiles_attribution,
        "caption": "",
        "address": "",
    }


def _mark(drawing: Drawing, pins: Sequence[Pin], number: int) -> dict[str, Any]:
    mark = drawing.marks[number]
    pin = pins[mark.number]
    name = text_in(pin.unit.name)
    words = name if pin.unit.location_is_exact else _("%(name)s, approximate place", name=name)
    return {
        "x": round(mark.x, 1),
        "y": round(mark.y, 1),
        "radius": round(mark.radius, 1),
        "label_x": round(mark.label_x),
        "label_y": round(mark.label_y),
        "is_aside": mark.is_aside,
        "number": pin.number,
        "url": pin.url,
        "name": f"{pin.number}: {words}" if pin.number else words,
    }


def _outside(pin: Pin) -> dict[str, Any]:
    return {"number": pin.number, "name": text_in(pin.unit.name), "url": pin.url}


def _tile(tile: Tile, settings: Settings) -> dict[str, Any]:
    places = {"{z}": tile.zoom, "{x}": tile.column, "{y}": tile.row}
    address = settings.map_tiles_url
    for name, value in places.items():
        address = address.replace(name, str(value))
    return {
        "url": address,
        "x": round(tile.x, 1),
        "y": round(tile.y, 1),
        "size": round(tile.size, 1),
    }


def _districts(drawing: Drawing, city: Catalogue) -> Iterator[dict[str, Any]]:
    """The names of the districts that lie in the frame, each as near the middle of its sites as
    it can stand without touching another name or a number."""
    bar: Box = (BAR_WIDTH / 2, drawing.height - BAR_HEIGHT / 2, BAR_WIDTH, BAR_HEIGHT)
    taken: list[Box] = [bar, *((mark.label_x, mark.label_y, CHIP, CHIP) for mark in drawing.marks)]
    for district, spot in district_spots(city).items():
        name = next(text_in(one.name) for one in city.districts if one.slug == district)
        x, y = drawing.place(spot)
        if not drawing.holds(x, y):
            continue
        width = len(name) * LETTER_WIDTH
        for box in _boxes_near(x, y, width):
            if _is_clear(box, taken) and _lies_in(box, drawing):
                taken.append(box)
                yield {"name": name, "x": round(box[0]), "y": round(box[1])}
                break


def _boxes_near(x: float, y: float, width: float) -> Iterator[Box]:
    for across in (0.0, -0.75, 0.75, -1.5, 1.5):
        for rows in (0, -1, 1, -2, 2, -3, 3):
            yield x + across * width, y + rows * NAME_HEIGHT, width, NAME_HEIGHT


def _is_clear(box: Box, taken: Sequence[Box]) -> bool:
    x, y, width, height = box
    return all(
        abs(x - a) * 2 >= width + other_width or abs(y - b) * 2 >= height + other_height
        for a, b, other_width, other_height in taken
    )


def _lies_in(box: Box, drawing: Drawing) -> bool:
    x, y, width, height = box
    return drawing.holds(x - width / 2, y - height) and drawing.holds(x + width / 2, y + height)


def district_spots(city: Catalogue) -> dict[str, Spot]:
    """By its slug, the middle of the published sites of each district that has some."""
    found: dict[str, list[Spot]] = {}
    for unit in city.published_units():
        found.setdefault(unit.district.slug, []).append(spot_of(unit))
    return {slug: middle_of(spots) for slug, spots in found.items()}
