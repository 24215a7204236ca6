"""The rules of self-initiated events as data: read strictly, judged three-valued, explained."""

from booking.rulebook.evaluation import Outcome, evaluate
from booking.rulebook.explaining import Explanation, explain
from booking.rulebook.facts import Facts, read_facts
from booking.rulebook.faults import FactFault, FactsRefused, RuleFault, RulesRefused
from booking.rulebook.loading import load_rule_set
from booking.rulebook.reading import read_mapping
from booking.rulebook.rule_set import Rule, RuleSet, text_of, words_of
from booking.rulebook.statutes import changed_statute
from booking.rulebook.wording import Wording, condition_in_words

__all__ = [
    "Explanation",
    "FactFault",
    "Facts",
    "FactsRefused",
    "Outcome",
    "Rule",
    "RuleFault",
    "RuleSet",
    "RulesRefused",
    "Wording",
    "changed_statute",
    "condition_in_words",
    "evaluate",
    "explain",
    "load_rule_set",
    "read_facts",
    "read_mapping",
    "text_of",
    "words_of",
]
