"""The words of the format; those of events are the vocabulary of the rule set."""

LANGUAGES = ("fi", "sv", "en")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PRICE_GROUPS = ("K0", "K1", "K2", "K3", "K4", "K5")

EVIDENCE = ("found", "known", "plausible")
CAPACITY_BASES = ("found", "assumed")
APPROVALS = ("instant", "staff")
WHO_MAY_BOOK = ("anyone", "association", "staff")
ACCESSES = ("open", "door_code", "key", "staff_opens")

MATTERS = (
    "access",
    "accessibility",
    "area_m2",
    "equipment",
    "event_facts",
    "loan_items",
    "locations",
    "names_sv_en",
    "opening_hours",
    "policies",
    "price_groups",
    "price_lists",
    "terms",
)
TRUST = ("assumed", "demo", "approximate", "proposed", "translated", "confirmed")

TOPICS = (
    "responsible_person",
    "contract",
    "capacity",
    "access",
    "use",
    "cleaning",
    "equipment",
    "payment",
    "damage",
    "alcohol",
    "noise",
    "no_show",
    "cancellation",
    "city_priority",
    "safety",
)

SPACE_TYPES = (
    "none",
    "meeting_room",
    "hall",
    "gym",
    "library",
    "youth_space",
    "school",
    "arena",
    "square",
    "park",
    "field",
    "beach",
)
PLACE_KINDS = ("city_indoor", "city_outdoor", "street", "private_place", "nature")
ORGANISER_TYPES = (
    "private_person",
    "resident_group",
    "youth_group",
    "association",
    "school_class",
    "company",
    "city_unit",
    "party",
    "religious",
)
PURPOSES = (
    "wellbeing",
    "culture",
    "sport",
    "youth",
    "meeting",
    "celebration",
    "commerce",
    "political",
    "religious",
    "demonstration",
    "municipal",
)
OPENNESS = ("open", "invited")
TARGETS = ("all", "under20", "adults", "pensioners", "special")
