"""The table beside the rules: each rule holds in some row and does not in one that differs from it
in a single fact, on both sides of every threshold. Written from the meaning of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

TODAY = date(2027, 5, 1)
QUIET: dict[str, Any] = {
    "organiser_type": "private_person",
    "openness": "invited",
    "purpose": "wellbeing",
    "attendance_peak": 10,
    "place_kind": "city_indoor",
    "start": "2027-06-12T12:00",
    "end": "2027-06-12T14:00",
}
"""A private person's small gathering on a Saturday: nothing follows, and the full price."""

OPEN = {"openness": "open"}
OUTSIDE = {"place_kind": "city_outdoor", "outdoor": True}
FAR = {"home": "other", "hamina_benefit": False}
MONEY = {"openness": "open", "grant_requested_eur": 100}


@dataclass(frozen=True)
class Row:
    """An event that differs from the quiet one; the rules that are told of it, and those that are
    not; what else its outcome says."""

    facts: dict[str, Any]
    told: str = ""
    not_told: str = ""
    today: date = TODAY
    says: dict[str, Any] = field(default_factory=dict)


def row(*facts: dict[str, Any], told="", not_told="", today=TODAY, says=None, **more: Any) -> Row:
    merged: dict[str, Any] = dict(QUIET)
    for one in (*facts, more):
        merged.update(one)
    return Row(merged, told, not_told, today, says or {})


def price(decision: str, group: str | None) -> dict[str, Any]:
    return {"decision": decision, "price_group": group}


def grant(status: str, amount: float | None) -> dict[str, Any]:
    return {"status": status, "amount": amount}


FREE, CHARGED, REVIEW, DENIED = "auto_free", "auto_charged", "review", "denied"


def rows() -> list[Row]:
    """Those of prices and support."""
    return [*_prices(), *_reviews(), *_grants()]


def _prices() -> Iterator[Row]:
    yield row(told="F99", not_told="F01 F12 G36", says=price(CHARGED, "K4"))
    yield from _free_for_groups()
    yield from _free_when_open()
    yield from _meetings_and_clubs()
    yield from _charged()


def _free_for_groups() -> Iterator[Row]:
    unit = {"organiser_type": "city_unit"}
    yield row(unit, told="F01", not_told="F08 F99", says=price(FREE, "K0"))
    yield row(unit, purpose="commerce", told="F01 F08", says=price(FREE, "K0"))
    yield row(unit, overnight=True, told="F01 F11", says=price(REVIEW, "K0"))
    young = {"target": "under20"}
    for who in ("association", "youth_group", "school_class", "resident_group"):
        group = {"organiser_type": who, **young}
        yield row(group, told="F02", not_told="F99", says=price(FREE, "K1"))
        yield row(group, purpose="commerce", told="F08", not_told="F02", says=price(CHARGED, "K5"))
        yield row(group, purpose="political", told="F02 F10", says=price(CHARGED, "K4"))
        yield row(group, FAR, told="F17", not_told="F02 F99", says=price(CHARGED, "K4"))
        yield row(group, home="other", told="F02", not_told="F17", says=price(FREE, "K1"))
        yield row(group, hamina_benefit=False, told="F02", not_told="F17")
        yield row(group, entrance_fee_eur=0.01, told="F09", not_told="F02")
    yield row(young, not_told="F02", says=price(CHARGED, "K4"))


def _free_when_open() -> Iterator[Row]:
    for purpose in ("wellbeing", "culture", "sport", "youth", "meeting"):
        yield row(OPEN, purpose=purpose, told="F03", says=price(FREE, "K2"))
    for who in ("resident_group", "youth_group", "association"):
        yield row(OPEN, organiser_type=who, told="F03", not_told="F99", says=price(FREE, "K2"))
    yield row(OPEN, organiser_type="school_class", not_told="F03")
    yield row(OPEN, purpose="celebration", not_told="F03 F07", says=price(CHARGED, "K4"))
    yield row(OPEN, entrance_fee_eur=0.01, told="F09", not_told="F03")
    yield row(OPEN, home="other", told="F03", not_told="F17")
    yield row(OPEN, hamina_benefit=False, told="F03", not_told="F17")
    yield row(OPEN, FAR, told="F17", not_told="F03", says=price(CHARGED, "K4"))


