"""Who inherits what: the catalogue as its readers see it, by the example of the demo city."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from booking.catalogue.assembly import assemble
from booking.catalogue.format import EventFacts
from booking.catalogue.queries import get_catalogue
from tests.catalogue.demo_files import imported, some_units, whole_city, with_entry, with_space

NOW = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
MONDAY = date(2027, 1, 11)


@pytest.fixture(scope="module")
def city(engine, migrated):
    """The demo city, imported once for each engine."""
    url = engine.create(migrated)
    database = create_engine(url)
    with Session(database) as session:
        imported(session, whole_city(), NOW)
        yield assemble(session)
    database.dispose()
    engine.drop(url)


@pytest.fixture
def place(city):
    return lambda slug: city.places[slug]


def rules(place):
    """Its policy, terms and access."""
    in_force = place.policy_at(NOW)
    return (
        in_force.policy.slug,
        place.terms_slug(in_force.policy),
        place.access(in_force.policy),
    )


# ── Kind, policy, price ───────────────────────────────────────────────────────────────────────


def test_a_combination_has_the_kind_policy_and_prices_of_the_space_that_lists_it(place):
    joined, lister = place("bastionin-holvit-a-b"), place("bastionin-holvit")
    assert joined.kind == lister.kind
    assert joined.policies == lister.policies
    assert joined.price_list == lister.price_list
    assert (joined.price_share, lister.price_share) == (Decimal("0.75"), Decimal(1))


def test_a_combination_may_have_a_kind_of_its_own(place):
    lanes, pool = place("uimahalli-radat-1-2"), place("uimahalli-kuntoallas")
    assert (lanes.kind.slug, pool.kind.slug) == ("pool-lane", "swimming-pool")
    assert lanes.policies == pool.policies


# ── Terms and access ──────────────────────────────────────────────────────────────────────────


def test_a_space_has_terms_and_access_of_its_own_where_it_says_so(place):
    assert rules(place("paakirjaston-ryhmatilat")) == ("meeting-room", "library", "open")


def test_a_part_has_those_of_its_policy_and_not_those_of_its_whole(place):
    assert rules(place("paakirjaston-ryhmatila-1")) == ("group-room", "self-service-rooms", "open")
    assert rules(place("bastionin-holvi-a"))[2] == "staff_opens"


def test_a_combination_without_a_policy_has_those_of_the_space_that_lists_it(place):
    assert rules(place("bastionin-holvit-a-b")) == rules(place("bastionin-holvit"))
    assert rules(place("bastionin-holvit-a-b"))[2] == "staff_opens"


def combined(file, **values):
    """The vaults A and B with values of their own."""
    [vaults] = [one for one in file.units[0].spaces if one.slug == "bastionin-holvit"]
    first, *others = vaults.combinations
    changed = type(first)(**{name: getattr(first, name) for name in first.__slots__} | values)
    return with_space(file, "bastionin-holvit", combinations=(changed, *others))


def test_a_combination_with_a_policy_has_those_of_its_policy(session, now):
    file = with_space(some_units(), "bastionin-holvit", terms="library")
    imported(session, combined(file, policy="meeting-room"), now)
    joined = get_catalogue(session).places["bastionin-holvit-a-b"]
    assert rules(joined) == ("meeting-room", "meeting-rooms", "door_code")
    other = get_catalogue(session).places["bastionin-holvit-b-c"]
    assert rules(other) == ("assembly-hall", "library", "staff_opens")


def test_what_a_combination_says_itself_goes_before_all(session, now):
    own = combined(some_units(), policy="meeting-room", terms="library", access="key")
    imported(session, own, now)
    joined = get_catalogue(session).places["bastionin-holvit-a-b"]
    assert rules(joined) == ("meeting-room", "library", "key")


# ── Opening hours ─────────────────────────────────────────────────────────────────────────────


def test_a_space_has_its_own_hours_else_those_above_it_else_the_units(place):
    arena, vaults = place("bastioni-areena"), place("bastionin-holvit")
    assert arena.hours != arena.unit.hours
    assert vaults.hours == vaults.unit.hours
    assert place("bastioni-areenan-lava").hours == arena.hours


def test_a_combination_has_the_hours_of_the_space_that_lists_it(place):
    joined = place("pappilansalmen-lohkot-1-2")
    assert joined.hours == place("pappilansalmen-liikuntahalli").hours
    assert joined.hours != joined.unit.hours


def test_hours_are_those_of_the_file(place):
    assert place("vehkalahtisali").hours.open_minutes(MONDAY) == ((480, 1260),)
    assert place("vehkalahtisali").hours.open_minutes(date(2027, 1, 6)) == ()


# ── Published ─────────────────────────────────────────────────────────────────────────────────


def test_as_many_are_published_as_the_city_wants(city):
    assert sum(1 for _ in city.published_units()) == 29
    spaces = [one for one in city.published_places() if not one.is_combination]
    assert len(spaces) == 102


def test_one_space_of_a_published_unit_may_be_hidden(place):
    assert not place("pyhallon-koulun-sali").published
    assert place("pyhallon-koulun-kentta").published


def test_what_lies_below_the_hidden_is_hidden(session, now):
    imported(session, with_space(some_units(), "bastionin-holvit", published=False), now)
    places = get_catalogue(session).places
    below = ("bastionin-holvi-a", "bastionin-holvit-a-b")
    assert not any(places[slug].published for slug in below)
    assert places["bastioni-areena"].published


def test_a_combination_is_hidden_with_one_of_its_members(session, now):
    imported(session, with_space(some_units(), "bastionin-holvi-a", published=False), now)
    places = get_catalogue(session).places
    assert not places["bastionin-holvit-a-b"].published
    assert places["bastionin-holvit-b-c"].published
    assert places["bastionin-holvit"].published


def test_nothing_of_a_hidden_unit_is_published(session, now):
    imported(session, with_entry(some_units(), "units", "hamina-bastioni", published=False), now)
    places = get_catalogue(session).places.values()
    assert not any(one.published for one in places if one.unit.slug == "hamina-bastioni")


# ── Equipment, accessibility, description ─────────────────────────────────────────────────────


def equipment(place):
    return {piece.slug: piece.quantity for piece in place.equipment}


def test_a_space_has_only_its_own_equipment(place):
    assert equipment(place("bastionin-holvi-a")) == {"tables": 6, "chairs": 40}


def test_a_combination_has_all_of_its_members_together(place):
    assert equipment(place("bastionin-holvit-a-b")) == {
        "tables": 14,
        "chairs": 100,
        "pa-system": None,
    }


def accessibility(place):
    return {feature.slug for feature in place.accessibility}


def test_a_combination_has_the_accessibility_that_all_members_have(place):
    assert accessibility(place("pappilansalmen-lohkot-1-2")) == {
        "step-free-entrance",
        "accessible-changing-room",
    }
    assert accessibility(place("tervasaari-puisto-ja-kentta")) == set()


def test_a_combination_has_no_description_evidence_or_area(place):
    joined = place("bastionin-holvit-a-b")
    assert (joined.description, joined.evidence, joined.area_m2) == (None, None, None)
    assert joined.members == ("bastionin-holvi-a", "bastionin-holvi-b")


# ── Event facts ───────────────────────────────────────────────────────────────────────────────


def facts(place):
    return place.facts["space_type"], place.facts["place_kind"], place.facts["outdoor"]


def test_facts_come_from_the_kind(place):
    assert facts(place("bastioni-areenan-lava")) == ("arena", "city_outdoor", True)
    assert facts(place("bastionin-holvi-a")) == ("hall", "city_indoor", False)


def test_a_units_facts_go_before_the_kinds(place):
    assert place("kaspersali").kind.slug == "assembly-hall"
    assert facts(place("kaspersali")) == ("library", "city_indoor", False)
    assert facts(place("nuorisotilan-keittio"))[0] == "youth_space"


def test_a_spaces_own_facts_go_before_all_fact_by_fact(place):
    assert facts(place("kauppatori-lava")) == ("square", "city_outdoor", True)
    stage = place("pappilansalmen-nayttamo")
    assert facts(stage) == ("school", "city_indoor", False)
    assert stage.facts["area_preapproved"] is False


def test_a_part_does_not_have_the_facts_of_its_whole(session, now):
    own = EventFacts(space_type="school", outdoor=True)
    imported(session, with_space(some_units(), "bastionin-holvit", event_facts=own), now)
    places = get_catalogue(session).places
    assert facts(places["bastionin-holvit"]) == ("school", "city_indoor", True)
    assert facts(places["bastionin-holvi-a"]) == ("hall", "city_indoor", False)
    assert facts(places["bastionin-holvit-a-b"]) == ("school", "city_indoor", True)


def test_alcohol_is_allowed_exactly_where_the_policy_says_so(city):
    for one in city.places.values():
        said = one.policy_at(NOW).policy.alcohol == "with_permission"
        assert one.facts["alcohol_allowed"] is said, one.slug
    assert city.places["bastioni-areena"].facts["alcohol_allowed"]
    assert not city.places["kaspersali"].facts["alcohol_allowed"]
