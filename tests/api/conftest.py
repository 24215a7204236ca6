"""Asking the API as another program does: the bearer of a token, against a city of one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.askers import people_with_tokens
from tests.values import MONDAY, NOW, at

DAY = MONDAY + timedelta(days=1)


@pytest.fixture
def api(client, session):
    """`api(method, path, token, json, **headers)`: the answer of the API."""

    def ask(method, path, token=None, json=None, **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return client.open(f"/api/v1{path}", method=method, json=json, headers=headers)

    return ask


@pytest.fixture
def token(session):
    """The token of a person without any role."""
    (made,) = people_with_tokens(session, 1, NOW)
    session.commit()
    return made


@pytest.fixture
def a_wish():
    """`a_wish(space, …)`: the body of a request that a usual space accepts."""

    def wish(space, **more):
        return {
            "space": space,
            "starts_at": at("18:00", DAY).isoformat(),
            "ends_at": at("20:00", DAY).isoformat(),
            "title": "Choir",
            "purpose": "culture",
            "people": 5,
            "terms_version": "2026-01-01",
            **more,
        }

    return wish
