"""What can be wrong with a request: one error for each rule, named as a sentence."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, RuleBroken, StepNotPossible


class EndBeforeStart(RuleBroken):
    code = "end_before_start"
    message = N_("The booking must end after it starts.")
    about = "end"


class NoSuchDate(RuleBroken):
    code = "invalid_value"
    message = N_("The date you wrote does not exist. Write it as 13.1.2027.")
    about = "date"


class NoSuchTime(RuleBroken):
    code = "invalid_value"
    message = N_("Write the time as 18:00, from 00:00 to 24:00.")


class NoSuchNumber(RuleBroken):
    code = "invalid_value"
    message = N_("Write how many people come, at least 1.")
    about = "people"


class InPast(RuleBroken):
    code = "in_past"
    message = N_("This time has already passed.")
    about = "start"


class OffGrid(RuleBroken):
    code = "off_grid"
    message = N_("Bookings here start every %(interval)s, counted from %(opening)s.")
    about = "start"


class TooShort(RuleBroken):
    code = "too_short"
    message = N_("The shortest booking here is %(shortest)s.")
    about = "end"


class TooLong(RuleBroken):
    code = "too_long"
    message = N_("The longest booking here is %(longest)s.")
    about = "end"


class NotMultiple(RuleBroken):
    code = "not_multiple"
    message = N_("The length of a booking here is a multiple of %(interval)s.")
    about = "end"


class OutsideOpeningHours(RuleBroken):
    code = "outside_opening_hours"
    message = N_("%(space)s is not open for the whole of this time.")
    about = "start"


class TooSoon(RuleBroken):
    code = "too_soon"
    message = N_("This space is booked at least %(notice)s ahead.")
    about = "start"


class TooFar(RuleBroken):
    code = "too_far"
    message = N_("This space can be booked up to %(last_day)s so far.")
    about = "date"


class QuotaExceeded(RuleBroken):
    code = "quota_exceeded"
    message = N_("You already have %(used)s bookings of this kind, and %(most)s is the most.")


class WeeklyHoursExceeded(QuotaExceeded):
    message = N_("You would have more than %(most)s hours of this kind in one week.")


class MonthlyHoursExceeded(QuotaExceeded):
    message = N_("You would have more than %(most)s hours of this kind in one month.")


class WeeklyBookingsExceeded(QuotaExceeded):
    message = N_("You would have more than %(most)s bookings of this kind in one week.")


class MonthlyBookingsExceeded(QuotaExceeded):
    message = N_("You would have more than %(most)s bookings of this kind in one month.")


class OverCapacity(RuleBroken):
    code = "over_capacity"
    message = N_("There is room for %(capacity)s people here.")
    about = "people"


class OverCapacityTogether(OverCapacity):
    message = N_(
        "%(whole)s takes %(capacity)s people in all, and others are in it at this time too."
    )


class NotFree(RuleBroken):
    code = "not_free"
    message = N_("%(space)s is taken at this time.")
    about = "start"


class SpacesOverlap(RuleBroken):
    code = "spaces_overlap"
    message = N_("Two of these spaces are the same place. Book the larger one alone.")


class PreliminaryNotAllowed(RuleBroken):
    code = "preliminary_not_allowed"
    message = N_("This space can't be booked preliminarily for this time.")


class PreliminaryNotExtended(RuleBroken):
    code = "preliminary_not_extended"
    message = N_("A preliminary booking can't be kept longer. Send the request before it lapses.")


class NoMoreExtensions(RuleBroken):
    code = "no_more_extensions"
    message = N_("The time has been kept %(most)s times longer, which is the most. Send it now.")


class LoanNotFree(RuleBroken):
    code = "not_free"
    message = N_("%(item)s: %(free)s are free on these days, and you asked for %(wanted)s.")
    about = "items"


class PickupPointClosed(RuleBroken):
    code = "outside_opening_hours"
    message = N_("%(point)s is closed on %(day)s, so nothing is picked up or returned there.")
    about = "items"


class LoanInPast(RuleBroken):
    code = "in_past"
    message = N_("This day has already passed.")
    about = "items"


class LoanTooLong(RuleBroken):
    code = "too_long"
    message = N_("%(item)s: a loan lasts %(most)s days at most, from pick-up to return.")
    about = "items"


class LoanTooSoon(RuleBroken):
    code = "too_soon"
    message = N_("%(item)s: ask at least %(notice)s before the day of pick-up.")
    about = "items"


class LoanTooFar(RuleBroken):
    code = "too_far"
    message = N_("%(item)s can be borrowed up to %(last_day)s so far.")
    about = "items"


class LoansDontFit(RuleBroken):
    code = "loans_do_not_fit"
    message = N_(
        "%(item)s is on loan from %(first)s to %(last)s, which does not cover the new time. "
        "Change the days of the loan too."
    )
    about = "items"


class NotPublished(RuleBroken):
    code = "not_published"
    message = N_("%(space)s is not open for booking at present.")


class NotBookable(RuleBroken):
    code = "not_bookable"
    message = N_("%(space)s can't be booked yet.")


class WhoMayBook(RuleBroken):
    code = "who_may_book"
    message = N_("Only registered associations may book this space.")
    about = "organisation"


class OnlyStaffMayBook(WhoMayBook):
    message = N_("Only the city's staff book this space. Ask the contact of the site.")


class OnlyAssociationsBorrow(WhoMayBook):
    message = N_("%(item)s: only registered associations may borrow it.")


class OnlyStaffBorrow(WhoMayBook):
    message = N_("%(item)s: only the city's staff may borrow it.")


class UnknownOrganisation(WhoMayBook):
    """There is none, or the actor does not act for it: a stranger is not told which."""

    message = N_("You don't act for an organisation of this name.")


class OrganisationNotVerified(RuleBroken):
    code = "organisation_not_verified"
    message = N_("The city has not verified this organisation yet.")
    about = "organisation"


class AdultRequired(RuleBroken):
    code = "adult_required"
    message = N_("Somebody who is 18 or over on the day must answer for the booking.")
    about = "responsible_adult"


class TermsNotAccepted(RuleBroken):
    code = "terms_not_accepted"
    message = N_("Accept the terms of use, version %(version)s.")
    about = "terms"


class FieldRequired(RuleBroken):
    code = "field_required"
    message = N_("Fill in this field.")


class TitleRequired(FieldRequired):
    message = N_("Say what the booking is called.")
    about = "title"


class PurposeRequired(FieldRequired):
    message = N_("Choose what the space is for.")
    about = "purpose"


class PeopleRequired(FieldRequired):
    message = N_("Say how many people are coming at most.")
    about = "people"


class OrganisationRequired(FieldRequired):
    message = N_("Choose the organisation you book for.")
    about = "organisation"


class ReasonRequired(FieldRequired):
    message = N_("Say why, so that the person knows what to change.")
    about = "reason"


class MessageRequired(FieldRequired):
    message = N_("Tell the staff more about what you plan.")
    about = "message"


class NothingAsked(FieldRequired):
    message = N_("Choose a space, or something to borrow.")
    about = "space"


class NoPrice(RuleBroken):
    code = "no_price"
    message = N_("The price of this space on that day has not been decided yet.")
    about = "date"


class InSeasonalRound(RuleBroken):
    code = "in_seasonal_round"
    message = N_("Regular slots of this time are being applied for in a round.")
    about = "date"


class IdentityLevel(RuleBroken):
    code = "identity_level"
    message = N_("Booking this space needs strong identification.")


class FreeUseLimit(QuotaExceeded):
    message = N_("You have used the free bookings that one may have.")


# ── Series ────────────────────────────────────────────────────────────────────────────────────


class SkippedByClocks(RuleBroken):
    """Of a date of a series: spring's change of clocks skips its start or its end."""

    code = "no_such_time"
    message = N_("The clocks skip this time on that day.")
    about = "start"


