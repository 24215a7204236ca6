"""Keeping the bookings of an event up with it: what the rules say anew of the event, its bookings
are priced by, and the staff hear of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.queries import approvers_of
from booking.audit.changes import raise_counters
from booking.audit.models import AuditEntry
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.database import lock
from booking.notifications.use_cases import queue_email
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.event_queries import outcome_of
from booking.reservations.event_rules import FREE_GROUPS
from booking.reservations.explaining import sentences_of
from booking.reservations.free_use import is_sent_to_staff
from booking.reservations.judging import request_of
from booking.reservations.mails import facts, tell_approvers, tell_owner
from booking.reservations.models import Reservation
from booking.reservations.queries import units_of, with_all
from booking.reservations.repricing import price_anew
from booking.reservations.states import HOLDING, Kind, State
from booking.reservations.use_cases import subjects_of

FOLLOWED = "followed_event"
"""How the audit trail names that a booking was priced and looked at anew with its event."""


def reprice_reservations_of(
    session: Session, actor: Actor, event: SelfInitiatedEvent, now: datetime
) -> Sequence[Reservation]:
    """Price every booking of the event that has not begun by what the rules say of it now; gives
    those that this changed. For whoever has just changed the event, in the same transaction.

    A confirmed booking is never taken away. Where it would become free of charge, it is asked for
    again, and keeps its time; where its price changes otherwise, or the rules now ask for a
    person, it stays confirmed, and the staff of its site are told. In which group the staff have
    put a booking themselves, it stays.
    """
    city = get_catalogue(session)
    session.flush()
    found = _lock_bookings(session, event, now)
    heard = _heard_before(session, found)
    return [
        one for one in found if _follow(session, actor, one, event, heard.get(one.id), city, now)
    ]


def _lock_bookings(
    session: Session, event: SelfInitiatedEvent, now: datetime
) -> Sequence[Reservation]:
    """The event's bookings to come, once nobody else is changing the event or them."""
    lock(session, SelfInitiatedEvent, [event.id])
    to_come = (
        Reservation.event_id == event.id,
        Reservation.kind == Kind.CUSTOMER,
        Reservation.state.in_(sorted(HOLDING)),
        Reservation.starts_at > now,
    )
    lock(session, Reservation, session.scalars(select(Reservation.id).where(*to_come)))
    return session.scalars(
        with_all(select(Reservation).where(*to_come))
        .order_by(Reservation.id)
        .execution_options(populate_existing=True)
    ).all()


def _heard_before(session: Session, found: Sequence[Reservation]) -> dict[int, Mapping[str, Any]]:
    """By booking, what was last written down of how it followed its event."""
    rows = session.execute(
        select(AuditEntry.subject_id, AuditEntry.details)
        .where(
            AuditEntry.subject == Reservation.__tablename__,
            AuditEntry.subject_id.in_([one.id for one in found]),
            AuditEntry.action == FOLLOWED,
        )
        .order_by(AuditEntry.id)
    )
    return {key: details for key, details in rows}


def _follow(
    session: Session,
    actor: Actor,
    one: Reservation,
    event: SelfInitiatedEvent,
    heard: Mapping[str, Any] | None,
    city: Catalogue,
    now: datetime,
) -> bool:
    """Let one booking follow its event; whether that changed it or sends it to the staff."""
    before: dict[str, Any] = {"price_group": one.price_group, "total_cents": one.total_cents}
    is_priced = price_anew(one, city)
    is_sent = is_sent_to_staff(request_of(one, city), city, one.organisation)
    is_news = is_sent and (heard is None or heard.get("decision") != outcome_of(event).decision)
    if not is_priced and not (is_news and one.state == State.CONFIRMED):
        return False
    if one.state == State.CONFIRMED and _becomes_free(before["price_group"], one):
        one.step_to(State.REQUESTED, now)
    else:
        one.changed(now, for_calendars=False)
    session.flush()
    details = {"before": before, "price_group": one.price_group, "total_cents": one.total_cents}
    details["decision"] = outcome_of(event).decision
    record(session, actor, FOLLOWED, one, now, event=event.reference, **details)
    raise_counters(session, subjects_of(one, city), now)
    _tell(session, one, event, before, city, now)
    return True


def _becomes_free(group_before: str | None, one: Reservation) -> bool:
    """Whether the booking was paid for and would be free of charge, which a person decides."""
    return group_before not in FREE_GROUPS and one.price_group in FREE_GROUPS


def _tell(
    session: Session,
    one: Reservation,
    event: SelfInitiatedEvent,
    before: Mapping[str, Any],
    city: Catalogue,
    now: datetime,
) -> None:
    """Tell who it is for that a booking of theirs costs something else, and the staff what they
    have to look at; nobody of a hold, whose price is told when it is sent."""
    told = {
        "because": sentences_of(session, event),
        "price_group": one.price_group,
        "price_group_before": before["price_group"],
        "price_cents_before": before["total_cents"],
        "state": one.state,
    }
    if one.state == State.HELD:
        return
    if before["price_group"] != one.price_group:
        tell_owner(session, city, one, "reservation_repriced", now, **told)
    if one.state == State.CONFIRMED:
        for approver in approvers_of(session, units_of(city, one)):
            known = facts(city, one, now) | told
            queue_email(session, "staff_repriced", approver, now, reservation_id=one.id, **known)
    elif one.state_since == now:
        tell_approvers(session, city, one, now)
