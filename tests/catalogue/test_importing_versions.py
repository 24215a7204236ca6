"""Versions of policies and terms: what was made or accepted under one stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from booking.catalogue import version_models as v
from booking.catalogue.importing_errors import TermsChanged
from tests.catalogue.demo_files import imported, some_units, with_entry

START_OF_2026 = datetime(2025, 12, 31, 22, 0, tzinfo=UTC)
START_OF_MARCH = datetime(2027, 2, 28, 22, 0, tzinfo=UTC)


def versions(session, slug="meeting-room", subject="space"):
    """The versions of a policy: from when each holds, and its horizon."""
    rows = session.scalars(
        select(v.PolicyVersion)
        .join(v.Policy)
        .where(v.Policy.slug == slug, v.Policy.subject == subject)
        .order_by(v.PolicyVersion.in_force_from)
    )
    return [(row.in_force_from, row.content["horizon_days"]) for row in rows]


def meeting_rooms(**values):
    return with_entry(some_units(), "policies", "meeting-room", **values)


def horizon():
    [policy] = [one for one in some_units().policies if one.slug == "meeting-room"]
    return policy.horizon_days


def test_a_first_version_holds_from_the_local_midnight_of_its_day(session, now):
    imported(session, some_units(), now)
    assert versions(session) == [(START_OF_2026, horizon())]


def test_a_changed_policy_is_a_new_version_from_the_moment_of_the_import(session, now):
    imported(session, some_units(), now)
    changes = imported(session, meeting_rooms(horizon_days=7), now)
    assert versions(session) == [(START_OF_2026, horizon()), (now, 7)]
    assert changes.lines() == [f"~ policy meeting-room: horizon_days {horizon()} → 7"]
    assert not imported(session, meeting_rooms(horizon_days=7), now + timedelta(days=1))


def test_a_changed_policy_of_the_future_is_a_new_version_from_its_day(session, now):
    imported(session, some_units(), now)
    file = meeting_rooms(horizon_days=7, valid_from=date(2027, 3, 1))
    imported(session, file, now)
    assert versions(session) == [(START_OF_2026, horizon()), (START_OF_MARCH, 7)]
    assert not imported(session, file, now)


def test_a_planned_version_gives_way_to_what_the_file_says_now(session, now):
    imported(session, some_units(), now)
    imported(session, meeting_rooms(horizon_days=7, valid_from=date(2027, 3, 1)), now)
    imported(session, meeting_rooms(horizon_days=8, valid_from=date(2027, 3, 1)), now)
    assert versions(session) == [(START_OF_2026, horizon()), (START_OF_MARCH, 8)]
    imported(session, some_units(), now)
    assert versions(session) == [(START_OF_2026, horizon())]
    assert not imported(session, some_units(), now)


def test_two_changes_at_one_instant_are_two_versions(session, now):
    imported(session, some_units(), now)
    imported(session, meeting_rooms(horizon_days=7), now)
    imported(session, meeting_rooms(horizon_days=8), now)
    assert [days for _, days in versions(session)] == [horizon(), 7, 8]


def test_a_later_valid_from_alone_changes_nothing(session, now):
    imported(session, some_units(), now)
    assert not imported(session, meeting_rooms(valid_from=date(2027, 3, 1)), now)


def test_policies_of_loans_have_versions_too(session, now):
    imported(session, some_units(), now)
    policy = some_units().loan_policies[0]
    changed = with_entry(some_units(), "loan_policies", policy.slug, horizon_days=5)
    changes = imported(session, changed, now)
    assert versions(session, policy.slug, "loan") == [
        (START_OF_2026, policy.horizon_days),
        (now, 5),
    ]
    assert changes.lines() == [
        f"~ loan policy {policy.slug}: horizon_days {policy.horizon_days} → 5"
    ]


def test_a_stored_text_of_terms_never_changes(session, now):
    imported(session, some_units(), now)
    terms = some_units().terms[0]
    points = (replace(terms.points[0], text={**terms.points[0].text, "en": "Do as you like."}),)
    changed = with_entry(some_units(), "terms", terms.slug, points=(*points, *terms.points[1:]))
    with pytest.raises(TermsChanged, match=f"{terms.slug} of {terms.version}") as caught:
        imported(session, changed, now)
    assert "needs" in caught.value.message or "need" in caught.value.message


def test_a_new_version_of_terms_stands_beside_the_old_one(session, now):
    imported(session, some_units(), now)
    first = some_units().terms[0]
    title = {"fi": "Uudet ehdot", "sv": "Nya villkor", "en": "New terms"}
    newer = replace(first, version=date(2027, 2, 1), valid_from=date(2027, 3, 1), title=title)
    file = replace(some_units(), terms=(first, newer, *some_units().terms[1:]))
    changes = imported(session, file, now)
    assert changes.lines() == [f"+ terms {first.slug} 2027-02-01"]
    rows = session.scalars(
        select(v.TermsVersion).filter_by(slug=first.slug).order_by(v.TermsVersion.version)
    ).all()
    assert [row.title["en"] for row in rows] == [first.title["en"], "New terms"]


def test_a_version_of_terms_that_the_file_no_longer_names_is_left(session, now):
    imported(session, some_units(), now)
    first = some_units().terms[0]
    newer = replace(first, version=date(2027, 2, 1), valid_from=date(2027, 3, 1))
    changes = imported(session, replace(some_units(), terms=(newer, *some_units().terms[1:])), now)
    assert f"= left: terms {first.slug} {first.version} (not in the file)" in changes.lines()
