"""What is wrong with a rule set or with the facts of an event, as values with a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from booking.core.errors import N_, BookingError, RuleBroken


class RuleFault(RuleBroken):
    """One thing wrong in the text of a rule set: where it stands, and what it is.

    `line` counts from 1; `rule` is the id of the rule, empty outside of rules; `key` is the path to
    the value, such as `guidance[G05].deadline.n`.
    """

    def __init__(self, *, file: str, line: int, rule: str, key: str, **values: object) -> None:
        super().__init__(field=key or None, **values)
        self.file, self.line, self.rule, self.key = file, line, rule, key

    @property
    def place(self) -> str:
        """Where it stands, for people and for editors of text: `rules.yaml:12: vocabulary.home`."""
        return f"{self.file}:{self.line}: {self.key}".removesuffix(": ")


class RulesRefused(BookingError):
    """The text is no rule set; `faults` has all reasons, by line."""

    code = "rules_refused"
    message = N_("These rules can't be used as they are.")

    def __init__(self, faults: Iterable[RuleFault]) -> None:
        super().__init__()
        self.faults = sorted(faults, key=lambda fault: fault.line)

    @property
    def reasons(self) -> Sequence[BookingError]:
        return self.faults

    def __str__(self) -> str:
        return "\n".join(f"{one.place}: {one.message % one.values}" for one in self.faults)


class FactFault(RuleBroken):
    """One thing wrong with the facts of an event; `field` is the fact."""


class FactsRefused(BookingError):
    """The facts can't be judged; `faults` has all reasons, in the order of the vocabulary."""

    code = "facts_refused"
    message = N_("These facts can't be judged as they are.")

    def __init__(self, faults: Iterable[FactFault]) -> None:
        super().__init__()
        self.faults = list(faults)

    @property
    def reasons(self) -> Sequence[BookingError]:
        return self.faults

    def __str__(self) -> str:
        return "\n".join(one.message % one.values for one in self.faults)


def _rule(code: str, message: str) -> type[RuleFault]:
    return type("RuleFault", (RuleFault,), {"code": code, "message": message})


def _fact(code: str, message: str) -> type[FactFault]:
    return type("FactFault", (FactFault,), {"code": code, "message": message})


# ── Of a text: its form ───────────────────────────────────────────────────────────────────────

NOT_YAML = _rule("not_yaml", N_("This can't be read as YAML: %(reason)s."))
TOO_LARGE = _rule("too_large", N_("The text is too long: at most %(longest)s characters."))
NOT_PLAIN = _rule(
    "not_plain", N_("%(what)s is not allowed: write the value out, without anchors and tags.")
)
REPEATED_KEY = _rule("repeated_key", N_("The key %(name)s is given twice."))
UNKNOWN_KEY = _rule("unknown_key", N_("There is no key %(name)s here."))
MISSING_KEY = _rule("missing_key", N_("The key %(name)s is missing."))
WRONG_TYPE = _rule("wrong_type", N_("%(given)s stands here, but %(wanted)s is wanted."))
EMPTY_TEXT = _rule("empty_text", N_("A text is empty."))
MISSING_LANGUAGE = _rule("missing_language", N_("The text in the language %(name)s is missing."))
BAD_DATE = _rule("bad_date", N_("%(given)s is no date such as 2026-01-31."))
DATES_CROSSED = _rule("dates_crossed", N_("It would end before it begins."))
OUT_OF_RANGE = _rule("out_of_range", N_("%(given)s is not between %(least)s and %(most)s."))
BAD_ADDRESS = _rule(
    "bad_address", N_("Give an address without a protocol and without spaces: %(given)s.")
)

# ── Of a text: what it names ──────────────────────────────────────────────────────────────────

