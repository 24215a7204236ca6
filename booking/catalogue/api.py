"""Units, spaces and the bearer, over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app, url_for

from booking.accounts.api import api
from booking.accounts.queries import get_person, organisations_of
from booking.catalogue.pictures import PictureFace, pictures_of
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.catalogue.queries import find_catalogue, get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor, Scope
from booking.core.errors import NotFound
from booking.web.api import Model, current_actor
from booking.web.session import db


class RoleOut(Model):
    """A role at a unit (its slug), or in the whole city."""

    role: str
    unit: str | None


class MembershipOut(Model):
    """An organisation that the person acts for, by its slug."""

    organisation: str
    name: str
    role: str
    verified: bool
    price_group: str


class Me(Model):
    """Whose token this is, and what it may do."""

    name: str
    email: str
    language: str
    roles: list[RoleOut]
    organisations: list[MembershipOut]
    scopes: list[str] | None


@api.endpoint(
    "GET", "/me", summary="Whose token this is", answers=Me, tag="accounts", scope=Scope.READ
)
def show_me() -> Me:
    """The person of the token, their roles and organisations, and the token's scopes: null where
    it has all the person's rights."""
    session, actor = db.session(), current_actor()
    person = get_person(session, actor.person_id or 0)
    city = find_catalogue(session)
    slugs = {unit.id: unit.slug for unit in city.units.values()} if city else {}
    return Me(
        name=person.name,
        email=person.email,
        language=person.language,
        roles=[
            RoleOut(role=grant.role.value, unit=slugs.get(grant.unit_id or 0))
            for grant in sorted(actor.grants, key=lambda one: (one.role, one.unit_id or 0))
        ],
        organisations=[
            MembershipOut(
                organisation=one.slug,
                name=one.name,
                role=actor.organisations.get(one.id, "member"),
                verified=one.verified_at is not None,
                price_group=one.price_group,
            )
            for one in organisations_of(session, person.id)
        ],
        scopes=None if actor.scopes is None else sorted(actor.scopes),
    )


class Position(Model):
    """WGS 84; `approximate` is off by up to a kilometre and a half."""

    lat: float
    lon: float
    precision: str


class UnitOut(Model):
    """A site or building of the city."""

    slug: str
    name: dict[str, str]
    description: dict[str, str]
    street_address: str | None
    postcode: str
    district: str
    position: Position
    contact: dict[str, Any]
    accessibility_verified: bool
    spaces: list[str]


class UnitList(Model):
    items: list[UnitOut]
    next: str | None


class EquipmentOut(Model):
    slug: str
    quantity: int | None


class TermsOut(Model):
    """The version to accept, and its text by language."""

    slug: str
    version: date
    title: dict[str, str]
    points: list[dict[str, str]]


class PriceOut(Model):
    """The price of an hour in force today, VAT included, before the group's share; cents."""

    hourly_cents: int
    day_cap_hours: int
    price_share: str
    demo: bool


class SpaceOut(Model):
    """What can be booked. `parts` are its direct sub-spaces, `facts` what the rules of events ask
    of a place; `policy` has the keys of the catalogue's format."""

    slug: str
    name: dict[str, str]
    description: dict[str, str] | None
    unit: str
    district: str
    kind: str
    parent: str | None
    combination: bool
    parts: list[str]
    combinations: list[str]
    members: list[str]
    capacity: int
    capacity_basis: str
    area_m2: int | None
    published: bool
    equipment: list[EquipmentOut]
    accessibility: list[str]
    access: str | None
    policy: dict[str, Any] | None
    terms: TermsOut | None
    price: PriceOut | None
    facts: dict[str, Any]
    links: dict[str, str]


class PictureOut(Model):
    """A picture in its largest size; `alt` says what it shows."""

    url: str
    width: int
    height: int
    alt: dict[str, str]


class SpaceDetail(SpaceOut):
    """A space with its own pictures, in their order."""

    pictures: list[PictureOut]


def unit_out(unit: UnitPlace, city: Catalogue) -> UnitOut:
    return UnitOut(
        slug=unit.slug,
        name=dict(unit.name),
        description=dict(unit.description),
        street_address=unit.street_address,
        postcode=unit.postcode,
        district=unit.district.slug,
        position=Position(
            lat=unit.latitude,
            lon=unit.longitude,
            precision="exact" if unit.location_is_exact else "approximate",
        ),
        contact={"name": dict(unit.contact.name), "email": unit.contact_email},
        accessibility_verified=unit.accessibility_verified,
        spaces=[place.slug for place in city.places_of(unit) if place.published],
    )


