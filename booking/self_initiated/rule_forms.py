"""What the keepers of the rules type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from booking.accounts.forms import options
from booking.rulebook import Rule, RuleSet, RulesRefused, words_of
from booking.rulebook.loading_parts import MOST_UNITS
from booking.rulebook.reading import LONGEST_DOCUMENT, LONGEST_TEXT
from booking.rulebook.rule_set import Parameter
from booking.rulebook.texts import LANGUAGES
from booking.self_initiated.rule_models import StoredRules
from booking.web.fields import DayField, Form, WallTimeField, stop_if_unreadable
from booking.web.fields import lazy as _l
from booking.web.languages import locale_language

TOO_LONG = _l("Use at most %(max)d characters.")
_OPTIONAL_DAY: tuple[Any, ...] = (stop_if_unreadable, Optional())
_NEEDED_DAY: tuple[Any, ...] = (
    stop_if_unreadable,
    InputRequired(_l("Say from which day it holds.")),
)


class NumberField(Field):
    """A number as people write it, 200, 12,50 or 10 000; its data is a whole or an exact one."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format(self.data, "f" if self.data % 1 else ".0f")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = "".join(valuelist[0].split()).replace(",", ".") if valuelist else ""
        if not text:
            return
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(self.gettext("Write a number, such as 200.")) from error
        if not number.is_finite() or not 0 <= number < 10**9 or number != round(number, 2):
            raise ValueError(self.gettext("Write a number, such as 200."))
        self.data = int(number) if number == int(number) else number


class DraftForm(Form):
    """What a new draft begins as, and what it is called."""

    takes_the_rest = "name"

    base = SelectField(_l("Begins as a copy of"))
    name = StringField(
        _l("Name of the version"),
        [DataRequired(_l("Name the version.")), Length(max=40, message=TOO_LONG)],
        description=_l("For example 2027-1. It stands in every outcome and never changes."),
    )
    note = StringField(_l("What it is for"), [Optional(), Length(max=200, message=TOO_LONG)])

    def offer(self, shipped: str, sets: Sequence[StoredRules]) -> Self:
        named = {str(one.id): one.name for one in sets}
        self.base.choices = options(
            {**named, "": _l("%(version)s, as the product ships it", version=shipped)}
        )
        return self

    @property
    def base_id(self) -> int | None:
        return int(self.base.data) if self.base.data else None


class SeenForm(Form):
    """A change of one place, with the fingerprint of what was read there."""

    seen = HiddenField()


class NumberForm(SeenForm):
    """Another number from a day on."""

    takes_the_rest = "value"

    value = NumberField(
        _l("New value"), [stop_if_unreadable, InputRequired(_l("Write the new value."))]
    )
    from_day = DayField(_l("From"), _NEEDED_DAY)

    @property
    def new_value(self) -> Any:
        return self.value.data

    @classmethod
    def empty(cls, parameter: Parameter, seen: str, today: date) -> Self:
        return cls(formdata=None, value=parameter.on(today), seen=seen)


class WindowForm(SeenForm):
    """Other hours from a day on."""

    takes_the_rest = "closes"

    opens = WallTimeField(
        _l("From o'clock"), [stop_if_unreadable, InputRequired(_l("Write the time."))], latest=1439
    )
    closes = WallTimeField(
        _l("Until o'clock"), [stop_if_unreadable, InputRequired(_l("Write the time."))]
    )
    from_day = DayField(_l("From"), _NEEDED_DAY)

    @property
    def new_value(self) -> tuple[str, str]:
        return _clock(self.opens.data), _clock(self.closes.data)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and self.opens.data >= self.closes.data:
            self.closes.errors = [_l("This must be later than the beginning.")]
            return False
        return valid

    @classmethod
    def empty(cls, parameter: Parameter, seen: str, today: date) -> Self:
        opens, closes = (_minutes(one) for one in parameter.on(today))
        return cls(formdata=None, opens=opens, closes=closes, seen=seen)


