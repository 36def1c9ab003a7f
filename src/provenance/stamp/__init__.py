"""Stamping: the one write path, from pixels to a marked, signed and recorded picture.

``Stamper.stamp`` is all of it; ``StampOptions`` says what may differ between pictures.
``stamp_many`` and ``AsyncStamper`` do it for batches and for event loops.
"""

from provenance.stamp.kinds import MIME
from provenance.stamp.many import AsyncStamper, Threads, stamp_many
from provenance.stamp.options import StampOptions
from provenance.stamp.producer import Producer
from provenance.stamp.stamped_image import StampedImage
from provenance.stamp.stamper import Stamper

__all__ = [
    "MIME",
    "AsyncStamper",
    "Producer",
    "StampOptions",
    "StampedImage",
    "Stamper",
    "Threads",
    "stamp_many",
]
