"""The strict loader: each kind of fault in a rule set is refused, with its place."""

from __future__ import annotations

import pytest

from booking.rulebook import load_rule_set
from tests.rulebook.changed_rules import TEXT, faults_of, in_rule, with_change
from tests.rulebook.scenarios import shipped


def test_the_shipped_rules_are_read_whole():
    rule_set = shipped()
    assert len(rule_set.free_use) == 17
    assert len(rule_set.support) == 14
    assert len(rule_set.guidance) == 48
    assert len(rule_set.vocabulary) == 46
    assert rule_set.version == "0.2-draft"
    assert rule_set.default_price.id == "F99"


def test_a_fault_names_file_line_rule_and_key():
    (fault,) = faults_of(in_rule("G05", "n: 14", "n: 14.5"))
    line = TEXT[: TEXT.index("- id: G05\n")].count("\n")
    assert (fault.file, fault.rule, fault.key) == ("city.yaml", "G05", "guidance[G05].deadline.n")
    assert TEXT.splitlines()[fault.line - 1].startswith("  deadline: {n: 14")
    assert fault.line > line
    assert str(fault.place) == f"city.yaml:{fault.line}: guidance[G05].deadline.n"


def test_all_faults_are_told_at_once_by_line():
    text = in_rule("G05", "n: 14", "n: x").replace("op: in,", "op: among,")
    faults = faults_of(text)
    assert {fault.code for fault in faults} == {"wrong_type", "unknown_operator"}
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert len(faults) == TEXT.count("op: in,") + 1


FORM = {
    "unknown key at the top": (TEXT + "surprise: 1\n", "unknown_key", "surprise"),
    "unknown key of a rule": (in_rule("F01", "conf: H", "conf: H\n  why: x"), "unknown_key", "why"),
    "unknown key of a fact": (
        with_change("    type: bool\n", "    type: bool\n    hint: x\n"),
        "unknown_key",
        "hint",
    ),
    "unknown key of a deadline": (
        in_rule("G05", "n: 14,", "n: 14, at: noon,"),
        "unknown_key",
        "at",
    ),
    "a number beside no deadline": (
        in_rule("G15", "{unit: none}", "{unit: none, n: 3}"),
        "unknown_key",
        "n",
    ),
    "unknown key of the resolution": (
        with_change('  why: "Law', '  whim: x\n  why: "Law'),
        "unknown_key",
        "whim",
    ),
    "key given twice": (in_rule("F01", "conf: H", "conf: H\n  conf: M"), "repeated_key", "conf"),
    "rule without a source": (
        in_rule("F01", '  source: "Espoo, Oulu, Tuusula principles"\n', ""),
        "missing_key",
        "F01",
    ),
    "section left out": (with_change("\nfees: ", "\nfines: "), "missing_key", ""),
    "parameter that the engine needs": (
        TEXT.replace("popup_annual_cap_eur", "annual_cap"),
        "missing_key",
        "parameters",
    ),
    "fact that the engine needs": (
        with_change("  grants_this_year_eur:\n", "  grants_of_the_year:\n"),
        "missing_key",
        "vocabulary",
    ),
    "wrong type of text": (in_rule("F01", 'source: "', "source: 12 #"), "wrong_type", "source"),
    "wrong type of bool": (in_rule("F01", "final: true", "final: yes"), "wrong_type", "final"),
    "wrong type of number": (
        with_change("    value: 500\n", '    value: "500"\n'),
        "wrong_type",
        "value",
    ),
    "wrong type of list": (in_rule("G01L", "[G01]", "G01"), "wrong_type", "suppresses"),
    "wrong type of mapping": (
        in_rule("F01", "{fact", "[fact").replace(
            "[fact: organiser_type, op: eq, value: city_unit}", "[city_unit]"
        ),
        "wrong_type",
        "when",
    ),
    "wrong type of value": (
        with_change("op: eq, value: city_unit", "op: eq, value: 7"),
        "wrong_type",
        "value",
    ),
    "wrong type of default": (
        with_change("    default: true\n", "    default: 1\n"),
        "wrong_type",
        "default",
    ),
    "window of the wrong order": (
        with_change('["07:00", "22:00"]', '["22:00", "07:00"]'),
        "wrong_type",
        "value",
    ),
    "window of one time": (with_change('["07:00", "22:00"]', '["07:00"]'), "wrong_type", "value"),
    "missing language": (
        in_rule("F01", '  sv: "Stadens egen verksamhet är avgiftsfri."\n', ""),
        "missing_language",
        "F01",
    ),
    "missing language of a label": (
        with_change(', en: "From elsewhere"}', "}"),
        "missing_language",
        "labels.other",
    ),
    "empty language": (
        in_rule("F01", '"City units use spaces free of charge."', '" "'),
        "empty_text",
        "en",
    ),
    "no date": (in_rule("G07", "2027-03-01", "2027-02-29"), "bad_date", "recheck_by"),
    "date with a time": (
        in_rule("G07", "2027-03-01", "2027-03-01T00:00"),
        "bad_date",
        "recheck_by",
    ),
    "deadline below nothing": (in_rule("G05", "n: 14", "n: -1"), "out_of_range", "n"),
    "address with a protocol": (
        in_rule("G02", '"suomi.fi"', '"https://suomi.fi"'),
        "bad_address",
        "address",
    ),
    "address that is script": (
        in_rule("G02", '"suomi.fi"', '"javascript:alert(1)"'),
        "bad_address",
        "address",
    ),
    "id with a space": (with_change("- id: F17\n", "- id: F 17\n"), "bad_id", "id"),
    "time zone": (with_change("Europe/Helsinki", "Europe/Hamina"), "unknown_zone", "timezone"),
    "language": (with_change("[fi, sv, en]", "[fi, sv, de]"), "unknown_value", "languages"),
    "no rules": (
        TEXT[: TEXT.index("\nguidance:\n")] + "\nguidance: []\n",
        "no_members",
        "guidance",
    ),
}

