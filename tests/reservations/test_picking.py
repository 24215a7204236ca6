"""Picked sections lead to the space that is exactly these, or to what would do instead."""

from __future__ import annotations

import pytest

from booking.catalogue.queries import get_catalogue
from booking.reservations.picking import pick
from tests.places import a_combination, a_hall


@pytest.fixture
def hall(session):
    """A hall of four sections, of which the first two can be booked together."""
    hall, sections = a_hall(session, 4)
    pair = a_combination(session, hall, sections[:2])
    return hall.slug, [one.slug for one in sections], pair.slug


def picked(session, hall, numbers):
    city = get_catalogue(session)
    slug, sections, _pair = hall
    return pick(city.places[slug], city, {sections[number] for number in numbers})


def slugs(places):
    return [one.slug for one in places]


def test_one_section_is_itself(session, hall):
    assert picked(session, hall, [2]).as_one.slug == hall[1][2]


def test_sections_that_are_joined_are_their_combination(session, hall):
    assert picked(session, hall, [0, 1]).as_one.slug == hall[2]


def test_all_sections_are_the_whole(session, hall):
    assert picked(session, hall, [0, 1, 2, 3]).as_one.slug == hall[0]


def test_what_is_no_space_leads_to_the_smallest_that_holds_it_and_to_its_pieces(session, hall):
    found = picked(session, hall, [0, 1, 3])
    assert found.as_one is None
    assert found.around.slug == hall[0]
    assert slugs(found.together) == [hall[2], hall[1][3]]


def test_all_sections_are_the_whole_even_where_it_has_a_rest(session):
    hall, sections = a_hall(session, 2)
    hall.parts = [*hall.parts, type(hall.parts[0])(slug="rest")]
    session.flush()
    names = hall.slug, [one.slug for one in sections], None
    assert picked(session, names, [0, 1]).as_one.slug == hall.slug
    assert picked(session, names, [0]).as_one.slug == sections[0].slug


def test_what_residents_do_not_see_is_not_offered(session, hall):
    from booking.catalogue.models import Space
    from booking.catalogue.queries import raise_catalogue_version

    for space in session.query(Space).filter(Space.slug.in_([hall[2], hall[1][3]])):
        space.published = False
    raise_catalogue_version(session)
    pair = picked(session, hall, [0, 1])
    assert pair.as_one is None
    assert slugs(pair.together) == hall[1][:2]
    assert picked(session, hall, [2, 3]).together == []


def test_nothing_picked_and_what_is_no_section_are_nothing(session, hall):
    city = get_catalogue(session)
    found = pick(city.places[hall[0]], city, {"elsewhere"})
    assert (found.sections, found.as_one) == ([], None)
