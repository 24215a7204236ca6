"""What administrators type about who may decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import EmailField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from booking.accounts.forms import options
from booking.catalogue.places import Catalogue
from booking.core.errors import N_
from booking.self_initiated.power_rules import MATTERS
from booking.self_initiated.power_use_cases import PowerWish
from booking.self_initiated.support_forms import EurosField
from booking.self_initiated.support_models import DecisionPower
from booking.web.fields import DayField, Form, stop_if_unreadable
from booking.web.fields import lazy as _l
from booking.web.languages import text_in

MATTER_NAMES = {"support": N_("Support"), "free_use": N_("Free use of spaces")}
POSTS = {
    "fi": N_("Post, in Finnish"),
    "sv": N_("Post, in Swedish"),
    "en": N_("Post, in English"),
}
_PREFIX = "post_"
_READABLE: tuple[Any, ...] = (Optional(), stop_if_unreadable)


class PowerForm(Form):
    """A power: the post in each language of the city, who holds it, how far it reaches."""

    takes_the_rest = "holder"

    matter = SelectField(
        _l("Matter"), choices=options({key: _l(MATTER_NAMES[key]) for key in MATTERS})
    )
    limit = EurosField(
        _l("Up to how many euros"), _READABLE, description=_l("Leave it empty for no limit.")
    )
    unit = SelectField(_l("Where"), validate_choice=False)
    holder = EmailField(
        _l("Holder's e-mail address"), [DataRequired(_l("Write who holds the post."))]
    )
    valid_from = DayField(
        _l("From"), [stop_if_unreadable, InputRequired(_l("Say from which day it holds."))]
    )
    valid_to = DayField(
        _l("Until"), _READABLE, description=_l("Leave it empty for the time being.")
    )
    substitute = EmailField(_l("Substitute's e-mail address"), [Optional()])
    substitute_from = DayField(_l("Stands in from"), _READABLE)
    substitute_to = DayField(_l("Stands in until"), _READABLE)

    @classmethod
    def sent(cls, city: Catalogue) -> Self:
        form: Self = cls._in_languages(city.languages)()
        return form._offer(city)

    @classmethod
    def empty(cls, city: Catalogue, **values: Any) -> Self:
        form: Self = cls._in_languages(city.languages)(formdata=None, **values)
        return form._offer(city)

    @classmethod
    def of(cls, power: DecisionPower, city: Catalogue) -> Self:
        units = {unit.id: slug for slug, unit in city.units.items()}
        return cls.empty(
            city,
            matter=power.matter,
            limit=power.limit_cents,
            unit=units.get(power.unit_id or 0, ""),
            holder=power.holder.email,
            valid_from=power.valid_from,
            valid_to=power.valid_to,
            substitute=power.substitute.email if power.substitute else "",
            substitute_from=power.substitute_from,
            substitute_to=power.substitute_to,
            **{_PREFIX + language: text for language, text in power.post.items()},
        )

    @classmethod
    def _in_languages(cls, languages: Sequence[str]) -> type[Self]:
        return type(cls.__name__, (cls,), {_PREFIX + one: _post_field(one) for one in languages})

    def _offer(self, city: Catalogue) -> Self:
        named = sorted((text_in(unit.name), slug) for slug, unit in city.units.items())
        units = {slug: name for name, slug in named}
        self.unit.choices = options({"": _l("The whole city"), **units})
        return self

    @property
    def posts(self) -> list[Any]:
        """The fields of the post's name."""
        return [field for name, field in self._fields.items() if name.startswith(_PREFIX)]

    @property
    def wish(self) -> PowerWish:
        return PowerWish(
            matter=self.matter.data,
            post={
                name.removeprefix(_PREFIX): (field.data or "").strip()
                for name, field in self._fields.items()
                if name.startswith(_PREFIX)
            },
            holder=self.holder.data or "",
            limit_cents=self.limit.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            substitute=self.substitute.data or "",
            substitute_from=self.substitute_from.data,
            substitute_to=self.substitute_to.data,
            unit=self.unit.data or "",
        )


def _post_field(language: str) -> StringField:
    label = POSTS.get(language)
    return StringField(
        _l(label) if label else language,
        [
            DataRequired(_l("Name the post in every language of the city.")),
            Length(max=120, message=_l("Use at most %(max)d characters.")),
        ],
    )
