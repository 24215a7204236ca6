"""Plain values of the catalogue for tests of rules; no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from booking.catalogue.opening import HoursException, OpeningHours, Pattern, Week
from booking.catalogue.places import Named, Place, PolicyInForce, PriceList, PriceRow, UnitPlace
from booking.catalogue.rules import Policy, Quota, TimeSpan
from booking.core.clock import opening_instant
from booking.core.periods import Period
from booking.reservations.availability import Schedule, Timetable
from booking.reservations.rules import (
    Circumstances,
    Organiser,
    ReservationRequest,
)
from booking.reservations.usage import Used

ZONE = ZoneInfo("Europe/Helsinki")
MONDAY = date(2027, 1, 11)
NOW = datetime.combine(MONDAY, time(10), tzinfo=ZONE).astimezone(UTC)


def texts(text: str) -> dict[str, str]:
    return {"fi": text, "sv": text, "en": text}


def at(clock: str, day: date = MONDAY) -> datetime:
    """The instant of a wall time such as "18:00" (or "24:00") on `day`."""
    hours, minutes = clock.split(":")
    return opening_instant(day, int(hours) * 60 + int(minutes), ZONE)


def a_period(start: str, end: str, day: date = MONDAY) -> Period:
    return Period(at(start, day), at(end, day))


def a_week(*intervals: tuple[int, int]) -> Week:
    """The same hours every day, in minutes after midnight."""
    return Week((tuple(intervals),) * 7)


def some_hours(
    start: int = 8, end: int = 22, exceptions: Sequence[HoursException] = ()
) -> OpeningHours:
    """Open every day from `start` to `end`, full hours."""
    return OpeningHours((Pattern(a_week((start * 60, end * 60))),), tuple(exceptions))


def a_policy(**values: Any) -> Policy:
    """Instant, for anyone, half hours of half an hour to four, from now to 60 days ahead."""
    usual: dict[str, Any] = {
        "approval": "instant",
        "start_interval": timedelta(minutes=30),
        "shortest": timedelta(minutes=30),
        "longest": timedelta(hours=4),
        "horizon_days": 60,
        "quota": Quota(active=3, hours_per_week=None),
        "notice": TimeSpan(hours=0),
        "cancel_before": TimeSpan(hours=2),
    }
    return Policy(
        **{"slug": "usual", "name": texts("usual"), "terms": "general", **usual, **values}
    )


def a_unit(**values: Any) -> UnitPlace:
    usual: dict[str, Any] = {
        "id": 1,
        "slug": "house",
        "name": texts("House"),
        "description": texts("A house."),
        "published": True,
        "evidence": "found",
        "confidence": "high",
        "street_address": "Puistokatu 2",
        "postcode": "49400",
        "district": Named("centre", texts("Centre")),
        "latitude": 60.57,
        "longitude": 27.19,
        "location_is_exact": False,
        "accessibility_verified": False,
        "contact": Named("facilities", texts("Facilities")),
        "contact_email": "tilat@example.org",
        "hours": some_hours(),
        "confirm": (),
    }
    return UnitPlace(**{**usual, **values})


def a_place(policy: Policy | None = None, **values: Any) -> Place:
    """A room for 20 people, open 8 to 22."""
    in_force = PolicyInForce(1, datetime(2026, 1, 1, tzinfo=UTC), policy or a_policy())
    usual: dict[str, Any] = {
        "id": 1,
        "slug": "room",
        "unit": a_unit(),
        "parent_slug": None,
        "is_combination": False,
        "name": texts("Room"),
        "description": texts("A room."),
        "published": True,
        "kind": Named("meeting-room", texts("Meeting room")),
        "capacity": 20,
        "capacity_is_found": False,
        "joint_capacity": None,
        "area_m2": None,
        "evidence": "plausible",
        "policies": (in_force,),
        "own_terms": None,
        "own_access": None,
        "hours": some_hours(),
        "price_list": PriceList(
            "small",
            texts("Small"),
            (PriceRow(date(2026, 1, 1), None, 1800, 3),),
            "exempt_letting",
            None,
            True,
        ),
        "price_share": Decimal(1),
        "equipment": (),
        "accessibility": (),
        "facts": {"outdoor": False},
        "parts": frozenset({1}),
        "children": (),
        "combinations": (),
        "members": (),
    }
    return Place(**{**usual, **values})


def a_timetable(
    policy: Policy | None = None,
    *,
    taken: Sequence[Period] = (),
    now: datetime = NOW,
    days: int = 3,
    first: date = MONDAY,
    place: Place | None = None,
) -> Timetable:
    """The timetable of the room over some days, as of Monday at ten."""
    policy = policy or a_policy()
    place = place or a_place(policy)
    open_time = place.hours.open_periods(first, first + timedelta(days=days - 1), ZONE)
    return Timetable(place, Schedule(policy, open_time, now, ZONE), list(taken))


def a_request(start: str = "18:00", end: str = "20:00", **values: Any) -> ReservationRequest:
    """A request for the room on Monday evening."""
    day = values.pop("day", MONDAY)
    usual: dict[str, Any] = {"spaces": ("room",), "starts_at": at(start, day)}
    return ReservationRequest(**{**usual, "ends_at": at(end, day), **values})


def circumstances(
    policy: Policy | None = None,
    *,
    taken: Sequence[Period] = (),
    organiser: Organiser | None = None,
    used: Used | None = None,
    now: datetime = NOW,
    days: int = 3,
    first: date = MONDAY,
    place: Place | None = None,
    **values: Any,
) -> Circumstances:
    """What stands when the request is judged."""
    table = a_timetable(policy, taken=taken, now=now, days=days, first=first, place=place)
    return Circumstances(
        timetable=table, organiser=organiser or Organiser(), used=used or Used(), **values
    )


def unpublished(place: Place) -> Place:
    return replace(place, published=False)
