"""What can be done about a booking: move, change, cancel, take back, book again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue
from booking.core.actors import Actor
from booking.core.clock import opening_instant
from booking.core.errors import Conflict, NotAllowed, RequestRefused
from booking.core.periods import Period
from booking.reservations.addresses import times_of
from booking.reservations.models import Reservation
from booking.reservations.moving import Changes, request_with
from booking.reservations.moving_use_cases import must_be_to_come, must_change
from booking.reservations.queries import (
    is_owner,
    places_of,
    state_at,
    was_cancelled_by_its_owner,
)
from booking.reservations.states import HOLDING, Kind, State
from booking.reservations.use_cases import late_policies
from booking.web.words import local_moment, money

WEEK = timedelta(days=7)


def changing(
    session: Session, actor: Actor, reservation: Reservation, city: Catalogue, now: datetime
) -> dict[str, Any]:
    """The ways on from a booking's page; an address is empty where its way is not the actor's."""
    reference, is_mine = reservation.reference, is_owner(actor, reservation)
    may_change = _may_change(actor, reservation, city, now)
    return {
        "move_url": url_for("moving.show_move", reference=reference)
        if may_change and reservation.spaces
        else "",
        "change_url": url_for("moving.show_change", reference=reference) if may_change else "",
        "again_url": again_url(reservation, city, now) if is_mine else "",
        "print_url": url_for("printing.show_print", reference=reference)
        if state_at(reservation, now) in {State.REQUESTED, State.CONFIRMED}
        else "",
        "may_restore": is_mine and _may_restore(session, reservation, now),
        "cancelling": cancelling(actor, reservation, city, now),
    }


def _may_change(actor: Actor, reservation: Reservation, city: Catalogue, now: datetime) -> bool:
    if state_at(reservation, now) not in HOLDING:
        return False
    try:
        must_be_to_come(reservation, now)
        must_change(
            actor,
            reservation,
            request_with(actor, reservation, Changes(), city, now),
            Changes(),
            city,
        )
    except (Conflict, NotAllowed, RequestRefused):
        return False
    return True


def _may_restore(session: Session, reservation: Reservation, now: datetime) -> bool:
    """Whether its owner may take back what they have cancelled."""
    return (
        reservation.state == State.CANCELLED
        and reservation.kind != Kind.IMPORTED
        and reservation.starts_at > now
        and was_cancelled_by_its_owner(session, reservation)
    )


def cancelling(
    actor: Actor, reservation: Reservation, city: Catalogue, now: datetime
) -> dict[str, Any]:
    """What cancelling now would come to: whether it can be, what is due, in a sentence."""
    late = late_policies(reservation, city, now) if reservation.state == State.CONFIRMED else []
    if not is_owner(actor, reservation):
        return {"can": True, "due_cents": 0, "words": _("Nothing is to be paid for it then.")}
    if not late:
        return {"can": True, "due_cents": 0, "words": _("Cancelling is free of charge now.")}
    limit = local_moment(late[0].cancel_before.last_moment(reservation.starts_at, city.zone))
    if any(policy.late_cancellation == "refused" for policy in late):
        words = _(
            "The limit for cancelling passed on %(limit)s. Ask the staff if you can't come.",
            limit=limit,
        )
        return {"can": False, "due_cents": 0, "words": words}
    due = reservation.total_cents or 0
    if not due:
        return {"can": True, "due_cents": 0, "words": _("Cancelling is free of charge now.")}
    words = _(
        "The limit for cancelling free of charge passed on %(limit)s. If you cancel now, %(due)s "
        "is still to be paid.",
        limit=limit,
        due=money(due, reservation.currency or city.currency),
    )
    return {"can": True, "due_cents": due, "words": words}


def again_url(reservation: Reservation, city: Catalogue, now: datetime) -> str:
    """The form that asks for the same again, at its time in the next week that is to come; empty
    where it is not of one space alone."""
    places = places_of(city, reservation)
    in_force = places[0].policy_at(now) if len(places) == 1 and not reservation.loans else None
    if in_force is None or in_force.policy.who_may_book == "staff":
        return ""
    period = next_week(Period(reservation.starts_at, reservation.ends_at), city, now)
    values = {
        "title": reservation.title,
        "purpose": reservation.purpose,
        "people": reservation.people,
        "organisation": reservation.organisation.slug if reservation.organisation else "",
    }
    return url_for(
        "reservations.show_request", slug=places[0].slug, **times_of(period), **_given(values)
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or name == "organisation"}


def next_week(period: Period, city: Catalogue, now: datetime) -> Period:
    """The same wall times on the same weekday, in the first week after it that is still to come."""
    after = max(period.starts_at, now)
    weeks = max(1, (after - period.starts_at) // WEEK)
    moved = _by_weeks(period, weeks, city)
    return moved if moved.starts_at > after else _by_weeks(period, weeks + 1, city)


def _by_weeks(period: Period, weeks: int, city: Catalogue) -> Period:
    def moved(instant: datetime) -> datetime:
        wall = instant.astimezone(city.zone)
        day = wall.date() + weeks * WEEK
        return opening_instant(day, wall.hour * 60 + wall.minute, city.zone)

    return Period(moved(period.starts_at), moved(period.ends_at))
