"""What people write to the city, and what staff answer."""

from __future__ import annotations

import re
import secrets
from typing import Any

from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from booking.accounts.forms import options, tidy
from booking.accounts.rules import email_problem, normal_email
from booking.feedback.rules import LONGEST_MESSAGE, Kind, NewFeedback
from booking.web.fields import Form
from booking.web.fields import lazy as _l
from booking.web.words import in_words

KINDS = {
    Kind.SPACE: _l("Something is wrong with a space"),
    Kind.PAGE: _l("Something is wrong with this page"),
    Kind.ACCESSIBILITY: _l("Something keeps me from using a space or this service (accessibility)"),
    Kind.WISH: _l("A wish or an idea"),
}
_NAMES_A_FORM = re.compile(r"[A-Za-z0-9_-]{8,43}")
_LONGEST = [Length(max=LONGEST_MESSAGE, message=_l("Use at most %(max)d characters."))]


class FeedbackForm(Form):
    """`website` is a field that people don't see and programs fill in."""

    kind = RadioField(
        _l("What is it about?"),
        [DataRequired(_l("Choose what it is about."))],
        choices=options({kind.value: label for kind, label in KINDS.items()}),
    )
    message = TextAreaField(
        _l("What would you like to tell?"),
        [DataRequired(_l("Write what you would like to tell.")), *_LONGEST],
        description=_l("No names or health details of others, please."),
    )
    unit = SelectField(
        _l("Which site is it about?"),
        validate_choice=False,
        description=_l("Its staff read it. Leave it as it is when it is about the whole service."),
    )
    email = EmailField(
        _l("E-mail address, if you would like an answer"), [Optional()], filters=[tidy]
    )
    website = StringField(_l("Leave this empty"))
    page = HiddenField()
    space = HiddenField()
    submission = HiddenField()

    @classmethod
    def begun(cls, **values: Any) -> FeedbackForm:
        """A form that nobody has sent yet."""
        return cls(submission=secrets.token_urlsafe(32), **values)

    def offer(self, units: list[tuple[str, str]]) -> FeedbackForm:
        """The form, with these sites (slug and name) to choose from."""
        self.unit.choices = options({"": _l("The whole service"), **dict(units)})
        return self

    def validate_email(self, field: EmailField) -> None:
        if problem := email_problem(normal_email(field.data or "")):
            raise ValidationError(in_words(problem))

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.website.data)

    @property
    def _submission(self) -> str:
        """What names this form; another where it is no name that we gave."""
        named = self.submission.data or ""
        return named if _NAMES_A_FORM.fullmatch(named) else secrets.token_urlsafe(32)

    def new_feedback(self, language: str) -> NewFeedback:
        """What was written, to be judged by the use case."""
        return NewFeedback(
            submission=self._submission,
            kind=self.kind.data,
            message=self.message.data or "",
            language=language,
            email=self.email.data or "",
            page=self.page.data or "",
            unit=self.unit.data or "",
            space=self.space.data or "",
        )


class FeedbackAnswerForm(Form):
    answer = TextAreaField(
        _l("Your answer"),
        _LONGEST,
        description=_l("It is mailed to the sender in your words, with what they wrote."),
    )
