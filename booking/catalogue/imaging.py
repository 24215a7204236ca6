"""A photograph that somebody uploads, made fit to be shown: upright, bare of metadata, in a few
sizes. What it is, its content says; nothing of the file itself is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

from booking.core.errors import N_, RuleBroken

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000
"""More than that is no photograph but a bomb: some bytes that fill gigabytes once unpacked."""
LEAST_EDGE = 480
EDGES = (480, 960, 1600)
"""The longer edges of the sizes that are made, in pixels; none is larger than the picture."""
MEDIA_TYPE = "image/webp"
PAPER = (252, 250, 246)
"""What shows through where a picture is transparent."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 80

# Beyond this the library warns, and beyond twice as much it refuses: both are caught below.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class UnknownPicture(RuleBroken):
    code = "invalid_value"
    message = N_("This is no picture that can be read. Choose a JPEG, PNG or WebP file.")
    about = "picture"


class PictureTooLarge(RuleBroken):
    code = "invalid_value"
    message = N_(
        "The picture is too large: it may have %(megabytes)s MB and %(megapixels)s megapixels "
        "at most."
    )
    about = "picture"

    @classmethod
    def of_limits(cls) -> PictureTooLarge:
        return cls(megabytes=MOST_BYTES // 1024 // 1024, megapixels=MOST_PIXELS // 1_000_000)


class PictureTooSmall(RuleBroken):
    code = "invalid_value"
    message = N_("The picture is too small: its longer edge has to be %(edge)s pixels at least.")
    about = "picture"


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture in one size, as WebP."""

    data: bytes
    width: int
    height: int


def renditions(data: bytes) -> Sequence[Rendition]:
    """The picture in its sizes, the smallest first.

    Raises `UnknownPicture` for what is no JPEG, PNG or WebP or is damaged, `PictureTooLarge`,
    `PictureTooSmall`.
    """
    if len(data) > MOST_BYTES:
        raise PictureTooLarge.of_limits()
    try:
        picture = _upright(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge.of_limits() from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnknownPicture() from error
    longest = max(picture.size)
    if longest < LEAST_EDGE:
        raise PictureTooSmall(edge=LEAST_EDGE)
    edges = sorted({min(edge, longest) for edge in EDGES})
    return [_rendition(picture, edge) for edge in edges]


def _upright(data: bytes) -> Image.Image:
    """The picture as it is meant to be seen, in sRGB and on paper; its size is looked at before
    anything is unpacked."""
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise PictureTooLarge.of_limits()
        largest = max(EDGES)
        opened.draft("RGB", (largest, largest))
        profile = opened.info.get("icc_profile")
        picture = _on_paper(_in_srgb(ImageOps.exif_transpose(opened), profile))
    picture.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in the colours of the web, where it says in which others it is."""
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        done = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError):
        return picture
    return done or picture


def _on_paper(picture: Image.Image) -> Image.Image:
    """The pixels alone, on paper where they are transparent: nothing that the file told besides."""
    bare = Image.new("RGB", picture.size, PAPER)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        bare.paste(layer, mask=layer)
    else:
        bare.paste(picture.convert("RGB"))
    return bare


def _rendition(picture: Image.Image, edge: int) -> Rendition:
    sized = picture.copy()
    sized.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    written = BytesIO()
    sized.save(written, "WEBP", quality=_QUALITY, method=4)
    return Rendition(written.getvalue(), sized.width, sized.height)
