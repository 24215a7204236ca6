"""Reservations when their spaces are divided in another way: they follow, or nothing happens."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from booking.catalogue import models as m
from booking.catalogue.commands import RETAKE_PARTS
from booking.catalogue.format import write_catalogue
from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.core.actors import Role
from booking.reservations.models import Occupancy
from booking.reservations.retaking import PartsCollide, follow_division, retake_parts
from booking.reservations.states import Kind, State
from booking.reservations.use_cases import cancel_reservation
from tests.catalogue.demo_files import imported, some_units, space_named
from tests.catalogue.test_importing import divided_hall
from tests.places import a_space, a_unit, an_actor, ask
from tests.values import MONDAY, NOW, at

TUESDAY = MONDAY + timedelta(days=1)


def taken(session, reservation):
    """The parts that a reservation holds, by slug, and for which time."""
    rows = session.execute(
        select(m.Part.slug, Occupancy.starts_at, Occupancy.ends_at)
        .join(Occupancy, Occupancy.part_id == m.Part.id)
        .where(Occupancy.reservation_id == reservation.id)
        .order_by(m.Part.slug, Occupancy.starts_at)
    )
    return [tuple(row) for row in rows]


def divide(session, space, *parts):
    """Let the space cover these parts and no others; they may be other spaces'."""
    space.parts = list(parts)
    session.flush()
    raise_catalogue_version(session)


def retake(session, *spaces, now=NOW):
    retake_parts(session, get_catalogue(session), {space.id for space in spaces}, now)


def test_a_reservation_takes_the_parts_its_space_has_now(session):
    room = a_space(session)
    reservation = ask(session, room, "18:00", "20:00")
    divide(session, room, m.Part(slug="left"), m.Part(slug="right"))
    retake(session, room)
    period = (at("18:00", TUESDAY), at("20:00", TUESDAY))
    assert taken(session, reservation) == [("left", *period), ("right", *period)]


def test_set_up_and_clean_up_are_kept(session):
    room = a_space(session, policy_buffer_before_min=30, policy_buffer_after_min=15)
    reservation = ask(session, room, "18:00", "20:00")
    divide(session, room, m.Part(slug="left"))
    retake(session, room)
    assert taken(session, reservation) == [
        ("left", at("17:30", TUESDAY), at("20:15", TUESDAY)),
    ]


def test_what_has_ended_or_was_cancelled_stays_as_it_is(session):
    room = a_space(session)
    ended = ask(session, room, "10:00", "11:00")
    cancelled = ask(session, room, "18:00", "20:00", actor=(someone := an_actor(session)))
    cancel_reservation(session, someone, cancelled.reference, NOW)
    before = taken(session, ended)
    divide(session, room, m.Part(slug="left"))
    retake(session, room, now=at("12:00", TUESDAY))
    assert taken(session, ended) == before
    assert taken(session, cancelled) == []


def test_reservations_of_other_spaces_stay_as_they_are(session):
    room, other = a_space(session), a_space(session)
    reservation = ask(session, other)
    keys = session.scalars(select(Occupancy.id)).all()
    divide(session, room, m.Part(slug="left"))
    retake(session, room)
    assert session.scalars(select(Occupancy.id)).all() == keys
    assert len(taken(session, reservation)) == 1


def test_where_two_would_collide_all_pairs_are_named(session):
    one, two = a_space(session), a_space(session)
    first, second = ask(session, one, "18:00", "20:00"), ask(session, two, "19:00", "21:00")
    ask(session, two, "21:00", "22:00")
    divide(session, two, *one.parts)
    with pytest.raises(PartsCollide) as refused:
        retake(session, two)
    pair = " and ".join(sorted((first.reference, second.reference)))
    assert refused.value.values == {"references": pair}


def test_two_that_follow_together_collide_too(session):
    one, two = a_space(session), a_space(session)
    ask(session, one), ask(session, two)
    shared = m.Part(slug="shared")
    divide(session, one, shared)
    divide(session, two, shared)
    with pytest.raises(PartsCollide):
        retake(session, one, two)


def test_reservations_may_touch(session):
    one, two = a_space(session), a_space(session)
    ask(session, one, "18:00", "20:00")
    second = ask(session, two, "20:00", "21:00")
    divide(session, two, *one.parts)
    retake(session, two)
    assert [slug for slug, *_ in taken(session, second)] == [one.slug]


def test_a_hold_whose_time_is_over_is_in_nobodys_way(session):
    one, two = a_space(session), a_space(session)
    hold, second = ask(session, one, hold=True), ask(session, two)
    divide(session, two, *one.parts)
    retake(session, two, now=NOW + timedelta(hours=1))
    session.refresh(hold)
    assert hold.state == State.EXPIRED
    assert [slug for slug, *_ in taken(session, second)] == [one.slug]


def test_a_closure_takes_what_no_other_closure_holds(session):
    unit = a_unit(session)
    manager = an_actor(session, role=Role.MANAGER, unit=unit)
    one, two = a_space(session, unit=unit), a_space(session, unit=unit)
    close = partial(ask, session, actor=manager, kind=Kind.CLOSURE)
    close(one, "10:00", "14:00")
    second = close(two, "12:00", "16:00")
    divide(session, two, *one.parts)
    retake(session, two)
    assert taken(session, second) == [(one.slug, at("14:00", TUESDAY), at("16:00", TUESDAY))]


def test_an_import_that_divides_a_space_takes_its_reservations_along(session, now):
    imported(session, some_units(), now)
    hall = space_named(session, "kaspersali")
    manager = an_actor(session, role=Role.MANAGER)
    reservation = ask(session, hall, "17:00", "18:00", actor=manager, kind=Kind.CLOSURE)
    follow = partial(follow_division, now=now)
    imported(session, divided_hall(some_units()), now, on_parts_changed=follow)
    held = [slug for slug, *_ in taken(session, reservation)]
    assert held == ["kaspersali-a", "kaspersali-b"]


def test_the_command_takes_reservations_along(app, session, now, tmp_path):
    app.extensions[RETAKE_PARTS] = follow_division
    imported(session, some_units(), now)
    manager = an_actor(session, role=Role.MANAGER)
    hall = space_named(session, "kaspersali")
    reservation = ask(session, hall, "17:00", "18:00", actor=manager, kind=Kind.CLOSURE)
    session.commit()
    path = tmp_path / "catalogue.yaml"
    path.write_text(write_catalogue(divided_hall(some_units())), encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["catalogue", "import", str(path)])
    assert result.exit_code == 0, result.output
    assert [slug for slug, *_ in taken(session, reservation)] == ["kaspersali-a", "kaspersali-b"]
