"""The smallest pieces that can be taken apart: of spaces, and each thing on loan.

They follow from the spaces as they are stored, so what a file no longer names but is still there
keeps excluding what it lies in.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.catalogue import models as m
from booking.catalogue.importing_changes import Entry
from booking.catalogue.importing_rows import Import


def put_parts(work: Import) -> dict[int, str]:
    """Give every space its parts and every thing on loan its pieces.

    Gives the slugs, by key, of the spaces that were here before and whose parts changed.
    """
    work.session.flush()
    parts = _Parts(work.session)
    changed = {}
    stored = _stored(work.session)
    for space, wanted in _needed(work.session).items():
        keys = {parts.of_space(slug).id: slug for slug in sorted(wanted)}
        if set(keys) == stored[space.id]:
            continue
        if stored[space.id]:
            changed[space.id] = space.slug
        _replace(work, parts, space, stored[space.id], keys)
    for item in work.session.scalars(select(m.LoanItem).order_by(m.LoanItem.position)):
        for number in range(1, item.quantity + 1):
            parts.of_loan(item, number)
    work.session.flush()
    return changed


def _needed(session: Session) -> dict[m.Space, set[str]]:
    """Of each space the names of its parts, by its own row and those of its sub-spaces.

    A space without parts is one; a divided one has those of its sub-spaces and, where it says so,
    a remainder; a combination has those of its members.
    """
    spaces = {one.id: one for one in session.scalars(select(m.Space).order_by(m.Space.position))}
    below: dict[int, list[m.Space]] = defaultdict(list)
    for space in spaces.values():
        if space.parent_id is not None and not space.is_combination:
            below[space.parent_id].append(space)
    for row in session.scalars(select(m.CombinationMember)):
        below[row.combination_id].append(spaces[row.member_id])

    def names(space: m.Space) -> set[str]:
        return _own(space).union(*(names(one) for one in below[space.id]))

    return {space: names(space) for space in spaces.values()}


def _own(space: m.Space) -> set[str]:
    """The part that is nobody else's: the whole space, or what its sub-spaces do not fill."""
    if space.is_combination:
        return set()
    if space.joint_capacity is None:
        return {space.slug}
    return {f"{space.slug}-remainder"} if space.has_remainder else set()


def _stored(session: Session) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for space_id, part_id in session.execute(select(m.SpacePart.space_id, m.SpacePart.part_id)):
        found[space_id].add(part_id)
    return found


def _replace(
    work: Import, parts: _Parts, space: m.Space, before: set[int], after: dict[int, str]
) -> None:
    if gone := before - set(after):
        link = m.SpacePart
        work.session.execute(
            delete(link).where(link.space_id == space.id, link.part_id.in_(sorted(gone)))
        )
    new = [m.SpacePart(space_id=space.id, part_id=key) for key in sorted(set(after) - before)]
    work.session.add_all(new)
    entry = Entry("combination" if space.is_combination else "space", space.slug)
    old = sorted(parts.names[key] for key in before)
    work.changes.change(entry, "pieces", old, sorted(after.values()))


class _Parts:
    """The parts by name. The two kinds have their own words, so that none is taken for another."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = {part.slug: part for part in session.scalars(select(m.Part))}
        self.names = {part.id: part.slug for part in self._rows.values()}

    def of_space(self, slug: str) -> m.Part:
        """The part of that slug; it has its key."""
        part = self._get((slug, f"{slug}--space"), None)
        if part.id is None:
            self._session.flush()
            self.names[part.id] = part.slug
        return part

    def of_loan(self, item: m.LoanItem, number: int) -> m.Part:
        """The piece of that number, from 1 on."""
        slug = f"{item.slug}-{number}"
        return self._get((slug, f"{slug}--piece"), item.id)

    def _get(self, slugs: tuple[str, ...], item_id: int | None) -> m.Part:
        for slug in slugs:
            if slug not in self._rows:
                self._rows[slug] = m.Part(slug=slug, loan_item_id=item_id)
                self._session.add(self._rows[slug])
            if self._rows[slug].loan_item_id == item_id:
                return self._rows[slug]
        raise AssertionError("unreachable: the second name is of this kind alone")
