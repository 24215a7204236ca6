"""What can be wrong with a decision."""

from __future__ import annotations

from booking.core.errors import N_, RuleBroken


class ReasonRequired(RuleBroken):
    code = "field_required"
    message = N_("Say why, so that the person knows what to change.")
    about = "reason"
