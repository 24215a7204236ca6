"""What the parts, bases and effects of rules are called."""

from __future__ import annotations

from collections.abc import Mapping

from booking.core.errors import N_
from booking.rulebook.rule_set import FREE_USE, GUIDANCE, SUPPORT

PART_NAMES: Mapping[str, str] = {
    FREE_USE: N_("Free use of spaces"),
    SUPPORT: N_("Support"),
    GUIDANCE: N_("Notices, permits and advice"),
}
BASIS_NAMES: Mapping[str, str] = {
    "statute": N_("Law"),
    "city": N_("The city's own decision"),
    "policy": N_("The city's policy"),
    "practice": N_("Practice of the authorities"),
}
EFFECT_NAMES: Mapping[str, str] = {
    "free": N_("Free of charge"),
    "charge": N_("Has a price"),
    "review": N_("The staff decide"),
    "deny": N_("Not possible"),
    "eligible": N_("A grant is possible"),
    "ineligible": N_("No grant"),
    "condition": N_("Condition of a grant"),
    "warning": N_("Warning"),
    "cap": N_("Limit of a grant"),
    "in_kind": N_("Help in kind"),
}
UNIT_NAMES: Mapping[str, str] = {
    "persons": N_("%(value)s people"),
    "eur": N_("%(value)s euros"),
    "days": N_("%(value)s days"),
    "years": N_("%(value)s years"),
    "percent": N_("%(value)s per cent"),
    "times": N_("%(value)s times"),
}
DEADLINE_NAMES: Mapping[str, str] = {
    "days": N_("%(value)s days before the event"),
    "workdays": N_("%(value)s working days before the event"),
    "hours": N_("%(value)s hours before the event"),
}
KIND_NAMES: Mapping[str, tuple[str, str]] = {
    "decision": (N_("Another decision about the use"), N_("Decision")),
    "price_group": (N_("Another price group"), N_("Price group")),
    "support": (N_("Another answer about the grant"), N_("Grant")),
    "added": (N_("More duties and advice"), N_("New")),
    "gone": (N_("Fewer duties and less advice"), N_("No longer")),
    "moved": (N_("Another due date"), N_("Due")),
    "refused": (N_("The facts no longer fit"), N_("Facts")),
}
"""Of each kind of change: the heading of its list, and what stands before a change."""

DECISION_NAMES: Mapping[str, str] = {
    "auto_free": N_("free of charge"),
    "auto_charged": N_("has a price"),
    "review": N_("the staff decide"),
    "denied": N_("not possible"),
    "needs_info": N_("still open"),
    "not_applicable": N_("no space of the city"),
}
SUPPORT_NAMES: Mapping[str, str] = {
    "eligible": N_("possible"),
    "ineligible": N_("not possible"),
    "not_requested": N_("not asked for"),
    "needs_info": N_("still open"),
}
