"""The demo city: its catalogue, made-up people, and a lively calendar of weeks gone and to come.

Bookings are made by the same use cases as anybody's, from a seed, so each load is alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.accounts.demo import LOADER, load_demo_people
from booking.accounts.models import Membership, Organisation, Person
from booking.accounts.queries import actor_of
from booking.catalogue.format import load_associations, load_catalogue
from booking.catalogue.importing import import_catalogue
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import find_catalogue, get_catalogue
from booking.core.actors import Actor
from booking.core.clock import local_date, to_utc
from booking.core.errors import BookingError
from booking.decisions.use_cases import approve_reservation, deny_reservation
from booking.notifications.models import OutgoingEmail
from booking.reservations.circumstances import accepted_terms
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of
from booking.reservations.rules import ReservationRequest
from booking.reservations.states import Kind, State
from booking.reservations.use_cases import request_reservation
from booking.reservations.waiting_use_cases import join_waiting_list
from booking.self_initiated.demo import load_support
from config import ROOT

DATA = ROOT / "demo_city"
SEED = 2026
WEEKS = 9
PAST_WEEKS = 6
ASKED_BEFORE = timedelta(days=15)
"""How long before their day bookings that lie behind were asked for."""
SHARE_APPROVED = 0.8
WISHES = 2

PLACES_BY_KIND = {
    "sports-club": ("gym", "sports-hall", "ice-rink", "sports-field", "swimming-pool"),
    "youth": ("gym", "meeting-room", "group-room"),
    "workplace-sports": ("gym", "sports-hall"),
}
OTHERS = ("assembly-hall", "meeting-room", "group-room", "special-classroom", "canteen")
PURPOSES_BY_KIND = {"sports-club": "sport", "workplace-sports": "sport", "youth": "youth"}
HOURS = (9, 10, 13, 16, 17, 18, 19, 20)

Transact = Callable[..., Any]


@dataclass(frozen=True)
class Wish:
    """What one of the made-up people would like."""

    actor: Actor
    organisation: Organisation | None
    place: Place
    day: date
    hour: int
    hours: int
    title: str
    purpose: str
    people: int


def load_demo(transact: Transact, now: datetime) -> Iterator[str]:
    """Load what is not there yet; a line for each thing done."""
    if transact(_has_no_city):
        host = current_app.config["SETTINGS"].host
        file = load_catalogue(DATA / "catalogue.yaml")
        transact(import_catalogue, LOADER, file, now, host)
        yield "The catalogue of the demo city is in."
    associations = load_associations(DATA / "associations.yaml").associations
    transact(load_demo_people, associations, now)
    yield "The demo people are in; everybody's password is yhteistila-demo."
    count = transact(_load_bookings, now)
    if count:
        yield f"{count} bookings are made up, for the weeks behind and ahead."
    if count := transact(load_support, now):
        yield f"{count} applications for support are made up, in every state."


def _has_no_city(session: Session) -> bool:
    return find_catalogue(session) is None


def _load_bookings(session: Session, now: datetime) -> int:
    """Bookings of all kinds over the weeks, where there are none yet; how many."""
    if session.scalar(select(func.count(Reservation.id))):
        return 0
    city, random = get_catalogue(session), Random(SEED)
    staff = actor_of(session, _person_id(session, "manager@demo.example"))
    count = 0
    past = Random(SEED)
    for wish in _past_wishes(session, city, past, now):
        asked_at = to_utc(wish.day, time(10), city.zone) - ASKED_BEFORE
        count += _fulfil(session, city, staff, wish, past, asked_at)
    count += sum(_close(session, city, staff, now))
    for wish in _wishes(session, city, random, now):
        count += _fulfil(session, city, staff, wish, random, now)
    session.flush()
    _wait_for_some(session, city, now)
    session.execute(
        update(OutgoingEmail)
        .where(OutgoingEmail.reservation_id.is_not(None), OutgoingEmail.sent_at.is_(None))
        .values(due_at=None, last_error="made up for the demo, never sent")
    )
    return count


def _person_id(session: Session, email: str) -> int:
    return session.scalars(select(Person.id).where(Person.email == email)).one()


def _wishes(session: Session, city: Catalogue, random: Random, now: datetime) -> Iterator[Wish]:
    """What associations and the resident would like, in an order that mixes them."""
    wishes: list[Wish] = []
    today = local_date(now, city.zone)
    for organisation, person_id in _secretaries(session):
        actor = actor_of(session, person_id)
        kind = organisation.activity_kind or ""
        places = _places(city, PLACES_BY_KIND.get(kind, OTHERS), now)
        purpose = PURPOSES_BY_KIND.get(kind, random.choice(("culture", "meeting", "wellbeing")))
        title = (organisation.activity or organisation.name).capitalize()
        for place in random.sample(places, min(3, len(places))):
            wishes += _some_weeks(actor, organisation, place, purpose, title, random, today)
    resident = actor_of(session, _person_id(session, "resident@demo.example"))
    rooms = _places(city, ("assembly-hall", "meeting-room", "group-room"), now)
    for place in random.sample(rooms, min(5, len(rooms))):
        day = today + timedelta(days=random.randrange(4, 40))
        wishes.append(Wish(resident, None, place, day, 17, 2, "Syntymäpäivät", "celebration", 15))
    random.shuffle(wishes)
    yield from wishes


def _past_wishes(
    session: Session, city: Catalogue, random: Random, now: datetime
) -> Iterator[Wish]:
    """What associations had asked for in the weeks that have gone by, today among them; the
    earliest first, as it was asked for."""
    today = local_date(now, city.zone)
    wishes: list[Wish] = []
    for organisation, person_id in _secretaries(session):
        actor = actor_of(session, person_id)
        kind = organisation.activity_kind or ""
        place = random.choice(_places(city, PLACES_BY_KIND.get(kind, OTHERS), now))
        purpose = PURPOSES_BY_KIND.get(kind, "meeting")
        title = (organisation.activity or organisation.name).capitalize()
        hour, first = random.choice(HOURS), today - timedelta(days=random.randrange(7))
        for week in range(PAST_WEEKS):
            day, people = first - timedelta(weeks=week), min(place.capacity, 12)
            wishes.append(Wish(actor, organisation, place, day, hour, 2, title, purpose, people))
    yield from sorted(wishes, key=lambda wish: wish.day)


def _secretaries(session: Session) -> Sequence[tuple[Organisation, int]]:
    rows = session.execute(
        select(Organisation, func.min(Membership.person_id))
        .join(Membership)
        .where(Membership.role == "admin", Organisation.is_demo)
        .group_by(Organisation.id)
        .order_by(Organisation.id)
    )
    return rows.all()


def _places(city: Catalogue, kinds: Sequence[str], now: datetime) -> list[Place]:
    """The published spaces of these kinds that not only staff may book."""
    return [
        place
        for place in city.published_places()
        if place.kind.slug in kinds
        and (in_force := place.policy_at(now)) is not None
        and in_force.policy.who_may_book != "staff"
    ]


def _some_weeks(
    actor: Actor,
    organisation: Organisation,
    place: Place,
    purpose: str,
    title: str,
    random: Random,
    today: date,
) -> Iterator[Wish]:
    """The same evening in some of the coming weeks."""
    weekday, hour = random.randrange(7), random.choice(HOURS)
    for week in random.sample(range(WEEKS), 4):
        day = today + timedelta(days=week * 7 + weekday + 1)
        people = random.randrange(5, max(6, min(place.capacity, 60)))
        hours = random.choice((1, 2, 2, 3))
        yield Wish(actor, organisation, place, day, hour, hours, title, purpose, people)


def _fulfil(
    session: Session, city: Catalogue, staff: Actor, wish: Wish, random: Random, now: datetime
) -> int:
    """Ask for it, and let the staff decide about most; 0 where the rules refuse it."""
    starts_at = to_utc(wish.day, time(wish.hour), city.zone)
    request = ReservationRequest(
        spaces=(wish.place.slug,),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=wish.hours),
        title=wish.title,
        purpose=wish.purpose,
        people=wish.people,
        organisation=wish.organisation.slug if wish.organisation else None,
        responsible_adult=True,
        terms=tuple(accepted_terms(city, [wish.place], now)),
    )
    try:
        made = request_reservation(session, wish.actor, request, now)
    except BookingError:
        return 0
    if made.state == "requested" and random.random() < SHARE_APPROVED:
        if random.random() < 0.9:
            approve_reservation(session, staff, made.reference, now)
        else:
            reason = "Sali on silloin siivouksessa. Kokeile toista iltaa."
            deny_reservation(session, staff, made.reference, now, reason)
    return 1


def _wait_for_some(session: Session, city: Catalogue, now: datetime) -> None:
    """The resident waits for a few evenings that others have booked."""
    resident = actor_of(session, _person_id(session, "resident@demo.example"))
    taken = session.scalars(
        select(Reservation)
        .where(
            Reservation.state == State.CONFIRMED,
            Reservation.organisation_id.is_not(None),
            Reservation.starts_at > now + timedelta(days=7),
        )
        .order_by(Reservation.starts_at, Reservation.id)
    )
    days: set[date] = set()
    for one in taken:
        if local_date(one.starts_at, city.zone) in days:
            continue
        wish = ReservationRequest(
            spaces=(places_of(city, one)[0].slug,),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            title="Syntymäpäivät",
            purpose="celebration",
            people=15,
            hold=True,
        )
        try:
            join_waiting_list(session, resident, wish, now)
        except BookingError:
            continue
        days.add(local_date(one.starts_at, city.zone))
        if len(days) == WISHES:
            return


def _close(session: Session, city: Catalogue, staff: Actor, now: datetime) -> Iterator[int]:
    """A few closures, as every city has them."""
    today = local_date(now, city.zone)
    halls = _places(city, ("sports-hall", "assembly-hall"), now)[:3]
    for number, place in enumerate(halls):
        starts_at = to_utc(today + timedelta(days=10 + 9 * number), time(8), city.zone)
        closure = ReservationRequest(
            spaces=(place.slug,),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=8),
            title="Huolto",
            kind=Kind.CLOSURE,
        )
        try:
            request_reservation(session, staff, closure, now)
        except BookingError:
            continue
        yield 1
