"""What an organiser holds of a policy's quota, counted by local weeks and months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.core.clock import local_monday, local_month


@dataclass(frozen=True, slots=True)
class Load:
    """So many bookings, and how long they last in all."""

    bookings: int = 0
    time: timedelta = timedelta()

    def __add__(self, other: Load) -> Load:
        return Load(self.bookings + other.bookings, self.time + other.time)


@dataclass(frozen=True, slots=True)
class Used:
    """What counts against one more booking: those that have not ended (a series as one), and those
    that start in the same local week, and in the same month (of a series each date)."""

    active: int = 0
    week: Load = Load()
    month: Load = Load()

    def beside(self, loads: Loads, start: datetime, zone: ZoneInfo) -> Used:
        """The same with what else starts in that week and month."""
        return Used(
            self.active,
            self.week + loads.in_week(start, zone),
            self.month + loads.in_month(start, zone),
        )


@dataclass
class Loads:
    """Bookings by the local week, and by the month, in which they start."""

    _by_week: defaultdict[date, Load] = field(default_factory=lambda: defaultdict(Load))
    _by_month: defaultdict[date, Load] = field(default_factory=lambda: defaultdict(Load))

    def add(self, start: datetime, length: timedelta, zone: ZoneInfo) -> None:
        self._by_week[local_monday(start, zone)] += Load(1, length)
        self._by_month[local_month(start, zone)] += Load(1, length)

    def in_week(self, start: datetime, zone: ZoneInfo) -> Load:
        return self._by_week[local_monday(start, zone)]

    def in_month(self, start: datetime, zone: ZoneInfo) -> Load:
        return self._by_month[local_month(start, zone)]
