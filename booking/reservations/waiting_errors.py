"""What can be wrong with a wish to wait: one error for each rule, named as a sentence."""

from __future__ import annotations

from booking.core.errors import N_, RuleBroken, StepNotPossible


class IsFree(RuleBroken):
    code = "is_free"
    message = N_("%(space)s is free at this time: book it at once.")
    about = "start"


class WaitsAlready(RuleBroken):
    code = "waits_already"
    message = N_("You wait for this already, or hold it.")
    about = "start"


class TooManyWishes(RuleBroken):
    code = "too_many_wishes"
    message = N_("You wait for %(most)s times already, which is the most. Leave one of them first.")


class OfferedMeanwhile(StepNotPossible):
    message = N_("It became free and is held for you. Cancel that booking if you don't need it.")


class WaitsNoMore(StepNotPossible):
    message = N_("This is not on the waiting list any more.")
