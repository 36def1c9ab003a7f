"""Marks batches: what touches all pixels happens on the device, what decides, where it always does.

On the device: luma, mask, transform, carrier, pilot, resampling, the sum. On the processor: JPEG
itself, by which a mark's strength is tried out, and all decisions, by the embedder's own functions
on the few numbers that they need.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooFlatError, PayloadError, ProvenanceError
from provenance.geometry import Geometry
from provenance.watermark import format as fmt
from provenance.watermark import pilot
from provenance.watermark.batches import spectra
from provenance.watermark.batches.bits import Carriers, transform
from provenance.watermark.batches.lines import COLUMNS, ROWS, averaged, smoothed
from provenance.watermark.batches.planes import cover_planes, fits, luma, sample, spread
from provenance.watermark.batches.tensors import Tensor, load_torch, read_batch
from provenance.watermark.carrier import key_of
from provenance.watermark.detection.soft_bits import WEIGHTINGS
from provenance.watermark.detection.spectrum import NOISE_FLOOR
from provenance.watermark.embedding import masking, pilot_power
from provenance.watermark.embedding.embedder import (
    HANDLINGS,
    LIGHT,
    MIN_FIT,
    TRIAL_PIXELS,
    Trial,
    Word,
    check_size,
    embed,
    fit_best,
    judge,
)
from provenance.watermark.embedding.margins import save_as_jpeg
from provenance.watermark.lock import draw_lock
from provenance.watermark.plane import layout, middle
from provenance.watermark.prng import layer_key

Floats = NDArray[np.float32]

CLEAR_FIT = MIN_FIT + 0.5
"""Correlation in what light handling leaves from which a device's mark is used. Below, NumPy marks
the picture: what is done with it turns on ``MIN_FIT``, and a device's sums differ in the last
places."""


@dataclass(frozen=True)
class MarkedBatch:
    """A batch that was marked, in the kind and layout in which it was handed over.

    ``failed`` says, by place in the batch, which pictures can't hold a mark, and why; their pixels
    stay as they were.
    """

    pictures: Any
    failed: Mapping[int, ProvenanceError]


def embed_batch(
    pictures: object,
    payloads: Sequence[bytes],
    key: bytes | None = None,
    *,
    locks: Sequence[bytes] | None = None,
    device: str | None = None,
) -> MarkedBatch:
    """Mark equally large pictures on the device where they lie.

    The marks are those of ``embed``, but for rounding: see docs/providers.md.

    Parameters
    ----------
    pictures : tensor or array, shape (N, H, W, 3) or (N, 3, H, W)
        uint8, or floats from 0 to 1, which are rounded to the nearest of 255 steps.
    payloads : sequence of bytes
        12 bytes for each picture.
    key : bytes, optional
        32 bytes of a private layer; without it the public, universal marks are made.
    locks : sequence of bytes, optional
        3 bytes for each picture; drawn at random when not given.
    device : str, optional
        Where to do it, such as "cuda"; where the pictures are when not given.

    Returns
    -------
    MarkedBatch
        With pictures of the same kind, layout and type.

    Raises
    ------
    ConfigError
        PyTorch is not installed.
    UnsupportedFormatError
        These are not RGB pictures of one size.
    PayloadError, WatermarkKeyError
        Wrong lengths, or not one for each picture.
    ImageTooSmallError
        The short side is under ``SMALLEST_SIDE``.
    """
    batch = read_batch(pictures, device)
    key, count = layer_key(key), len(batch.pixels)
    locks = [draw_lock() for _ in range(count)] if locks is None else locks
    if not len(payloads) == len(locks) == count:
        raise PayloadError(f"The batch has {count} pictures: give a payload, and a lock, for each.")
    words = [Word.of(*both, key) for both in zip(payloads, locks, strict=True)]
    height, width = batch.pixels.shape[1:3]
    check_size(width, height)
    with load_torch().no_grad():
        marked, left = batch.pixels.clone(), list(range(count))
        if fits(width, height):
            marked, left = _mark(batch.pixels, words)
        failed = {}
        for each in left:
            rgb = batch.pixels[each].cpu().numpy()
            try:
                rgb = embed(rgb, payloads[each], key, lock=locks[each])
            except ImageTooFlatError as error:
                failed[each] = error
            marked[each] = load_torch().from_numpy(rgb)
        return MarkedBatch(batch.hand_back(marked), failed)


def _mark(pixels: Tensor, words: Sequence[Word]) -> tuple[Tensor, list[int]]:
    """Mark uint8 pictures; those in the list are left to NumPy."""
    pictures: Tensor = luma(pixels)
    height, width = pictures.shape[1:]
    covers = _survey(pictures, key_of(words[0].secret))
    carriers = Carriers.of([each.secret for each in words], pixels.device)
    trials, left = _try_out(pictures, covers, words, carriers)
    samples = _mark_samples(covers, trials, carriers)
    change = spread(samples, covers.geometry, slice(0, height), slice(0, width))
    steps = pixels.short() + change.round_().short()[..., None]
    return steps.clamp_(0, 255).to(pixels.dtype), left


@dataclass(frozen=True)
class _Covers:
    """What pictures hide: their masks, and each one's strength and energy of the pilot."""

    geometry: Geometry
    key: bytes | None
    mask: Tensor
    strength: list[float]
    pilot: list[float]


