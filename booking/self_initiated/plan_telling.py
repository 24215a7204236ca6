"""What the rules said of an event, told to whoever arranges it: use, support, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.core.errors import N_
from booking.reservations.event_duties import headline
from booking.rulebook.rule_set import RuleSet, text_of, words_of
from booking.self_initiated.plan_duties import Guidance
from booking.self_initiated.plan_pages import Planned
from booking.self_initiated.plan_queries import SupportSoFar
from booking.self_initiated.plan_rules import Mark, mark_of
from booking.self_initiated.plan_words import SUPPORT_STATES
from booking.web.languages import locale_language, text_in
from booking.web.words import day_in_words, money

_USE: Mapping[str, tuple[str, str]] = {
    "auto_free": (N_("The space is free of charge for this event"), "yes"),
    "auto_charged": (N_("The space costs something"), "info"),
    "review": (N_("The staff decide about the use"), "wait"),
    "denied": (N_("The city's spaces are not given for this event as it is"), "no"),
    "needs_info": (N_("Some questions are still open"), "wait"),
    "not_applicable": (N_("This is not a space of the city"), "info"),
}


def use_of(planned: Planned, rules: RuleSet) -> dict[str, Any]:
    """Whether the space is free of charge and why: a title, a tone, the rules as sentences, and
    the price group."""
    found = (planned.event.outcome or {}).get("free_use") or {}
    title, tone = _USE[found.get("decision") or "needs_info"]
    return {
        "title": _(title),
        "tone": tone,
        "sentences": [{"message": one} for one in _use_sentences(planned, rules, found)],
    }


def _use_sentences(planned: Planned, rules: RuleSet, found: Mapping[str, Any]) -> list[str]:
    if found.get("decision") == "not_applicable":
        return [_("Agree with whoever owns the place. The duties below are yours all the same.")]
    day = planned.event.evaluated_on or planned.today
    told = [one for rule in found.get("rules") or () if (one := _free_use_text(rules, rule, day))]
    group = found.get("price_group")
    if group and group in rules.groups:
        name = words_of(rules, rules.groups[group].name, locale_language(), day)
        told.append(_("Price group: %(name)s.", name=name))
    return told


def _free_use_text(rules: RuleSet, rule: str, day: date) -> str:
    if rule == rules.default_price.id:
        return words_of(rules, rules.default_price.text, locale_language(), day)
    found = rules.rules.get(rule)
    return text_of(rules, found, locale_language(), day) if found else ""


# ── Support ───────────────────────────────────────────────────────────────────────────────────


def support_words(planned: Planned, rules: RuleSet, applied: SupportSoFar | None) -> dict[str, Any]:
    """What support there is for the event, and where its application stands."""
    address = url_for("support.show_support", reference=planned.event.reference)
    if applied is not None:
        sentences = [_(SUPPORT_STATES[applied.state])]
        if applied.granted_cents:
            sentences.append(_("Granted: %(sum)s.", sum=money(applied.granted_cents)))
        return {"sentences": sentences, "url": address, "link": _("See the application")}
    found = (planned.event.outcome or {}).get("support") or {}
    day = planned.event.evaluated_on or planned.today
    sentences = _support_sentences(found)
    if found.get("status") == "ineligible":
        sentences += [
            text_of(rules, rules.rules[rule], locale_language(), day)
            for rule in found.get("rules") or ()
            if rule in rules.rules and rules.rules[rule].effect == "ineligible"
        ]
    may_apply = planned.may_change and not planned.is_settled
    return {
        "sentences": sentences,
        "url": address if may_apply else "",
        "link": _("Look at support and apply"),
    }


def _support_sentences(found: Mapping[str, Any]) -> list[str]:
    status, amount = found.get("status"), found.get("amount")
    told = {
        "eligible": _("You can apply for a pop-up grant of %(sum)s.", sum=_euros(amount)),
        "ineligible": _("A pop-up grant can't be given for this event."),
        "needs_info": _("Whether a grant can be given depends on what is still open."),
    }
    sentences = [told.get(str(status), _("You did not ask for a grant."))]
    if found.get("in_kind"):
        sentences.append(_("The city helps in kind as well, for instance with things on loan."))
    return sentences


def _euros(amount: Any) -> str:
    return money(round(float(amount or 0) * 100))


# ── What changed ──────────────────────────────────────────────────────────────────────────────


def changes_of(planned: Planned, rules: RuleSet) -> list[dict[str, Any]]:
    """What the last change of the facts did, each in a sentence; duties that went marked so."""
    found = planned.event.changes or {}
    return [
        *_added(found.get("added") or (), planned.rules),
        *_moved(found.get("moved") or {}, planned),
        *_steps(found, rules, planned),
        *(
            {"text": _title(rule, planned.rules), "is_gone": True}
            for rule in _known(found.get("gone"), planned.rules)
        ),
    ]


def _known(named: Sequence[str] | None, rules: Mapping[str, Guidance]) -> list[str]:
    """Of these rules those that ask something."""
    return [rule for rule in named or () if rule in rules and rules[rule].is_task]


def _sentence(text: str) -> dict[str, Any]:
    return {"text": text, "is_gone": False}


def _added(added: Sequence[str], rules: Mapping[str, Guidance]) -> list[dict[str, Any]]:
    known = _known(added, rules)
    if not known:
        return []
    names = "; ".join(_title(rule, rules) for rule in known)
    return [
        _sentence(
            ngettext(
                "%(num)d new: %(names)s",
                "%(num)d new: %(names)s",
                len(known),
                names=names,
            )
        )
    ]


def _moved(moved: Mapping[str, Any], planned: Planned) -> list[dict[str, Any]]:
    told = []
    for rule, days in moved.items():
        if rule not in planned.rules or not days.get("after"):
            continue
        values = {
            "what": _title(rule, planned.rules),
            "day": _day(days["after"]),
            "before": _day(days["before"]) if days.get("before") else "–",
        }
        sentence = _("%(what)s: now due on %(day)s (before: %(before)s)", **values)
        if mark_of(planned.event.checklist, rule)[0] in {Mark.SENT, Mark.DONE}:
            sentence += ". " + _("You have done it already: tell the authority about the change.")
        told.append(_sentence(sentence))
    return told


def _steps(found: Mapping[str, Any], rules: RuleSet, planned: Planned) -> list[dict[str, Any]]:
    told = []
    if step := found.get("price_group"):
        before, after = (_group(rules, step[name], planned) for name in ("before", "after"))
        told.append(_("Price group: %(before)s → %(after)s", before=before, after=after))
    if step := found.get("decision"):
        before, after = (_(_USE[step[name]][0]) for name in ("before", "after"))
        told.append(_("Use of the space: %(before)s → %(after)s", before=before, after=after))
    if step := found.get("support"):
        before, after = (_euros(step[name].get("amount")) for name in ("before", "after"))
        if before != after:
            told.append(_("Pop-up grant: %(before)s → %(after)s", before=before, after=after))
    return [_sentence(one) for one in told]


def _group(rules: RuleSet, group: str | None, planned: Planned) -> str:
    if group is None or group not in rules.groups:
        return "–"
    return words_of(rules, rules.groups[group].name, locale_language(), planned.today)


def _title(rule: str, rules: Mapping[str, Guidance]) -> str:
    return headline(text_in(rules[rule].text))


def _day(due: str) -> str:
    day = day_in_words(date.fromisoformat(due[:10]))
    return f"{day} {due[11:16]}".strip()
