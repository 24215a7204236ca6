"""A catalogue as a file: read whole, written again, and refused in whole sentences."""

import re
from decimal import Decimal

import pytest
from ruamel.yaml import YAML

from booking.catalogue.format import (
    BadCatalogue,
    EventFacts,
    Interval,
    MonthDay,
    Space,
    SpaceEquipment,
    TimeSpan,
    load_associations,
    load_catalogue,
    parse_catalogue,
    write_catalogue,
)
from booking.catalogue.format.layout import Flow, written
from tests.catalogue.broken_files import (
    ARENA,
    ASSOCIATIONS,
    BASTION,
    CATALOGUE,
    MEETING_ROOM,
    demo_text,
    edited,
    problems_of,
    refuses,
)


def all_spaces(spaces: tuple[Space, ...]) -> list[Space]:
    return [found for space in spaces for found in (space, *all_spaces(space.parts))]


def test_the_demo_catalogue_holds_what_it_says():
    catalogue = load_catalogue(CATALOGUE)
    spaces = all_spaces(tuple(space for unit in catalogue.units for space in unit.spaces))
    assert len(catalogue.units) == 37
    assert len(spaces) == 116
    assert sum(len(space.combinations) for space in spaces) == 14
    assert sum(item.quantity for item in catalogue.loan_items) == 231
    assert sum(space.remainder for space in spaces) == 8


def test_values_have_their_types_and_are_not_inherited():
    catalogue = load_catalogue(CATALOGUE)
    arena, vaults = catalogue.units[0].spaces
    stage, policy = arena.parts[1], catalogue.policies[0]
    summer = next(e for e in catalogue.opening_hours_exceptions if e.slug == "lights-off-21")
    assert arena.name["sv"] == "Bastionens arena"
    assert arena.equipment[2] == SpaceEquipment("spectator-seats", 3000)
    assert (stage.price_share, stage.opening_hours, stage.access) == (Decimal("0.33"), None, None)
    assert vaults.access == "staff_opens"
    assert (policy.notice, policy.series.allowed) == (TimeSpan(hours=0), False)
    assert (summer.time, summer.when.first) == (21 * 60, MonthDay(9, 1))
    assert catalogue.opening_hours_templates[0].week.days[4] == (Interval(8 * 60, 16 * 60),)
    library = next(unit for unit in catalogue.units if unit.slug == "paakirjasto")
    assert library.event_facts == EventFacts(space_type="library")


def test_the_demo_associations_hold_what_they_say():
    associations = load_associations(ASSOCIATIONS).associations
    assert len(associations) == 30
    assert sum(len(association.members) for association in associations) == 80
    assert sum(not association.verified for association in associations) == 3


def test_what_is_written_reads_as_the_same_catalogue():
    catalogue = load_catalogue(CATALOGUE)
    text = write_catalogue(catalogue)
    assert parse_catalogue(text.encode(), "export.yaml") == catalogue
    assert write_catalogue(parse_catalogue(text.encode(), "export.yaml")) == text


def test_what_is_written_looks_as_a_person_would_write_it():
    text = write_catalogue(load_catalogue(CATALOGUE))
    assert "    name: {fi: Hamina Bastioni, sv: Hamina Bastion, en: Hamina Bastion}\n" in text
    assert '      - {from: "2026-01-01", to: null, hourly_eur: "18.00", day_cap_hours: 3}' in text
    assert '      fri: [["08:00", "16:00"]]\n      sat: []\n' in text
    assert "    notice: {hours: 0}\n" in text


WORDS = [
    "no",
    "null",
    "~",
    "1",
    "1e3",
    "0x1F",
    "12:30",
    "2026-01-01",
    "a:",
    "a#b",
    "a:b",
    "{a}",
    "[a]",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
]
PHRASES = ["a: b", "a #b", "a, b", "- a", "'a'", '"a"', "a\\b", "Ä: ö", "three plain words"]


@pytest.mark.parametrize("text", [*WORDS, *PHRASES])
def test_texts_that_yaml_would_take_for_something_else_stand_in_quotes(text):
    document = written("A header.", {"block": text, "flow": Flow({"a": text, "b": [text]})})
    read = YAML(typ="safe", pure=True).load(document)
    assert read == {"block": text, "flow": {"a": text, "b": [text]}}


def test_a_problem_is_said_with_file_line_key_and_what_would_be_right():
    text, line = edited(demo_text(), "slug: bastioni-areena\n", "capacity: 3000", "capacity: -5")
    [problem] = problems_of(text)
    says = f"catalogue.yaml:{line}: {ARENA}.capacity: -5 is below 1; a whole number from 1 is right"
    assert str(problem) == says


def test_all_problems_are_told_at_once():
    text, first = edited(demo_text(), "\ncity:\n", "currency: EUR", "currency: euro")
    text, second = edited(text, MEETING_ROOM, "access: door_code", "access: magic")
    text, third = edited(text, "slug: bastioni-areena\n", "capacity: 3000", "capacity: 0")
    assert [problem.line for problem in problems_of(text)] == [first, second, third]


