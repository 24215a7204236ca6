"""A place in the file under examination, and the report that its problems go to."""

from collections.abc import Mapping as MappingOf
from collections.abc import Set
from dataclasses import dataclass, field, replace
from typing import Self

from booking.catalogue.format.documents import (
    Mapping,
    Node,
    Placed,
    Sequence,
    items_of,
    label_of,
    value_of,
)
from booking.catalogue.format.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class Names:
    """What a reference may name, known before any entry is examined."""

    slugs: MappingOf[str, Set[str]] = field(default_factory=dict)
    countable: Set[str] = frozenset()
    published_units: Set[str] = frozenset()


class Report:
    """The problems of one file, as they are found; of one key and line only the first."""

    def __init__(self, file: str, names: Names | None = None) -> None:
        self.file = file
        self.names = names or Names()
        self._problems: dict[tuple[int, str], Problem] = {}

    def add(self, problem: Problem) -> None:
        """Keeps the problem, unless one of the same key and line is known already."""
        self._problems.setdefault((problem.line, problem.key), problem)

    @property
    def problems(self) -> list[Problem]:
        return list(self._problems.values())


@dataclass(frozen=True, slots=True)
class Spot(Placed):
    """A value of the file with the report that it is judged in."""

    report: Report

    def refuse(self, message: str, expected: str) -> Refused:
        """Reports the problem; the caller raises what it is given, or goes on."""
        problem = Problem(self.report.file, self.line, self.path, message, expected)
        self.report.add(problem)
        return Refused(str(problem))

    def has(self, key: str) -> bool:
        return isinstance(self.node, Mapping) and self.node.get(key) is not None

    def at(self, key: str) -> Self | None:
        """The value of a key, None where there is none."""
        entry = self.node.get(key) if isinstance(self.node, Mapping) else None
        return self._placed(value_of(entry, self.path)) if entry is not None else None

    def missing(self, key: str) -> Self:
        """Where a key that is not there would have to stand."""
        return replace(self, path=f"{self.path}.{key}".lstrip("."))

    def items(self, key: str = "") -> list[Self]:
        """The entries of this list, or of the list that stands under a key; none if none."""
        spot = self.at(key) if key else self
        if spot is None or not isinstance(spot.node, Sequence):
            return []
        return [self._placed(item) for item in items_of(spot.node, spot.path)]

    @property
    def label(self) -> str | None:
        """Its slug or topic, or the value itself."""
        return label_of(self.node)

    def aside(self) -> Self:
        """The same place with a report that nobody reads: to look without judging."""
        return replace(self, report=Report(self.report.file, self.report.names))

    def _placed(self, placed: Placed) -> Self:
        return replace(self, node=placed.node, path=placed.path, line=placed.line)


def whole_document(root: Node, report: Report) -> Spot:
    """The root of a file, as the first place to examine."""
    return Spot(root, "", root.line, report)
