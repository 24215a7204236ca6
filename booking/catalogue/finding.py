"""Which spaces fit a need: words, number of people, kind, place and what is there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from booking.catalogue.places import EquipmentPiece, Named, Place

SHORTEST_STEM = 4
LONGEST_ENDING = 3


@dataclass(frozen=True)
class Criteria:
    """What a space must have to be found; an empty field asks nothing."""

    q: str = ""
    people: int | None = None
    kinds: Sequence[str] = ()
    units: Sequence[str] = ()
    districts: Sequence[str] = ()
    equipment: Sequence[str] = ()
    accessible: Sequence[str] = ()


def fitting(places: Iterable[Place], criteria: Criteria) -> list[Place]:
    """The spaces that fit, the best first: the smallest that has room for the people, and among
    equals in the order of the catalogue."""
    words = _words(criteria.q)
    found = [place for place in places if _has(place, criteria) and _says(place, words)]
    if criteria.people is not None:
        found.sort(key=lambda place: place.capacity)
    return found


def _has(place: Place, criteria: Criteria) -> bool:
    """Whether the space has all that is asked of it."""
    return (
        (criteria.people is None or place.capacity >= criteria.people)
        and (not criteria.kinds or place.kind.slug in criteria.kinds)
        and (not criteria.units or place.unit.slug in criteria.units)
        and (not criteria.districts or place.unit.district.slug in criteria.districts)
        and _has_all(place.equipment, criteria.equipment)
        and _has_all(place.accessibility, criteria.accessible)
    )


def _has_all(things: Iterable[EquipmentPiece | Named], slugs: Sequence[str]) -> bool:
    return not slugs or {one.slug for one in things}.issuperset(slugs)


def _says(place: Place, wanted: Collection[str]) -> bool:
    """Whether every word is said of the space, in any of its languages and with any ending."""
    if not wanted:
        return True
    said = _words(" ".join(_texts(place)))
    return all(any(_is_same_word(word, one) for one in said) for word in wanted)


def _texts(place: Place) -> Iterable[str]:
    texts = [place.name, place.unit.name, place.kind.name, place.unit.district.name]
    texts += [piece.name for piece in place.equipment]
    if place.description:
        texts.append(place.description)
    return (words for text in texts for words in text.values())


def _words(text: str) -> set[str]:
    """The words of a text without case and accents: "Sählyä" and "sahlya" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return set(re.findall(r"\w+", letters))


def _is_same_word(wanted: str, said: str) -> bool:
    """Whether the two begin alike, up to the endings that Finnish and Swedish give a word; a
    compound says its parts."""
    if len(wanted) < SHORTEST_STEM:
        return said.startswith(wanted)
    stem = wanted[: max(SHORTEST_STEM, len(wanted) - LONGEST_ENDING)]
    return stem in said
