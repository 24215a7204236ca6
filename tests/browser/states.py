"""What a state of a page is, and the steps that bring it about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.furnishing import City
from tests.browser.steps import PHONE, fill_in_sign_in

MUCH = 3_000_000  # characters; more than any form takes


@dataclass
class Visit:
    """Somebody at a page of the city, in a language."""

    page: Page
    city: City
    lang: str

    def go(self, path: str) -> None:
        """Open a page of the language; `{held}` and its like stand for references of the city."""
        self.page.goto(self.address_of(path))

    def address_of(self, path: str) -> str:
        return f"{self.city.url}/{self.lang}{path.format(**vars(self.city))}"


Step = Callable[[Visit], object]


@dataclass(frozen=True)
class State:
    """A page (endpoint or status), what is special about it, who is there and how they came."""

    who: str
    page: str
    name: str
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, who: str, page: str, name: str, *steps: Step) -> State:
        return cls(who, page, name, steps)

    @property
    def title(self) -> str:
        return f"{self.page}: {self.name}"


# ── Steps ─────────────────────────────────────────────────────────────────────────────────────


def opens(path: str) -> Step:
    return lambda visit: visit.go(path)


def presses(selector: str) -> Step:
    """Press what changes the page that is open."""
    return lambda visit: visit.page.locator(selector).first.click()


def follows(selector: str) -> Step:
    """Press what leads to another page, and wait until that is there."""

    def step(visit: Visit) -> None:
        with visit.page.expect_navigation():
            visit.page.locator(selector).first.click()

    return step


def fills(selector: str, value: str) -> Step:
    return lambda visit: visit.page.fill(selector, value)


def sends(path: str = "") -> Step:
    """Send a form of the page as it stands, by its main button, whatever the browser thinks of it.

    It is the first whose address ends in `path`, or the first at all.
    """

    def step(visit: Visit) -> None:
        ending = f"[action$='{path}']" if path else ""
        form = visit.page.locator(f"main form[method=post]{ending}").first
        form.evaluate("form => form.noValidate = true")
        with visit.page.expect_navigation():
            form.locator("button:not([formaction], [name=demo])").last.click()

    return step


def unfolds(visit: Visit) -> None:
    """Open whatever is folded."""
    visit.page.eval_on_selector_all("details", "all => all.forEach(one => (one.open = true))")


def spoils_token(visit: Visit) -> None:
    """The page has been open for too long."""
    visit.page.eval_on_selector_all(
        "main [name=csrf_token]", "all => all.forEach(one => (one.value = 'old'))"
    )


def signs_in(email: str) -> Step:
    return lambda visit: fill_in_sign_in(visit.page, email)


def follows_mail(kind: str) -> Step:
    """Open the link of a kind ("/password/") in the newest mail that has one, in our language."""

    def step(visit: Visit) -> None:
        visit.city.deliver_mail()
        visit.go("/mailbox")
        mails = [mail.get_attribute("href") for mail in visit.page.locator("main table a").all()]
        for mail in mails:
            visit.page.goto(f"{visit.city.url}{mail}")
            links = visit.page.locator(f"main a[href*='{kind}']")
            if links.count():
                path = urlsplit(links.first.get_attribute("href") or "").path
                return visit.go(path.removeprefix(f"/{path[1:3]}"))
        raise AssertionError(f"no mail leads to {kind}")

    return step


def marks(slug: str) -> Step:
    """Make the space a favourite, where it is none yet."""

    def step(visit: Visit) -> None:
        visit.go(f"/spaces/{slug}")
        button = visit.page.locator(".favourite button[aria-pressed=false]")
        if button.count():
            button.click()
            visit.page.wait_for_load_state()

    return step


def opens_menu(visit: Visit) -> None:
    """On narrow screens the main links are behind a button."""
    visit.page.set_viewport_size(PHONE)
    visit.page.click("[popovertarget=menu]")


def registers(visit: Visit) -> None:
    """Give one's name, address and a password of one's own."""
    form = "main form[method=post]"
    visit.page.fill(f"{form} [name=name]", "Uusi Nimi")
    visit.page.fill(f"{form} [name=email]", f"new-{visit.lang}@example.com")
    visit.page.fill(f"{form} [name=password]", "kolme pientä sanaa")
    for box in visit.page.locator(f"{form} [type=checkbox]").all():
        box.check()
    sends()(visit)


def breaks_down(visit: Visit) -> None:
    """A file that nobody has foreseen makes a page fail."""
    stray = visit.city.server.settings.instance_path / "mailbox" / "stray.eml"
    stray.write_text("no mail")
    try:
        visit.go("/mailbox")
    finally:
        stray.unlink()


def asks_with_much(visit: Visit) -> None:
    """Send more text than any page takes."""
    visit.go("/password")
    visit.page.eval_on_selector("main [name=email]", f"one => one.value = 'x'.repeat({MUCH})")
    sends()(visit)


# ── Who is there ──────────────────────────────────────────────────────────────────────────────

anybody = partial(State.of, "")
newcomer = partial(State.of, "newcomer")
resident = partial(State.of, "resident")
member = partial(State.of, "member")
approver = partial(State.of, "approver")
manager = partial(State.of, "manager")
caretaker = partial(State.of, "caretaker")
administrator = partial(State.of, "administrator")
