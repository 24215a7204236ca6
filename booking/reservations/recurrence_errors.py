"""What is wrong with a rule of recurrence."""

from __future__ import annotations

from booking.core.errors import N_, RuleBroken


class BadRecurrence(RuleBroken):
    code = "invalid_value"
    message = N_(
        "A series repeats daily, weekly on weekdays, or monthly by date or by a weekday such as "
        "the second Tuesday. This can't be: %(part)s."
    )
    about = "rrule"


class SeriesWithoutEnd(RuleBroken):
    code = "invalid_value"
    message = N_("Say either how often the series takes place or until which day.")
    about = "rrule"


class SeriesTooLong(RuleBroken):
    code = "too_far"
    message = N_("A series lasts two years at most.")
    about = "rrule"


class NoDates(RuleBroken):
    code = "invalid_value"
    message = N_("No day is left on which this series would take place.")
    about = "rrule"


class NotWholeMinutes(RuleBroken):
    code = "invalid_value"
    message = N_("Give times in whole minutes.")
    about = "start"