NAMES = {
    "fact": ("{fact: openness, op: eq, value: open}", "{fact: mood, op: eq, value: open}",
             "unknown_fact"),
    "operator": ("{fact: openness, op: eq,", "{fact: openness, op: is,", "unknown_operator"),
    "value of an enum": ("op: eq, value: open}", "op: eq, value: ajar}", "unknown_value"),
    "value in a list": ("[association, youth_group,", "[association, guild,", "unknown_value"),
    "parameter": ("param: rescue_attendance", "param: rescue", "unknown_parameter"),
    "group": ("price_group: K1", "price_group: K9", "unknown_group"),
    "fee": ("fee: city tariff", "fee: tip", "unknown_fee"),
    "kind": ("kind: permit", "kind: blessing", "unknown_kind"),
    "rule that is suppressed": ("suppresses: [G13]", "suppresses: [G99]", "unknown_rule"),
    "rule of another list": ("suppresses: [G13]", "suppresses: [F01]", "unknown_rule"),
    "rule that is needed": ("needs: [S01, ", "needs: [S00, ", "unknown_rule"),
    "effect": ("effect: review", "effect: ponder", "unknown_value"),
    "basis": ("basis: practice", "basis: rumour", "unknown_value"),
    "basis of a deadline": ("unit: days, basis: policy", "unit: days, basis: hope",
                            "unknown_value"),
    "unit": ("unit: workdays", "unit: moons", "unknown_value"),
    "confidence": ("conf: L", "conf: Z", "unknown_value"),
    "placeholder": ("{youth_age_limit}", "{age_limit}", "unknown_placeholder"),
    "brace alone": ("Pienestä ulkotilaisuudesta", "Pienestä { ulkotilaisuudesta",
                    "unknown_placeholder"),
    "derived fact": ("  nye_window:  ", "  full_moon:  ", "unknown_fact"),
    "source of a derived fact": ("from: [grants_this_year_eur]", "from: [start]",
                                 "unknown_value"),
    "id twice": ("- id: F17\n", "- id: F16\n", "repeated_id"),
    "id of the default": ("default: {id: F99", "default: {id: F01", "bad_id"),
    "type of a fact": ("    type: bool\n", "    type: boolean\n", "unknown_value"),
    "place of a fact": ("taken_from: account", "taken_from: horoscope", "unknown_value"),
}  # fmt: skip

