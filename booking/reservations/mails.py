"""The e-mails about a reservation: to its owner, and to those who decide about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.accounts.organisation_queries import find_speaker
from booking.accounts.queries import approvers_of
from booking.catalogue.places import Catalogue
from booking.notifications.use_cases import Mailbox, queue_email
from booking.reservations.models import Reservation
from booking.reservations.queries import places_of, unit_of, units_of


def tell_owner(
    session: Session,
    city: Catalogue,
    reservation: Reservation,
    template: str,
    now: datetime,
    **more: Any,
) -> None:
    """Queue an e-mail to whom the reservation is for; closures and the like are for nobody."""
    recipient = recipient_of(session, reservation)
    if recipient is not None:
        queue_email(
            session,
            template,
            recipient,
            now,
            reservation_id=reservation.id,
            **facts(city, reservation, now),
            **more,
        )


def tell_approvers(
    session: Session, city: Catalogue, reservation: Reservation, now: datetime
) -> None:
    """Queue an e-mail to everyone who may decide about it, that it awaits approval."""
    for approver in approvers_of(session, units_of(city, reservation)):
        queue_email(
            session,
            "staff_new_request",
            approver,
            now,
            reservation_id=reservation.id,
            **facts(city, reservation, now),
        )


def facts(city: Catalogue, reservation: Reservation, now: datetime) -> dict[str, Any]:
    """What an e-mail tells about the reservation, as plain values, as it stands now."""
    places = places_of(city, reservation)
    unit = unit_of(city, reservation)
    policies = [one.policy for place in places if (one := place.policy_at(now))]
    limit = (
        policies[0].cancel_before.last_moment(reservation.starts_at, city.zone).isoformat()
        if policies
        else ""
    )
    return {
        "reference": reservation.reference,
        "title": reservation.title,
        "spaces": [dict(place.name) for place in places],
        "items": [
            {"name": dict(city.loans_by_id[row.loan_item_id].name), "quantity": row.quantity}
            for row in reservation.loans
        ],
        "unit": dict(unit.name),
        "address": unit.address(city.town),
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
        "zone": city.zone.key,
        "people": reservation.people,
        "organisation": reservation.organisation.name if reservation.organisation else "",
        "price_cents": reservation.total_cents,
        "currency": reservation.currency or city.currency,
        "is_free": not reservation.total_cents,
        "reason": reservation.reason or "",
        "access": places[0].access(policies[0]) if policies else "",
        "cancel_until": limit,
        "due_cents": reservation.due_cents or 0,
        "path": f"/reservations/{reservation.reference}",
    }


def recipient_of(session: Session, reservation: Reservation) -> Person | Mailbox | None:
    """To whom to write about the reservation; None where it is for nobody who has an address.

    Of an organisation's that is whoever it was booked for, while they are a member; then an admin.
    """
    if reservation.booked_for_id is not None:
        person = session.get(Person, reservation.booked_for_id)
        if reservation.organisation_id is None or person is None:
            return person
        return find_speaker(session, reservation.organisation_id, person) or person
    customer = reservation.on_behalf_of or {}
    if customer.get("email"):
        return Mailbox(customer["email"], reservation.language)
    if reservation.organisation is not None and reservation.organisation.email:
        return Mailbox(reservation.organisation.email, reservation.organisation.language)
    return None
