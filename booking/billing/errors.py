"""What can be wrong with a payer, and with a credit note."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, NotFound, RuleBroken

# ── Payers ────────────────────────────────────────────────────────────────────────────────────


class NoPayerYet(NotFound):
    message = N_("Nobody has said yet who pays for this booking.")


class PayerFixed(Conflict):
    """A charge was made, with the payer as it was then."""

    code = "already_charged"
    message = N_("The charge has been made already. Ask the staff to correct it.")


class PayerNameMissing(RuleBroken):
    code = "field_required"
    about = "name"
    message = N_("Say who pays: the name of a person or an organisation.")


class AddressMissing(RuleBroken):
    code = "field_required"
    message = N_("An invoice needs the street address, the postcode and the town.")


class PostcodeNotValid(RuleBroken):
    code = "postcode_not_valid"
    about = "postcode"
    message = N_("A postcode has five digits.")


class PayerBusinessIdNotValid(RuleBroken):
    code = "business_id_not_valid"
    about = "business_id"
    message = N_("This is not a business ID. It looks like 1234567-1; check the digits.")


class EInvoiceAddressNotValid(RuleBroken):
    code = "e_invoice_address_not_valid"
    about = "e_invoice_address"
    message = N_("This is neither an OVT code (0037…) nor an IBAN. Check the digits.")


class EInvoiceOperatorNotValid(RuleBroken):
    code = "e_invoice_operator_not_valid"
    about = "e_invoice_operator"
    message = N_("The operator's code has 8 to 35 letters and digits, such as 003721291126.")


class EInvoiceIncomplete(RuleBroken):
    code = "field_required"
    message = N_("An e-invoice needs both the address and the operator's code.")


class LastBeforeFirst(RuleBroken):
    code = "invalid_value"
    about = "to"
    message = N_("The last day can't lie before the first.")


# ── Credit notes ──────────────────────────────────────────────────────────────────────────────


class CreditReasonMissing(RuleBroken):
    code = "field_required"
    about = "reason"
    message = N_("Say why it is credited.")


class NothingCredited(RuleBroken):
    code = "nothing_credited"
    about = "lines"
    message = N_("There is nothing to credit.")


class NoSuchLine(RuleBroken):
    code = "invalid_value"
    about = "lines"
    message = N_("The charge has no line %(line)s, or it is named twice.")


class CreditAboveCharge(RuleBroken):
    code = "credit_above_charge"
    about = "lines"
    message = N_("Of line %(line)s at most %(most)s cents can still be credited.")
