"""Units, spaces and parts: the places of the catalogue, each value as its file gives it.

What a space doesn't say it inherits; `catalogue.assembly` works that out. Lists that places refer
to stand in `catalogue.reference_models`, versions of rules in `catalogue.version_models`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.database import Base, Document, ExactDecimal, Texts, UTCDateTime


class City(Base):
    """The one city of this database.

    `catalogue_version` rises with every change of the catalogue: readers keep what they have
    worked out as long as it stands. `uid_host` ends every UID of this installation, for life.
    """

    __tablename__ = "city"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    name: Mapped[Texts] = mapped_column(Document)
    municipality_code: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(60))
    default_language: Mapped[str] = mapped_column(String(10))
    languages: Mapped[list[str]] = mapped_column(Document)
    currency: Mapped[str] = mapped_column(String(3))
    contact: Mapped[dict[str, Any]] = mapped_column(Document)
    free_use: Mapped[dict[str, Any]] = mapped_column(Document)
    meta: Mapped[dict[str, Any]] = mapped_column(Document)
    uid_host: Mapped[str] = mapped_column(String(255))
    catalogue_version: Mapped[int] = mapped_column(default=1)


class Unit(Base):
    """A site or a building of the city."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("location_precision IN ('exact', 'approximate')", name="precision"),
    )

    slug: Mapped[str] = mapped_column(String(50), unique=True)
    position: Mapped[int]
    name: Mapped[Texts] = mapped_column(Document)
    published: Mapped[bool]
    evidence: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[str] = mapped_column(String(10))
    evidence_note: Mapped[str] = mapped_column(Text)
    confirm: Mapped[list[str]] = mapped_column(Document)
    street_address: Mapped[str | None] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(10))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    latitude: Mapped[float]
    longitude: Mapped[float]
    location_precision: Mapped[str] = mapped_column(String(12))
    accessibility_verified: Mapped[bool]
    description: Mapped[Texts] = mapped_column(Document)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    opening_hours_id: Mapped[int] = mapped_column(ForeignKey("opening_hours.id"))
    event_facts: Mapped[dict[str, Any] | None] = mapped_column(Document)

    spaces: Mapped[list[Space]] = relationship(back_populates="unit", order_by="Space.position")


class Space(Base):
    """What people book: a whole, one of its parts (parent_id), or a combination of parts.

    A combination (`is_combination`) has as parent the space that lists it, and `members`. What a
    column leaves empty is inherited.
    """

    __tablename__ = "space"
    __table_args__ = (
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint("joint_capacity IN ('enforced', 'advisory')", name="joint_capacity"),
        CheckConstraint(
            # a sum with a NULL in it is NULL
            "is_combination OR (kind_id + policy_id + price_list_id) IS NOT NULL",
            name="own_values",
        ),
        CheckConstraint("NOT is_combination OR parent_id IS NOT NULL", name="listed"),
    )

    slug: Mapped[str] = mapped_column(String(50), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    is_combination: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    name: Mapped[Texts] = mapped_column(Document)
    description: Mapped[Texts | None] = mapped_column(Document)
    published: Mapped[bool] = mapped_column(default=True)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("space_kind.id"))
    capacity: Mapped[int]
    capacity_basis: Mapped[str] = mapped_column(String(10))
    joint_capacity: Mapped[str | None] = mapped_column(String(10))
    has_remainder: Mapped[bool] = mapped_column(default=False)
    area_m2: Mapped[int | None]
    evidence: Mapped[str | None] = mapped_column(String(20))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    price_share: Mapped[Decimal] = mapped_column(ExactDecimal)
    terms: Mapped[str | None] = mapped_column(String(50))
    access: Mapped[str | None] = mapped_column(String(20))
    opening_hours_id: Mapped[int | None] = mapped_column(ForeignKey("opening_hours.id"))
    event_facts: Mapped[dict[str, Any] | None] = mapped_column(Document)
    accessibility: Mapped[list[str]] = mapped_column(Document, default=list)

    unit: Mapped[Unit] = relationship(back_populates="spaces")
    parts: Mapped[list[Part]] = relationship(secondary="space_part")
    equipment: Mapped[list[SpaceEquipment]] = relationship(
        order_by="SpaceEquipment.position", cascade="all, delete-orphan"
    )


