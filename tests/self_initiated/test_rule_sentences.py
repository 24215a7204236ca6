"""The rules that fired for an event, as its bookings tell them."""

from __future__ import annotations

from booking.self_initiated.rule_sentences import read_fired_rules
from tests.places import an_actor
from tests.reservations.events import an_event


def fired(session, *rules, **values):
    event = an_event(session, an_actor(session), rules=rules, **values)
    return read_fired_rules(session, [event])[event.id]


def test_each_rule_tells_what_it_does_on_what_it_rests_and_what_it_says(session):
    free, review = fired(session, "F03", "F11")
    assert (free.id, free.effect, free.basis) == ("F03", "free", "policy")
    assert free.text["en"].startswith("An open and free self-initiated event")
    assert free.text["fi"] == "Kaikille avoin, maksuton omaehtoinen tilaisuus saa tilan maksutta."
    assert (review.id, review.effect) == ("F11", "review")


def test_the_values_of_parameters_stand_in_the_sentence(session):
    [rule] = fired(session, "F02")
    assert rule.text["en"] == "Local activity for people under 20 is free of charge."


def test_what_no_rule_prices_is_told_as_the_default(session):
    [rule] = fired(session, "F99")
    assert (rule.effect, rule.basis) == ("charge", "policy")
    assert "full price" in rule.text["en"]


def test_a_rule_that_the_set_has_no_more_is_left_out(session):
    assert fired(session, "F00") == []
    assert fired(session, decision=None) == []
