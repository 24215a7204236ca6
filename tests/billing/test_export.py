"""The file for the ledger: a row for each line, the same however often it is written."""

from __future__ import annotations

import csv
import io

import pytest

from booking.billing.ledger import BYTE_ORDER_MARK, COLUMNS, ledger_csv
from booking.billing.queries import ledger_of
from booking.billing.rules import CreditWish, PayerDetails
from booking.billing.use_cases import credit_charge, make_charges, set_payer
from booking.core.actors import COMMAND, Role, job
from tests.billing.owed import ENDS, TUESDAY, of_the_demo
from tests.installations import run_command
from tests.places import a_space, a_unit, an_actor, ask
from tests.pricing.test_rules import EXAMPLES
from tests.values import MONDAY, NOW, ZONE

PAYER = PayerDetails("=HYPERLINK(1)", "Puistokatu 2", "49400", "Hamina", own_reference="-PO;7")


def read(text):
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def ledger(session, first=TUESDAY, last=TUESDAY, actor=COMMAND):
    return ledger_csv(*ledger_of(session, actor, first, last), ZONE, "fi")


@pytest.fixture
def credited(session):
    """Two charges of Tuesday, the first half credited the same day."""
    actor = an_actor(session)
    made = ask(session, a_space(session, name={"fi": "Sali", "en": "Hall"}), actor=actor)
    set_payer(session, actor, made.reference, PAYER, NOW)
    ask(session, a_space(session), "16:00", "17:00")
    make_charges(session, job("make-charges"), ENDS)
    manager = an_actor(session, role=Role.MANAGER)
    credit_charge(session, manager, 2, [CreditWish(1, 1999)], "Burst\npipe", ENDS)
    return made


def test_each_line_is_a_row_and_credits_are_negative(session, credited):
    rows = read(ledger(session))
    assert [(row["type"], row["number"], row["total"]) for row in rows] == [
        ("charge", "1", "10,00"),
        ("charge", "2", "20,00"),
        ("credit", "1", "-19,99"),
    ]
    charge, credit = rows[1:]
    assert charge | {} == {
        **dict.fromkeys(COLUMNS, ""),
        "type": "charge",
        "number": "2",
        "date": "2027-01-12",
        "reason": "use",
        "reservation": credited.reference,
        "used_from": "2027-01-12",
        "used_to": "2027-01-12",
        "line": "1",
        "space": "Sali",
        "vat_class": "exempt_letting",
        "vat_percent": "0",
        "net": "20,00",
        "vat": "0,00",
        "total": "20,00",
        "currency": "EUR",
        "reference_number": "1000025",
        "creditor_reference": "RF551000025",
        "payer_name": "'=HYPERLINK(1)",
        "payer_street_address": "Puistokatu 2",
        "payer_postcode": "49400",
        "payer_town": "Hamina",
        "payer_own_reference": "'-PO;7",
    }
    assert (credit["credits_charge"], credit["note"]) == ("2", "Burst pipe")
    assert credit["reference_number"] == charge["reference_number"]


def test_a_period_gives_the_same_however_often_it_is_written(session, credited):
    before = ledger(session)
    make_charges(session, job("make-charges"), ENDS)
    assert ledger(session) == before


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(MONDAY, MONDAY, 0), (MONDAY, TUESDAY, 3), (TUESDAY, TUESDAY, 3)],
)
def test_both_days_are_included(session, credited, first, last, count):
    assert len(read(ledger(session, first, last))) == count


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_is_taken_for_a_formula(session, credited, start):
    charges, _notes = ledger_of(session, COMMAND, TUESDAY, TUESDAY)
    charges[0].town = f"{start}1"
    assert read(ledger_csv(charges, [], ZONE, "fi"))[0]["payer_town"].startswith("'")


def test_a_manager_exports_their_own_units(session):
    unit = a_unit(session)
    for one in (unit, a_unit(session)):
        ask(session, a_space(session, unit=one))
    make_charges(session, job("make-charges"), ENDS)
    manager = an_actor(session, role=Role.MANAGER, unit=unit)
    assert len(read(ledger(session, actor=manager))) == 1


def test_the_worked_examples_are_exported_to_the_cent(city_session):
    made = {}
    for space, group, purpose, starts, ends, *_rest, net, vat, total in EXAMPLES:
        one = of_the_demo(city_session, space, group, purpose, starts, ends)
        made[one.reference] = (net, vat, total)
        last = one.ends_at
    while make_charges(city_session, job("make-charges"), last):
        pass
    day = last.date()
    rows = {row["reservation"]: row for row in read(ledger(city_session, day, day))}
    for reference, amounts in made.items():
        if amounts[2] == "0":
            assert reference not in rows
            continue
        row = rows[reference]
        cents = tuple(row[name].replace(",", "") for name in ("net", "vat", "total"))
        assert tuple(int(one) for one in cents) == tuple(int(one) for one in amounts)


# ── The command ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def charged_app(app, session):
    """The application with one charge of Tuesday."""
    ask(session, a_space(session))
    make_charges(session, job("make-charges"), ENDS)
    session.commit()
    return app


def export(app, *arguments):
    return app.test_cli_runner().invoke(args=["billing", "export", *arguments])


def test_the_command_writes_the_period_to_a_file_or_the_output(charged_app, tmp_path):
    period = ("--from", "2027-01-12", "--to", "2027-01-12")
    file = tmp_path / "ledger.csv"
    run_command(charged_app, "billing", "export", *period, str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbftype;number;")
    assert len(read(file.read_text(encoding="utf-8"))) == 1
    assert export(charged_app, *period).stdout_bytes == file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "2027-01-13", "--to", "2027-01-12"], "--to lies before --from."),
        (["--from", "2027-02-29", "--to", "2027-03-01"], "2027-02-29"),
        (["--from", "2027-01-12"], "--to"),
        (["--from", "2027-01-12", "--to", "2027-01-12", "/no/such/folder"], "can't be written"),
    ],
)
def test_what_the_command_cant_do_is_told_in_a_sentence(charged_app, arguments, says):
    done = export(charged_app, *arguments)
    assert done.exit_code in {1, 2}
    assert says in done.output
    assert "Traceback" not in done.output


def test_without_a_city_the_command_says_so(app):
    done = export(app, "--from", "2027-01-12", "--to", "2027-01-12")
    assert done.exit_code == 1
