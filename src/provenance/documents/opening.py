"""Which files are documents, and who opens them."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import imaging
from provenance.documents import archive, pdf
from provenance.documents.parts import Part
from provenance.limits import DEFAULT_LIMITS, Limits


def is_document(data: bytes) -> bool:
    """Tell by a file's first bytes whether it is a document that can hold pictures."""
    if imaging.recognise(data) is not None:
        return False
    return archive.is_archive(data) or pdf.is_pdf(data)


def open_parts(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Part]:
    """Yield the parts of a document, in their order; those that can't be had, with the reason.

    Raises
    ------
    InputError
        The document as a whole can't be opened, or is over a limit.
    """
    limits.check_bytes(len(data))
    yield from (
        archive.open_parts(data, limits)
        if archive.is_archive(data)
        else pdf.open_parts(data, limits)
    )