def _survey(pictures: Tensor, key: bytes | None) -> _Covers:
    """Measure what pictures hide."""
    height, width = pictures.shape[1:]
    geometry = layout(width, height)
    cover = cover_planes(pictures, geometry)
    variance = _local_variance(cover)
    mask = _mask(variance)
    contrast = (mask / (variance + masking.CODEC_VARIANCE).sqrt()).mean((1, 2))
    gain = (mask / (variance + NOISE_FLOOR**2)).mean((1, 2))
    strength = [masking.strength(each, geometry.scale) for each in contrast.tolist()]
    return _Covers(geometry, key, mask, strength, _required_energy(pictures, gain, geometry, key))


def _local_variance(cover: Tensor) -> Tensor:
    """Measure the variance around each sample, each axis summed in float64 as SciPy does.

    In flat parts it is what float32 loses between two large numbers, and the mask follows it.
    """

    def smooth(values: Tensor, axis: int) -> Tensor:
        near = (values.shape[axis], masking.MASK_RADIUS, masking.MASK_CUT, values.device)
        return smoothed(*near)(values.double(), axis).float()

    mean, square = (smooth(smooth(each, ROWS), COLUMNS) for each in (cover, cover * cover))
    return (square - mean * mean).clamp_(min=0)


def _mask(variance: Tensor) -> Tensor:
    """Compute the relative amplitude for each sample of the planes, of mean square 1."""
    least = variance
    for axis in (COLUMNS, ROWS):
        near = averaged(variance.shape[axis], masking.MASK_REACH, variance.device)
        least = near.least(least, axis)
    shape = (masking.MASK_FLOOR + least.sqrt()).pow(masking.MASK_EXPONENT)
    return shape / shape.square().mean((1, 2), keepdim=True).sqrt()


def _required_energy(
    pictures: Tensor, gain: Tensor, geometry: Geometry, key: bytes | None
) -> list[float]:
    """Variance of a pilot that stands out of each picture as wanted."""
    small, lines = spectra.shrunk(pictures), pilot.lines(key)
    rows, columns = small.shape[1:]
    down, across = middle(columns, rows, pilot_power.SURVEYED_PIXELS)
    part = small[:, down, across]
    zoom = np.array((columns / pictures.shape[2], rows / pictures.shape[1]))
    near = pilot_power.bins_around(lines / (fmt.TILE * geometry.scale * zoom), part.shape[1:])
    value = load_torch().fft.rfft2(spectra.whiten(part), near.frame)[:, near.rows, near.columns]
    noise = (value.real.square() + value.imag.square()).mean((1, 2, 3)) * (
        small.numel() / part.numel()
    )
    pairs = zip(noise.tolist(), gain.tolist(), strict=True)
    return [pilot_power.energy_over(*each, rows * columns, len(lines)) for each in pairs]


def _try_out(
    pictures: Tensor, covers: _Covers, words: Sequence[Word], carriers: Carriers
) -> tuple[list[Trial], list[int]]:
    """Mark the middle of each picture, and see what JPEG leaves of that."""
    height, width = pictures.shape[1:]
    rows, columns = middle(width, height, TRIAL_PIXELS)
    first = [Trial(1.0, each.bits.astype(np.float64), sure=False) for each in words]
    samples = _mark_samples(covers, first, carriers)
    part = spread(samples, covers.geometry, rows, columns) + pictures[:, rows, columns]
    at = replace(covers.geometry, x0=-float(columns.start), y0=-float(rows.start))
    seen = [_read_handled(part, handling.quality, at, carriers) for handling in HANDLINGS]
    trials, left = [], []
    for each, word in enumerate(words):
        softs = [[weighted[each] for weighted in handled] for handled in seen]
        trials.append(judge(softs, word.bits, at.scale, height * width, part[0].numel()))
        if fit_best(softs[HANDLINGS.index(LIGHT)], word.bits) < CLEAR_FIT:
            left.append(each)
    return trials, left


def _read_handled(
    part: Tensor, quality: int, geometry: Geometry, carriers: Carriers
) -> list[Floats]:
    """Save parts of pictures as JPEG, and read their code bits by each weighting."""
    torch = load_torch()
    saved = np.stack([save_as_jpeg(each, quality) for each in part.cpu().numpy()])
    coefficients = transform(sample(torch.from_numpy(saved).to(part.device), geometry))
    return [carriers.soft_bits(coefficients, each).cpu().numpy() for each in WEIGHTINGS]


def _mark_samples(covers: _Covers, trials: Sequence[Trial], carriers: Carriers) -> Tensor:
    """The marks on the plane, in grey levels: strength, mask, and word and pilot below them."""
    torch, device = load_torch(), covers.mask.device
    strength = [t.factor * s for t, s in zip(trials, covers.strength, strict=True)]
    share = [pilot_power.choose_share(*each) for each in zip(covers.pilot, strength, strict=True)]
    strong, part = (torch.tensor(each, device=device)[:, None, None] for each in (strength, share))
    code = torch.from_numpy(np.stack([each.bits for each in trials]).astype(np.float32)).to(device)
    data, tones = carriers.tile(code), torch.from_numpy(_tones(covers.key)).to(device)
    tones = tones.repeat(carriers.tiles, carriers.tiles) * part.sqrt()
    data = data * ((1 - part) / data.var((1, 2), correction=0, keepdim=True)).sqrt() + tones
    high, wide = covers.mask.shape[1:]
    repeated = data.repeat(1, -(-high // data.shape[1]), -(-wide // data.shape[2]))
    return strong * covers.mask * repeated[:, :high, :wide]


@functools.lru_cache(maxsize=16)
def _tones(key: bytes | None) -> Floats:
    """One tile of the pilot, all lines equally strong, of mean square 1."""
    lines = len(pilot.lines(key))
    return pilot.tile(np.full(lines, math.sqrt(2 / lines)), key)
