"""How many queries a page needs: as many with many reservations as with few."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.core.actors import Grant, Role
from booking.database import writing
from tests.builders import a_person
from tests.installations import engine_of
from tests.places import a_space, a_unit, an_actor, ask
from tests.statements import counted
from tests.values import MONDAY

DAY = MONDAY + timedelta(days=1)
PAGES = [
    "/fi/",
    f"/fi/spaces?date={DAY}",
    f"/fi/spaces?date={DAY}&start=10:00&end=11:00",
    "/fi/spaces",
    "/fi/reservations",
    "/fi/staff/inbox",
    "/api/v1/spaces",
    "/api/v1/units",
]


@pytest.fixture
def signed_in(app, client, session):
    """A client of somebody who books and decides."""
    person = a_person(
        session, email="both@example.com", password="right horse", grants=[Grant(Role.APPROVER)]
    )
    a_space(session)
    session.commit()
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/en/sign-in", data={"email": person.email, "password": "right horse"})
    return person


def queries_of(app, client, path) -> int:
    client.get(path)  # the catalogue is worked out once per version, and not counted here
    with counted(engine_of(app)) as sent:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(sent)


@pytest.mark.parametrize("path", [*PAGES, "/fi/spaces/SPACE"])
def test_a_page_needs_no_more_queries_for_more_rows(app, client, session, signed_in, path):
    with writing():
        actor, unit = an_actor(session, person=signed_in), a_unit(session)
        room = a_space(session, unit=unit, policy_approval="staff")
        ask(session, room, "10:00", "11:00", actor=actor)
        session.commit()
    few = queries_of(app, client, path.replace("SPACE", room.slug))
    with writing():
        for hour in range(11, 19):
            other = a_space(session, unit=unit, policy_approval="staff")
            for space in (room, other):
                ask(session, space, f"{hour}:00", f"{hour + 1}:00", actor=actor)
        session.commit()
    assert queries_of(app, client, path.replace("SPACE", room.slug)) <= few
    assert few <= 25
