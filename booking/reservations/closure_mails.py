"""The e-mails about closures: one to each who loses a place, whatever they lose."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.catalogue.places import Catalogue, Place
from booking.notifications.use_cases import Mailbox, queue_email
from booking.reservations.closure_models import Displacement
from booking.reservations.closure_queries import Plan
from booking.reservations.mails import facts, recipient_of
from booking.reservations.models import Reservation

SECRET_BYTES = 32
Reader = Person | Mailbox


def hash_of_secret(secret: str) -> str:
    """How a secret is kept. It is 256 random bits, so a fast hash without salt will do."""
    return sha256(secret.encode()).hexdigest()


def tell_displaced(
    session: Session,
    closure: Reservation,
    plan: Plan,
    displacements: Mapping[int, Displacement],
    now: datetime,
) -> None:
    """Queue one e-mail to each who loses a place, with what is kept for them and what is gone; the
    secret of its link opens the offers of its reader."""
    city = plan.closing.city
    for reader, theirs in _by_reader(session, plan.in_the_way):
        moves = [one for one in theirs if one.id in plan.moves]
        path = f"/reservations/{theirs[0].reference}" if len(theirs) == 1 else "/reservations"
        if moves:
            secret = secrets.token_urlsafe(SECRET_BYTES)
            path = f"/moves/{secret}"
            for one in moves:
                displacements[one.id].secret_hash = hash_of_secret(secret)
        queue_email(
            session,
            "closure_notice",
            reader,
            now,
            reservation_id=closure.id,
            zone=city.zone.key,
            reason=closure.message,
            moves=[_move(city, one, displacements[one.id], now) for one in moves],
            cancelled=[
                facts(city, one, now) | {"instead": _instead(plan.instead.get(one.id, ()))}
                for one in theirs
                if one.id not in plan.moves
            ],
            path=path,
        )


def tell_of_answer(
    session: Session,
    city: Catalogue,
    reservations: Sequence[Reservation],
    template: str,
    now: datetime,
    **more: Any,
) -> None:
    """Queue one e-mail to each of whom these are, about what came of the places they were offered:
    accepted, or lapsed."""
    for reader, theirs in _by_reader(session, reservations):
        queue_email(
            session,
            template,
            reader,
            now,
            reservation_id=theirs[0].id,
            zone=city.zone.key,
            bookings=[facts(city, one, now) | {"state": one.state} for one in theirs],
            path=f"/reservations/{theirs[0].reference}" if len(theirs) == 1 else "/reservations",
            **more,
        )


def _by_reader(
    session: Session, reservations: Iterable[Reservation]
) -> list[tuple[Reader, list[Reservation]]]:
    """Whom to write to, with theirs by start; of what is for nobody, the staff who made it."""
    found: dict[tuple[str, str], tuple[Reader, list[Reservation]]] = {}
    for one in sorted(reservations, key=lambda one: (one.starts_at, one.id)):
        reader = recipient_of(session, one) or one.booked_by
        if reader is not None:
            found.setdefault((reader.email, reader.language), (reader, []))[1].append(one)
    return list(found.values())


def _move(
    city: Catalogue, reservation: Reservation, displacement: Displacement, now: datetime
) -> dict[str, Any]:
    until = displacement.answer_until
    names = [dict(city.places_by_id[key].name) for key in displacement.space_ids]
    told = facts(city, reservation, now)
    return told | {
        "before": {"spaces": names, "starts_at": told["starts_at"], "ends_at": told["ends_at"]},
        "answer_until": until.isoformat() if until else "",
        "state": displacement.state_after,
    }


def _instead(places: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {"spaces": [dict(one.name)], "unit": dict(one.unit.name), "path": f"/spaces/{one.slug}"}
        for one in places
    ]
