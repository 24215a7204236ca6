"""Where things are: distances in metres, and a map's frame in Web Mercator (EPSG:3857).

Positions are degrees of WGS 84. A drawing is in units of its own frame; whoever shows it scales it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, ceil, cos, floor, log2, log10, pi, radians, sin, sqrt, tan
from math import log as ln

EARTH_M = 6_371_008.8
EQUATOR_M = 40_075_016.686
APPROXIMATE_M = 300
"""How far from an approximate position a place may well be; so wide is its area drawn."""

TILE = 256
WIDTH, HEIGHT, MARGIN = 360, 300, 34
CLOSEST_ZOOM, DEEPEST_TILES = 13.7, 18
CHIP = 30
"""The side of a mark's number, and how far apart two of them must lie."""
BAR_WIDTH, BAR_HEIGHT = WIDTH / 3 + 16, 32
"""The corner at the bottom that the scale bar has for itself."""
FAR = 3.0
LEAST_SPREAD_M = 1_200


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in degrees."""

    latitude: float
    longitude: float
    is_exact: bool = False

    def metres_to(self, other: Spot) -> float:
        """The way of a bird (haversine)."""
        lat, other_lat = radians(self.latitude), radians(other.latitude)
        half = sin((other_lat - lat) / 2) ** 2
        half += cos(lat) * cos(other_lat) * sin(radians(other.longitude - self.longitude) / 2) ** 2
        return 2 * EARTH_M * asin(min(1.0, sqrt(half)))

    @property
    def world(self) -> tuple[float, float]:
        """Its place on the square of the world: 0 to 1 from west to east and north to south."""
        y = ln(tan(pi / 4 + radians(self.latitude) / 2)) / (2 * pi)
        return (self.longitude + 180) / 360, 0.5 - y


def middle_of(spots: Sequence[Spot]) -> Spot:
    """The mean of some positions of a town; never exact."""
    count = len(spots)
    return Spot(
        sum(one.latitude for one in spots) / count, sum(one.longitude for one in spots) / count
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a spot lies in a drawing: the radius of its area (0 where it is exact), and where its
    number stands, beside other numbers rather than on them."""

    number: int
    x: float
    y: float
    radius: float
    label_x: float
    label_y: float

    @property
    def is_aside(self) -> bool:
        """Whether the number stands so far off that a line must lead to its spot."""
        return abs(self.label_x - self.x) + abs(self.label_y - self.y) > 1


@dataclass(frozen=True, slots=True)
class Tile:
    """A square picture of a tile server, and where it lies in the drawing."""

    zoom: int
    column: int
    row: int
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A frame of the world, with the marks that lie in it; `outside` are the numbers of the
    spots that lie too far from all others."""

    left: float
    top: float
    scale: float
    """Units of the drawing for the whole width of the world."""
    metres: float
    """Metres of the ground for a unit of the drawing, in its middle."""
    marks: tuple[Mark, ...]
    outside: tuple[int, ...]
    width: int = WIDTH
    height: int = HEIGHT

    def place(self, spot: Spot) -> tuple[float, float]:
        x, y = spot.world
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= self.width and 0 <= y <= self.height

    @property
    def bar(self) -> tuple[float, int]:
        """A scale bar: its length in the drawing, and what it measures, in round metres."""
        longest = self.width / 3 * self.metres
        power = 10 ** floor(log10(longest))
        length = max(step * power for step in (1, 2, 5) if step * power <= longest)
        return length / self.metres, int(length)

    def tiles(self) -> Iterator[Tile]:
        """The tiles that cover the frame, at the zoom that comes nearest to its scale."""
        zoom = min(DEEPEST_TILES, max(0, round(log2(self.scale / TILE))))
        count = 2**zoom
        size = self.scale / count
        for row in _covering(self.top, self.height / self.scale, count):
            for column in _covering(self.left, self.width / self.scale, count):
                x = (column / count - self.left) * self.scale
                y = (row / count - self.top) * self.scale
                yield Tile(zoom, column % count, row, x, y, size)


def _covering(start: float, length: float, count: int) -> range:
    return range(max(0, floor(start * count)), min(count, ceil((start + length) * count)))


def draw(spots: Sequence[Spot]) -> Drawing:
    """The frame that holds these spots, one at least, but for those that lie far from the rest;
    numbers as in their order."""
    kept = _together(spots)
    worlds = [spots[number].world for number in kept]
    west, east = min(x for x, _y in worlds), max(x for x, _y in worlds)
    north, south = min(y for _x, y in worlds), max(y for _x, y in worlds)
    fits = (
        (WIDTH - 2 * MARGIN) / max(east - west, 1e-9),
        (HEIGHT - 2 * MARGIN) / max(south - north, 1e-9),
    )
    scale = min(*fits, TILE * 2**CLOSEST_ZOOM)
    left = (west + east - WIDTH / scale) / 2
    top = (north + south - HEIGHT / scale) / 2
    metres = EQUATOR_M * cos(radians(middle_of(spots).latitude)) / scale
    frame = Drawing(left, top, scale, metres, (), tuple(set(range(len(spots))) - set(kept)))
    marks = tuple(_marks(frame, [(number, spots[number]) for number in kept]))
    return Drawing(left, top, scale, metres, marks, tuple(sorted(frame.outside)))


def _together(spots: Sequence[Spot]) -> list[int]:
    """The numbers of the spots that lie not much farther from the middle of all than most do."""
    ordered = sorted(spots, key=lambda one: one.latitude), sorted(s.longitude for s in spots)
    half = len(spots) // 2
    middle = Spot(ordered[0][half].latitude, ordered[1][half])
    away = [middle.metres_to(one) for one in spots]
    usual = sorted(away)[(3 * (len(spots) - 1)) // 4]
    reach = max(usual * FAR, LEAST_SPREAD_M)
    return [number for number, metres in enumerate(away) if metres <= reach] or [0]


def _marks(frame: Drawing, spots: Sequence[tuple[int, Spot]]) -> Iterator[Mark]:
    taken: list[tuple[float, float]] = []
    for number, spot in spots:
        x, y = frame.place(spot)
        radius = 0.0 if spot.is_exact else max(10.0, APPROXIMATE_M / frame.metres)
        label_x, label_y = _free_near(x, y, taken)
        taken.append((label_x, label_y))
        yield Mark(number, x, y, radius, label_x, label_y)


def _free_near(x: float, y: float, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The nearest place for a number that lies in the frame and on no other number."""
    half = CHIP / 2
    for ring in range(12):
        for step in range(max(1, 8 * ring)):
            angle = 2 * pi * step / max(1, 8 * ring) - pi / 2
            at_x, at_y = x + ring * 0.6 * CHIP * cos(angle), y + ring * 0.6 * CHIP * sin(angle)
            inside = half <= at_x <= WIDTH - half and half <= at_y <= HEIGHT - half
            on_bar = at_x - half < BAR_WIDTH and at_y + half > HEIGHT - BAR_HEIGHT
            if (
                inside
                and not on_bar
                and all(max(abs(at_x - a), abs(at_y - b)) >= CHIP for a, b in taken)
            ):
                return at_x, at_y
    return x, y
