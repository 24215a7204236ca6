"""Two who decide at once: the sum of a year is not overdrawn, and a decision is made once."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text

from booking.core.errors import BookingError, RequestRefused
from booking.invariants import breaches
from booking.self_initiated.ledger_queries import find_account
from booking.self_initiated.support_deciding_use_cases import deny_support, grant_support
from booking.self_initiated.support_errors import ApplicationInAnotherState
from booking.self_initiated.support_models import SupportAccount, SupportApplication, SupportEntry
from booking.self_initiated.support_use_cases import withdraw_application
from booking.web.session import transact
from tests.places import an_actor
from tests.self_initiated.applying import a_decider, an_application
from tests.values import NOW


def at_once(app, *steps):
    """Each step in a thread and a transaction of its own; the refusals, by the number of the
    step."""
    barrier, refused, bugs = Barrier(len(steps)), {}, []

    def run(number, step, *what):
        with app.app_context():
            barrier.wait(10)
            try:
                transact(step, *what)
            except BookingError as error:
                refused[number] = error
            except Exception as bug:
                bugs.append(bug)

    threads = [Thread(target=run, args=(n, *step)) for n, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert bugs == []
    return refused


def granting(decider, application, cents):
    what = (decider, application.reference, cents, "Part.", application.version, NOW)
    return (grant_support, *what)


def test_two_decisions_at_once_don_t_overdraw_the_year_and_the_loser_hears_what_is_left(
    app, session, repeats
):
    for _ in range(repeats(3, 30)):
        applicant = an_actor(session)
        deciders = [a_decider(session), a_decider(session)]
        asked = [an_application(session, actor=applicant) for _ in deciders]
        session.commit()
        both = zip(deciders, asked, strict=True)
        refused = at_once(app, *(granting(who, what, 26_000) for who, what in both))
        (error,) = refused.values()
        assert isinstance(error, RequestRefused)
        assert [one.code for one in error.broken] == ["ledger_overdrawn"]
        assert error.broken[0].values["left"] == 24_000
        session.expire_all()
        account = find_account(session, applicant.person_id, None, 2027)
        assert (account.granted_cents, account.cap_cents) == (26_000, 50_000)
        entries = session.scalars(
            select(SupportEntry.amount_cents).where(SupportEntry.account_id == account.id)
        ).all()
        assert entries == [26_000]
        assert breaches(session.connection(), NOW) == []
        session.rollback()


def test_the_database_itself_refuses_to_overdraw(session):
    applicant = an_actor(session)
    session.add(SupportAccount(person_id=applicant.person_id, year=2027, cap_cents=50_000))
    session.flush()
    with pytest.raises(Exception, match="not_overdrawn"):
        session.execute(text("UPDATE support_account SET granted_cents = 50001"))


def test_one_application_is_decided_once_whoever_is_faster(app, session, repeats):
    for _ in range(repeats(3, 30)):
        deciders = [a_decider(session), a_decider(session)]
        application = an_application(session)
        session.commit()
        denying = (deny_support, deciders[1], application.reference, "No.", application.version)
        refused = at_once(app, granting(deciders[0], application, 30_000), (*denying, NOW))
        (error,) = refused.values()
        assert isinstance(error, ApplicationInAnotherState)
        session.expire_all()
        assert breaches(session.connection(), NOW) == []
        session.rollback()


def test_what_is_withdrawn_meanwhile_is_not_granted(app, session, repeats):
    for _ in range(repeats(3, 30)):
        applicant, decider = an_actor(session), a_decider(session)
        application = an_application(session, actor=applicant)
        session.commit()
        leaving = (withdraw_application, applicant, application.reference, application.version)
        refused = at_once(app, (*leaving, NOW), granting(decider, application, 30_000))
        assert len(refused) == 1
        session.expire_all()
        found = session.get_one(SupportApplication, application.id)
        assert found.state in {"withdrawn", "granted"}
        assert breaches(session.connection(), NOW) == []
        session.rollback()
