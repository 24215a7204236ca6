"""Importing a catalogue: all of it, as often as one likes, and what it leaves alone."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from booking.audit.models import AuditEntry
from booking.catalogue import models as m
from booking.catalogue import reference_models as r
from booking.catalogue import version_models as v
from booking.catalogue.format import SpaceEquipment
from booking.catalogue.importing import Totals, import_catalogue, totals
from booking.catalogue.importing_errors import PartsInUse
from booking.catalogue.queries import get_catalogue
from booking.core.actors import COMMAND, VISITOR
from booking.core.errors import NotAllowed
from tests.catalogue.demo_files import (
    HOST,
    imported,
    parts_of,
    some_units,
    space_named,
    whole_city,
    with_entry,
    with_space,
    without_space,
)

WRITES = ("INSERT", "UPDATE", "DELETE")


# ── All of it ─────────────────────────────────────────────────────────────────────────────────


def test_the_whole_demo_city_comes_in(session, now):
    imported(session, whole_city(), now)
    assert totals(session) == Totals(units=37, spaces=116, combinations=14, parts=103, pieces=231)

    of_spaces = select(func.count(m.Part.id)).where(m.Part.loan_item_id.is_(None))
    assert session.scalar(of_spaces) == 103
    assert session.scalar(of_spaces.where(m.Part.slug.like("%-remainder"))) == 8
    assert session.scalar(select(func.count(m.Part.loan_item_id))) == 231
    assert len(get_catalogue(session).places) == 130


def test_the_import_of_the_demo_city_takes_less_than_five_seconds(session, now, engine):
    began = time.process_time()
    imported(session, whole_city(), now)
    assert engine.name != "sqlite" or time.process_time() - began < 5


def test_a_second_import_writes_nothing(session, now):
    imported(session, some_units(), now)
    version = session.get_one(m.City, 1).catalogue_version
    session.expire_all()
    written: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        written.extend([statement] if statement.lstrip().startswith(WRITES) else [])

    event.listen(session.connection(), "before_cursor_execute", note)
    changes = imported(session, some_units(), now)
    event.remove(session.connection(), "before_cursor_execute", note)

    assert not changes
    assert changes.lines() == []
    assert written == []
    assert session.get_one(m.City, 1).catalogue_version == version


def test_an_import_is_written_down_once(session, now):
    imported(session, some_units(), now)
    imported(session, some_units(), now)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.subject_id) == ("catalogue_imported", "city", 1)
    assert entry.actor_kind == "command"
    assert entry.details["units"] == 5
    assert entry.details["changed"] == 0


def test_only_who_edits_the_catalogue_imports(session, now):
    with pytest.raises(NotAllowed):
        import_catalogue(session, VISITOR, some_units(), now, HOST)


def test_every_import_that_changes_something_raises_the_version_once(session, now):
    imported(session, some_units(), now)
    assert get_catalogue(session).version == 1
    changed = with_space(some_units(), "kaspersali", capacity=81, area_m2=90)
    imported(session, changed, now)
    assert get_catalogue(session).version == 2
    assert get_catalogue(session).places["kaspersali"].capacity == 81


def test_the_host_of_uids_is_kept_for_life(session, now):
    imported(session, some_units(), now)
    changed = with_space(some_units(), "kaspersali", capacity=81)
    import_catalogue(session, COMMAND, changed, now, "elsewhere.example")
    assert session.get_one(m.City, 1).uid_host == HOST


# ── What changes ──────────────────────────────────────────────────────────────────────────────


def test_the_file_wins_over_later_edits(session, now):
    imported(session, some_units(), now)
    space_named(session, "kaspersali").capacity = 70
    session.scalars(select(m.Unit).where(m.Unit.slug == "paakirjasto")).one().street_address = None
    session.flush()
    assert imported(session, some_units(), now).lines() == [
        "~ unit paakirjasto: street_address none → Rautatienkatu 8",
        "~ space kaspersali: capacity 70 → 80",
    ]
    assert space_named(session, "kaspersali").capacity == 80


def test_a_change_names_what_is_referred_to_and_only_what_differs(session, now):
    imported(session, some_units(), now)
    changed = with_space(
        some_units(),
        "bastionin-holvi-a",
        policy="meeting-room",
        name={"fi": "Holvi A", "sv": "Valvlokal A", "en": "Vault A"},
        equipment=(SpaceEquipment("tables", 6), SpaceEquipment("chairs", 50)),
    )
    assert imported(session, changed, now).lines() == [
        "~ space bastionin-holvi-a: name.fi Holvitila A → Holvi A, "
        "policy assembly-hall → meeting-room, equipment chairs 40 → chairs 50"
    ]


def test_opening_hours_change_day_by_day(session, now):
    imported(session, some_units(), now)
    hours = {one.slug: one for one in some_units().opening_hours_templates}["library"]
    changed = replace(hours.week, sat=())
    file = with_entry(some_units(), "opening_hours_templates", "library", week=changed)
    [line] = imported(session, file, now).lines()
    assert line == "~ opening hours library: week.sat 10:00–14:00 → none"
    pattern = session.scalars(
        select(r.HoursPattern).join(r.OpeningHours).where(r.OpeningHours.slug == "library")
    ).one()
    assert pattern.week["sat"] == []


def test_euros_become_cents_exactly(session, now):
    prices = {one.slug: one for one in some_units().price_lists}["small-room"].prices
    priced = tuple(replace(price, hourly_eur=Decimal("19.99")) for price in prices)
    imported(session, some_units(), now)
    changes = imported(
        session, with_entry(some_units(), "price_lists", "small-room", prices=priced), now
    )
    rows = session.scalars(
        select(v.PriceRow).join(v.PriceList).where(v.PriceList.slug == "small-room")
    ).all()
    assert [row.hourly_cents for row in rows] == [1999] * len(prices)
    assert list(map(str, changes.changed)) == ["price list small-room"]


def test_another_order_is_a_change_of_the_list(session, now):
    imported(session, some_units(), now)
    turned = replace(some_units(), districts=tuple(reversed(some_units().districts)))
    changes = imported(session, turned, now)
    assert changes
    assert changes.lines() == ["~ order of the list: district"]


# ── What is left ──────────────────────────────────────────────────────────────────────────────


def test_what_the_file_no_longer_names_is_left_and_reported(session, now):
    imported(session, some_units(), now)
    before = space_named(session, "kaspersali").id
    changes = imported(session, without_space(some_units(), "kaspersali"), now)
    assert changes.lines()[-1] == "= left: space kaspersali (not in the file)"
    assert space_named(session, "kaspersali").id == before
    assert parts_of(session, "kaspersali") == {"kaspersali"}
    assert not imported(session, without_space(some_units(), "kaspersali"), now)


def test_what_is_left_in_a_space_goes_on_excluding_it(session, now):
    """A section that the file has forgotten can still be booked, so the whole still needs it."""
    imported(session, some_units(), now)
    file = without_space(some_units(), "tervasaari-laituri")
    imported(session, file, now)
    assert "tervasaari-laituri" in parts_of(session, "tervasaari-tapahtuma-alue")


# ── Parts ─────────────────────────────────────────────────────────────────────────────────────


def test_a_space_without_parts_is_one_piece(session, now):
    imported(session, some_units(), now)
    assert parts_of(session, "kaspersali") == {"kaspersali"}


def test_a_divided_space_has_the_pieces_of_its_parts_and_its_remainder(session, now):
    imported(session, some_units(), now)
    assert parts_of(session, "bastioni-areena") == {
        "bastioni-areenan-kentta",
        "bastioni-areenan-lava",
        "bastioni-areena-remainder",
    }
    assert parts_of(session, "bastionin-holvit") == {
        "bastionin-holvi-a",
        "bastionin-holvi-b",
        "bastionin-holvi-c",
    }


def test_a_combination_has_the_pieces_of_its_members_and_never_the_remainder(session, now):
    imported(session, some_units(), now)
    assert parts_of(session, "nuorisotilan-olohuone-ja-keittio") == {
        "nuorisotilan-olohuone",
        "nuorisotilan-keittio",
    }


def test_parts_lie_three_levels_deep(session, now):
    imported(session, whole_city(), now)
    lanes = {f"uimahalli-rata-{number}" for number in range(1, 7)}
    assert parts_of(session, "uimahalli-kuntoallas") == lanes
    assert parts_of(session, "uimahalli-allasosasto") == {
        *lanes,
        "uimahalli-opetusallas",
        "uimahalli-allasosasto-remainder",
    }


def test_each_piece_on_loan_is_a_part_and_none_is_taken_away(session, now):
    imported(session, some_units(), now)
    item = some_units().loan_items[0]
    more = with_entry(some_units(), "loan_items", item.slug, quantity=item.quantity + 1)
    imported(session, more, now)
    assert len(get_catalogue(session).loans[item.slug].pieces) == item.quantity + 1
    imported(session, some_units(), now)
    assert len(get_catalogue(session).loans[item.slug].pieces) == item.quantity
    count = select(func.count(m.Part.id)).where(m.Part.slug.like(f"{item.slug}-%"))
    assert session.scalar(count) == item.quantity + 1


def test_a_space_and_a_piece_on_loan_may_have_one_name(session, now):
    item = some_units().loan_items[0]
    clash = with_space(some_units(), "kaspersali", slug=f"{item.slug}-1")
    imported(session, clash, now)
    assert len(get_catalogue(session).loans[item.slug].pieces) == item.quantity
    pieces = set(get_catalogue(session).loans[item.slug].pieces)
    assert not pieces & get_catalogue(session).places[f"{item.slug}-1"].parts
    assert not imported(session, clash, now)


def divided_hall(file):
    """The library's hall in two halves."""
    [hall] = [one for unit in file.units for one in unit.spaces if one.slug == "kaspersali"]
    halves = tuple(
        replace(hall, slug=f"kaspersali-{half}", capacity=40, price_share=Decimal("0.5"))
        for half in ("a", "b")
    )
    return with_space(file, "kaspersali", parts=halves, joint_capacity="advisory")


def test_who_has_reservations_is_told_which_spaces_are_divided_otherwise(session, now):
    imported(session, some_units(), now)
    hall, told = space_named(session, "kaspersali").id, []
    changes = imported(
        session,
        divided_hall(some_units()),
        now,
        on_parts_changed=lambda _, spaces: told.append(spaces),
    )
    assert told == [{hall}]
    assert parts_of(session, "kaspersali") == {"kaspersali-a", "kaspersali-b"}
    assert "pieces kaspersali → kaspersali-a, kaspersali-b" in "\n".join(changes.lines())


def test_nothing_is_divided_otherwise_where_nobody_can_be_told(session, now):
    imported(session, some_units(), now)
    with pytest.raises(PartsInUse, match="kaspersali"):
        imported(session, divided_hall(some_units()), now)
