"""What the API takes and gives of self-initiated events."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from booking.web.api import Model


class EvaluateIn(Model):
    """The facts of an event, in the words of the rule set's vocabulary."""

    facts: Annotated[
        dict[str, Any],
        Field(description="By name; wall times of the city as YYYY-MM-DDTHH:MM, without offset."),
    ]
    today: Annotated[
        date | None, Field(description="The day of the decision; else today in the city.")
    ] = None
    partial: Annotated[
        bool, Field(description="Whether what is not given is unknown, instead of its default.")
    ] = False


class FreeUseOut(Model):
    """What the use of a city space costs, and who decides; a price is not a confirmation."""

    decision: Literal[
        "auto_free", "auto_charged", "review", "denied", "needs_info", "not_applicable"
    ]
    price_group: str | None
    rules: list[str]


class SupportOut(Model):
    """Whether a grant can be had; `amount` is in euros."""

    status: Literal["eligible", "ineligible", "needs_info", "not_requested"]
    amount: int | float | None
    in_kind: bool | None
    rules: list[str]


class CauseOut(Model):
    """A comparison by which a rule holds; `holds` false where it is that it does not hold."""

    fact: str
    op: Literal["eq", "ne", "in", "gt", "gte", "lt", "lte"]
    value: Any
    given: Any
    holds: bool


class FiredOut(Model):
    """A rule that holds, and why."""

    rule: str
    because: list[CauseOut]


class NearOut(Model):
    """A rule that would hold too if the fact were `value` instead of what was `given`."""

    rule: str
    fact: str
    given: Any
    value: Any


class ExplanationOut(Model):
    """Why the outcome is as it is, and what is near."""

    fired: list[FiredOut]
    near: list[NearOut]


class OutcomeOut(Model):
    """All that follows for an event. Ids of rules are in the order of the rule set; `due` has a
    date, or a wall time for a deadline in hours, for each rule of guidance that has a deadline."""

    rules_version: str
    today: date
    partial: bool
    free_use: FreeUseOut
    support: SupportOut
    guidance: list[str]
    due: dict[str, str | None]
    open: Annotated[list[str], Field(description="What an unknown fact can still bring.")]
    questions: Annotated[list[str], Field(description="The facts to ask, best first.")]
    explanation: ExplanationOut