class RuleForm(SeenForm):
    """The plain things of one rule."""

    takes_the_rest = "fi"

    fi = TextAreaField(_l("In Finnish"))
    sv = TextAreaField(_l("In Swedish"))
    en = TextAreaField(_l("In English"))
    price_group = SelectField(_l("Price group"))
    deadline = IntegerField(
        _l("Deadline"),
        [
            InputRequired(_l("Write a whole number.")),
            NumberRange(0, MOST_UNITS, _l("Write a whole number from 0 to %(max)s.")),
        ],
    )
    valid_from = DayField(_l("From"), _NEEDED_DAY)
    valid_to = DayField(
        _l("Until"), _OPTIONAL_DAY, description=_l("Leave it empty for the time being.")
    )
    source = StringField(
        _l("Source"),
        [DataRequired(_l("Say where it comes from.")), Length(max=LONGEST_TEXT, message=TOO_LONG)],
    )
    source_checked = DayField(
        _l("Source checked on"),
        [stop_if_unreadable, InputRequired(_l("Say when somebody last read the source."))],
    )
    recheck_by = DayField(_l("Check again by"), _OPTIONAL_DAY)

    @classmethod
    def for_rule(cls, rules: RuleSet, rule: Rule, seen: str = "", *, sent: bool = False) -> Self:
        values = {
            **dict(rule.text),
            "price_group": rule.price_group,
            "deadline": rule.deadline.n,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
            "source": rule.source,
            "source_checked": rule.source_checked,
            "recheck_by": rule.recheck_by,
        }
        form = cls() if sent else cls(formdata=None, seen=seen, **values)
        if rule.price_group:
            form.price_group.choices = _groups(rules)
        else:
            del form.price_group
        if not rule.deadline.unit:
            del form.deadline
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for language in LANGUAGES:
            field = self._fields[language]
            if not (field.data or "").strip():
                field.errors = [_l("Write the text in every language.")]
                valid = False
            elif len(field.data) > LONGEST_TEXT:
                field.errors = [_l("Use at most %(max)d characters.", max=LONGEST_TEXT)]
                valid = False
        first, last = self.valid_from.data, self.valid_to.data
        if first and last and last < first:
            self.valid_to.errors = [_l("It would end before it begins.")]
            valid = False
        return valid

    def changes(self, rule: Rule) -> dict[str, Any]:
        """The keys of the rule that are to be other than they are."""
        texts = {one: " ".join(self._fields[one].data.split()) for one in LANGUAGES}
        wanted: dict[str, Any] = {
            "valid_from": self.valid_from.data,
            "valid_to": self.valid_to.data,
            "source": (self.source.data or "").strip(),
            "source_checked": self.source_checked.data,
            "recheck_by": self.recheck_by.data,
        }
        changed = {key: value for key, value in wanted.items() if value != getattr(rule, key)}
        changed.update({key: text for key, text in texts.items() if text != rule.text[key]})
        if "price_group" in self._fields and self.price_group.data != rule.price_group:
            changed["price_group"] = self.price_group.data
        if "deadline" in self._fields and self.deadline.data != rule.deadline.n:
            due = rule.deadline
            changed["deadline"] = {"n": self.deadline.data, "unit": due.unit, "basis": due.basis}
        return changed


class TextForm(SeenForm):
    """A rule, or all of them, as text; `faults` is what the loader finds wrong, place by place."""

    takes_the_rest = "text"

    text = TextAreaField(_l("Text"), [InputRequired(_l("Write the rule."))])
    faults: Sequence[Mapping[str, Any]] = ()

    def refuse_faults(self, error: RulesRefused, first_line: int, words: Any) -> None:
        """Tell what is wrong; lines are counted from the first of what was typed."""
        self.faults = [
            {"line": fault.line - first_line, "key": fault.key, "words": words(fault)}
            for fault in error.faults
        ]
        self.text.errors = [words(error)]


class WholeForm(TextForm):
    """The whole text, typed or as a file."""

    file = FileField(_l("Or a file"), description=_l("A rule set as YAML, in place of the text."))
    text = TextAreaField(_l("Text"))

    def read_file(self, sent: FileStorage | None) -> None:
        """Let the file that was sent take the place of the text."""
        if sent is None or not sent.filename:
            return
        self.text.data = sent.read(LONGEST_DOCUMENT * 4).decode("utf-8", "replace")
        self.text.raw_data = [self.text.data]


class PublishForm(Form):
    """Why the draft is published."""

    takes_the_rest = "reason"

    reason = TextAreaField(
        _l("Why, and by whose decision"),
        [
            DataRequired(_l("Say why the rules are published: it stands in their history.")),
            Length(max=1000, message=TOO_LONG),
        ],
    )


def _groups(rules: RuleSet) -> Any:
    language = locale_language()
    return options(
        {
            id_: f"{id_}: {words_of(rules, group.name, language, date.max)}"
            for id_, group in rules.groups.items()
        }
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
