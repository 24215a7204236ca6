"""Words find spaces, however they are bent or misspelt; on the demo city's real catalogue."""

from __future__ import annotations

from time import perf_counter

import pytest

from booking.catalogue.finding import Criteria, fitting, look_for
from booking.catalogue.queries import get_catalogue
from booking.catalogue.word_index import WordIndex, index_of
from booking.catalogue.wording import stem
from tests.catalogue import searches

TABLE = [
    *searches.FINNISH,
    *searches.SWEDISH,
    *searches.MISSPELT,
    *searches.NEEDS,
    *searches.ENGLISH,
]


@pytest.fixture
def hamina(city_session):
    return get_catalogue(city_session)


def slugs(city, q, **more):
    return [place.slug for place in fitting(city, Criteria(q=q, **more))]


def test_the_space_that_is_meant_stands_among_the_first_three(hamina):
    missed = {
        q: (slug, slugs(hamina, q)[:3]) for q, slug in TABLE if slug not in slugs(hamina, q)[:3]
    }
    assert missed == {}


def test_the_table_holds_enough_of_each_sort():
    assert len(searches.FINNISH) >= 25
    assert len(searches.SWEDISH) >= 15
    assert len(searches.MISSPELT) >= 15
    assert len(dict(TABLE)) == len(TABLE) >= 60


def test_a_name_weighs_more_than_a_unit_and_a_unit_more_than_the_rest(hamina):
    found = slugs(hamina, "kirjasto")
    by_name, by_unit = found.index("paakirjaston-nayttelytila"), found.index("kaspersali")
    assert by_name < by_unit


def test_a_word_that_nothing_says_is_told_and_empties_nothing(hamina):
    found = look_for(hamina, Criteria(q="xyzzy Kaspersali"))
    assert [place.slug for place in found.places] == ["kaspersali"]
    assert found.unknown == ["xyzzy"]
    assert not found.is_partial


def test_words_that_no_space_says_together_find_what_says_most_of_them(hamina):
    found = look_for(hamina, Criteria(q="sauna flyygeli"))
    assert {place.slug for place in found.places} >= {"uimahalli-saunaosasto", "puistotalon-sali"}
    assert found.is_partial


def test_where_no_word_is_known_nothing_is_found(hamina):
    found = look_for(hamina, Criteria(q="xyzzy qwrtps"))
    assert (found.places, found.unknown) == ([], ["xyzzy", "qwrtps"])


def test_small_words_and_the_citys_own_name_say_nothing_unless_they_stand_alone(hamina):
    assert slugs(hamina, "sauna Haminassa ja meille") == slugs(hamina, "sauna")
    assert slugs(hamina, "Hamina") != []


def test_a_letter_at_the_end_is_that_of_a_room(hamina):
    assert slugs(hamina, "meeting room B")[0] == "kaupungintalo-kokoushuone-b"


def test_with_people_the_smallest_that_has_room_leads_those_that_answer_the_words_well(hamina):
    found = slugs(hamina, "kokoushuone", people=10)
    assert found[0].startswith(("kaupungintalo-kokoushuone", "hilman-kokoushuone"))
    assert slugs(hamina, "liikuntasali", people=120)[0] == "vehkalahden-liikuntasali"


@pytest.mark.parametrize(
    ("bent", "other"), [("ranta", "rannalla"), ("kaupunki", "kaupungissa"), ("kenttä", "kentällä")]
)
def test_a_finnish_word_has_one_stem_in_both_grades(bent, other):
    assert stem(bent, "fi")[:4] == stem(other, "fi")[:4]


def test_the_index_is_made_once_for_a_version_of_the_catalogue(hamina):
    assert index_of(hamina) is index_of(hamina)


def test_a_word_is_looked_up_in_a_few_milliseconds(hamina):
    index = WordIndex(hamina.published_places(), hamina.name)
    began = perf_counter()
    for q, _slug in TABLE:
        index.find(q)
    assert (perf_counter() - began) / len(TABLE) < 0.15  # some 10 ms here; slower machines too
