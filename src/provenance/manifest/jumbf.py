"""The boxes that a manifest store consists of: JUMBF (ISO 19566-5), boxes within boxes.

Anything out of bounds is a ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.containers import OTHER, bmff, is_store
from provenance.errors import CorruptImageError
from provenance.manifest import compression

_HEADER = 8  # bytes of a box before its content: size and type
_DESCRIPTION = 17  # bytes before the label: content type 16, toggles 1

UPDATE = b"c2um"
"""How the content type of an update manifest begins, which has no hard binding of its own."""

BROTLI, MAX_NESTED = b"brob", 2
"""Type of the box in a compressed manifest, and how often one may be compressed; once suffices."""

_COMPRESSED = b"c2cm"  # how the content type of a compressed manifest begins
_PADDING, _METADATA = b"free", b"c2md"  # a box, and a content type, that say nothing
_UNHASHED = frozenset(
    (b"c2ma", UPDATE, b"c2as")
)  # manifests and assertion stores: parts are hashed


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


def list_manifests(store: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield label and content type of each superbox that a store consists of.

    Raises
    ------
    ValueError
        It is not a store, or a superbox has no label.
    """
    for kind, content in split_boxes(find_box(store, b"jumb")):
        if kind == b"jumb":
            yield _label(content).decode("utf-8", "replace"), _read_type(expand_manifest(content))


def find_manifest(store: bytes, urn: str) -> bytes:
    """Return the content of the one manifest with that URN, decompressed if need be.

    Raises
    ------
    ValueError
        There are none, or several, or it can't be decompressed.
    """
    manifest = expand_manifest(find_superbox(find_box(store, b"jumb"), urn))
    if _label(manifest) != urn.encode():
        raise ValueError("a compressed manifest of another name")
    return manifest


def expand_manifest(superbox: bytes) -> bytes:
    """Return the content of a manifest's superbox, decompressed if need be.

    Raises
    ------
    ValueError
        It can't be decompressed.
    """
    for _ in range(MAX_NESTED):
        if _read_type(superbox) != _COMPRESSED:
            return superbox
        superbox = find_box(compression.expand(find_box(superbox, BROTLI)), b"jumb")
    raise ValueError("a manifest that is compressed too often")


def drop_ignored(store: bytes) -> bytes:
    """Return a store without what the C2PA library stumbles over, where readers have to skip it.

    That is padding between the boxes, which no hash covers, and metadata next to the manifests.

    Raises
    ------
    ValueError
        It is not a complete store.
    """
    return _pack(_drop_ignored(find_box(cut_store(store), b"jumb")))


def _drop_ignored(superbox: bytes) -> bytes:
    kept = []
    for kind, content in split_boxes(superbox):
        if kind == _PADDING or (kind == b"jumb" and _read_type(content) == _METADATA):
            continue
        nested = kind == b"jumb" and _read_type(content) in _UNHASHED
        kept.append(_pack(_drop_ignored(content) if nested else content, kind))
    return b"".join(kept)


def _pack(content: bytes, kind: bytes = b"jumb") -> bytes:
    return (_HEADER + len(content)).to_bytes(4, "big") + kind + content


def _read_type(superbox: bytes) -> bytes:
    _, description = next(split_boxes(superbox), (b"", b""))
    return description[:4]


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
