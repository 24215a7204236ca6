"""What an account, an organisation and a role may look like, on plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from booking.accounts.errors import (
    BusinessIdCheckWrong,
    BusinessIdMissing,
    BusinessIdNotValid,
    EmailNotPlausible,
    IdentifierMissing,
    KindNotOpen,
    NameMissing,
    NameTooLong,
    PasswordIsEmail,
    PasswordTooLong,
    PasswordTooShort,
    RegisterNumberNotValid,
    RoleIsCityWide,
    UnknownRole,
)
from booking.core.actors import Role
from booking.core.errors import RuleBroken

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
LONGEST_EMAIL = 254
LONGEST_NAME = 120
LONGEST_SLUG = 70

# The organiser types of the rule set that people may register; a city unit is staff's own.
OPEN_KINDS = (
    "association",
    "resident_group",
    "youth_group",
    "school_class",
    "company",
    "party",
    "religious",
)
DEFAULT_PRICE_GROUP = "K4"
PRICE_GROUP_OF_KIND = {"company": "K5"}

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_BUSINESS_ID = re.compile(r"(?:FI)?([0-9]{6,7})-?([0-9])")
_DOOR = re.compile(r"/[a-z]{2}/sign-(in|out)/?")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_WITHOUT_MARKS = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "đ": "d", "ð": "d", "þ": "th"})


# ── What people enter ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account that staff or a command makes; without a hash it has no password yet."""

    email: str
    name: str
    password_hash: str | None = None
    language: str = "fi"


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody gives to get an account; the password is hashed already."""

    name: str
    email: str
    password_hash: str
    language: str

    def as_new_person(self) -> NewPerson:
        return NewPerson(self.email, self.name, self.password_hash, self.language)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The hash of a new password, and the token of the link that lets somebody set it."""

    token: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What is said of an organisation when it is registered; `name_public` is its consent."""

    name: str
    kind: str
    domicile: str
    business_id: str = ""
    register_number: str = ""
    name_public: bool = False
    language: str = "fi"
    email: str = ""
    activity: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What staff verify of an organisation; whoever changes it is verified anew."""

    name: str
    kind: str
    business_id: str | None
    register_number: str | None


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """Somebody who says to be `email`, at a network address."""

    email: str
    address: str


# ── People ────────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """The text in Unicode's composed form, with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_problem(name: str) -> RuleBroken | None:
    """Why this can't be the name of a person or of an organisation."""
    length = len(plain(name))
    if not length:
        return NameMissing()
    return NameTooLong(most=LONGEST_NAME) if length > LONGEST_NAME else None


def normal_email(text: str) -> str:
    """The address as it is kept and compared: lower case, its domain as mail servers write it."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}" if at else address
    except UnicodeError:
        return address


def email_problem(email: str) -> RuleBroken | None:
    """Why a normal address can't be one; only a mail that arrives shows that it is one."""
    local, _, domain = email.rpartition("@")
    plausible = (
        len(email) <= LONGEST_EMAIL
        and len(local) <= 64
        and _LOCAL_PART.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
    )
    return None if plausible else EmailNotPlausible()


def password_problem(password: str, email: str) -> RuleBroken | None:
    """Why this can't be the password of `email`.

    Length is all that is asked for (NIST SP 800-63B, 3.1.1.2), and nothing that would keep a
    password manager or the clipboard from filling it in (WCAG 2.2, 3.3.8).
    """
    if len(password) < SHORTEST_PASSWORD:
        return PasswordTooShort(least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return PasswordTooLong(most=LONGEST_PASSWORD)
    if password.strip().casefold() == normal_email(email).casefold():
        return PasswordIsEmail()
    return None


# ── Organisations ─────────────────────────────────────────────────────────────────────────────


def normal_business_id(text: str) -> str | None:
    """The Finnish business ID as NNNNNNN-C; None when its form or its check digit is wrong.

    Seven digits by the weights 7 9 10 5 8 4 2, modulo 11: a rest of 0 gives the digit 0, a rest
    of 1 is never used, any other is taken from 11. Old numbers of six digits begin with a 0. A
    VAT number is read as the business ID in it.
    """
    digits = _digits_of_business_id(text)
    if digits is None:
        return None
    number, check = digits[:7], int(digits[7])
    rest = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=True)) % 11
    return None if rest == 1 or check != (-rest) % 11 else f"{number}-{check}"


