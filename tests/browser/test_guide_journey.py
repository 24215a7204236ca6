"""People plan events of their own in a real browser: from an idea to what is owed to whom."""

from __future__ import annotations

import pytest

from tests.browser.steps import fill_in_sign_in, press, tab_to, write

PHONE = {"width": 360, "height": 780}
GO_ON = ".guide-form .actions button:first-child"
FREE = {"fi": "Maksuton", "sv": "Avgiftsfri", "en": "Free of charge"}
LIGHT_NOTICE = {
    "fi": "Pienestä ulkotilaisuudesta riittää kevyt ilmoitus kaupungille.",
    "sv": "För en liten utomhustillställning räcker en enkel anmälan till staden.",
    "en": "A light notice to the city is enough for a small outdoor event.",
}
PERMIT = {
    "fi": "Hae lupa kaupungin ulkoalueen käyttöön.",
    "sv": "Ansök om tillstånd att använda stadens uteområde.",
    "en": "Apply for permission to use the city's outdoor area.",
}


class Guide:
    """The guide on a page of a browser; what a test answers is named as the facts are."""

    def __init__(self, page, url, lang):
        self.page, self.url, self.lang = page, url, lang

    def begin(self):
        self.page.goto(f"{self.url}/{self.lang}/")
        with self.page.expect_navigation():
            self.page.click(".own-event a")
        self.go_on(".guide-begin button")

    def go_on(self, button=GO_ON):
        with self.page.expect_navigation():
            self.page.click(button)
        assert not _is_too_wide(self.page)

    def choose(self, **answers):
        for fact, value in answers.items():
            self.page.check(f'[name="{fact}"][value="{value}"]')
        self.go_on()

    def is_on(self, step):
        assert self.page.url.rpartition("/")[2] == step

    def tell_who_and_what(self, organiser, purpose):
        self.choose(organiser_type=organiser)
        self.choose(purpose=purpose, openness="open")

    def pick(self, words, has_script):
        self.page.fill("#q", words)
        if not has_script:
            self.go_on(".guide-search button")
        self.page.wait_for_selector(".guide-found button")
        self.go_on(".guide-found button >> nth=0")

    def tell_when(self, day, start, end):
        self.page.fill("[name=date]", day)
        self.page.fill("[name=start]", start)
        self.page.fill("[name=end]", end)
        self.go_on()

    def tell_people(self, number):
        self.page.fill("[name=attendance_peak]", str(number))
        asked = {"target": "all", "personal_data": "no"}
        is_asked = self.page.locator("[name=target]").count()
        self.choose(**(asked if is_asked else {"personal_data": "no"}))

    def tick(self, *topics):
        self.is_on("programme")
        for topic in topics:
            self.page.check(f"[name=topics][value={topic}]")
        self.go_on()

    def tell_the_organiser(self):
        self.is_on("organiser")
        self.choose(home="hamina", responsible_adult="yes")

    def ask_for(self, euros):
        self.is_on("support")
        self.page.fill("[name=grant_requested_eur]", str(euros))
        self.go_on()
        if euros:
            self.page.fill("[name=grants_this_year_eur]", "0")
            self.choose(double_funding="no", economic_activity="no")

    def outcome(self):
        self.is_on("outcome")
        return self.page.inner_text("main")


@pytest.mark.parametrize(
    ("lang", "options"),
    [
        ("fi", {}),
        ("sv", {"viewport": PHONE}),
        ("en", {"locale": "en-GB", "viewport": PHONE}),
        ("fi", {"java_script_enabled": False, "viewport": PHONE}),
    ],
    ids=["fi", "sv-phone", "en-phone", "fi-without-javascript"],
)
def test_yoga_in_the_park_for_49_and_for_50(live_city, new_page, lang, options):
    page = new_page(**options)
    guide = Guide(page, live_city.url, lang)
    guide.begin()
    guide.tell_who_and_what("private_person", "wellbeing")
    guide.pick("Kesäpuisto", options.get("java_script_enabled", True))
    guide.tell_when("2027-06-13", "10:00", "11:00")
    guide.tell_people(49)
    guide.tick()
    guide.tell_the_organiser()
    guide.ask_for(120)

    told = guide.outcome()
    assert FREE[lang] in told
    assert LIGHT_NOTICE[lang] in told
    assert "120" in told
    assert PERMIT[lang] not in page.inner_text(".duties")
    assert PERMIT[lang] in page.inner_text(".so-far-near"), "it is near"

    page.click(".guide-answers summary")
    with page.expect_navigation():
        page.click('.guide-change a[href$="/people"]')
    assert page.input_value("[name=attendance_peak]") == "49"
    page.fill("[name=attendance_peak]", "50")
    guide.go_on()
    guide.outcome()
    assert PERMIT[lang] in page.inner_text(".duties")
    assert LIGHT_NOTICE[lang] not in page.inner_text("main")


def test_a_village_market(live_city, new_page):
    page = new_page()
    guide = Guide(page, live_city.url, "en")
    guide.begin()
    guide.tell_who_and_what("association", "culture")
    guide.choose(place_kind="city_outdoor")
    guide.choose(space_type="square")
    guide.tell_when("2027-07-10", "10:00", "16:00")
    guide.tell_people(199)
    guide.tick("food", "sound", "structures")
    for _page in range(3):
        match page.url.rpartition("/")[2]:
            case "food":
                guide.choose(food="lowrisk_amateur", alcohol="none")
            case "sound":
                guide.choose(music="live", amplified="yes", noise_disturbing="no", film="no")
            case "structures":
                guide.choose(structures="light", active_programme="no")
    guide.tell_the_organiser()
    guide.ask_for(0)
    told = guide.outcome()
    assert "Free of charge" in told
    assert {one.get_attribute("id") for one in page.locator(".duty").all()} == {
        f"duty-{rule}" for rule in ("G01", "G02X", "G08", "G09", "G23", "G32", "G36", "G37")
    }
    assert "From 200 people on:" in page.inner_text(".so-far-near")


