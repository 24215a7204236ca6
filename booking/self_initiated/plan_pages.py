"""The plan of an event as its pages show it: words, dates, addresses. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.periods import Period
from booking.reservations.addresses import request_url
from booking.reservations.event_duties import headline
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.models import Reservation
from booking.reservations.rendering import reservation_row
from booking.self_initiated.event_rules import OF_A_SPACE
from booking.self_initiated.plan_duties import Guidance, duties_of
from booking.self_initiated.plan_forms import DutyForm
from booking.self_initiated.plan_queries import may_change
from booking.self_initiated.plan_rules import Duty, Mark, last_working_day, progress_of
from booking.self_initiated.plan_words import MARK_NAMES
from booking.web.languages import text_in
from booking.web.words import local_day, local_moment, local_time


@dataclass(frozen=True)
class Planned:
    """An event with all that its pages are made of; `rules` are those it was evaluated by."""

    event: SelfInitiatedEvent
    rules: Mapping[str, Guidance]
    city: Catalogue
    actor: Actor
    now: datetime

    @property
    def duties(self) -> list[Duty]:
        return duties_of(self.event, self.rules, self.city.zone)

    @property
    def today(self) -> date:
        return local_date(self.now, self.city.zone)

    @property
    def period(self) -> Period | None:
        event = self.event
        if event.starts_at is None or event.ends_at is None:
            return None
        return Period(event.starts_at, event.ends_at)

    @property
    def place(self) -> Place | None:
        return self.city.places_by_id.get(self.event.space_id or 0)

    @property
    def known(self) -> Collection[str]:
        """The facts that nobody need be told beside the name of the space."""
        return OF_A_SPACE if self.event.space_id else ()

    @property
    def is_over(self) -> bool:
        return self.event.ends_at is not None and self.event.ends_at <= self.now

    @property
    def is_settled(self) -> bool:
        """Whether nothing can come of it any more: it is over, or was called off."""
        return self.is_over or self.event.cancelled_at is not None

    @property
    def is_demonstration(self) -> bool:
        return bool(self.event.facts.get("purpose") == "demonstration")

    @property
    def may_change(self) -> bool:
        return may_change(self.actor, self.event)

    @property
    def title(self) -> str:
        return self.event.title or str(_("My event"))


# ── What it is ────────────────────────────────────────────────────────────────────────────────


def head_of(planned: Planned) -> dict[str, Any]:
    """What the event is, when and where."""
    event, place = planned.event, planned.place
    return {
        "title": planned.title,
        "reference": event.reference,
        "period": planned.period,
        "people": event.facts.get("attendance_peak"),
        "place": text_in(place.name) if place else "",
        "place_url": url_for("spaces.show_space", slug=place.slug) if place else "",
        "unit": text_in(place.unit.name) if place else "",
        "address": place.unit.address(planned.city.town) if place else "",
        "organisation": event.organisation.name if event.organisation else "",
        "is_cancelled": event.cancelled_at is not None,
        "is_over": planned.is_over,
        "is_demonstration": planned.is_demonstration,
        "may_change": planned.may_change,
    }


# ── The checklist ─────────────────────────────────────────────────────────────────────────────


def checklist_of(planned: Planned, refused: DutyForm | None, rule: str = "") -> dict[str, Any]:
    """The duties by due date, what is forbidden and what only informs apart, and how far it is.

    `refused` is the form of the duty `rule`, as somebody has just sent it.
    """
    duties = planned.duties
    faces = {
        duty.rule: duty_face(planned, duty, refused if duty.rule == rule else None)
        for duty in duties
    }
    tasks = [duty for duty in duties if duty.is_on_checklist]
    return {
        "dated": [faces[one.rule] for one in tasks if one.due],
        "undated": [faces[one.rule] for one in tasks if not one.due],
        "forbidden": [faces[one.rule] for one in duties if one.is_prohibition],
        "informing": [
            faces[one.rule] for one in duties if not one.is_task and not one.is_prohibition
        ],
        "today": planned.today,
        "progress": _progress(planned, tasks),
    }


def duty_face(planned: Planned, duty: Duty, refused: DutyForm | None = None) -> dict[str, Any]:
    """One duty as it is shown; `form` is the one that was refused, if that is about it."""
    rule = planned.rules[duty.rule]
    is_late = duty.is_late(planned.now) and not planned.is_over
    return {
        "rule": duty.rule,
        "kind": text_in(rule.kind_name),
        "text": text_in(rule.text),
        "title": headline(text_in(rule.text)) + ".",
        "rest": text_in(rule.text).partition(". ")[2],
        "authority": text_in(rule.authority),
        "where": text_in(rule.where),
        "link": rule.link,
        "write": text_in(rule.write),
        "fee": text_in(rule.fee),
        "is_sent_to_somebody": duty.kind not in {"advice", "duty"},
        "mark": duty.mark.value,
        "mark_name": _(MARK_NAMES[duty.mark]),
        "note": duty.reference,
        "is_open": duty.is_open,
        "is_late": is_late,
        "is_past": duty.is_past(planned.now) and not planned.is_over,
        "is_recommended": duty.is_recommended,
        "day": duty.due.day if duty.due else None,
        "due": due_in_words(duty),
        "time": local_time(duty.due.until) if duty.due and duty.due.is_to_the_hour else "",
        "working_day": _working_day(duty),
        "away": _away(duty, planned.today),
        "marks": [(mark.value, _(name)) for mark, name in MARK_NAMES.items()],
        "seen": duty.changed_at,
        "may_mark": planned.may_change,
        "form": refused,
    }


def due_in_words(duty: Duty) -> str:
    """By when: a day, or a moment."""
    if duty.due is None:
        return ""
    return local_moment(duty.due.until) if duty.due.is_to_the_hour else local_day(duty.due.day)


def _working_day(duty: Duty) -> date | None:
    """The last day on which somebody can be asked, where that is not the due date itself."""
    if duty.due is None or duty.due.is_to_the_hour:
        return None
    day = last_working_day(duty.due.day)
    return day if day != duty.due.day else None


def _away(duty: Duty, today: date) -> str:
    """How far the due date is away, in words."""
    if duty.due is None:
        return ""
    days = (duty.due.day - today).days
    if days == 0:
        return str(_("today"))
    if days == 1:
        return str(_("tomorrow"))
    if days < 0:
        return str(ngettext("%(num)d day ago", "%(num)d days ago", -days))
    if days >= 60:
        return str(ngettext("in %(num)d month", "in %(num)d months", round(days / 30.44)))
    if days >= 21:
        return str(ngettext("in %(num)d week", "in %(num)d weeks", round(days / 7)))
    return str(ngettext("in %(num)d day", "in %(num)d days", days))


def _progress(planned: Planned, tasks: Sequence[Duty]) -> dict[str, Any]:
    progress = progress_of(tasks, planned.now)
    following = progress.next
    return {
        "done": progress.done,
        "sent": progress.sent,
        "total": progress.total,
        "late": 0 if planned.is_over else progress.late,
        "next": headline(text_in(planned.rules[following.rule].text)) if following else "",
        "next_is_late": bool(following and following.is_past(planned.now)),
        "next_rule": following.rule if following else "",
        "next_due": due_in_words(following) if following else "",
        "is_all_done": progress.total > 0 and progress.done == progress.total,
        "pieces": [_piece(one, planned) for one in tasks if one.mark is not Mark.NOT_NEEDED],
    }


def _piece(duty: Duty, planned: Planned) -> str:
    """How a duty is drawn in the bar of progress."""
    if duty.is_late(planned.now) and not planned.is_over:
        return "late"
    return {Mark.DONE: "done", Mark.SENT: "sent"}.get(duty.mark, "open")


# ── Spaces ────────────────────────────────────────────────────────────────────────────────────


def search_url(planned: Planned) -> str:
    """The search for spaces, filled with what the event needs."""
    facts, period = planned.event.facts, planned.period
    wanted: dict[str, Any] = {
        "people": facts.get("attendance_peak"),
        "event": planned.event.reference,
    }
    if period is not None:
        first, last = (
            one.astimezone(planned.city.zone) for one in (period.starts_at, period.ends_at)
        )
        wanted |= {"date": first.date().isoformat(), "start": f"{first:%H:%M}"}
        wanted |= {"end": f"{last:%H:%M}"} if last.date() == first.date() else {}
    wanted["kind"] = kinds_for(planned.city, facts)
    return url_for("spaces.search_spaces", **{name: one for name, one in wanted.items() if one})


def kinds_for(city: Catalogue, facts: Mapping[str, Any]) -> list[str]:
    """The kinds of space that are what the facts say of the place; none where they say nothing."""
    named = {name: facts[name] for name in ("place_kind", "space_type") if facts.get(name)}
    if named.get("space_type") in {None, "none"}:
        return []
    return sorted(
        {
            place.kind.slug
            for place in city.published_places()
            if all(place.facts.get(name) == value for name, value in named.items())
        }
    )


def booking_url(planned: Planned) -> str:
    """The form that books the event's own space for it; empty where none is chosen."""
    place, period = planned.place, planned.period
    if place is None or period is None:
        return ""
    people = planned.event.facts.get("attendance_peak")
    address = request_url(place, period, people, planned.event.title or None)
    return f"{address}&event={planned.event.reference}"


def bookings_of(planned: Planned, reservations: Sequence[Reservation]) -> list[dict[str, Any]]:
    """The bookings of the event: each with its state, and its price or why it is free."""
    return [
        {**reservation_row(one, planned.city, planned.now), "is_free": not one.total_cents}
        for one in reservations
    ]
