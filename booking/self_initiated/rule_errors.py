"""Why the rules can't be edited or published so."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, RuleBroken


class NameTaken(RuleBroken):
    code = "rules_name_taken"
    message = N_("Another rule set has this name already.")
    about = "name"


class NameUnfit(RuleBroken):
    code = "rules_name_unfit"
    message = N_("Give the version a name of at most 40 characters.")
    about = "name"


class NotADraft(Conflict):
    code = "rules_not_a_draft"
    message = N_("This rule set is no draft: it never changes again. Make a new draft of it.")


class DraftChanged(Conflict):
    code = "rules_draft_changed"
    message = N_(
        "Somebody else changed this first. What you wrote is kept below; what stands now is beside "
        "it. Send it again to put yours in its place."
    )


class StatuteChanged(RuleBroken):
    code = "rules_statute_changed"
    message = N_(
        "These rest on statute, and only the keeper of the rule set adds, changes or removes them: "
        "%(names)s."
    )


class WrittenOtherwise(RuleBroken):
    code = "rules_written_otherwise"
    message = N_(
        "The text of this rule set is written in a form in which one rule can't be changed alone. "
        "Change it in the whole text."
    )


class OnlyThisRule(RuleBroken):
    code = "rules_only_this"
    message = N_("Only this one can be changed here, and its name stays.")


class ParameterUnchanged(RuleBroken):
    code = "rules_parameter_unchanged"
    message = N_("It has this value on that day already.")
    about = "value"


class FromDayPast(RuleBroken):
    code = "rules_from_day_past"
    message = N_("A new value can begin today at the earliest.")
    about = "from_day"


class ReasonMissing(RuleBroken):
    code = "rules_reason_missing"
    message = N_("Say why the rules are published: it stands in their history.")
    about = "reason"


class TrialMissing(RuleBroken):
    code = "rules_trial_missing"
    message = N_("Try the draft as it stands first: see whose outcome it changes.")


class TrialOutdated(Conflict):
    code = "rules_trial_outdated"
    message = N_("The draft has changed since this trial began. Begin a new one.")
