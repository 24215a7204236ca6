"""Distances and the frame of a map: plain values."""

from __future__ import annotations

import pytest

from booking.catalogue.geography import CHIP, HEIGHT, WIDTH, Spot, draw, middle_of

HELSINKI, TURKU = Spot(60.1699, 24.9384), Spot(60.4518, 22.2666)
HALL = Spot(60.5697, 27.198)


def north_of(spot, metres, *, is_exact=False):
    return Spot(spot.latitude + metres / 111_195, spot.longitude, is_exact)


def test_a_distance_is_that_of_a_bird():
    assert HELSINKI.metres_to(TURKU) == pytest.approx(150_300, rel=0.005)
    assert HALL.metres_to(HALL) == 0
    assert HALL.metres_to(north_of(HALL, 1000)) == pytest.approx(1000, rel=0.001)


def test_the_middle_of_positions_is_their_mean_and_never_exact():
    middle = middle_of([HALL, north_of(HALL, 1000, is_exact=True)])
    assert HALL.metres_to(middle) == pytest.approx(500, rel=0.01)
    assert not middle.is_exact


def test_an_exact_place_has_no_area_and_an_approximate_one_is_as_wide_as_its_doubt():
    exact, rough = draw([north_of(HALL, 0, is_exact=True), north_of(HALL, 900)]).marks
    assert exact.radius == 0
    assert rough.radius > 10


def test_all_that_is_near_lies_in_the_frame_and_what_is_far_is_told_by_number():
    near = [north_of(HALL, 200 * number) for number in range(8)]
    drawing = draw([*near, north_of(HALL, 15_000)])
    assert drawing.outside == (8,)
    assert [mark.number for mark in drawing.marks] == list(range(8))
    assert all(drawing.holds(mark.x, mark.y) for mark in drawing.marks)


def test_one_place_lies_in_the_middle():
    (mark,) = draw([HALL]).marks
    assert (mark.x, mark.y) == (pytest.approx(WIDTH / 2), pytest.approx(HEIGHT / 2))


def test_numbers_of_places_at_one_address_stand_side_by_side():
    marks = draw([HALL] * 6).marks
    for one in marks:
        for other in marks[: one.number]:
            apart = max(abs(one.label_x - other.label_x), abs(one.label_y - other.label_y))
            assert apart >= CHIP


def test_the_bar_measures_round_metres():
    length, metres = draw([HALL, north_of(HALL, 2000)]).bar
    assert metres in {100, 200, 500, 1000}
    assert length * draw([HALL, north_of(HALL, 2000)]).metres == pytest.approx(metres)
    assert length <= WIDTH / 3


def test_tiles_cover_the_frame_and_no_more_than_their_edges():
    drawing = draw([HALL, north_of(HALL, 2000)])
    tiles = list(drawing.tiles())
    assert min(tile.x for tile in tiles) <= 0
    assert max(tile.x + tile.size for tile in tiles) >= WIDTH
    assert min(tile.y for tile in tiles) <= 0
    assert max(tile.y + tile.size for tile in tiles) >= HEIGHT
    assert all(tile.x < WIDTH and tile.y < HEIGHT for tile in tiles)
    assert len(tiles) <= 12


def test_a_tile_is_the_one_that_all_tile_servers_call_so():
    world = HALL.world
    (tile, *_more) = [
        one
        for one in draw([HALL]).tiles()
        if one.column == int(world[0] * 2**one.zoom) and one.row == int(world[1] * 2**one.zoom)
    ]
    assert tile.zoom == 14
    assert (tile.column, tile.row) == (9429, 4705)
