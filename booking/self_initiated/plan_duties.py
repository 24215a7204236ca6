"""What the rule set asks of an event: the one place of the plan that reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.core.clock import local_date
from booking.reservations.event_duties import ToldDuty
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook.rule_set import Rule, RuleSet, text_of
from booking.rulebook.texts import LANGUAGES, Text
from booking.self_initiated.plan_rules import Due, Duty, Mark, Unit, due_of, in_order, mark_of
from booking.self_initiated.rule_sets import rule_set_in_force

Texts = Mapping[str, str]

RECOMMENDED = "recommended"
"""The basis of a due date that no law sets."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """A rule of guidance in words, by language; `link` is where to go, with its protocol.

    `order` is its place in the rule set; the deadline is `n` of `unit` before the start, or none.
    """

    id: str
    kind: str
    kind_name: Texts
    order: int
    is_task: bool
    unit: Unit | None
    n: int
    is_recommended: bool
    text: Texts
    authority: Texts
    where: Texts
    write: Texts
    fee: Texts
    link: str | None


def guidance_of(rule_set: RuleSet, day: date) -> dict[str, Guidance]:
    """All guidance of the rule set in the words of that day, by id."""
    return {
        rule.id: _guidance(rule_set, rule, order, day)
        for order, rule in enumerate(rule_set.guidance)
    }


def _guidance(rule_set: RuleSet, rule: Rule, order: int, day: date) -> Guidance:
    def words(text: Text) -> Texts:
        return {one: text_of(rule_set, rule, one, day, text) for one in LANGUAGES}

    assert rule.where is not None, "guidance says where"
    return Guidance(
        id=rule.id,
        kind=rule.kind,
        kind_name=rule_set.kinds[rule.kind],
        order=order,
        is_task=rule.task,
        unit=Unit(rule.deadline.unit) if rule.deadline.unit else None,
        n=rule.deadline.n,
        is_recommended=rule.deadline.basis == RECOMMENDED,
        text=words(rule.text),
        authority=words(rule.authority),
        where=words(rule.where.name),
        write=words(rule.write),
        fee=rule_set.fees[rule.fee],
        link=link_of(rule.where.address),
    )


def guidance_for(
    session: Session, event: SelfInitiatedEvent, zone: ZoneInfo
) -> Mapping[str, Guidance]:
    """The guidance as it reads on the day of the event, by id."""
    day = event.starts_at or event.updated_at
    return guidance_of(rule_set_in_force(session), local_date(day, zone))


def duties_of(
    event: SelfInitiatedEvent, rules: Mapping[str, Guidance], zone: ZoneInfo
) -> list[Duty]:
    """The guidance that fired for the event, with how far each is, by due date."""
    outcome = event.outcome or {}
    due = outcome.get("due") or {}
    return in_order(
        _duty(event, rules[rule], due.get(rule), zone)
        for rule in outcome.get("guidance") or ()
        if rule in rules
    )


def _duty(event: SelfInitiatedEvent, rule: Guidance, due: str | None, zone: ZoneInfo) -> Duty:
    mark, reference, changed_at = mark_of(event.checklist, rule.id)
    return Duty(
        rule=rule.id,
        kind=rule.kind,
        order=rule.order,
        due=_due(event, rule, due, zone),
        is_recommended=rule.is_recommended,
        is_task=rule.is_task,
        mark=mark,
        reference=reference,
        changed_at=changed_at,
    )


def _due(event: SelfInitiatedEvent, rule: Guidance, due: str | None, zone: ZoneInfo) -> Due | None:
    if not due or rule.unit is None or event.starts_at is None:
        return None
    return due_of(date.fromisoformat(due[:10]), rule.unit, rule.n, event.starts_at, zone)


def told_duties(session: Session, event: SelfInitiatedEvent, zone: ZoneInfo) -> Sequence[ToldDuty]:
    """What is due of the event, for its calendar: without what is not needed."""
    rules = guidance_for(session, event, zone)
    return [
        told(duty, rules[duty.rule])
        for duty in duties_of(event, rules, zone)
        if duty.is_on_checklist and duty.due and duty.mark is not Mark.NOT_NEEDED
    ]


def told(duty: Duty, rule: Guidance) -> ToldDuty:
    """A duty that has a due date, as calendars tell it."""
    assert duty.due is not None, "only what is due has a day"
    return ToldDuty(
        rule=duty.rule,
        day=duty.due.day,
        at=duty.due.until if duty.due.is_to_the_hour else None,
        is_done=duty.mark in {Mark.DONE, Mark.SENT},
        is_recommended=duty.is_recommended,
        text=rule.text,
        authority=rule.authority,
        where=rule.where,
        write=rule.write,
        fee=rule.fee,
        link=rule.link,
        note=duty.reference,
    )


def link_of(address: str | None) -> str | None:
    """The address of a rule as a link: a page, or a mail address; None where none is known."""
    if not address:
        return None
    return f"mailto:{address}" if "@" in address else f"https://{address}"
