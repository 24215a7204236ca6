"""What the tests of money ask for: the API, as another program does."""

from tests.api.conftest import api

__all__ = ["api"]
