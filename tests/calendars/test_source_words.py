"""Whatever is told of an outside calendar, there is a sentence for it, in every language."""

from __future__ import annotations

import inspect
import re

import pytest

from booking.calendars import fetching, outside_text
from booking.calendars.outside_times import NOTED, REPAIRED, SKIPPED
from booking.calendars.source_errors import FAULTS, fault_of, kept_fault
from booking.calendars.source_words import REMARKS


def test_each_remark_has_a_sentence():
    assert REMARKS.keys() == SKIPPED | REPAIRED | NOTED


def test_each_fault_of_fetching_and_reading_has_a_sentence_of_its_own():
    codes = re.findall(r"(?:NotFetched|Unreadable)\(\s*\"(\w+)\"", _source())
    assert len(set(codes)) > 5
    assert set(codes) - FAULTS.keys() == set()


def _source():
    return inspect.getsource(fetching) + inspect.getsource(outside_text)


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_kept_and_told_again(code):
    fault = fault_of(code, 404 if code == "refused" else None)
    again = kept_fault(fault.fault)
    assert (type(again), again.values) == (type(fault), fault.values)
