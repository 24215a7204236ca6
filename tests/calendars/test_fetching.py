"""An outside calendar is fetched only from the open network, bounded in size and time."""

from __future__ import annotations

import gzip
import time

import pytest

from booking.calendars.fetching import MOST_REDIRECTS, NotFetched, fetch, is_outside, parts_of
from booking.calendars.outside_text import MOST_BYTES
from tests.calendars.outside_server import outside_server

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def outside():
    with outside_server() as server:
        yield server


def code_of(fetching, *told, **how):
    with pytest.raises(NotFetched) as caught:
        fetching(*told, **how)
    return caught.value.code


# ── Who is asked ──────────────────────────────────────────────────────────────────────────────

INSIDE = (
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "fc00::1"),
    *("fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:db8::1"),
    *("2001::7f00:1", "3fff::1", "5f00::1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_stands_inside_is_no_outside_calendar(address):
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1", "::ffff:8.8.8.8"])
def test_the_open_network_is(address):
    assert is_outside(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1"),
        *("127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127。0。0。1"),
    ],
)
def test_the_loopback_is_refused_however_it_is_written(outside, host):
    outside.gives(CALENDAR)
    # By the product's own look-up and judgment; where a name means nothing it is not reached.
    assert code_of(fetch, outside.url(host=host)) in {"not_allowed", "unreachable"}
    assert outside.asked == []


def test_a_name_one_of_whose_addresses_lies_inside_is_refused(outside):
    def lookup(_host, _port):
        return ["8.8.8.8", "127.0.0.1"]

    assert code_of(fetch, outside.url(), lookup=lookup) == "not_allowed"
    assert outside.asked == []


def test_a_redirect_is_judged_anew(outside):
    outside.leads(f"http://127.0.0.2:{outside.server.server_port}/secret")
    outside.gives(CALENDAR, "/secret")
    assert code_of(outside.fetch, outside.url()) == "not_allowed"
    assert [path for path, _headers in outside.asked] == ["/a.ics"]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://a.example/", "http://u:p@a.example/"])
def test_a_redirect_to_another_kind_of_address_is_refused(outside, to):
    outside.leads(to)
    assert code_of(outside.fetch, outside.url()) == "bad_address"


def test_redirects_are_followed_five_times(outside):
    for step in range(MOST_REDIRECTS):
        outside.leads(f"/{step + 1}.ics", f"/{step}.ics")
    outside.gives(CALENDAR, f"/{MOST_REDIRECTS}.ics")
    assert outside.fetch(outside.url("/0.ics")).body == CALENDAR
    outside.leads("/0.ics", "/more.ics")
    assert code_of(outside.fetch, outside.url("/more.ics")) == "too_many_redirects"


@pytest.mark.parametrize(
    "address",
    [
        *("", "calendar", "ftp://a.example/", "file:///etc/passwd", "http://", "http://a:b@c/"),
        *("http://a.example:99999/", "http://a.example/a b", "http://a.example/\r\nHost: b"),
        *("gopher://a.example/", "javascript:alert(1)", "http://[::1", "http://a.example:0/"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused(address):
    assert code_of(parts_of, address) == "bad_address"


def test_webcal_is_read_over_https():
    assert parts_of("webcal://a.example/b.ics").geturl() == "https://a.example/b.ics"


def test_a_path_beyond_ascii_is_asked_for_as_it_is_written(outside):
    outside.gives(CALENDAR, "/%C3%A4.ics?a=%C3%B6&b=%20")
    assert outside.fetch(outside.url("/ä.ics?a=ö&b=%20")).body == CALENDAR


# ── What is taken ─────────────────────────────────────────────────────────────────────────────


def test_what_the_last_answer_told_is_asked_with_and_nothing_new_is_told(outside):
    outside.gives(CALENDAR, ETag='W/"1"', Last_Modified="Mon, 11 Jan 2027 08:00:00 GMT")
    first = outside.fetch(outside.url())
    outside.gives(b"", status=304)
    again = outside.fetch(outside.url(), first.etag, first.last_modified)
    assert again.body is None
    _path, headers = outside.asked[1]
    assert headers["If-None-Match"] == 'W/"1"'
    assert headers["If-Modified-Since"] == "Mon, 11 Jan 2027 08:00:00 GMT"
    assert headers["Host"].startswith("calendars.example:")


@pytest.mark.parametrize("status", [201, 204, 206, 401, 403, 404, 410, 429, 500, 503])
def test_only_a_200_is_a_calendar(outside, status):
    outside.gives(b"", status=status)
    with pytest.raises(NotFetched) as caught:
        outside.fetch(outside.url())
    assert (caught.value.code, caught.value.status) == ("refused", status)


def test_ten_megabytes_are_taken_and_no_byte_more(outside):
    outside.gives(b"a" * MOST_BYTES)
    assert len(outside.fetch(outside.url()).body or b"") == MOST_BYTES
    outside.gives(b"a" * (MOST_BYTES + 1))
    assert code_of(outside.fetch, outside.url()) == "too_large"


def test_what_is_packed_is_unpacked_and_bounded_all_the_same(outside):
    outside.gives(gzip.compress(CALENDAR), Content_Encoding="gzip")
    assert outside.fetch(outside.url()).body == CALENDAR
    outside.gives(gzip.compress(b"a" * 3 * MOST_BYTES), Content_Encoding="gzip")
    assert code_of(outside.fetch, outside.url()) == "too_large"


def test_what_breaks_off_is_not_taken(outside):
    outside.gives(CALENDAR, Content_Length=str(len(CALENDAR) + 10))
    assert code_of(outside.fetch, outside.url()) == "unreachable"
    outside.gives(gzip.compress(CALENDAR)[:-4], Content_Encoding="gzip")
    assert code_of(outside.fetch, outside.url()) == "unreachable"
    outside.gives(b"no gzip at all", Content_Encoding="gzip")
    assert code_of(outside.fetch, outside.url()) == "unreachable"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.0 200 OK\r\nX: ", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_who_drips_is_cut_off_whatever_they_are_about_to_say(outside, head):
    def drip(handler):
        handler.wfile.write(head)
        try:
            for _again in range(100):
                handler.wfile.write(b"a")
                time.sleep(0.05)
        except OSError:
            pass

    outside.answers["/a.ics"] = drip
    begun = time.monotonic()
    assert code_of(outside.fetch, outside.url(), seconds=0.5) == "too_slow"
    assert time.monotonic() - begun < 2


def test_who_answers_nothing_or_is_not_there_is_unreachable(outside):
    outside.answers["/a.ics"] = lambda handler: handler.connection.close()
    assert code_of(outside.fetch, outside.url()) == "unreachable"
    assert code_of(outside.fetch, "http://127.0.0.1:1/a.ics") == "unreachable"
    assert code_of(fetch, "http://nobody.invalid/a.ics") == "unreachable"


def test_a_server_that_speaks_no_tls_is_unreachable_over_https(outside):
    address = outside.url().replace("http://", "https://")
    assert code_of(outside.fetch, address) == "unreachable"
