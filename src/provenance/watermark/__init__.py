"""The invisible watermark ``dwt.1``: pixels in, pixels out.

It knows nothing of files, manifests or databases. Each part is loaded on first use: who only reads
a lock key needs no wavelets.
"""

from typing import TYPE_CHECKING

from provenance.lazily import load_lazily
from provenance.stamp_id import Payload

if TYPE_CHECKING:
    from provenance.watermark.batches.embedding import MarkedBatch, embed_batch
    from provenance.watermark.batches.looking import detect_batch
    from provenance.watermark.detection.detector import (
        Detection,
        Outcome,
        detect,
        detect_all,
        detect_each,
        search_each,
    )
    from provenance.watermark.detection.frames import (
        MOST_VIEWS,
        FramesOutcome,
        detect_frames,
        find_carrying,
        search_frames,
        search_parts,
    )
    from provenance.watermark.detection.matching import match
    from provenance.watermark.detection.search import Corners, Search, read_corners
    from provenance.watermark.embedding.embedder import embed
    from provenance.watermark.embedding.margins import Margin, margin
    from provenance.watermark.embedding.moving import MovingMark
    from provenance.watermark.format import ALG
    from provenance.watermark.lock import LockKey, draw_lock
    from provenance.watermark.plane import layout
    from provenance.watermark.prng import check_private_key

__all__ = [
    "ALG",
    "MOST_VIEWS",
    "Corners",
    "Detection",
    "FramesOutcome",
    "LockKey",
    "Margin",
    "MarkedBatch",
    "MovingMark",
    "Outcome",
    "Payload",
    "Search",
    "check_private_key",
    "detect",
    "detect_all",
    "detect_batch",
    "detect_each",
    "detect_frames",
    "draw_lock",
    "embed",
    "embed_batch",
    "find_carrying",
    "layout",
    "margin",
    "match",
    "read_corners",
    "search_each",
    "search_frames",
    "search_parts",
]

_MODULES = {
    "batches.embedding": ("MarkedBatch", "embed_batch"),
    "batches.looking": ("detect_batch",),
    "detection.detector": (
        "Detection",
        "Outcome",
        "detect",
        "detect_all",
        "detect_each",
        "search_each",
    ),
    "detection.frames": (
        "MOST_VIEWS",
        "FramesOutcome",
        "detect_frames",
        "find_carrying",
        "search_frames",
        "search_parts",
    ),
    "detection.matching": ("match",),
    "detection.search": ("Corners", "Search", "read_corners"),
    "embedding.embedder": ("embed",),
    "embedding.margins": ("Margin", "margin"),
    "embedding.moving": ("MovingMark",),
    "format": ("ALG",),
    "lock": ("LockKey", "draw_lock"),
    "plane": ("layout",),
    "prng": ("check_private_key",),
}
__getattr__ = load_lazily(__name__, _MODULES)
