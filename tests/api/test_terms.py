"""Terms are accepted for each space: one version for all, or a list in the order of the spaces."""

from __future__ import annotations

import pytest

from tests.places import a_space

NOW_IN_FORCE, OLD = "2026-01-01", "2025-01-01"


@pytest.fixture
def two(session):
    slugs = [a_space(session).slug, a_space(session).slug]
    session.commit()
    return slugs


@pytest.mark.parametrize(
    ("terms", "status"),
    [
        (NOW_IN_FORCE, 201),
        ([NOW_IN_FORCE, NOW_IN_FORCE], 201),
        ([NOW_IN_FORCE], 422),
        ([NOW_IN_FORCE, OLD], 422),
        ([NOW_IN_FORCE, NOW_IN_FORCE, NOW_IN_FORCE], 422),
        ([], 422),
        (None, 422),
    ],
)
def test_a_list_of_terms_has_one_version_for_each_space(api, two, token, a_wish, terms, status):
    wish = a_wish(None, spaces=two, terms_version=terms)
    del wish["space"]
    answer = api("POST", "/reservations", token, wish)
    assert answer.status_code == status
    if status == 422:
        assert {one["code"] for one in answer.json["violations"]} == {"terms_not_accepted"}


@pytest.mark.parametrize(("terms", "status"), [([NOW_IN_FORCE], 201), ([NOW_IN_FORCE] * 2, 422)])
def test_a_list_for_one_space_has_one_version(api, two, token, a_wish, terms, status):
    wish = a_wish(two[0], terms_version=terms)
    assert api("POST", "/reservations", token, wish).status_code == status
