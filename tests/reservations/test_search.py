"""Finding by day: a space is found where its shortest booking can start that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.catalogue.finding import Criteria
from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.catalogue.rules import TimeSpan
from booking.catalogue.version_models import PolicyVersion
from booking.core.actors import Grant, Role
from booking.core.periods import Period
from booking.database import writing
from booking.reservations.search import Search, find_spaces, free_on
from booking.reservations.states import Kind
from tests.builders import a_person
from tests.places import POLICY, a_policy, a_space, a_unit, an_actor, ask
from tests.values import MONDAY, NOW, ZONE, a_period, a_place, a_timetable, at, some_hours
from tests.values import a_policy as policy_of

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
NIGHT_AND_DAY = some_hours(0, 24)


def exhibition(**values):
    """A day at least, up to four weeks, nights included."""
    return policy_of(
        **{
            "start_interval": timedelta(hours=1),
            "shortest": timedelta(days=1),
            "longest": timedelta(days=28),
            "may_span_closed_hours": True,
            **values,
        }
    )


def on(table, day=TUESDAY, start=None, end=None):
    search = Search(Criteria(), day, start, end)
    hits = free_on([table.place], {"room": table}, search, table.now, ZONE)
    return hits[0] if hits else None


def test_a_space_whose_bookings_span_the_night_is_found_by_day():
    hit = on(a_timetable(exhibition(), days=4))
    assert hit.offer == Period(at("08:00", TUESDAY), at("08:00", WEDNESDAY))
    assert hit.free[0] == hit.offer


def test_it_is_not_found_where_the_night_after_is_taken():
    table = a_timetable(exhibition(), taken=[a_period("07:00", "08:00", WEDNESDAY)], days=4)
    assert on(table) is None


def test_a_booking_may_start_before_midnight_and_end_after_it():
    place = a_place(hours=NIGHT_AND_DAY)
    policy = policy_of(shortest=timedelta(hours=1))
    taken = [a_period("00:00", "23:30", TUESDAY)]
    hit = on(a_timetable(policy, taken=taken, days=4, place=place))
    assert hit.free == (Period(at("23:30", TUESDAY), at("00:30", WEDNESDAY)),)


def test_a_start_of_the_next_day_is_not_one_of_this_day():
    place = a_place(hours=NIGHT_AND_DAY)
    table = a_timetable(taken=[a_period("00:00", "24:00", TUESDAY)], days=4, place=place)
    assert on(table) is None


def test_free_time_begins_at_the_start_asked_for_and_before_the_end():
    taken = [a_period("12:00", "14:00", TUESDAY)]
    table = a_timetable(taken=taken, days=4)
    assert on(table, start=11 * 60).free == (
        a_period("11:00", "12:00", TUESDAY),
        a_period("14:00", "22:00", TUESDAY),
    )
    assert on(table, start=11 * 60 + 10).free[0] == a_period("11:30", "12:00", TUESDAY)
    assert on(table, end=12 * 60).free == (a_period("08:00", "12:00", TUESDAY),)
    assert on(table, end=8 * 60) is None


def test_a_policy_whose_shortest_booking_is_too_long_for_it_offers_nothing():
    policy = policy_of(
        start_interval=timedelta(hours=1),
        shortest=timedelta(minutes=90),
        longest=timedelta(minutes=90),
    )
    table = a_timetable(policy, days=4)
    assert on(table) is None
    assert on(table, day=None).free == ()


def test_what_is_offered_is_as_long_as_the_policy_allows_not_as_the_gap():
    table = a_timetable(taken=[a_period("08:55", "22:00", TUESDAY)], days=2)
    assert on(table).free == (a_period("08:00", "08:55", TUESDAY),)
    assert on(table).offer == a_period("08:00", "08:30", TUESDAY)


def test_the_search_reads_as_far_as_the_shortest_booking_reaches(session):
    long = {"policy_may_span_closed_hours": True, "policy_max_duration_min": 40320}
    room = a_space(session, policy_min_duration_min=2880, **long)
    city = get_catalogue(session)
    search = Search(Criteria(), TUESDAY)
    assert [hit.place.slug for hit in find_spaces(session, city, search, 1, NOW).hits] == [
        room.slug
    ]
    staff = an_actor(session, role=Role.MANAGER)
    ask(session, room, "12:00", "13:00", day=WEDNESDAY, actor=staff, kind=Kind.CLOSURE)
    assert find_spaces(session, city, search, 1, NOW).count == 0


def test_the_exhibition_space_of_the_demo_city_is_found_by_day(city_session):
    city = get_catalogue(city_session)
    search = Search(Criteria(q="näyttelytila"), date(2027, 2, 24))
    found = find_spaces(city_session, city, search, 1, NOW)
    assert "paakirjaston-nayttelytila" in {hit.place.slug for hit in found.hits}


def test_an_offer_waits_for_the_notice():
    table = a_timetable(policy_of(notice=TimeSpan(days=1)), days=4)
    assert on(table, day=MONDAY) is None
    assert on(table).free == (a_period("08:00", "22:00", TUESDAY),)


# ── The version of the policy that is in force ────────────────────────────────────────────────


LATER = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def visitor(app, client, session):
    """A client of somebody with these grants."""

    def sign_in(*grants):
        with writing():
            person = a_person(
                session, email="somebody@example.com", password="right horse", grants=grants
            )
            session.commit()
        app.config["WTF_CSRF_ENABLED"] = False
        client.post("/en/sign-in", data={"email": person.email, "password": "right horse"})
        return client

    return sign_in


def with_later_version(session, policy, **content):
    """The policy with a version that is not in force yet."""
    policy.versions.append(
        PolicyVersion(valid_from=LATER.date(), in_force_from=LATER, content={**POLICY, **content})
    )
    session.flush()
    raise_catalogue_version(session)
    return policy


def test_a_version_to_come_does_not_rule_yet(visitor, session):
    with writing():
        policy = with_later_version(
            session, a_policy(session), who_may_book="staff", requires_adult=True
        )
        room = a_space(session, policy=policy)
        session.commit()
    client = visitor()
    assert f"/spaces/{room.slug}/reserve" in client.get(f"/en/spaces?date={TUESDAY}").text
    assert "responsible_adult" not in client.get(f"/en/spaces/{room.slug}/reserve").text


def test_a_space_whose_policy_is_all_to_come_can_be_looked_at_but_not_asked_for(visitor, session):
    with writing():
        policy = a_policy(session)
        policy.versions[0].in_force_from = LATER
        room = a_space(session, policy=policy)
        session.commit()
    client = visitor()
    for path in ("/en/spaces", f"/en/spaces?date={TUESDAY}", f"/en/spaces/{room.slug}"):
        page = client.get(path)
        assert page.status_code == 200
        assert f"/spaces/{room.slug}/reserve" not in page.text
    refused = client.get(f"/en/spaces/{room.slug}/reserve")
    assert refused.status_code == 422
    assert "be booked yet" in refused.text


# ── Who may know of a place ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.VIEWER, 200), (Role.BOOKER, 200)])
def test_all_pages_of_an_unpublished_place_agree_on_who_may_know_of_it(
    visitor, session, role, status
):
    with writing():
        unit = a_unit(session, published=False)
        room = a_space(session, unit=unit)
        session.commit()
    client = visitor(*([Grant(role, unit.id)] if role else []))
    paths = (
        f"/en/spaces/{room.slug}",
        f"/en/spaces/{room.slug}/reserve",
        f"/en/units/{unit.slug}",
    )
    assert [client.get(path).status_code for path in paths] == [status] * 3
