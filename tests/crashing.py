"""People who keep booking, moving and cancelling while the service is killed under their hands.

What they were answered they write down; what got no answer may have happened, or not.
"""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.askers import Reply, send

WHICHEVER = {"If-Match": "*"}


@dataclass
class Booking:
    """What one asker knows of one booking of theirs: `key` is its Idempotency-Key and its title.

    It has no `reference` until the asker was given one. `asked` is the step that got no answer:
    the state that it would have led to, and the slot.
    """

    key: str
    body: dict[str, Any]
    slot: dict[str, Any]
    reference: str | None = None
    version: int = 0
    state: str = "confirmed"
    asked: tuple[str, dict[str, Any]] | None = None

    @property
    def known(self) -> tuple[str, datetime]:
        """The state and the start that its asker was told."""
        return self.state, datetime.fromisoformat(self.slot["starts_at"])

    @property
    def after(self) -> tuple[str, datetime]:
        """The same, if what got no answer has happened."""
        state, slot = self.asked or (self.state, self.slot)
        return state, datetime.fromisoformat(slot["starts_at"])

    @property
    def path(self) -> str:
        return f"/reservations/{self.reference}"

    @property
    def is_open(self) -> bool:
        """Whether a request about it still waits for its answer."""
        return self.reference is None or self.asked is not None


class Refused(Exception):
    """Something else was answered than should have been: nobody is in anybody's way here."""


class Asker:
    """One person with a room of their own; `slots` are periods that they have not asked for yet."""

    def __init__(
        self, name: str, token: str, slots: Iterator[dict[str, Any]], draw: random.Random
    ) -> None:
        self.name, self.bookings = name, list[Booking]()
        self.answers = 0
        self._token, self._slots, self._draw = token, slots, draw

    def ask_until_nobody_answers(self, url: str, at_most: int) -> None:
        """New bookings, moves and cancellings, one after the other."""
        try:
            for _ in range(at_most):
                self._act(url)
                self.answers += 1
        except (OSError, http.client.HTTPException):
            return

    def _act(self, url: str) -> None:
        standing = [one for one in self.bookings if one.state == "confirmed"]
        step = self._draw.choice(["book", "book", "move", "cancel"]) if standing else "book"
        if step == "book":
            slot = next(self._slots)
            key = f"{self.name} {len(self.bookings)}"
            booking = Booking(key, {**slot, "title": key}, slot)
            self.bookings.append(booking)
        else:
            booking = self._draw.choice(standing)
            moved = step == "move"
            booking.asked = (
                ("confirmed", next(self._slots)) if moved else ("cancelled", booking.slot)
            )
        self.settle(url, booking)

    def settle(self, url: str, booking: Booking) -> None:
        """Ask, or ask again in the same words, and write down what is answered."""
        if booking.reference is None:
            reply = self._book(url, booking)
            booking.reference = reply.body["reference"]
        elif booking.asked is not None:
            reply = self._step(url, booking, *booking.asked)
            booking.state, booking.slot = booking.asked
            booking.asked = None
        else:
            return
        booking.version = reply.body["version"]

    def send_the_last_again(self, url: str) -> None:
        """As who lost the answer would: it is heard again, and nothing is made anew."""
        last = self.bookings[-1]
        if self._book(url, last).body["reference"] != last.reference:
            raise Refused(f"{last} was made twice")

    def _book(self, url: str, booking: Booking) -> Reply:
        key = {"Idempotency-Key": booking.key}
        reply = send(url, "POST", "/reservations", self._token, booking.body, **key)
        _must(reply, 201)
        return reply

    def _step(self, url: str, booking: Booking, state: str, slot: dict[str, Any]) -> Reply:
        if state == "confirmed":
            times = {name: slot[name] for name in ("starts_at", "ends_at")}
            reply = send(url, "PATCH", booking.path, self._token, times, **WHICHEVER)
            _must(reply, 200)
            return reply
        reply = send(url, "POST", f"{booking.path}/cancel", self._token, {})
        if reply.status == 409 and reply.body["code"] == "step_not_possible":
            # It was cancelled by the request that got no answer.
            reply = send(url, "GET", booking.path, self._token)
        _must(reply, 200)
        return reply


def _must(reply: Reply, status: int) -> None:
    if reply.status != status:
        raise Refused(f"{reply.status} instead of {status}: {reply.body}")


class Crowd:
    """All the askers, each in a thread of its own, until the service is gone."""

    def __init__(self, askers: list[Asker]) -> None:
        self.askers = askers
        self._threads: list[threading.Thread] = []
        self._faults: list[Exception] = []

    @property
    def bookings(self) -> list[Booking]:
        return [booking for asker in self.askers for booking in asker.bookings]

    @property
    def answers(self) -> int:
        return sum(asker.answers for asker in self.askers)

    def begin(self, url: str, at_most: int) -> None:
        self._threads = [
            threading.Thread(target=self._run, args=(asker, url, at_most)) for asker in self.askers
        ]
        for thread in self._threads:
            thread.start()

    def is_asking(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        """Once nobody answers any more. Raises what went wrong with any of them."""
        for thread in self._threads:
            thread.join(60)
        if self._faults:
            raise self._faults[0]

    def settle(self, url: str) -> None:
        """Each asks again for what got no answer, and once for what did."""
        for asker in self.askers:
            for booking in asker.bookings:
                asker.settle(url, booking)
            if asker.bookings:
                asker.send_the_last_again(url)

    def _run(self, asker: Asker, url: str, at_most: int) -> None:
        try:
            asker.ask_until_nobody_answers(url, at_most)
        except Exception as fault:
            self._faults.append(fault)
