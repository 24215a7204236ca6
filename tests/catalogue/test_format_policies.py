"""Terms and policies in a catalogue's file."""

import re

import pytest

from booking.catalogue.format import parse_catalogue
from booking.catalogue.format.policies import POLICY
from booking.catalogue.importing_rows import plain
from tests.catalogue.broken_files import (
    ASSEMBLY_HALL,
    MEETING_ROOM,
    demo_text,
    edited,
    problems_of,
    refuses,
)


def test_a_topic_stands_once_in_a_text_of_terms():
    text, line = edited(demo_text(), "slug: loan-items\n", "topic: safety", "topic: damage")
    [problem] = problems_of(text)
    assert (problem.line, problem.key) == (line, "terms[loan-items].points[damage].topic")
    assert problem.expected == "each only once"


def test_terms_have_six_points_or_more():
    text = re.sub(
        r"(?ms)(slug: loan-items\n.*?)      - topic: damage\n.*?(?=\n# Buffers)",
        r"\1",
        demo_text(),
    )
    [problem] = problems_of(text)
    assert (problem.key, problem.message) == ("terms[loan-items].points", "the list has 4")


def test_terms_are_not_valid_before_their_version():
    refuses(
        "slug: loan-items\n",
        'valid_from: "2026-01-01"',
        'valid_from: "2025-12-31"',
        "terms[loan-items].valid_from",
        '"2025-12-31" is before the version',
        '"2026-01-01" or a later date',
    )


def test_versions_of_terms_are_in_order():
    block = re.search(r"(?ms)^  - slug: loan-items\n    version.*?\n(?=\n# Buffers)", demo_text())
    assert block is not None
    line = demo_text()[: block.end()].count("\n") + 1
    text = demo_text()[: block.end()] + block.group() + demo_text()[block.end() :]
    assert [(problem.line, problem.key) for problem in problems_of(text)] == [
        (line + 1, "terms[loan-items].version"),
        (line + 2, "terms[loan-items].valid_from"),
    ]


def test_a_time_span_has_hours_or_days_and_not_both():
    refuses(
        MEETING_ROOM,
        "notice: {hours: 4}",
        "notice: {hours: 4, days: 1}",
        "policies[meeting-room].notice",
        "both hours and days stand here",
        "exactly one of hours and days",
    )


def test_a_time_span_of_hours_ends_at_24():
    refuses(
        MEETING_ROOM,
        "notice: {hours: 4}",
        "notice: {hours: 25}",
        "policies[meeting-room].notice.hours",
        "25 is above 24",
        "a whole number from 0 to 24",
    )


def test_the_grid_is_a_quarter_half_or_whole_hour():
    refuses(
        MEETING_ROOM,
        "start_interval_min: 30",
        "start_interval_min: 20",
        "policies[meeting-room].start_interval_min",
        "20 is no such number",
        "one of 15, 30, 60",
    )


def test_the_longest_use_is_not_below_the_shortest():
    refuses(
        MEETING_ROOM,
        "max_duration_min: 480",
        "max_duration_min: 15",
        "policies[meeting-room].max_duration_min",
        "15 is below min_duration_min",
        "a whole number from 30",
    )


@pytest.mark.parametrize(
    ("key", "old", "new"), [("min_duration_min", 30, 45), ("max_duration_min", 480, 495)]
)
def test_lengths_are_multiples_of_the_interval(key, old, new):
    refuses(
        MEETING_ROOM,
        f"{key}: {old}\n",
        f"{key}: {new}\n",
        f"policies[meeting-room].{key}",
        f"{new} is no multiple of start_interval_min",
        "a multiple of 30",
    )


def test_a_series_that_is_not_allowed_has_nothing_more_to_say():
    refuses(
        "slug: group-room\n",
        "series: {allowed: false}",
        "series: {allowed: false, who: anyone}",
        "policies[group-room].series.who",
        "this key stands only beside allowed: true",
        "leaving it out",
    )


def test_a_series_is_not_easier_to_get_than_a_single_booking():
    refuses(
        ASSEMBLY_HALL,
        "who: verified_organisation, approval: staff",
        "who: verified_organisation, approval: instant",
        "policies[assembly-hall].series.approval",
        "a series is easier to get than a single booking",
        "staff",
    )


def test_alcohol_is_permitted_only_by_staff():
    refuses(
        MEETING_ROOM,
        "alcohol: forbidden",
        "alcohol: with_permission",
        "policies[meeting-room].alcohol",
        "with_permission stands only where approval is staff",
        "forbidden, or approval: staff,",
    )


def test_a_quota_may_limit_weeks_and_months_and_is_written_as_it_was_read():
    more = "series_counts_as: one, hours_per_month: 40, bookings_per_week: 3"
    text, _line = edited(demo_text(), MEETING_ROOM, "series_counts_as: one", more)
    read = parse_catalogue(text.encode(), "catalogue.yaml").policies
    [policy] = [one for one in read if one.quota.hours_per_month]
    assert policy.quota.bookings_per_month is None
    assert plain(POLICY.write(policy))["quota"].keys() == {
        "active", "hours_per_week", "series_counts_as", "hours_per_month", "bookings_per_week"
    }  # fmt: skip
