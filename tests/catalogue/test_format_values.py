"""Single values, slugs and references in a catalogue's file."""

import re

import pytest

from booking.catalogue.format import Interval, parse_catalogue
from tests.catalogue.broken_files import (
    ARENA,
    BASTION,
    VAULTS,
    demo_text,
    edited,
    problems_of,
    refuses,
)


def test_a_number_in_quotes_is_no_number():
    refuses(
        "slug: bastioni-areena\n",
        "capacity: 3000",
        'capacity: "3000"',
        f"{ARENA}.capacity",
        '"3000" is not a whole number',
        "a whole number from 1",
    )


def test_a_capacity_is_at_least_one():
    refuses(
        "slug: bastioni-areenan-lava\n",
        "capacity: 100",
        "capacity: 0",
        f"{ARENA}.parts[bastioni-areenan-lava].capacity",
        "0 is below 1",
        "a whole number from 1",
    )


def test_a_postcode_without_quotes_is_no_text():
    refuses(
        "slug: hamina-bastioni\n",
        'postcode: "49400"',
        "postcode: 49400",
        f"{BASTION}.postcode",
        "49400 is no text unless it stands in quotes",
        'five digits in quotes, such as "49400",',
    )


def test_true_and_false_are_the_only_truth_values():
    refuses(
        "slug: hamina-bastioni\n",
        "published: true",
        "published: yes",
        f"{BASTION}.published",
        "yes is neither true nor false",
        "true or false",
    )


def test_a_name_has_no_final_full_stop():
    refuses(
        "slug: facilities\n",
        "en: Facility services",
        "en: Facility services.",
        "contacts[facilities].name.en",
        "Facility services. ends with a full stop",
        "a name of at most 80 characters without a final full stop",
    )


@pytest.mark.parametrize(("length", "good"), [(80, True), (81, False)])
def test_a_name_has_at_most_80_characters(length, good):
    text, _ = edited(demo_text(), "slug: facilities\n", "Facility services", "x" * length)
    if good:
        parse_catalogue(text.encode(), "catalogue.yaml")
    else:
        assert [problem.message for problem in problems_of(text)] == ["the text has 81 characters"]


def test_a_name_is_given_in_every_language():
    refuses(
        "slug: facilities\n",
        "sv: Lokalservice, ",
        "",
        "contacts[facilities].name.sv",
        "this key is missing",
        "a name of at most 80 characters without a final full stop",
    )


def test_a_name_is_given_in_no_other_language():
    refuses(
        "slug: facilities\n",
        "sv: Lokalservice",
        "sv: Lokalservice, de: Dienste",
        "contacts[facilities].name.de",
        "this key is not known",
        "none but fi, sv, en",
    )


def test_a_text_is_made_of_whole_sentences():
    refuses(
        "slug: bastioni-areenan-lava\n",
        "without booking the whole arena.",
        "without booking the whole arena",
        f"{ARENA}.parts[bastioni-areenan-lava].description.en",
        "the last sentence has no end",
        "a text of at most 320 characters in one to three whole sentences",
    )


def test_a_text_has_at_most_three_sentences():
    refuses(
        "slug: bastioni-areenan-lava\n",
        "without booking the whole arena.",
        "without the arena. More here. Again more. Last words.",
        f"{ARENA}.parts[bastioni-areenan-lava].description.en",
        "the text has 4 sentences",
        "a text of at most 320 characters in one to three whole sentences",
    )


def test_a_slug_has_small_letters_digits_and_single_hyphens():
    refuses(
        "slug: coffee-urn",
        "slug: outdoor-game-set",
        "slug: Outdoor_game_set",
        "loan_items[Outdoor_game_set].slug",
        "Outdoor_game_set is not of this form",
        "a slug of at most 50 small letters, digits and single hyphens",
    )


def test_a_date_stands_in_quotes():
    refuses(
        "\nmeta:\n",
        '"2026-11-24"',
        "2026-11-24",
        "meta.as_of",
        "2026-11-24 stands without quotes",
        'a date in quotes such as "2027-03-01"',
    )


