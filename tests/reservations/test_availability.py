"""Free time: what is offered is what is accepted."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.catalogue.rules import TimeSpan
from booking.core.periods import Period
from booking.reservations.rules import broken_rules
from booking.reservations.search import can_be_had
from tests.values import (
    MONDAY,
    NOW,
    a_period,
    a_policy,
    a_request,
    a_timetable,
    at,
    circumstances,
)

TUESDAY = MONDAY + timedelta(days=1)
DAY = Period(at("00:00"), at("24:00"))


def test_free_time_is_open_time_less_what_is_taken():
    table = a_timetable(taken=[a_period("12:00", "14:00")])
    assert table.free_time(DAY) == [a_period("10:00", "12:00"), a_period("14:00", "22:00")]


def test_free_time_keeps_its_own_set_up_and_clean_up_away_from_others():
    policy = a_policy(before=timedelta(minutes=30), after=timedelta(minutes=15))
    table = a_timetable(policy, taken=[a_period("12:00", "14:00")])
    assert table.free_time(DAY) == [a_period("10:00", "11:45"), a_period("14:30", "22:00")]


def test_free_time_begins_with_the_notice_and_ends_with_the_horizon():
    policy = a_policy(notice=TimeSpan(days=1), horizon_days=1)
    table = a_timetable(policy)
    window = Period(at("00:00"), at("24:00", MONDAY + timedelta(days=2)))
    assert table.free_time(window) == [a_period("08:00", "22:00", TUESDAY)]


def test_the_next_start_is_on_the_grid_and_long_enough():
    table = a_timetable(taken=[a_period("10:00", "12:10"), a_period("13:00", "21:45")])
    assert table.next_start(timedelta(minutes=30), NOW) == at("12:30")
    assert table.next_start(timedelta(hours=1), NOW) == at("08:00", TUESDAY)


def test_no_start_is_offered_where_there_is_none():
    table = a_timetable(taken=[Period(at("00:00"), at("24:00", MONDAY + timedelta(days=5)))])
    assert table.next_start(timedelta(hours=1), NOW) is None


policies = st.builds(
    a_policy,
    start_interval=st.sampled_from([15, 30, 60]).map(lambda n: timedelta(minutes=n)),
    shortest=st.sampled_from([15, 30, 60, 90]).map(lambda n: timedelta(minutes=n)),
    longest=st.sampled_from([60, 120, 240, 720]).map(lambda n: timedelta(minutes=n)),
    before=st.sampled_from([0, 15, 60]).map(lambda n: timedelta(minutes=n)),
    after=st.sampled_from([0, 15, 60]).map(lambda n: timedelta(minutes=n)),
    notice=st.one_of(
        st.integers(0, 24).map(lambda n: TimeSpan(hours=n)),
        st.integers(1, 3).map(lambda n: TimeSpan(days=n)),
    ),
    horizon_days=st.integers(0, 4),
    may_span_closed_hours=st.booleans(),
)
minutes = st.integers(0, 3 * 1440)
taken_times = st.lists(
    st.tuples(minutes, st.integers(1, 600)).map(
        lambda pair: Period(
            DAY.starts_at + timedelta(minutes=pair[0]),
            DAY.starts_at + timedelta(minutes=sum(pair)),
        )
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(policies, taken_times, minutes, st.integers(1, 60))
def test_what_is_offered_is_accepted_and_what_is_not_offered_is_refused(
    policy, taken, start, quarters
):
    """The offer (search, week, next start) and the judgement of a request agree, whatever the
    policy and whatever is taken."""
    starts_at = DAY.starts_at + timedelta(minutes=start)
    length = timedelta(minutes=15 * quarters)
    period = Period(starts_at, starts_at + length)
    around = circumstances(policy, taken=taken, days=7)
    request = a_request(starts_at=period.starts_at, ends_at=period.ends_at)
    table = a_timetable(policy, taken=taken, days=7)
    judged = not broken_rules(request, [around])
    assert can_be_had(table, period) == judged


@settings(max_examples=200, deadline=None)
@given(policies, taken_times, minutes)
def test_the_next_start_that_is_told_would_be_accepted(policy, taken, start):
    not_before = DAY.starts_at + timedelta(minutes=start)
    length = max(policy.shortest, policy.start_interval)
    length = policy.start_interval * -(-length // policy.start_interval)
    if length > policy.longest:
        return
    found = a_timetable(policy, taken=taken, days=7).next_start(length, not_before)
    if found is None:
        return
    around = circumstances(policy, taken=taken, days=7)
    request = a_request(starts_at=found, ends_at=found + length)
    assert broken_rules(request, [around]) == []
    assert found >= not_before