TOGETHER = {
    "two forms of a condition": (
        "{not: {fact: purpose, op: eq, value: demonstration}}",
        "{not: {fact: purpose, op: eq, value: demonstration}, fact: purpose}",
        "not_one_form",
    ),
    "value and param": (
        "param: rescue_attendance}",
        "param: rescue_attendance, value: 200}",
        "not_one_of",
    ),
    "neither value nor param": (", param: rescue_attendance}", "}", "not_one_of"),
    "order of an enum": (
        "{fact: openness, op: eq, value: open}",
        "{fact: openness, op: gte, value: open}",
        "not_comparable",
    ),
    "order of a bool": (
        "{fact: overnight, op: eq, value: true}",
        "{fact: overnight, op: lt, value: true}",
        "not_comparable",
    ),
    "a moment": (
        "{fact: overnight, op: eq, value: true}",
        "{fact: start, op: eq, value: 2027-01-01T10:00}",
        "not_comparable",
    ),
    "param of an enum": (
        "{fact: openness, op: eq, value: open}",
        "{fact: openness, op: eq, param: rescue_attendance}",
        "no_parameter_here",
    ),
    "param with in": (
        "op: gte, param: rescue_attendance",
        "op: in, param: rescue_attendance",
        "no_parameter_here",
    ),
    "param that is a window": (
        "param: rescue_attendance",
        "param: noise_weekday_window",
        "no_number",
    ),
    "in without values": ("op: in, value: [free_serving, sold]", "op: in, value: []", "no_members"),
    "required and default": ("    required: true\n", "    required: true\n    default: x\n",
                             "not_one_of"),
    "neither required nor default": ("    default: hamina\n", "", "not_one_of"),
    "price group of a review": ("effect: review\n", "effect: review\n  price_group: K1\n",
                                "not_with"),
    "charge without price group": ("effect: charge\n  price_group: K3\n", "effect: charge\n",
                                   "missing_key"),
    "final charge": ("effect: charge\n", "effect: charge\n  final: true\n", "not_with"),
    "override that is not final": ("  final: true\n  overrides_all", "  overrides_all", "not_with"),
    "unit of an enum": ("    type: enum\n", "    type: enum\n    unit: eur\n", "not_with"),
    "values of a bool": ("    type: bool\n", "    type: bool\n    values: [a]\n", "not_with"),
    "number without a unit": ("    type: int\n    unit: persons\n", "    type: int\n",
                              "missing_key"),
    "value without a label": ("values: [open, invited]", "values: [open, invited, secret]",
                              "labels_differ"),
    "label without a value": ("values: [open, invited]", "values: [open]", "labels_differ"),
    "both value and versions": ("    value: 500\n", "    value: 500\n    versions: []\n",
                                "not_one_of"),
    "default outside its borders": (
        "    max: 365\n    default: 0\n",
        "    max: 365\n    default: 366\n",
        "wrong_type",
    ),
    "rule that suppresses itself": ("suppresses: [G13]", "suppresses: [G14]", "suppresses_itself"),
    "unsure rule that suppresses": ("suppresses: [G01]\n", "suppresses: [G01]\n  conf: L\n",
                                    "repeated_key"),
    "policy that suppresses statute": ("suppresses: [G01]", "suppresses: [G02]",
                                       "suppresses_statute"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "key"), FORM.values(), ids=FORM.keys())
