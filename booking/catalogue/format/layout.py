"""From plain values to YAML text: one way to write each thing, the same every time."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PLAIN = re.compile(r"[^\W_]([^\x00-\x1f:#\\]|:(?=\S)|(?<=\S)#)*")
_FLOW_MARKS = set(",[]{}")
# Words and numbers that some YAML reader takes for something else than text.
_TELLING = re.compile(
    r"true|false|null|yes|no|on|off|y|n|[-+.\d][-+.:_\deExXoOa-fA-F]*", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text that the format wants in quotes: a decimal, a date, a time."""

    text: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A list or a mapping that is written on one line."""

    tree: "Tree"


@dataclass(frozen=True, slots=True)
class Apart:
    """A list whose entries are set apart by empty lines."""

    items: list["Tree"]


Leaf = str | int | float | bool | Quoted | None
Tree = Leaf | Flow | Apart | dict[str, "Tree"] | list["Tree"]


def written(header: str, document: dict[str, Tree]) -> str:
    """The text of a file: a comment, then each key at the top with its value."""
    blocks = ["\n".join(_entry(key, tree, indent=0)) for key, tree in document.items()]
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    return comment + "\n\n".join(blocks) + "\n"


def _entry(key: str, tree: Tree, indent: int) -> Iterator[str]:
    """A key and its value: on the same line, or below it and further in."""
    start = f"{' ' * indent}{key}:"
    if isinstance(tree, Apart | dict | list) and tree:
        yield start
        yield from _block(tree, indent + 2)
    else:
        yield f"{start} {_inline(tree, within_flow=False)}"


def _block(tree: "Apart | dict[str, Tree] | list[Tree]", indent: int) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _entry(key, value, indent)
        return
    for number, item in enumerate(tree.items if isinstance(tree, Apart) else tree):
        if number and isinstance(tree, Apart):
            yield ""
        yield from _item(item, indent)


def _item(item: Tree, indent: int) -> Iterator[str]:
    """An entry of a list, its first line behind a hyphen."""
    lines = (
        _block(item, indent + 2)
        if isinstance(item, dict)
        else iter([" " * (indent + 2) + _inline(item, within_flow=False)])
    )
    yield f"{' ' * indent}- {next(lines)[indent + 2 :]}"
    yield from lines


def _inline(tree: Tree, within_flow: bool) -> str:
    """A value on one line."""
    if isinstance(tree, Flow):
        return _inline(tree.tree, within_flow)
    if isinstance(tree, Apart):
        return _inline(tree.items, within_flow)
    if isinstance(tree, dict):
        entries = (f"{key}: {_inline(value, True)}" for key, value in tree.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(tree, list):
        return f"[{', '.join(_inline(item, True) for item in tree)}]"
    return _leaf(tree, within_flow)


def _leaf(leaf: Leaf, within_flow: bool) -> str:
    if leaf is None:
        return "null"
    if isinstance(leaf, bool):
        return "true" if leaf else "false"
    if isinstance(leaf, Quoted):
        return json.dumps(leaf.text, ensure_ascii=False)
    if isinstance(leaf, str):
        return leaf if _may_stand_plain(leaf, within_flow) else json.dumps(leaf, ensure_ascii=False)
    return repr(leaf)


def _may_stand_plain(text: str, within_flow: bool) -> bool:
    """Whether every YAML reader takes the text without quotes for the same text."""
    if not _PLAIN.fullmatch(text) or _TELLING.fullmatch(text) or text.endswith((" ", ":")):
        return False
    return not (within_flow and _FLOW_MARKS.intersection(text))