class SeriesNotAllowed(RuleBroken):
    code = "series_not_allowed"
    message = N_("This space can't be booked as a series.")
    about = "rrule"


class OnlyVerifiedBookSeries(SeriesNotAllowed):
    message = N_("Only organisations that the city has verified book a series here.")
    about = "organisation"


class SeriesTooFar(TooFar):
    message = N_("The last date of a series here is %(last_day)s at the latest, so far.")
    about = "rrule"


class TooManyOccurrences(RuleBroken):
    code = "too_many_occurrences"
    message = N_("A series here has at most %(most)s dates, and this one has %(asked)s.")
    about = "rrule"


class LeftOut(RuleBroken):
    """Of a date of a series: whoever asked for it left it out; it can be added back."""

    code = "left_out"
    message = N_("You left this date out.")


class DayOffLeftOut(LeftOut):
    message = N_("Left out: %(name)s.")


class NoDateLeft(StepNotPossible):
    message = N_("No date of the series is left of which this can be done.")


class DateNotSkipped(StepNotPossible):
    message = N_("This date of the series was not left out, so it can't be added back.")


# ── Later ─────────────────────────────────────────────────────────────────────────────────────


class TooLateToCancel(RuleBroken):
    code = "too_late_to_cancel"
    message = N_("The limit for cancelling passed on %(limit)s. Ask the staff.")


class TooLateToMove(TooLateToCancel):
    message = N_("The limit for cancelling passed on %(limit)s, so only the staff can move it.")


class AlreadyBegun(RuleBroken):
    code = "already_begun"
    message = N_("The booking has already begun.")


class NotBegun(RuleBroken):
    code = "not_begun"
    message = N_("The booking has not begun yet.")


class NotCheckInTime(RuleBroken):
    code = "not_check_in_time"
    message = N_("One can check in from %(opens)s until %(closes)s.")


class SomebodyCame(StepNotPossible):
    message = N_("Somebody has checked in to this booking.")


class NobodyCame(StepNotPossible):
    message = N_("The staff have noted that nobody came. Ask them, if that is wrong.")


class SpaceNotFree(Conflict):
    """Another took a part of this first: the database's own word."""

    code = "not_free"
    message = N_("Somebody else has just taken this time.")
    field = "start"
