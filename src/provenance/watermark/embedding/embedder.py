"""The embedder: adds word and pilot where the picture hides them, as strongly as needed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooFlatError, ImageTooSmallError
from provenance.geometry import Geometry
from provenance.watermark import carrier, code, pilot
from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret, key_of
from provenance.watermark.detection.spectrum import NOISE_FLOOR
from provenance.watermark.embedding import masking, pilot_power
from provenance.watermark.embedding.margins import bit_energy, measure_fit, save_as_jpeg
from provenance.watermark.lock import draw_lock
from provenance.watermark.plane import layout, luma, middle, row_strips, shrink_factor, spread
from provenance.watermark.prng import layer_key

Floats = NDArray[np.float32]

SMALLEST_SIDE = 128
"""Pixels of the short side below which the code bits hardly fit once."""
MIN_FIT = 16.0
"""Correlation with the code word that the untouched picture must give; claims need about 14."""
ROBUSTNESS_WEIGHT = 0.8
"""How far a picture's strength follows what it keeps: 1 would even out all pictures' robustness and
none of their visibility, 0 the reverse."""
TRIAL_PIXELS = 2**20
"""Pixels of the picture's middle that strength is tried on: all of a picture of 1024 px. The sum
over the many tiles of a larger one saturates, and would ask for a tenth more than its parts keep.
Less would make marks at 1024 px weaker, for 0.8 points of SSIMULACRA2 and half the time (ADR 0018).
"""
WEAKEST, STRONGEST = 0.8, 1.3
"""Bounds on the factor by which robustness changes the strength that visibility alone suggests."""


@dataclass(frozen=True)
class Handling:
    """What a mark should survive: saved as JPEG at a ``quality``, cut to ``part`` tiles.

    ``fit`` is the correlation with the code word that should be left; for a mark that is finer than
    a unit a pixel it is reduced in proportion. Without ``part`` nothing is cut.
    """

    quality: int
    part: float | None
    fit: float


HANDLINGS = (Handling(15, None, 16.5), Handling(75, 1.37, 17.5))
"""How much is left of equally visible marks differs most at a low quality, where flat pictures
lose, and in small parts, where textured pictures lose: 1.37 tiles are 300 x 300 pixels of a 1024 px
picture."""


def embed(
    rgb: NDArray[np.uint8],
    payload: bytes,
    key: bytes | None = None,
    *,
    lock: bytes | None = None,
) -> NDArray[np.uint8]:
    """Mark a picture.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    payload : bytes
        12 bytes; see ``Payload`` for what they mean.
    key : bytes, optional
        32 bytes of a private layer; without it the public, universal mark is made.
    lock : bytes, optional
        3 bytes that only who has the picture should know; drawn at random when not given. A private
        mark holds none.

    Returns
    -------
    uint8 array, shape (height, width, 3)

    Raises
    ------
    PayloadError
        The payload does not have 12 bytes, or the lock not 3.
    WatermarkKeyError
        The key does not have 32 bytes.
    ImageTooSmallError
        The short side is under ``SMALLEST_SIDE``.
    ImageTooFlatError
        The mark can't be read back even from the untouched pixels.
    """
    key = layer_key(key)
    word = _Word.of(payload, draw_lock() if lock is None else lock, key)
    height, width = rgb.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise ImageTooSmallError(
            f"The picture is {width} x {height} pixels; a mark needs at least {SMALLEST_SIDE} "
            "on the short side. Use a larger version."
        )
    cover = _survey(luma(rgb), key)
    factor = float(np.clip(_needed_factor(cover, word) ** ROBUSTNESS_WEIGHT, WEAKEST, STRONGEST))
    change = _luma_change(cover, factor, word, slice(0, height), slice(0, width))
    marked = np.empty_like(rgb)
    for rows in row_strips(height):
        marked[rows] = np.clip(np.rint(rgb[rows] + change[rows, :, None]), 0, 255)
    del change
    shrink = shrink_factor(width, height)
    geometry = cover.geometry.rescale(1 / shrink)
    fit = measure_fit(luma(marked, shrink), geometry, word.bits, word.secret, enough=MIN_FIT)
    if fit < MIN_FIT:
        raise ImageTooFlatError(
            "The picture leaves no room for a mark that can be read back. Harsh dots or noise all "
            "over a picture have that effect. Use another version of it."
        )
    return marked


@dataclass(frozen=True)
class _Word:
    """What is written: code bits, and what their chips are drawn from."""

    bits: NDArray[np.int8]
    secret: Secret | None

    @classmethod
    def of(cls, payload: bytes, lock: bytes, key: bytes | None) -> _Word:
        """Encode a payload, with its lock in a public mark."""
        word = code.join(payload, lock) if key is None else payload
        return cls(code.encode(word, key), code.secret_of(payload, key))

    @property
    def key(self) -> bytes | None:
        """The key of the layer."""
        return key_of(self.secret)


def _needed_factor(cover: _Cover, word: _Word) -> float:
    """How many times as strong a mark would have to be to survive handling as wanted.

    Tried on the picture's middle.
    """
    height, width = cover.luma.shape
    rows, columns = middle(width, height, TRIAL_PIXELS)
    trial = _luma_change(cover, 1.0, word, rows, columns)
    trial += cover.luma[rows, columns]
    at = replace(cover.geometry, x0=-float(columns.start), y0=-float(rows.start))
    tiles = cover.luma.size / (fmt.TILE * at.scale) ** 2
    most = 0.0
    for handling in HANDLINGS:
        handled = save_as_jpeg(trial, handling.quality)
        seen = bit_energy(measure_fit(handled, at, word.bits, word.secret))
        part = tiles if handling.part is None else min(handling.part, tiles)
        kept = seen * part / tiles * cover.luma.size / trial.size
        most = max(most, math.sqrt(bit_energy(handling.fit * min(at.scale, 1.0)) / kept))
    return most


@dataclass(frozen=True)
class _Cover:
    """A cover: its luma, mask of what it hides, strength of its mark, energy of the pilot."""

    luma: Floats
    geometry: Geometry
    mask: Floats
    strength: float
    pilot: float


def _survey(picture: Floats, key: bytes | None) -> _Cover:
    """Measure what a picture hides."""
    geometry = layout(picture.shape[1], picture.shape[0])
    variance = masking.local_variance(masking.cover_plane(picture, geometry))
    mask = masking.mask(variance)
    strength = masking.strength(variance, mask, geometry)
    gain = float((mask / (variance + NOISE_FLOOR**2)).mean())
    needed = pilot_power.required_energy(picture, gain, geometry, key)
    return _Cover(picture, geometry, mask, strength, needed)


def _luma_change(
    cover: _Cover,
    factor: float,
    word: _Word,
    rows: slice,
    columns: slice,
) -> Floats:
    """Change of luma, in grey levels, for some of the pixels."""
    strength = factor * cover.strength
    share = pilot_power.choose_share(cover.pilot, strength)
    lines, many = len(pilot.lines(word.key)), carrier.tiles(word.secret)
    data = carrier.tile(word.bits, word.secret)
    tones = pilot.tile(np.full(lines, math.sqrt(2 * share / lines)), word.key)
    tones = np.tile(tones, (many, many))
    tile = data * np.sqrt((1 - share) / data.var()) + tones
    high, wide = cover.mask.shape
    tiled = np.tile(tile, (-(-high // len(tile)), -(-wide // len(tile))))[:high, :wide]
    samples = (strength * cover.mask * tiled).astype(np.float32)
    return spread(samples, cover.geometry, rows, columns)
