"""From the bytes of a file to its nodes; what YAML allows and the format does not is reported."""

import unicodedata
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from booking.catalogue.format.documents import (
    Entry,
    Mapping,
    Node,
    Placed,
    Scalar,
    Sequence,
    every_node,
    shown,
)
from booking.catalogue.format.problems import BadCatalogue, Problem

_DEEPEST = 30
_YAML_FORM = "a text that YAML can read"


def read_document(data: bytes, file: str) -> tuple[Mapping, list[Problem]]:
    """The document and all that is wrong with its form.

    Raises `BadCatalogue` where no document can be made of the bytes. The pure parser is taken
    for its line numbers; a catalogue of 240 KB takes about half a second.
    """
    text = _decoded(data, file)
    try:
        events = YAML(typ="safe", pure=True).parse(text)
        node = _only_document(_Composer(events, file), file)
    except MarkedYAMLError as error:
        raise _refusal(file, _line_of(error), f"this is not YAML ({error.problem})") from error
    except YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise _refusal(file, line, "a character here cannot stand in YAML") from error
    if not isinstance(node, Mapping):
        raise _refusal(file, node.line, f"the file holds {shown(node)}", "a mapping of keys")
    return node, [*_faults(node, file), *_lines_not_in_nfc(node, text, file)]


def _refusal(file: str, line: int, message: str, expected: str = _YAML_FORM) -> BadCatalogue:
    return BadCatalogue([Problem(file, line, "", message, expected)])


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal(file, line, "a byte here is not UTF-8", "a file saved as UTF-8") from error


def _line_of(error: MarkedYAMLError) -> int:
    """Where to look; of a bracket or a quote that is never closed, where it was opened."""
    context = error.context or ""
    unclosed = "flow" in context or "quoted" in context
    mark = (error.context_mark if unclosed else None) or error.problem_mark
    return mark.line + 1 if mark else 1


def _only_document(composer: "_Composer", file: str) -> Node:
    documents = list(composer.documents())
    if not documents:
        raise _refusal(file, 1, "the file is empty", "a mapping of keys")
    if len(documents) > 1:
        line = documents[1].line
        raise _refusal(file, line, "a second document begins here", "one document a file")
    return documents[0]


class _Composer:
    """Makes nodes of a parser's events without ever following an alias."""

    def __init__(self, events: Iterator[Event], file: str) -> None:
        self._events = iter(events)
        self._file = file

    def documents(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                yield self._node(next(self._events), depth=0)

    def _node(self, event: Event, depth: int) -> Node:
        line = event.start_mark.line + 1
        if depth > _DEEPEST:
            message = "lists and mappings are nested too deep"
            raise _refusal(self._file, line, message, "what the format describes")
        if isinstance(event, ScalarEvent):
            quoted, block = event.style in ("'", '"'), event.style in ("|", ">")
            return Scalar(event.value, line, quoted, block, _oddity(event))
        if isinstance(event, SequenceStartEvent):
            return Sequence(tuple(self._items(depth)), line, _oddity(event))
        if isinstance(event, MappingStartEvent):
            return Mapping(tuple(self._entries(depth)), line, _oddity(event))
        assert isinstance(event, AliasEvent)
        return Scalar(f"*{event.anchor}", line, oddity=f"the alias *{event.anchor}")

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[Entry]:
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                return
            key, value = self._node(event, depth + 1), self._node(next(self._events), depth + 1)
            name = key.text if isinstance(key, Scalar) else shown(key)
            odd = key.oddity if isinstance(key, Scalar) else f"{name} as a key"
            yield Entry(name, key.line, value, odd)


def _oddity(event: NodeEvent) -> str:
    """An anchor or a tag on the node, named for a message."""
    if event.anchor is not None:
        return f"the anchor &{event.anchor}"
    tag = getattr(event, "tag", None)
    return f"the tag {tag}" if tag is not None else ""


def _faults(root: Mapping, file: str) -> Iterator[Problem]:
    """Anchors, aliases, tags, repeated keys, and values that are not in normal form C."""
    for placed in every_node(Placed(root, "", root.line)):
        node = placed.node
        if node.oddity:
            message = f"{node.oddity} is not allowed"
            yield Problem(file, placed.line, placed.path, message, "the value written out")
        if isinstance(node, Scalar) and not unicodedata.is_normalized("NFC", node.text):
            yield _not_nfc(file, placed.line, placed.path)
        if isinstance(node, Mapping):
            yield from _faults_of_keys(placed.path, node, file)


def _faults_of_keys(path: str, mapping: Mapping, file: str) -> Iterator[Problem]:
    for entry in mapping.entries:
        key = f"{path}.{entry.key}".lstrip(".")
        if entry.oddity:
            yield Problem(file, entry.line, key, f"{entry.oddity} is not allowed", "a plain word")
        first = mapping.get(entry.key)
        if first is not None and first is not entry:
            message = f"this key is repeated (first on line {first.line})"
            yield Problem(file, entry.line, key, message, "each key once")


def _lines_not_in_nfc(root: Mapping, text: str, file: str) -> Iterator[Problem]:
    """What the values do not show: comments and keys. One problem a line."""
    if unicodedata.is_normalized("NFC", text):
        return
    told = {problem.line for problem in _faults(root, file)}
    for number, line in enumerate(text.split("\n"), start=1):
        if number not in told and not unicodedata.is_normalized("NFC", line):
            yield _not_nfc(file, number, "")


def _not_nfc(file: str, line: int, key: str) -> Problem:
    message = "a letter and its accent are two characters here"
    return Problem(file, line, key, message, "Unicode normal form C (NFC)")
