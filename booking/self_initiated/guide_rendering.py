"""The outcome of an event as the guide shows it: what is free and why, what support there is, what
is owed to whom by when, and what nearly was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from booking.catalogue.places import Catalogue
from booking.core.clock import local_date, to_utc
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook.rule_set import GUIDANCE, Rule, RuleSet, text_of, words_of
from booking.rulebook.texts import Text
from booking.self_initiated.guide_words import (
    FREE_SO_FAR,
    FREE_USE,
    PRICE_SO_FAR,
    STEP_TITLES,
    SUPPORT,
)
from booking.web.languages import locale_language, text_in
from booking.web.words import day_in_words, local_moment

FEW = 4
"""So many sentences about what may still change stand in a row."""


@dataclass(frozen=True)
class Told:
    """An event with its outcome and the rules, as its reader is told of it."""

    event: SelfInitiatedEvent
    rules: RuleSet
    city: Catalogue
    now: datetime

    @property
    def outcome(self) -> Mapping[str, Any]:
        return self.event.outcome or {}

    @property
    def today(self) -> date:
        return local_date(self.now, self.city.zone)

    @property
    def event_day(self) -> date:
        """The day on which its duties are judged: that of the event, else today."""
        starts_at = self.event.starts_at
        return local_date(starts_at, self.city.zone) if starts_at else self.today

    def words(self, text: Text) -> str:
        """A text outside of rules, as it reads today."""
        return words_of(self.rules, text, locale_language(), self.today)

    def duty_text(self, rule_id: str) -> str:
        """The sentence of any rule, as it reads on the day on which it is judged."""
        rule = self.rules.rules[rule_id]
        day = self.event_day if rule.part == GUIDANCE else self.today
        return text_of(self.rules, rule, locale_language(), day)

    def rule_text(self, rule_id: str) -> str:
        """The sentence of a rule of free use or support, or of the default price."""
        if rule_id == self.rules.default_price.id:
            return self.words(self.rules.default_price.text)
        return text_of(self.rules, self.rules.rules[rule_id], locale_language(), self.today)


def outcome_in_words(told: Told) -> dict[str, Any]:
    """All parts of the outcome, as the panel and the last page show them."""
    return {
        "free": _free_use(told),
        "support": _support(told),
        "duties": duties_in_words(told),
        "is_demonstration": is_beyond_booking(told),
    }


def is_beyond_booking(told: Told) -> bool:
    """Whether the event needs neither booking nor fee by law: a demonstration in a public place."""
    fired = told.outcome["free_use"]["rules"]
    return any(rule in told.rules.rules and told.rules.rules[rule].overrides_all for rule in fired)


# ── Free use ──────────────────────────────────────────────────────────────────────────────────


def _free_use(told: Told) -> dict[str, Any]:
    found = told.outcome["free_use"]
    decision, group = found["decision"], told.rules.groups.get(found["price_group"] or "")
    title, tone = FREE_USE[decision]
    if decision == "needs_info" and group is not None:
        title, tone = (FREE_SO_FAR, "yes") if not group.share else (PRICE_SO_FAR, "info")
    return {
        "title": _(title),
        "tone": tone,
        "because": [told.rule_text(rule) for rule in found["rules"]],
        "price": _price(told, decision, group),
        "more": _more(decision),
        "possible": _open_rules(told, "free")[:1] if decision == "needs_info" and not group else [],
        "still_open": _open_rules(told, "review", "deny") if decision == "needs_info" else [],
    }


def _price(told: Told, decision: str, group: Any) -> str:
    """What the price group means, where it is not plain from the title."""
    if group is None or decision in {"auto_free", "not_applicable"}:
        return ""
    name = told.words(group.name)
    if decision in {"review", "denied"}:
        return (
            _("If it is approved, it is free of charge (%(group)s).", group=name)
            if not group.share
            else _("If it is approved, there is a price: %(group)s.", group=name)
        )
    if not group.share:
        return ""
    percent = str(format_decimal(group.share * 100))
    return str(
        _("%(group)s: %(percent)s %% of the price of the space.", group=name, percent=percent)
    )


def _more(decision: str) -> str:
    return {
        "not_applicable": _(
            "Ask whoever owns the place. What is free of charge is the city's own."
        ),
        "denied": _("Change what stands in the way, or ask the staff: a person decides."),
        "review": _("A person decides, and tells why."),
    }.get(decision, "")


def _open_rules(told: Told, *effects: str) -> list[str]:
    """What may still come, a few of the rules with these effects that are open."""
    rules = [told.rules.rules.get(rule) for rule in told.outcome["open"]]
    fitting = [rule.id for rule in rules if rule is not None and rule.effect in effects]
    return [told.rule_text(rule) for rule in fitting[:FEW]]


# ── Support ───────────────────────────────────────────────────────────────────────────────────


def _support(told: Told) -> dict[str, Any]:
    found = told.outcome["support"]
    title, tone = SUPPORT[found["status"]]
    by_effect: dict[str, list[str]] = {}
    for rule in found["rules"]:
        effect = told.rules.rules[rule].effect
        by_effect.setdefault(effect, []).append(told.rule_text(rule))
    is_used_up = found["status"] == "ineligible" and not by_effect.get("ineligible")
    page = told.rules.support_page
    return {
        "title": _(title),
        "tone": tone,
        "amount": _euros(found["amount"]) if found["status"] == "eligible" else "",
        "because": by_effect.get("eligible" if found["status"] == "eligible" else "ineligible", []),
        "is_used_up": is_used_up,
        "conditions": [
            *by_effect.get("warning", []),
            *(by_effect.get("cap", []) if found["status"] == "eligible" else []),
            *(by_effect.get("condition", []) if found["status"] == "eligible" else []),
        ],
        "in_kind": by_effect.get("in_kind", []),
        "possible": _open_rules(told, "in_kind"),
        "page": {"name": told.words(page.name), "url": link_of(page.address)},
        "is_eligible": found["status"] == "eligible",
    }


def _euros(amount: float | None) -> str:
    return f"{format_decimal(amount or 0)} €"


# ── Duties ────────────────────────────────────────────────────────────────────────────────────


def duties_in_words(told: Told) -> list[dict[str, Any]]:
    """The duties found, the first due first and those without a date last."""
    due = told.outcome["due"]
    rules = [told.rules.rules[rule] for rule in told.outcome["guidance"]]
    order = {rule.id: number for number, rule in enumerate(rules)}
    rules.sort(key=lambda rule: (due.get(rule.id) is None, due.get(rule.id) or "", order[rule.id]))
    return [_duty(told, rule, due.get(rule.id)) for rule in rules]


def _duty(told: Told, rule: Rule, due: str | None) -> dict[str, Any]:
    def words(text: Text) -> str:
        return text_of(told.rules, rule, locale_language(), told.event_day, text)

    assert rule.where is not None
    return {
        "id": rule.id,
        "kind": words(told.rules.kinds[rule.kind]),
        "kind_id": rule.kind,
        "text": words(rule.text),
        "authority": words(rule.authority),
        "where": words(rule.where.name),
        "url": link_of(rule.where.address),
        "address": rule.where.address,
        "write": words(rule.write),
        "fee": words(told.rules.fees[rule.fee]),
        "is_task": rule.task,
        "is_recommended": rule.deadline.basis == "recommended",
        "has_deadline": rule.deadline.unit is not None,
        "due": _due(told, due),
        "is_late": _is_late(told, due),
    }


def _due(told: Told, due: str | None) -> str:
    """The due date in words; of a deadline in hours with its time."""
    if due is None:
        return ""
    if len(due) == 10:
        return day_in_words(date.fromisoformat(due))
    moment = datetime.fromisoformat(due)
    return local_moment(to_utc(moment.date(), moment.time(), told.city.zone))


def _is_late(told: Told, due: str | None) -> bool:
    """Whether it was due before now: on an earlier day, or to the hour."""
    if due is None:
        return False
    if len(due) == 10:
        return date.fromisoformat(due) < told.today
    moment = datetime.fromisoformat(due)
    return to_utc(moment.date(), moment.time(), told.city.zone) < told.now


def link_of(address: str | None) -> str | None:
    """The address of a rule as a link: a page, or a mail address; None where none is known."""
    if not address:
        return None
    return f"mailto:{address}" if "@" in address else f"https://{address}"


# ── Answers and steps ─────────────────────────────────────────────────────────────────────────


def step_title(told: Told, step: str) -> str:
    """What a page of the guide is called."""
    if step in STEP_TITLES:
        return str(_(STEP_TITLES[step]))
    fact = told.rules.vocabulary.get(step)
    return told.words(fact.ask) if fact else ""


def answer_in_words(told: Told, fact: str, value: Any) -> str:
    """One answer as its reader gave it."""
    word = told.rules.vocabulary[fact]
    if value is None:
        return str(_("I don't know yet"))
    if word.type == "bool":
        return str(_("Yes") if value else _("No"))
    if word.type == "enum":
        return told.words(word.labels[value])
    if word.type == "datetime":
        moment = datetime.fromisoformat(value)
        return local_moment(to_utc(moment.date(), moment.time(), told.city.zone))
    if word.unit == "eur":
        return _euros(value)
    return str(format_decimal(value))


def steps_left_in_words(count: int) -> str:
    """How much may still be asked, in words rather than as a share of what nobody knows."""
    if not count:
        return str(_("Nothing more needs to be asked."))
    return str(
        ngettext(
            "%(num)s short page may still matter.", "%(num)s short pages may still matter.", count
        )
    )


# ── My events ─────────────────────────────────────────────────────────────────────────────────


def event_rows(
    events: Iterable[SelfInitiatedEvent],
    city: Catalogue,
    now: datetime,
    address: Callable[[SelfInitiatedEvent], str],
) -> list[dict[str, Any]]:
    """One's events as rows: the next one first, then those without a time, then what is over."""
    rows = [_row(event, city, now, address) for event in events]
    rows.sort(key=lambda row: (row["order"], row["starts_at"] or now))
    return rows


def _row(
    event: SelfInitiatedEvent,
    city: Catalogue,
    now: datetime,
    address: Callable[[SelfInitiatedEvent], str],
) -> dict[str, Any]:
    is_over = event.ends_at is not None and event.ends_at <= now
    place = city.places_by_id.get(event.space_id) if event.space_id is not None else None
    outcome = event.outcome or {}
    decision = (outcome.get("free_use") or {}).get("decision", "needs_info")
    order = 2 if is_over or event.cancelled_at else (0 if event.starts_at else 1)
    return {
        "title": event.title or _("An event without a name"),
        "url": address(event),
        "starts_at": event.starts_at,
        "place": text_in(place.name) if place else "",
        "organisation": event.organisation.name if event.organisation else "",
        "state": _("Called off")
        if event.cancelled_at
        else _("Over")
        if is_over
        else _(FREE_USE[decision][0]),
        "tone": "info" if order == 2 else FREE_USE[decision][1],
        "duties": len(outcome.get("guidance", ())),
        "order": order,
    }
