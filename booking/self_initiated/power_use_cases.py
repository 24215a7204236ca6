"""Administrators keep who may decide: add a power, change it, end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.accounts.queries import find_person
from booking.audit.use_cases import record
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.errors import RequestRefused, RuleBroken
from booking.database import Texts, lock
from booking.self_initiated import support_errors as e
from booking.self_initiated.power_queries import get_power
from booking.self_initiated.support_models import DecisionPower


@dataclass(frozen=True, slots=True)
class PowerWish:
    """What an administrator writes; people by their e-mail addresses, a unit by its slug."""

    matter: str
    post: Texts
    holder: str
    limit_cents: int | None
    valid_from: date
    valid_to: date | None = None
    substitute: str = ""
    substitute_from: date | None = None
    substitute_to: date | None = None
    unit: str = ""


def add_power(session: Session, actor: Actor, wish: PowerWish, now: datetime) -> DecisionPower:
    """Give a power to a post. Raises `NotAllowed`, `RequestRefused`."""
    actor.must(Action.KEEP_POWERS)
    power = DecisionPower()
    _write_down(session, power, wish)
    session.add(power)
    session.flush()
    record(session, actor, "added", power, now, **_details(power))
    return power


def change_power(
    session: Session, actor: Actor, power_id: int, wish: PowerWish, now: datetime
) -> DecisionPower:
    """Change a power; decisions made by it stay what they were. Raises `NotAllowed`, `NotFound`,
    `RequestRefused`."""
    power = get_power(session, actor, power_id)
    lock(session, DecisionPower, [power.id])
    session.refresh(power)
    before = _details(power)
    _write_down(session, power, wish)
    session.flush()
    record(session, actor, "changed", power, now, before=before, **_details(power))
    return power


def end_power(session: Session, actor: Actor, power_id: int, now: datetime) -> DecisionPower:
    """Let a power end today: from now on nobody decides by it. Raises `NotAllowed`, `NotFound`."""
    power = get_power(session, actor, power_id)
    lock(session, DecisionPower, [power.id])
    session.refresh(power)
    yesterday = local_date(now, get_catalogue(session).zone) - timedelta(days=1)
    if power.valid_to is None or power.valid_to > yesterday:
        power.valid_to = yesterday
        session.flush()
        record(session, actor, "ended", power, now, **_details(power))
    return power


def _write_down(session: Session, power: DecisionPower, wish: PowerWish) -> None:
    city = get_catalogue(session)
    holder, substitute = _staff(session, wish.holder), _staff(session, wish.substitute)
    if broken := _broken_by(wish, city, holder, substitute):
        raise RequestRefused(broken)
    assert holder is not None, "without a holder it was refused"
    unit = city.units.get(wish.unit)
    power.matter, power.post = wish.matter, {key: text.strip() for key, text in wish.post.items()}
    power.limit_cents, power.unit_id = wish.limit_cents, unit.id if unit else None
    power.valid_from, power.valid_to = wish.valid_from, wish.valid_to
    power.holder, power.substitute = holder, substitute
    power.substitute_from = wish.substitute_from if substitute else None
    power.substitute_to = wish.substitute_to if substitute else None


def _staff(session: Session, email: str) -> Person | None:
    """The member of staff of that address: somebody active who has a role."""
    person = find_person(session, email) if email.strip() else None
    return person if person is not None and person.is_active and person.roles else None


def _broken_by(
    wish: PowerWish, city: Catalogue, holder: Person | None, substitute: Person | None
) -> list[RuleBroken]:
    broken: list[RuleBroken] = []
    if not all(wish.post.get(language, "").strip() for language in city.languages):
        broken.append(e.PostMissing())
    if holder is None:
        broken.append(e.HolderUnknown())
    if wish.unit and wish.unit not in city.units:
        broken.append(e.UnitUnknown())
    if _is_turned(wish.valid_from, wish.valid_to):
        broken.append(e.DaysInWrongOrder(field="valid_to"))
    return broken + (_broken_by_substitute(wish, holder, substitute) if wish.substitute else [])


def _broken_by_substitute(
    wish: PowerWish, holder: Person | None, substitute: Person | None
) -> list[RuleBroken]:
    if substitute is None:
        return [e.SubstituteUnknown()]
    if substitute is holder:
        return [e.SubstituteIsHolder()]
    if wish.substitute_from is None or wish.substitute_to is None:
        return [e.SubstituteDaysMissing()]
    if _is_turned(wish.substitute_from, wish.substitute_to):
        return [e.DaysInWrongOrder(field="substitute_to")]
    return []


def _is_turned(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first


def _details(power: DecisionPower) -> dict[str, object]:
    return {
        "matter": power.matter,
        "post": dict(power.post),
        "limit_cents": power.limit_cents,
        "holder": power.holder_id,
        "substitute": power.substitute_id,
        "valid_from": power.valid_from.isoformat(),
        "valid_to": power.valid_to.isoformat() if power.valid_to else None,
    }
