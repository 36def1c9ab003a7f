"""The public pilot taken out: it needs the 32 lines that everybody knows, and no payload."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance.watermark import pilot
from provenance.watermark.carrier import SAMPLES
from provenance.watermark.detection.presence import flatten
from provenance.watermark.embedding import masking
from provenance.watermark.plane import layout, luma, sample, spread

REACH = 96
"""Side, in samples of the plane, of the squares that a line's strength is averaged over, twice."""
PASSES = 3
"""Times that what is left of the pilot is subtracted: a line's estimate holds the others, too."""


def nulled(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Subtract the pilot, shaped by the encoder's own mask, until the detector sees none.

    Each line is as strong as makes the flattened picture agree with it no longer, around each
    place. It is the attack of somebody who has this project's code.
    """
    rgb = np.asarray(image)
    at = layout(image.width, image.height)
    mask = masking.mask(masking.local_variance(masking.cover_plane(luma(rgb), at)))
    mask /= mask.mean()
    lines, phases = pilot.lines(None), pilot.sample_phases(None)
    change = np.zeros(rgb.shape[:2], np.float32)
    for _pass in range(PASSES):
        plane = sample(luma(rgb) + change, at)
        detail = plane.samples - ndimage.uniform_filter(plane.samples, 5)
        weight = flatten(plane).samples / np.where(detail == 0, 1, detail)
        rows, columns = plane.samples.shape
        shape = mask[:rows, :columns]
        near = _around(weight * shape) / 2
        pattern = np.zeros_like(plane.samples)
        for (u, v), phase in zip(lines.tolist(), phases.tolist(), strict=True):
            turns = np.add.outer(v * np.arange(rows) / SAMPLES, u * np.arange(columns) / SAMPLES)
            wave = np.cos(2 * np.pi * (turns + phase)).astype(np.float32)
            seen = _around(weight * detail * wave)
            pattern -= seen / near * wave
        full = np.zeros_like(mask)
        full[:rows, :columns] = pattern * shape
        change += spread(full, at, slice(0, image.height), slice(0, image.width))
    # rounded at random, or what is less than half a grey level would stay in even places
    change += rng.uniform(-0.5, 0.5, change.shape).astype(np.float32)
    return Image.fromarray(np.clip(np.rint(rgb + change[..., None]), 0, 255).astype(np.uint8))


def _around(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Average over what lies around each sample, nearer samples counting more."""
    once = ndimage.uniform_filter(values, REACH)
    return np.asarray(ndimage.uniform_filter(once, REACH))