def _meetings_and_clubs() -> Iterator[Row]:
    board = {"organiser_type": "association", "purpose": "meeting", "space_type": "meeting_room"}
    for space in ("meeting_room", "hall", "library", "school", "youth_space"):
        yield row(board, space_type=space, told="F04", says=price(FREE, "K2"))
    yield row(board, target="under20", told="F02 F04", says=price(FREE, "K1"))
    for change in (
        {"space_type": "gym"},
        {"home": "other"},
        {"purpose": "youth"},
        {"organiser_type": "resident_group"},
        OPEN,
    ):
        yield row(board, change, not_told="F04")
    for who in ("association", "resident_group"):
        old = {"organiser_type": who, "target": "pensioners", "purpose": "meeting"}
        yield row(old, told="F05", not_told="F99", says=price(FREE, "K2"))
        yield row(old, target="special", told="F05", says=price(FREE, "K2"))
        yield row(old, target="adults", not_told="F05 F06")
        yield row(old, home="other", not_told="F05")
        yield row(old, entrance_fee_eur=2, not_told="F05", told="F09")
        yield row(old, purpose="celebration", told="F05 F07", says=price(CHARGED, "K4"))
        club = {"organiser_type": who, "purpose": "sport"}
        for purpose in ("sport", "wellbeing", "culture"):
            for target in ("all", "adults"):
                club = {"organiser_type": who, "purpose": purpose, "target": target}
                yield row(club, told="F06", not_told="F99", says=price(CHARGED, "K3"))
        yield row(club, home="other", not_told="F06")
        yield row(club, target="under20", told="F02", not_told="F06")
        yield row(club, OPEN, told="F03", not_told="F06")


def _charged() -> Iterator[Row]:
    yield row(purpose="celebration", told="F07", not_told="F99", says=price(CHARGED, "K4"))
    yield row(organiser_type="company", told="F08", says=price(CHARGED, "K5"))
    yield row(purpose="commerce", told="F08", says=price(CHARGED, "K5"))
    yield row(organiser_type="party", told="F10", not_told="F99", says=price(CHARGED, "K4"))
    yield row(organiser_type="religious", told="F10", says=price(CHARGED, "K4"))
    for purpose in ("political", "religious"):
        yield row(purpose=purpose, told="F10", not_told="F99", says=price(CHARGED, "K4"))
    yield row(organiser_type="party", purpose="demonstration", not_told="F10", told="F99")
    for place in ("private_place", "nature"):
        yield row(place_kind=place, not_told="F99", says=price("not_applicable", None))
    yield row(place_kind="street", told="F99", says=price(CHARGED, "K4"))
    march = {"purpose": "demonstration", "organiser_type": "company", "responsible_adult": False}
    for place in ("city_outdoor", "street"):
        says = price(FREE, "K2")
        yield row(march, place_kind=place, told="F08 F12 F16", not_told="F11", says=says)
    yield row(march, told="F08 F11 F12", not_told="F16", says=price(DENIED, "K5"))


def _reviews() -> Iterator[Row]:
    yield row(attendance_peak=199, not_told="F11 G05 G02")
    yield row(attendance_peak=200, told="F11 G05 G02", says=price(REVIEW, "K4"))
    for danger in (
        {"open_fire": True},
        {"pyro": "stage"},
        {"exits_changed": True},
        {"special_danger": True},
        {"overnight": True},
        {"purpose": "demonstration"},
    ):
        yield row(danger, told="F11", says=price(REVIEW, "K4"))
    for who in ("private_person", "resident_group", "youth_group", "association", "school_class"):
        fee = {"organiser_type": who, "purpose": "meeting", "entrance_fee_eur": 0.01}
        yield row(fee, told="F09", says={"decision": REVIEW})
        yield row(fee, entrance_fee_eur=0, not_told="F09")
    yield row(organiser_type="party", entrance_fee_eur=5, not_told="F09", says=price(CHARGED, "K4"))
    yield row(responsible_adult=False, told="F12", says=price(DENIED, "K4"))
    yield row(responsible_adult=False, overnight=True, told="F11 F12", says=price(DENIED, "K4"))
    drinks = {"alcohol": "byo", "space_type": "hall"}
    yield row(drinks, told="G16", not_told="F13 F14")
    for space in ("gym", "youth_space", "library", "school"):
        yield row(drinks, space_type=space, told="F13", says=price(DENIED, "K4"))
        yield row(space_type=space, not_told="F13")
    yield row(drinks, alcohol_allowed=False, told="F13", says=price(DENIED, "K4"))
    yield row(drinks, target="under20", told="F13", says=price(DENIED, "K4"))
    for alcohol in ("byo", "free_serving", "sold"):
        yield row(drinks, OPEN, alcohol=alcohol, told="F14", says=price(REVIEW, "K2"))
    yield row(no_shows_6m=1, not_told="F15")
    yield row(no_shows_6m=2, told="F15", says=price(REVIEW, "K4"))


