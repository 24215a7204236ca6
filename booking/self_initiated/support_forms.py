"""What applicants and staff type about support; rows are added without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import TextInput

from booking.core.errors import BookingError, RuleBroken
from booking.self_initiated.support_models import Receipt, SupportApplication
from booking.self_initiated.support_rules import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_LINES,
    BudgetLine,
    LoanLine,
    Wish,
    grouped_iban,
    read_euros,
)
from booking.web.fields import DayField, Form, stop_if_unreadable
from booking.web.fields import lazy as _l
from booking.web.words import told_once

MOST_LOANS = 20
FIRST_ROWS = 3
SAVE, SUBMIT, MORE_COSTS, MORE_INCOMES, MORE_LOANS = "save", "submit", "costs", "incomes", "loans"
_NAME = Length(max=LONGEST_NAME, message=_l("Use at most %(max)d characters."))
_TEXT = Length(max=LONGEST_TEXT, message=_l("Use at most %(max)d characters."))
_READABLE: tuple[Any, ...] = (Optional(), stop_if_unreadable)


class EurosField(Field):
    """An amount in euros as people write it; its data are cents, or None."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else euros(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        try:
            self.data = read_euros(text)
        except ValueError as error:
            raise ValueError(
                _("Write euros and cents such as 120 or 120,50, and nothing below zero.")
            ) from error


def euros(cents: int) -> str:
    """The amount as somebody would type it: 120 or 120,50."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


class _Row(Form):
    """A row of a form: guarded by the form around it."""

    class Meta(Form.Meta):
        csrf = False


class BudgetRow(_Row):
    what = StringField(_l("What"), [_NAME])
    cents = EurosField(_l("Euros"), _READABLE)


class LoanRow(_Row):
    item = SelectField(_l("Thing"), validate_choice=False)
    quantity = IntegerField(
        _l("How many"),
        [*_READABLE, NumberRange(1, 10_000, _l("Write a number from 1."))],
    )
    first = DayField(_l("Pick-up"), _READABLE)
    last = DayField(_l("Return"), _READABLE)


class SupportForm(Form):
    """An application, as far as it is written; `version` is empty while there is none."""

    requested = EurosField(
        _l("How much do you apply for, in euros?"),
        _READABLE,
        description=_l("Leave it empty if you only want to borrow things."),
    )
    description = TextAreaField(
        _l("What is the support for?"),
        [_TEXT],
        description=_l("In a few sentences: what happens, for whom, and what the money is for."),
    )
    costs = FieldList(FormField(BudgetRow), max_entries=MOST_LINES)
    incomes = FieldList(FormField(BudgetRow), max_entries=MOST_LINES)
    loans = FieldList(FormField(LoanRow), max_entries=MOST_LOANS)
    accepts = BooleanField(
        _l("I accept the terms of what is lent, and somebody of 18 or more answers for it.")
    )
    other_aid = TextAreaField(
        _l("Public aid of the last three years"),
        [_TEXT],
        description=_l("Who gave what and when. If none, write so (de minimis declaration)."),
    )
    payee = StringField(_l("Whose bank account is it?"), [_NAME])
    iban = StringField(
        _l("Account number (IBAN)"),
        [Length(max=60, message=_l("Use at most %(max)d characters."))],
        description=_l("Only those who decide and pay see it."),
    )
    version = HiddenField()

    @classmethod
    def of(cls, application: SupportApplication | None, payee: str) -> SupportForm:
        """The form as it stands in the draft; without one, empty but for the name."""
        if application is None:
            return cls(formdata=None, payee=payee)
        rows: dict[str, list[dict[str, Any]]] = {"cost": [], "income": []}
        for line in application.budget:
            rows[line["kind"]].append({"what": line["what"], "cents": line["cents"]})
        return cls(
            formdata=None,
            requested=application.requested_cents or None,
            description=application.description,
            costs=rows["cost"],
            incomes=rows["income"],
            loans=[_loan_data(LoanLine.of(kept)) for kept in application.wishes],
            other_aid=application.other_aid,
            payee=application.payee or payee,
            iban=grouped_iban(application.iban or ""),
            version=str(application.version),
        )

    def offer(self, things: Mapping[str, str], first: date | None, last: date | None) -> None:
        """Room for more rows, the things to choose from by slug, and the days of the event where
        nobody has written any."""
        for rows, least in ((self.costs, FIRST_ROWS), (self.incomes, 1), (self.loans, 1)):
            while len(rows) < least:
                rows.append_entry()
        for row in self.loans:
            row.form.item.choices = [("", _("Choose")), *things.items()]
            for field, day in ((row.form.first, first), (row.form.last, last)):
                if field.data is None and not field.raw_data:
                    field.data = day

    def more(self, which: str) -> None:
        """One row more of these, as far as there is room."""
        lists: dict[str, FieldList[Any]] = {
            MORE_COSTS: self.costs,
            MORE_INCOMES: self.incomes,
            MORE_LOANS: self.loans,
        }
        rows = lists[which]
        if len(rows) < (rows.max_entries or MOST_LINES):
            rows.append_entry()

    @property
    def known_version(self) -> int | None:
        """The version that was read; None where there was no application yet."""
        return version_of(self) if self.version.data else None

    @property
    def wish(self) -> Wish:
        """What was written, as a value."""
        return Wish(
            requested_cents=self.requested.data or 0,
            description=self.description.data or "",
            budget=[*_lines("cost", self.costs), *_lines("income", self.incomes)],
            loans=[line for row in self.loans if (line := _loan(row.form)) is not None],
            other_aid=self.other_aid.data or "",
            payee=self.payee.data or "",
            iban=self.iban.data or "",
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; a row of things on loan is whole or empty."""
        valid = super().validate(extra_validators)
        for row in self.loans:
            valid = _is_whole(row.form) and valid
        return valid

    def refuse(self, error: BookingError) -> None:
        """Show why it was refused; what is about rows beside the first of them."""
        rest = []
        for reason in error.reasons:
            field = getattr(reason, "field", None)
            if field == "budget":
                _tell(_first(self.costs).form.what, reason)
            elif field == "loans":
                _tell(_first(self.loans).form.item, reason)
            else:
                rest.append(reason)
        for reason in rest:
            super().refuse(reason)


