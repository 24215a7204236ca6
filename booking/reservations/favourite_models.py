"""The spaces that people want to find again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.database import Base, UTCDateTime


class Favourite(Base):
    """A space that a person has marked; it goes with either."""

    __tablename__ = "favourite"
    __table_args__ = (UniqueConstraint("person_id", "space_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
