"""Sections of a whole picked on its plan: which space is exactly these, and what would do else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from booking.catalogue.places import Catalogue, Place


@dataclass(frozen=True)
class Pick:
    """Sections that somebody picked, in the order of the plan.

    `as_one` is the space that is exactly these. Where there is none, `around` is the smallest one
    that holds them all and more, and `together` are as few spaces as are found that make them up,
    for one request.
    """

    sections: Sequence[Place]
    as_one: Place | None
    around: Place | None
    together: Sequence[Place]


def sections_of(whole: Place, city: Catalogue) -> list[Place]:
    """The pieces of its plan, in their order."""
    return [city.places[slug] for slug in whole.children]


def choices_of(whole: Place, city: Catalogue) -> list[Place]:
    """What can be picked on the plan of a whole: its sections, what joins them, and itself; those
    that residents may see."""
    joined = [city.places[slug] for slug in whole.combinations]
    return [one for one in [*sections_of(whole, city), *joined, whole] if one.published]


def pick(whole: Place, city: Catalogue, slugs: Collection[str]) -> Pick:
    """What comes of picking the sections of these slugs; others are no sections and are left out.

    All sections are the whole, even where it has a rest that belongs to none of them.
    """
    sections = [one for one in sections_of(whole, city) if one.slug in slugs]
    parts = frozenset().union(*(one.parts for one in sections))
    choices = choices_of(whole, city)
    as_one = next((one for one in choices if one.parts == parts), None)
    if as_one is None and sections and len(sections) == len(whole.children) and whole in choices:
        as_one = whole
    around = [one for one in choices if one.parts > parts]
    return Pick(
        sections=sections,
        as_one=as_one,
        around=None if as_one else min(around, key=lambda one: len(one.parts), default=None),
        together=() if as_one else _together(parts, choices),
    )


def _together(parts: frozenset[int], choices: Sequence[Place]) -> Sequence[Place]:
    """Spaces that share nothing and make up these parts, the largest first; none where some of the
    parts can't be had at all."""
    left, found = parts, []
    for one in sorted(choices, key=lambda one: -len(one.parts)):
        if one.parts and one.parts <= left:
            found.append(one)
            left -= one.parts
    return [] if left else found
