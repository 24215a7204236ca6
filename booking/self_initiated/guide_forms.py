"""What people fill in on a page of the guide: its questions as fields, each of which may stay open.

The fields are named as the facts are; a day and times are `date`, `start`, `end` and `end_date`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from babel.numbers import format_decimal as plain_decimal
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from booking.accounts.models import Organisation
from booking.core.errors import BookingError
from booking.rulebook.rule_set import Fact, RuleSet
from booking.self_initiated.guide_rules import choices_of, is_within_reach
from booking.self_initiated.guide_words import TOPIC_NAMES
from booking.web.fields import DayField, Form, WallTimeField
from booking.web.fields import lazy as _l

YES, NO, UNKNOWN = "yes", "no", "unknown"
CHOSEN = frozenset({"bool", "enum"})
"""Types of facts of which one value is chosen; the others are numbers."""

OPEN = "_open"
"""What the field is called, after its fact, by which a number is left open."""

Words = Callable[[Mapping[str, str]], str]
"""A text of the rule set in the reader's language, its placeholders filled."""

_NUMBER = re.compile(r"\d{1,12}([.,]\d{1,2})?", re.ASCII)


class NumberField(Field):
    """A number as people write it, 1 500 or 12,50; its data is whole, or exact as JSON holds it."""

    widget = TextInput()

    def __init__(self, *args: Any, fact: Fact, **values: Any) -> None:
        super().__init__(*args, **values)
        self.fact = fact

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return str(plain_decimal(self.data, locale=get_locale(), group_separator=False))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        text = re.sub(r"[\s€]", "", valuelist[0]) if valuelist else ""
        if not text:
            return
        number = read_number(text, is_whole=self.fact.type == "int")
        least, most = self.fact.least, self.fact.most
        if number is None or (least is not None and number < least):
            raise ValueError(self._sentence())
        if most is not None and number > most:
            raise ValueError(self._sentence())
        self.data = number

    def _sentence(self) -> str:
        least, most = (format_decimal(one) for one in (self.fact.least or 0, self.fact.most or 0))
        if self.fact.type == "int":
            return str(
                _("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
            )
        return str(_("Write an amount from %(least)s to %(most)s.", least=least, most=most))


def read_number(text: str, *, is_whole: bool) -> int | float | None:
    """The number of a text without spaces; None where it is none, or has more than cents."""
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text.replace(",", "."))
    if number == int(number):
        return int(number)
    return None if is_whole else float(number)


class StepForm(Form):
    """A page of questions; made for the facts that are asked on it by `step_form`."""

    facts: Sequence[Fact] = ()

    def has_token(self) -> bool:
        """Whether it comes from a page of ours, whatever else is filled in."""
        return bool(self["csrf_token"].validate(self)) if "csrf_token" in self else True

    def answers(self) -> dict[str, Any]:
        """The facts as they were answered, None for what was left open; once validated."""
        return {fact.name: self._answer(fact) for fact in self.facts}

    def _answer(self, fact: Fact) -> Any:
        data = self[fact.name].data
        if fact.type == "bool":
            return {YES: True, NO: False}.get(data)
        if fact.type == "enum":
            return None if data == UNKNOWN else data
        return data

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether each question is answered or left open on purpose."""
        well = super().validate(extra_validators)
        for fact in self.facts:
            if fact.type not in CHOSEN and not self._is_told(fact):
                self[fact.name].errors = [_("Write a number, or say that you don't know yet.")]
                well = False
        return well

    def _is_told(self, fact: Fact) -> bool:
        field = self[fact.name]
        return bool(field.errors) or field.data is not None or bool(self[fact.name + OPEN].data)


class TimeForm(Form):
    """When the event begins and ends, or that nobody knows yet."""

    today = date.min

    date = DayField(_l("Day"))
    start = WallTimeField(_l("Starts"), latest=1439)
    end = WallTimeField(_l("Ends"))
    end_date = DayField(_l("Last day"), description=_l("Only if it ends on another day."))
    time_open = BooleanField(_l("I don't know the time yet"))

    def answers(self) -> dict[str, Any]:
        """Start and end as wall times, None where they were left open; once validated."""
        if self.date.data is None:
            return {"start": None, "end": None}
        last = self.end_date.data or self.date.data
        return {"start": _wall(self.date.data, self.start.data), "end": _wall(last, self.end.data)}

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it is a time to come, or left open on purpose."""
        if not super().validate(extra_validators):
            return False
        if self._is_empty and self.time_open.data:
            return True
        wanted = (
            (self.date, _("Choose the day, or say that you don't know the time yet.")),
            (self.start, _("Say when it starts.")),
            (self.end, _("Say when it ends.")),
        )
        for field, sentence in wanted:
            if field.data is None:
                field.errors = [sentence]
        return not self.errors and self._is_in_order()

    @property
    def _is_empty(self) -> bool:
        return all(one.data is None for one in (self.date, self.start, self.end, self.end_date))

    def _is_in_order(self) -> bool:
        if not is_within_reach(self.date.data, self.today):
            self.date.errors = [
                _("This day is over already.")
                if self.date.data < self.today
                else _("Choose a day within the next three years.")
            ]
        elif self.answers()["end"] <= self.answers()["start"]:
            self.end.errors = [
                _("It must end after it starts. After midnight? Then give the last day too.")
            ]
        return not self.errors

    def refuse(self, error: BookingError) -> None:
        """Tell what the rules refuse of the times in words of this page."""
        said = {
            "no_such_time": _("The clocks skip this time on that day. Choose another."),
            "end_before_start": _("It must end after it starts."),
            "too_long": _("An event lasts at most a year."),
        }
        for one in error.reasons:
            field = self.start if getattr(one, "field", "") == "start" else self.end
            field.errors = [*field.errors, said.get(one.code) or _("This time can't be used.")]


