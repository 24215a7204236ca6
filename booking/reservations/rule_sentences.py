"""The rules that fired for an event, in words. The rule sets of the city are kept by a wing above
this one, which says at the start of the application how they are read (`read_by`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from booking.reservations.event_models import SelfInitiatedEvent


@dataclass(frozen=True)
class FiredRule:
    """One rule of free use: what it does (`free`, `charge`, `review`, `deny`), what it rests on
    (`statute`, `city`, `policy`, `practice`), and what it says, by language."""

    id: str
    effect: str
    basis: str
    text: Mapping[str, str]


Reader = Callable[[Session, Sequence[SelfInitiatedEvent]], Mapping[int, Sequence[FiredRule]]]
"""What gives the rules of free use that fired for each of these events, by its key, in the order of
the rule set; as many queries for many as for one."""

_readers: list[Reader] = []


def read_by(reader: Reader) -> None:
    """Read rules this way from now on."""
    _readers[:] = [reader]


def fired_rules(session: Session, event: SelfInitiatedEvent) -> Sequence[FiredRule]:
    """The rules of free use that fired for the event; none where no rule sets are kept at all."""
    return fired_rules_of(session, [event]).get(event.id, ())


def fired_rules_of(
    session: Session, events: Sequence[SelfInitiatedEvent]
) -> Mapping[int, Sequence[FiredRule]]:
    """The same of several events, by their keys."""
    return _readers[0](session, events) if _readers and events else {}
