"""Facts are read strictly, on every border, and all that is wrong is told at once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from booking.rulebook import FactsRefused, read_facts
from tests.rulebook.scenarios import shipped
from tests.rulebook.table import QUIET


def read(partial=False, **more):
    return read_facts(shipped(), {**QUIET, **more}, partial).values


def codes(partial=False, **more):
    with pytest.raises(FactsRefused) as refused:
        read(partial, **more)
    return [(fault.code, fault.field) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("attendance_peak", 1),
        ("attendance_peak", 100_000),
        ("structure_days", 0),
        ("structure_days", 365),
        ("entrance_fee_eur", 0),
        ("entrance_fee_eur", 10_000),
        ("entrance_fee_eur", 0.01),
        ("entrance_fee_eur", Decimal("9999.99")),
        ("entrance_fee_eur", Decimal("10.500")),
        ("entrance_fee_eur", Decimal("1e3")),
        ("outdoor", False),
        ("home", "other"),
    ],
)
def test_a_value_on_its_border_is_taken(fact, value):
    found = read(**{fact: value})[fact]
    assert found == (Decimal(str(value)) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("attendance_peak", 0, "out_of_range"),
        ("attendance_peak", 100_001, "out_of_range"),
        ("attendance_peak", -(10**400), "out_of_range"),
        ("attendance_peak", True, "wrong_type"),
        ("attendance_peak", 50.0, "wrong_type"),
        ("attendance_peak", "50", "wrong_type"),
        ("attendance_peak", [50], "wrong_type"),
        ("structure_days", 366, "out_of_range"),
        ("entrance_fee_eur", -0.01, "out_of_range"),
        ("entrance_fee_eur", Decimal("10000.01"), "out_of_range"),
        ("entrance_fee_eur", 0.001, "wrong_type"),
        ("entrance_fee_eur", 0.1 + 0.2, "wrong_type"),
        ("entrance_fee_eur", Decimal("1e-999999"), "wrong_type"),
        ("entrance_fee_eur", Decimal("1e999999"), "out_of_range"),
        ("entrance_fee_eur", float("nan"), "wrong_type"),
        ("entrance_fee_eur", float("inf"), "wrong_type"),
        ("entrance_fee_eur", "5", "wrong_type"),
        ("entrance_fee_eur", False, "wrong_type"),
        ("outdoor", 1, "wrong_type"),
        ("outdoor", "true", "wrong_type"),
        ("home", "Hamina", "unknown_value"),
        ("home", ["hamina"], "unknown_value"),
        ("mood", "good", "unknown_fact"),
        ("ends_after_22", True, "unknown_fact"),
        (7, True, "unknown_fact"),
    ],
)
def test_a_value_beyond_its_border_or_of_another_type_is_refused(fact, value, code):
    with pytest.raises(FactsRefused) as refused:
        read_facts(shipped(), {**QUIET, fact: value})
    assert [(one.code, one.field) for one in refused.value.faults] == [(code, str(fact))]


@pytest.mark.parametrize(
    "written",
    [
        "2027-06-12T12:00",
        "2027-06-12 12:00",
        "2027-06-12T12:00:00",
        datetime(2027, 6, 12, 12),
    ],
)
def test_a_wall_time_may_be_written_in_several_ways(written):
    assert read(start=written)["start"] == datetime(2027, 6, 12, 12)


@pytest.mark.parametrize(
    "written",
    [
        "2027-06-12",
        "12:00",
        "2027-06-12T12",
        "2027-06-12T12:00Z",
        "2027-06-12T12:00+03:00",
        "2027-06-12T24:00",
        "2027-02-29T12:00",
        "2027-06-12T12:00:00.5",
        "tomorrow",
        20270612,
        "٢٠٢٧-06-12T12:00",
    ],
)
def test_what_is_no_wall_time_is_refused(written):
    assert codes(start=written) == [("wrong_type", "start")]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2027-06-12T12:00", "2027-06-12T12:00", "end_before_start"),
        ("2027-06-12T12:00", "2027-06-12T11:59", "end_before_start"),
        ("2027-06-12T12:00", "2028-06-12T12:01", "too_long"),
        ("1999-12-31T12:00", "2000-01-01T12:00", "out_of_range"),
        ("2199-12-31T12:00", "2200-01-01T12:00", "out_of_range"),
        ("2027-03-28T03:00", "2027-03-28T05:00", "no_such_time"),
        ("2027-03-28T01:00", "2027-03-28T03:59", "no_such_time"),
    ],
)
def test_times_that_do_not_go_together_are_refused(start, end, code):
    assert [found for found, _ in codes(start=start, end=end)] == [code]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-06-12T12:00", "2027-06-12T12:01"),
        ("2027-06-12T12:00", "2028-06-12T12:00"),
        ("2027-03-28T02:59", "2027-03-28T04:00"),
        ("2027-10-31T03:30", "2027-10-31T03:31"),
        ("2017-06-12T12:00", "2017-06-12T14:00"),
        ("2037-06-12T12:00", "2037-06-12T14:00"),
    ],
)
def test_a_minute_a_year_both_changes_of_the_clocks_and_ten_years_off_are_fine(start, end):
    assert read(start=start, end=end)["end"] == datetime.fromisoformat(end)


def test_a_required_fact_that_is_missing_or_null_is_refused_unless_partial():
    assert codes(openness=None) == [("field_required", "openness")]
    assert read(True, openness=None)["openness"] is None


def test_what_is_not_given_has_its_default_unless_partial():
    assert read()["home"] == "hamina"
    assert read(True)["home"] is None
    assert read(home=None)["home"] == "hamina"


def test_a_default_that_is_given_is_known_though_partial():
    assert read(True, home="hamina")["home"] == "hamina"


def test_all_that_is_wrong_is_told_in_the_order_of_the_vocabulary():
    found = codes(openness="ajar", organiser_type=None, attendance_peak=0, mood=1, end="x")
    assert found == [
        ("unknown_fact", "mood"),
        ("field_required", "organiser_type"),
        ("unknown_value", "openness"),
        ("out_of_range", "attendance_peak"),
        ("wrong_type", "end"),
    ]


def test_of_many_unknown_facts_some_are_told():
    with pytest.raises(FactsRefused) as refused:
        read_facts(shipped(), {**QUIET, **{f"x{number}" * 50: 1 for number in range(10_000)}})
    assert len(refused.value.faults) == 20
    assert all(len(one.field) <= 60 for one in refused.value.faults)
