"""What the tests of pages of people and organisations share: browsers in which somebody is in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from booking.accounts.queries import find_person
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person


@pytest.fixture
def as_(app, session) -> Callable[..., FlaskClient]:
    """`as_(email)`: a browser of that person, who is signed in."""

    def visit(email, **values):
        if find_person(session, email) is None:
            a_person(session, email=email, password=PASSWORD, **values)
            session.commit()
        client = app.test_client()
        assert sign_in(client, email).status_code == 302
        return client

    return visit
