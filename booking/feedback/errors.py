"""What can be wrong with feedback, and with what staff do about it."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, RuleBroken


class MessageMissing(RuleBroken):
    code = "message_missing"
    about = "message"
    message = N_("Write what you would like to tell.")


class MessageTooLong(RuleBroken):
    code = "message_too_long"
    about = "message"
    message = N_("Use at most %(most)s characters.")


class NoAddressToAnswer(RuleBroken):
    """Whoever wrote left no address."""

    code = "no_address_to_answer"
    about = "answer"
    message = N_("The sender left no address, so there is nobody to answer.")


class AnswerMissing(RuleBroken):
    code = "answer_missing"
    about = "answer"
    message = N_("Write the answer.")


class HandledAlready(Conflict):
    code = "handled_already"
    message = N_("Somebody has handled this already.")
