"""Taking what an outside calendar says: its events become reservations of kind `imported`.

Nobody is ever put out by an outside event: where it meets a reservation it waits for a person.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session, selectinload

from booking.audit.changes import raise_counters
from booking.audit.use_cases import record
from booking.calendars.models import CalendarSource, ImportCollision
from booking.calendars.outside import Occurrence, Reading
from booking.catalogue.models import Part
from booking.catalogue.places import Catalogue, Place
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.periods import Period
from booking.core.references import new_reference
from booking.database import constraint_means, during, lock
from booking.reservations import errors as e
from booking.reservations.models import Occupancy, Reservation, ReservationSpace
from booking.reservations.occupying import share_again
from booking.reservations.states import HOLDING, SHARING, Kind, State
from booking.reservations.taken import Taken, first_of, last_of
from booking.reservations.use_cases import expire_due

LONGEST_UID, LONGEST_RECURRENCE, LONGEST_TITLE = 255, 40, 120
AT_ONCE = 1000
BACK, AHEAD = timedelta(days=1), timedelta(days=400)
"""So far behind and ahead an outside calendar is read."""

Key = tuple[str, str]
"""The UID of an outside event, and which of its series it is."""


@dataclass(slots=True)
class Taking:
    """What taking a calendar did, or would do: the numbers of events that are new, moved, gone and
    unchanged, and of those that meet a reservation; `waits` where a person must confirm first."""

    added: int = 0
    moved: int = 0
    gone: int = 0
    unchanged: int = 0
    collisions: int = 0
    waits: bool = False

    @property
    def changes_something(self) -> bool:
        return not self.waits and bool(self.added or self.moved or self.gone)

    def as_dict(self) -> dict[str, int | bool]:
        return asdict(self)


def window_at(now: datetime) -> Period:
    """The time that is read of an outside calendar."""
    return Period(now - BACK, now + AHEAD)


def take_calendar(
    session: Session,
    actor: Actor,
    source: CalendarSource,
    reading: Reading,
    now: datetime,
    *,
    confirmed: bool = False,
) -> Taking:
    """Let the space be taken as the calendar says from now on.

    Events that are new, moved or gone become reservations, move and let go; what has ended is left
    as it was. One that meets somebody's reservation is listed and takes nothing. A calendar that
    would let go of more than half of what it holds changes nothing until it is `confirmed`.
    """
    lock(session, CalendarSource, [source.id])
    city = get_catalogue(session)
    place = city.places_by_id[source.space_id]
    lock(session, Part, place.parts)
    expire_due(session, actor, now, parts=place.parts)
    standing = _standing(session, source, now)
    wanted = _wanted(reading.occurrences, now)
    taking = Taking()
    if not confirmed and 2 * len(wanted) < len(standing):
        taking.waits, taking.gone = True, len(standing.keys() - wanted.keys())
        source.state = "waiting"
    else:
        source.state = "active"
        Import(session, source, city, place, now, taking).take(standing, wanted)
    source.report = {
        **taking.as_dict(),
        **report_of(reading),
        "read_whole_at": now.isoformat(),
    }
    source.read_at = now
    session.flush()
    if taking.changes_something:
        record(session, actor, "imported", source, now, **taking.as_dict())
    return taking


def let_go_of_all(session: Session, actor: Actor, source: CalendarSource, now: datetime) -> int:
    """Let go of all that the calendar holds from now on; how many events."""
    lock(session, CalendarSource, [source.id])
    city = get_catalogue(session)
    place = city.places_by_id[source.space_id]
    lock(session, Part, place.parts)
    taking = Taking()
    Import(session, source, city, place, now, taking).take(_standing(session, source, now), {})
    return taking.gone


def _standing(session: Session, source: CalendarSource, now: datetime) -> dict[Key, Reservation]:
    """What the calendar holds from now on, by its events."""
    found = session.scalars(
        select(Reservation)
        .options(selectinload(Reservation.occupancies), selectinload(Reservation.spaces))
        .where(
            Reservation.source_id == source.id,
            Reservation.state.in_(sorted(HOLDING)),
            Reservation.ends_at > now,
        )
    )
    return {(one.outside_uid or "", one.outside_recurrence): one for one in found}


def _former(
    session: Session, source: CalendarSource, keys: Collection[Key], now: datetime
) -> dict[Key, Reservation]:
    """What these events were before, where they hold nothing now: let go, or over."""
    rows = session.execute(
        select(Reservation.id, Reservation.outside_uid, Reservation.outside_recurrence).where(
            Reservation.source_id == source.id,
            or_(Reservation.state.not_in(sorted(HOLDING)), Reservation.ends_at <= now),
        )
    )
    events = {key: (uid or "", again) for key, uid, again in rows if (uid, again) in keys}
    ids, found = sorted(events), dict[Key, Reservation]()
    for first in range(0, len(ids), AT_ONCE):
        some = Reservation.id.in_(ids[first : first + AT_ONCE])
        loads = selectinload(Reservation.occupancies), selectinload(Reservation.spaces)
        for one in session.scalars(select(Reservation).options(*loads).where(some)):
            found[events[one.id]] = one
    return found


def _set_aside(ended: Reservation) -> None:
    """Let what is over stand as it was, apart from the event, which is at another time now."""
    again = f"{ended.outside_recurrence}@{ended.starts_at:%Y%m%dT%H%M%SZ}"
    ended.outside_recurrence = again[-LONGEST_RECURRENCE:]


def _wanted(occurrences: Iterable[Occurrence], now: datetime) -> dict[Key, Occurrence]:
    """What takes the space from now on, by event."""
    return {
        (_kept_uid(one.uid), one.recurrence): one
        for one in occurrences
        if one.blocks and one.period.ends_at > now
    }


def _kept_uid(uid: str) -> str:
    """A UID as it is kept: one that is too long by its hash."""
    return uid if len(uid) <= LONGEST_UID else hashlib.sha256(uid.encode()).hexdigest()


def coming(reading: Reading, now: datetime) -> list[Occurrence]:
    """What takes the space from now on, by start."""
    return sorted(_wanted(reading.occurrences, now).values(), key=lambda one: one.period.starts_at)


def report_of(reading: Reading) -> dict[str, Any]:
    """What a reading found, apart from what was done: its remarks, the first hundred of many."""
    return {
        "name": reading.name[:LONGEST_TITLE],
        "events": len(reading.occurrences),
        "remarks": [{"code": one.code, "event": one.event[:80]} for one in reading.remarks[:100]],
        "more_remarks": max(len(reading.remarks) - 100, 0),
    }


@dataclass(slots=True)
class Import:
    """One taking of a calendar, its parts queued for."""

    session: Session
    source: CalendarSource
    city: Catalogue
    place: Place
    now: datetime
    taking: Taking
    others: dict[int, Taken] = field(default_factory=dict)
    shared: dict[int, Taken] = field(default_factory=dict)
    former: dict[Key, Reservation] = field(default_factory=dict)
    new: dict[Key, Occurrence] = field(default_factory=dict)

    def take(self, standing: Mapping[Key, Reservation], wanted: Mapping[Key, Occurrence]) -> None:
        freed = [self.let_go(one) for key, one in standing.items() if key not in wanted]
        changed = {
            key: one
            for key, one in standing.items()
            if key in wanted and not _says_the_same(one, wanted[key])
        }
        self.taking.gone = len(freed)
        self.taking.unchanged = len(standing) - len(freed) - len(changed)
        freed += [self._free(one) for one in changed.values()]
        self.session.flush()
        coming = {key: one for key, one in wanted.items() if key not in standing or key in changed}
        self.look_around({key: one.period for key, one in coming.items()})
        met: dict[Key, Occurrence] = {}
        for key, occurrence in coming.items():
            if self._meets_somebody(occurrence.period):
                met[key] = occurrence
                if key in changed:
                    self.let_go(changed[key])
            elif key in changed:
                self._move(changed[key], occurrence)
            else:
                self.add(key, occurrence)
        self.store()
        self._list(met, wanted)
        if periods := [one for one in freed if one is not None]:
            span = Period(first_of(periods), last_of(periods))
            share_again(self.session, self.city, dict.fromkeys(self.place.parts, span))
        if freed or changed or self.taking.added:
            raise_counters(self.session, {f"unit:{self.place.unit.id}"}, self.now)

    def look_around(self, coming: Mapping[Key, Period]) -> None:
        """Who takes the parts when these events are: others, and closures and imports, which
        share; and what was theirs before."""
        self.others = {part: Taken() for part in self.place.parts}
        self.shared = {part: Taken() for part in self.place.parts}
        if not coming:
            return
        self._remember(coming.keys())
        span = Period(first_of(coming.values()), last_of(coming.values()))
        rows = self.session.execute(
            select(Occupancy.part_id, Occupancy.starts_at, Occupancy.ends_at, Reservation.kind)
            .join(Reservation, Reservation.id == Occupancy.reservation_id)
            .where(
                Occupancy.part_id.in_(sorted(self.place.parts)),
                during(self.session, Occupancy, span),
            )
        )
        found: dict[bool, defaultdict[int, list[Period]]] = {
            True: defaultdict(list),
            False: defaultdict(list),
        }
        for part, starts_at, ends_at, kind in rows:
            found[kind in SHARING][part].append(Period(starts_at, ends_at))
        for part in self.place.parts:
            self.others[part] = Taken(found[False][part])
            self.shared[part] = Taken(found[True][part])

    def _remember(self, keys: Collection[Key]) -> None:
        """Find what these events were before they were let go; what is over is set aside."""
        former = _former(self.session, self.source, keys, self.now)
        self.former = {key: one for key, one in former.items() if one.state == State.CANCELLED}
        for key, one in former.items():
            if key not in self.former:
                _set_aside(one)
        self.session.flush()

    def _meets_somebody(self, period: Period) -> bool:
        return any(taken.overlapping(period) for taken in self.others.values())

    def let_go(self, reservation: Reservation) -> Period | None:
        """The event is gone, or waits for a person: its reservation ends."""
        period = self._free(reservation)
        reservation.step_to(State.CANCELLED, self.now)
        return period

    def _free(self, reservation: Reservation) -> Period | None:
        held = [Period(one.starts_at, one.ends_at) for one in reservation.occupancies]
        reservation.occupancies.clear()
        return Period(first_of(held), last_of(held)) if held else None

    def _move(self, reservation: Reservation, occurrence: Occurrence) -> None:
        self._place(reservation, occurrence)
        reservation.changed(self.now, for_calendars=True)
        self.taking.moved += 1

    def add(self, key: Key, occurrence: Occurrence) -> None:
        """Take the space for an event; one that comes back is the reservation that it was."""
        self.taking.added += 1
        former = self.former.get(key)
        if former is not None:
            former.step_to(State.CONFIRMED, self.now)
            self._place(former, occurrence)
            return
        self.new[key] = occurrence

    def store(self) -> None:
        """Write down what was taken; what is new in three statements, however much it is."""
        with constraint_means(self.session, {"occupancy_no_overlap": e.SpaceNotFree}):
            self.session.flush()
            if self.new:
                self._store_new()

    def _store_new(self) -> None:
        ids = self.session.scalars(
            insert(Reservation).returning(Reservation.id, sort_by_parameter_order=True),
            [self._values(key, one) for key, one in self.new.items()],
        ).all()
        spaces, occupancies = [], []
        for reservation, one in zip(ids, self.new.values(), strict=True):
            spaces.append({"reservation_id": reservation, "space_id": self.place.id})
            for part, free in self._shares_of(one.period):
                held = {"starts_at": free.starts_at, "ends_at": free.ends_at}
                occupancies.append({"reservation_id": reservation, "part_id": part, **held})
        self.session.execute(insert(ReservationSpace), spaces)
        if occupancies:
            self.session.execute(insert(Occupancy), occupancies)

    def _values(self, key: Key, occurrence: Occurrence) -> dict[str, Any]:
        return {
            "reference": new_reference(),
            "uid": f"{uuid4()}@{self.city.uid_host}",
            "kind": Kind.IMPORTED.value,
            "state": State.CONFIRMED.value,
            "starts_at": occurrence.period.starts_at,
            "ends_at": occurrence.period.ends_at,
            "title": occurrence.title[:LONGEST_TITLE],
            "created_at": self.now,
            "updated_at": self.now,
            "state_since": self.now,
            "source_id": self.source.id,
            "outside_uid": key[0],
            "outside_recurrence": key[1],
        }

    def _place(self, reservation: Reservation, occurrence: Occurrence) -> None:
        reservation.starts_at = occurrence.period.starts_at
        reservation.ends_at = occurrence.period.ends_at
        reservation.title = occurrence.title[:LONGEST_TITLE]
        self._occupy(reservation)

    def _occupy(self, reservation: Reservation) -> None:
        for part, free in self._shares_of(Period(reservation.starts_at, reservation.ends_at)):
            reservation.occupy({part: free})

    def _shares_of(self, period: Period) -> Iterator[tuple[int, Period]]:
        """What no closure or import holds of each part, which is held from now on."""
        for part in sorted(self.place.parts):
            for free in self.shared[part].left_of(period):
                self.shared[part].add(free)
                yield part, free

    def _list(self, met: Mapping[Key, Occurrence], wanted: Mapping[Key, Occurrence]) -> None:
        """Keep what meets a reservation for a person to decide; what a person kept stays decided
        while the event does not move."""
        before = {
            (one.outside_uid, one.outside_recurrence): one
            for one in self.session.scalars(
                select(ImportCollision).where(ImportCollision.source_id == self.source.id)
            )
        }
        for key, one in before.items():
            if key not in met and (one.settlement is None or key not in wanted):
                self.session.delete(one)
        for key, occurrence in met.items():
            known = before.get(key)
            period = occurrence.period
            if known is None:
                self.session.add(self._collision(key, occurrence))
                self.taking.collisions += 1
            elif Period(known.starts_at, known.ends_at) != period:
                known.starts_at, known.ends_at = period.starts_at, period.ends_at
                known.settlement = known.settled_at = known.settled_by_id = None
                self.taking.collisions += 1
            else:
                self.taking.collisions += known.settlement is None

    def _collision(self, key: Key, occurrence: Occurrence) -> ImportCollision:
        return ImportCollision(
            source_id=self.source.id,
            outside_uid=key[0],
            outside_recurrence=key[1],
            title=occurrence.title[:LONGEST_TITLE],
            starts_at=occurrence.period.starts_at,
            ends_at=occurrence.period.ends_at,
            found_at=self.now,
        )


def _says_the_same(reservation: Reservation, occurrence: Occurrence) -> bool:
    period = Period(reservation.starts_at, reservation.ends_at)
    return period == occurrence.period and reservation.title == occurrence.title[:LONGEST_TITLE]
