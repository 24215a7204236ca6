"""The text of outside calendars, as they really come: decoded, unfolded, cut into components.

What real programs write breaks RFC 5545 in many small ways. Here the text is put right as far as
its meaning is clear; what each event then says is `outside.py`'s to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MOST_BYTES = 10 * 1024 * 1024
WANTED = frozenset(
    (
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SUMMARY",
        "STATUS",
        "TRANSP",
        "SEQUENCE",
        "LAST-MODIFIED",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    )
)
"""What decides when something takes a space; nothing else of an event is read."""
OF_ZONES = frozenset(("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "RDATE"))

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^;:,"]*(?:,(?:"[^"]*"|[^;:,"]*))*)')
_NAME = re.compile(r"[A-Za-z0-9-]+")


class Unreadable(ValueError):
    """The body is no whole calendar: its `code` says what is wrong (`not_a_calendar`,
    `cut_short`, `too_large`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """One property: its name and parameters in upper case, its value as it stands."""

    name: str
    parameters: dict[str, str]
    value: str

    def __str__(self) -> str:
        told = "".join(f";{name}={value}" for name, value in self.parameters.items())
        return f"{self.name}{told}:{self.value}"


@dataclass(slots=True)
class Component:
    """What stands between a BEGIN and its END; `spoilt` are the lines that were no property, or
    none as it should be."""

    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str, default: str = "") -> str:
        line = self.first(name)
        return line.value.strip() if line is not None else default

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]


def components_of(body: bytes) -> list[Component]:
    """The calendars that a body holds, in their order.

    Takes a byte order mark, bare line feeds, blank lines, names in lower case, text that is not
    UTF-8 and several calendars in one body. Raises `Unreadable` for whatever does not begin with a
    calendar and end with the end of one: a body that was cut short must never look whole.
    """
    if len(body) > MOST_BYTES:
        raise Unreadable("too_large")
    text = _decoded(body).strip()
    if not re.match(r"BEGIN[ \t]*:[ \t]*VCALENDAR\b", text, re.IGNORECASE):
        raise Unreadable("not_a_calendar")
    if not re.search(r"(?:^|[\r\n])END[ \t]*:[ \t]*VCALENDAR$", text, re.IGNORECASE):
        raise Unreadable("cut_short")
    root = Component("")
    stack = [root]
    for raw in _unfolded(text):
        _take(raw, stack)
    if len(stack) > 1:
        raise Unreadable("cut_short")
    return [one for one in root.parts if one.name == "VCALENDAR"]


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _unfolded(text: str) -> Iterator[str]:
    """The lines, joined where a space or tab says that one goes on (RFC 5545, 3.1)."""
    held: list[str] = []
    for line in re.split(r"\r\n|\r|\n", _CONTROL.sub("", text)):
        if line[:1] in (" ", "\t") and held:
            held.append(line[1:])
        elif line.strip():
            if held:
                yield "".join(held)
            held = [line]
    if held:
        yield "".join(held)


def _take(raw: str, stack: list[Component]) -> None:
    """One line: a component opens or ends, or the one that is open has a property more."""
    line = _line(raw)
    if line is None:
        stack[-1].spoilt.append(raw)
    elif line.name == "BEGIN":
        opened = Component(line.value.strip().upper())
        stack[-1].parts.append(opened)
        stack.append(opened)
    elif line.name == "END":
        ended = line.value.strip().upper()
        if not any(one.name == ended for one in stack[1:]):
            stack[-1].spoilt.append(raw)
            return
        while stack.pop().name != ended:
            pass
    elif _is_wanted(line.name, stack[-1].name):
        stack[-1].lines.append(line)
        if ";;" in raw.partition(":")[0]:
            stack[-1].spoilt.append(raw)


def _is_wanted(name: str, component: str) -> bool:
    if component == "VEVENT":
        return name in WANTED
    return component != "VALARM"


def _line(raw: str) -> Line | None:
    """A property, or None for what is none. A stray second semicolon is let go."""
    name = _NAME.match(raw)
    if name is None:
        return None
    rest, parameters = raw[name.end() :], {}
    while rest.startswith(";"):
        rest = ";" + rest.lstrip(";")
        found = _PARAMETER.match(rest)
        if found is None:
            break
        parameters[found[1].upper()] = found[2].strip('"') if "," not in found[2] else found[2]
        rest = rest[found.end() :]
    value = rest.lstrip(";")
    if not value.startswith(":"):
        return None
    return Line(name[0].upper(), parameters, value[1:])


def text_of(components: Iterable[Component]) -> str:
    """Components written anew, one line for each property."""
    lines: list[str] = []
    for one in components:
        lines.append(f"BEGIN:{one.name}")
        lines += [str(line) for line in one.lines]
        lines += [text_of(one.parts)] if one.parts else []
        lines.append(f"END:{one.name}")
    return "\r\n".join(lines)
