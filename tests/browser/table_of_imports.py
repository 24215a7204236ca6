"""The states of the staff's pages of outside calendars."""

from __future__ import annotations

from tests.browser.furnishing import ROOM, outside_calendar
from tests.browser.states import (
    Step,
    Visit,
    approver,
    fills,
    follows,
    manager,
    opens,
    sends,
    unfolds,
)

PAGE = "/staff/calendars"


def chooses_file(text: str) -> Step:
    """Choose a space, a name and a file that holds this."""

    def step(visit: Visit) -> None:
        visit.page.select_option("#space", ROOM)
        visit.page.fill("#name", "Koulun lukujärjestys")
        file = {"name": "a.ics", "mimeType": "text/calendar", "buffer": text.encode()}
        visit.page.set_input_files("#file", files=[file])

    return step


STATES = [
    manager("outside_calendars.show_sources", "some", opens(PAGE)),
    approver("403", "calendars that others see to", opens(PAGE)),
    manager("outside_calendars.show_new_source", "empty", opens(f"{PAGE}/new"), unfolds),
    manager(
        "outside_calendars.add_source", "nothing filled in", opens(f"{PAGE}/new"), sends("new")
    ),
    manager(
        "outside_calendars.show_source", "meets a booking", opens(PAGE + "/{calendar}"), unfolds
    ),
    manager(
        "outside_calendars.settle_collision",
        "no reason",
        opens(PAGE + "/{calendar}"),
        unfolds,
        follows(".collision .button-danger"),
    ),
    manager(
        "outside_calendars.change_source",
        "without a name",
        opens(PAGE + "/{calendar}"),
        fills("#name", ""),
        sends("change"),
    ),
    manager("calendar_files.show_file_form", "empty", opens(f"{PAGE}/file")),
    manager("calendar_files.look_at_file", "nothing chosen", opens(f"{PAGE}/file"), sends("file")),
    manager(
        "calendar_files.look_at_file",
        "what would happen",
        opens(f"{PAGE}/file"),
        chooses_file(outside_calendar(10)),
        sends("file"),
        unfolds,
    ),
]
