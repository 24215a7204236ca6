"""Two who charge or credit at the same moment make nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from booking.billing.models import Charge, CreditNote
from booking.billing.use_cases import credit_charge, make_charges
from booking.core.actors import Role, job
from booking.core.errors import RequestRefused
from booking.database import writing
from tests.billing.owed import ENDS
from tests.places import a_space, an_actor, ask

AT_ONCE = 4


def all_at_once(new_session, what):
    """What each of some writers gets from `what(session)`, all of whom set off together."""
    start = Barrier(AT_ONCE)

    def write(_number):
        start.wait()
        with new_session() as session:
            try:
                result = what(session)
            except RequestRefused:
                return None
            session.commit()
            return result

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(write, range(AT_ONCE)))


def test_what_is_charged_and_credited_at_once_is_charged_and_credited_once(session, new_session):
    with writing():
        for _ in range(3):
            ask(session, a_space(session))
        manager = an_actor(session, role=Role.MANAGER)
        session.commit()
    made = all_at_once(new_session, lambda one: make_charges(one, job("make-charges"), ENDS))
    assert sorted(made) == [0, 0, 0, 3]
    assert session.scalar(select(func.count(Charge.id))) == 3
    session.rollback()

    def credit(one):
        return credit_charge(one, manager, 1, None, "Why", ENDS).number

    assert sorted(all_at_once(new_session, credit), key=str) == [1, None, None, None]
    assert session.scalar(select(func.count(CreditNote.id))) == 1
