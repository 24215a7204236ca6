"""Spaces, parts and combinations in a catalogue's file."""

import re

import pytest

from tests.catalogue.broken_files import ARENA, VAULTS, demo_text, edited, problems_of, refuses


def test_countable_equipment_has_a_quantity():
    refuses(
        "slug: bastionin-holvi-c\n",
        "{slug: chairs, quantity: 30}",
        "chairs",
        f"{VAULTS}.parts[bastionin-holvi-c].equipment[2]",
        "chairs is countable and has no quantity",
        "{slug: chairs, quantity: n}",
    )


def test_equipment_that_is_not_countable_has_no_quantity():
    refuses(
        "slug: bastionin-holvi-b\n",
        "pa-system",
        "{slug: pa-system, quantity: 1}",
        f"{VAULTS}.parts[bastionin-holvi-b].equipment[pa-system]",
        "pa-system is not countable",
        "pa-system alone",
    )


def test_a_part_needs_a_price_share():
    refuses(
        "slug: bastionin-holvi-c\n",
        '            price_share: "0.33"\n',
        "",
        f"{VAULTS}.parts[bastionin-holvi-c].price_share",
        "this key is missing",
        'a decimal from 0.05 to 0.95 in quotes, such as "0.50",',
        below=-5,
    )


def test_a_top_space_has_no_price_share():
    refuses(
        "slug: bastionin-holvit\n",
        "        capacity: 120\n",
        '        capacity: 120\n        price_share: "0.50"\n',
        f"{VAULTS}.price_share",
        "this key may not stand here",
        "leaving it out, for a top space pays its whole price,",
        below=1,
    )


@pytest.mark.parametrize(("share", "says"), [("0.04", "below 0.05"), ("0.96", "above 0.95")])
def test_a_price_share_lies_between_5_and_95_hundredths(share, says):
    refuses(
        "slug: bastionin-holvi-c\n",
        'price_share: "0.33"',
        f'price_share: "{share}"',
        f"{VAULTS}.parts[bastionin-holvi-c].price_share",
        f"{share} is {says}",
        'a decimal from 0.05 to 0.95 in quotes, such as "0.50",',
    )


def test_joint_capacity_is_given_with_parts():
    refuses(
        "slug: bastionin-holvit\n",
        "        joint_capacity: advisory\n",
        "",
        f"{VAULTS}.joint_capacity",
        "this key is missing beside parts",
        "one of enforced, advisory",
        below=-5,
    )


@pytest.mark.parametrize("line", ["joint_capacity: advisory", "remainder: true"])
def test_what_belongs_to_parts_is_refused_without_them(line):
    key = line.split(":")[0]
    refuses(
        "slug: bastionin-holvi-c\n",
        "            capacity: 30\n",
        f"            capacity: 30\n            {line}\n",
        f"{VAULTS}.parts[bastionin-holvi-c].{key}",
        "this key stands only beside parts",
        "leaving it out",
        below=1,
    )


def test_a_remainder_is_only_ever_true():
    refuses(
        "slug: bastioni-areena\n",
        "remainder: true",
        "remainder: false",
        f"{ARENA}.remainder",
        "false may not stand here",
        "true, or leaving the key out,",
    )


def test_a_space_is_only_ever_said_to_be_unpublished():
    refuses(
        "slug: bastioni-areena\n",
        "        kind: event-arena\n",
        "        kind: event-arena\n        published: true\n",
        f"{ARENA}.published",
        "true may not stand here",
        "false, or leaving the key out,",
        below=1,
    )


def test_no_part_holds_more_people_than_its_whole():
    refuses(
        "slug: bastionin-holvi-c\n",
        "capacity: 30",
        "capacity: 121",
        f"{VAULTS}.parts[bastionin-holvi-c].capacity",
        "121 is above 120, the capacity of its whole",
        "a whole number from 1 to 120",
    )


def test_a_space_has_two_parts_or_none():
    text = re.sub(
        r"(?ms)(          - slug: bastioni-areenan-lava\n.*?)(?=      - slug: bastionin-holvit\n)",
        "",
        demo_text(),
    )
    [problem] = problems_of(text)
    assert (problem.key, problem.message) == (f"{ARENA}.parts", "the list has 1")


def test_a_combination_is_made_of_direct_parts_of_the_space_that_lists_it():
    refuses(
        "slug: bastionin-holvit-a-b\n",
        "[bastionin-holvi-a, bastionin-holvi-b]",
        "[bastionin-holvi-a, bastioni-areenan-lava]",
        f"{VAULTS}.combinations[bastionin-holvit-a-b].parts[2]",
        "bastioni-areenan-lava is no direct part of bastionin-holvit",
        "a slug among bastionin-holvi-a, bastionin-holvi-b, bastionin-holvi-c",
    )


def test_a_combination_is_never_all_parts():
    refuses(
        "slug: bastionin-holvit-a-b\n",
        "[bastionin-holvi-a, bastionin-holvi-b]",
        "[bastionin-holvi-a, bastionin-holvi-b, bastionin-holvi-c]",
        f"{VAULTS}.combinations[bastionin-holvit-a-b].parts",
        "these are all parts, which is the whole space",
        "two or more, never all,",
    )


def test_a_combination_is_never_one_part():
    text, line = edited(
        demo_text(),
        "slug: bastionin-holvit-a-b\n",
        "[bastionin-holvi-a, bastionin-holvi-b]",
        "[bastionin-holvi-a]",
    )
    [problem] = problems_of(text)
    assert (problem.line, problem.message) == (line, "the list has 1")
