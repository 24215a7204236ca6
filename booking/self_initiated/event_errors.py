"""Why something can't be done to an event."""

from __future__ import annotations

from booking.core.errors import N_, Conflict


class EventIsCancelled(Conflict):
    code = "event_cancelled"
    message = N_("This event has been called off and can't be changed any more.")


class EventIsOver(Conflict):
    code = "event_over"
    message = N_("This event has taken place already.")
