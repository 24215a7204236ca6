"""Patterns of rules to begin with: whole, but for what they say."""

from __future__ import annotations

from collections.abc import Mapping

from booking.rulebook.rule_set import FREE_USE, GUIDANCE, SUPPORT

_END = """\
  when: {fact: purpose, op: eq, value: culture}
  basis: policy
  source: ""
  conf: M
  fi: ""
  sv: ""
  en: ""
"""

NEW_RULES: Mapping[str, str] = {
    FREE_USE: f"""\
- id: F100
  effect: charge
  price_group: K3
{_END}""",
    SUPPORT: f"""\
- id: S100
  effect: warning
{_END}""",
    GUIDANCE: f"""\
- id: G100
  kind: advice
  authority: {{fi: "", sv: "", en: ""}}
  where: {{fi: "", sv: "", en: "", address: null}}
  write: {{fi: "", sv: "", en: ""}}
  deadline: {{unit: none}}
  fee: none
  task: false
{_END}""",
}
"""By part; `when` is to be replaced as well, and the id is the next one that is free."""
