"""What a change did to the outcome of an event, and what its facts are when they are kept; on plain
values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

Facts = Mapping[str, Any]
Outcome = Mapping[str, Any]

KEPT_WITHOUT_ACCOUNT = timedelta(days=30)
"""How long an event without an account is kept after its last change."""

NO_SHOW_MONTHS = 6
"""Unused bookings count that ended within so many calendar months before today."""

_ALL_OF_A_SPACE = ("place_kind", "space_type", "outdoor", "area_preapproved", "alcohol_allowed")

OF_A_SPACE = frozenset(_ALL_OF_A_SPACE)
"""The facts that a space of the catalogue tells of itself."""

_IMPLIED: Mapping[str, Facts] = {
    "city_indoor": {"outdoor": False},
    "city_outdoor": {"outdoor": True},
    "street": {"outdoor": True, "space_type": "none", "alcohol_allowed": True},
    "nature": {"outdoor": True, "space_type": "none", "alcohol_allowed": True},
    "private_place": {"space_type": "none", "alcohol_allowed": True},
}


def implied_facts(place_kind: str | None) -> Facts:
    """What follows from the kind of place alone, so that it is not asked: a street is outdoors, and
    no space of the city forbids anything there."""
    return _IMPLIED.get(place_kind or "", {})


def facts_of_account(*, has_account: bool, of_organisation: bool) -> frozenset[str]:
    """The facts that are not asked: the account of who arranges the event tells them. Of unused
    bookings nobody is asked, with an account or without."""
    found = {"no_shows_6m"}
    if has_account:
        found |= {"grants_this_year_eur"}
    if of_organisation:
        found |= {"organiser_type", "home"}
    return frozenset(found)


def told_facts(facts: Facts, *, has_space: bool, of_account: Collection[str]) -> dict[str, Any]:
    """Of all facts those that somebody told: neither its space nor the account did, nor do they
    follow from the kind of place. None is a question passed over."""
    taken = OF_A_SPACE if has_space else implied_facts(facts.get("place_kind")).keys()
    left_out = {*taken, *of_account}
    return {name: value for name, value in facts.items() if name not in left_out}


def merged_facts(told: Facts, of_space: Facts | None, of_account: Facts) -> dict[str, Any]:
    """All facts as they are judged: what the account and the space know goes before what is told,
    and what follows from the kind of place needs no telling."""
    found = {**told, **of_account}
    if of_space is not None:
        return {**found, **{name: of_space[name] for name in _ALL_OF_A_SPACE if name in of_space}}
    return {**found, **implied_facts(found.get("place_kind"))}


def answered(facts: Facts) -> dict[str, Any]:
    """The facts that are known: a question passed over tells nothing."""
    return {name: value for name, value in facts.items() if value is not None}


def changes_between(before: Outcome | None, after: Outcome) -> dict[str, Any] | None:
    """What came, went and moved from one outcome to the next; None where there was none before, or
    where nothing did.

    `added` and `gone` are ids of duties in the order of their outcome; `moved` the due dates of
    those in both, {id: {before, after}}; `decision`, `price_group` and `support` have what they
    were and are, where that differs.
    """
    if before is None:
        return None
    old, new = before["guidance"], after["guidance"]
    found = {
        "added": [one for one in new if one not in old],
        "gone": [one for one in old if one not in new],
        "moved": _moved(before, after),
        "decision": _step(before["free_use"]["decision"], after["free_use"]["decision"]),
        "price_group": _step(before["free_use"]["price_group"], after["free_use"]["price_group"]),
        "support": _step(_support(before), _support(after)),
    }
    changed = {name: value for name, value in found.items() if value}
    return changed or None


def _moved(before: Outcome, after: Outcome) -> dict[str, Any]:
    return {
        rule: {"before": before["due"][rule], "after": due}
        for rule, due in after["due"].items()
        if rule in before["due"] and before["due"][rule] != due
    }


def _support(outcome: Outcome) -> dict[str, Any]:
    support = outcome["support"]
    return {"status": support["status"], "amount": support["amount"]}


def _step(before: Any, after: Any) -> dict[str, Any] | None:
    return None if before == after else {"before": before, "after": after}


def months_before(day: date, months: int) -> date:
    """The same day so many calendar months earlier, or the last of a month that has no such day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def home_of(domicile: str, city_names: Collection[str], values: Collection[str], local: str) -> str:
    """Whether an organisation is of the city: the value of the fact `home` that says so is `local`,
    and any other of its values says that it is not."""
    if domicile.casefold() in {name.casefold() for name in city_names}:
        return local
    return next(value for value in values if value != local)