def test_an_anchor_is_refused():
    refuses(
        "slug: bastioni-areena\n",
        "capacity: 3000",
        "capacity: &seats 3000",
        f"{ARENA}.capacity",
        "the anchor &seats is not allowed",
        "the value written out",
    )


def test_an_alias_is_refused():
    text, _ = edited(demo_text(), "\nmeta:\n", "status: candidate", "status: &a candidate")
    text, line = edited(text, "\nmeta:\n", "access: assumed", "access: *a")
    alias = problems_of(text)[1]
    assert (alias.line, alias.key) == (line, "meta.basis.access")
    assert alias.message == "the alias *a is not allowed"


def test_a_tag_is_refused():
    refuses(
        "\ncity:\n",
        "currency: EUR",
        "currency: !!str EUR",
        "city.currency",
        "the tag tag:yaml.org,2002:str is not allowed",
        "the value written out",
    )


def test_a_repeated_key_is_refused():
    line = demo_text()[: demo_text().index("    email: tilat@example.org")].count("\n") + 1
    refuses(
        "slug: facilities\n",
        "    email: tilat@example.org\n",
        "    email: tilat@example.org\n    email: muu@example.org\n",
        "contacts[facilities].email",
        f"this key is repeated (first on line {line})",
        "each key once",
        below=1,
    )


def test_bytes_that_are_not_utf_8_are_refused():
    data = demo_text().encode().replace(b"Kantakaupunki, sv", b"Kantakaup\xe4nki, sv")
    line = data[: data.index(b"\xe4nki")].count(b"\n") + 1
    with pytest.raises(BadCatalogue) as caught:
        parse_catalogue(data, "catalogue.yaml")
    says = f"catalogue.yaml:{line}: a byte here is not UTF-8; a file saved as UTF-8 is right"
    assert str(caught.value) == says


def test_letters_whose_accents_are_apart_are_refused():
    refuses(
        "slug: kirkkojarvi\n",
        "Kirkkojärvi",
        "Kirkkoja\u0308rvi",
        "districts[kirkkojarvi].name.fi",
        "a letter and its accent are two characters here",
        "Unicode normal form C (NFC)",
    )


def test_accents_apart_are_refused_in_comments_too():
    refuses(
        "# Limits of automatic ",
        "free use",
        "fre\u0301e use",
        "",
        "a letter and its accent are two characters here",
        "Unicode normal form C (NFC)",
    )


def test_a_text_that_is_not_yaml_is_refused_where_the_bracket_opens():
    text, line = edited(demo_text(), "\ncity:\n", "languages: [fi, sv, en]", "languages: [fi, sv")
    [problem] = problems_of(text)
    assert (problem.line, problem.key) == (line, "")
    assert problem.message.startswith("this is not YAML")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a list\n", "a: 1\n---\nb: 2\n"])
def test_a_file_is_one_mapping(text):
    [problem] = problems_of(text)
    assert problem.expected in ("a mapping of keys", "one document a file")


def test_a_list_nested_without_end_is_refused():
    [problem] = problems_of("a: " + "[" * 5000 + "]" * 5000)
    assert problem.message == "lists and mappings are nested too deep"


def test_an_unknown_key_is_refused():
    refuses(
        "slug: facilities\n",
        "    email: tilat@example.org\n",
        "    email: tilat@example.org\n    fax: none\n",
        "contacts[facilities].fax",
        "this key is not known",
        "none but slug, name, email",
        below=1,
    )


def test_an_unknown_key_at_the_top_is_refused():
    text, line = edited(demo_text(), "", "meta:\n", "notes: none\nmeta:\n")
    [problem] = problems_of(text)
    assert (problem.line, problem.key) == (line, "notes")
    assert problem.message == "this key is not known"


def test_a_missing_key_is_refused_on_the_line_of_its_entry():
    refuses(
        "slug: bastioni-areena\n",
        "        capacity_basis: found\n",
        "",
        f"{ARENA}.capacity_basis",
        "this key is missing",
        "one of found, assumed",
        below=-4,
    )


def test_a_missing_list_is_told_once_and_not_by_every_reference_to_it():
    text = re.sub(r"(?ms)^districts:\n.*?^(?=# share is)", "", demo_text())
    [problem] = problems_of(text)
    assert (problem.key, problem.message) == ("districts", "this key is missing")


def test_null_is_refused_where_it_is_not_named():
    refuses(
        "slug: hamina-bastioni\n",
        'postcode: "49400"',
        "postcode: null",
        f"{BASTION}.postcode",
        "null is no text",
        'five digits in quotes, such as "49400",',
    )


def test_a_list_is_empty_only_where_that_is_said():
    refuses(
        MEETING_ROOM,
        "required_fields: [title, purpose, people]",
        "required_fields: []",
        "policies[meeting-room].required_fields",
        "the list has 0",
        "a list of 1 or more, each of them one of title, purpose, people, organisation, message",
    )


def test_a_list_is_refused_where_a_mapping_belongs():
    refuses(
        MEETING_ROOM,
        "quota: {active: 5, hours_per_week: 16, series_counts_as: one}",
        "quota: [5, 16]",
        "policies[meeting-room].quota",
        "a list stands here",
        "{active, hours_per_week, series_counts_as}",
    )
