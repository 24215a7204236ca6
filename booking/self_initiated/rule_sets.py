"""Which rule set is in force, and the sets of the past by which old outcomes can be repeated."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.core.errors import NotFound
from booking.reservations.event_models import SelfInitiatedEvent
from booking.rulebook import RuleSet, load_rule_set
from booking.self_initiated.rule_models import StoredRules
from config import ROOT

SHIPPED = ROOT / "demo_city" / "rules.yaml"
MOST_KEPT = 16
_IN_FORCE = "rule_set_in_force"

_Key = tuple[int, str, int, datetime]
_kept: OrderedDict[_Key, RuleSet] = OrderedDict()
_guard = Lock()


def rule_set_in_force(session: Session | None = None) -> RuleSet:
    """The rule set by which events are judged now: the one published last, else the one that the
    product ships. A transaction asks the database once, in one small query."""
    if session is None:
        return shipped_rule_set()
    transaction, found = session.info.get(_IN_FORCE, (None, None))
    if found is None or transaction is not session.get_transaction():
        found = _published_last(session) or shipped_rule_set()
        session.info[_IN_FORCE] = (session.get_transaction(), found)
    in_force: RuleSet = found
    return in_force


def forget_rule_set_in_force(session: Session) -> None:
    """Ask anew, after something was published in this transaction."""
    session.info.pop(_IN_FORCE, None)


def rule_set_named(session: Session, version: str) -> RuleSet:
    """The rule set of that version, by which outcomes were made. Raises `NotFound`."""
    shipped = shipped_rule_set()
    if version == shipped.version:
        return shipped
    found = session.scalars(select(StoredRules).where(StoredRules.name == version)).first()
    if found is None:
        raise NotFound()
    return stored_rule_set(found)


def is_outdated(event: SelfInitiatedEvent, rule_set: RuleSet) -> bool:
    """Whether other rules are in force than those by which the event was judged."""
    return event.rules_version is not None and event.rules_version != rule_set.version


def stored_rule_set(row: StoredRules) -> RuleSet:
    """The rule set of a row, read once for each text that it has had."""
    key = (row.id, row.name, row.version, row.updated_at)
    with _guard:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    found = load_rule_set(row.body, f"{row.name}.yaml")
    with _guard:
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def shipped_rule_set() -> RuleSet:
    """The rule set that the product ships, read once."""
    return read_rule_set(SHIPPED)


def shipped_text() -> str:
    """The same as it is written."""
    return SHIPPED.read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def read_rule_set(path: Path) -> RuleSet:
    """The rule set in a file. Raises `RulesRefused`, and `OSError` where it can't be read."""
    return load_rule_set(path.read_text(encoding="utf-8"), path.name)


def _published_last(session: Session) -> RuleSet | None:
    """By its keys alone, where this process has read it before."""
    newest = (StoredRules.published_at.desc(), StoredRules.id.desc())
    key = session.execute(
        select(StoredRules.id, StoredRules.name, StoredRules.version, StoredRules.updated_at)
        .where(StoredRules.published_at.is_not(None))
        .order_by(*newest)
        .limit(1)
    ).first()
    if key is None:
        return None
    with _guard:
        found = _kept.get((key.id, key.name, key.version, key.updated_at))
    return found or stored_rule_set(session.get_one(StoredRules, key.id))