UNKNOWN_FACT = _rule("unknown_fact", N_("There is no fact %(name)s."))
UNKNOWN_OPERATOR = _rule("unknown_operator", N_("There is no operator %(name)s."))
UNKNOWN_PARAMETER = _rule("unknown_parameter", N_("There is no parameter %(name)s."))
UNKNOWN_GROUP = _rule("unknown_group", N_("There is no price group %(name)s."))
UNKNOWN_FEE = _rule("unknown_fee", N_("There is no fee %(name)s."))
UNKNOWN_KIND = _rule("unknown_kind", N_("There is no kind %(name)s."))
UNKNOWN_RULE = _rule("unknown_rule", N_("There is no rule %(name)s that could be meant here."))
UNKNOWN_VALUE = _rule("unknown_value", N_("%(given)s is none of these: %(known)s."))
UNKNOWN_PLACEHOLDER = _rule(
    "unknown_placeholder", N_("The placeholder {%(name)s} names no parameter.")
)
UNKNOWN_ZONE = _rule("unknown_zone", N_("There is no time zone %(name)s."))
REPEATED_ID = _rule("repeated_id", N_("The id %(name)s is used twice."))
BAD_ID = _rule("bad_id", N_("An id has 1 to 20 letters and digits: %(name)s has not."))

# ── Of a text: what does not go together ──────────────────────────────────────────────────────

NOT_ONE_FORM = _rule(
    "not_one_form", N_("A condition is exactly one of: all, any, not, or a fact with op and value.")
)
NOT_ONE_OF = _rule("not_one_of", N_("Exactly one of these is wanted: %(names)s."))
NOT_COMPARABLE = _rule("not_comparable", N_("The fact %(name)s can't be compared with %(op)s."))
NO_PARAMETER_HERE = _rule(
    "no_parameter_here", N_("A parameter can't stand here: %(name)s is compared with %(op)s.")
)
NO_NUMBER = _rule("no_number", N_("The parameter %(name)s is a time window and no number."))
NOT_WITH = _rule("not_with", N_("The key %(name)s does not go with %(other)s."))
NO_MEMBERS = _rule("no_members", N_("At least one entry is wanted here."))
VERSIONS_APART = _rule(
    "versions_apart", N_("Versions follow each other day by day: this one begins on %(wanted)s.")
)
LAST_VERSION_ENDS = _rule("last_version_ends", N_("The last version has no end (valid_to: null)."))
LABELS_DIFFER = _rule("labels_differ", N_("Each value has one label, and %(name)s does not."))
TOO_UNSURE = _rule(
    "too_unsure", N_("A rule of confidence L neither denies, forbids nor suppresses anything.")
)
SUPPRESSES_STATUTE = _rule(
    "suppresses_statute", N_("%(name)s rests on statute, and only such a rule may suppress it.")
)
SUPPRESSES_ITSELF = _rule("suppresses_itself", N_("A rule can't suppress itself."))
IMPOSSIBLE = _rule("impossible", N_("No event can ever meet this condition."))
TOO_COMPLEX = _rule("too_complex", N_("The condition has too many ways to be met."))
SHADOWED = _rule(
    "shadowed", N_("%(name)s has the same condition and the same effect, so one is too many.")
)

# ── Of facts ──────────────────────────────────────────────────────────────────────────────────

NO_SUCH_FACT = _fact("unknown_fact", N_("There is no fact %(name)s."))
FACT_MISSING = _fact("field_required", N_("The fact %(name)s is missing."))
WANTS_BOOL = _fact("wrong_type", N_("%(name)s is either true or false."))
WANTS_WHOLE = _fact("wrong_type", N_("%(name)s is a whole number."))
WANTS_NUMBER = _fact("wrong_type", N_("%(name)s is a number with at most two decimals."))
WANTS_MOMENT = _fact(
    "wrong_type", N_("%(name)s is a day and a time of the clock, such as 2027-06-13T10:00.")
)
WANTS_ONE_OF = _fact("unknown_value", N_("%(name)s is one of these: %(known)s."))
NOT_WITHIN = _fact("out_of_range", N_("%(name)s is between %(least)s and %(most)s."))
NOT_IN_YEARS = _fact("out_of_range", N_("%(name)s lies in the years %(first)s to %(last)s."))
NO_SUCH_TIME = _fact(
    "no_such_time", N_("%(name)s is a time that the clocks skip when summer time begins.")
)
END_BEFORE_START = _fact("end_before_start", N_("%(name)s must come after %(start)s."))
TOO_LONG = _fact("too_long", N_("%(name)s comes at most %(most)s days after %(start)s."))