def space_out(place: Place, city: Catalogue, now: datetime) -> SpaceOut:
    """A space as it stands at `now`: the policy, terms and price in force then."""
    in_force = place.policy_at(now)
    policy = in_force.policy if in_force else None
    base = current_app.config["BASE_URL"]
    today = clock.local_date(now, city.zone)
    return SpaceOut(
        slug=place.slug,
        name=dict(place.name),
        description=dict(place.description) if place.description else None,
        unit=place.unit.slug,
        district=place.unit.district.slug,
        kind=place.kind.slug,
        parent=place.parent_slug,
        combination=place.is_combination,
        parts=list(place.children),
        combinations=list(place.combinations),
        members=list(place.members),
        capacity=place.capacity,
        capacity_basis="found" if place.capacity_is_found else "assumed",
        area_m2=place.area_m2,
        published=place.published,
        equipment=[EquipmentOut(slug=p.slug, quantity=p.quantity) for p in place.equipment],
        accessibility=[feature.slug for feature in place.accessibility],
        access=place.access(policy) if policy else None,
        policy={"slug": policy.slug, **policy.content} if policy else None,
        terms=_terms_out(place, city, today, policy.terms if policy else ""),
        price=_price_out(place, today),
        facts=dict(place.facts),
        links={
            "self": f"{base}/api/v1/spaces/{place.slug}",
            "availability": f"{base}/api/v1/spaces/{place.slug}/availability",
            "calendar": f"{base}/calendars/spaces/{place.slug}.ics",
        },
    )


def _terms_out(place: Place, city: Catalogue, today: date, of_policy: str) -> TermsOut | None:
    terms = city.terms_on(place.own_terms or of_policy, today)
    if terms is None:
        return None
    return TermsOut(
        slug=terms.slug,
        version=terms.version,
        title=dict(terms.title),
        points=[dict(point) for point in terms.points],
    )


def _price_out(place: Place, today: date) -> PriceOut | None:
    row = place.price_list.row_on(today)
    if row is None:
        return None
    return PriceOut(
        hourly_cents=row.hourly_cents,
        day_cap_hours=row.day_cap_hours,
        price_share=f"{place.price_share:.2f}",
        demo=place.price_list.is_demo,
    )


def visible_place(city: Catalogue, slug: str, actor: Actor) -> Place:
    """The space of that slug, where the actor may know of it. Raises `NotFound`."""
    place = city.places.get(slug)
    if place is None or not (place.published or actor.may(Action.SEE_RESERVATIONS, place.unit.id)):
        raise NotFound()
    return place


@api.endpoint(
    "GET", "/units", summary="All sites", answers=UnitList, tag="catalogue", needs_token=False
)
def list_units() -> UnitList:
    """The published sites, in the order of the catalogue."""
    city = get_catalogue(db.session())
    return UnitList(items=[unit_out(unit, city) for unit in city.published_units()], next=None)


@api.endpoint(
    "GET",
    "/units/<slug>",
    summary="One site",
    answers=UnitOut,
    tag="catalogue",
    needs_token=False,
    errors=(404,),
)
def show_unit(slug: str) -> UnitOut:
    """A site by its slug."""
    city = get_catalogue(db.session())
    unit = city.units.get(slug)
    if unit is None or not (
        unit.published or current_actor().may(Action.SEE_RESERVATIONS, unit.id)
    ):
        raise NotFound()
    return unit_out(unit, city)


@api.endpoint(
    "GET",
    "/spaces/<slug>",
    summary="One space",
    answers=SpaceDetail,
    tag="catalogue",
    needs_token=False,
    errors=(404,),
)
def show_space(slug: str) -> SpaceDetail:
    """A space with its policy, terms, price and facts in force now, and its pictures."""
    session = db.session()
    city = get_catalogue(session)
    place = visible_place(city, slug, current_actor())
    pictures = [_picture_out(face) for face in pictures_of(session, place)]
    return SpaceDetail(**dict(space_out(place, city, clock.now())), pictures=pictures)


def _picture_out(face: PictureFace) -> PictureOut:
    path = url_for("catalogue.show_picture", key=face.largest.key)
    return PictureOut(
        url=f"{current_app.config['BASE_URL'].rstrip('/')}{path}",
        width=face.largest.width,
        height=face.largest.height,
        alt=dict(face.alternative_text),
    )
