"""A real browser, and pages that tell what went wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
FINNISH = {"locale": "fi-FI", "timezone_id": "Europe/Helsinki"}


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """The Chromium at `path`, for as long as the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@contextmanager
def watched_page(
    browser: Browser, at: datetime, faults: list[str], **options: Any
) -> Iterator[Page]:
    """A page of a new visitor, whose clock begins at `at`; what goes wrong joins `faults`."""
    context = browser.new_context(**{**FINNISH, **options})
    context.clock.install(time=at)
    page = context.new_page()
    page.on("console", lambda message: faults.extend(_console_fault(message)))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.extend(_foreign(request)))
    yield page
    context.close()


def _console_fault(message: ConsoleMessage) -> list[str]:
    # A refusal (404, 422) that a test provokes is reported as well, and is no fault of the page.
    is_refusal = "Failed to load resource" in message.text
    return [message.text] if message.type == "error" and not is_refusal else []


def _foreign(request: Request) -> list[str]:
    """A page asks the machine it came from, and no other."""
    parts = urlsplit(request.url)
    at_home = parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"
    return [] if at_home else [f"asked {request.url}"]
