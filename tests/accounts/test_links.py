"""Signed addresses that mails carry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.accounts.errors import LinkNotValid
from booking.accounts.links import OPEN_FOR, Door, Links
from tests.accounts.letters import LINKS, address_of, token_in


@pytest.mark.parametrize("door", list(OPEN_FOR))
def test_a_link_opens_its_door_until_its_time_is_over(door, now):
    token = token_in(LINKS.make(door, "fi", {"person": 7}, now))
    last = now + OPEN_FOR[door]
    assert LINKS.read(door, token, last).claims == {"person": 7}
    with pytest.raises(LinkNotValid):
        LINKS.read(door, token, last + timedelta(seconds=1))


def test_a_link_opens_no_other_door(now):
    token = token_in(LINKS.make(Door.CONFIRM_REGISTRATION, "fi", {"person": 7}, now))
    with pytest.raises(LinkNotValid):
        LINKS.read(Door.RESET_PASSWORD, token, now)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "", str.upper])
def test_a_link_that_was_changed_opens_nothing(change, now):
    token = token_in(LINKS.make(Door.RESET_PASSWORD, "fi", {"person": 7}, now))
    with pytest.raises(LinkNotValid):
        LINKS.read(Door.RESET_PASSWORD, change(token), now)


def test_links_outlive_a_change_of_the_secret_key(now):
    old = Links(["old"], address_of).make(Door.RESET_PASSWORD, "fi", {"person": 7}, now)
    rotated = Links(["old", "new"], address_of)
    assert rotated.read(Door.RESET_PASSWORD, token_in(old), now).claims == {"person": 7}
    new = rotated.make(Door.RESET_PASSWORD, "fi", {"person": 7}, now)
    with pytest.raises(LinkNotValid):
        Links(["old"], address_of).read(Door.RESET_PASSWORD, token_in(new), now)


def test_the_way_to_sign_in_carries_no_token():
    assert LINKS.to_sign_in("sv") == "http://localhost/sv/sign_in/"
