"""The invisible watermark ``dwt.1``: pixels in, pixels out.

It knows nothing of files, manifests or databases.
"""

from provenance.stamp_id import Payload
from provenance.watermark.detect import Detection, detect, detect_each
from provenance.watermark.embed import embed
from provenance.watermark.format import ALG
from provenance.watermark.margin import Margin, margin
from provenance.watermark.plane import layout

__all__ = [
    "ALG",
    "Detection",
    "Margin",
    "Payload",
    "detect",
    "detect_each",
    "embed",
    "layout",
    "margin",
]
