"""Container formats: where the pieces of a file lie, and its C2PA manifest store among them.

One module per format, each with ``walk``, ``extract`` and ``insert``. Everything that needs to know
how a file is cut (decoding, metadata, manifests, the guards before other libraries) uses these
walks, so all of it sees the same pieces (ADR 0014). They work on bytes and do not decode a picture.
There is no way to remove a manifest.

Every error is a ``ProvenanceError``: ``CorruptImageError`` for a file that can't be walked over,
``ManifestError`` and its kinds for a store.
"""

from provenance.containers import bmff, gif, items, jpeg, limits, png, riff, tiff
from provenance.containers.container import Container, find_container
from provenance.containers.piece import OTHER, Piece
from provenance.containers.store import STORE_MARK, Span, is_store

__all__ = [
    "OTHER",
    "STORE_MARK",
    "Container",
    "Piece",
    "Span",
    "bmff",
    "find_container",
    "gif",
    "is_store",
    "items",
    "jpeg",
    "limits",
    "png",
    "riff",
    "tiff",
]
