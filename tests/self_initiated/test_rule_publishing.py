"""Publishing the rules of the city, and going back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.core.errors import NotFound, RequestRefused
from booking.rulebook import evaluate, read_facts
from booking.self_initiated.rule_errors import NotADraft
from booking.self_initiated.rule_models import StoredRules
from booking.self_initiated.rule_sets import (
    is_outdated,
    rule_set_in_force,
    rule_set_named,
    shipped_rule_set,
    shipped_text,
)
from booking.self_initiated.rule_use_cases import (
    keep_shipped_rules,
    publish_rules,
)
from tests.places import a_city
from tests.self_initiated.rule_sets import (
    a_draft_of_rules,
    a_market,
    an_editor,
    codes,
    published,
    tried,
    with_keys,
    with_parameter,
)
from tests.statements import counted
from tests.values import MONDAY, NOW


@pytest.fixture
def editor(session):
    a_city(session)
    return an_editor(session)


@pytest.fixture
def draft(session, editor):
    return a_draft_of_rules(session, editor)


# ── Publishing ────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_published_without_a_trial_of_it_as_it_stands(session, editor, draft):
    with_parameter(session, editor, draft, "review_attendance", 150)
    for _ in range(2):
        with pytest.raises(RequestRefused) as refused:
            publish_rules(session, editor, draft.id, "Because.", NOW)
        assert codes(refused) == ["rules_trial_missing"]
        tried(session, editor, draft)
        with_keys(session, editor, draft, "F17", conf="H")
    tried(session, editor, draft)
    publish_rules(session, editor, draft.id, "Because.", NOW)
    assert rule_set_in_force(session).version == draft.name


def test_a_trial_against_rules_no_longer_in_force_is_none(session, editor, draft):
    with_parameter(session, editor, draft, "review_attendance", 150)
    tried(session, editor, draft)
    other = a_draft_of_rules(session, editor)
    with_keys(session, editor, other, "F17", conf="H")
    published(session, editor, other)
    with pytest.raises(RequestRefused) as refused:
        publish_rules(session, editor, draft.id, "Because.", NOW)
    assert codes(refused) == ["rules_trial_missing"]


def test_nothing_is_published_without_a_reason(session, editor, draft):
    tried(session, editor, draft)
    with pytest.raises(RequestRefused) as refused:
        publish_rules(session, editor, draft.id, " ", NOW)
    assert codes(refused) == ["rules_reason_missing"]


def test_what_is_published_never_changes_again_and_is_written_down(session, editor, draft):
    published(session, editor, draft, reason="Decision 12.1.2027 § 4")
    with pytest.raises(NotADraft):
        with_keys(session, editor, draft, "F17", conf="H")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "published")).one()
    assert entry.details == {
        "name": draft.name,
        "before": shipped_rule_set().version,
        "reason": "Decision 12.1.2027 § 4",
    }


def test_going_back_is_a_new_publication_and_needs_no_trial(session, editor):
    first = published(session, editor, a_draft_of_rules(session, editor))
    second = a_draft_of_rules(session, editor, first)
    with_parameter(session, editor, second, "review_attendance", 150)
    published(session, editor, second, now=NOW + timedelta(minutes=1))
    back = a_draft_of_rules(session, editor, first)
    publish_rules(session, editor, back.id, "A fault in 2027-2.", NOW + timedelta(minutes=2))
    assert rule_set_in_force(session).version == back.name
    assert rule_set_in_force(session).parameters["review_attendance"].on(MONDAY) == 200


def test_old_outcomes_are_repeated_by_the_rules_that_made_them(session, editor, draft):
    event = a_market(session, 199)
    with_parameter(session, editor, draft, "review_attendance", 150)
    published(session, editor, draft)
    assert is_outdated(event, rule_set_in_force(session))
    rules = rule_set_named(session, event.rules_version)
    again = evaluate(rules, read_facts(rules, event.facts), event.evaluated_on).as_dict()
    assert again == event.outcome
    now = rule_set_named(session, draft.name)
    anew = evaluate(now, read_facts(now, event.facts), MONDAY)
    assert anew.free_use.decision == "review"
    with pytest.raises(NotFound):
        rule_set_named(session, "1999")


def test_the_rules_that_the_product_ships_are_kept_once(session, editor):
    assert (keep_shipped_rules(session, NOW), keep_shipped_rules(session, NOW)) == (1, 0)
    kept = session.scalars(select(StoredRules)).one()
    assert (kept.name, kept.body) == (shipped_rule_set().version, shipped_text())
    assert rule_set_in_force(session) is shipped_rule_set()


def test_a_transaction_asks_once_which_rules_are_in_force(session, editor, draft):
    published(session, editor, draft)
    rule_set_in_force(session)
    with counted(session.get_bind().engine) as sent:
        for _ in range(3):
            rule_set_in_force(session)
    assert sent == []
