"""The boxes that a manifest store consists of: JUMBF (ISO 19566-5), boxes within boxes.

Anything out of bounds is a `ValueError`.
"""

from __future__ import annotations

from collections.abc import Iterator

# How every manifest store begins its description: JUMBF box type and C2PA's content type.
STORE_MARK = b"jumdc2pa"

_HEADER = 8
_DESCRIPTION = 17  # content type and toggles, then the label


def is_store(data: bytes) -> bool:
    """Tell whether these bytes begin as a manifest store does, and not as any picture."""
    return data[4:8] == b"jumb" and data[12 : 12 + len(STORE_MARK)] == STORE_MARK


def whole_store(data: bytes) -> bytes:
    """Return the store at the start of `data`, without what may follow it.

    `ValueError` when there is none, or only a part of one.
    """
    size = int.from_bytes(data[:4], "big")
    if not is_store(data) or not _HEADER <= size <= len(data):
        raise ValueError("no complete manifest store")
    return data[:size]


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Split a sequence of boxes into type and content."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if size < _HEADER or at + size > len(data):
            raise ValueError("a box reaches beyond its parent")
        yield kind, data[at + _HEADER : at + size]
        at += size


def one(data: bytes, kind: bytes) -> bytes:
    """Return the content of the one box of that type; `ValueError` for none or several."""
    found = [content for name, content in boxes(data) if name == kind]
    if len(found) != 1:
        raise ValueError(f"{len(found)} boxes of type {kind!r}")
    return found[0]


def child(superbox: bytes, label: str) -> bytes:
    """Return the content of the one superbox with that label inside `superbox`."""
    found = [
        content
        for kind, content in boxes(superbox)
        if kind == b"jumb" and _label(content) == label.encode()
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} boxes are called {label!r}")
    return found[0]


def labels(superbox: bytes) -> Iterator[bytes]:
    """Yield the labels of the superboxes inside `superbox`."""
    for kind, content in boxes(superbox):
        if kind == b"jumb":
            yield _label(content)


def _label(superbox: bytes) -> bytes:
    kind, description = next(boxes(superbox), (b"", b""))
    if kind != b"jumd" or len(description) < _DESCRIPTION:
        raise ValueError("a superbox without description")
    return description[_DESCRIPTION:].partition(b"\0")[0]
