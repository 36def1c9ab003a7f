"""PDF: the pictures in it as they are, and the pages as they are shown."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from provenance import imaging
from provenance.documents import Place, is_document, open_parts, pdf
from provenance.errors import CorruptImageError, ImageTooLargeError, UnsupportedFormatError
from provenance.limits import Limits

RED, BLUE = (200, 30, 30), (30, 30, 200)


def make(*pages: Image.Image) -> bytes:
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:])
    return buffer.getvalue()


def test_pictures_and_pages_are_parts() -> None:
    data = make(Image.new("RGB", (200, 100), RED), Image.new("1", (200, 100), 1))
    assert is_document(data)
    parts = list(open_parts(data))
    assert [each.place for each in parts] == [
        Place(page=1, picture=1),
        Place(page=1),
        Place(page=2, picture=1),
        Place(page=2),
    ]
    taken, page, bitmap, _ = parts
    assert not taken.made
    assert taken.data in data  # the JPEG as it lies in the file
    assert page.made
    assert bitmap.made
    shown = imaging.decode(page.data)
    assert np.abs(shown.rgb.astype(int) - RED).max() < 12
    assert (imaging.decode(bitmap.data).rgb == 255).all()


def test_a_picture_on_several_pages_is_taken_out_once() -> None:
    same = Image.new("RGB", (64, 64), BLUE)
    parts = list(open_parts(make(same, same)))
    assert [each.place for each in parts] == [Place(page=1, picture=1), Place(page=1)]


def test_pages_beyond_the_limit_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    *_, last = open_parts(make(*(Image.new("RGB", (40, 40), each) for each in (RED, BLUE))))
    assert last.place == Place(page=2)
    assert isinstance(last.error, ImageTooLargeError)


def test_a_large_picture_is_refused_and_the_page_is_drawn_less_finely() -> None:
    large, page = open_parts(make(Image.new("RGB", (300, 300), RED)), Limits(max_pixels=40_000))
    assert isinstance(large.error, ImageTooLargeError)
    shown = imaging.decode(page.data)
    assert shown.width * shown.height <= 41_000


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\n" + bytes(500)])
def test_what_is_no_pdf_is_damaged(data: bytes) -> None:
    with pytest.raises(CorruptImageError, match="can't be opened"):
        list(open_parts(data))


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(UnsupportedFormatError, match="pip install 'pypdfium2"):
        list(open_parts(b"%PDF-1.7"))
