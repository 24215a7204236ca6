"""Keeping the rules of the city: drafts, dates, statute, trials."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.core.actors import VISITOR, Actor, ActorKind, Grant, Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.rulebook import RulesRefused
from booking.self_initiated.rule_errors import DraftChanged, NotADraft, TrialOutdated
from booking.self_initiated.rule_models import StoredRules
from booking.self_initiated.rule_sets import (
    shipped_text,
    stored_rule_set,
)
from booking.self_initiated.rule_texts import RuleText, fingerprint
from booking.self_initiated.rule_trial_use_cases import continue_trial, start_trial
from booking.self_initiated.rule_use_cases import (
    add_rule,
    change_rule,
    change_whole,
    discard_draft,
    make_draft,
    remove_rule,
)
from tests.places import a_city
from tests.self_initiated.rule_sets import (
    a_draft_of_rules,
    a_market,
    a_name,
    an_editor,
    codes,
    published,
    seen_rule,
    tried,
    with_keys,
    with_parameter,
)
from tests.values import MONDAY, NOW


@pytest.fixture
def editor(session):
    a_city(session)
    return an_editor(session)


@pytest.fixture
def draft(session, editor):
    return a_draft_of_rules(session, editor)


# ── Drafts ────────────────────────────────────────────────────────────────────────────────────


def test_only_managers_of_the_whole_city_edit_rules(session, editor):
    at_a_unit = Actor(
        ActorKind.PERSON, editor.person_id, grants=frozenset({Grant(Role.MANAGER, 7)})
    )
    approver = Actor(ActorKind.PERSON, editor.person_id, grants=frozenset({Grant(Role.APPROVER)}))
    for other in (VISITOR, at_a_unit, approver):
        with pytest.raises(NotAllowed):
            make_draft(session, other, None, a_name(), "", NOW)


def test_a_draft_copies_what_the_product_ships_word_for_word_but_its_name(session, draft):
    assert draft.body == RuleText(shipped_text()).with_version(draft.name)
    assert stored_rule_set(draft).version == draft.name


@pytest.mark.parametrize(
    ("name", "code"),
    [(" ", "rules_name_unfit"), ("x" * 41, "rules_name_unfit"), ("0.2-draft", "rules_name_taken")],
)
def test_a_draft_needs_a_name_of_its_own(session, editor, name, code):
    with pytest.raises(RequestRefused) as refused:
        make_draft(session, editor, None, name, "", NOW)
    assert codes(refused) == [code]


def test_a_draft_is_made_of_no_other_draft(session, editor, draft):
    with pytest.raises(NotFound):
        make_draft(session, editor, draft.id, a_name(), "", NOW)


def test_a_name_is_given_once(session, editor, draft):
    with pytest.raises(RequestRefused) as refused:
        make_draft(session, editor, None, draft.name, "", NOW)
    assert codes(refused) == ["rules_name_taken"]


def test_a_draft_can_be_thrown_away_and_a_published_set_can_not(session, editor, draft):
    other = published(session, editor, a_draft_of_rules(session, editor))
    tried(session, editor, draft)
    discard_draft(session, editor, draft.id, NOW)
    session.flush()
    assert session.get(StoredRules, draft.id) is None
    with pytest.raises(NotADraft):
        discard_draft(session, editor, other.id, NOW)


# ── Changing a rule ───────────────────────────────────────────────────────────────────────────


def test_changing_one_key_leaves_every_other_line_as_it_was(session, editor, draft):
    before = draft.body.splitlines()
    with_keys(session, editor, draft, "G01", fi="Pyydä lupa: „ulkoalue” #1.")
    after = draft.body.splitlines()
    different = [new for old, new in zip(before, after, strict=True) if old != new]
    assert different == ['  fi: "Pyydä lupa: „ulkoalue” #1."']
    assert stored_rule_set(draft).rules["G01"].text["fi"] == "Pyydä lupa: „ulkoalue” #1."


def test_a_rule_can_end_and_get_another_deadline_and_lose_both_again(session, editor, draft):
    deadline = {"n": 14, "unit": "days", "basis": "policy"}
    before = stored_rule_set(draft).rules["G01"]
    with_keys(session, editor, draft, "G01", valid_to=date(2027, 12, 31), deadline=deadline)
    rule = stored_rule_set(draft).rules["G01"]
    assert (rule.valid_to, rule.deadline.n) == (date(2027, 12, 31), 14)
    with_keys(session, editor, draft, "G01", valid_to=None, deadline={**deadline, "n": 30})
    assert stored_rule_set(draft).rules["G01"] == before


def test_a_rule_written_anew_is_judged_strictly_and_nothing_else_may_change(session, editor, draft):
    seen, whole = seen_rule(draft, "F17"), draft.body
    text = RuleText(whole).text_of(RuleText(whole).rules["F17"])
    for wrong, what in (
        (text.replace("K4", "K9"), RulesRefused),
        (text.replace("op: eq", "op: is", 1), RulesRefused),
        (text.replace("conf: M", "conf: M\n  colour: blue"), RulesRefused),
        (text.replace("id: F17", "id: F18X"), RequestRefused),
        (text + text.replace("id: F17", "id: F18X").replace("K4", "K3"), RequestRefused),
        ("", RequestRefused),
        ("support:\n", RulesRefused),
    ):
        with pytest.raises(what):
            change_rule(session, editor, draft.id, "F17", wrong, seen, NOW)
    assert draft.body == whole
    change_rule(session, editor, draft.id, "F17", text.replace("K4", "K3"), seen, NOW)
    assert stored_rule_set(draft).rules["F17"].price_group == "K3"


def test_two_editors_of_one_rule_never_overwrite_each_other_unseen(session, editor, draft):
    seen_by_both, seen_elsewhere = seen_rule(draft, "G01"), seen_rule(draft, "F17")
    with_keys(session, editor, draft, "G01", fi="Ensimmäinen.")
    text = RuleText(draft.body).text_of(RuleText(draft.body).rules["G01"])
    with pytest.raises(DraftChanged):
        change_rule(session, editor, draft.id, "G01", text, seen_by_both, NOW)
    other = RuleText(draft.body).text_of(RuleText(draft.body).rules["F17"])
    change_rule(session, editor, draft.id, "F17", other.replace("K4", "K3"), seen_elsewhere, NOW)
    rules = stored_rule_set(draft).rules
    assert (rules["G01"].text["fi"], rules["F17"].price_group) == ("Ensimmäinen.", "K3")


def test_a_rule_is_added_to_the_end_of_its_list_and_taken_away_again(session, editor, draft):
    before, text = draft.body, RuleText(draft.body)
    new = text.text_of(text.rules["F17"]).replace("id: F17", "id: F50").replace("K4", "K5")
    add_rule(session, editor, draft.id, "free_use", new, NOW)
    assert list(stored_rule_set(draft).rules)[len(stored_rule_set(draft).free_use) - 1] == "F50"
    remove_rule(session, editor, draft.id, "F50", seen_rule(draft, "F50"), NOW)
    assert draft.body == before


# ── Statute ───────────────────────────────────────────────────────────────────────────────────


def test_statute_can_be_neither_changed_nor_removed_nor_added(session, editor, draft):
    rules = stored_rule_set(draft)
    statute = next(rule for rule in rules.guidance if rule.basis == "statute").id
    seen, text = seen_rule(draft, statute), RuleText(draft.body)
    whole = fingerprint(draft.body)
    with pytest.raises(RequestRefused) as refused:
        remove_rule(session, editor, draft.id, statute, seen, NOW)
    assert codes(refused) == ["rules_statute_changed"]
    with pytest.raises(RequestRefused):
        with_keys(session, editor, draft, statute, fi="Muu.")
    with pytest.raises(RequestRefused):
        with_keys(session, editor, draft, "F17", basis="statute")
    with pytest.raises(RequestRefused):
        with_parameter(session, editor, draft, "rescue_attendance", 300)
    changed = text.with_keys(text.rules[statute], {"fi": "Muu."})
    with pytest.raises(RequestRefused) as refused:
        change_whole(session, editor, draft.id, changed, whole, NOW)
    assert statute in refused.value.reasons[0].values["names"]


# ── Parameters and dates ──────────────────────────────────────────────────────────────────────


def spans(draft, name="review_attendance"):
    return [
        (one.value, one.valid_from, one.valid_to)
        for one in stored_rule_set(draft).parameters[name].versions
    ]


def test_a_new_value_closes_the_earlier_one_the_day_before(session, editor, draft):
    with_parameter(session, editor, draft, "review_attendance", 150, date(2027, 7, 1))
    assert spans(draft) == [
        (200, date(2026, 1, 1), date(2027, 6, 30)),
        (150, date(2027, 7, 1), None),
    ]


def test_a_value_between_two_leaves_no_gap_and_no_overlap(session, editor, draft):
    with_parameter(session, editor, draft, "review_attendance", 150, date(2027, 7, 1))
    with_parameter(session, editor, draft, "review_attendance", 175, date(2027, 3, 1))
    with_parameter(session, editor, draft, "review_attendance", 100, date(2027, 7, 1))
    assert spans(draft) == [
        (200, date(2026, 1, 1), date(2027, 2, 28)),
        (175, date(2027, 3, 1), date(2027, 6, 30)),
        (100, date(2027, 7, 1), None),
    ]


@pytest.mark.parametrize(
    ("value", "day", "code"),
    [
        (150, MONDAY - timedelta(days=1), "rules_from_day_past"),
        (200, MONDAY, "rules_parameter_unchanged"),
    ],
)
def test_a_value_begins_today_at_the_earliest_and_is_another(
    session, editor, draft, value, day, code
):
    with pytest.raises(RequestRefused) as refused:
        with_parameter(session, editor, draft, "review_attendance", value, day)
    assert codes(refused) == [code]


def test_windows_of_time_change_too(session, editor, draft):
    with_parameter(session, editor, draft, "noise_weekday_window", ("08:00", "21:00"))
    assert spans(draft, "noise_weekday_window")[-1] == (("08:00", "21:00"), MONDAY, None)


# ── Trials ────────────────────────────────────────────────────────────────────────────────────


def test_a_trial_tells_exactly_whose_outcome_changes(session, editor, draft):
    before, on, after = (a_market(session, people).id for people in (149, 150, 199))
    a_market(session, 200)
    with_parameter(session, editor, draft, "review_attendance", 150, date(2027, 7, 1))
    result = tried(session, editor, draft).result
    assert [row["event"] for row in result["rows"]] == [on, after]
    assert before not in [row["event"] for row in result["rows"]]
    step = {"before": "auto_free", "after": "review"}
    assert result["rows"][0]["changes"] == {"decision": step}
    assert (result["counts"], result["changed"]) == ({"decision": 2}, 2)
    assert result["day"] == "2027-07-01"


def test_a_trial_puts_the_table_of_scenarios_to_the_draft(session, editor, draft):
    assert tried(session, editor, draft).result["scenarios"] == []
    with_parameter(session, editor, draft, "police_notice_attendance", 201)
    found = {one["id"]: one["changes"] for one in tried(session, editor, draft).result["scenarios"]}
    assert found["SC09"] == {"added": ["G02X"], "gone": ["G02"]}
    assert "SC08" not in found


def test_a_trial_tells_duties_that_move_and_grants_that_change(session, editor, draft):
    event = a_market(session).id
    with_keys(session, editor, draft, "G01", deadline={"n": 14, "unit": "days", "basis": "policy"})
    row = tried(session, editor, draft).result["rows"][0]
    moved = {"G01": {"before": "2026-08-06", "after": "2026-08-22"}}
    assert row == {"event": event, "changes": {"moved": moved}}


def test_a_trial_looks_at_the_year_before_it_and_at_nothing_called_off(session, editor, draft):
    year = timedelta(days=365)
    outside = (
        {"starts_at": NOW - year - timedelta(minutes=1)},
        {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1)},
        {"cancelled_at": NOW},
        {"evaluated_on": None},
    )
    for values in outside:
        a_market(session, **values)
    assert start_trial(session, editor, draft.id, NOW).total == 0
    a_market(session, starts_at=NOW - year)
    a_market(session, starts_at=NOW - timedelta(minutes=1), ends_at=NOW)
    assert start_trial(session, editor, draft.id, NOW).total == 2


def test_a_trial_goes_on_slice_by_slice_where_it_stopped(session, editor, draft, monkeypatch):
    monkeypatch.setattr("booking.self_initiated.rule_trial_use_cases.SLICE", 2)
    for people in (150, 160, 170, 180, 190):
        a_market(session, people)
    with_parameter(session, editor, draft, "review_attendance", 150)
    trial = start_trial(session, editor, draft.id, NOW)
    seen = []
    for _ in range(4):
        continue_trial(session, editor, draft.id, trial.id, NOW)
        seen.append((trial.done, trial.finished_at is not None, trial.result["changed"]))
    assert seen == [(2, False, 2), (4, False, 4), (5, True, 5), (5, True, 5)]


def test_an_edit_makes_a_trial_outdated(session, editor, draft):
    a_market(session)
    trial = start_trial(session, editor, draft.id, NOW)
    with_parameter(session, editor, draft, "review_attendance", 150)
    with pytest.raises(TrialOutdated):
        continue_trial(session, editor, draft.id, trial.id, NOW)
