"""Rows of the database against entries of a file: put in what is new, change what differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from booking.catalogue.format.layout import Apart, Flow, Quoted, Tree
from booking.catalogue.importing_changes import Changes, Entry
from booking.database import Base

R = TypeVar("R", bound=Base)
Values = Mapping[str, Any]


class Import:
    """One import under way: its session, its moment, and what it has changed so far."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.changes = Changes()
        self._slugs: dict[tuple[str, int], str] = {}

    def remember(self, row: Base, slug: str) -> None:
        """Know what the row is called, so that changes name it and not its key."""
        self._slugs[row.__tablename__, row.id] = slug

    def set(self, row: Base, entry: Entry, values: Values) -> None:
        """Give a stored row these values, and note each that differs."""
        for name, new in values.items():
            old = getattr(row, name)
            if old == new:
                continue
            setattr(row, name, new)
            if name == "position":
                self.changes.reordered[entry.noun] = None
            else:
                before, after = self.in_words(row, name, old), self.in_words(row, name, new)
                self.changes.change(entry, _public(name), before, after)

    def in_words(self, row: Base | type[Base], name: str, value: Any) -> Any:
        """The value of a column as people read it: a slug for a reference, times for minutes."""
        if name in IN_WORDS and value is not None:
            return IN_WORDS[name](value)
        column = row.__table__.columns.get(name)
        for key in column.foreign_keys if column is not None else ():
            return self._slugs.get((key.column.table.name, value))
        return value


class Rows(Generic[R]):
    """The rows of one table by slug; `values` narrow it down, and are given to what is new."""

    def __init__(self, work: Import, model: type[R], noun: str = "", **values: Any) -> None:
        self._work, self._model, self._values = work, model, values
        self._noun = noun or model.__tablename__.replace("_", " ")
        stored = work.session.scalars(select(model).filter_by(**values).order_by(model.id))
        self._rows: dict[str, Any] = {row.slug: row for row in cast(Iterable[Any], stored)}
        self._named: dict[str, None] = {}
        for slug, row in self._rows.items():
            work.remember(row, slug)

    def put(self, slug: str, noun: str = "", **values: Any) -> R:
        """The row of that slug with these values, new or changed where it has to be."""
        entry = self.entry(slug, noun)
        self._named[slug] = None
        if slug in self._rows:
            self._work.set(self._rows[slug], entry, values)
        else:
            known = {name: value for name, value in values.items() if value is not None}
            self._rows[slug] = self._model(slug=slug, **self._values, **known)
            self._work.session.add(self._rows[slug])
            self._work.changes.add(entry)
        return self[slug]

    def put_now(self, slug: str, noun: str = "", **values: Any) -> R:
        """The same; a new row has its key at once, for rows of its own table that refer to it."""
        row = self.put(slug, noun, **values)
        if row.id is None:
            self.flush()
        return row

    def entry(self, slug: str, noun: str = "") -> Entry:
        """What an entry of this table is called in the changes."""
        return Entry(noun or self._noun, slug)

    def __getitem__(self, slug: str) -> R:
        row: R = self._rows[slug]
        return row

    def id_of(self, slug: str) -> int:
        """The key of a row that is there by now."""
        return self[slug].id

    def find_id(self, slug: str | None) -> int | None:
        return None if slug is None else self.id_of(slug)

    def flush(self) -> None:
        """Give the new rows their keys."""
        self._work.session.flush()
        for slug in self._named:
            self._work.remember(self._rows[slug], slug)

    def finish(self) -> None:
        """End the list: what it did not name is left."""
        self.flush()
        rest = (slug for slug in self._rows if slug not in self._named)
        self._work.changes.left += [self.entry(slug, self.noun_of(slug)) for slug in rest]

    def noun_of(self, slug: str) -> str:
        """What a stored row is called, where rows of one table have different names."""
        return self._noun


class RowsOf(Generic[R]):
    """Rows that belong to one row of another table, such as the prices of a price list."""

    def __init__(self, work: Import, model: type[R], owner: str, name: str) -> None:
        self._work, self._model, self._owner, self._name = work, model, owner, name
        self._columns = [
            column.key for column in inspect(model).column_attrs if column.key not in {"id", owner}
        ]
        self._rows: dict[int, list[R]] = defaultdict(list)
        for row in work.session.scalars(select(model).order_by(model.id)):
            self._rows[getattr(row, owner)].append(row)

    def put(self, entry: Entry, owner_id: int, wanted: Sequence[Values]) -> None:
        """These rows in this order for that owner, in place of others if there are others."""
        stored = [self._values(row) for row in self._rows[owner_id]]
        if stored == list(wanted):
            return
        for row in self._rows[owner_id]:
            self._work.session.delete(row)
        self._work.session.flush()
        new = [self._model(**{self._owner: owner_id}, **values) for values in wanted]
        self._work.session.add_all(new)
        self._rows[owner_id] = new
        self._note(entry, self._shown(stored), self._shown(wanted))

    def _note(self, entry: Entry, old: list[Any], new: list[Any]) -> None:
        """One row in place of one is a change within it; else rows came and went."""
        if len(old) == len(new) == 1:
            self._work.changes.change(entry, self._name, old[0], new[0])
        else:
            self._work.changes.change(entry, self._name, old, new)

    def _values(self, row: R) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self._columns}

    def _shown(self, rows: Sequence[Values]) -> list[Any]:
        """Each row as a mapping of what it says; a row that says one thing as that thing."""
        shown = []
        for values in rows:
            said = {
                _public(name): self._work.in_words(self._model, name, value)
                for name, value in values.items()
                if name != "position" and value is not None
            }
            shown.append(next(iter(said.values())) if len(said) == 1 else said)
        return shown


def plain(tree: Tree) -> Any:
    """What the format writes, as plain JSON: dates, times and decimals are texts."""
    if isinstance(tree, Flow):
        return plain(tree.tree)
    if isinstance(tree, Apart):
        return [plain(item) for item in tree.items]
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    return tree.text if isinstance(tree, Quoted) else tree


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _clock_week(week: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, list[str]]:
    return {day: [f"{_clock(a)}–{_clock(b)}" for a, b in open_] for day, open_ in week.items()}


IN_WORDS: Mapping[str, Callable[[Any], Any]] = {"week": _clock_week, "latest_end": _clock}
"""How the values of some columns are shown."""


def _public(column: str) -> str:
    return column.removesuffix("_id").rstrip("_")
