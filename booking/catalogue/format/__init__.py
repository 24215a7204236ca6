"""The catalogue's file format, on plain values: read it, judge it, write it."""

from booking.catalogue.format.associations import (
    AgeGroup,
    Association,
    AssociationsFile,
    AssociationsMeta,
    Member,
    UsualEvent,
)
from booking.catalogue.format.catalogue import CatalogueFile
from booking.catalogue.format.city import (
    City,
    CityContact,
    Contact,
    EquipmentItem,
    EventFacts,
    FreeUse,
    Meta,
    Named,
    SpaceKind,
)
from booking.catalogue.format.days import DateRange, MonthDay, TimeSpan
from booking.catalogue.format.equipment import SpaceEquipment
from booking.catalogue.format.files import (
    load_associations,
    load_catalogue,
    parse_associations,
    parse_catalogue,
    write_catalogue,
)
from booking.catalogue.format.hours import (
    Interval,
    OpeningHoursException,
    OpeningHoursTemplate,
    Week,
    When,
)
from booking.catalogue.format.loans import LoanItem, LoanPolicy, LoanQuota, PickupPoint
from booking.catalogue.format.policies import Point, Policy, Quota, Series, Terms
from booking.catalogue.format.prices import Price, PriceGroup, PriceList, VatClass, VatRate
from booking.catalogue.format.problems import BadCatalogue, Problem
from booking.catalogue.format.spaces import Combination, Space
from booking.catalogue.format.units import Location, Unit

__all__ = [
    "AgeGroup",
    "Association",
    "AssociationsFile",
    "AssociationsMeta",
    "BadCatalogue",
    "CatalogueFile",
    "City",
    "CityContact",
    "Combination",
    "Contact",
    "DateRange",
    "EquipmentItem",
    "EventFacts",
    "FreeUse",
    "Interval",
    "LoanItem",
    "LoanPolicy",
    "LoanQuota",
    "Location",
    "Member",
    "Meta",
    "MonthDay",
    "Named",
    "OpeningHoursException",
    "OpeningHoursTemplate",
    "PickupPoint",
    "Point",
    "Policy",
    "Price",
    "PriceGroup",
    "PriceList",
    "Problem",
    "Quota",
    "Series",
    "Space",
    "SpaceEquipment",
    "SpaceKind",
    "Terms",
    "TimeSpan",
    "Unit",
    "UsualEvent",
    "VatClass",
    "VatRate",
    "Week",
    "When",
    "load_associations",
    "load_catalogue",
    "parse_associations",
    "parse_catalogue",
    "write_catalogue",
]
