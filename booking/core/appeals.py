"""Until when somebody may ask for a review of an administrative decision."""

from __future__ import annotations

from datetime import date, timedelta

from booking.core.holidays import is_working_day

REACHED_AFTER = timedelta(days=3)
"""A decision sent electronically counts as received on the third day (law 13/2003, 19 §)."""
APPEAL_TIME = timedelta(days=14)
"""A review is asked for within 14 days; that day does not count (law 410/2015, 138 §)."""


def last_day_of_appeal(notified_on: date) -> date:
    """The last local day on which a review of a decision sent on `notified_on` may be asked for.

    A time limit that would end on a Saturday, a Sunday, a public holiday, Midsummer Eve or
    Christmas Eve ends on the next working day (law 150/1930, 5 §).
    """
    day = notified_on + REACHED_AFTER + APPEAL_TIME
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
