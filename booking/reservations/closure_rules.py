"""The rules of closures, on plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from booking.core.periods import Period, minus


def shared_out(claims: Sequence[Period], held: Iterable[Period]) -> list[list[Period]]:
    """What each of these claims takes, in turn: its time without what is held already and what
    those before it take. Together they and `held` cover every claim, and no two overlap."""
    taken = list(held)
    shares = []
    for claim in claims:
        share = minus([claim], taken)
        taken += share
        shares.append(share)
    return shares
