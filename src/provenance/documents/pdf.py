"""PDF, by way of the optional package pypdfium2: each page as it is shown, and each picture in it.

A picture that lies in the PDF as a JPEG is taken out as it is, with its manifest if it has one.
Others are decoded, and written as PNG.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance import imaging
from provenance.containers import STORE_MARK
from provenance.distribution import say_install
from provenance.documents.parts import Part, Place
from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputCostError,
    InputError,
    NotExaminedError,
    UnsupportedFormatError,
)
from provenance.limits import Limits

START, WITHIN = b"%PDF-", 1024
"""How a PDF begins, within so many bytes: readers pass over what stands before it."""

MOST_PAGES, MOST_PICTURES = 100, 400
"""Pages that are drawn, and pictures that are taken out, of one PDF: each is then searched, for
about a second."""

DEEPEST = 4
"""Forms within forms whose pictures are found."""

POINTS_PER_INCH, DOTS_PER_INCH, PAGE_PIXELS = 72, 200, 8_000_000
"""How a page is drawn: finely enough for print, and a large one less finely."""

AS_IT_IS = (["DCTDecode"],)
"""Filters of a picture whose bytes are a whole file: JPEG."""


def is_pdf(data: bytes) -> bool:
    """Tell whether a file begins like a PDF."""
    return START in data[:WITHIN]


def open_parts(data: bytes, limits: Limits) -> Iterator[Part]:
    """Yield the document where it has a manifest, then the pictures of each page and the page.

    Raises
    ------
    InputError
        The PDF can't be opened, or pypdfium2 is not installed.
    """
    pdfium = _load()
    if STORE_MARK in data:
        yield Part(Place(), data)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise CorruptImageError(
            "The PDF can't be opened: it is damaged, or locked with a password."
        ) from error
    with closing(document):
        count, seen, left = len(document), set[bytes](), MOST_PICTURES
        for number in range(1, min(count, MOST_PAGES) + 1):
            for part in _open_page(pdfium, document, number, limits, left):
                digest = hashlib.sha256(part.data).digest()
                if part.data and digest in seen:
                    continue  # the same picture on several pages
                seen.add(digest)
                left -= part.place.picture is not None
                yield part
        if count > MOST_PAGES:
            says = f"Pages {MOST_PAGES + 1:,} to {count:,} were not looked at; split the PDF."
            yield Part(Place(page=MOST_PAGES + 1), error=ImageTooLargeError(says))


def _open_page(
    pdfium: ModuleType, document: Any, number: int, limits: Limits, left: int
) -> Iterator[Part]:
    """Yield the pictures of a page and then the page; what goes wrong with one is its own part."""
    try:
        page = document[number - 1]
        kinds = [pdfium.raw.FPDF_PAGEOBJ_IMAGE]
        found = list(page.get_objects(filter=kinds, max_depth=DEEPEST))
    except (pdfium.PdfiumError, ValueError) as error:
        broken = CorruptImageError("This page is damaged and can't be opened.")
        broken.__cause__ = error
        yield Part(Place(page=number), error=broken)
        return
    with closing(page):
        for index, each in enumerate(found[: max(left, 0)], 1):
            yield _try(pdfium, Place(page=number, picture=index), _take_out, each, limits)
        if len(found) > left:
            says = "Further pictures of this page were not taken out: there are too many in all."
            yield Part(Place(page=number), error=NotExaminedError(says))
        yield _try(pdfium, Place(page=number), _draw, page, limits)


def _try(pdfium: ModuleType, place: Place, take: Any, what: Any, limits: Limits) -> Part:
    try:
        data, made = take(what, limits)
        return Part(place, data, made)
    except InputError as error:
        return Part(place, error=error)
    except MemoryError as error:
        costly = InputCostError("This part of the PDF needs more memory than there is.")
        costly.__cause__ = error
        return Part(place, error=costly)
    except (pdfium.PdfiumError, ValueError, TypeError, RuntimeError) as error:
        broken = CorruptImageError("This part of the PDF is damaged and can't be read.")
        broken.__cause__ = error
        return Part(place, error=broken)


def _take_out(picture: Any, limits: Limits) -> tuple[bytes, bool]:
    """Return a picture's own file, or else its samples as a PNG."""
    limits.check_size(*picture.get_px_size())
    filters = picture.get_filters()
    if filters in AS_IT_IS:
        data = bytes(picture.get_data(decode_simple=False))
        if imaging.recognise(data):
            return data, False
    return _write(picture.get_bitmap(render=False)), True


def _draw(page: Any, limits: Limits) -> tuple[bytes, bool]:
    width, height = page.get_size()
    inches = max(width * height / POINTS_PER_INCH**2, 1e-6)
    most = min(PAGE_PIXELS, limits.max_pixels)
    dots = min(DOTS_PER_INCH, (most / inches) ** 0.5)
    return _write(page.render(scale=dots / POINTS_PER_INCH, rev_byteorder=True)), True


def _write(bitmap: Any) -> bytes:
    """Write a bitmap as a PNG, without its alpha."""
    with closing(bitmap):
        samples: NDArray[np.uint8] = np.array(bitmap.to_numpy())
        swapped = bitmap.mode.startswith("BGR")
    if samples.ndim == 2:
        samples = samples[..., None]
    colours = samples[..., :3] if samples.shape[2] >= 3 else samples[..., 0]
    if swapped:
        colours = colours[..., ::-1]
    picture, _ = imaging.load_picture(np.ascontiguousarray(colours))
    return imaging.encode(picture)


def _load() -> ModuleType:
    try:
        return import_module("pypdfium2")
    except ImportError as error:
        raise UnsupportedFormatError(
            f"To examine PDF files, install pypdfium2: {say_install('pdf-in')}."
        ) from error
