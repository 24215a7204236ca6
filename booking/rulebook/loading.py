"""Reading a rule set from its text, strictly: docs/rules-format.md says what every key means."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from booking.rulebook.checking import note_contradictions
from booking.rulebook.derived import (
    ANNUAL_CAP,
    DERIVED,
    EVENT_CAP,
    NOISE_SUNDAY,
    NOISE_WEEKDAY,
)
from booking.rulebook.faults import (
    BAD_ID,
    MISSING_KEY,
    UNKNOWN_FACT,
    UNKNOWN_GROUP,
    UNKNOWN_RULE,
    UNKNOWN_VALUE,
    UNKNOWN_ZONE,
    RulesRefused,
)
from booking.rulebook.loading_conditions import read_condition
from booking.rulebook.loading_facts import read_facts_of, read_parameters
from booking.rulebook.loading_names import ID, Names
from booking.rulebook.loading_parts import RuleReader, read_place
from booking.rulebook.reading import Spot, read_text, words_among
from booking.rulebook.rule_set import (
    FREE_USE,
    GUIDANCE,
    SUPPORT,
    DefaultPrice,
    Derived,
    Group,
    RuleSet,
)
from booking.rulebook.texts import LANGUAGES

TOP = (
    "meta parameters user_groups fees kinds vocabulary derived resolution free_use support guidance"
)
RESOLUTION = {
    "facts": "given defaults types",
    "three_valued": "leaf all any not derived sets order",
    "dates": "which in_force parameter",
    "free_use": "applies_only_if not_applicable order decision price_group final tie default f99 "
    "rules unknown meaning hour_limits space_policy",
    "support": "applies_only_if not_requested order needs status amount annual_room_zero year "
    "in_kind unknown page",
    "guidance": "order suppresses unknown sort monotone",
    "open": "",
    "questions": "facts steering order",
    "deadlines": "due days workdays hours recommended late",
    "holidays": "public eves",
    "noise_window": "",
    "nye_window": "",
    "texts": "parameter window deadline dates",
    "why": "",
}
NEEDED_FACTS = {
    "start": "datetime",
    "end": "datetime",
    "place_kind": "enum",
    "grant_requested_eur": "number",
    "grants_this_year_eur": "number",
}
NEEDED_PARAMETERS = {
    EVENT_CAP: False,
    ANNUAL_CAP: False,
    NOISE_WEEKDAY: True,
    NOISE_SUNDAY: True,
}
"""The parameters that the engine reads; true for windows of time."""


def load_rule_set(text: str, name: str = "rules.yaml") -> RuleSet:
    """The rule set in a text; `name` is how its faults call it. Raises `RulesRefused` with all."""
    whole = read_text(text, name)
    found = whole.mapping(TOP)
    sheet = whole.sheet
    if len(found) < len(TOP.split()):
        raise RulesRefused(sheet.faults)
    sheet.parameters = frozenset(found["parameters"].entries())
    rule_set, spots = _Reader(found).read()
    note_contradictions(rule_set, spots)
    if sheet.faults:
        raise RulesRefused(sheet.faults)
    return rule_set


class _Reader:
    """Reads the sections of a text one after the other."""

    def __init__(self, sections: Mapping[str, Spot]) -> None:
        self.sections = sections

    def read(self) -> tuple[RuleSet, Mapping[str, Spot]]:
        """The rule set, whole where no fault was noted, and where each rule stands."""
        sections = self.sections
        version, zone, defaults = self._meta(sections["meta"])
        parameters = read_parameters(sections["parameters"])
        vocabulary = read_facts_of(sections["vocabulary"])
        derived = _derived(sections["derived"], list(vocabulary))
        groups = _groups(sections["user_groups"])
        fees = {id_: spot.words() for id_, spot in sections["fees"].entries().items()}
        kinds = {id_: spot.words() for id_, spot in sections["kinds"].entries().items()}
        _note_missing(sections, vocabulary, parameters)
        names = Names(parameters, vocabulary, derived, groups, fees, kinds)
        reader = RuleReader(names, defaults)
        parts = {part: reader.read(part, sections[part]) for part in (FREE_USE, SUPPORT, GUIDANCE)}
        found = self._resolution(sections["resolution"], names, reader)
        rule_set = RuleSet(
            version,
            zone,
            parameters,
            groups,
            fees,
            kinds,
            vocabulary,
            derived,
            parts[FREE_USE],
            parts[SUPPORT],
            parts[GUIDANCE],
            **found,
        )
        return rule_set, reader.spots

    def _meta(self, spot: Spot) -> tuple[str, ZoneInfo, Mapping[str, Any]]:
        found = spot.mapping("rules_version timezone languages unknown_handling rule_defaults")
        version = found["rules_version"].text() if "rules_version" in found else ""
        zone = _zone(found["timezone"]) if "timezone" in found else ZoneInfo("UTC")
        if "languages" in found and sorted(
            item.one_of(LANGUAGES) for item in found["languages"].items()
        ) != sorted(LANGUAGES):
            found["languages"].refuse(
                UNKNOWN_VALUE, given=found["languages"].shown, known=list(LANGUAGES)
            )
        if "unknown_handling" in found:
            found["unknown_handling"].one_of(["three_valued"])
        defaults: dict[str, Any] = {}
        if "rule_defaults" in found:
            spots = found["rule_defaults"].mapping("valid_from valid_to source_checked")
            for key, one in spots.items():
                defaults[key] = one.day_or_null() if key == "valid_to" else one.day()
        return version, zone, defaults

    def _resolution(self, spot: Spot, names: Names, reader: RuleReader) -> dict[str, Any]:
        """What the engine reads of the section; the rest is for people and only has to be there."""
        found = spot.mapping(" ".join(RESOLUTION))
        inner = {
            part: found[part].mapping(keys)
            for part, keys in RESOLUTION.items()
            if keys and part in found
        }
        free_use, support = inner.get("free_use", {}), inner.get("support", {})
        return {
            "free_use_applies": _condition(free_use, names),
            "support_applies": _condition(support, names),
            "default_price": _default_price(free_use.get("default"), names, reader),
            "needs": _needs(support.get("needs"), reader),
            "support_page": read_place(support["page"], ()) if "page" in support else None,
        }


def _zone(spot: Spot) -> ZoneInfo:
    name = spot.text()
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        spot.refuse(UNKNOWN_ZONE, name=name)
    return ZoneInfo("UTC")


def _groups(spot: Spot) -> dict[str, Group]:
    groups = {}
    for id_, inner in spot.entries().items():
        if not (id_[:1] == "K" and id_[1:].isascii() and id_[1:].isdigit() and len(id_) < 6):
            inner.refuse(UNKNOWN_GROUP, name=id_)
            continue
        found = inner.mapping("share fi sv en")
        share = found["share"].number() if "share" in found else 0
        groups[id_] = Group(id_, Decimal(share), words_among(found))
    return groups


def _derived(spot: Spot, facts: list[str]) -> dict[str, Derived]:
    derived = {}
    for name, inner in spot.entries().items():
        found = inner.mapping("type from text")
        if name not in DERIVED:
            inner.refuse(UNKNOWN_FACT, name=name)
            continue
        type_, sources, _ = DERIVED[name]
        if "type" in found:
            found["type"].one_of([type_])
        if "from" in found:
            named = [item.one_of(facts, UNKNOWN_FACT) for item in found["from"].items()]
            if sorted(named) != sorted(sources):
                found["from"].refuse(UNKNOWN_VALUE, given=", ".join(named), known=list(sources))
        text = found["text"].text() if "text" in found else ""
        derived[name] = Derived(name, type_, sources, text)
    return derived


def _note_missing(
    sections: Mapping[str, Spot], vocabulary: Mapping[str, Any], parameters: Mapping[str, Any]
) -> None:
    """Facts and parameters that the engine itself reads, and their types."""
    for name, type_ in NEEDED_FACTS.items():
        if name not in vocabulary:
            sections["vocabulary"].refuse(MISSING_KEY, name=name)
        elif vocabulary[name].type != type_:
            spot = sections["vocabulary"].entries()[name]
            spot.refuse(UNKNOWN_VALUE, given=vocabulary[name].type, known=[type_])
    for name, is_window in NEEDED_PARAMETERS.items():
        if name not in parameters:
            sections["parameters"].refuse(MISSING_KEY, name=name)
        elif parameters[name].is_window is not is_window:
            wanted = "local_time_window" if is_window else "eur"
            spot = sections["parameters"].entries()[name]
            spot.refuse(UNKNOWN_VALUE, given=parameters[name].unit, known=[wanted])


def _condition(section: Mapping[str, Spot], names: Names) -> Any:
    return (
        read_condition(section["applies_only_if"], names) if "applies_only_if" in section else None
    )


def _default_price(spot: Spot | None, names: Names, reader: RuleReader) -> DefaultPrice:
    """What is charged where no rule says a price."""
    found = spot.mapping("id effect price_group fi sv en") if spot else {}
    if "effect" in found:
        found["effect"].one_of(["charge"])
    id_ = found["id"].text() if "id" in found else ""
    if "id" in found and (not ID.fullmatch(id_) or id_ in reader.spots):
        found["id"].refuse(BAD_ID, name=id_)
    group = (
        found["price_group"].one_of(list(names.groups), UNKNOWN_GROUP)
        if "price_group" in found
        else ""
    )
    return DefaultPrice(id_, group, words_among(found))


def _needs(spot: Spot | None, reader: RuleReader) -> tuple[str, ...]:
    """The rules of support without which there is none."""
    known = [id_ for id_, rule in reader.parts.items() if rule == "support"]
    return tuple(item.one_of(known, UNKNOWN_RULE) for item in spot.items()) if spot else ()
