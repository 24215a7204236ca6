"""Reading who may decide about what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.self_initiated.power_rules import Power
from booking.self_initiated.support_models import DecisionPower


def powers_in(session: Session, matter: str) -> list[Power]:
    """All powers in a matter, past and to come, as values; in one query."""
    rows = session.scalars(
        select(DecisionPower).where(DecisionPower.matter == matter).order_by(DecisionPower.id)
    )
    return [as_value(row) for row in rows]


def as_value(row: DecisionPower) -> Power:
    return Power(
        id=row.id,
        matter=row.matter,
        post=dict(row.post),
        limit_cents=row.limit_cents,
        holder_id=row.holder_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        substitute_id=row.substitute_id,
        substitute_from=row.substitute_from,
        substitute_to=row.substitute_to,
        unit_id=row.unit_id,
    )


def kept_powers(session: Session, actor: Actor) -> Sequence[DecisionPower]:
    """All powers with their people, for those who keep them: by matter, the newest last. Raises
    `NotAllowed`."""
    actor.must(Action.KEEP_POWERS)
    return session.scalars(
        select(DecisionPower)
        .options(joinedload(DecisionPower.holder), joinedload(DecisionPower.substitute))
        .order_by(DecisionPower.matter, DecisionPower.valid_from, DecisionPower.id)
    ).all()


def get_power(session: Session, actor: Actor, power_id: int) -> DecisionPower:
    """One of them. Raises `NotAllowed`, `NotFound`."""
    actor.must(Action.KEEP_POWERS)
    found = session.get(DecisionPower, power_id)
    if found is None:
        raise NotFound()
    return found
