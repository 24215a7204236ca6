"""What people say about who pays."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField
from wtforms.validators import Length

from booking.billing.models import PAYER_FIELDS
from booking.billing.rules import PayerDetails
from booking.web.fields import Form
from booking.web.fields import lazy as _l


def _at_most(longest: int) -> list[Any]:
    return [Length(max=longest, message=_l("Use at most %(max)d characters."))]


class PayerForm(Form):
    """Who pays for one booking, and perhaps for those to come."""

    name = StringField(_l("Name of the payer"), _at_most(120))
    street_address = StringField(_l("Street address"), _at_most(120))
    postcode = StringField(_l("Postcode"), _at_most(10))
    town = StringField(_l("Town"), _at_most(60))
    business_id = StringField(
        _l("Business ID"), _at_most(20), description=_l("Such as 1234567-1, if there is one.")
    )
    own_reference = StringField(
        _l("Your own reference"),
        _at_most(35),
        description=_l("It is printed on the invoice, for example an order number."),
    )
    e_invoice_address = StringField(
        _l("E-invoice address"),
        _at_most(45),
        description=_l("An OVT code (0037…) or an IBAN. With it no postal address is needed."),
    )
    e_invoice_operator = StringField(
        _l("Operator's code"), _at_most(45), description=_l("Such as 003721291126.")
    )
    keep_as_usual = BooleanField(_l("Propose the same for the next bookings"))

    @property
    def details(self) -> PayerDetails:
        """What was said, to be judged by the use case."""
        return PayerDetails(**{name: self[name].data or "" for name in PAYER_FIELDS})
