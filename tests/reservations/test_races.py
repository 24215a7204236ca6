"""Races over HTTP, by real processes: of any number of askers exactly one wins, and never none."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from booking.reservations.models import Occupancy, Reservation
from tests.askers import ask_all_at_once, overlaps, people_with_tokens, send
from tests.places import a_combination, a_hall, a_policy, a_space, a_unit
from tests.values import MONDAY, NOW, ZONE, at

pytestmark = pytest.mark.soak
DAY = MONDAY + timedelta(days=1)
ASKERS = 200


def a_wish(space, start="18:00", end="20:00", day=DAY):
    return {
        "space": space,
        "starts_at": at(start, day).isoformat(),
        "ends_at": at(end, day).isoformat(),
        "terms_version": "2026-01-01",
        "title": "Race",
        "purpose": "culture",
        "people": 5,
    }


@pytest.fixture
def server(settings, serve):
    return serve(settings, workers=3, threads=4)


def count_of(session, model):
    return session.scalar(select(func.count(model.id)))


def test_of_200_askers_of_one_slot_exactly_one_wins(server, repeats):
    with server.session() as session:
        room = a_space(session).slug
        tokens = people_with_tokens(session, ASKERS, NOW)
        session.commit()
    for round_ in range(repeats(2, 20)):
        wish = a_wish(room, day=DAY + timedelta(days=round_))
        replies = ask_all_at_once(server.url, tokens, [wish] * ASKERS)
        assert Counter(reply.status for reply in replies) == {201: 1, 409: ASKERS - 1}
        refusals = [reply.body for reply in replies if reply.status == 409]
        assert all(body["code"] == "not_free" for body in refusals)
        assert all(body["alternatives"] for body in refusals)
        with server.session() as session:
            assert overlaps(session) == 0
            assert count_of(session, Reservation) == count_of(session, Occupancy) == round_ + 1


def test_of_whole_section_and_combination_that_share_a_part_exactly_one_wins(server, repeats):
    with server.session() as session:
        hall, sections = a_hall(session)
        both = a_combination(session, hall, sections[:2])
        wanted = [hall.slug, sections[0].slug, both.slug]
        tokens = people_with_tokens(session, 60, NOW)
        session.commit()
    for round_ in range(repeats(2, 20)):
        day = DAY + timedelta(days=round_)
        wishes = [a_wish(wanted[number % 3], day=day) for number in range(len(tokens))]
        replies = ask_all_at_once(server.url, tokens, wishes)
        assert Counter(reply.status for reply in replies) == {201: 1, 409: len(tokens) - 1}
        with server.session() as session:
            assert overlaps(session) == 0


def test_overlapping_sweeps_never_double_book_and_leave_no_free_start_behind(server):
    with server.session() as session:
        room = a_space(session).slug
        tokens = people_with_tokens(session, 80, NOW)
        session.commit()
    starts = [(8 * 60 + 30 * (number % 27)) for number in range(len(tokens))]
    wishes = [
        a_wish(room, f"{s // 60:02}:{s % 60:02}", f"{(s + 60) // 60:02}:{(s + 60) % 60:02}")
        for s in starts
    ]
    replies = ask_all_at_once(server.url, tokens, wishes)
    statuses = Counter(reply.status for reply in replies)
    assert set(statuses) == {201, 409}
    with server.session() as session:
        assert overlaps(session) == 0
        assert count_of(session, Reservation) == statuses[201]
    window = f"from={at('08:00', DAY):%Y-%m-%dT%H:%M:%SZ}&to={at('22:00', DAY):%Y-%m-%dT%H:%M:%SZ}"
    left = send(server.url, "GET", f"/spaces/{room}/availability?{window}", None).body["free"]
    wanted = {at(wish_start(w), DAY) for w in wishes}
    for free in left:
        length = at("09:00", DAY) - at("08:00", DAY)
        assert not any(
            free["starts_at"] <= start.strftime("%Y-%m-%dT%H:%M:%SZ")
            and (start + length).strftime("%Y-%m-%dT%H:%M:%SZ") <= free["ends_at"]
            for start in wanted
        )


def wish_start(wish):
    return f"{datetime.fromisoformat(wish['starts_at']).astimezone(ZONE):%H:%M}"


def test_a_quota_of_one_asked_for_twice_at_once_is_granted_once(server, repeats):
    quota = {"active": 1, "hours_per_week": None, "series_counts_as": "one"}
    with server.session() as session:
        policy, unit = a_policy(session, quota=quota), a_unit(session)
        rooms = [a_space(session, unit=unit, policy=policy).slug for _ in range(2)]
        tokens = people_with_tokens(session, repeats(4, 40), NOW)
        session.commit()
    for number, token in enumerate(tokens):
        day = DAY + timedelta(days=number)
        wishes = [a_wish(room, day=day) for room in rooms]
        replies = ask_all_at_once(server.url, [token, token], wishes)
        assert sorted(reply.status for reply in replies) == [201, 422]
        refused = next(reply for reply in replies if reply.status == 422)
        assert [v["code"] for v in refused.body["violations"]] == ["quota_exceeded"]


def test_a_key_sent_by_many_at_once_makes_one_reservation(server):
    with server.session() as session:
        room = a_space(session).slug
        (token,) = people_with_tokens(session, 1, NOW)
        session.commit()

    def ask(_number):
        return send(
            server.url,
            "POST",
            "/reservations",
            token,
            a_wish(room),
            **{"Idempotency-Key": "one and the same"},
        )

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(ask, range(20)))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body["reference"] for reply in replies}) == 1
    with server.session() as session:
        assert count_of(session, Reservation) == 1
