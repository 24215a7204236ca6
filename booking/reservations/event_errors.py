"""What can be wrong with the event that a booking is for, and with the group that it pays in."""

from __future__ import annotations

from booking.core.errors import N_, RuleBroken, StepNotPossible
from booking.reservations.errors import FieldRequired, ReasonRequired


class EventNotEvaluated(FieldRequired):
    """The rules have not been asked about the event yet."""

    message = N_("Tell first what the event is like: its price depends on that.")
    about = "event"


class EventCancelled(StepNotPossible):
    message = N_("This event has been cancelled. Nothing can be booked for it any more.")


class NoSuchPriceGroup(RuleBroken):
    code = "invalid_value"
    message = N_("There is no such price group.")
    about = "price_group"


class PriceGroupReasonRequired(ReasonRequired):
    """Staff put it into another price group than the rules."""

    message = N_("Say why the price group is another than by the rules.")
