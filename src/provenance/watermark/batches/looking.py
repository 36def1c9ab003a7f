"""Tells which pictures of a batch surely hold no mark that a hasty search would find.

The rungs that let most unmarked pictures go are climbed on the device: pilot and carrier as marked,
the pilot of a resized whole, the pilot at any scale and angle. Whatever comes near a threshold is
left to the detector, so a batch gets the answers that it gives.
"""

from __future__ import annotations

import numpy as np

from provenance.watermark import format as fmt
from provenance.watermark.batches.bits import Carriers, excess, transform
from provenance.watermark.batches.pilots import measure_gate, measure_presence, measure_resized
from provenance.watermark.batches.planes import fits, luma, sample
from provenance.watermark.batches.spectra import spectrum
from provenance.watermark.batches.tensors import Tensor, load_torch, read_batch
from provenance.watermark.detection import looks
from provenance.watermark.detection.detector import SMALLEST_SIDE, Detection, detect
from provenance.watermark.detection.soft_bits import WEIGHTINGS
from provenance.watermark.detection.spectrum import Spectrum
from provenance.watermark.plane import layout

MARGIN = 0.05
"""Standard deviations under a threshold from which a picture is left to the detector: a device's
sums differ in the last places, by 0.001 of these at most."""


def detect_batch(pictures: object, *, device: str | None = None) -> list[Detection | None]:
    """Find and read public marks in equally large pictures, as ``detect(..., hasty=True)`` does.

    Most pictures without a mark are let go on the device where they lie; the others are searched by
    ``detect``, and the answers are its own.

    Parameters
    ----------
    pictures : tensor or array, shape (N, H, W, 3) or (N, 3, H, W)
        uint8, or floats from 0 to 1, which are rounded to the nearest of 255 steps.
    device : str, optional
        Where to look, such as "cuda"; where the pictures are when not given.

    Raises
    ------
    ConfigError
        PyTorch is not installed.
    UnsupportedFormatError
        These are not RGB pictures of one size.
    """
    pixels = read_batch(pictures, device).pixels
    found: list[Detection | None] = [None] * len(pixels)
    for each in list_undecided(pixels):
        found[each] = detect(pixels[each].cpu().numpy(), hasty=True)
    return found


def list_undecided(pixels: Tensor) -> list[int]:
    """List the pictures, uint8 with channels last, in which a hasty search may find something."""
    height, width = pixels.shape[1:3]
    if not fits(width, height):
        return list(range(len(pixels)))
    if min(height, width) < SMALLEST_SIDE:
        return []
    with load_torch().no_grad():
        pictures, undecided = luma(pixels), []
        places = load_torch().arange(len(pixels), device=pixels.device)
        for climb in (_as_marked, _anywhere):
            if not len(places):
                break
            held = climb(pictures)
            undecided += places[held].tolist()
            pictures, places = pictures[~held], places[~held]
        return sorted(undecided)


def _as_marked(pictures: Tensor) -> Tensor:
    """Tell where pilot or carrier may be seen in the picture as marked."""
    geometry = layout(pictures.shape[2], pictures.shape[1])
    shown = measure_presence(sample(pictures, geometry)).abs()
    middle = transform(sample(pictures, geometry, looks.CARRIED_SIDE))
    carried = excess(Carriers.of([None], pictures.device).soft_bits(middle, WEIGHTINGS[0]))
    return (shown >= looks.PRESENT - MARGIN) | (carried >= looks.CARRIED - MARGIN)


def _anywhere(pictures: Tensor) -> Tensor:
    """Tell where a pilot may be seen in the picture as resized, or at any scale and angle."""
    whole = spectrum(pictures)
    any_angle, upright = measure_gate(whole)
    gate = (any_angle >= looks.GATE_SCORE - MARGIN) | (upright >= looks.GATE_UPRIGHT - MARGIN)
    return gate | _resized(whole, (pictures.shape[2], pictures.shape[1]))


def _resized(whole: Spectrum, size: tuple[int, int]) -> Tensor:
    """Tell where the pilot may agree with one of the sizes that a picture may have had.

    Which of them agrees most may turn on the last places; each that may be it is held against what
    it needs to be followed.
    """
    agreement, scale = measure_resized(whole, size)
    small = max(size) <= looks.FIRST_SIDE * fmt.GRID * scale
    least = np.where(small, looks.RESIZED, looks.MIN_AGREEMENT).astype(np.float32)
    least = load_torch().from_numpy(least).to(agreement.device)
    best = agreement >= agreement.amax(1, keepdim=True) - MARGIN
    return (best & (agreement >= least - MARGIN)).any(1)
