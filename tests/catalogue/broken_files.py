"""Broken catalogues, each made by one edit of the demo city's, so that the line is known."""

import re
from functools import cache
from pathlib import Path

import pytest

from booking.catalogue.format import (
    BadCatalogue,
    Problem,
    parse_associations,
    parse_catalogue,
)

CITY = Path(__file__).parents[2] / "demo_city"
CATALOGUE, ASSOCIATIONS = CITY / "catalogue.yaml", CITY / "associations.yaml"
BASTION = "units[hamina-bastioni]"
ARENA = f"{BASTION}.spaces[bastioni-areena]"
VAULTS = f"{BASTION}.spaces[bastionin-holvit]"

# Where the policies of that name begin; space kinds have the same slugs and stand before them.
MEETING_ROOM = "en: Meeting room}\n    valid_from"
ASSEMBLY_HALL = "en: Assembly hall}\n    valid_from"

# Units that the tests below edit or that pick-up points name; the others would only take time.
NEEDED = ("hamina-bastioni", "kaupungintalo", "tervasaari", "paakirjasto", "keskustan-nuorisotila")


@cache
def demo_text() -> str:
    """The demo catalogue with units that no test needs made empty lines."""
    head, units = CATALOGUE.read_text(encoding="utf-8").split("\nunits:\n")
    needed = tuple(f"  - slug: {slug}\n" for slug in NEEDED)
    blocks = re.split(r"(?m)^(?=  - slug: )", units)
    kept = [block if block.startswith(needed) else "\n" * block.count("\n") for block in blocks]
    return f"{head}\nunits:\n{''.join(kept)}"


@cache
def associations_text() -> str:
    return ASSOCIATIONS.read_text(encoding="utf-8")


def edited(text: str, after: str, old: str, new: str) -> tuple[str, int]:
    """The text with the first `old` behind `after` replaced, and the line of the edit."""
    start = text.index(old, text.index(after) + len(after))
    return text[:start] + new + text[start + len(old) :], text.count("\n", 0, start) + 1


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(BadCatalogue) as caught:
        parse_catalogue(text.encode(), "catalogue.yaml")
    return list(caught.value.problems)


def refuses(after: str, old: str, new: str, key: str, says: str, right: str, below: int = 0):
    """Checks that the edit makes exactly one problem, so many lines below the edit."""
    text, line = edited(demo_text(), after, old, new)
    assert problems_of(text) == [Problem("catalogue.yaml", line + below, key, says, right)]


def refuses_association(old: str, new: str, key: str, says: str, right: str, below: int = 0):
    """The same for the first association of the demo city."""
    text, line = edited(associations_text(), "slug: mallilan-salama\n", old, new)
    with pytest.raises(BadCatalogue) as caught:
        parse_associations(text.encode(), "associations.yaml")
    path = f"associations[mallilan-salama].{key}"
    expected = Problem("associations.yaml", line + below, path, says, right)
    assert list(caught.value.problems) == [expected]
