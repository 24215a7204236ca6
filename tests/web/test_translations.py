"""A checkout whose texts nobody has compiled speaks Finnish and Swedish all the same."""

from __future__ import annotations

import os
from gettext import GNUTranslations

import pytest
from structlog.testing import capture_logs

from booking.web.translations import compile_missing

SOURCE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Book"
msgstr "%s"
"""


@pytest.fixture
def source(tmp_path):
    """The Finnish catalogue of messages, not compiled."""
    path = tmp_path / "fi/LC_MESSAGES/messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE % "Varaa")
    return path


def word(source):
    with source.with_suffix(".mo").open("rb") as file:
        return GNUTranslations(file).gettext("Book")


def test_texts_that_nobody_compiled_are_compiled_at_the_start(tmp_path, source):
    compile_missing(tmp_path)
    assert word(source) == "Varaa"
    assert [path.name for path in sorted(source.parent.iterdir())] == ["messages.mo", "messages.po"]


@pytest.mark.parametrize(("seconds", "says"), [(0, "Varaa"), (1, "Tee varaus")])
def test_they_are_compiled_again_once_the_source_is_newer(tmp_path, source, seconds, says):
    compile_missing(tmp_path)
    made = source.with_suffix(".mo").stat().st_mtime
    source.write_text(SOURCE % "Tee varaus")
    os.utime(source, (made + seconds, made + seconds))
    compile_missing(tmp_path)
    assert word(source) == says


def test_where_they_cant_be_written_one_warning_says_so(tmp_path, source):
    source.with_suffix(".mo").mkdir()
    os.utime(source.with_suffix(".mo"), (0, 0))
    with capture_logs() as logs:
        compile_missing(tmp_path)
    (warning,) = logs
    assert (warning["log_level"], warning["event"]) == ("warning", "not_translated")
    assert warning["missing"] == "fi/LC_MESSAGES/messages.mo"
