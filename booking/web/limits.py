"""How often one may ask, counted where `RATELIMIT_STORAGE_URI` says; answers tell it in headers."""

from __future__ import annotations

from hashlib import sha256

from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

API_LIMIT = "6000 per minute"
"""For each token, or, without one, each address: far above what a program needs. `API_LIMIT` of
the application's configuration replaces it."""

limiter = Limiter(key_func=get_remote_address, headers_enabled=True)


def api_limit() -> str:
    return str(current_app.config.get("API_LIMIT", API_LIMIT))


def bearer_or_address() -> str:
    """Who asks the API: the token, unread, else the address."""
    bearer = request.headers.get("Authorization")
    return sha256(bearer.encode()).hexdigest() if bearer else get_remote_address()
