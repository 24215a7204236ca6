"""Reading feedback: what is open at the units where somebody handles it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.feedback.models import Feedback
from booking.feedback.rules import KEPT_FOR


def open_feedback(session: Session, actor: Actor, skip: int, most: int) -> Sequence[Feedback]:
    """What nobody has handled yet at the actor's units: up to `most` after `skip`, oldest first."""
    query = select(Feedback).where(_handled_by(actor), Feedback.handled_at.is_(None))
    return session.scalars(
        query.order_by(Feedback.sent_at, Feedback.id).offset(skip).limit(most)
    ).all()


def handled_feedback(session: Session, actor: Actor, most: int) -> Sequence[Feedback]:
    """What was handled last at the actor's units and is still kept, the newest first."""
    query = select(Feedback).where(
        _handled_by(actor), Feedback.handled_at.is_not(None), Feedback.forgotten_at.is_(None)
    )
    return session.scalars(
        query.order_by(Feedback.handled_at.desc(), Feedback.id.desc()).limit(most)
    ).all()


def count_open(session: Session, actor: Actor) -> int:
    """How much awaits somebody at the actor's units."""
    query = select(func.count(Feedback.id)).where(_handled_by(actor), Feedback.handled_at.is_(None))
    return session.scalar(query) or 0


def get_feedback(session: Session, actor: Actor, feedback_id: int) -> Feedback:
    """That feedback, for those who handle it; raises `NotFound` for all others."""
    found = session.scalar(select(Feedback).where(Feedback.id == feedback_id, _handled_by(actor)))
    if found is None:
        raise NotFound()
    return found


def find_submitted(session: Session, submission: str) -> Feedback | None:
    """What was sent with that form."""
    return session.scalar(select(Feedback).where(Feedback.submission == submission))


def due_to_be_forgotten(session: Session, now: datetime) -> Sequence[Feedback]:
    """What was handled so long ago that it is kept no longer."""
    query = select(Feedback).where(
        Feedback.handled_at <= now - KEPT_FOR, Feedback.forgotten_at.is_(None)
    )
    return session.scalars(query.order_by(Feedback.id)).all()


def _handled_by(actor: Actor) -> ColumnElement[bool]:
    """What is about the units where the actor handles feedback; about the city for its own."""
    about: list[ColumnElement[bool]] = []
    units = actor.units_where(Action.HANDLE_FEEDBACK)
    if units is None:
        about.append(Feedback.unit_id.is_not(None))
    elif units:
        about.append(Feedback.unit_id.in_(sorted(units)))
    if actor.may(Action.HANDLE_CITY_FEEDBACK):
        about.append(Feedback.unit_id.is_(None))
    return or_(false(), *about)
