"""Rows in time and opening hours in a catalogue's file."""

from tests.catalogue.broken_files import refuses


def test_rows_of_validity_leave_no_gap():
    refuses(
        "slug: sport_reduced\n",
        'from: "2026-01-01"',
        'from: "2026-01-02"',
        "vat_classes[sport_reduced].rates[2].from",
        '"2026-01-02" leaves a gap after "2025-12-31"',
        '"2026-01-01"',
    )


def test_rows_of_validity_do_not_overlap():
    refuses(
        "slug: sport_reduced\n",
        'from: "2026-01-01"',
        'from: "2025-12-31"',
        "vat_classes[sport_reduced].rates[2].from",
        '"2025-12-31" leaves an overlap after "2025-12-31"',
        '"2026-01-01"',
    )


def test_the_last_row_of_validity_is_open():
    refuses(
        "slug: small-room\n",
        "to: null",
        'to: "2030-12-31"',
        "price_lists[small-room].prices[1].to",
        "the last row has an end",
        "null",
    )


def test_intervals_of_a_day_do_not_touch():
    refuses(
        "slug: city-offices\n",
        'mon: [["08:00", "21:00"]]',
        'mon: [["08:00", "12:00"], ["12:00", "21:00"]]',
        "opening_hours_templates[city-offices].week.mon[2]",
        "the interval touches the one before it or is not after it",
        "intervals in order with a pause between them",
    )


def test_an_interval_starts_before_its_end():
    refuses(
        "slug: city-offices\n",
        'mon: [["08:00", "21:00"]]',
        'mon: [["21:00", "08:00"]]',
        "opening_hours_templates[city-offices].week.mon[1]",
        "the start is not before the end",
        'an interval ["start", "end"] of two times, the start before the end',
    )


def test_a_week_has_seven_days():
    refuses(
        "slug: city-offices\n",
        "      sun: []\n",
        "",
        "opening_hours_templates[city-offices].week.sun",
        "this key is missing",
        'a list of any number, each of them an interval ["start", "end"] of two times, '
        "the start before the end",
        below=-7,
    )


def test_a_time_belongs_to_the_effect_latest_end_and_to_no_other():
    refuses(
        "slug: lights-off-21\n",
        "effect: latest_end",
        "effect: closed",
        "opening_hours_exceptions[lights-off-21].time",
        "this key stands only beside effect: latest_end",
        "leaving it out",
        below=1,
    )


def test_the_days_of_an_exception_fit_its_type():
    refuses(
        "slug: holiday-eves-closed\n",
        "when: {type: named_days, days: [midsummer_eve, christmas_eve]}",
        "when: {type: named_days}",
        "opening_hours_exceptions[holiday-eves-closed].when.days",
        "this key is missing beside type: named_days",
        "giving it",
    )


def test_dated_ranges_are_in_order():
    refuses(
        "slug: school-breaks-closed\n",
        '{from: "2027-03-01", to: "2027-03-05"}',
        '{from: "2027-01-06", to: "2027-03-05"}',
        "opening_hours_exceptions[school-breaks-closed].when.ranges[2].from",
        '"2027-01-06" is not after "2027-01-06"',
        "ranges in order",
    )
