"""The checks of `make check` find what they are there to find."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from scripts import check_templates, check_words, translations


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        '<p\n  class="x" STYLE = "">',
        '<button onclick="go()">',
        '<form hx-on:submit="go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
        '<script src="https://elsewhere.example/x.js"></script>',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
    ],
)
def test_what_the_policy_would_refuse_is_found(source: str) -> None:
    assert list(check_templates.faults("spaces/page.html", source))


@pytest.mark.parametrize(
    "source",
    [
        '<script nonce="{{ csp_nonce }}">go()</script>',
        '<script src="{{ asset }}" defer></script>',
        '<p class="on-time">style = off</p>',
        '{# not: <p style="color: red"> #}',
        '<a href="https://elsewhere.example/">',
        '<use href="#icon-clock">',
    ],
)
def test_what_the_policy_allows_is_left_alone(source: str) -> None:
    assert not list(check_templates.faults("spaces/page.html", source))


@pytest.mark.parametrize("name", ["components/period.html", "spaces/_card.html"])
def test_a_partial_says_what_it_takes(name: str) -> None:
    assert list(check_templates.faults(name, "<p>"))
    assert not list(check_templates.faults(name, "{# A line. Takes: text (str). #}\n<p>"))


def test_an_email_may_bring_its_style() -> None:
    assert not list(check_templates.faults("emails/x/body.html", '<p style="margin: 0">'))


@pytest.mark.parametrize("line", ["see /wo" + "rk/main", "py" + "pi.org", "# TO" + "DO: later"])
def test_a_line_that_should_not_leave_the_house_is_found(line: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(f"first\n{line}\n")
    (fault,) = check_words.faults(path, tmp_path)
    assert fault.startswith("notes.md:2: ")


def test_a_line_about_work_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("homework/ and /homes/1, rest at /api/v1\n")
    assert not list(check_words.faults(path, tmp_path))


@pytest.mark.parametrize(
    ("translation", "flags", "fault"),
    [
        ("", (), "not translated"),
        ("Kesto %(lenght)s", (), "placeholder"),
        ("Kesto %(length)s", ("fuzzy",), "fuzzy"),
        ("Kesto %(length)s", (), ""),
    ],
)
def test_a_translation_is_complete(translation: str, flags: tuple[str, ...], fault: str) -> None:
    catalogue = Catalog(locale="fi")
    message = catalogue.add("Lasts %(length)s", translation, flags=("python-format", *flags))
    found = translations.fault_of(message, catalogue)
    assert fault in found
    assert bool(found) == bool(fault)
