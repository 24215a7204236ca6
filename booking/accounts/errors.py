"""What can be wrong with accounts, organisations, links and tokens."""

from __future__ import annotations

from booking.core.errors import N_, Conflict, NotFound, RuleBroken

# ── People ────────────────────────────────────────────────────────────────────────────────────


class EmailNotPlausible(RuleBroken):
    code = "email_not_plausible"
    about = "email"
    message = N_("This is not an e-mail address. It looks like name@example.com.")


class PasswordTooShort(RuleBroken):
    code = "password_too_short"
    about = "password"
    message = N_("Use at least %(least)s characters. Any characters will do, spaces too.")


class PasswordTooLong(RuleBroken):
    code = "password_too_long"
    about = "password"
    message = N_("Use at most %(most)s characters.")


class PasswordIsEmail(RuleBroken):
    code = "password_is_email"
    about = "password"
    message = N_("The password is your e-mail address, which others know. Use another one.")


class EmailTaken(Conflict):
    """Somebody else registered the same address at the same moment."""

    code = "email_taken"


class WrongSignIn(RuleBroken):
    """Says the same of a wrong password and of an account that doesn't exist."""

    code = "wrong_sign_in"
    message = N_("The e-mail address and the password don't belong together. Try again.")


class SignInLocked(RuleBroken):
    code = "sign_in_locked"
    message = N_(
        "There have been too many attempts. Try again after %(until)s, "
        "or ask for a link to set a new password."
    )


class EmailNotConfirmed(RuleBroken):
    code = "email_not_confirmed"
    message = N_(
        "Your e-mail address is not confirmed yet. We have sent you the link again: open it first."
    )


class LinkNotValid(NotFound):
    """A link that was mistyped, used, replaced by a newer one, or is too old."""

    code = "link_not_valid"
    message = N_("This link can't be used any more: it is too old, or it has been used.")


# ── Roles ─────────────────────────────────────────────────────────────────────────────────────


class UnknownRole(RuleBroken):
    code = "unknown_role"
    message = N_("There is no role %(role)s. The roles are %(roles)s.")


class RoleIsCityWide(RuleBroken):
    code = "role_is_city_wide"
    message = N_("The role %(role)s is for the whole city, not for one site.")


class UnknownUnit(RuleBroken):
    code = "unknown_unit"
    message = N_("There is no site %(unit)s in the catalogue.")


# ── Organisations ─────────────────────────────────────────────────────────────────────────────


class NameMissing(RuleBroken):
    code = "name_missing"
    about = "name"
    message = N_("Enter a name.")


class NameTooLong(RuleBroken):
    code = "name_too_long"
    about = "name"
    message = N_("Use at most %(most)s characters.")


class KindNotOpen(RuleBroken):
    """The city's own units are not registered by people."""

    code = "kind_not_open"
    about = "kind"
    message = N_("Choose what kind of organisation this is.")


class BusinessIdNotValid(RuleBroken):
    code = "business_id_not_valid"
    about = "business_id"
    message = N_("This is not a business ID. It looks like 1234567-1; check the digits.")


class BusinessIdMissing(RuleBroken):
    code = "business_id_missing"
    about = "business_id"
    message = N_("Enter the business ID of the company.")


class RegisterNumberNotValid(RuleBroken):
    code = "register_number_not_valid"
    about = "register_number"
    message = N_("A register number has at most six digits, such as 123.456.")


class IdentifierMissing(RuleBroken):
    code = "identifier_missing"
    about = "business_id"
    message = N_("Enter the business ID or the register number of the association.")


class BusinessIdCheckWrong(RuleBroken):
    code = "business_id_check_wrong"
    about = "business_id"
    message = N_(
        "The last digit of %(number)s does not match the others, so one of the digits is mistyped. "
        "Compare it with your papers, or look it up at ytj.fi."
    )


class RemarkMissing(RuleBroken):
    """Whoever is asked or refused is told why."""

    code = "remark_missing"
    about = "remark"
    message = N_("Write in a sentence what is wanting, or why not. It is mailed to the admins.")


class AnswerMissing(RuleBroken):
    code = "answer_missing"
    about = "answer"
    message = N_("Write your answer to the staff.")


class SuccessorMissing(RuleBroken):
    code = "successor_missing"
    about = "member"
    message = N_("Choose a member, or write the e-mail address of your successor.")


class SuccessorIsYou(RuleBroken):
    code = "successor_is_you"
    about = "email"
    message = N_("This is your own address. Choose somebody else.")


class OrganisationKnown(Conflict):
    code = "organisation_known"
    message = N_(
        "An organisation with this number is here already: ask its admins to invite you, "
        "or ask the city's staff if nobody knows who they are."
    )


class SlugTaken(Conflict):
    """Two organisations of one name were registered at the same moment."""

    code = "slug_taken"


class NotAMember(NotFound):
    code = "not_a_member"
    message = N_("This person is not a member of the organisation.")


class LastAdmin(Conflict):
    code = "last_admin"
    message = N_("An organisation needs at least one admin. Make somebody else admin first.")


class InvitationForAnother(Conflict):
    code = "invitation_for_another"
    message = N_("This invitation was sent to %(email)s. Sign in with that address to accept it.")


class UnknownPriceGroup(RuleBroken):
    code = "unknown_price_group"
    about = "price_group"
    message = N_("Choose one of the price groups of the catalogue.")


class NoScope(RuleBroken):
    code = "no_scope"
    about = "scopes"
    message = N_("Choose at least one thing that the token may do.")


class EndsBeforeItBegins(RuleBroken):
    code = "ends_before_it_begins"
    about = "lasts"
    message = N_("A token works until some time to come.")


class CityMissing(RuleBroken):
    code = "city_missing"
    message = N_(
        "An organisation needs the city's name, and there is no city yet: "
        "import a catalogue first (flask --app booking catalogue import FILE)."
    )
