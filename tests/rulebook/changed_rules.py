"""The shipped rules with something changed, as texts."""

from __future__ import annotations

import re

import pytest

from booking.rulebook import RulesRefused, load_rule_set
from tests.rulebook.scenarios import RULES

KEPT = """
    F01 F02 F06 F07 F10 F11 F12 F13 F16 F17 S01 S02 S03 S11 S14
    G01 G01L G02 G05 G07 G10 G13 G14 G15 G33 G39
"""


def some_rules(text):
    """The text with so many rules that each fault has a place: it is read in half the time."""
    head, *rules = re.split(r"(?m)^(?=- id: |support:\n|guidance:\n)", text)
    kept = [one for one in rules if not one.startswith("- id") or one.split()[2] in KEPT.split()]
    return head + "".join(kept)


TEXT = some_rules(RULES.read_text(encoding="utf-8"))


def faults_of(text):
    with pytest.raises(RulesRefused) as refused:
        load_rule_set(text, "city.yaml")
    return refused.value.faults


def with_change(old, new, text=TEXT):
    assert old in text, old
    return text.replace(old, new, 1)


def in_rule(rule, old, new):
    """The text with the first `old` after the rule's id changed."""
    start = TEXT.index(f"- id: {rule}\n")
    return TEXT[:start] + with_change(old, new, TEXT[start:])


def a_rule(of, id_="X1", **changes):
    """A copy of a rule of the text, under another id, its lines changed."""
    start = TEXT.index(f"- id: {of}\n")
    end = TEXT.index("\n- id:", start + 1) if "\n- id:" in TEXT[start + 1 :] else len(TEXT)
    rule = TEXT[start:end].partition("\n\n")[0].replace(f"id: {of}\n", f"id: {id_}\n")
    for old, new in changes.values():
        rule = with_change(old, new, rule)
    return TEXT[:start] + rule + "\n" + TEXT[start:]
