"""Files go through one interface, and only what they are decides how they are kept."""

from __future__ import annotations

import pytest

from booking.core.errors import NotFound
from booking.web.storage import MAX_BYTES, FileTooLarge, FolderStorage, UnknownFile

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def folder(tmp_path):
    return FolderStorage(tmp_path / "uploads")


def test_what_is_saved_is_read_back_under_a_key_of_its_own(folder):
    one, two = folder.save(PNG), folder.save(PNG)
    assert one != two
    assert one.endswith(".png")
    assert folder.read(one) == PNG


def test_the_content_and_not_a_name_says_what_a_file_is(folder):
    assert folder.save(b"%PDF-1.7 and so on").endswith(".pdf")
    with pytest.raises(UnknownFile):
        folder.save(b"<script>alert(1)</script>")


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_has_a_largest_size(folder, more):
    data = PNG + b"0" * (MAX_BYTES - len(PNG) + more)
    if more:
        with pytest.raises(FileTooLarge):
            folder.save(data)
    else:
        assert folder.save(data)


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "ab/../../x.png", "", "ab/" + "0" * 30 + ".png"]
)
def test_a_key_leads_nowhere_else(folder, key):
    with pytest.raises(NotFound):
        folder.read(key)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(folder):
    key = folder.save(PNG)
    folder.delete(key)
    folder.delete(key)
    with pytest.raises(NotFound):
        folder.read(key)
