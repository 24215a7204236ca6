"""Yhteistila: every space a city owns, open to the people who live there."""

from booking.app import create_app

__all__ = ["create_app"]
