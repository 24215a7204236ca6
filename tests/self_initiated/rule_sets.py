"""Rule sets of a city, as tests make them: drafts, changed and published."""

from __future__ import annotations

from datetime import date
from itertools import count

from booking.core.actors import Actor, ActorKind, Grant, Role
from booking.rulebook import evaluate, read_facts
from booking.self_initiated.rule_sets import shipped_rule_set
from booking.self_initiated.rule_texts import RuleText, fingerprint
from booking.self_initiated.rule_trial_use_cases import continue_trial, start_trial
from booking.self_initiated.rule_use_cases import (
    change_keys_of_rule,
    change_parameter,
    make_draft,
    publish_rules,
)
from tests.builders import a_person
from tests.self_initiated.applying import an_event
from tests.values import MONDAY, NOW, at

_numbers = count(1)


def a_name():
    """A name that no other set of this run has."""
    return f"2027-{next(_numbers)}"


def an_editor(session, role=Role.MANAGER):
    """Who keeps the rules of the city."""
    email = f"editor{next(_numbers)}@example.com"
    person = a_person(session, email=email, grants=[Grant(role)])
    return Actor(ActorKind.PERSON, person.id, name=person.name, grants=frozenset({Grant(role)}))


def a_draft_of_rules(session, editor, base=None):
    return make_draft(session, editor, base.id if base else None, a_name(), "", NOW)


def seen_rule(draft, rule):
    """What an editor read of a rule."""
    whole = RuleText(draft.body)
    return fingerprint(whole.text_of(whole.rules[rule]))


def seen_parameter(draft, name):
    whole = RuleText(draft.body)
    return fingerprint(whole.text_of(whole.parameters[name]))


def with_parameter(session, editor, draft, name, value, from_day=MONDAY):
    seen = seen_parameter(draft, name)
    return change_parameter(session, editor, draft.id, name, value, from_day, MONDAY, seen, NOW)


def with_keys(session, editor, draft, rule, **keys):
    return change_keys_of_rule(session, editor, draft.id, rule, keys, seen_rule(draft, rule), NOW)


def tried(session, editor, draft, now=NOW):
    """The trial of the draft, to its end."""
    trial = start_trial(session, editor, draft.id, now)
    while trial.finished_at is None:
        trial = continue_trial(session, editor, draft.id, trial.id, now)
    return trial


def published(session, editor, draft, reason="Because.", now=NOW):
    tried(session, editor, draft, now)
    return publish_rules(session, editor, draft.id, reason, now)


MARKET = {
    "organiser_type": "association",
    "openness": "open",
    "purpose": "culture",
    "attendance_peak": 199,
    "place_kind": "city_outdoor",
    "space_type": "square",
    "outdoor": True,
    "start": "2026-09-05T10:00",
    "end": "2026-09-05T16:00",
}
ASKED = date(2026, 8, 1)


def a_market(session, people=199, **values):
    """An event of last autumn, as it was judged by the rules that the product ships."""
    rules, facts = shipped_rule_set(), {**MARKET, "attendance_peak": people}
    outcome = evaluate(rules, read_facts(rules, facts), ASKED).as_dict()
    return an_event(
        session,
        **{
            "facts": facts,
            "outcome": outcome,
            "rules_version": rules.version,
            "evaluated_on": ASKED,
            "starts_at": at("10:00", date(2026, 9, 5)),
            "ends_at": at("16:00", date(2026, 9, 5)),
            **values,
        },
    )


def codes(error):
    return [one.code for one in error.value.reasons]
