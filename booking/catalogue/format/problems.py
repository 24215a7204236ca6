"""What is wrong with a file, said so that whoever wrote it can put it right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where it stands, what it is, and what would be right.

    `line` counts from 1. `key` is the path to the value, such as
    `units[town-hall].spaces[big-room].capacity`, and is empty for what belongs to no key.
    `expected` completes the sentence "… is right".
    """

    file: str
    line: int
    key: str
    message: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: {self.key}".removesuffix(": ")
        return f"{place}: {self.message}; {self.expected} is right"


class BadCatalogue(Exception):
    """The file cannot be read as what it should be; `problems` has all reasons, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(Exception):
    """A value that could not be read; the problem is already in the report."""
