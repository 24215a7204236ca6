"""What goes out compressed, and to whom."""

from __future__ import annotations

import gzip

import pytest

STYLE = "/static/css/base.css"


def get(client, path=STYLE, **headers):
    """The whole answer, read and closed."""
    return client.get(path, headers=headers, buffered=True)


def test_style_goes_out_compressed_to_whoever_takes_that(client):
    answer = get(client, **{"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.vary
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert gzip.decompress(answer.data) == get(client).data


@pytest.mark.parametrize("taken", ["", "br", "gzip;q=0", "identity"])
def test_and_as_it_is_to_whoever_does_not(client, taken):
    answer = get(client, **{"Accept-Encoding": taken})
    assert answer.content_encoding is None
    assert b":root" in answer.data


@pytest.mark.parametrize("first", ["gzip", "identity"])
@pytest.mark.parametrize("then", ["gzip", "identity"])
def test_what_is_known_in_one_form_is_known_in_the_other(client, first, then):
    tag = get(client, **{"Accept-Encoding": first}).headers["ETag"]
    answer = get(client, **{"Accept-Encoding": then, "If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/en/sign-in",
        "/static/css/no-such.css",
        "/static/vendor/atkinson-hyperlegible-next-5.3.0"
        "/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    ],
)
def test_pages_with_their_secrets_and_fonts_are_never_compressed(client, path):
    assert get(client, path, **{"Accept-Encoding": "gzip"}).content_encoding is None


def test_a_part_of_a_file_is_a_part_of_what_it_is(client):
    answer = get(client, **{"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert (answer.status_code, answer.content_encoding, len(answer.data)) == (206, None, 10)
