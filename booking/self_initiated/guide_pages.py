"""What a page of the guide needs: whose event it is, how far its answers are, and where to go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.catalogue.finding import Criteria, look_for
from booking.catalogue.places import Place
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.references import normal_reference
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.event_queries import (
    Asker,
    Secret,
    event_of_secret,
    get_own_event,
    space_of,
)
from booking.self_initiated.event_rules import facts_of_account, told_facts
from booking.self_initiated.guide_rendering import Told, answer_in_words, step_title
from booking.self_initiated.guide_rules import (
    PROGRAMME,
    Standing,
    next_step,
    step_of,
    steps_left,
)
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.web.languages import text_in
from booking.web.session import db, transact

MOST_FOUND = 8

P = ParamSpec("P")


@dataclass(frozen=True)
class GuidePage:
    """An event in the guide: by which key it is reached, who asks, and how it stands."""

    key: str
    asker: Asker
    told: Told

    @property
    def event(self) -> SelfInitiatedEvent:
        return self.told.event

    @property
    def is_kept(self) -> bool:
        """Whether it belongs to an account."""
        return self.event.person_id is not None

    @property
    def place(self) -> Place | None:
        return space_of(self.told.city, self.event)

    @property
    def answers(self) -> Mapping[str, Any]:
        """The facts that somebody told, None for those passed over."""
        known = facts_of_account(
            has_account=self.is_kept, of_organisation=self.event.organisation_id is not None
        )
        has_space = self.event.space_id is not None
        return told_facts(self.event.facts, has_space=has_space, of_account=known)

    @property
    def standing(self) -> Standing:
        facts = self.event.facts
        questions = self.told.outcome.get("questions", ())
        return Standing(facts, facts.keys() - self.answers.keys(), questions)

    @property
    def next_step(self) -> str | None:
        return next_step(self.told.rules, self.standing)

    @property
    def steps_left(self) -> int:
        return steps_left(self.told.rules, self.standing)

    def url(self, step: str | None) -> str:
        """The address of a page of the guide; without a step that of its outcome."""
        return url_for("self_initiated.show_step", key=self.key, step=step or "outcome")

    @property
    def url_of_next(self) -> str:
        return self.url(self.next_step)


def needs_account(key: str) -> bool:
    """Whether the key is the reference of an event that belongs to an account."""
    return normal_reference(key) is not None


def opened(key: str, session: Session | None = None) -> GuidePage:
    """The event of a key: a secret, or the reference of one's own. Raises `NotFound`."""
    session = session or db.session()
    asker, event = _found(session, key)
    told = Told(event, rule_set_in_force(session), get_catalogue(session), clock.now())
    return GuidePage(key, asker, told)


def _found(session: Session, key: str) -> tuple[Asker, SelfInitiatedEvent]:
    if needs_account(key):
        actor = access.current_actor()
        return actor, get_own_event(session, actor, key)
    return Secret(key), event_of_secret(session, key)


Step = Callable[Concatenate[Session, Asker, SelfInitiatedEvent, P], SelfInitiatedEvent]


def let(key: str, use_case: Step[P], *args: P.args, **kwargs: P.kwargs) -> GuidePage:
    """The page as it stands once a use case has changed the event of this key."""

    def change(session: Session) -> None:
        asker, event = _found(session, key)
        use_case(session, asker, event, *args, **kwargs)

    transact(change)
    return opened(key)


# ── What stands on every page ─────────────────────────────────────────────────────────────────


def answers_given(page: GuidePage) -> list[dict[str, Any]]:
    """The answers in the order of the questions, each with the page on which it is changed."""
    told, answers = page.told, page.answers
    rows = [
        {
            "name": told.words(fact.ask),
            "value": answer_in_words(told, name, answers[name]),
            "is_open": answers[name] is None,
            "url": page.url(step_of(name)),
        }
        for name, fact in told.rules.vocabulary.items()
        if name in answers
    ]
    if page.place is not None:
        words = told.words(told.rules.vocabulary["place_kind"].ask)
        name = f"{text_in(page.place.name)}, {text_in(page.place.unit.name)}"
        rows.append({"name": words, "value": name, "is_open": False, "url": page.url("place")})
    return rows


def too_small(page: GuidePage) -> str:
    """That the chosen space has less room than people come; empty where it has not."""
    people = page.event.facts.get("attendance_peak")
    if page.place is None or people is None or page.place.capacity >= people:
        return ""
    return str(
        _(
            "%(space)s has room for %(capacity)s, and you said %(people)s. Look for a larger one.",
            space=text_in(page.place.name),
            capacity=page.place.capacity,
            people=people,
        )
    )


def title_of(page: GuidePage, step: str) -> str:
    if step == PROGRAMME:
        return str(_("What there is at the event"))
    return step_title(page.told, step)


def places_found(page: GuidePage, words: str) -> Sequence[Place]:
    """The spaces that answer the words, the best first; for the people who come, where known."""
    if not words.strip():
        return []
    found = look_for(page.told.city, Criteria(q=words[:200]))
    return found.places[:MOST_FOUND]


def plan_url(event: SelfInitiatedEvent) -> str:
    """The page of an event that somebody keeps: its plan."""
    if "self_initiated.show_event" in current_app.view_functions:
        return url_for("self_initiated.show_event", reference=event.reference)
    return url_for("self_initiated.show_step", key=event.reference, step="outcome")


def search_url(page: GuidePage) -> str:
    """The search for a space, filtered by what is known: people, day, times."""
    facts = page.event.facts
    known: dict[str, Any] = {"people": facts.get("attendance_peak")}
    start, end = facts.get("start"), facts.get("end")
    if start:
        known |= {"date": start[:10], "start": start[11:16]}
    if start and end and end[:10] == start[:10]:
        known["end"] = end[11:16]
    return url_for(
        "spaces.search_spaces", **{name: value for name, value in known.items() if value}
    )
