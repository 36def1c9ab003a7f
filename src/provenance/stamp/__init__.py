"""Stamping: the one write path, from pixels to a marked, signed and recorded picture.

``Stamper.stamp`` is all of it; ``StampOptions`` says what may differ between pictures.
"""

from provenance.stamp.options import StampOptions
from provenance.stamp.producer import Producer
from provenance.stamp.stamped_image import StampedImage
from provenance.stamp.stamper import Stamper

__all__ = ["Producer", "StampOptions", "StampedImage", "Stamper"]
