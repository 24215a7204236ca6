"""Every page can be used by everybody, in every state in which people meet it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import MapAdapter

from tests.browser.examining import faults_of
from tests.browser.furnishing import City, furnish
from tests.browser.states import State, Visit
from tests.browser.steps import DESKTOP, PHONE, sign_in, tab_to
from tests.browser.table import STATES
from tests.installations import serving

# What a page is doesn't depend on the engine, and the journeys run on both.
on_one_engine = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
# What answers a GET with something else than a page.
NO_PAGES = {
    "pages.show_start": "leads to the home page of a language",
    "static": "files",
    "catalogue.show_picture": "pictures",
    "spaces.show_in_own_language": "leads to the page of a space in a language",
    "calendars.show_robots": "a text for search engines",
    "health.show_process": "a word for the load balancer",
    "health.show_readiness": "a word for the load balancer",
    "accounts.show_invitations": "leads back to the organisation",
    "accounts.show_answer": "leads back to the organisation",
    "accounts.show_ask": "leads back to the organisations",
    "accounts.show_review": "leads back to the organisation",
    "accounts.show_registration": "leads back to the invitation",
    "feedback.show_answer": "leads back to the feedback",
    "support.show_step": "leads back to the application",
    "rules_staff.download_rules": "a file",
    "rules_staff.show_rule_text": "leads back to the rule",
    "support.show_receipt": "files",
    "support_staff.show_step": "leads back to the application",
    "support_staff.show_payments": "a file for the ledger",
    "self_initiated.go_on": "leads to the next question",
}
# Below these only programs ask: JSON, calendars.
OTHER_PROGRAMS = ("/api/v1/", "/calendars/")


@pytest.fixture(scope="module")
def application(live_city):
    """The application of the running demo, in this process."""
    with serving(replace(live_city.settings, testing=True)) as app:
        yield app


@pytest.fixture(scope="module")
def furnished(live_city, application) -> City:
    return furnish(live_city, application)


@pytest.fixture(scope="module")
def addresses(application) -> MapAdapter:
    """Tells the endpoint of an address."""
    adapter: MapAdapter = application.url_map.bind("")
    return adapter


@pytest.fixture(scope="module")
def signed_in(furnished, browser):
    """`signed_in(name)`: what the browser of that person remembers; empty for nobody."""
    known = {"": None}

    def remembered(name):
        if name not in known:
            context = browser.new_context()
            sign_in(context.new_page(), furnished.url, "fi", f"{name}@demo.example")
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return remembered


@on_one_engine
@pytest.mark.parametrize("number", range(len(STATES)), ids=[state.title for state in STATES])
def test_everybody_can_use_the_page(furnished, signed_in, new_page, addresses, number):
    """WCAG 2.2 AA as far as it can be measured: by axe-core, and by measures of our own."""
    state, faults = STATES[number], []
    for lang, size, scheme in visits(number):
        page = new_page(
            viewport=size,
            color_scheme=scheme,
            reduced_motion="reduce",
            storage_state=signed_in(state.who),
        )
        assert bring(state, Visit(page, furnished, lang), addresses) == state.page, page.url
        faults += [f"{lang}, {size['width']} px, {scheme}: {one}" for one in faults_of(page)]
    assert not faults, "\n" + "\n".join(faults)


def visits(number: int):
    """In Finnish and in another language, on a phone and a desktop, in light and dark: in turns."""
    odd, dark = number % 2, number // 2 % 2
    sizes, schemes = (PHONE, DESKTOP), ("light", "dark")
    yield "fi", sizes[odd], schemes[dark]
    yield ("sv", "en")[odd], sizes[not odd], schemes[not dark]


@on_one_engine
def test_no_page_is_left_out(addresses):
    """Whoever makes a page adds the states in which people meet it."""
    pages = {
        rule.endpoint
        for rule in addresses.map.iter_rules(None)
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(OTHER_PROGRAMS)
    }
    assert pages - NO_PAGES.keys() - {state.page for state in STATES} == set()
    assert NO_PAGES.keys() - pages == set(), "named here, and gone"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("<img src='data:,'>", "axe: image-alt"),
        ("<p style='color: #aaa; background: #fff'>Pale</p>", "axe: color-contrast"),
        ("<h1>One more</h1>", "outline: 2 first headings"),
        ("<h3>Too deep</h3>", "outline: h3 after h1"),
        ("<p id='a'></p><p id='a'></p>", "outline: ids that stand twice: a"),
        ("<button style='width: 30px; height: 30px'>x</button>", "targets: 30 × 30 px"),
        ("<p style='transition: color 1s'>Moves</p>", "motion: moves"),
        ("<p style='width: 400px'>Wide</p>", "sideways: "),
        ("<p style='height: 1.3em; overflow: hidden'>Cut</p>", "spacing: cut off"),
        ("<a href='' style='outline: none'>Unseen</a>", "focus: no ring"),
        ("<p style='position: fixed; inset: 0'>Over all</p>", "has the focus behind"),
    ],
)
def test_each_examination_finds_its_fault(browser, fault, said):
    page = browser.new_page(viewport=PHONE)
    page.set_content(
        f"<html lang='en'><title>Faulty</title><main><h1>A page</h1><a href=''>Go</a>{fault}"
    )
    assert [one for one in faults_of(page) if said in one]
    page.close()


@on_one_engine
def test_the_menu_of_a_phone_goes_when_the_focus_does(live_city, new_page):
    """It lies over the page, and would hide where the focus is."""
    page = new_page(viewport=PHONE)
    page.goto(f"{live_city.url}/fi/")
    page.click("[popovertarget=menu]")
    page.wait_for_selector("#menu:popover-open")
    tab_to(page, "h1 a, main a, main input")
    assert page.locator("#menu:popover-open").count() == 0


def bring(state: State, visit: Visit, addresses: MapAdapter) -> str:
    """Bring the page there; the endpoint that answered, or the status of an error."""
    answers = []
    visit.page.on("response", lambda answer: answers.append(answer))
    for step in state.steps:
        step(visit)
    last = [
        one
        for one in answers
        if one.request.is_navigation_request() and not 300 <= one.status < 400
    ][-1]
    if state.page.isdigit():
        return str(last.status)
    assert last.status < HTTPStatus.INTERNAL_SERVER_ERROR
    endpoint, _values = addresses.match(urlsplit(last.url).path, last.request.method)
    return str(endpoint)
