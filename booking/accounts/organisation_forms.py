"""What people type about their organisations, and staff about those of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from booking.accounts.forms import EMAIL, NAME, options, tidy
from booking.accounts.invitation_use_cases import HandOver, Invitation
from booking.accounts.models import Membership, Organisation
from booking.accounts.rules import OPEN_KINDS, NewOrganisation
from booking.web.fields import Form, GuardedForm
from booking.web.fields import lazy as _l
from booking.web.languages import LANGUAGES

KINDS = {
    "association": _l("Association or club"),
    "resident_group": _l("Group of residents or village committee without an association"),
    "youth_group": _l("Group of young people"),
    "school_class": _l("School class or day-care group"),
    "company": _l("Company"),
    "party": _l("Political party or its association"),
    "religious": _l("Parish or religious community"),
    "city_unit": _l("Unit of the city"),
    "private_person": _l("Private person"),
}
ROLES = {"admin": _l("Organisation admin"), "member": _l("Member")}
SOMEBODY_ELSE = "email"
"""The choice of a successor who is no member yet."""


class OrganisationForm(Form):
    name = StringField(
        _l("Name of the organisation"),
        NAME,
        filters=[tidy],
        description=_l("As it stands in the register or in your rules."),
    )
    kind = SelectField(
        _l("What kind of organisation is it?"),
        choices=options({kind: KINDS[kind] for kind in OPEN_KINDS}),
    )
    business_id = StringField(
        _l("Business ID"),
        filters=[tidy],
        description=_l("Such as 1234567-1. An association needs this or its register number."),
    )
    register_number = StringField(
        _l("Register number"),
        filters=[tidy],
        description=_l("The number in the register of associations, such as 123.456."),
    )
    domicile = StringField(
        _l("Municipality"),
        [
            DataRequired(_l("Enter the municipality where the organisation is at home.")),
            Length(max=60, message=_l("Use at most %(max)d characters.")),
        ],
        filters=[tidy],
    )
    email = EmailField(
        _l("E-mail address of the organisation"),
        [Optional(), *EMAIL[1:]],
        filters=[tidy],
        description=_l("One that stays when people change. The staff write there."),
    )
    language = RadioField(
        _l("Language of the messages to the organisation"), choices=options(LANGUAGES)
    )
    activity = TextAreaField(
        _l("What do you do?"),
        [Length(max=1000, message=_l("Use at most %(max)d characters."))],
        description=_l("A sentence or two, such as: floorball for children and adults."),
    )
    name_public = BooleanField(
        _l("The organisation's name may be shown in public calendars"),
        description=_l(
            "Then everybody sees by whom a space is booked. Without this, others see only that it "
            "is. You can change it at any time."
        ),
    )

    @classmethod
    def about(cls, organisation: Organisation) -> OrganisationForm:
        """The form, filled with what is known of the organisation."""
        return cls(
            **{
                name: getattr(organisation, name)
                for name in (
                    "name",
                    "kind",
                    "business_id",
                    "register_number",
                    "domicile",
                    "email",
                    "language",
                    "activity",
                    "name_public",
                )
            }
        )

    def new_organisation(self) -> NewOrganisation:
        """What was said, to be judged by the use case."""
        return NewOrganisation(
            name=self.name.data or "",
            kind=self.kind.data,
            domicile=self.domicile.data or "",
            business_id=self.business_id.data or "",
            register_number=self.register_number.data or "",
            name_public=bool(self.name_public.data),
            language=self.language.data,
            email=self.email.data or "",
            activity=self.activity.data or "",
        )


class AskForm(GuardedForm):
    """The numbers of an organisation whose admins shall hear who would join."""

    business_id = StringField(filters=[tidy])
    register_number = StringField(filters=[tidy])


class InvitationForm(GuardedForm):
    email = EmailField(_l("E-mail address of the person"), EMAIL, filters=[tidy])
    role = RadioField(
        _l("What may the person do?"),
        choices=options(
            {
                "member": _l("Member: book for the organisation"),
                "admin": _l("Organisation admin: also invite and remove members"),
            }
        ),
        default="member",
    )

    def invitation_to(self, slug: str) -> Invitation:
        """The invitation to the organisation of that slug."""
        return Invitation(slug, self.email.data or "", self.role.data)


class HandOverForm(GuardedForm):
    member = RadioField(
        _l("Who takes over?"),
        [DataRequired(_l("Choose who takes over."))],
        validate_choice=False,
    )
    email = EmailField(
        _l("E-mail address of the person"),
        [Optional(), *EMAIL[1:]],
        filters=[tidy],
        description=_l("They need no account yet: the link takes them to register."),
    )
    inviter_becomes = RadioField(
        _l("And you?"),
        choices=options(
            {
                "member": _l("I stay as a member and can still book"),
                "leaves": _l("I leave the organisation"),
            }
        ),
        default="member",
    )

    def offer(self, members: Sequence[Membership]) -> HandOverForm:
        """The form, with these to choose from."""
        found = {str(one.person_id): f"{one.person.name}, {one.person.email}" for one in members}
        self.member.choices = options({**found, SOMEBODY_ELSE: _l("Somebody else, by e-mail")})
        if not found and not self.is_sent:
            self.member.data = SOMEBODY_ELSE
        return self

    def hand_over_of(self, slug: str) -> HandOver:
        """What is asked for, to be judged by the use case."""
        chosen = self.member.data or ""
        member_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None
        email = self.email.data or "" if member_id is None else ""
        return HandOver(slug, self.inviter_becomes.data, member_id, email)


class RoleForm(GuardedForm):
    role = RadioField(choices=options(ROLES))


class AnswerForm(Form):
    answer = TextAreaField(
        _l("Your answer to the staff"),
        [Length(max=2000, message=_l("Use at most %(max)d characters."))],
    )


class VerificationForm(GuardedForm):
    price_group = SelectField(_l("Price group"))

    def __init__(self, groups: Mapping[str, str], current: str) -> None:
        super().__init__(price_group=current)
        self.price_group.choices = options(
            {slug: f"{slug}: {name}" for slug, name in groups.items()}
        )


class ReviewForm(Form):
    remark = TextAreaField(
        _l("What do you write to its admins?"),
        [Length(max=2000, message=_l("Use at most %(max)d characters."))],
        description=_l("It is mailed to them as you write it."),
    )
