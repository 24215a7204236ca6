"""How the pages look is the reader's choice, kept on their device."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("chosen", "said"), [("dark", 'data-theme="dark"'), ("contrast", 'data-contrast="more"')]
)
def test_what_the_reader_chose_stays_from_page_to_page(city_client, chosen, said):
    page = {"appearance": chosen, "back": "/sv/spaces?people=40"}
    answer = city_client.post("/sv/appearance", data=page)
    assert (answer.status_code, answer.location) == (302, "/sv/spaces?people=40")
    assert said in city_client.get("/sv/privacy").text


def test_without_a_choice_the_device_decides(city_client):
    assert "data-theme" not in city_client.get("/fi/privacy").text
    city_client.post("/fi/appearance", data={"appearance": "dark"})
    city_client.post("/fi/appearance", data={"appearance": "device"})
    assert "data-theme" not in city_client.get("/fi/privacy").text


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example/", "", "\\x"])
def test_nobody_is_led_elsewhere(city_client, back):
    answer = city_client.post("/en/appearance", data={"appearance": "dark", "back": back})
    assert answer.location == "/en/"


def test_an_unknown_appearance_changes_nothing(city_client):
    answer = city_client.post("/en/appearance", data={"appearance": "<pink>", "back": "/en/"})
    assert "Set-Cookie" not in answer.headers