def business_id_problem(text: str) -> RuleBroken | None:
    """Why this can't be a business ID: it has no such form, or a digit is mistyped."""
    if normal_business_id(text) is not None:
        return None
    digits = _digits_of_business_id(text)
    if digits is None:
        return BusinessIdNotValid()
    return BusinessIdCheckWrong(number=f"{digits[:7]}-{digits[7]}")


def _digits_of_business_id(text: str) -> str | None:
    """Its eight digits, whichever hyphen and however many spaces people write; else None."""
    tidy = re.sub(r"[\u2010-\u2015\u2212]", "-", "".join(text.upper().split()))
    match = _BUSINESS_ID.fullmatch(tidy)
    if not match or (len(match[1]) == 6 and "-" not in tidy):
        return None
    return match[1].zfill(7) + match[2]


def normal_register_number(text: str) -> str | None:
    """The digits of a number in the register of associations; None when it can't be one."""
    digits = "".join(text.split()).replace(".", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 6 or not int(digits):
        return None
    return str(int(digits))


def broken_organisation_rules(new: NewOrganisation) -> list[RuleBroken]:
    """All that is wrong with what was said of an organisation."""
    broken: list[RuleBroken] = []
    if problem := name_problem(new.name):
        broken.append(problem)
    if new.kind not in OPEN_KINDS:
        broken.append(KindNotOpen())
    broken += _identifier_problems(new)
    if new.email and (implausible := email_problem(normal_email(new.email))):
        broken.append(implausible)
    return broken


def _identifier_problems(new: NewOrganisation) -> Iterable[RuleBroken]:
    business_id, number = plain(new.business_id), plain(new.register_number)
    if business_id and (problem := business_id_problem(business_id)):
        yield problem
    if number and normal_register_number(number) is None:
        yield RegisterNumberNotValid()
    if new.kind == "company" and not business_id:
        yield BusinessIdMissing()
    if new.kind == "association" and not (business_id or number):
        yield IdentifierMissing()


def price_group_of(kind: str) -> str:
    """The price group of a kind of organisation until staff have looked at it."""
    return PRICE_GROUP_OF_KIND.get(kind, DEFAULT_PRICE_GROUP)


def slug_of(name: str) -> str:
    """A slug from a name: å and ä as a, ö as o, all else that is no letter or digit a hyphen."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(_WITHOUT_MARKS))
    words = "".join(letter for letter in letters if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:LONGEST_SLUG].rstrip("-")
    return slug or "organisation"


def first_free(slug: str, taken: Iterable[str]) -> str:
    """The slug, or the first of slug-2, slug-3, … that is not taken."""
    used, number, free = set(taken), 1, slug
    while free in used:
        number += 1
        free = f"{slug}-{number}"
    return free


# ── Roles and places ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A role at the unit of that slug, or in the whole city where there is none."""

    role: Role
    unit_slug: str | None = None


def parse_role(text: str) -> RoleSpec:
    """The role that ROLE[:unit-slug] means; raises `UnknownRole` or `RoleIsCityWide`."""
    name, colon, unit_slug = text.strip().partition(":")
    if name not in set(Role):
        raise UnknownRole(role=name, roles=", ".join(Role))
    role = Role(name)
    if colon and role is Role.ADMINISTRATOR:
        raise RoleIsCityWide(role=name)
    return RoleSpec(role, unit_slug if colon else None)


def place_to_return_to(place: str | None) -> str | None:
    """Where somebody was before signing in, on this site; never the door in or out itself."""
    own = own_place(place)
    return None if own and _DOOR.fullmatch(urlsplit(own).path) else own


def own_place(place: str | None) -> str | None:
    """The place if it is an address of this site; None for any that might lead elsewhere.

    Browsers read a backslash as a slash and skip control characters, so "/\\t/evil" and "/\\evil"
    would leave the site as "//evil" does.
    """
    if not place or not place.startswith("/") or place.startswith("//") or "\\" in place:
        return None
    if any(unicodedata.category(character).startswith("C") for character in place):
        return None
    try:
        parts = urlsplit(place)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else place
