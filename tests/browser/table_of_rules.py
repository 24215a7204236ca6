"""The states of the pages of rules: read by everybody, edited, tried and published."""

from __future__ import annotations

from itertools import count

from tests.browser.states import (
    Step,
    Visit,
    anybody,
    fills,
    follows,
    manager,
    opens,
    presses,
    sends,
    unfolds,
)

LIST = "/staff/rules"
_numbers = count(1)


def makes_draft(visit: Visit) -> None:
    """A draft of what the product ships, under a name of its own."""
    visit.go(LIST)
    unfolds(visit)
    visit.page.select_option("[name=base]", "")
    visit.page.fill("[name=name]", f"{visit.lang}-{next(_numbers)}")
    sends("rules")(visit)


def opens_in_draft(path: str) -> Step:
    """A page of a new draft."""

    def step(visit: Visit) -> None:
        makes_draft(visit)
        address = visit.page.url.partition("?")[0].partition("#")[0]
        visit.go(address.partition(f"/{visit.lang}")[2] + path)

    return step


def changes_a_number(visit: Visit) -> None:
    """So many examples come out otherwise that all kinds of change are told."""
    opens_in_draft("/numbers/police_notice_attendance")(visit)
    visit.page.fill("[name=value]", "60")
    visit.page.fill("[name=from_day]", "2027-02-01")
    sends("attendance")(visit)


def breaks_the_text(visit: Visit) -> None:
    unfolds(visit)
    text = visit.page.input_value("[name=text]")
    visit.page.fill("[name=text]", text.replace("op: eq", "op: is").replace("conf:", "konf:"))


def is_overtaken(visit: Visit) -> None:
    """A colleague changes the same rule, after the page was opened."""
    visit.page.eval_on_selector("[name=seen]", "one => one.value = 'old'")


def tries(visit: Visit) -> None:
    sends("trials")(visit)
    visit.page.wait_for_selector("#counts")


PUBLIC = [
    anybody("self_initiated.list_rules", "all", opens("/events/rules")),
    anybody("self_initiated.list_rules", "words found", opens("/events/rules?q=a&part=support")),
    anybody("self_initiated.list_rules", "nothing found", opens("/events/rules?q=unicorn")),
    anybody("self_initiated.list_rules", "numbers", opens("/events/rules?part=numbers")),
]

EDITING = [
    manager("rules_staff.list_rule_sets", "a draft", makes_draft, opens(LIST), unfolds),
    manager(
        "rules_staff.make_draft",
        "no name",
        opens(LIST),
        unfolds,
        fills("[name=name]", ""),
        sends("rules"),
    ),
    manager("rules_staff.show_rules", "a draft", makes_draft),
    manager("rules_staff.show_number", "a number", opens_in_draft("/numbers/review_attendance")),
    manager(
        "rules_staff.show_number", "resting on law", opens_in_draft("/numbers/rescue_attendance")
    ),
    manager(
        "rules_staff.change_number",
        "hours in the wrong order",
        opens_in_draft("/numbers/noise_weekday_window"),
        fills("[name=opens]", "23:00"),
        sends("window"),
    ),
    manager("rules_staff.show_rule", "to change", opens_in_draft("/rules/G01"), unfolds),
    manager("rules_staff.show_rule", "resting on law", opens_in_draft("/rules/G05"), unfolds),
    manager(
        "rules_staff.change_rule",
        "without a text",
        opens_in_draft("/rules/F17"),
        fills("[name=sv]", ""),
        sends("F17"),
    ),
    manager(
        "rules_staff.change_rule",
        "overtaken",
        opens_in_draft("/rules/F17"),
        fills("[name=en]", "Mine."),
        is_overtaken,
        sends("F17"),
    ),
    manager(
        "rules_staff.change_rule_text",
        "several faults",
        opens_in_draft("/rules/G01"),
        breaks_the_text,
        sends("text"),
    ),
    manager("rules_staff.show_new_rule", "the pattern", opens_in_draft("/new/guidance")),
    manager("rules_staff.add_rule", "the pattern sent", opens_in_draft("/new/guidance"), sends()),
    manager("rules_staff.show_text", "the whole", opens_in_draft("/text")),
]

PUBLISHING = [
    manager("rules_staff.show_trial", "nothing changes", makes_draft, tries),
    manager("rules_staff.show_trial", "much changes", changes_a_number, tries),
    manager("rules_staff.show_publish", "what the product ships", opens_in_draft("/publish")),
    manager(
        "rules_staff.show_publish", "not tried yet", changes_a_number, follows("a[href$=publish]")
    ),
    manager(
        "rules_staff.show_publish",
        "asked whether",
        opens_in_draft("/publish"),
        presses("button[data-confirm]"),
    ),
    manager(
        "rules_staff.publish_rules",
        "no reason",
        opens_in_draft("/publish"),
        presses("button[data-confirm]"),
        follows("[data-confirm-yes]"),
    ),
]

STATES = [*PUBLIC, *EDITING, *PUBLISHING]