def _grants() -> Iterator[Row]:
    for who in ("private_person", "resident_group", "youth_group", "association"):
        told = "S01 S02 S03 S04 S06 S12" + ("" if who == "association" else " S07")
        not_told = "S08 S09 S10 S11 S11W S13 S14" + (" S07" if who == "association" else "")
        says = {**grant("eligible", 100), "in_kind": True}
        yield row(MONEY, organiser_type=who, told=told, not_told=not_told, says=says)
    for who in ("company", "city_unit", "party", "religious", "school_class"):
        says = {**grant("ineligible", 0), "in_kind": False}
        yield row(MONEY, organiser_type=who, told="S02 S08", not_told="S01 S12", says=says)
    for purpose in ("wellbeing", "culture", "sport", "youth"):
        says = grant("eligible", 100)
        yield row(MONEY, purpose=purpose, told="S02 S12", not_told="S08", says=says)
    for purpose in (
        "commerce",
        "political",
        "religious",
        "demonstration",
        "celebration",
        "municipal",
        "meeting",
    ):
        says = {**grant("ineligible", 0), "in_kind": False}
        yield row(MONEY, purpose=purpose, told="S01 S08", not_told="S02 S12", says=says)
    says = grant("ineligible", 0)
    yield row(MONEY, openness="invited", told="S01 S02", not_told="S03 S08 S12", says=says)
    yield row(MONEY, double_funding=True, told="S09", says=says)
    yield row(MONEY, FAR, told="S14", says=says)
    yield row(MONEY, home="other", not_told="S14", says=grant("eligible", 100))
    yield row(MONEY, hamina_benefit=False, not_told="S14", says=grant("eligible", 100))
    yield row(MONEY, economic_activity=True, told="S10", says=grant("eligible", 100))
    yield row(MONEY, alcohol="byo", told="S13", says=grant("eligible", 100))
    fee = {"entrance_fee_eur": 0.01}
    yield row(MONEY, fee, not_told="S12", says={**grant("eligible", 100), "in_kind": False})
    for today, told, not_told, status in (
        (date(2027, 6, 13), "S11", "S11W", "ineligible"),
        (date(2027, 6, 12), "S11W", "S11", "eligible"),
        (date(2027, 5, 30), "S11W", "S11", "eligible"),
        (date(2027, 5, 29), "", "S11 S11W", "eligible"),
    ):
        yield row(MONEY, today=today, told=told, not_told=not_told, says={"status": status})
    for asked, had, status, amount in (
        (0.01, 0, "eligible", 0.01),
        (500, 0, "eligible", 500),
        (500.01, 0, "eligible", 500),
        (600, 0.01, "eligible", 499.99),
        (499.99, 0.01, "eligible", 499.99),
        (600, 499.99, "eligible", 0.01),
        (600, 500, "ineligible", 0),
        (600, 501, "ineligible", 0),
        (0, 500, "not_requested", 0),
    ):
        facts = {"grant_requested_eur": asked, "grants_this_year_eur": had}
        yield row(OPEN, facts, told="S12", says=grant(status, amount))
    yield row(OPEN, told="S12", not_told="S01 S04 S06")
