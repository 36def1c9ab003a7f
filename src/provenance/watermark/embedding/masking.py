"""Where a picture hides a mark: the shape of the mark's amplitude over the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance.geometry import Geometry
from provenance.watermark.plane import plane_shape

Floats = NDArray[np.float32]

MASK_EXPONENT = 0.35
"""Power of the local deviation with which amplitude grows. At equal SSIMULACRA2, 0 (even) reads
0.5 dB worse; 0.6 reads no better, and shows in Butteraugli (docs/adr/0002)."""
MASK_FLOOR = 3.0
"""Grey levels added to the local deviation, so that flat areas get a little of the mark too."""
MASK_RADIUS = 3.0
"""Standard deviation, in samples, of the neighbourhood over which the deviation is taken."""
MASK_CUT = 3.0
"""Standard deviations at which that neighbourhood ends."""
MASK_REACH = 7
"""Side, in samples, of the square whose least deviation counts: an edge hides nothing in the flat
area next to it. Without this, marks show as halos, and Butteraugli is 3 % higher."""


def cover_plane(picture: Floats, geometry: Geometry) -> Floats:
    """Average a picture's luma to the samples of the plane that covers it."""
    height, width = picture.shape
    rows, columns = plane_shape(geometry, width, height)
    image = Image.fromarray(picture).resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.float32)


def local_variance(cover: Floats) -> Floats:
    """Measure the variance around each sample of the plane, in grey levels squared."""
    mean = ndimage.gaussian_filter(cover, MASK_RADIUS, truncate=MASK_CUT)
    square = ndimage.gaussian_filter(cover * cover, MASK_RADIUS, truncate=MASK_CUT)
    return np.asarray(np.maximum(square - mean * mean, 0))


def mask(variance: Floats) -> Floats:
    """Compute the relative amplitude for each sample of the plane, of mean square 1."""
    least = ndimage.minimum_filter(variance, MASK_REACH)
    shape = (MASK_FLOOR + np.sqrt(least)) ** np.float32(MASK_EXPONENT)
    return np.asarray(shape / np.sqrt((shape * shape).mean()), dtype=np.float32)


GOAL = 10.0
"""Points of SSIMULACRA2 that the mark may cost a 1024 px picture by the fit below (100 less the
score). Trials make most marks somewhat stronger and pilots are weaker than those that were fitted;
on average it costs as much (ADR 0029)."""
GOAL_SCALE_POWER = -0.33
"""Power of the mark's scale, up to 1, with which the goal grows: a small picture may lose a bit
more."""
_LOSS_AT_ONE = 32.6
_SCALE_POWER, _LARGE_POWER, _CONTRAST_POWER, _STRENGTH_POWER = 1.014, 0.58, 0.46, 0.935
CODEC_VARIANCE = 16.0
"""Fit of the measured loss over 80 pictures of 256, 512 and 1024 px, 7 % standard deviation:
loss = _LOSS_AT_ONE * scale**_SCALE_POWER * contrast**_CONTRAST_POWER * strength**_STRENGTH_POWER,
where contrast is the mean of amplitude over local deviation. From scale 1 up the power is
_LARGE_POWER, from three pictures of 14 megapixels."""


def contrast(variance: Floats, mask: Floats) -> float:
    """Compute the mean of amplitude over local deviation."""
    return float((mask / np.sqrt(variance + CODEC_VARIANCE)).mean())


def strength(contrast: float, scale: float) -> float:
    """Compute the mark's standard deviation, in grey levels, that costs this picture its goal."""
    shown = scale ** (_SCALE_POWER if scale < 1 else _LARGE_POWER)
    at_one = _LOSS_AT_ONE * shown * contrast**_CONTRAST_POWER
    goal = GOAL * min(scale, 1.0) ** GOAL_SCALE_POWER
    return float((goal / at_one) ** (1 / _STRENGTH_POWER))
