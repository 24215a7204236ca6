"""Rule sets of a city, as tests make them: drafts, changed and published."""

from __future__ import annotations

from itertools import count

from booking.core.actors import Actor, ActorKind, Grant, Role
from booking.self_initiated.rule_texts import RuleText, fingerprint
from booking.self_initiated.rule_trial_use_cases import continue_trial, start_trial
from booking.self_initiated.rule_use_cases import (
    change_keys_of_rule,
    change_parameter,
    make_draft,
    publish_rules,
)
from tests.builders import a_person
from tests.values import MONDAY, NOW

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
