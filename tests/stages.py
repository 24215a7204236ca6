"""A small town on a real engine, for a machine that plays in it: whatever it does is undone.

A hall of three sections with a pair of them, a room where staff decide, with set-up and clean-up,
and two tents; two residents and somebody of the staff.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from booking.catalogue.exporting import export_catalogue
from booking.catalogue.format import CatalogueFile
from booking.catalogue.format.vocabulary import MATTERS
from booking.catalogue.models import LoanItem, Part
from booking.catalogue.queries import forget_kept_catalogues
from booking.core.actors import Actor, Role
from booking.core.errors import RequestRefused, StepNotPossible
from booking.invariants import Breach, breaches
from booking.reservations.models import Occupancy, Reservation
from booking.reservations.retaking import PartsCollide
from booking.reservations.rules import ReservationRequest
from tests.catalogue.demo_files import with_space
from tests.naive import instant
from tests.places import (
    a_city,
    a_combination,
    a_policy,
    a_space,
    a_thing,
    a_unit,
    an_actor,
)

SECTIONS = ("one", "two", "three")
TENTS = 2
TERMS = (date(2026, 1, 1),)
EASY: dict[str, Any] = {
    "series": {
        "allowed": True,
        "who": "anyone",
        "approval": "instant",
        "max_occurrences": 9,
        "horizon_days": 90,
    },
    "cancel_before": {"hours": 0},
    "quota": {"active": 1000, "hours_per_week": None, "series_counts_as": "one"},
}
META = {
    "schema": 2,
    "as_of": "2026-11-01",
    "status": "candidate",
    "basis": dict.fromkeys(MATTERS, "found"),
}
TAKEN = (
    select(Reservation.reference, Part.slug, Occupancy.starts_at, Occupancy.ends_at)
    .join(Occupancy, Occupancy.reservation_id == Reservation.id)
    .join(Part, Part.id == Occupancy.part_id)
    .where(Part.loan_item_id.is_(None))
)


class Stage:
    """The town, in a transaction that is rolled back at the end; what is done in it is committed
    within, step by step."""

    def __init__(self, engine: Engine) -> None:
        forget_kept_catalogues()
        self._connection = engine.connect()
        self._outer = self._connection.begin()
        self.session = Session(
            self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        build_town(self.session)
        self.staff = an_actor(self.session, role=Role.ADMINISTRATOR)
        self.owners = [an_actor(self.session) for _ in range(2)]
        self.tent = self.session.scalars(select(LoanItem.slug)).one()
        self._file = export_catalogue(self.session)
        self.session.commit()

    def close(self) -> None:
        self.session.close()
        self._outer.rollback()
        self._connection.close()
        forget_kept_catalogues()

    def attempt(
        self,
        expected: set[str],
        use_case: Callable[..., Any],
        actor: Actor,
        *what: Any,
        now: datetime,
    ) -> Any:
        """What the use case gives, committed; None where it is refused. Either must be as
        `expected`: the codes of all broken rules, or none."""
        self.session.expunge_all()
        told, found = set[str](), None
        try:
            found = use_case(self.session, actor, *what, now=now)
            self.session.commit()
        except (RequestRefused, StepNotPossible, PartsCollide) as refused:
            self.session.rollback()
            told = {reason.code for reason in refused.reasons}
        assert told == expected
        return found

    def catalogue(self, pair: tuple[str, ...], has_remainder: bool) -> CatalogueFile:
        return divided(self._file, pair, has_remainder)

    def rows(self) -> dict[str, Reservation]:
        self.session.expunge_all()
        return {row.reference: row for row in self.session.scalars(select(Reservation))}

    def taken(self) -> Sequence[Any]:
        """Who holds which part of a space from when to when."""
        return self.session.execute(TAKEN).all()

    def breaches(self, now: datetime) -> list[Breach]:
        return breaches(self.session.connection(), now)


def divided(file: CatalogueFile, pair: tuple[str, ...], has_remainder: bool) -> CatalogueFile:
    """The town's file with these sections as the pair, and a hall that they fill or not."""
    [hall] = [space for space in file.units[0].spaces if space.slug == "hall"]
    pairs = (replace(hall.combinations[0], parts=pair),)
    return with_space(file, "hall", remainder=has_remainder, combinations=pairs)


def a_request(spaces: tuple[str, ...], period: tuple[int, int]) -> ReservationRequest:
    return ReservationRequest(
        spaces=spaces,
        starts_at=instant(period[0]),
        ends_at=instant(period[1]),
        terms=TERMS,
        title="Whatever",
    )


def build_town(session: Session) -> None:
    """The town's rows, without people."""
    contact = dict.fromkeys(("street_address", "po_box", "postcode"), None)
    city = a_city(session, meta=META)
    city.contact = {**city.contact, **contact}
    unit = a_unit(session)
    easy = a_policy(session, **EASY)
    place = partial(a_space, session, unit=unit, policy=easy)
    sections = [place(slug=name) for name in SECTIONS]
    parts = [part for section in sections for part in section.parts]
    hall = place(slug="hall", parts=parts, joint_capacity="advisory")
    for section in sections:
        section.parent_id = hall.id
    pair = a_combination(session, hall, sections[:2])
    pair.slug, pair.policy_id = "pair", easy.id
    buffers = {"buffer_before_min": 30, "buffer_after_min": 30}
    decided = a_policy(session, approval="staff", **buffers, **EASY)
    place(slug="room", policy=decided)
    a_thing(session, 2, unit=unit)
