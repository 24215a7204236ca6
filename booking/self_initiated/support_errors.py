"""What can be wrong with an application for support, its receipts, and decisions about it."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, NotAllowed, RuleBroken

# ── The application ───────────────────────────────────────────────────────────────────────────


class NothingAppliedFor(RuleBroken):
    code = "nothing_applied_for"
    about = "requested"
    message = N_("Apply for a sum of money, for things on loan, or for both.")


class RequestedTooMuch(RuleBroken):
    code = "requested_too_much"
    about = "requested"
    message = N_("One event can get at most %(most)s.")


class DescriptionMissing(RuleBroken):
    code = "description_missing"
    about = "description"
    message = N_("Write what the support is for.")


class TextTooLong(RuleBroken):
    code = "text_too_long"
    message = N_("Use at most %(most)s characters.")


class CostsMissing(RuleBroken):
    code = "costs_missing"
    about = "budget"
    message = N_("Write what the event costs: at least one line of costs.")


class CostsTooSmall(RuleBroken):
    """More is asked for than the event costs beyond its incomes."""

    code = "costs_too_small"
    about = "requested"
    message = N_("You apply for more than the event costs once its incomes are taken off: %(gap)s.")


class BudgetLineUnfinished(RuleBroken):
    code = "budget_line_unfinished"
    about = "budget"
    message = N_("Line %(line)s of the budget needs both what it is and how much.")


class TooManyBudgetLines(RuleBroken):
    code = "too_many_budget_lines"
    about = "budget"
    message = N_("A budget has at most %(most)s lines. Put small ones together.")


class OtherAidMissing(RuleBroken):
    """De minimis: Regulation (EU) 2023/2831."""

    code = "other_aid_missing"
    about = "other_aid"
    message = N_(
        "State what public aid you have received in the last three years. If none, write so."
    )


class PayeeMissing(RuleBroken):
    code = "payee_missing"
    about = "payee"
    message = N_("Write whose bank account it is.")


class IbanMissing(RuleBroken):
    code = "iban_missing"
    about = "iban"
    message = N_("Write the account number (IBAN) to which the grant is paid.")


class IbanMalformed(RuleBroken):
    code = "iban_malformed"
    about = "iban"
    message = N_("An account number (IBAN) begins with a country, such as FI21 1234 5600 0007 85.")


class IbanOfWrongLength(RuleBroken):
    code = "iban_of_wrong_length"
    about = "iban"
    message = N_("A Finnish account number has FI and 16 digits; this one has %(digits)s.")


class IbanMistyped(RuleBroken):
    code = "iban_mistyped"
    about = "iban"
    message = N_("The account number is mistyped: its check digits don't match.")


class AnotherApplication(Conflict):
    """The event has one that was neither denied nor withdrawn."""

    code = "another_application"
    message = N_("There is an application to this event already.")


class ApplicationChanged(Conflict):
    code = "application_changed"
    message = N_("Somebody else changed this first. Look at it as it is now.")


class ApplicationInAnotherState(Conflict):
    """It is in a state from which this step can't be taken."""

    code = "step_not_possible"
    message = N_("This can't be done any more: the application is now %(state)s.")


class EventWasCancelled(RuleBroken):
    code = "event_was_cancelled"
    message = N_("The event was cancelled.")


# ── Receipts and the report ───────────────────────────────────────────────────────────────────


class UnknownReceipt(RuleBroken):
    code = "invalid_value"
    about = "file"
    message = N_(
        "This file can't be read as a PDF or a picture, whatever its name says. Choose a PDF, "
        "JPEG, PNG or WebP file."
    )


class EmptyReceipt(RuleBroken):
    code = "invalid_value"
    about = "file"
    message = N_("The file is empty.")


class ReceiptTooLarge(RuleBroken):
    code = "invalid_value"
    about = "file"
    message = N_("A receipt may have at most %(megabytes)s MB and %(megapixels)s megapixels.")


class TooManyReceipts(RuleBroken):
    code = "too_many_receipts"
    about = "file"
    message = N_("An application takes at most %(most)s receipts. Put several into one PDF.")


class SameReceipt(RuleBroken):
    code = "same_receipt"
    about = "file"
    message = N_("You have added this file already.")


