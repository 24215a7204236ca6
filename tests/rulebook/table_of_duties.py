"""The table beside the rules, of the duties: permits, notices, plans, licences, advice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.rulebook.table import OPEN, OUTSIDE, Row, row

COLLECTION, LOTTERY = {"collection": True}, {"lottery": True}
_SERVED = {"alcohol": "free_serving", "openness": "open"}


def rows() -> list[Row]:
    """Those of guidance."""
    return [
        *_places_and_noise(),
        *_police_and_rescue(),
        *_food_and_drink(),
        *_collections(),
        *_lotteries(),
        *_others(),
    ]


def _places_and_noise() -> Iterator[Row]:
    small = {**OUTSIDE, "attendance_peak": 49}
    yield row(small, told="G01L", not_told="G01", says={"due": {"G01L": "2027-06-09"}})
    for more in (
        {"attendance_peak": 50},
        {"structures": "light"},
        {"amplified": True},
        {"food": "lowrisk_amateur"},
        {"alcohol": "byo"},
        {"open_fire": True},
        {"pyro": "consumer"},
        {"street_closure": "city"},
        {"purpose": "commerce"},
    ):
        yield row(small, more, told="G01", not_told="G01L")
    yield row(small, purpose="demonstration", not_told="G01 G01L")
    yield row(small, place_kind="street", not_told="G01 G01L")
    noisy = {"outdoor": True, "organiser_type": "association", "amplified": True}
    yield row(noisy, told="G08", not_told="G07", says={"due": {"G08": "2027-06-05"}})
    yield row(noisy, amplified=False, not_told="G07 G08")
    yield row(noisy, amplified=False, noise_disturbing=True, told="G07", not_told="G08")
    yield row(noisy, outdoor=False, noise_disturbing=True, not_told="G07 G08")
    loud = {"outdoor": True, "noise_disturbing": True}
    yield row(loud, not_told="G07")
    yield row(loud, OPEN, told="G07", says={"due": {"G07": "2027-05-13"}})
    yield row(loud, organiser_type="youth_group", told="G07")
    for start, end, told in (
        ("2027-06-12T07:00", "2027-06-12T22:00", False),
        ("2027-06-12T06:59", "2027-06-12T22:00", True),
        ("2027-06-12T07:00", "2027-06-12T22:01", True),
        ("2027-06-13T09:00", "2027-06-13T20:00", False),
        ("2027-06-13T08:59", "2027-06-13T20:00", True),
        ("2027-06-13T09:00", "2027-06-13T20:01", True),
        ("2027-06-12T18:00", "2027-06-13T00:00", True),
        ("2027-12-06T09:00", "2027-12-06T20:01", True),
        ("2027-12-24T07:00", "2027-12-24T22:00", False),
        ("2027-06-25T07:00", "2027-06-25T22:00", False),
        ("2027-06-26T09:00", "2027-06-26T20:01", True),
    ):
        sides = {"told": "G07"} if told else {"not_told": "G07"}
        yield row(noisy, start=start, end=end, **sides)
    yield row(noisy, amplified=False, end="2027-06-12T22:01", not_told="G07")
    crowd = {**OUTSIDE, **OPEN, "attendance_peak": 100}
    yield row(crowd, told="G32")
    yield row(crowd, attendance_peak=99, not_told="G32")
    yield row(crowd, openness="invited", not_told="G32 G37")
    yield row(crowd, outdoor=False, not_told="G32")
    yield row(crowd, structures="light", told="G37")
    yield row(crowd, structures="none", not_told="G37")
    yield row(crowd, structures="light", openness="invited", not_told="G37")
    yield row(crowd, structures="light", outdoor=False, not_told="G37")
    wild = {"place_kind": "nature", "attendance_peak": 50}
    yield row(wild, told="G39", says={"due": {"G39": "2027-05-29"}})
    yield row(wild, attendance_peak=49, not_told="G39")
    yield row(wild, place_kind="private_place", not_told="G39")


def _police_and_rescue() -> Iterator[Row]:
    yield row(OPEN, told="G02X G36", not_told="G02 G05 G31 G35")
    for more in (
        {"attendance_peak": 200},
        {"end": "2027-06-12T22:01"},
        {"alcohol": "free_serving"},
        {"alcohol": "sold"},
        {"stewards_or_traffic": True},
        {"street_closure": "city"},
        {"street_closure": "state"},
        {"place_kind": "street"},
        {"open_fire": True},
        {"pyro": "stage"},
        {"special_danger": True},
    ):
        yield row(OPEN, more, told="G02", not_told="G02X")
        yield row(OPEN, more, purpose="demonstration", not_told="G02 G02X G03")
        if more != {"attendance_peak": 200}:
            yield row(more, not_told="G02 G02X")
    for more in ({"attendance_peak": 199}, {"end": "2027-06-12T22:00"}, {"alcohol": "byo"}):
        yield row(OPEN, more, told="G02X", not_told="G02")
    yield row(attendance_peak=200, purpose="demonstration", not_told="G02 G02X")
    for more in ({"stewards_or_traffic": True}, {"street_closure": "city"}):
        yield row(OPEN, more, told="G03", says={"due": {"G03": "2027-05-29", "G02": "2027-06-07"}})
        yield row(more, not_told="G03")
    yield row(OPEN, not_told="G03")
    yield from _rescue()
    yield from _fireworks()
    yield from _safety()


def _rescue() -> Iterator[Row]:
    march = {"purpose": "demonstration", "openness": "open"}
    for place in ("city_outdoor", "street"):
        yield row(march, place_kind=place, told="G04", says={"due": {"G04": "2027-06-11T12:00"}})
    yield row(march, not_told="G04")
    yield row(OUTSIDE, not_told="G04")
    home = {"place_kind": "private_place"}
    yield row(home, attendance_peak=200, told="G05", says={"due": {"G05": "2027-05-29"}})
    yield row(home, attendance_peak=199, not_told="G05")
    for danger in (
        {"open_fire": True},
        {"pyro": "stage"},
        {"exits_changed": True},
        {"special_danger": True},
    ):
        yield row(home, danger, not_told="G05")
        yield row(home, danger, OPEN, told="G05")
        for place in ("city_indoor", "city_outdoor", "street"):
            yield row(danger, place_kind=place, told="G05")
    for more in ({"active_programme": True}, {"special_danger": True}):
        yield row(OPEN, more, told="G06", says={"due": {"G06": "2027-06-12"}})
        yield row(more, not_told="G06")
    yield row(OPEN, not_told="G06")


def _fireworks() -> Iterator[Row]:
    rocket = {"pyro": "consumer"}
    yield row(rocket, told="G17", not_told="G18", says={"due": {"G17": "2027-06-07"}})
    yield row(rocket, OPEN, told="G18", not_told="G17", says={"due": {"G18": "2027-05-29"}})
    yield row(rocket, organiser_type="association", told="G18", not_told="G17")
    yield row(pyro="show", told="G18", not_told="G17 G18S")
    yield row(pyro="stage", told="G18S", not_told="G18", says={"due": {"G18S": "2027-05-29"}})
    for start, end, told in (
        ("2027-12-31T18:00", "2028-01-01T02:00", False),
        ("2027-12-31T17:59", "2028-01-01T02:00", True),
        ("2027-12-31T18:00", "2028-01-01T02:01", True),
        ("2028-01-01T00:30", "2028-01-01T01:00", False),
    ):
        sides = {"told": "G17"} if told else {"not_told": "G17"}
        yield row(rocket, start=start, end=end, **sides)


def _safety() -> Iterator[Row]:
    more: dict[str, Any]
    yield row(open_fire=True, told="G19")
    yield row(not_told="G19 G20 G21 G22 G30 G33 G34 G38")
    for more in (
        {"attendance_peak": 200},
        {"alcohol": "sold"},
        {"alcohol": "free_serving"},
        {"end": "2027-06-12T22:01"},
    ):
        yield row(OPEN, more, told="G31")
        yield row(more, not_told="G31")
    for more in (
        {"active_programme": True},
        {"structures": "tent_or_stage"},
        {"attendance_peak": 200},
        {"pyro": "show"},
    ):
        yield row(OPEN, more, told="G35")
        yield row(more, not_told="G35")
    yield row(OPEN, structures="light", not_told="G35")


def _food_and_drink() -> Iterator[Row]:
    for food, rule, due in (
        ("lowrisk_amateur", "G09", {}),
        ("cooked_amateur", "G09C", {"G09C": "2027-06-05"}),
        ("mobile_registered", "G10", {"G10": "2027-06-08"}),
        ("new_business", "G11", {"G11": "2027-05-15"}),
    ):
        others = " ".join({"G09", "G09C", "G10", "G11"} - {rule})
        yield row(food=food, told=rule, not_told=others, says={"due": due})
    yield row(OPEN, attendance_peak=501, told="G12", says={"due": {"G12": "2027-05-15"}})
    yield row(OPEN, attendance_peak=500, not_told="G12")
    yield row(attendance_peak=501, not_told="G12")
    ready = {"area_preapproved": True}
    for serving in ({"alcohol": "sold"}, {"alcohol": "sold", **OPEN}, _SERVED):
        yield row(serving, told="G13", not_told="G14", says={"due": {"G13": "2027-04-28"}})
        yield row(serving, ready, told="G14", not_told="G13", says={"due": {"G14": "2027-06-09"}})
    for more in ({"alcohol": "free_serving"}, {"alcohol": "byo"}, {"alcohol": "byo", **OPEN}, OPEN):
        yield row(more, not_told="G13")
        yield row(more, ready, not_told="G13 G14")
    yield row(OPEN, alcohol="byo", told="G15", not_told="G16")
    yield row(alcohol="byo", told="G16", not_told="G15")
    yield row(alcohol="free_serving", told="G16", not_told="G15")
    yield row(_SERVED, not_told="G15 G16")
    yield row(alcohol="sold", not_told="G15 G16")


def _collections() -> Iterator[Row]:
    every = {"G25", "G25P", "G26P", "G25X", "G25A", "G26"}

    def only(rule: str, *facts: dict[str, Any], **more: Any) -> Row:
        others = " ".join(sorted(every - {rule}))
        return row(COLLECTION, *facts, told=rule, not_told=others, **more)

    limit, over = {"collection_target_eur": 10000}, {"collection_target_eur": 10000.01}
    three = {"group_of_three": True}
    for who in ("association", "religious"):
        yield only("G25", limit, organiser_type=who, says={"due": {"G25": "2027-06-07"}})
        yield only("G26", over, three, organiser_type=who)
        yield only("G26", over, organiser_type=who, says={"due": {"G26": "2027-04-13"}})
    for who in ("private_person", "resident_group"):
        yield only("G25", limit, three, organiser_type=who)
        yield only("G26P", over, three, organiser_type=who)
        yield only("G25P", limit, organiser_type=who)
        yield only("G25P", over, organiser_type=who)
    for who in ("company", "city_unit"):
        yield only("G25P", limit, three, organiser_type=who)
    for who in ("school_class", "youth_group"):
        yield only("G25X", limit, organiser_type=who)
        yield only("G25A", over, organiser_type=who, says={"due": {"G25A": "2027-05-13"}})
        yield only("G25A", limit, organiser_type=who, responsible_adult=False)
    yield only("G25A", limit, organiser_type="party")
    for who in ("association", "private_person", "company", "school_class", "party"):
        for target in (limit, over):
            yield row(target, three, organiser_type=who, not_told=" ".join(sorted(every)))
            yield row(target, organiser_type=who, not_told=" ".join(sorted(every)))


def _lotteries() -> Iterator[Row]:
    every = {"G27", "G28", "G29", "G29A"}

    def only(rule: str, *facts: dict[str, Any], **more: Any) -> Row:
        others = " ".join(sorted(every - {rule}))
        return row(LOTTERY, *facts, told=rule, not_told=others, **more)

    limit, over = {"lottery_total_eur": 3000}, {"lottery_total_eur": 3000.01}
    spread = {"lottery_same_event": False}
    for who, small, large in (
        ("association", "G27", "G28"),
        ("school_class", "G27", "G29"),
        ("religious", "G27", "G29A"),
    ):
        yield only(small, limit, organiser_type=who)
        yield only(large, over, organiser_type=who)
        yield only(large, limit, spread, organiser_type=who)
        yield row(over, organiser_type=who, not_told=" ".join(sorted(every)))
        yield row(spread, organiser_type=who, not_told=" ".join(sorted(every)))
    association = {"organiser_type": "association"}
    yield only("G28", over, association, says={"due": {"G28": "2027-05-13"}})
    for who in ("private_person", "resident_group", "company", "party"):
        yield only("G29", limit, organiser_type=who)
    yield only("G29A", limit, organiser_type="city_unit", says={"due": {"G29A": "2027-05-13"}})
    young = {"organiser_type": "youth_group"}
    yield only("G29A", young, lottery_total_eur=500)
    yield only("G29", young, lottery_total_eur=500.01)
    yield only("G29", young, OPEN, lottery_total_eur=500)
    for who in ("youth_group", "city_unit", "private_person"):
        yield row(limit, organiser_type=who, not_told=" ".join(sorted(every)))


def _others() -> Iterator[Row]:
    yield row(
        street_closure="city", told="G20", not_told="G21", says={"due": {"G20": "2027-05-22"}}
    )
    yield row(
        street_closure="state", told="G21", not_told="G20", says={"due": {"G21": "2027-05-01"}}
    )
    tent = {"structures": "tent_or_stage"}
    yield row(tent, attendance_peak=200, told="G22", says={"due": {"G22": "2027-05-22"}})
    yield row(tent, attendance_peak=199, structure_days=14, not_told="G22")
    yield row(tent, structure_days=15, told="G22")
    yield row(structures="light", structure_days=15, attendance_peak=200, not_told="G22")
    for art, rule in (
        ({"music": "live"}, "G23"),
        ({"music": "recorded"}, "G23"),
        ({"film": True}, "G24"),
    ):
        yield row(OPEN, art, told=rule, says={"due": {rule: "2027-06-12"}})
        yield row(art, not_told=rule)
        for who in ("company", "association", "party", "city_unit"):
            yield row(art, organiser_type=who, told=rule)
            yield row(organiser_type=who, not_told=rule)
        for who in ("school_class", "religious", "resident_group"):
            yield row(art, organiser_type=who, not_told=rule)
    yield row(minors_volunteers=True, told="G30", says={"due": {"G30": "2027-05-13"}})
    yield row(drone=True, told="G33")
    yield row(personal_data=True, not_told="G34")
    yield row(OPEN, personal_data=True, told="G34")
    yield row(personal_data=True, organiser_type="association", told="G34")
    yield row(organiser_type="association", not_told="G34")
    yield row(overnight=True, told="G38", says={"due": {"G38": "2027-05-29"}})
