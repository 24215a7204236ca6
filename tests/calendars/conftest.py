"""What tests of calendars need beside what every test has."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _monkeypatch_response_class() -> None:
    """In place of pytest-flask's own, which turns answers of a class of ours into its own."""
