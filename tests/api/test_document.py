"""The API keeps its own document: whatever that allows or forbids is answered as it says.

Requests are made from the document by schemathesis, good ones and bad ones, against a city with
something of each kind, by somebody who may do everything.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from booking.accounts.api import api
from booking.core.actors import Grant, Role
from tests.api.test_reservations import a_token_of
from tests.builders import a_person
from tests.places import a_space, a_thing, an_actor, ask
from tests.reservations.test_series import SERIES, a_wish, make

TAGS = sorted({one.tag for one in api.endpoints})
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 100 if os.environ.get("SOAK") == "1" else 12


@pytest.fixture
def bearer(session):
    """The header of an administrator."""
    person = a_person(session, grants=[Grant(Role.ADMINISTRATOR)])
    room = a_space(session, slug="room", policy_series=SERIES)
    a_thing(session)
    owner = an_actor(session, person=person)
    single, series = (
        ask(session, room, actor=owner),
        make(session, a_wish(room, start="14:00", end="16:00"), owner),
    )
    single.reference, series.reference = "00000-00000", "00000-00001"
    secret = a_token_of(session, person)
    session.commit()
    return {"Authorization": f"Bearer {secret}"}


def paths_of(operation):
    """Values for the places of its address, sometimes such as there are."""
    known = {
        "slug": "room",
        "reference": "00000-00001" if "series" in operation.path else "00000-00000",
    }
    names = [one.name for one in operation.path_parameters]
    return {name: known[name] for name in names if name in known}


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.filterwarnings("ignore")
def test_every_answer_is_one_that_the_document_names(app, session, bearer, now, tag):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [one.ok() for one in schema.include(tag=tag).get_all_operations()]
    assert operations
    for operation in operations:
        keep_its_word(operation, bearer)


def keep_its_word(operation, bearer):
    known = paths_of(operation)
    cases = [
        operation.as_strategy(generation_mode=mode, path_parameters=paths)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for paths in (None, known)
    ]

    # An address may carry parameters of others: they are ignored, and no fault.
    wanted = (
        CHECKS if operation.method.upper() == "GET" else [*CHECKS, checks.negative_data_rejection]
    )

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(cases))
    def check(case):
        case.call_and_validate(headers=bearer, checks=wanted)

    check()
