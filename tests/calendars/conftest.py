"""What tests of calendars need beside what every test has."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from tests.builders import a_person
from tests.calendars.town import Town, a_town


@pytest.fixture(autouse=True)
def _monkeypatch_response_class() -> None:
    """In place of pytest-flask's own, which turns answers of a class of ours into its own."""


@pytest.fixture
def town(session: Session) -> Town:
    """The town, where others can see it."""
    town = a_town(session)
    session.commit()
    return town


@pytest.fixture
def maija(session: Session) -> Person:
    """Somebody who lives there."""
    maija = a_person(session, name="Maija Meikäläinen")
    session.commit()
    return maija