def _wall(day: date, minutes: int) -> str:
    """The wall time as facts hold it; 24:00 is 00:00 of the next day."""
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return moment.isoformat(timespec="minutes")


class PlaceForm(Form):
    """A space of the catalogue, or what kind of place it is otherwise."""

    kinds: Sequence[str] = ()
    space = StringField(validators=[Length(max=120)])
    place_kind = RadioField(validate_choice=False)

    @classmethod
    def of(cls, fact: Fact, facts: Mapping[str, Any], words: Words) -> PlaceForm:
        """The form of the question `place_kind`, filled with the answer given before."""
        known = facts.get(fact.name)
        form = cls(data={"place_kind": UNKNOWN if fact.name in facts and known is None else known})
        form.place_kind.label.text, form.place_kind.description = words(fact.ask), words(fact.why)
        form.kinds = [*fact.values, UNKNOWN]
        form.place_kind.choices = [
            *((value, words(fact.labels[value])) for value in fact.values),
            (UNKNOWN, _("I don't know yet")),
        ]
        return form

    def answers(self) -> dict[str, Any]:
        """The kind of place, None where it is left open; nothing with a space, which tells it."""
        if self.space.data:
            return {}
        kind = self.place_kind.data
        return {"place_kind": None if kind == UNKNOWN else kind}

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether one of both was chosen."""
        well = super().validate(extra_validators)
        if not self.space.data and self.place_kind.data not in self.kinds:
            self.place_kind.errors = [_("Choose a space or the kind of place.")]
            return False
        return well


class ProgrammeForm(Form):
    """Which things there are at the event at all."""

    topics = SelectMultipleField(
        _l("Which of these will there be?"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l(
            "Each may need a notice or a permit. Tick also what you are not sure about; what you "
            "leave out there won't be."
        ),
    )

    @classmethod
    def of(cls, shown: Mapping[str, bool]) -> ProgrammeForm:
        """The form with these topics, those ticked of which something was told."""
        form = cls(data={"topics": [topic for topic, is_told in shown.items() if is_told]})
        form.topics.choices = [(topic, _(TOPIC_NAMES[topic])) for topic in shown]
        return form


class OrganiserForm(Form):
    """For whom the event is: oneself, or one of one's organisations."""

    organisation = SelectField(_l("Who arranges it?"), default="")

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Let it be for oneself, or for one of these."""
        self.organisation.choices = [
            ("", _("I myself")),
            *((one.slug, one.name) for one in organisations),
        ]


class KeepForm(OrganiserForm):
    """What the event is called, and who arranges it, when somebody makes it their own."""

    title = StringField(
        _l("What is it called?"),
        [
            InputRequired(_l("Give it a name.")),
            Length(max=120, message=_l("Use at most 120 characters.")),
        ],
        description=_l("For example: yoga in the park. You can change it later."),
    )


class StartForm(OrganiserForm):
    """Who arranges what is about to be planned, and in which space, where that is known."""

    space = StringField(validators=[Length(max=120)])


# ── Made for a page ───────────────────────────────────────────────────────────────────────────


def step_form(
    rules: RuleSet, names: Sequence[str], facts: Mapping[str, Any], words: Words, today: date
) -> StepForm | TimeForm:
    """The form of a page that asks these facts, filled with the answers given before."""
    if "start" in names:
        form = TimeForm(data=_time_data(facts))
        form.today = today
        return form
    asked = [rules.vocabulary[name] for name in names]
    members = dict(pair for fact in asked for pair in _fields(fact, words))
    kind = type("QuestionsForm", (StepForm,), {**members, "facts": asked})
    questions = cast(StepForm, kind(data=dict(_data(asked, facts))))
    for fact in asked:
        if fact.type in CHOSEN:
            cast(RadioField, questions[fact.name]).choices = _choices(fact, facts, words)
    return questions


def _fields(fact: Fact, words: Words) -> Iterator[tuple[str, Any]]:
    label, why = words(fact.ask), words(fact.why)
    if fact.type in CHOSEN:
        yield fact.name, RadioField(label, description=why)
    else:
        yield fact.name, NumberField(label, description=why, fact=fact)
        yield fact.name + OPEN, BooleanField(_l("I don't know yet"))


def _choices(fact: Fact, facts: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    choices = [(YES, _("Yes")), (NO, _("No"))]
    if fact.type == "enum":
        choices = [(value, words(fact.labels[value])) for value in choices_of(fact, facts)]
    return [*choices, (UNKNOWN, _("I don't know yet"))]


def _data(asked: Sequence[Fact], facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the fields show of answers that were given or left open before."""
    for fact in asked:
        if fact.name not in facts:
            continue
        value = facts[fact.name]
        if fact.type not in CHOSEN:
            yield fact.name, value
            yield fact.name + OPEN, value is None
        elif value is None:
            yield fact.name, UNKNOWN
        else:
            yield fact.name, {True: YES, False: NO}[value] if fact.type == "bool" else value


def _time_data(facts: Mapping[str, Any]) -> dict[str, Any]:
    if "start" not in facts:
        return {}
    if facts["start"] is None:
        return {"time_open": True}
    start = datetime.fromisoformat(facts["start"])
    data: dict[str, Any] = {"date": start.date(), "start": start.hour * 60 + start.minute}
    if facts.get("end"):
        end = datetime.fromisoformat(facts["end"])
        is_midnight = end.time() == datetime.min.time() and end.date() > start.date()
        last = end.date() - timedelta(days=1) if is_midnight else end.date()
        data["end"] = 1440 if is_midnight else end.hour * 60 + end.minute
        data["end_date"] = None if last == start.date() else last
    return data
