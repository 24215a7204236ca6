"""Where a city holds sections together to the capacity of their whole, it is never exceeded."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.core.actors import Role
from booking.core.errors import RequestRefused
from booking.core.periods import Period
from booking.reservations.crowds import Stay, too_full
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.restoring_use_cases import restore_reservation
from booking.reservations.timetables import timetables
from booking.reservations.use_cases import cancel_reservation
from tests.askers import ask_all_at_once, people_with_tokens
from tests.places import a_combination, a_hall, an_actor, ask
from tests.reservations.test_races import a_wish
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)
MINUTE = timedelta(minutes=1)


def a_whole(session, capacity=30, joint="enforced", sections=3):
    """A hall for 30 whose three sections take 20 each."""
    hall, pieces = a_hall(session, sections)
    hall.capacity, hall.joint_capacity = capacity, joint
    session.flush()
    raise_catalogue_version(session)
    return hall, pieces


def refused(session, space, people, **more):
    with pytest.raises(RequestRefused) as error:
        ask(session, space, people=people, **more)
    return [rule.code for rule in error.value.broken]


# ── The rule ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("people", "codes"), [(10, []), (11, ["over_capacity"])])
def test_the_people_of_all_sections_fill_the_whole_and_not_more(session, people, codes):
    _hall, (first, second, _third) = a_whole(session)
    ask(session, first, people=20)
    if codes:
        assert refused(session, second, people) == codes
    else:
        ask(session, second, people=people)


def test_where_it_is_only_advised_each_section_counts_alone(session):
    _hall, (first, second, _third) = a_whole(session, joint="advisory")
    ask(session, first, people=20)
    ask(session, second, people=20)


def test_the_most_at_any_moment_counts_and_touching_ends_are_no_moment(session):
    _hall, (first, second, third) = a_whole(session)
    ask(session, first, "16:00", "18:00", people=20)
    ask(session, first, "18:00", "20:00", people=10)
    ask(session, second, "20:00", "21:00", people=20)
    ask(session, third, "18:00", "20:00", people=20)
    assert refused(session, third, 11, start="16:00", end="18:00") == ["over_capacity"]
    assert refused(session, third, 11, start="20:00", end="22:00") == ["over_capacity"]
    ask(session, third, "21:00", "22:00", people=20)


def test_whoever_has_several_sections_is_counted_once(session):
    hall, sections = a_whole(session, sections=3)
    both = a_combination(session, hall, sections[:2])
    ask(session, both, people=20)
    assert refused(session, sections[2], 11) == ["over_capacity"]
    ask(session, sections[2], people=10)


def test_more_people_are_refused_to_a_booking_that_stands_too(session):
    _hall, (first, second, _third) = a_whole(session)
    owner = an_actor(session)
    ask(session, first, people=20)
    standing = ask(session, second, actor=owner, people=10)
    with pytest.raises(RequestRefused) as error:
        change_reservation(session, owner, standing.reference, Changes({"people": 11}), NOW)
    assert [rule.code for rule in error.value.broken] == ["over_capacity"]
    change_reservation(session, owner, standing.reference, Changes({"people": 9}), NOW)


def test_staff_can_t_restore_what_would_overfill_the_whole(session):
    _hall, (first, second, _third) = a_whole(session)
    owner, staff = an_actor(session), an_actor(session, role=Role.MANAGER)
    gone = ask(session, first, actor=owner, people=20)
    cancel_reservation(session, owner, gone.reference, NOW)
    ask(session, second, people=20)
    with pytest.raises(RequestRefused) as error:
        restore_reservation(session, staff, gone.reference, NOW)
    assert [rule.code for rule in error.value.broken] == ["over_capacity"]


# ── What is offered ───────────────────────────────────────────────────────────────────────────


def test_what_is_offered_for_so_many_people_is_accepted_and_nothing_else_is(session):
    _hall, (first, second, _third) = a_whole(session)
    ask(session, first, "17:00", "19:00", people=20)
    city = get_catalogue(session)
    window = Period(at("08:00", TUESDAY), at("22:00", TUESDAY))
    place, hour = city.places[second.slug], timedelta(hours=1)
    table = timetables(session, city, [place], window, NOW, people=15)[second.slug]
    start = table.next_start(hour, at("16:30", TUESDAY))
    assert start == at("19:00", TUESDAY)
    assert [(one.starts_at, one.ends_at) for one in table.free_time(window)] == [
        (at("08:00", TUESDAY), at("17:00", TUESDAY)),
        (at("19:00", TUESDAY), at("22:00", TUESDAY)),
    ]
    assert refused(session, second, 15, start="18:30", end="19:30") == ["over_capacity"]
    ask(session, second, "19:00", "20:00", people=15)
    few = timetables(session, city, [place], window, NOW, people=10)[second.slug]
    assert few.next_start(hour, at("16:30", TUESDAY)) == at("16:30", TUESDAY)


STAYS = st.lists(
    st.builds(
        lambda start, length, people, spaces: (start, start + length, people, spaces),
        st.integers(0, 40),
        st.integers(1, 20),
        st.integers(1, 9),
        st.frozensets(st.integers(1, 4), min_size=1),
    ),
    max_size=8,
)


@given(STAYS, st.frozensets(st.integers(1, 4), min_size=1), st.integers(0, 30))
def test_it_is_too_full_exactly_in_the_minutes_with_more_people(stays, spaces, room):
    made = [
        Stay(Period(NOW + start * MINUTE, NOW + end * MINUTE), people, taken)
        for start, end, people, taken in stays
    ]
    found = too_full(made, spaces, room)
    for minute in range(65):
        there = sum(
            people
            for start, end, people, taken in stays
            if start <= minute < end and taken & spaces
        )
        assert (there > room) == any(one.holds(NOW + minute * MINUTE) for one in found)
    assert all(one.ends_at < other.starts_at for one, other in pairwise(found))


# ── Two at once ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.soak
def test_of_two_who_would_fill_different_sections_at_once_one_is_refused(settings, serve, repeats):
    server = serve(settings, workers=3, threads=4)
    with server.session() as session:
        _hall, sections = a_whole(session)
        slugs = [one.slug for one in sections[:2]]
        tokens = people_with_tokens(session, 2, NOW)
        session.commit()
    for number in range(repeats(4, 20)):
        day = TUESDAY + timedelta(days=number)
        wishes = [{**a_wish(slug, day=day), "people": 20} for slug in slugs]
        replies = ask_all_at_once(server.url, tokens, wishes)
        assert Counter(reply.status for reply in replies) == {201: 1, 422: 1}
        [no] = [reply for reply in replies if reply.status == 422]
        assert [one["code"] for one in no.body["violations"]] == ["over_capacity"]
