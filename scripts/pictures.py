"""The pictures of the documentation, taken of a demo city that is made for them, and gone after.

The clocks of the city and of the browser stand at one morning, bookings come from a seed: a picture
changes only where a page does.
"""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from scripts.chromium import find_chromium, how_to_get_one
from tests.browser.steps import sign_in
from tests.installations import of_the_demo, settings_for
from tests.servers import Server

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MORNING = datetime(2027, 1, 11, 10, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
DAY = "2027-01-26"
WHEN = f"date={DAY}&start=17:00&end=19:00&people=8"
DESKTOP: ViewportSize = {"width": 1200, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
COLOURS, MOST_BYTES = 128, 120_000


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it; `height` where the first screenful would not tell."""

    name: str
    path: str
    size: ViewportSize = field(default_factory=lambda: DESKTOP)
    who: str = ""
    height: int = 0
    is_dark: bool = False


PICTURES = [
    Picture("home", "/en/"),
    Picture("home-on-a-phone", "/fi/", PHONE),
    Picture("search", f"/en/spaces?{WHEN}", height=1100),
    Picture("search-on-a-phone", f"/fi/spaces?{WHEN}", PHONE),
    Picture("space", "/en/spaces/husulan-liikuntasali", height=1500),
    Picture("space-in-the-dark", "/sv/spaces/husulan-liikuntasali", PHONE, is_dark=True),
    Picture("request", f"/sv/spaces/raatihuoneen-sali/reserve?{WHEN}", DESKTOP, "member", 1300),
    Picture("series", f"/en/spaces/hilman-kokoushuone-1/series?date={DAY}", who="member"),
    Picture("mine", "/en/reservations", DESKTOP, "resident"),
    Picture("inbox", "/en/staff/inbox", DESKTOP, "approver"),
]


def main() -> None:
    """Take every picture anew."""
    path = find_chromium()
    if path is None:
        sys.exit(how_to_get_one())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = _a_demo(Path(folder))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            for picture in PICTURES:
                _take(browser, server.url, picture)
        finally:
            browser.close()
            server.stop()


def _a_demo(folder: Path) -> Server:
    """A running demo city with a new database, in which it is that morning."""
    settings = of_the_demo(settings_for(f"sqlite:///{folder / 'pictures.sqlite3'}", folder))
    server = Server(settings, at=MORNING)
    for command in (("db", "upgrade"), ("demo", "load")):
        done = server.run(*command)
        if done.returncode:
            sys.exit(done.stderr)
    return server.start()


def _take(browser: Browser, url: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport=picture.size,
        locale="en-GB",
        timezone_id="Europe/Helsinki",
        color_scheme="dark" if picture.is_dark else "light",
        reduced_motion="reduce",
    )
    context.clock.install(time=MORNING)
    page = context.new_page()
    if picture.who:
        sign_in(page, url, "en", f"{picture.who}@demo.example")
    page.goto(f"{url}{picture.path}")
    page.wait_for_load_state("networkidle")
    if picture.height:
        page.set_viewport_size({"width": picture.size["width"], "height": picture.height})
    _keep(page, FOLDER / f"{picture.name}.png")
    context.close()


def _keep(page: Page, path: Path) -> None:
    """Save it small: few colours are enough for pages drawn in few."""
    with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) as shot:
        shot.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    size = path.stat().st_size
    print(f"docs/pictures/{path.name}: {size // 1000} KB", flush=True)
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES // 1000} KB.")


if __name__ == "__main__":
    main()