def _first(rows: FieldList[Any]) -> Any:
    """The first row, made where there was none."""
    return rows[0] if rows.entries else rows.append_entry()


def _tell(field: Field, reason: BookingError) -> None:
    field.errors = [*field.errors, *(words for _field, words in told_once([reason]))]


def _loan_data(line: LoanLine) -> dict[str, Any]:
    return {
        "item": line.item,
        "quantity": line.quantity,
        "first": line.first,
        "last": line.last,
    }


def _lines(kind: str, rows: FieldList[Any]) -> list[BudgetLine]:
    return [BudgetLine(kind, row.form.what.data or "", row.form.cents.data) for row in rows]


def _loan(form: LoanRow) -> LoanLine | None:
    if not (form.item.data and form.quantity.data and form.first.data and form.last.data):
        return None
    return LoanLine(form.item.data, form.quantity.data, form.first.data, form.last.data)


def _is_whole(form: LoanRow) -> bool:
    """Whether the row is empty, or says what, how many, and from when to when."""
    if form.item.data and not form.errors and _loan(form) is None:
        lacking = next(one for one in (form.quantity, form.first, form.last) if not one.data)
        lacking.errors = [*lacking.errors, _("Say how many you need, and from when to when.")]
        return False
    if form.quantity.data and not form.item.data:
        form.item.errors = [*form.item.errors, _("Choose what you would like to borrow.")]
        return False
    return True


class ReceiptForm(Form):
    """A receipt: its file, what it was for, and how much."""

    takes_the_rest = "file"

    class Meta(Form.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed, and the file that came with it."""
            typed = super().wrap_formdata(form, formdata)
            return None if typed is None else CombinedMultiDict([request.files, typed])

    what = StringField(_l("What was bought?"), [_NAME])
    cents = EurosField(_l("Sum, in euros"), [stop_if_unreadable])
    file = FileField(
        _l("Receipt"), description=_l("A PDF or a picture (JPEG, PNG, WebP) of at most 10 MB.")
    )

    @property
    def chosen(self) -> FileStorage | None:
        """The file that came; None, with the error beside its field, where none did."""
        file = self.file.data
        if isinstance(file, FileStorage) and file.filename:
            return file
        self.file.errors = [*self.file.errors, _("Choose a file.")]
        return None

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not (self.what.data or "").strip():
            self.what.errors = [*self.what.errors, _("Write what was bought.")]
            valid = False
        if self.cents.data is None and not self.cents.errors:
            self.cents.errors = [*self.cents.errors, _("Write the sum of the receipt.")]
            valid = False
        return valid


class ReportForm(Form):
    """How it went."""

    people = IntegerField(
        _l("How many people came?"),
        [*_READABLE, NumberRange(0, 1_000_000, _l("Write a number from 0 to 1,000,000."))],
        description=_l("A good guess will do."),
    )
    story = TextAreaField(_l("How did it go?"), [_TEXT])
    version = HiddenField()


class VersionForm(Form):
    """A button that means one version of an application."""

    version = HiddenField()


class GrantForm(Form):
    """A decision: how much, and why."""

    amount = EurosField(_l("Granted, in euros"), _READABLE)
    reason = TextAreaField(
        _l("Reasons"),
        [_TEXT],
        description=_l("The applicant reads them, in your words."),
    )
    version = HiddenField()


class PaymentForm(Form):
    """How much was paid."""

    amount = EurosField(_l("Paid, in euros"), _READABLE)
    version = HiddenField()


class ReceiptsCheckForm(Form):
    """How much of each receipt is accepted; a field for each."""

    version = HiddenField()

    @classmethod
    def for_receipts(cls, receipts: Sequence[Receipt], *, sent: bool) -> ReceiptsCheckForm:
        fields = {
            f"receipt_{one.id}": EurosField(
                _l("Accepted of no. %(number)s", number=number), _READABLE
            )
            for number, one in enumerate(receipts, 1)
        }
        made: type[ReceiptsCheckForm] = type(cls.__name__, (cls,), fields)
        if sent:
            return made()
        data = {
            f"receipt_{one.id}": one.cents if one.accepted_cents is None else one.accepted_cents
            for one in receipts
        }
        return made(formdata=None, data=data)

    def accepted(self, receipts: Sequence[Receipt]) -> dict[int, int]:
        """The cents by the receipt's key; what was left empty is not looked at yet."""
        found = {one.id: self._fields[f"receipt_{one.id}"].data for one in receipts}
        return {key: cents for key, cents in found.items() if cents is not None}

    def refuse(self, error: BookingError) -> None:
        for reason in error.reasons:
            if isinstance(reason, RuleBroken) and reason.field == "receipts":
                reason.field = next(
                    (name for name in self._fields if name.startswith("receipt_")), None
                )
        super().refuse(error)


def version_of(form: Any) -> int:
    """The version that a button or a form means; 0, which none is, where it says nothing."""
    text = form.version.data or ""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 9 else 0