class ReceiptUnnamed(RuleBroken):
    code = "receipt_unnamed"
    about = "what"
    message = N_("Write what was bought.")


class EventNotOver(RuleBroken):
    code = "event_not_over"
    message = N_("The report is written once the event is over.")


class StoryMissing(RuleBroken):
    code = "story_missing"
    about = "story"
    message = N_("Write in a few words how it went.")


class PeopleMissing(RuleBroken):
    code = "people_missing"
    about = "people"
    message = N_("Write how many people came; a good guess will do.")


class ReceiptsMissing(RuleBroken):
    code = "receipts_missing"
    message = N_("The grant is paid against receipts: add at least one.")


# ── Deciding and paying ───────────────────────────────────────────────────────────────────────


class NoPowerToDecide(NotAllowed):
    code = "no_power_to_decide"
    message = N_("You have no power in force to decide about support.")


class BeyondPower(NotAllowed):
    code = "beyond_power"
    message = N_("Your power to decide reaches up to %(limit)s.")


class OwnMatter(NotAllowed):
    """Hallintolaki (434/2003) 27–30 §."""

    code = "own_matter"
    message = N_(
        "You can't handle this: it is your own application or one of an organisation of yours "
        "(Administrative Procedure Act, sections 27–30). Leave it to somebody else."
    )


class GrantMissing(RuleBroken):
    code = "grant_missing"
    about = "amount"
    message = N_("Write how much is granted, more than nothing and at most %(most)s.")


class GrantTooLarge(RuleBroken):
    code = "grant_too_large"
    about = "amount"
    message = N_("At most %(most)s can be granted: that is applied for, or the cap of one event.")


class LedgerOverdrawn(RuleBroken):
    """The applicant's sum of the year does not reach so far, perhaps since a moment ago."""

    code = "ledger_overdrawn"
    about = "amount"
    message = N_("Of the applicant's sum of this year %(left)s is left.")


class ReasonOwed(RuleBroken):
    code = "field_required"
    about = "reason"
    message = N_(
        "Write the reason: one is owed for a denial, for less than was applied for, and against "
        "the rules."
    )


class ThingsNotReserved(RuleBroken):
    """What was reserved for the application is free again, or somebody else's."""

    code = "things_not_reserved"
    about = "amount"
    message = N_("The things on loan are not reserved any more, and nothing else is applied for.")


class PaidTooMuch(RuleBroken):
    code = "paid_too_much"
    about = "amount"
    message = N_("At most %(most)s can be paid: the grant, or the receipts that were accepted.")


class AcceptedTooMuch(RuleBroken):
    code = "accepted_too_much"
    about = "receipts"
    message = N_("Of a receipt at most its own sum can be accepted.")


class ReceiptsUnchecked(RuleBroken):
    code = "receipts_unchecked"
    about = "receipts"
    message = N_("Say of every receipt how much of it is accepted.")


class ReceiptsStillDue(RuleBroken):
    """The applicant may report until then."""

    code = "receipts_still_due"
    about = "amount"
    message = N_("The applicant may send receipts until %(day)s.")


# ── Who may decide ────────────────────────────────────────────────────────────────────────────


class HolderUnknown(RuleBroken):
    code = "holder_unknown"
    about = "holder"
    message = N_("There is no member of staff with this e-mail address.")


class SubstituteUnknown(RuleBroken):
    code = "holder_unknown"
    about = "substitute"
    message = N_("There is no member of staff with this e-mail address.")


class SubstituteIsHolder(RuleBroken):
    code = "substitute_is_holder"
    about = "substitute"
    message = N_("Nobody stands in for themselves.")


class SubstituteDaysMissing(RuleBroken):
    code = "substitute_days_missing"
    about = "substitute_from"
    message = N_("Say from which day to which day the substitute stands in.")


class DaysInWrongOrder(RuleBroken):
    code = "days_in_wrong_order"
    message = N_("The last day lies before the first.")


class PostMissing(RuleBroken):
    code = "post_missing"
    about = "post_fi"
    message = N_("Name the post in every language of the city.")


class UnitUnknown(RuleBroken):
    code = "unit_unknown"
    about = "unit"
    message = N_("Choose one of these.")
