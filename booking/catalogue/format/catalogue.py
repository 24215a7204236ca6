"""The whole catalogue: its lists in the order in which they are written."""

from dataclasses import dataclass

from booking.catalogue.format.city import (
    CITY,
    CONTACT,
    EQUIPMENT_ITEM,
    FREE_USE,
    META,
    NAMED,
    SPACE_KIND,
    City,
    Contact,
    EquipmentItem,
    FreeUse,
    Meta,
    Named,
    SpaceKind,
)
from booking.catalogue.format.hours import (
    EXCEPTION,
    TEMPLATE,
    OpeningHoursException,
    OpeningHoursTemplate,
)
from booking.catalogue.format.loans import (
    LOAN_ITEM,
    LOAN_POLICY,
    PICKUP_POINT,
    LoanItem,
    LoanPolicy,
    PickupPoint,
)
from booking.catalogue.format.policies import POLICY, TERMS, Policy, Terms, versions_in_order
from booking.catalogue.format.prices import (
    PRICE_GROUP,
    PRICE_LIST,
    VAT_CLASS,
    PriceGroup,
    PriceList,
    VatClass,
    has_class_of_no_sale,
    has_every_price_group,
)
from booking.catalogue.format.records import Key, Row, many, record
from booking.catalogue.format.units import UNIT, Unit, places_have_one_name


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """A city's catalogue as its file says it: nothing inherited, references by slug."""

    meta: Meta
    city: City
    contacts: tuple[Contact, ...]
    districts: tuple[Named, ...]
    price_groups: tuple[PriceGroup, ...]
    free_use: FreeUse
    vat_classes: tuple[VatClass, ...]
    price_lists: tuple[PriceList, ...]
    equipment: tuple[EquipmentItem, ...]
    pickup_points: tuple[PickupPoint, ...]
    loan_policies: tuple[LoanPolicy, ...]
    loan_items: tuple[LoanItem, ...]
    accessibility_features: tuple[Named, ...]
    space_kinds: tuple[SpaceKind, ...]
    opening_hours_exceptions: tuple[OpeningHoursException, ...]
    opening_hours_templates: tuple[OpeningHoursTemplate, ...]
    terms: tuple[Terms, ...]
    policies: tuple[Policy, ...]
    units: tuple[Unit, ...]


def _rules_of_the_whole(row: Row) -> None:
    has_every_price_group(row.spot)
    has_class_of_no_sale(row.spot)
    places_have_one_name(row.spot)


CATALOGUE = record(
    "a catalogue",
    CatalogueFile,
    (
        Key("meta", META),
        Key("city", CITY),
        Key("contacts", many(CONTACT)),
        Key("districts", many(NAMED)),
        Key("price_groups", many(PRICE_GROUP)),
        Key("free_use", FREE_USE),
        Key("vat_classes", many(VAT_CLASS)),
        Key("price_lists", many(PRICE_LIST)),
        Key("equipment", many(EQUIPMENT_ITEM)),
        Key("pickup_points", many(PICKUP_POINT)),
        Key("loan_policies", many(LOAN_POLICY)),
        Key("loan_items", many(LOAN_ITEM)),
        Key("accessibility_features", many(NAMED)),
        Key("space_kinds", many(SPACE_KIND)),
        Key("opening_hours_exceptions", many(EXCEPTION)),
        Key("opening_hours_templates", many(TEMPLATE)),
        Key("terms", many(TERMS, distinct=False, rules=(versions_in_order,))),
        Key("policies", many(POLICY)),
        Key("units", many(UNIT, distinct=False, apart=True)),
    ),
    rules=(_rules_of_the_whole,),
)
