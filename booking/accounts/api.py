"""The API of the service, and who asks it: a person, by a token of theirs."""

from __future__ import annotations

from booking.accounts.access import bearer_actor
from booking.web.api import Api

api = Api("/api/v1", bearer_actor)
