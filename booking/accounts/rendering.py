"""Accounts as their pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.accounts.forms import SCOPES
from booking.accounts.models import ApiToken
from booking.core.actors import Scope


def token_row(token: ApiToken, now: datetime) -> dict[str, Any]:
    """A token for whoever made it: what it may do (None: all that they may), and until when."""
    scopes = token.scopes
    return {
        "id": token.id,
        "name": token.name,
        "scopes": None if scopes is None else [SCOPES[Scope(one)] for one in scopes],
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
        "expires_at": token.expires_at,
        "has_ended": token.expires_at is not None and token.expires_at <= now,
    }