def test_a_text_of_another_form_is_refused(text, code, key):
    found = [fault for fault in faults_of(text) if fault.code == code]
    assert found
    assert key in found[0].key


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [*NAMES.values(), *TOGETHER.values()],
    ids=[*NAMES, *TOGETHER],
)
def test_a_name_that_is_none_and_what_does_not_go_together_is_refused(old, new, code):
    assert code in {fault.code for fault in faults_of(with_change(old, new))}


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("F13", ("conf: M", "conf: L")),
        ("S14", ("conf: M", "conf: L")),
        ("G15", ("conf: H", "conf: L")),
        ("G01", ("conf: M", "conf: L")),
        ("G01L", ("conf: M", "conf: L")),
    ],
)
def test_a_rule_of_confidence_l_neither_denies_nor_suppresses(rule, change):
    (fault,) = faults_of(in_rule(rule, *change))
    assert (fault.code, fault.rule) == ("too_unsure", rule)


@pytest.mark.parametrize(
    ("rule", "dates", "code"),
    [
        ("F12", "valid_from: 2027-01-02\n  valid_to: 2027-01-01", "dates_crossed"),
        ("F12", "valid_to: 2025-12-31", "dates_crossed"),
        ("F12", "valid_from: null", "bad_date"),
    ],
)
def test_dates_that_cross_are_refused(rule, dates, code):
    assert code in {one.code for one in faults_of(in_rule(rule, "conf: H", f"conf: H\n  {dates}"))}


def test_a_rule_of_one_day_is_none_of_these():
    load_rule_set(
        in_rule("F12", "conf: H", "conf: H\n  valid_from: 2027-01-01\n  valid_to: 2027-01-01")
    )


VERSIONS = """\
    versions:
      - {value: 200, valid_from: 2026-01-01, valid_to: %s}
      - {value: 300, valid_from: %s, valid_to: %s}
"""


def with_versions(*dates):
    start = TEXT.index("  rescue_attendance:\n")
    return TEXT[:start] + with_change("    value: 200\n", VERSIONS % dates, TEXT[start:])


def test_versions_may_follow_each_other_day_by_day():
    load_rule_set(with_versions("2026-12-31", "2027-01-01", "null"))


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        (("2026-12-31", "2027-01-02", "null"), "versions_apart"),
        (("2026-12-31", "2026-12-31", "null"), "versions_apart"),
        (("null", "2027-01-01", "null"), "versions_apart"),
        (("2026-12-31", "2027-01-01", "2027-12-31"), "last_version_ends"),
        (("2025-12-31", "2026-01-01", "null"), "dates_crossed"),
    ],
)
def test_versions_with_a_gap_an_overlap_or_an_end_are_refused(dates, code):
    assert code in {fault.code for fault in faults_of(with_versions(*dates))}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_yaml"),
        ("[]", "not_yaml"),
        ("just words", "not_yaml"),
        ("a: [", "not_yaml"),
        ("a: 1\n---\nb: 2\n", "not_yaml"),
        ("[" * 2000, "not_yaml"),
        ("{" * 2000, "not_yaml"),
        ("a: \x07", "not_yaml"),
        ("a: \ud800", "not_yaml"),
        ("x" * 5_000_000, "too_large"),
        ("meta: &a 1\nparameters: *a\n", "not_plain"),
        ("a: &a [x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n", "not_plain"),
        ("meta: !!python/object/apply:os.system [ls]\n", "not_plain"),
        ("<<: {a: 1}\n", "unknown_key"),
        ("? [a, b]\n: 1\n", "unknown_key"),
        ("meta: " + "9" * 5000, "missing_key"),
    ],
)
def test_what_yaml_can_do_beyond_plain_values_is_refused_with_a_sentence(text, code):
    faults = faults_of(text)
    assert code in {fault.code for fault in faults}
    assert all(fault.message % fault.values for fault in faults)


@pytest.mark.parametrize("number", ["9" * 5000, "1e999999", ".5", "-1e999999"])
def test_a_number_that_no_event_can_have_is_refused_without_harm(number):
    when = f"{{fact: attendance_peak, op: gte, value: {number}}}"
    (fault,) = faults_of(in_rule("F12", "{fact: responsible_adult, op: eq, value: false}", when))
    assert fault.code == "wrong_type"
