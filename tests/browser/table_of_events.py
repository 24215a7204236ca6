"""The states of the guide to events of one's own, and of the list of them."""

from __future__ import annotations

from tests.browser.states import (
    Step,
    Visit,
    anybody,
    fills,
    follows,
    opens,
    resident,
    sends,
    unfolds,
)

PLAN = "self_initiated.show_step"
ANSWERED = "self_initiated.answer"
GO_ON = ".guide-form .actions button"


def begins(visit: Visit) -> None:
    """Begin an event."""
    opens("/events/plan")(visit)
    follows(".guide-begin button")(visit)


def answers(*values: str) -> Step:
    """Choose these values of these facts, and go on."""

    def step(visit: Visit) -> None:
        for value in values:
            fact, _is, chosen = value.partition("=")
            visit.page.check(f'[name="{fact}"][value="{chosen}"]')
        follows(GO_ON)(visit)

    return step


def tells_of_yoga(visit: Visit) -> None:
    """The answers of a park yoga, until what there is at it."""
    begins(visit)
    answers("organiser_type=private_person")(visit)
    answers("purpose=wellbeing", "openness=open")(visit)
    answers("place_kind=city_outdoor")(visit)
    answers("space_type=park")(visit)
    for name, value in (("date", "2027-06-13"), ("start", "10:00"), ("end", "11:00")):
        fills(f"[name={name}]", value)(visit)
    follows(GO_ON)(visit)
    fills("[name=attendance_peak]", "49")(visit)
    answers("target=all", "personal_data=no")(visit)


def goes_to(step: str) -> Step:
    """Another page of the event that is open."""

    def go(visit: Visit) -> None:
        address = visit.page.url.rpartition("/")[0]
        visit.page.goto(f"{address}/{step}")

    return go


STATES = [
    anybody("self_initiated.show_guide", "the way in", opens("/events/plan")),
    anybody(
        "self_initiated.show_guide",
        "for a space",
        opens("/events/plan?space=kaupungintalo-kokoushuone-b"),
    ),
    anybody(PLAN, "the first question", begins, unfolds),
    anybody(ANSWERED, "nothing chosen", begins, sends("who")),
    anybody(PLAN, "the place", begins, goes_to("place"), unfolds),
    anybody(PLAN, "spaces found", begins, goes_to("place?q=puisto")),
    anybody(PLAN, "no space found", begins, goes_to("place?q=xyzzy")),
    anybody(PLAN, "the time", begins, goes_to("time")),
    anybody(ANSWERED, "no time", begins, goes_to("time"), sends("time")),
    anybody(PLAN, "the people", begins, goes_to("people")),
    anybody(ANSWERED, "no number", begins, goes_to("people"), sends("people")),
    anybody(PLAN, "what there is", tells_of_yoga, unfolds),
    anybody(PLAN, "several questions", tells_of_yoga, goes_to("sound"), unfolds),
    anybody(PLAN, "an amount", tells_of_yoga, goes_to("support"), unfolds),
    anybody(PLAN, "nothing answered", begins, goes_to("outcome"), unfolds),
    anybody(PLAN, "what follows so far", tells_of_yoga, goes_to("outcome"), unfolds),
    anybody(
        "self_initiated.keep",
        "without a name",
        tells_of_yoga,
        goes_to("outcome"),
        sends("keep"),
    ),
    resident("self_initiated.list_events", "none or some", opens("/events/")),
]
