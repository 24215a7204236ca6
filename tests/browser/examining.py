"""Examining a page as it stands: axe-core, and what axe can't measure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from config import ROOT
from tests.browser.steps import NARROW

AXE = ROOT / "tests/vendor/axe-core-4.14.1/axe.min.js"
OURS = Path(__file__).with_name("examining.js")


def faults_of(page: Page) -> list[str]:
    """What keeps somebody from using the page as it stands; then as narrow as pages get."""
    # Through `evaluate`, for the page's policy rightly lets no other script in.
    page.evaluate(_source())
    faults = _found(page, "axe", "outline", "targets", "motion")
    size = page.viewport_size
    page.set_viewport_size(NARROW)
    faults += _found(page, "sideways", "spacing")
    page.set_viewport_size(size or NARROW)
    page.keyboard.press("Shift")  # from here on the browser takes the visitor for one with keys
    return faults + _found(page, "focus")


def _found(page: Page, *names: str) -> list[str]:
    return [
        f"{name}: {fault}" for name in names for fault in page.evaluate(f"examine.{name}()") or []
    ]


@cache
def _source() -> str:
    return f"{AXE.read_text(encoding='utf-8')}\n{OURS.read_text(encoding='utf-8')}"
