"""The text of calendars: what RFC 5545 asks, and what clients are known to stumble over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from booking.calendars.ical import (
    Notice,
    Status,
    clean,
    event_text,
    feed_text,
    file_text,
    notice_text,
)
from tests.calendars.lint import faults_of, unfolded
from tests.calendars.values import FRAME, UID, some_facts, utc

HELSINKI = ZoneInfo("Europe/Helsinki")
LONG = "Ääkkösiä, puolipisteitä; kenoviivoja \\ ja hymiöitä 🎷 " * 9
CHANGES = [
    (date(2026, 10, 25), "autumn"),
    (date(2027, 3, 28), "spring"),
    (date(2027, 10, 31), "autumn"),
    (date(2028, 3, 26), "spring"),
    (date(2028, 10, 29), "autumn"),
]


def a_feed(*events: bytes) -> bytes:
    return feed_text(FRAME, events or [event_text(some_facts())])


def read(text: bytes) -> Any:
    """The one event of a calendar, as a client reads it."""
    events = Calendar.from_ical(text.decode()).events
    assert len(events) == 1
    return events[0]


# ── The form ──────────────────────────────────────────────────────────────────────────────────


def test_a_feed_keeps_every_rule_of_the_format() -> None:
    full = some_facts(
        summary=LONG,
        location=LONG,
        description=f"{LONG}\n{LONG}",
        url="http://localhost/å",
        position=(60.5697, 27.1979),
    )
    assert faults_of(a_feed(event_text(full), event_text(some_facts(uid="other@localhost")))) == []


def test_a_feed_says_whose_it_is_and_how_often_to_look() -> None:
    lines = unfolded(a_feed())
    assert "PRODID:-//City of Hamina//Yhteistila 1.0//FI" in lines
    assert "NAME:Iso sali\\, Kirkkojärven koulu" in lines
    assert "X-WR-CALNAME:Iso sali\\, Kirkkojärven koulu" in lines
    assert "X-WR-TIMEZONE:Europe/Helsinki" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "X-PUBLISHED-TTL:PT1H" in lines
    assert "COLOR:teal" in lines
    assert "SOURCE;VALUE=URI:http://localhost/calendars/spaces/iso-sali.ics" in lines


def test_a_file_of_one_event_gives_no_hint_how_often_to_look() -> None:
    text = file_text(FRAME, event_text(some_facts()))
    assert faults_of(text) == []
    assert b"REFRESH-INTERVAL" not in text
    assert b"SOURCE" not in text


def test_a_name_is_cut_to_what_outlook_reads() -> None:
    text = feed_text(replace(FRAME, name="å" * 400), [event_text(some_facts())])
    assert f"NAME:{'å' * 255}" in unfolded(text)
    assert faults_of(text) == []


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_whatever_people_type_the_feed_stays_whole_and_says_it(
    summary: str, location: str, description: str
) -> None:
    facts = some_facts(summary=summary, location=location, description=description)
    text = a_feed(event_text(facts))
    assert faults_of(text) == []
    event = read(text)
    assert str(event["SUMMARY"]) == " ".join(clean(summary).split())
    assert str(event.get("DESCRIPTION", "")) == clean(description)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x1bc\x7fd\x85e", "abcde"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\tstays", "tab\tstays"),
        ("half a letter \ud83d", "half a letter "),
    ],
)
def test_control_characters_are_struck_out(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_nobody_smuggles_lines_into_a_calendar() -> None:
    facts = some_facts(summary="x\r\nEND:VEVENT\r\nBEGIN:VEVENT", description="y\nATTENDEE:z")
    text = a_feed(event_text(facts))
    assert faults_of(text) == []
    assert len(Calendar.from_ical(text.decode()).events) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\n", b"\n"),
        (b"VERSION:2.0\r\n", b"VERSION:2.0\r\n\r\n"),
        (b"VERSION:2.0", b"VERSION:2.0\r\nMETHOD:PUBLISH"),
        (b"VERSION:2.0", b"VERSION:2.0\r\nUID:x@localhost"),
        (b"END:VEVENT", b"END:VEVENT\r\nCOLOR:red"),
        (b"SUMMARY:Varattu", b"SUMMARY:Vara\x07ttu"),
        (b"SUMMARY:Varattu", b"SUMMARY:" + b"x" * 68),
        ("Kirkkojärven".encode(), b"Kirkkoj" + b"\xc3\r\n \xa4rven"),
        (b"DTSTART:20270113T150000Z", b"DTSTART:20270113T150000"),
        (b"SEQUENCE:0\r\n", b""),
        (b"DTSTART:", b"RRULE:FREQ=DAILY\r\nDTSTART:"),
        (b"DTEND:", b"DTEND;TZID=Europe/Helsinki:"),
        (b"END:VCALENDAR\r\n", b""),
    ],
)
def test_the_lint_sees_each_fault(before: bytes, after: bytes) -> None:
    text = a_feed()
    assert before in text
    assert faults_of(text) == []
    assert faults_of(text.replace(before, after)) != []


# ── What it says ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "transparency", "busy"),
    [
        (Status.CONFIRMED, "OPAQUE", "BUSY"),
        (Status.TENTATIVE, "OPAQUE", "TENTATIVE"),
        (Status.CANCELLED, "TRANSPARENT", "FREE"),
    ],
)
def test_the_status_decides_whether_time_is_taken(
    status: Status, transparency: str, busy: str
) -> None:
    event = read(a_feed(event_text(some_facts(status=status))))
    assert event["STATUS"] == status
    assert event["TRANSP"] == transparency
    assert event["X-MICROSOFT-CDO-BUSYSTATUS"] == busy


def test_what_is_not_known_is_not_said() -> None:
    text = a_feed(event_text(some_facts()))
    for name in (b"GEO", b"LOCATION", b"DESCRIPTION"):
        assert name not in text


def test_a_notice_is_a_whole_day_and_takes_up_no_time() -> None:
    notice = Notice(UID, date(2027, 1, 11), utc(2027, 1, 10, 22), "Ei varauksia")
    text = a_feed(notice_text(notice))
    assert faults_of(text) == []
    event = read(text)
    assert event.start == date(2027, 1, 11)
    assert event.end == date(2027, 1, 12)
    assert event["TRANSP"] == "TRANSPARENT"


# ── The clocks ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("day", "season"), CHANGES)
def test_a_night_over_a_change_of_the_clocks_ends_when_it_should(day: date, season: str) -> None:
    start = datetime.combine(day - timedelta(days=1), time(22), HELSINKI)
    end = datetime.combine(day, time(6), HELSINKI)
    text = a_feed(event_text(some_facts(starts_at=start, ends_at=end)))
    [night] = recurring_ical_events.of(Calendar.from_ical(text.decode())).between(start, end)
    assert (night.start, night.end) == (start.astimezone(UTC), end.astimezone(UTC))
    length = night.end.astimezone(UTC) - night.start.astimezone(UTC)
    assert length == timedelta(hours=9 if season == "autumn" else 7)


@pytest.mark.parametrize("day", [day for day, season in CHANGES if season == "autumn"])
@pytest.mark.parametrize("fold", [0, 1])
def test_each_half_of_the_repeated_hour_is_itself(day: date, fold: int) -> None:
    start = datetime.combine(day, time(3, 30, fold=fold), HELSINKI)
    instant = start.astimezone(UTC)
    event = read(
        a_feed(event_text(some_facts(starts_at=start, ends_at=instant + timedelta(minutes=30))))
    )
    assert event.start == instant
    assert (event.start.hour, event.start.minute) == (fold, 30)


# ── A life ────────────────────────────────────────────────────────────────────────────────────


def test_the_text_of_an_event_is_as_agreed() -> None:
    text = event_text(
        some_facts(location="Iso sali", url="http://localhost/fi/x", position=(60.5697, 27.1979))
    )
    assert sorted(unfolded(text)) == sorted(
        [
            "BEGIN:VEVENT",
            f"UID:{UID}",
            "DTSTAMP:20261124T080000Z",
            "LAST-MODIFIED:20261124T080000Z",
            "CREATED:20261124T080000Z",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            "DTSTART:20270113T150000Z",
            "DTEND:20270113T163000Z",
            "SUMMARY:Varattu",
            "LOCATION:Iso sali",
            "GEO:60.5697;27.1979",
            "URL:http://localhost/fi/x",
            "TRANSP:OPAQUE",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            "CLASS:PUBLIC",
            "END:VEVENT",
        ]
    )


def test_the_same_facts_make_the_same_bytes() -> None:
    assert event_text(some_facts()) == event_text(some_facts())


def test_a_change_moves_the_stamps_and_keeps_the_uid() -> None:
    before = read(a_feed(event_text(some_facts())))
    after = read(
        a_feed(event_text(some_facts(updated_at=utc(2026, 12, 1, 9), sequence=1, summary="Uusi")))
    )
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == 1
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt == utc(2026, 12, 1, 9)
    assert after["CREATED"].dt == before["CREATED"].dt
