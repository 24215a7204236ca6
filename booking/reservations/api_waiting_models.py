"""What the endpoints of the waiting list take and give."""

from __future__ import annotations

from datetime import UTC

from pydantic import AwareDatetime

from booking.catalogue.places import Catalogue
from booking.reservations.api_items import Slug
from booking.reservations.api_models import People, Purpose, Title
from booking.reservations.rules import ReservationRequest
from booking.reservations.waiting_models import WaitingEntry
from booking.web.api import Instant, Model


class WishIn(Model):
    """A space and a time that are taken. What else is said is put into the hold that is made when
    they become free, and can be changed when it is submitted."""

    space: Slug
    starts_at: Instant
    ends_at: Instant
    title: Title = ""
    purpose: Purpose | None = None
    people: People | None = None
    organisation: Slug | None = None

    def as_request(self) -> ReservationRequest:
        """The hold that would be asked for."""
        return ReservationRequest(
            spaces=(self.space,),
            starts_at=self.starts_at.astimezone(UTC),
            ends_at=self.ends_at.astimezone(UTC),
            title=self.title,
            purpose=self.purpose,
            people=self.people,
            organisation=self.organisation,
            hold=True,
        )


class WishOut(Model):
    """A wish: `waiting` with its `place`, 1 for whoever is first; `offered` once it is held as a
    reservation, to be submitted by `offered_until`; or `left`."""

    reference: str
    state: str
    place: int | None
    space: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    title: str
    purpose: str | None
    people: int | None
    organisation: str | None
    reservation: str | None
    offered_until: AwareDatetime | None
    created_at: AwareDatetime
    links: dict[str, str]


class WishList(Model):
    items: list[WishOut]
    next: str | None


def wish_out(entry: WaitingEntry, city: Catalogue, place: int | None, base_url: str) -> WishOut:
    """The wish for its owner, with its place among those who wait."""
    held = entry.reservation
    api = f"{base_url}/api/v1"
    links = {"self": f"{api}/waitlist/{entry.reference}"}
    if held is not None:
        links["reservation"] = f"{api}/reservations/{held.reference}"
    return WishOut(
        reference=entry.reference,
        state=entry.state,
        place=place,
        space=city.places_by_id[entry.space_id].slug,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        title=entry.title,
        purpose=entry.purpose,
        people=entry.people,
        organisation=entry.organisation.slug if entry.organisation else None,
        reservation=held.reference if held else None,
        offered_until=held.held_until if held else None,
        created_at=entry.created_at,
        links=links,
    )