class Part(Base):
    """A smallest piece that can be taken apart from others: of spaces, or one thing on loan."""

    __tablename__ = "part"

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    loan_item_id: Mapped[int | None] = mapped_column(ForeignKey("loan_item.id"), index=True)


class SpacePart(Base):
    """That a space covers a part. Two spaces collide exactly when they share one."""

    __tablename__ = "space_part"
    __table_args__ = (UniqueConstraint("space_id", "part_id"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    part_id: Mapped[int] = mapped_column(ForeignKey("part.id"), index=True)


class CombinationMember(Base):
    """A part of the listing space that a combination joins."""

    __tablename__ = "combination_member"
    __table_args__ = (UniqueConstraint("combination_id", "member_id"),)

    combination_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    position: Mapped[int]


class SpaceEquipment(Base):
    """What stands in a space, with a quantity exactly where the equipment is countable."""

    __tablename__ = "space_equipment"
    __table_args__ = (
        UniqueConstraint("space_id", "equipment_id"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    quantity: Mapped[int | None]
    position: Mapped[int]


class LoanItem(Base):
    """Things on loan of one sort; each of its `quantity` pieces is a part."""

    __tablename__ = "loan_item"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    slug: Mapped[str] = mapped_column(String(50), unique=True)
    position: Mapped[int]
    name: Mapped[Texts] = mapped_column(Document)
    quantity: Mapped[int]
    pickup_point_id: Mapped[int] = mapped_column(ForeignKey("pickup_point.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    demo: Mapped[bool]


class PickupPoint(Base):
    """Where things on loan are fetched and brought back, and when it is open."""

    __tablename__ = "pickup_point"

    slug: Mapped[str] = mapped_column(String(50), unique=True)
    position: Mapped[int]
    name: Mapped[Texts] = mapped_column(Document)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    opening_hours_id: Mapped[int] = mapped_column(ForeignKey("opening_hours.id"))


class StoredFile(Base):
    """A file that was uploaded; its bytes lie in the storage under `key`."""

    __tablename__ = "stored_file"

    key: Mapped[str] = mapped_column(String(120), unique=True)
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Picture(Base):
    """A picture of a space or a unit, with words for those who don't see it; `file_id` is its
    largest size."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("(space_id IS NULL) <> (unit_id IS NULL)", name="of_one_place"),
    )

    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    alternative_text: Mapped[Texts] = mapped_column(Document)
    position: Mapped[int] = mapped_column(default=0)


class PictureSize(Base):
    """A picture as it is sent: one of the widths that were made of it, in a file of its own."""

    __tablename__ = "picture_size"
    __table_args__ = (
        UniqueConstraint("picture_id", "width"),
        CheckConstraint("width >= 1 AND height >= 1", name="pixels"),
    )

    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int]
    height: Mapped[int]


class HoursChange(Base):
    """Staff's own change of one place's hours, from `first_day` to `last_day`, both included.

    The effects are those of the catalogue's exceptions.
    """

    __tablename__ = "hours_change"
    __table_args__ = (
        CheckConstraint("(space_id IS NULL) <> (unit_id IS NULL)", name="of_one_place"),
        CheckConstraint("first_day <= last_day", name="order"),
        CheckConstraint("effect IN ('closed', 'latest_end', 'week')", name="effect"),
    )

    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    effect: Mapped[str] = mapped_column(String(12))
    latest_end: Mapped[int | None]
    week: Mapped[dict[str, Any] | None] = mapped_column(Document)
    reason: Mapped[Texts | None] = mapped_column(Document)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
