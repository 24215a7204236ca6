"""What people and staff do with feedback: give it, handle it, answer it; and when it is forgotten.

A use case is given the session, who asks, what, and now. It never commits.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.accounts.rules import email_problem, normal_email
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.errors import RequestRefused, RuleBroken
from booking.database import constraint_means, lock
from booking.feedback.errors import AnswerMissing, HandledAlready, NoAddressToAnswer
from booking.feedback.models import Feedback
from booking.feedback.queries import due_to_be_forgotten, find_submitted, get_feedback
from booking.feedback.rules import KEPT_FOR, Kind, NewFeedback, message_problem, page_kept
from booking.notifications.models import OutgoingEmail
from booking.notifications.use_cases import Mailbox, queue_email

MAILS = ("feedback_received", "feedback_answer")
SENT_ALREADY = {
    "uq_feedback_submission": HandledAlready,
    "feedback.submission": HandledAlready,
}


def give_feedback(session: Session, actor: Actor, new: NewFeedback, now: datetime) -> Feedback:
    """Keep what somebody wrote, and tell those whose it is by mail; sent twice it is one.

    Anybody may. Raises `RequestRefused` with all that is wrong.
    """
    if sent := find_submitted(session, new.submission):
        return sent
    if broken := _broken_rules(new):
        raise RequestRefused(broken)
    city = get_catalogue(session)
    space = city.places.get(new.space)
    unit = space.unit if space else city.units.get(new.unit)
    feedback = Feedback(
        submission=new.submission,
        kind=Kind(new.kind).value,
        message=new.message.strip(),
        email=normal_email(new.email) or None,
        language=new.language,
        page=page_kept(new.page) or None,
        unit_id=unit.id if unit else None,
        space_id=space.id if space else None,
        person_id=actor.person_id,
        sent_at=now,
    )
    with constraint_means(session, SENT_ALREADY):
        session.add(feedback)
    record(session, actor, "given", feedback, now, kind=feedback.kind)
    _tell_staff(session, city, feedback, unit, space, now)
    return feedback


def _broken_rules(new: NewFeedback) -> list[RuleBroken]:
    email = normal_email(new.email)
    problems = [message_problem(new.message), email_problem(email) if email else None]
    return [one for one in problems if one is not None]


def _tell_staff(
    session: Session,
    city: Catalogue,
    feedback: Feedback,
    unit: UnitPlace | None,
    space: Place | None,
    now: datetime,
) -> None:
    """Write to the unit's contact, or the city's; the sender's address stays out of the mail."""
    address = unit.contact_email if unit else str(city.contact.get("email") or "")
    if not address:
        return
    queue_email(
        session,
        "feedback_received",
        Mailbox(address, city.default_language),
        now,
        kind=feedback.kind,
        message=feedback.message,
        page=feedback.page or "",
        unit=dict(unit.name) if unit else None,
        space=dict(space.name) if space else None,
        wants_answer=feedback.email is not None,
        path=f"/staff/feedback#feedback-{feedback.id}",
    )


def handle_feedback(session: Session, actor: Actor, feedback_id: int, now: datetime) -> Feedback:
    """Note that the feedback is dealt with; raises `NotFound` and `HandledAlready`."""
    feedback = _unhandled(session, actor, feedback_id)
    _note_handled(session, actor, feedback, now)
    return feedback


def answer_feedback(
    session: Session, actor: Actor, feedback_id: int, answer: str, now: datetime
) -> Feedback:
    """Mail an answer to whoever wrote; with it the feedback is dealt with.

    Raises `AnswerMissing`, `MessageTooLong`, `NoAddressToAnswer`, `NotFound`, `HandledAlready`.
    """
    feedback = _unhandled(session, actor, feedback_id)
    if not answer.strip():
        raise AnswerMissing()
    if problem := message_problem(answer):
        raise problem
    if feedback.email is None:
        raise NoAddressToAnswer()
    queue_email(
        session,
        "feedback_answer",
        Mailbox(feedback.email, feedback.language),
        now,
        message=feedback.message,
        answer=answer.strip(),
    )
    _note_handled(session, actor, feedback, now, answer.strip())
    return feedback


def _unhandled(session: Session, actor: Actor, feedback_id: int) -> Feedback:
    feedback = get_feedback(session, actor, feedback_id)
    lock(session, Feedback, [feedback.id])
    session.refresh(feedback)
    if feedback.handled_at is not None:
        raise HandledAlready()
    return feedback


def _note_handled(
    session: Session, actor: Actor, feedback: Feedback, now: datetime, answer: str | None = None
) -> None:
    feedback.answer = answer
    feedback.handled_at, feedback.handled_by_id = now, actor.person_id
    session.flush()
    record(session, actor, "handled", feedback, now, answered=feedback.answer is not None)


def forget_old_feedback(session: Session, now: datetime) -> int:
    """Forget who wrote what, a year after it was handled, and the mails that told it; how many."""
    old = due_to_be_forgotten(session, now)
    for feedback in old:
        feedback.message, feedback.answer = "", None
        feedback.email = feedback.page = feedback.person_id = None
        feedback.forgotten_at = now
    session.execute(
        delete(OutgoingEmail).where(
            OutgoingEmail.template.in_(MAILS),
            OutgoingEmail.due_at.is_(None),
            OutgoingEmail.queued_at <= now - KEPT_FOR,
        )
    )
    return len(old)
