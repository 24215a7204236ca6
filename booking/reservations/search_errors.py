"""What can't be read in a search, or asks for what there is not."""

from __future__ import annotations

from booking.core.errors import N_, RuleBroken


class NoSuchWeekday(RuleBroken):
    code = "invalid_value"
    message = N_("Name weekdays as mon, tue, wed, thu, fri, sat or sun.")
    about = "weekday"


class NoSuchPosition(RuleBroken):
    code = "invalid_value"
    message = N_("Write a position as degrees north and east, such as 60.57,27.20.")
    about = "at"


class NoSuchOrder(RuleBroken):
    code = "invalid_value"
    message = N_("Sort by fit, nearest, cheapest or largest.")
    about = "sort"


class NoSuchPlace(RuleBroken):
    code = "invalid_value"
    message = N_("There is no such site or district. Choose one from the list.")
    about = "near"


class NearestNeedsPlace(RuleBroken):
    code = "field_required"
    message = N_("For the nearest first, choose from where.")
    about = "near"


class RepeatNeedsTimes(RuleBroken):
    code = "field_required"
    message = N_("For every week, write from when to when each time, such as 18:00 to 20:00.")


class EndsBeforeItStarts(RuleBroken):
    code = "end_before_start"
    message = N_("The last day must not be before the first.")
    about = "until"
