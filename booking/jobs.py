"""What happens by itself: the jobs, how often each runs, and the scheduler that runs them.

Several schedulers may be up; only the leader's jobs run. Each job takes its work from rows, so even
two leaders would do no harm.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from booking.accounts.invitation_use_cases import forget_old_invitations
from booking.accounts.sign_in_use_cases import forget_old_failures
from booking.billing.use_cases import make_charges
from booking.calendars.polling import read_due_calendars
from booking.calendars.source_use_cases import forget_uploads
from booking.core import actors, clock
from booking.feedback.use_cases import forget_old_feedback
from booking.leader import Leader, leader_for
from booking.notifications.delivery import deliver_due_emails
from booking.reservations.models import IdempotencyKey
from booking.reservations.offering import offer_freed_places
from booking.reservations.reminding import send_due_reminders
from booking.reservations.use_cases import expire_due
from booking.self_initiated.event_use_cases import forget_old_events
from booking.self_initiated.reminding import send_due_deadlines
from booking.self_initiated.rule_use_cases import keep_shipped_rules
from booking.self_initiated.support_reminding import remind_of_receipts
from booking.web.session import db, transact

TRIES_TO_LEAD_EVERY = timedelta(seconds=3)
ANSWERS_ARE_KEPT = timedelta(hours=24)

log = structlog.get_logger("booking.jobs")


@dataclass(frozen=True)
class Job:
    """A piece of work that `run` does for the application; it gives how much it did.

    Either `every` so often, the first time at once, or daily `at_hour` (0 to 23, UTC).
    """

    name: str
    run: Callable[[Flask], int]
    every: timedelta | None = None
    at_hour: int | None = None

    @property
    def rhythm(self) -> str:
        """When it runs, for whoever reads the list."""
        if self.every is None:
            return f"daily at {self.at_hour:02}:00 UTC"
        return f"every {self.every.total_seconds():.0f} s"


def expire_reservations(app: Flask) -> int:
    """Let go of holds and requests whose time is up; how many. To readers they are gone already."""
    with app.app_context():
        return transact(expire_due, actors.job("expire-reservations"), clock.now())


def offer_places(app: Flask) -> int:
    """Offer what became free to those who wait for it, in order; how many."""
    with app.app_context():
        return offer_freed_places(actors.job("offer-freed-places"), clock.now())


def send_reminders(app: Flask) -> int:
    """Remind whom it is due of the bookings that are to come; how many."""
    with app.app_context():
        return send_due_reminders(clock.now())


def remind_of_support_receipts(app: Flask) -> int:
    """Remind of receipts that are due in a week, or were due; how many."""
    with app.app_context():
        return remind_of_receipts(clock.now())


def remind_of_deadlines(app: Flask) -> int:
    """Remind those who arrange events of what they owe by when; how many."""
    with app.app_context():
        return send_due_deadlines(clock.now())


def forget_idempotency_keys(app: Flask) -> int:
    """Forget the answers that nobody may ask for again, after 24 hours; how many."""
    with app.app_context():
        return transact(_forget_answers_before, clock.now() - ANSWERS_ARE_KEPT)


def forget_sign_in_failures(app: Flask) -> int:
    """Forget failed sign-ins that lock nobody out any more; how many."""
    with app.app_context():
        return transact(forget_old_failures, clock.now())


def forget_feedback(app: Flask) -> int:
    """Forget feedback that was handled a year ago; how many."""
    with app.app_context():
        return transact(forget_old_feedback, clock.now())


def forget_invitations(app: Flask) -> int:
    """Forget invitations that ended 30 days ago, with the addresses they went to; how many."""
    with app.app_context():
        return transact(forget_old_invitations, clock.now())


def forget_events(app: Flask) -> int:
    """Forget events without an account that nobody changed for 30 days; how many."""
    with app.app_context():
        return transact(forget_old_events, clock.now())


def read_calendars(app: Flask) -> int:
    """Read the outside calendars that are due; how many."""
    return read_due_calendars(app, actors.job("read-calendars"))


def forget_calendar_uploads(app: Flask) -> int:
    """Forget the calendar files that nobody brought in within a day; how many."""
    with app.app_context():
        return transact(forget_uploads, clock.now())


def keep_rules(app: Flask) -> int:
    """Keep the rules that this product ships, by which outcomes are made; 1 where they are new."""
    with app.app_context():
        return transact(keep_shipped_rules, clock.now())


def charge_what_is_owed(app: Flask) -> int:
    """Charge what is owed for reservations whose time is over; how many."""
    count = 0
    with app.app_context():
        while made := transact(make_charges, actors.job("make-charges"), clock.now()):
            count += made
    return count


def _forget_answers_before(session: Session, limit: datetime) -> int:
    old = IdempotencyKey.created_at < limit
    count = session.scalar(select(func.count()).select_from(IdempotencyKey).where(old)) or 0
    session.execute(delete(IdempotencyKey).where(old))
    return count


JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job("deliver-emails", deliver_due_emails, every=timedelta(seconds=10)),
        Job("expire-reservations", expire_reservations, every=timedelta(seconds=60)),
        Job("offer-freed-places", offer_places, every=timedelta(seconds=10)),
        Job("send-reminders", send_reminders, every=timedelta(seconds=60)),
        Job("remind-deadlines", remind_of_deadlines, every=timedelta(hours=1)),
        Job("read-calendars", read_calendars, every=timedelta(seconds=60)),
        Job("forget-calendar-uploads", forget_calendar_uploads, every=timedelta(hours=1)),
        Job("forget-idempotency-keys", forget_idempotency_keys, every=timedelta(hours=1)),
        Job("remind-of-receipts", remind_of_support_receipts, at_hour=6),
        Job("make-charges", charge_what_is_owed, at_hour=2),
        Job("forget-events", forget_events, at_hour=3),
        Job("keep-rules", keep_rules, every=timedelta(hours=1)),
        Job("forget-feedback", forget_feedback, at_hour=3),
        Job("forget-invitations", forget_invitations, at_hour=3),
        Job("forget-sign-in-failures", forget_sign_in_failures, every=timedelta(hours=1)),
    )
}


def run_jobs(app: Flask) -> None:
    """Run the jobs, while leading, until this process is told to stop (SIGTERM, Ctrl-C).

    A job that is under way is finished first.
    """
    scheduler, leader = BlockingScheduler(timezone=UTC), _leader(app)
    _schedule(scheduler, app, leader)
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, _stop)
    try:
        scheduler.start()
    finally:
        scheduler.shutdown(wait=True)
        leader.resign()


def start_in_background(app: Flask) -> Callable[[], None]:
    """Run the jobs, while leading, in a thread that ends with this process: for the demo.

    Call it after the server has forked. Gives a function that stops them.
    """
    scheduler, leader = BackgroundScheduler(timezone=UTC, daemon=True), _leader(app)
    _schedule(scheduler, app, leader)
    scheduler.start()

    def stop() -> None:
        scheduler.shutdown(wait=True)
        leader.resign()

    return stop


def _leader(app: Flask) -> Leader:
    with app.app_context():
        return leader_for(db.engine.url)


def _schedule(scheduler: Any, app: Flask, leader: Leader) -> None:
    """Give the scheduler its jobs; what was missed while it was busy is done once, not often."""
    scheduler.configure(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300},
    )
    scheduler.add_job(leader.leads, "interval", seconds=TRIES_TO_LEAD_EVERY.total_seconds())
    for job in JOBS.values():
        if job.every is None:
            when: dict[str, Any] = {"trigger": "cron", "hour": job.at_hour}
        else:
            seconds = job.every.total_seconds()
            when = {"trigger": "interval", "seconds": seconds, "next_run_time": clock.now()}
        scheduler.add_job(_run_if_leading, args=(app, leader, job), id=job.name, **when)


def _run_if_leading(app: Flask, leader: Leader, job: Job) -> None:
    if not leader.leads():
        return
    try:
        count = job.run(app)
    except Exception:
        log.exception("job failed", job=job.name)
    else:
        if count:
            log.info("job done", job=job.name, count=count)


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
