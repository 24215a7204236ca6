"""People, organisations and their members, roles per unit, tokens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.database import Base, Document, UTCDateTime

_OPEN = "accepted_at IS NULL AND revoked_at IS NULL"


class Person(Base):
    """Somebody with an account. The e-mail is kept in lower case and names one person.

    `auth_version` rises to sign the person out everywhere.
    """

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(10), default="fi")
    phone: Mapped[str | None] = mapped_column(String(40))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    auth_version: Mapped[int] = mapped_column(default=1)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    birth_date: Mapped[date | None]
    payer: Mapped[dict[str, Any] | None] = mapped_column(Document)
    is_demo: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    anonymised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    memberships: Mapped[list[Membership]] = relationship(back_populates="person")
    roles: Mapped[list[RoleAssignment]] = relationship(back_populates="person")


class Organisation(Base):
    """Who books together: its secretaries change, its bookings stay.

    `kind` is an organiser_type of the rule set; `domicile` a municipality; `price_group` its own
    group until an evaluated event says otherwise; `name_public` its consent to be named in public
    calendars.
    """

    __tablename__ = "organisation"

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    activity_kind: Mapped[str | None] = mapped_column(String(50))
    activity: Mapped[str | None] = mapped_column(Text)
    domicile: Mapped[str] = mapped_column(String(60))
    business_id: Mapped[str | None] = mapped_column(String(9))
    register_number: Mapped[str | None] = mapped_column(String(12))
    price_group: Mapped[str] = mapped_column(String(10))
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name_public: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(10), default="fi")
    email: Mapped[str | None] = mapped_column(String(254))
    usual_event: Mapped[dict[str, Any] | None] = mapped_column(Document)
    payer: Mapped[dict[str, Any] | None] = mapped_column(Document)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    members: Mapped[list[Membership]] = relationship(back_populates="organisation")


class OrganisationReview(Base):
    """What staff wrote to an organisation that they did not verify: that they must know more
    (`asked`), or no (`refused`). It goes when its admins answer, or when it is verified."""

    __tablename__ = "organisation_review"
    __table_args__ = (CheckConstraint("kind IN ('asked', 'refused')", name="kind"),)

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), unique=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrganisationInvitation(Base):
    """A link into an organisation, for one address, used once.

    `inviter_becomes` is what is left of whoever hands over by it: a `member`, or nothing
    (`leaves`); of a mere invitation it is empty.
    """

    __tablename__ = "organisation_invitation"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'member')", name="role"),
        CheckConstraint("inviter_becomes IN ('member', 'leaves')", name="inviter_becomes"),
        CheckConstraint("inviter_becomes IS NULL OR role = 'admin'", name="successor"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="end"),
        Index(
            "uq_organisation_invitation_open",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(10))
    inviter_becomes: Mapped[str | None] = mapped_column(String(10))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[Person | None] = relationship()


class Membership(Base):
    """A person who acts for an organisation, as `admin` or `member`."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        CheckConstraint("role IN ('admin', 'member')", name="role"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship(back_populates="members")
    person: Mapped[Person] = relationship(back_populates="memberships")


class RoleAssignment(Base):
    """A role of a member of staff, at one unit or, where `unit_id` is empty, in the whole city."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        CheckConstraint(
            "role IN ('viewer', 'booker', 'approver', 'manager', 'administrator')", name="role"
        ),
        UniqueConstraint("person_id", "role", "unit_id"),
        Index(
            "uq_role_assignment_city",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))

    person: Mapped[Person] = relationship(back_populates="roles")


class ApiToken(Base):
    """A bearer token of a person, kept as its SHA-256. `scopes` empty means all their rights."""

    __tablename__ = "api_token"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str] | None] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInFailures(Base):
    """How often sign-in failed for one e-mail or one address (hashed), kept in the database so
    that the limit holds over all workers."""

    __tablename__ = "sign_in_failures"

    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
