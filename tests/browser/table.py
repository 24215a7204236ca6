"""The pages, and the states in which people meet them: every one of them is examined.

A state names who is there, the page by its endpoint (where no page answers, the status), what is
special, and the steps to it. A new page needs at least one: `test_no_page_is_left_out` tells.
"""

from __future__ import annotations

from tests.browser import (
    table_of_bookings,
    table_of_events,
    table_of_imports,
    table_of_people,
    table_of_plans,
    table_of_rules,
    table_of_support,
)

STATES = [
    *table_of_bookings.STATES,
    *table_of_people.STATES,
    *table_of_events.STATES,
    *table_of_imports.STATES,
    *table_of_plans.STATES,
    *table_of_rules.STATES,
    *table_of_support.STATES,
]
