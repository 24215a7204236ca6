"""The last day of appeal: 14 days after notice, moved to a working day (Kuntalaki 134–139 §)."""

from __future__ import annotations

from datetime import date, timedelta

from booking.rulebook.deadlines import is_working_day

NOTICE_DAYS = 3
"""An electronic notice counts as received on the third day (13/2003, 19 §)."""

APPEAL_DAYS = 14
"""The time for a request for review (Kuntalaki 410/2015, 138 §)."""


def last_day_of_appeal(sent_on: date) -> date:
    """The last day on which a request for review can be made of a decision that was sent by
    e-mail on `sent_on`; where it is no working day, the next one (150/1930, 5 §)."""
    day = sent_on + timedelta(days=NOTICE_DAYS + APPEAL_DAYS)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
