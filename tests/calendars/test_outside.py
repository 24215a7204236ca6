"""Outside calendars are read as they are meant, event by event."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.calendars.outside import Reading, read_calendar
from booking.calendars.outside_text import Unreadable
from booking.calendars.outside_times import known_zone
from booking.core.periods import Period

HELSINKI = ZoneInfo("Europe/Helsinki")
YEAR = Period(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
CORPUS = Path(os.environ.get("ICAL_CORPUS", ""))
EXPECTED = CORPUS / "expected.json"
FILES = json.loads(EXPECTED.read_text()) if os.environ.get("ICAL_CORPUS") else {}
NO_CORPUS = "ICAL_CORPUS names no folder of calendars"


def event(*lines: str, uid: str = "1") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:Choir", *lines, "END:VEVENT"))


def read(*events: str, head: str = "", window: Period = YEAR) -> Reading:
    body = "\r\n".join(filter(None, ("BEGIN:VCALENDAR", head, *events, "END:VCALENDAR", "")))
    return read_calendar(body.encode(), window, HELSINKI)


def starts(reading: Reading) -> list[str]:
    return [f"{one.period.starts_at:%m%dT%H%M}" for one in reading.occurrences]


def codes(reading: Reading) -> list[str]:
    return [one.code for one in reading.remarks]


# ── The corpus ────────────────────────────────────────────────────────────────────────────────


def told(text: str) -> datetime:
    if "T" in text:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=HELSINKI).astimezone(UTC)


def wanted(expected: dict[str, Any]) -> set[tuple[datetime, datetime]]:
    """What stands where we decided, else what independent readers agree on."""
    decided = expected.get("ours", {}).get("occurrences")
    rows = expected["trusted"] if decided is None else decided
    return {(told(row["start"]), told(row["end"])) for row in rows}


@pytest.mark.skipif(not FILES, reason=NO_CORPUS)
@pytest.mark.parametrize("name", FILES)
def test_a_hard_file_is_accepted_partly_accepted_or_refused_as_it_ought_to_be(name):
    expected = FILES[name]
    window = Period(*map(told, expected["window"]))
    body = (CORPUS / name).read_bytes()
    if expected["want"] == "refuse":
        with pytest.raises(Unreadable):
            read_calendar(body, window, HELSINKI)
        return
    reading = read_calendar(body, window, HELSINKI)
    assert reading.is_partial == (expected["want"] == "partial")
    if "refuse the series" in expected["note"]:
        assert reading.occurrences == ()
        return
    found = {
        (one.period.starts_at, one.period.ends_at if one.blocks or one.all_day else None)
        for one in reading.occurrences
    }
    for start, end in wanted(expected):
        assert (start, end) in found or (start, None) in found


# ── The text ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.lower().replace("z", "Z").replace("t1", "T1").encode(),
        lambda text: text.replace("\r\n", "\n").encode(),
        lambda text: text.replace("\r\n", "\r\n\r\n").encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("Choir", "Kör").encode("cp1252"),
        lambda text: (text + "\r\n" + text.replace("UID:1", "UID:2")).encode(),
        lambda text: text.replace("DTSTART:", "DTSTA\r\n RT:").encode(),
    ],
    ids=["mark", "lower", "bare-lf", "blank", "utf-16", "cp1252", "two", "folded"],
)
def test_what_real_programs_write_is_read_all_the_same(change):
    one = event("DTSTART:20270112T100000Z", "DTEND:20270112T120000Z")
    body = change(f"BEGIN:VCALENDAR\r\n{one}\r\nEND:VCALENDAR")
    reading = read_calendar(body, YEAR, HELSINKI)
    assert set(starts(reading)) == {"0112T1000"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_a_calendar"),
        (b"<!doctype html><title>Sign in</title>", "not_a_calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\n", "cut_short"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR", None),
        (b"BEGIN:VCALENDAR\r\nX:" + b"a" * (10 * 1024 * 1024), "too_large"),
    ],
)
def test_a_body_that_is_no_whole_calendar_is_refused(body, code):
    if code is None:
        assert read_calendar(body, YEAR, HELSINKI).occurrences == ()
        return
    with pytest.raises(Unreadable) as refused:
        read_calendar(body, YEAR, HELSINKI)
    assert refused.value.code == code


def test_one_bad_event_stops_no_other_and_is_named():
    reading = read(
        event("DTSTART:20271312T100000Z", uid="bad"),
        event("DTSTART:20270112T100000Z", "DTEND:20270112T120000Z"),
    )
    assert starts(reading) == ["0112T1000"]
    assert [(one.code, one.event) for one in reading.remarks] == [("bad_date", "Choir")]
    assert reading.is_partial


# ── Zones ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("europe/stockholm", "Europe/Stockholm"),
        ("/Europe/Stockholm", "Europe/Stockholm"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20070129_1/America/Argentina/Salta", "America/Argentina/Salta"),
        ("FLE Standard Time", "Europe/Kiev"),
        ("UTC", "Etc/UTC"),
        ("UTC+11", None),
        ("Nowhere/Atlantis", None),
        ("", None),
    ],
)
def test_zones_are_known_by_their_names_of_iana_and_windows(name, zone):
    found = known_zone(name)
    assert (found.key if found else None) == zone


@pytest.mark.parametrize(
    ("head", "start", "instant", "remark"),
    [
        ("", "DTSTART:20270712T100000", "0712T0700", "floating"),
        ("X-WR-TIMEZONE:Europe/London", "DTSTART:20270712T100000", "0712T0900", "floating"),
        ("", "DTSTART;TZID=:20270712T100000", "0712T0700", "empty_zone"),
        ("", "DTSTART;TZID=W. Europe Standard Time:20270712T100000", "0712T0800", None),
        ("", "DTSTART;TZID=Nowhere:20270712T100000", None, "unknown_zone"),
        ("", "DTSTART:20271031T033000", "1031T0030", "floating"),
    ],
)
def test_a_time_without_a_known_zone_is_the_calendars_then_the_spaces(head, start, instant, remark):
    reading = read(event(start, "DURATION:PT1H"), head=head)
    assert starts(reading) == ([instant] if instant else [])
    assert (remark in codes(reading)) if remark else codes(reading) == []


# ── What takes the space ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "count", "blocks"),
    [
        ("STATUS:CONFIRMED", 1, True),
        ("STATUS:CANCELLED", 0, None),
        ("TRANSP:TRANSPARENT", 1, False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", 1, False),
    ],
)
def test_what_is_cancelled_or_transparent_or_free_takes_nothing(line, count, blocks):
    reading = read(event("DTSTART:20270112T100000Z", "DTEND:20270112T120000Z", line))
    assert [one.blocks for one in reading.occurrences] == [blocks] * count


def test_a_day_without_an_end_lasts_a_day_and_a_moment_takes_nothing():
    day, moment = read(
        event("DTSTART;VALUE=DATE:20270112", uid="1"), event("DTSTART:20270113T100000Z", uid="2")
    ).occurrences
    assert (day.all_day, day.blocks) == (True, True)
    assert day.period == Period(
        datetime(2027, 1, 11, 22, tzinfo=UTC), datetime(2027, 1, 12, 22, tzinfo=UTC)
    )
    assert (moment.all_day, moment.blocks) == (False, False)


# ── Series ────────────────────────────────────────────────────────────────────────────────────

WEEKLY = ("DTSTART;TZID=Europe/Helsinki:20270322T180000", "DURATION:PT2H")


def test_a_series_keeps_its_wall_time_and_leaves_out_what_is_taken_from_it():
    reading = read(
        event(
            *WEEKLY,
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE:20270405T150000Z",
            "RDATE;TZID=Europe/Helsinki:20270409T180000",
        )
    )
    assert starts(reading) == ["0322T1600", "0329T1500", "0409T1500", "0412T1500"]


def test_the_newest_of_several_changes_of_one_occurrence_counts():
    again = "RECURRENCE-ID:20270329T150000Z"
    reading = read(
        event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2"),
        event(again, "DTSTART:20270330T100000Z", "DURATION:PT1H", "SEQUENCE:2"),
        event(again, "DTSTART:20270331T100000Z", "DURATION:PT1H", "SEQUENCE:1"),
    )
    assert starts(reading) == ["0322T1600", "0330T1000"]
    assert [one.recurrence for one in reading.occurrences] == [
        "20270322T160000Z",
        "20270329T150000Z",
    ]


def test_a_changed_occurrence_without_its_series_is_an_event():
    reading = read(event("RECURRENCE-ID:20270329T150000Z", "DTSTART:20270330T100000Z"))
    assert starts(reading) == ["0330T1000"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY;UNTL=20271023", "bad_rule"),
        ("FREQ=WEEKLY;UNTIL=", "bad_rule"),
        ("FREQ=FORTNIGHTLY", "bad_rule"),
        ("FREQ=SECONDLY", "too_many"),
        ("FREQ=MINUTELY", "too_many"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "too_many"),
    ],
)
def test_a_rule_that_cannot_be_read_or_never_ends_leaves_out_its_series_only(rule, code):
    reading = read(
        event(*WEEKLY, f"RRULE:{rule}", uid="series"),
        event("DTSTART:20270112T100000Z", "DTEND:20270112T120000Z", uid="single"),
    )
    assert starts(reading) == ["0112T1000"]
    assert codes(reading) == [code]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20270405T150000Z", "0405T1500"),
        ("20270405T145959Z", "0329T1500"),
        ("20270405T180000", "0405T1500"),
        ("20270405", "0405T1500"),
        ("20270404", "0329T1500"),
    ],
)
def test_the_last_moment_of_a_series_is_read_in_its_own_zone(until, last):
    assert starts(read(event(*WEEKLY, f"RRULE:FREQ=WEEKLY;UNTIL={until}")))[-1] == last


def test_only_the_window_is_taken_however_long_a_series_is():
    window = Period(datetime(2027, 6, 1, tzinfo=UTC), datetime(2027, 6, 15, tzinfo=UTC))
    reading = read(
        event("DTSTART:19700101T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), window=window
    )
    assert len(reading.occurrences) == 14


def test_what_lies_outside_the_window_is_no_occurrence():
    window = Period(datetime(2027, 1, 12, tzinfo=UTC), datetime(2027, 1, 13, tzinfo=UTC))
    days = ("20270111T230000Z", "20270112T230000Z", "20270113T000000Z")
    events = [
        event(f"DTSTART:{day}", "DURATION:PT2H", uid=str(number)) for number, day in enumerate(days)
    ]
    assert starts(read(*events, window=window)) == ["0111T2300", "0112T2300"]
