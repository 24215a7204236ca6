"""A small city of one's own: units and spaces as rows, each builder naming only what matters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation, Person
from booking.accounts.queries import actor_of
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.queries import raise_catalogue_version
from booking.core.actors import Actor, Grant, Role
from booking.reservations.models import Reservation
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.use_cases import request_reservation
from tests.builders import a_person
from tests.values import MONDAY, NOW, at, texts

_numbers = count(1)
POLICY: dict[str, Any] = {
    "name": texts("usual"),
    "terms": "general",
    "approval": "instant",
    "staff_review_from_persons": None,
    "who_may_book": "anyone",
    "requires_adult": False,
    "required_fields": [],
    "start_interval_min": 30,
    "min_duration_min": 30,
    "max_duration_min": 600,
    "may_span_closed_hours": False,
    "buffer_before_min": 0,
    "buffer_after_min": 0,
    "notice": {"hours": 0},
    "horizon_days": 60,
    "hold_minutes": 15,
    "preliminary_days": 0,
    "quota": {"active": 50, "hours_per_week": None, "series_counts_as": "one"},
    "series": {"allowed": False},
    "cancel_before": {"hours": 2},
    "late_cancellation": "charged",
    "access": "open",
    "alcohol": "forbidden",
}


def a_city(session: Session, **values: Any) -> m.City:
    """Hamina, with a district, a contact, hours from 8 to 22, prices and VAT."""
    found = session.get(m.City, 1)
    if found is not None:
        return found
    city = m.City(
        **{
            "id": 1,
            "name": texts("Hamina"),
            "municipality_code": "075",
            "time_zone": "Europe/Helsinki",
            "default_language": "fi",
            "languages": ["fi", "sv", "en"],
            "currency": "EUR",
            "contact": {"name": texts("Service point"), "email": "palvelu@example.org"},
            "free_use": {
                "max_hours_per_booking": 4,
                "max_active_bookings": 2,
                "max_bookings_per_year": 10,
                "over_limit": "staff_review",
            },
            "meta": {},
            "uid_host": "bookings.example",
            "catalogue_version": 1,
            **values,
        }
    )
    week = {day: [[480, 1320]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    named: dict[str, Any] = {"position": 0}
    vat = v.VatClass(slug="exempt_letting", name=texts("Exempt"), **named)
    vat.rates = [v.VatRate(from_date=date(2025, 1, 1), percent=Decimal(0))]
    out = v.VatClass(slug="out_of_scope", name=texts("No sale"), **named)
    out.rates = [v.VatRate(from_date=date(2025, 1, 1), percent=Decimal(0))]
    session.add_all(
        [
            city,
            vat,
            out,
            r.District(slug="centre", name=texts("Centre"), **named),
            r.Contact(slug="facilities", name=texts("Facilities"), email="t@example.org", **named),
            r.SpaceKind(
                slug="meeting-room",
                name=texts("Meeting room"),
                event_facts={
                    "space_type": "meeting_room",
                    "place_kind": "city_indoor",
                    "outdoor": False,
                    "area_preapproved": False,
                },
                **named,
            ),
            r.OpeningHours(
                slug="usual",
                name=texts("Usual"),
                evidence="plausible",
                patterns=[r.HoursPattern(week=week)],
                **named,
            ),
            v.TermsVersion(
                slug="general",
                version=date(2026, 1, 1),
                valid_from=date(2026, 1, 1),
                title=texts("Terms"),
                points=[{"topic": "use", **texts("Be kind.")}],
            ),
        ]
    )
    for slug, share in (("K0", 0), ("K1", 0), ("K2", 0), ("K3", "0.5"), ("K4", 1), ("K5", 2)):
        session.add(
            r.PriceGroup(
                slug=slug,
                name=texts(slug),
                description=texts(slug),
                share=Decimal(share),
                vat_added=slug == "K5",
                **named,
            )
        )
    session.flush()
    price = v.PriceList(
        slug="usual", name=texts("Usual"), vat_class_id=vat.id, demo=True, position=0
    )
    price.rows = [v.PriceRow(from_date=date(2026, 1, 1), hourly_cents=1000, day_cap_hours=24)]
    session.add(price)
    session.flush()
    return city


def a_unit(session: Session, **values: Any) -> m.Unit:
    a_city(session)
    unit = m.Unit(
        **{
            "slug": f"house-{next(_numbers)}",
            "position": next(_numbers),
            "name": texts("House"),
            "published": True,
            "evidence": "found",
            "confidence": "high",
            "evidence_note": "",
            "confirm": [],
            "street_address": "Puistokatu 2",
            "postcode": "49400",
            "district_id": _key(session, r.District),
            "latitude": 60.57,
            "longitude": 27.19,
            "location_precision": "approximate",
            "accessibility_verified": False,
            "description": texts("A house."),
            "contact_id": _key(session, r.Contact),
            "opening_hours_id": _key(session, r.OpeningHours),
            **values,
        }
    )
    session.add(unit)
    session.flush()
    raise_catalogue_version(session)
    return unit


def a_policy(session: Session, slug: str | None = None, **content: Any) -> v.Policy:
    """A policy in force since the start of 2026, easy in every way that is not named."""
    slug = slug or f"policy-{next(_numbers)}"
    policy = v.Policy(subject="space", slug=slug, position=next(_numbers))
    policy.versions = [
        v.PolicyVersion(
            valid_from=date(2026, 1, 1),
            in_force_from=datetime(2025, 12, 31, 22, tzinfo=UTC),
            content={**POLICY, **content},
        )
    ]
    session.add(policy)
    session.flush()
    return policy


def a_space(
    session: Session,
    *,
    unit: m.Unit | None = None,
    policy: v.Policy | None = None,
    parts: list[m.Part] | None = None,
    **values: Any,
) -> m.Space:
    """A room of its own part; keys of a policy may be named as `policy_…`."""
    content = {k.removeprefix("policy_"): values.pop(k) for k in list(values) if "policy_" in k}
    unit = unit or a_unit(session)
    slug = values.get("slug", f"room-{next(_numbers)}")
    space = m.Space(
        **{
            "slug": slug,
            "unit_id": unit.id,
            "position": next(_numbers),
            "name": texts(f"Room {slug}"),
            "description": texts("A room."),
            "kind_id": _key(session, r.SpaceKind),
            "capacity": 20,
            "capacity_basis": "assumed",
            "evidence": "plausible",
            "policy_id": (policy or a_policy(session, **content)).id,
            "price_list_id": _key(session, v.PriceList),
            "price_share": Decimal(1),
            **values,
        }
    )
    space.parts = parts if parts is not None else [m.Part(slug=slug)]
    session.add(space)
    session.flush()
    raise_catalogue_version(session)
    return space


LOAN_POLICY: dict[str, Any] = {
    "name": texts("usual"),
    "terms": "general",
    "approval": "instant",
    "who_may_book": "anyone",
    "requires_adult": False,
    "notice": {"days": 0},
    "horizon_days": 60,
    "max_loan_days": 7,
    "quota": {"active": 50},
    "hold_minutes": 15,
    "price_eur": None,
    "deposit_eur": None,
}


def a_thing(
    session: Session,
    quantity: int = 3,
    *,
    unit: m.Unit | None = None,
    policy: v.Policy | None = None,
    week: dict[str, list[list[int]]] | None = None,
    **content: Any,
) -> m.LoanItem:
    """Something on loan, so many pieces; its pick-up point is open from 8 to 22, or as `week` has
    it. What else is named is of its policy."""
    unit = unit or a_unit(session)
    number = next(_numbers)
    hours_id = unit.opening_hours_id
    if week is not None:
        hours = r.OpeningHours(
            slug=f"hours-{number}",
            position=number,
            name=texts("Hours"),
            evidence="plausible",
            patterns=[r.HoursPattern(week=week)],
        )
        session.add(hours)
        session.flush()
        hours_id = hours.id
    point = m.PickupPoint(
        slug=f"point-{number}",
        position=number,
        name=texts("Counter"),
        unit_id=unit.id,
        opening_hours_id=hours_id,
    )
    if policy is None:
        policy = v.Policy(subject="loan", slug=f"loan-{number}", position=number)
        policy.versions = [
            v.PolicyVersion(
                valid_from=date(2026, 1, 1),
                in_force_from=datetime(2025, 12, 31, 22, tzinfo=UTC),
                content={**LOAN_POLICY, **content},
            )
        ]
    session.add_all([point, policy])
    session.flush()
    thing = m.LoanItem(
        slug=f"thing-{number}",
        position=number,
        name=texts("Tent"),
        quantity=quantity,
        pickup_point_id=point.id,
        policy_id=policy.id,
        demo=True,
    )
    session.add(thing)
    session.flush()
    session.add_all(
        m.Part(slug=f"{thing.slug}-{n}", loan_item_id=thing.id) for n in range(1, quantity + 1)
    )
    session.flush()
    raise_catalogue_version(session)
    return thing


def borrow(
    session: Session,
    wishes: Sequence[LoanWish],
    *,
    actor: Actor | None = None,
    now: datetime = NOW,
    **values: Any,
) -> Reservation:
    """Ask for things on loan alone, each with its days, the terms accepted."""
    first = min(wish.first for wish in wishes if wish.first)
    last = max(wish.last for wish in wishes if wish.last)
    request = ReservationRequest(
        spaces=(),
        items=tuple(wishes),
        starts_at=at("00:00", first),
        ends_at=at("24:00", last),
        **{"terms": (date(2026, 1, 1),), "title": "Party", **values},
    )
    return request_reservation(session, actor or an_actor(session), request, now)


def a_hall(session: Session, sections: int = 3, **values: Any) -> tuple[m.Space, list[m.Space]]:
    """A hall and its sections, each a part; the hall covers them all."""
    unit = values.pop("unit", None) or a_unit(session)
    pieces = [a_space(session, unit=unit, **values) for _ in range(sections)]
    parts = [part for piece in pieces for part in piece.parts]
    hall = a_space(session, unit=unit, parts=parts, joint_capacity="advisory", **values)
    for piece in pieces:
        piece.parent_id = hall.id
    session.flush()
    raise_catalogue_version(session)
    return hall, pieces


def a_combination(session: Session, hall: m.Space, members: list[m.Space]) -> m.Space:
    """Some of the hall's sections together."""
    parts = [part for member in members for part in member.parts]
    combination = a_space(
        session,
        unit=session.get_one(m.Unit, hall.unit_id),
        parts=parts,
        parent_id=hall.id,
        is_combination=True,
    )
    session.add_all(
        m.CombinationMember(combination_id=combination.id, member_id=member.id, position=number)
        for number, member in enumerate(members)
    )
    session.flush()
    raise_catalogue_version(session)
    return combination


def an_actor(
    session: Session,
    *,
    role: Role | None = None,
    unit: m.Unit | None = None,
    organisation: Organisation | None = None,
    person: Person | None = None,
) -> Actor:
    """Somebody who asks; of staff with a role, else a resident."""
    grants = [Grant(role, unit.id if unit else None)] if role else []
    person = person or a_person(session, grants=grants)
    return actor_of(session, person.id)


def ask(
    session: Session,
    space: m.Space,
    start: str = "18:00",
    end: str = "20:00",
    *,
    actor: Actor | None = None,
    day: date = MONDAY + timedelta(days=1),
    now: datetime = NOW,
    **values: Any,
) -> Reservation:
    """Ask for the space on Tuesday evening, the terms accepted."""
    request = ReservationRequest(
        spaces=(space.slug,),
        starts_at=at(start, day),
        ends_at=at(end, day),
        **{"terms": (date(2026, 1, 1),), "title": "Choir", **values},
    )
    return request_reservation(session, actor or an_actor(session), request, now)


def _key(session: Session, model: Any) -> int:
    return session.scalars(select(model.id).order_by(model.id)).first() or 0
