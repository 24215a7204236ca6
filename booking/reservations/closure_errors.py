"""What can't be done about closures, and about the places they offer."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, StepNotPossible
from booking.reservations.errors import AlreadyBegun, FieldRequired


class ClosureReasonRequired(FieldRequired):
    message = N_("Say why it is closed. Those who have booked are told.")
    about = "reason"


class NothingToClose(FieldRequired):
    message = N_("Choose what is closed.")
    about = "spaces"


class BookingsHaveBegun(AlreadyBegun):
    message = N_(
        "A booking here has already begun, and a closure cuts nobody short. Close from its end on, "
        "or cancel it by itself first."
    )
    about = "start"


class OfferAwaitsAnswer(StepNotPossible):
    message = N_(
        "The space of this booking was closed, and another is offered instead. Accept or decline "
        "that first."
    )


class PreviewOutdated(Conflict):
    """What stands in the way of a closure is not what was looked at."""

    code = "preview_outdated"
    message = N_("Something changed since you looked. See what would happen now.")
