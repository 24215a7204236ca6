"""Receipts as files: what a file is, its content says, not its name; what lies is refused."""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image

from booking.self_initiated.support_errors import EmptyReceipt, ReceiptTooLarge, UnknownReceipt

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 64_000_000
PDF = "application/pdf"
_PICTURES = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n \t%]")
_PDF_TAIL = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_PDF_TABLE = re.compile(rb"\s*(xref\s|\d+\s+\d+\s+obj)")
_TAIL_BYTES = 2048


def kind_of_receipt(data: bytes) -> tuple[str, str]:
    """The media type and the ending of a receipt, once it was looked through.

    Raises `EmptyReceipt`, `ReceiptTooLarge`, `UnknownReceipt` for what is neither a whole PDF nor
    a whole picture.
    """
    if not data:
        raise EmptyReceipt()
    if len(data) > MOST_BYTES:
        raise too_large()
    if data.startswith(b"%PDF-"):
        if not _is_pdf(data):
            raise UnknownReceipt()
        return PDF, "pdf"
    return _kind_of_picture(data)


def _is_pdf(data: bytes) -> bool:
    """Whether it begins and ends as a PDF does, and its table of contents is where its end says
    (ISO 32000-2, 7.5)."""
    tail = _PDF_TAIL.search(data[-_TAIL_BYTES:].rstrip(b"\0"))
    if not _PDF_HEAD.match(data) or tail is None:
        return False
    start = int(tail[1])
    return start < len(data) and _PDF_TABLE.match(data[start : start + 64]) is not None


def _kind_of_picture(data: bytes) -> tuple[str, str]:
    """Every pixel is unpacked, as a damaged picture may look whole at first."""
    try:
        with Image.open(BytesIO(data), formats=list(_PICTURES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise too_large()
            kind = _PICTURES[picture.format or ""]
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except (OSError, ValueError, SyntaxError, EOFError, KeyError) as error:
        raise UnknownReceipt() from error
    return kind


def too_large() -> ReceiptTooLarge:
    """That a file has more bytes or pixels than one may."""
    return ReceiptTooLarge(
        megabytes=MOST_BYTES // 1024 // 1024, megapixels=MOST_PIXELS // 1_000_000
    )
