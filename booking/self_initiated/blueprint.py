"""The pages of events that people arrange themselves, under one name."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("self_initiated", __name__)
