"""The boxes that a manifest store consists of: JUMBF (ISO 19566-5), boxes within boxes.

Anything out of bounds is a ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.containers import OTHER, bmff, is_store
from provenance.errors import CorruptImageError

_HEADER = 8  # bytes of a box before its content: size and type
_DESCRIPTION = 17  # bytes before the label: content type 16, toggles 1


def cut_store(data: bytes) -> bytes:
    """Return the store at the start of ``data``, without what may follow it.

    Raises
    ------
    ValueError
        There is none, or only a part of one.
    """
    size = int.from_bytes(data[:4], "big")
    if not is_store(data) or not _HEADER <= size <= len(data):
        raise ValueError("no complete manifest store")
    return data[:size]


def split_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Split a sequence of boxes, each with its size in 32 bits, into type and content.

    Raises
    ------
    ValueError
        A box reaches beyond the end, or there are too many.
    """
    try:
        for piece in bmff.walk_level(data):
            size = int.from_bytes(data[piece.start : piece.start + 4], "big")
            if piece.kind == OTHER or piece.end - piece.start != size:
                raise ValueError("a box reaches beyond its parent")
            yield piece.kind, piece.read_content(data)
    except CorruptImageError as error:
        raise ValueError(str(error)) from error


def find_box(data: bytes, kind: bytes) -> bytes:
    """Return the content of the one box of that type.

    Raises
    ------
    ValueError
        There are none, or several.
    """
    found = [content for name, content in split_boxes(data) if name == kind]
    if len(found) != 1:
        raise ValueError(f"{len(found)} boxes of type {kind!r}")
    return found[0]


def find_superbox(superbox: bytes, label: str) -> bytes:
    """Return the content of the one superbox with that label inside another.

    Raises
    ------
    ValueError
        There are none, or several.
    """
    found = [
        content
        for kind, content in split_boxes(superbox)
        if kind == b"jumb" and _label(content) == label.encode()
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} boxes are called {label!r}")
    return found[0]


def list_labels(superbox: bytes) -> Iterator[bytes]:
    """Yield the labels of the superboxes inside another.

    Raises
    ------
    ValueError
        A superbox has no label.
    """
    for kind, content in split_boxes(superbox):
        if kind == b"jumb":
            yield _label(content)


def _label(superbox: bytes) -> bytes:
    kind, description = next(split_boxes(superbox), (b"", b""))
    if kind != b"jumd" or len(description) < _DESCRIPTION:
        raise ValueError("a superbox without description")
    return description[_DESCRIPTION:].partition(b"\0")[0]
