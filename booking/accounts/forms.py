"""What people type about themselves and their organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import lazy_gettext
from wtforms import (  # type: ignore[attr-defined]  # the stubs lack SelectChoice
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from booking.accounts.errors import NoScope
from booking.accounts.rules import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    SignInAttempt,
    email_problem,
    normal_email,
    password_problem,
    plain,
)
from booking.core.actors import Scope
from booking.web.fields import GuardedForm
from booking.web.languages import LANGUAGES
from booking.web.words import in_words


def _l(sentence: str, **values: object) -> str:
    """The sentence in the language of whoever reads it: it is text, though made only then."""
    return cast(str, lazy_gettext(sentence, **values))


def tidy(text: str | None) -> str:
    return plain(text or "")


def options(texts: Mapping[str, str]) -> list[Any]:
    """The options of a choice: what is sent, and what is read."""
    return [SelectChoice(value, label) for value, label in texts.items()]


def _must_be_an_address(_form: GuardedForm, field: Field) -> None:
    if problem := email_problem(normal_email(field.data or "")):
        raise ValidationError(in_words(problem))


NAME = [
    DataRequired(_l("Enter a name.")),
    Length(max=LONGEST_NAME, message=_l("Use at most %(max)d characters.")),
]
EMAIL = [DataRequired(_l("Enter an e-mail address.")), _must_be_an_address]
_PASSWORD_HINT = _l(
    "At least %(least)d characters. A few words that only you would put together are easy to "
    "remember and hard to guess.",
    least=SHORTEST_PASSWORD,
)


class SignInForm(GuardedForm):
    """`next` is where the visitor was; `demo` the account that a button of a demo names."""

    email = EmailField(
        _l("E-mail address"), [DataRequired(_l("Enter your e-mail address."))], filters=[tidy]
    )
    password = PasswordField(_l("Password"), [DataRequired(_l("Enter your password."))])
    next = HiddenField()

    def attempt_from(self, address: str | None) -> SignInAttempt:
        """The attempt, made at that network address."""
        return SignInAttempt(self.email.data or "", address or "")

    @property
    def given_password(self) -> str:
        return (self.password.data or "")[:LONGEST_PASSWORD]


class RegisterForm(GuardedForm):
    name = StringField(_l("Your name"), NAME, filters=[tidy])
    email = EmailField(_l("E-mail address"), EMAIL, filters=[tidy])
    password = PasswordField(
        _l("Password"), [DataRequired(_l("Choose a password."))], description=_PASSWORD_HINT
    )

    def validate_password(self, field: Field) -> None:
        if problem := password_problem(field.data, self.email.data or ""):
            raise ValidationError(in_words(problem))


class InvitedForm(GuardedForm):
    """An account for the address that an invitation was mailed to."""

    name = StringField(_l("Your name"), NAME, filters=[tidy])
    password = PasswordField(
        _l("Password"), [DataRequired(_l("Choose a password."))], description=_PASSWORD_HINT
    )

    def __init__(self, email: str) -> None:
        super().__init__()
        self._email = email

    def validate_password(self, field: Field) -> None:
        if problem := password_problem(field.data, self._email):
            raise ValidationError(in_words(problem))


class PasswordLinkForm(GuardedForm):
    email = EmailField(_l("E-mail address"), EMAIL, filters=[tidy])


class NewPasswordForm(GuardedForm):
    """A new password for the account of `owner`, an e-mail address."""

    password = PasswordField(
        _l("New password"), [DataRequired(_l("Choose a password."))], description=_PASSWORD_HINT
    )

    def __init__(self, owner: str) -> None:
        super().__init__()
        self._owner = owner

    def validate_password(self, field: Field) -> None:
        if problem := password_problem(field.data, self._owner):
            raise ValidationError(in_words(problem))


class DetailsForm(GuardedForm):
    name = StringField(_l("Your name"), NAME, filters=[tidy])
    language = RadioField(_l("Language of the messages we send you"), choices=options(LANGUAGES))


SCOPES = {
    Scope.READ: _l("See your bookings, your places on the waiting list and your details"),
    Scope.BOOK: _l("Book as you, and change and cancel your bookings"),
    Scope.STAFF: _l("See and do what you may as staff: the bookings of your sites, closures"),
    Scope.DECIDE: _l("Approve and deny requests as you"),
    Scope.MONEY: _l("See charges, give them to the ledger, and credit them"),
}
"""What a token may do, for whoever makes one."""
OWN_SCOPES = frozenset({Scope.READ, Scope.BOOK})
"""The others are for staff to give."""
LASTS = {
    "30": _l("30 days"),
    "90": _l("90 days"),
    "365": _l("A year"),
    "": _l("Until you revoke it"),
}


class TokenForm(GuardedForm):
    """A token for a program; what it may do beyond one's own, only staff are asked."""

    offered: Sequence[Scope] = ()
    name = StringField(
        _l("What the token is for"),
        [
            DataRequired(_l("Enter what the token is for.")),
            Length(max=80, message=_l("Use at most %(max)d characters.")),
        ],
        filters=[tidy],
        description=_l("Such as the name of the program that uses it."),
    )
    scopes = SelectMultipleField(
        _l("What may the program do?"),
        default=[Scope.READ.value],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
        description=_l("No more than it needs: whoever has the token can do this as you."),
    )
    lasts = SelectField(_l("How long does the token work?"), choices=options(LASTS), default="365")

    @classmethod
    def of(cls, *, is_staff: bool, **values: Any) -> TokenForm:
        """The form for whoever makes a token for themselves."""
        form = cls(**values)
        form.offered = tuple(one for one in SCOPES if is_staff or one in OWN_SCOPES)
        form.scopes.choices = options({one.value: SCOPES[one] for one in form.offered})
        return form

    @property
    def chosen_scopes(self) -> list[Scope]:
        """The scopes that were ticked, of those that were offered."""
        return [one for one in self.offered if one.value in (self.scopes.data or ())]

    def ends_at(self, now: datetime) -> datetime | None:
        """When the token ends; None where only revoking it ends it."""
        return now + timedelta(days=int(self.lasts.data)) if self.lasts.data else None

    def validate_scopes(self, _field: Field) -> None:
        if not self.chosen_scopes:
            raise ValidationError(in_words(NoScope()))