def test_a_concert_until_23_on_a_phone(live_city, new_page):
    page = new_page(viewport=PHONE)
    guide = Guide(page, live_city.url, "en")
    guide.begin()
    guide.tell_who_and_what("association", "culture")
    guide.choose(place_kind="city_outdoor")
    guide.choose(space_type="park")
    guide.tell_when("2027-08-06", "19:00", "23:00")
    guide.tell_people(450)
    guide.tick("sound", "structures", "traffic")
    while (step := page.url.rpartition("/")[2]) in {"sound", "structures", "standing", "traffic"}:
        match step:
            case "sound":
                guide.choose(music="live", amplified="yes", noise_disturbing="no", film="no")
            case "structures":
                guide.choose(structures="tent_or_stage", active_programme="no")
            case "standing":
                page.fill("[name=structure_days]", "1")
                guide.go_on()
            case "traffic":
                guide.choose(street_closure="none", stewards_or_traffic="yes", drone="no")
    guide.tell_the_organiser()
    guide.ask_for(0)
    told = guide.outcome()
    assert "The staff look at it first" in told
    assert "If it is approved, it is free of charge" in told
    first, second = page.locator(".duty-due").all()[:2]
    assert first.inner_text() == second.inner_text() == "Wed 7 Jul 2027"
    assert {"duty-G02", "duty-G05", "duty-G07", "duty-G08"} <= {
        one.get_attribute("id") for one in page.locator(".duty").all()
    }


def test_a_demonstration_is_told_of_neither_booking_nor_fee(live_city, new_page):
    page = new_page()
    guide = Guide(page, live_city.url, "en")
    guide.begin()
    guide.tell_who_and_what("resident_group", "demonstration")
    guide.choose(place_kind="city_outdoor")
    guide.tell_when("2027-04-10", "12:00", "13:00")
    guide.tell_people(80)
    with page.expect_navigation():
        page.click(".guide-stop a")
    told = guide.outcome()
    assert "A demonstration needs no booking and no fee" in told
    assert "Fri 9 Apr 2027 at 12:00" in told
    assert page.locator('main a[href*="/spaces"]').count() == 0


def test_what_was_answered_is_there_when_one_goes_back(live_city, new_page):
    page = new_page()
    guide = Guide(page, live_city.url, "en")
    guide.begin()
    guide.choose(organiser_type="association")
    guide.choose(purpose="culture", openness="open")
    page.go_back()
    guide.is_on("idea")
    assert page.is_checked("[name=purpose][value=culture]")
    page.go_back()
    guide.is_on("who")
    guide.choose(organiser_type="company")
    guide.is_on("place")
    assert "Company" in page.text_content(".guide-answers")


def test_it_is_gone_on_with_from_its_address_and_saved_by_signing_in(live_city, new_page):
    page = new_page()
    guide = Guide(page, live_city.url, "en")
    guide.begin()
    guide.tell_who_and_what("private_person", "wellbeing")
    page.click("text=Go on another day")
    address = page.input_value("#guide-link")

    elsewhere = new_page(viewport=PHONE)
    guide = Guide(elsewhere, live_city.url, "en")
    elsewhere.goto(address)
    guide.is_on("place")
    elsewhere.click(".guide-stop a")
    elsewhere.fill("[name=title]", "Yoga in the park")
    elsewhere.click(".guide-keep button")
    elsewhere.wait_for_selector("#sign-in")
    fill_in_sign_in(elsewhere, "resident@demo.example")
    elsewhere.wait_for_url("**/outcome?draft=1")
    assert elsewhere.input_value("[name=title]") == "Yoga in the park"
    guide.go_on(".guide-keep button")
    assert "Yoga in the park" in elsewhere.inner_text("h1")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 404, "it is the resident's own now"


def test_the_first_questions_by_keyboard_alone(live_city, new_page):
    page = new_page()
    page.goto(f"{live_city.url}/en/events/plan")
    press(page, ".guide-begin button")
    page.wait_for_url("**/who")
    _choose(page, "organiser_type", "private_person")
    page.wait_for_url("**/idea")
    tab_to(page, "[name=purpose]")
    _arrow_to(page, "[name=purpose][value=wellbeing]")
    _choose(page, "openness", "open")
    page.wait_for_url("**/place")
    write(page, "#q", "Kesäpuisto")
    page.wait_for_selector(".guide-found button")
    press(page, ".guide-found button")
    page.wait_for_url("**/time")
    assert "Chosen" not in page.inner_text("main")


def _choose(page, fact, value):
    tab_to(page, f"[name={fact}]")
    _arrow_to(page, f"[name={fact}][value={value}]")
    press(page, GO_ON)


def _arrow_to(page, selector):
    page.keyboard.press("Space")
    for _stop in range(20):
        if page.is_checked(selector):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no arrow leads to {selector}")


def _is_too_wide(page):
    script = "() => document.documentElement.scrollWidth > window.innerWidth"
    return page.evaluate(script)
