"""Every table of every wing, for whoever needs them all: migrations and the application."""

from booking.accounts import models as accounts
from booking.audit import models as audit
from booking.billing import models as billing
from booking.calendars import models as calendars
from booking.catalogue import models as catalogue
from booking.catalogue import reference_models, version_models
from booking.database import Base
from booking.decisions import models as decisions
from booking.feedback import models as feedback
from booking.notifications import models as notifications
from booking.reservations import closure_models as closures
from booking.reservations import event_models, favourite_models, reminder_models, waiting_models
from booking.reservations import models as reservations
from booking.self_initiated import models as self_initiated
from booking.self_initiated import rule_models, support_models

__all__ = [
    "Base",
    "accounts",
    "audit",
    "billing",
    "calendars",
    "catalogue",
    "closures",
    "decisions",
    "event_models",
    "favourite_models",
    "feedback",
    "notifications",
    "reference_models",
    "reminder_models",
    "reservations",
    "rule_models",
    "self_initiated",
    "support_models",
    "version_models",
    "waiting_models",
]
