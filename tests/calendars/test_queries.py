"""Which reservations a feed shows, in which words, and from how many queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.accounts.models import Membership
from booking.audit.changes import raise_counters
from booking.calendars.fragments import Content, Events, events_of, of_private, of_space, of_unit
from booking.calendars.models import FeedFragment
from booking.calendars.queries import (
    CONSENTS,
    PrivateFeed,
    get_private_feed,
    get_space_feed,
    get_unit_feed,
    my_feeds,
)
from booking.calendars.rules import FeedKind
from booking.calendars.use_cases import FeedWish, create_feed, store_fragments
from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.core.actors import Actor, ActorKind
from booking.core.errors import NotFound
from booking.reservations.states import State
from tests.builders import a_person, an_organisation
from tests.calendars.lint import unfolded
from tests.calendars.town import START, a_reservation, a_town, count_change
from tests.calendars.values import WORDING
from tests.statements import counted

DAY = timedelta(days=1)


def space_events(session: Session, slug: str, now: datetime) -> Events:
    city = get_catalogue(session)
    return _events(session, of_space(city, city.places[slug], now))


def unit_events(session: Session, slug: str, now: datetime) -> Events:
    city = get_catalogue(session)
    return _events(session, of_unit(city, city.units[slug], now))


def private_events(session: Session, feed: PrivateFeed, now: datetime) -> Events:
    return _events(session, of_private(get_catalogue(session), feed, now))


def _events(session: Session, content: Content) -> Events:
    return events_of(session, get_catalogue(session), content, WORDING)


def summaries(events: Events) -> list[str]:
    return [_value(text, "SUMMARY") for text in events.texts]


def _value(text: bytes, name: str) -> str:
    [line] = [line for line in unfolded(text) if line.startswith(f"{name}:")]
    return line.partition(":")[2]


def a_feed(session: Session, actor: Actor, now: datetime, **wish: Any) -> PrivateFeed:
    chosen = FeedWish(**{"kind": FeedKind.MINE, "language": "fi", **wish})
    _feed, secret = create_feed(session, actor, chosen, now)
    return get_private_feed(session, secret)


# ── Public ────────────────────────────────────────────────────────────────────────────────────


def test_a_space_shows_whatever_takes_any_of_its_parts(session: Session, now: datetime) -> None:
    town = a_town(session)
    a_reservation(session, [town.section_1])
    a_reservation(session, [town.hall], starts_at=START + DAY)
    a_reservation(session, [town.room, town.section_2], starts_at=START + 2 * DAY)
    assert len(space_events(session, "sali", now).texts) == 3
    assert len(space_events(session, "lohko-1", now).texts) == 2
    assert len(space_events(session, "huone", now).texts) == 1


def test_a_unit_shows_its_published_spaces_and_names_them(session: Session, now: datetime) -> None:
    town = a_town(session)
    a_reservation(session, [town.section_1])
    a_reservation(session, [town.store], starts_at=START + DAY)
    a_reservation(session, [town.room], starts_at=START + 2 * DAY)
    assert summaries(unit_events(session, "koulu", now)) == ["Lohko-1: Varattu"]


def test_one_booking_of_several_spaces_is_worded_for_each_feed(
    session: Session, now: datetime
) -> None:
    town = a_town(session)
    a_reservation(session, [town.section_1, town.room])
    for _ in range(2):  # made anew, then from what was stored
        in_space, in_unit = space_events(session, "huone", now), unit_events(session, "talo", now)
        assert summaries(in_space) == ["Varattu"]
        assert summaries(in_unit) == ["Lohko-1\\, Huone: Varattu"]
        store_fragments(session, [*in_space.fresh, *in_unit.fresh])


@pytest.mark.parametrize("state", ["cancelled", "denied", "expired"])
def test_public_feeds_drop_what_no_longer_holds_the_space(
    session: Session, now: datetime, state: str
) -> None:
    a_reservation(session, [a_town(session).hall], state=state)
    assert space_events(session, "sali", now).texts == ()


def test_closures_are_shown_as_closed(session: Session, now: datetime) -> None:
    a_reservation(session, [a_town(session).hall], kind="closure", title="Vesivahinko")
    assert summaries(space_events(session, "sali", now)) == ["Suljettu"]


def test_a_hold_that_is_over_is_gone_before_anybody_tidies(session: Session, now: datetime) -> None:
    town = a_town(session)
    a_reservation(session, [town.hall], state="held", held_until=now)
    later = now + timedelta(seconds=1)
    a_reservation(session, [town.room], state="held", held_until=later)
    assert space_events(session, "sali", now).texts == ()
    assert _value(space_events(session, "huone", now).texts[0], "STATUS") == "TENTATIVE"


def test_the_window_of_a_space_is_31_days_back_and_400_ahead(
    session: Session, now: datetime
) -> None:
    town = a_town(session)
    first, end = datetime(2026, 12, 10, 22, tzinfo=UTC), datetime(2028, 2, 15, 22, tzinfo=UTC)
    length, second = timedelta(minutes=90), timedelta(seconds=1)
    a_reservation(session, [town.hall], starts_at=first - length)
    a_reservation(session, [town.room], starts_at=first - length + second)
    assert space_events(session, "sali", now).texts == ()
    assert len(space_events(session, "huone", now).texts) == 1
    a_reservation(session, [town.hall], starts_at=end)
    a_reservation(session, [town.room], starts_at=end - second)
    assert space_events(session, "sali", now).texts == ()
    assert len(space_events(session, "huone", now).texts) == 2


@pytest.mark.parametrize(
    ("consents", "verified", "told"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_an_organisation_is_named_only_when_verified_and_willing(
    session: Session, now: datetime, consents: bool, verified: bool, told: bool
) -> None:
    town = a_town(session)
    choir = an_organisation(
        session, name="Kuoro ry", name_public=consents, verified_at=now if verified else None
    )
    a_reservation(session, [town.hall], organisation_id=choir.id)
    named = "Varattu: Kuoro ry" if told else "Varattu"
    assert summaries(space_events(session, "sali", now)) == [named]
    assert summaries(unit_events(session, "koulu", now)) == [f"Sali: {named}"]


def test_events_come_by_start(session: Session, now: datetime) -> None:
    town = a_town(session)
    for days in (3, 1, 2):
        a_reservation(session, [town.hall], starts_at=START + days * DAY)
    starts = [_value(text, "DTSTART") for text in space_events(session, "sali", now).texts]
    assert starts == sorted(starts)
    assert len(starts) == 3


# ── Private ───────────────────────────────────────────────────────────────────────────────────


def test_mine_are_my_own_and_those_of_my_organisations(session: Session, now: datetime) -> None:
    town = a_town(session)
    maija, other = a_person(session), a_person(session)
    choir = an_organisation(session, members=[maija], admins=[other])
    actor = Actor(ActorKind.PERSON, maija.id, organisations={choir.id: "member"})
    a_reservation(session, [town.hall], booked_for_id=maija.id, title="Oma")
    a_reservation(
        session, [town.room], booked_for_id=other.id, organisation_id=choir.id, title="Kuoro"
    )
    a_reservation(session, [town.store], booked_for_id=other.id, title="Vieras")
    mine = private_events(session, a_feed(session, actor, now), now)
    assert sorted(summaries(mine)) == ["Kuoro", "Oma"]
    ours = a_feed(session, actor, now, kind=FeedKind.ORGANISATION, organisation=choir.slug)
    assert summaries(private_events(session, ours, now)) == ["Kuoro"]


def test_cancelled_ones_stay_for_30_days_in_private_feeds(session: Session, now: datetime) -> None:
    town, maija = a_town(session), a_person(session)
    a_reservation(
        session,
        [town.hall],
        booked_for_id=maija.id,
        state="cancelled",
        state_since=now,
        starts_at=START + 60 * DAY,
    )
    feed = a_feed(session, Actor(ActorKind.PERSON, maija.id), now)
    for days, shown in ((0, True), (30, True), (31, False)):
        assert bool(private_events(session, feed, now + days * DAY).texts) is shown
    [text] = private_events(session, feed, now).texts
    assert _value(text, "SUMMARY") == "Peruttu: Kuoron harjoitus"
    assert _value(text, "STATUS") == "CANCELLED"


@pytest.mark.parametrize("kind", [FeedKind.ORGANISATION, FeedKind.MINE])
def test_whoever_leaves_an_organisation_no_longer_reads_its_calendar(
    session: Session, now: datetime, kind: FeedKind
) -> None:
    town, maija = a_town(session), a_person(session)
    choir = an_organisation(session, members=[maija])
    actor = Actor(ActorKind.PERSON, maija.id, organisations={choir.id: "member"})
    a_reservation(session, [town.hall], organisation_id=choir.id)
    wish = FeedWish(kind, "fi", choir.slug if kind is FeedKind.ORGANISATION else None)
    _feed, secret = create_feed(session, actor, wish, now)
    before = get_private_feed(session, secret)
    session.execute(delete(Membership).where(Membership.person_id == maija.id))
    after = get_private_feed(session, secret)
    assert before.tag(now, "") != after.tag(now, "")
    assert after.is_open is (kind is FeedKind.MINE)
    assert kind is FeedKind.ORGANISATION or private_events(session, after, now).texts == ()


def test_an_account_that_may_not_be_used_reads_nothing(session: Session, now: datetime) -> None:
    a_town(session)
    maija = a_person(session, is_active=False)
    assert not a_feed(session, Actor(ActorKind.PERSON, maija.id), now).is_open


def test_nobody_guesses_a_secret(session: Session, now: datetime) -> None:
    a_town(session)
    with pytest.raises(NotFound):
        get_private_feed(session, "guessed")


# ── Stored texts ──────────────────────────────────────────────────────────────────────────────


def test_what_was_stored_is_read_back_and_nothing_is_made(session: Session, now: datetime) -> None:
    a_reservation(session, [a_town(session).hall])
    first = space_events(session, "sali", now)
    store_fragments(session, first.fresh)
    second = space_events(session, "sali", now)
    assert second.texts == first.texts
    assert second.fresh == ()
    in_unit = unit_events(session, "koulu", now)
    assert len(in_unit.fresh) == 1


def test_storing_again_replaces(session: Session, now: datetime) -> None:
    a_reservation(session, [a_town(session).hall])
    fresh = space_events(session, "sali", now).fresh
    store_fragments(session, fresh)
    store_fragments(session, fresh)
    assert len(session.scalars(select(FeedFragment)).all()) == 1


def test_every_change_that_is_seen_makes_a_stored_text_stale(
    session: Session, now: datetime
) -> None:
    town = a_town(session)
    choir = an_organisation(session, name="Kuoro ry", name_public=True)
    reservation = a_reservation(session, [town.hall], organisation_id=choir.id)

    def change_time() -> None:
        reservation.starts_at += timedelta(minutes=15)
        reservation.changed(now, for_calendars=True)

    def rename() -> None:
        choir.name = "Kööri ry"

    def withdraw() -> None:
        choir.name_public = False

    changes: list[Callable[[], None]] = [
        change_time,
        rename,
        withdraw,
        lambda: raise_catalogue_version(session),
    ]
    store_fragments(session, space_events(session, "sali", now).fresh)
    for change in changes:
        change()
        session.flush()
        fresh = space_events(session, "sali", now).fresh
        assert len(fresh) == 1, change
        store_fragments(session, fresh)
        assert space_events(session, "sali", now).fresh == ()


@pytest.mark.parametrize("size", [1, 40])
def test_the_number_of_queries_does_not_depend_on_the_size(
    session: Session, now: datetime, size: int
) -> None:
    town = a_town(session)
    for days in range(size):
        a_reservation(session, [town.hall, town.room], starts_at=START + days * DAY)
    city = get_catalogue(session)
    content = of_space(city, city.places["sali"], now)
    session.expunge_all()
    with counted(session.get_bind().engine) as sent:
        made = events_of(session, city, content, WORDING)
    assert (len(sent), len(made.texts)) == (3, size)
    store_fragments(session, made.fresh)
    with counted(session.get_bind().engine) as sent:
        assert len(events_of(session, city, content, WORDING).texts) == size
    assert len(sent) == 1


# ── Has it changed? ───────────────────────────────────────────────────────────────────────────


def test_a_feed_has_another_tag_after_each_change_that_it_shows(
    session: Session, now: datetime
) -> None:
    town = a_town(session)
    reservation = a_reservation(session, [town.hall])

    def tags() -> list[str]:
        feeds = get_space_feed(session, "lohko-1"), get_unit_feed(session, "koulu")
        return [feed.tag(now, WORDING.digest) for feed in feeds]

    before = tags()
    assert tags() == before
    reservation.step_to(State.CANCELLED, now)
    count_change(session, reservation, now)
    after = tags()
    raise_counters(session, [CONSENTS], now)
    session.commit()
    last = tags()
    for one, two, three in zip(before, after, last, strict=True):
        assert len({one, two, three}) == 3


def test_other_units_other_words_and_other_days_are_told_apart(
    session: Session, now: datetime
) -> None:
    town = a_town(session)
    house = get_unit_feed(session, "talo")
    a_reservation(session, [town.hall])
    assert get_unit_feed(session, "talo").tag(now, "") == house.tag(now, "")
    assert house.tag(now, "") != house.tag(now, "other words")
    assert house.tag(now, "") != house.tag(now + DAY, "")
    assert house.tag(now, "") == house.tag(now + timedelta(hours=1), "")


def test_a_removal_is_a_modification(session: Session, now: datetime) -> None:
    reservation = a_reservation(session, [a_town(session).hall])
    midnight = datetime(2027, 1, 10, 22, tzinfo=UTC)
    assert get_space_feed(session, "sali").last_modified(now) == midnight
    reservation.step_to(State.CANCELLED, now)
    count_change(session, reservation, now)
    assert get_space_feed(session, "sali").last_modified(now) == now


@pytest.mark.parametrize("read", [get_space_feed, get_unit_feed])
def test_an_unknown_slug_is_not_found(session: Session, read: Callable[..., object]) -> None:
    a_town(session)
    with pytest.raises(NotFound):
        read(session, "missing")


# ── Whose ─────────────────────────────────────────────────────────────────────────────────────


def test_my_feeds_are_listed_newest_first_without_others_and_revoked_ones(
    session: Session, now: datetime
) -> None:
    a_town(session)
    maija, other = a_person(session), a_person(session)
    actor = Actor(ActorKind.PERSON, maija.id)
    first = a_feed(session, actor, now)
    second = a_feed(session, actor, now + DAY)
    a_feed(session, Actor(ActorKind.PERSON, other.id), now)
    assert [row.id for row in my_feeds(session, maija.id)] == [second.id, first.id]