def test_a_date_is_a_day_of_the_calendar():
    refuses(
        "\nmeta:\n",
        '"2026-11-24"',
        '"2026-02-29"',
        "meta.as_of",
        '"2026-02-29" is no day of the calendar',
        'a date in quotes such as "2027-03-01"',
    )


def test_a_decimal_stands_in_quotes():
    refuses(
        "slug: bastioni-areenan-lava\n",
        'price_share: "0.33"',
        "price_share: 0.33",
        f"{ARENA}.parts[bastioni-areenan-lava].price_share",
        "0.33 stands without quotes",
        'a decimal from 0.05 to 0.95 in quotes, such as "0.50",',
    )


def test_euros_have_two_decimals():
    refuses(
        "slug: small-room\n",
        'hourly_eur: "18.00"',
        'hourly_eur: "18"',
        "price_lists[small-room].prices[1].hourly_eur",
        '"18" is not of this form',
        'an amount with two decimals in quotes, such as "18.00",',
    )


@pytest.mark.parametrize("time", ["25:00", "08:60", "24:00"])
def test_an_interval_starts_at_a_time_that_clocks_show(time):
    refuses(
        "slug: city-offices\n",
        'mon: [["08:00"',
        f'mon: [["{time}"',
        "opening_hours_templates[city-offices].week.mon[1][1]",
        f'"{time}" is no time that a clock shows here',
        'a time in quotes from "00:00" to "23:59"',
    )


def test_midnight_may_end_a_day():
    text, _ = edited(demo_text(), "slug: city-offices\n", '"21:00"]]', '"24:00"]]')
    week = parse_catalogue(text.encode(), "catalogue.yaml").opening_hours_templates[0].week
    assert week.mon == (Interval(480, 1440),)


def test_a_reference_names_an_entry_that_exists():
    refuses(
        "slug: bastioni-areenan-lava\n",
        "policy: event-arena",
        "policy: event-arenas",
        f"{ARENA}.parts[bastioni-areenan-lava].policy",
        "event-arenas is no entry of policies",
        "a slug of policies (the nearest is event-arena)",
    )


def test_units_spaces_parts_and_combinations_share_their_slugs():
    line = demo_text()[: demo_text().index("- slug: hamina-bastioni")].count("\n") + 1
    refuses(
        "",
        "slug: bastionin-holvit-a-b",
        "slug: hamina-bastioni",
        f"{VAULTS}.combinations[hamina-bastioni].slug",
        f"hamina-bastioni stands on line {line} already",
        "each only once",
    )


def test_a_slug_stands_once_in_its_list():
    line = demo_text()[: demo_text().index("- slug: facilities")].count("\n") + 1
    text, edit = edited(demo_text(), "", "slug: community\n", "slug: facilities\n")
    repeated = problems_of(text)[0]
    assert (repeated.line, repeated.key) == (edit, "contacts[facilities].slug")
    assert repeated.message == f"facilities stands on line {line} already"


def test_a_slug_of_a_space_does_not_end_in_remainder():
    refuses(
        "",
        "slug: bastionin-holvit-a-b",
        "slug: bastioni-areena-remainder",
        f"{VAULTS}.combinations[bastioni-areena-remainder].slug",
        "bastioni-areena-remainder is not of this form",
        "a slug of at most 50 small letters, digits and single hyphens, not ending in -remainder,",
    )


def test_things_are_picked_up_at_a_published_unit():
    text, _ = edited(demo_text(), "slug: kaupungintalo\n", "published: true", "published: false")
    line = text[: text.index("unit: kaupungintalo")].count("\n") + 1
    [problem] = problems_of(text)
    assert (problem.line, problem.key) == (line, "pickup_points[service-point].unit")
    assert problem.message == "kaupungintalo is not published"


def test_every_price_group_of_the_rule_set_is_given():
    text = re.sub(r"(?ms)^  - slug: K5\n.*?\n\n", "\n", demo_text())
    [problem] = problems_of(text)
    assert (problem.key, problem.message) == ("price_groups", "K5 is missing")
