"""Reminders: at the moment chosen, once, of what still stands and is to come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from booking.accounts.models import Membership, Person
from booking.core.actors import VISITOR
from booking.core.errors import NotAllowed
from booking.database import writing
from booking.jobs import JOBS
from booking.notifications.models import OutgoingEmail
from booking.reservations.moving import Changes
from booking.reservations.moving_use_cases import change_reservation
from booking.reservations.reminder_models import SentReminder
from booking.reservations.reminder_queries import chosen_by, whom_to_remind
from booking.reservations.reminder_rules import Ahead, due_reminders, moment_of
from booking.reservations.reminder_use_cases import choose_reminders, send_reminder
from booking.reservations.use_cases import cancel_reservation
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person, an_organisation
from tests.places import a_space, an_actor, ask
from tests.statements import counted
from tests.values import MONDAY, NOW, ZONE, at

MOMENT = timedelta(microseconds=1)
FRIDAY = MONDAY + timedelta(days=4)


# ── When ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ahead", "starts", "moment"),
    [
        (Ahead.HOURS, "2027-01-15T18:00+02:00", "2027-01-15T16:00+02:00"),
        (Ahead.DAY, "2027-01-15T18:00+02:00", "2027-01-14T18:00+02:00"),
        (Ahead.WEEK, "2027-01-15T18:00+02:00", "2027-01-08T18:00+02:00"),
        # The clocks go forward at 03:00 on 28 March, and back at 04:00 on 31 October.
        (Ahead.DAY, "2027-03-28T18:00+03:00", "2027-03-27T18:00+02:00"),
        (Ahead.WEEK, "2027-03-28T18:00+03:00", "2027-03-21T18:00+02:00"),
        (Ahead.DAY, "2027-03-29T03:30+03:00", "2027-03-28T04:30+03:00"),
        (Ahead.HOURS, "2027-03-28T04:30+03:00", "2027-03-28T01:30+02:00"),
        (Ahead.DAY, "2027-10-31T18:00+02:00", "2027-10-30T18:00+03:00"),
        (Ahead.DAY, "2027-11-01T03:30+02:00", "2027-10-31T03:30+03:00"),
        (Ahead.HOURS, "2027-10-31T04:30+02:00", "2027-10-31T03:30+03:00"),
    ],
)
def test_days_are_counted_by_the_wall_clock_and_hours_as_they_pass(ahead, starts, moment):
    starts_at = datetime.fromisoformat(starts).astimezone(UTC)
    assert moment_of(ahead, starts_at, ZONE) == datetime.fromisoformat(moment)


STARTS = at("18:00", FRIDAY)
DAY_BEFORE = at("18:00", FRIDAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (DAY_BEFORE - MOMENT, []),
        (DAY_BEFORE, [Ahead.DAY]),
        (STARTS - timedelta(hours=2) - MOMENT, [Ahead.DAY]),
        (STARTS - timedelta(hours=2), [Ahead.DAY, Ahead.HOURS]),
        (STARTS - MOMENT, [Ahead.DAY, Ahead.HOURS]),
        (STARTS, []),
    ],
)
def test_a_reminder_is_due_from_its_moment_until_the_booking_begins(now, due):
    assert due_reminders([Ahead.HOURS, Ahead.DAY], STARTS, NOW, now, ZONE) == due


@pytest.mark.parametrize(("known", "due"), [(DAY_BEFORE - MOMENT, [Ahead.DAY]), (DAY_BEFORE, [])])
def test_what_was_made_or_changed_after_the_moment_is_not_reminded_of(known, due):
    assert due_reminders([Ahead.DAY], STARTS, known, DAY_BEFORE + MOMENT, ZONE) == due


# ── Whom, and once ────────────────────────────────────────────────────────────────────────────


def on_friday(session, actor=None, **values):
    return ask(session, a_space(session), day=FRIDAY, actor=actor or an_actor(session), **values)


def remind(session, now):
    """What the job does in transactions of its own, in one: the keys of those reminded of."""
    return [key for key in whom_to_remind(session, now) if send_reminder(session, key, now)]


def mails(session):
    return session.scalars(
        select(OutgoingEmail).where(OutgoingEmail.template == "reservation_reminder")
    ).all()


def test_whoever_has_chosen_nothing_is_reminded_the_day_before_once(session):
    made = on_friday(session)
    assert remind(session, DAY_BEFORE - MOMENT) == []
    assert remind(session, DAY_BEFORE) == [made.id]
    assert remind(session, DAY_BEFORE + timedelta(minutes=1)) == []
    assert not send_reminder(session, made.id, DAY_BEFORE + MOMENT)
    [mail] = mails(session)
    assert mail.recipient_id == made.booked_for_id
    assert mail.context["reference"] == made.reference


def test_each_reminder_that_is_chosen_comes_in_its_turn(session):
    actor = an_actor(session)
    choose_reminders(session, actor, set(Ahead))
    made = on_friday(session, actor, now=at("09:00", date(2027, 1, 4)))
    moments = [moment_of(ahead, made.starts_at, ZONE) for ahead in Ahead]
    assert [remind(session, moment) for moment in moments] == [[made.id]] * 3


def test_none_chosen_is_none_sent(session):
    actor = an_actor(session)
    choose_reminders(session, actor, [])
    on_friday(session, actor)
    assert remind(session, STARTS - MOMENT) == []


def test_after_a_pause_one_mail_catches_up_and_none_comes_once_it_has_begun(session):
    actor = an_actor(session)
    choose_reminders(session, actor, {Ahead.DAY, Ahead.HOURS})
    made = on_friday(session, actor)
    other = on_friday(session, actor, start="08:00", end="09:00")
    assert remind(session, STARTS - timedelta(minutes=1)) == [made.id]
    assert remind(session, STARTS - MOMENT) == []
    assert [mail.reservation_id for mail in mails(session)] == [made.id]
    assert other.starts_at < STARTS
    assert session.scalar(select(func.count(SentReminder.id))) == 2


def test_what_is_cancelled_held_or_still_asked_for_is_not_reminded_of(session):
    actor = an_actor(session)
    cancelled = on_friday(session, actor)
    cancel_reservation(session, actor, cancelled.reference, NOW)
    ask(session, a_space(session, policy_approval="staff"), day=FRIDAY, actor=actor)
    assert remind(session, DAY_BEFORE) == []


def test_a_move_within_the_day_brings_no_second_one_and_to_another_day_a_new_one(session):
    actor = an_actor(session)
    made = on_friday(session, actor)
    assert remind(session, DAY_BEFORE) == [made.id]

    def moved(day, start, end, now):
        times = {"starts_at": at(start, day), "ends_at": at(end, day)}
        change_reservation(session, actor, made.reference, Changes(times), now)

    moved(FRIDAY, "20:00", "21:00", DAY_BEFORE + MOMENT)
    assert remind(session, DAY_BEFORE + timedelta(hours=2)) == []
    saturday = FRIDAY + timedelta(days=1)
    moved(saturday, "20:00", "21:00", DAY_BEFORE + timedelta(hours=1))
    assert remind(session, at("20:00", FRIDAY)) == [made.id]
    moved(FRIDAY + timedelta(days=3), "20:00", "21:00", at("20:01", FRIDAY))
    moved(saturday, "21:00", "22:00", at("20:02", FRIDAY))
    assert remind(session, at("21:00", FRIDAY)) == []


def test_who_booked_for_an_organisation_is_reminded_while_they_belong_to_it(session):
    secretary = a_person(session)
    club = an_organisation(session, admins=[secretary], members=[a_person(session)])
    made = on_friday(session, an_actor(session, person=secretary), organisation=club.slug)
    assert whom_to_remind(session, DAY_BEFORE) == [made.id]
    session.execute(delete(Membership).where(Membership.person_id == secretary.id))
    assert whom_to_remind(session, DAY_BEFORE) == []


@pytest.mark.parametrize("gone", [{"is_active": False}, {"anonymised_at": NOW}])
def test_who_has_no_account_any_more_is_not_written_to(session, gone):
    made = on_friday(session)
    person = session.get_one(Person, made.booked_for_id)
    for name, value in gone.items():
        setattr(person, name, value)
    session.flush()
    assert whom_to_remind(session, DAY_BEFORE) == []


def test_a_limit_of_cancelling_that_has_passed_is_not_told(session):
    actor = an_actor(session)
    choose_reminders(session, actor, {Ahead.HOURS})
    made = on_friday(session, actor)
    remind(session, made.starts_at - timedelta(hours=2))
    assert mails(session)[0].context["cancel_until"] == ""


def test_it_is_found_with_as_many_queries_for_many_as_for_one(session):
    room = a_space(session)
    ask(session, room, "08:00", "09:00", day=FRIDAY)
    late = at("22:00", FRIDAY - timedelta(days=1))
    whom_to_remind(session, late)
    with counted(session.get_bind()) as few:
        assert len(whom_to_remind(session, late)) == 1
    for hour in range(10, 14):
        ask(session, room, f"{hour}:00", f"{hour + 1}:00", day=FRIDAY)
    session.flush()
    with counted(session.get_bind()) as many:
        assert len(whom_to_remind(session, late)) == 5
    assert len(many) == len(few)


def test_two_who_send_at_once_send_one(app, session, new_session, clock):
    with writing():
        made = on_friday(session)
        session.commit()

    def once(_):
        with new_session() as mine:
            sent = send_reminder(mine, made.id, DAY_BEFORE)
            mine.commit()
            return sent

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(once, range(4))) == [False, False, False, True]
    assert len(mails(session)) == 1


def test_the_job_reminds_and_has_nothing_to_do_the_next_time(app, session, clock):
    with writing():
        on_friday(session)
        session.commit()
    clock.move_to(DAY_BEFORE)
    assert [JOBS["send-reminders"].run(app) for _ in range(2)] == [1, 0]


# ── Choosing ──────────────────────────────────────────────────────────────────────────────────


def test_only_a_person_chooses(session):
    with pytest.raises(NotAllowed):
        choose_reminders(session, VISITOR, [])


def test_the_page_shows_what_is_chosen_and_changes_it(client, session):
    person = a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "maija@example.com")
    page = "/en/account/reminders"
    assert client.get(page).text.count("checked") == 1
    assert send(client, page, week="y", hours="y").location == page
    assert chosen_by(session, person.id) == {Ahead.WEEK, Ahead.HOURS}
    assert client.get(page).text.count("checked") == 2
    send(client, page)
    session.rollback()
    assert chosen_by(session, person.id) == set()
    assert "You get no reminders any more." in client.get(page).text
