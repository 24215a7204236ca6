"""A photograph becomes upright, small enough and silent about where it was taken."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from booking.catalogue.imaging import (
    LEAST_EDGE,
    MOST_BYTES,
    MOST_PIXELS,
    PictureTooLarge,
    PictureTooSmall,
    UnknownPicture,
    renditions,
)
from tests.catalogue.photographs import BLUE, RED, a_photograph, opened


def is_near(pixel, colour):
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_sizes_are_made_the_smallest_first(kind):
    made = renditions(a_photograph(kind=kind))
    assert [(one.width, one.height) for one in made] == [(480, 360), (960, 720), (1600, 1200)]
    for one in made:
        picture = opened(one.data)
        assert (picture.format, picture.size) == ("WEBP", (one.width, one.height))


def test_none_is_larger_than_the_picture():
    made = renditions(a_photograph(700, 500))
    assert [one.width for one in made] == [480, 700]


def test_nothing_that_the_camera_wrote_is_kept():
    for one in renditions(a_photograph()):
        picture = opened(one.data)
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)
        assert b"Secret Camera" not in one.data


def test_a_picture_that_lies_on_its_side_is_put_upright():
    made = renditions(a_photograph(1000, 600, turned=6))[-1]
    assert (made.width, made.height) == (600, 1000)
    picture = opened(made.data).convert("RGB")
    assert is_near(picture.getpixel((550, 500)), RED)
    assert is_near(picture.getpixel((50, 500)), BLUE)


def test_what_is_transparent_is_on_paper():
    written = BytesIO()
    Image.new("RGBA", (600, 600), (0, 0, 0, 0)).save(written, "PNG")
    pixel = opened(renditions(written.getvalue())[0].data).convert("RGB").getpixel((1, 1))
    assert min(pixel) > 240


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7 and so on",
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"\xff\xd8\xff and no more",
        a_photograph()[:3000],
    ],
)
def test_what_is_no_picture_or_damaged_is_refused(data):
    with pytest.raises(UnknownPicture):
        renditions(data)


def test_a_picture_of_another_kind_is_refused_whatever_its_name_says():
    written = BytesIO()
    Image.new("RGB", (600, 600)).save(written, "GIF")
    with pytest.raises(UnknownPicture):
        renditions(written.getvalue())


def a_bomb(width, height):
    """A PNG of a few bytes that says of itself that it is so large."""

    def chunk(name, content):
        return (
            struct.pack(">I", len(content))
            + name
            + content
            + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("width", [MOST_PIXELS // 1000 + 1, MOST_PIXELS // 1000 * 3, 2**31 - 1])
def test_what_would_fill_the_memory_once_unpacked_is_refused(width):
    with pytest.raises(PictureTooLarge):
        renditions(a_bomb(width, 1000))


def test_a_file_has_a_largest_size():
    with pytest.raises(PictureTooLarge):
        renditions(a_photograph().ljust(MOST_BYTES + 1, b"0"))


def test_a_picture_has_a_smallest_size():
    assert renditions(a_photograph(LEAST_EDGE, 100))
    with pytest.raises(PictureTooSmall):
        renditions(a_photograph(LEAST_EDGE - 1, 100))
