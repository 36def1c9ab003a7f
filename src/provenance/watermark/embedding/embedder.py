"""The embedder: adds word and pilot where the picture hides them, as strongly as needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooFlatError, ImageTooSmallError
from provenance.geometry import Geometry
from provenance.watermark import carrier, code, pilot
from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret, key_of
from provenance.watermark.detection.decoding import correlation
from provenance.watermark.detection.spectrum import NOISE_FLOOR
from provenance.watermark.embedding import masking, pilot_power
from provenance.watermark.embedding.margins import (
    bit_energy,
    measure_fit,
    read_soft_bits,
    save_as_jpeg,
)
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
TRIAL_PIXELS = 2**18
"""Pixels of the picture's middle that strength is tried on. The sum over the many tiles of a larger
part saturates, and would ask for more than its parts keep (ADR 0029)."""
WEAKEST, STRONGEST = 0.8, 1.3
"""Bounds on the factor by which robustness changes the strength that visibility alone suggests."""
EVENING = 0.4
"""How far a code bit that the picture itself speaks against is made stronger, and one that it
speaks for weaker: half of what would make all equal, as other handling leaves other noise."""
LEAST_BIT, MOST_BIT = 0.3, 2.5
"""Bounds on a bit's amplitude in the mean one's."""


@dataclass(frozen=True)
class Handling:
    """What a mark should survive: saved as JPEG at a ``quality``, cut to ``part`` tiles.

    ``fit`` is the correlation with the code word that should be left; for a mark that is finer than
    a unit a pixel it is reduced in proportion. Without ``part`` nothing is cut.
    """

    quality: int
    part: float | None
    fit: float


LIGHT = Handling(75, 1.37, 17.2)
HANDLINGS = (Handling(15, None, 16.2), LIGHT)
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
    word = Word.of(payload, draw_lock() if lock is None else lock, layer_key(key))
    height, width = rgb.shape[:2]
    check_size(width, height)
    cover, trial = try_out(luma(rgb), word)
    marked = _mark(rgb, cover, trial, word.secret)
    if not trial.sure and _fit(marked, word) < MIN_FIT:
        raise ImageTooFlatError(
            "The picture leaves no room for a mark that can be read back. Harsh dots or noise all "
            "over a picture have that effect. Use another version of it."
        )
    return marked


def check_size(width: int, height: int) -> None:
    """Refuse a picture that can't hold a mark because of its size.

    Raises
    ------
    ImageTooSmallError
        The short side is under ``SMALLEST_SIDE``.
    """
    if min(height, width) < SMALLEST_SIDE:
        raise ImageTooSmallError(
            f"The picture is {width} x {height} pixels; a mark needs at least {SMALLEST_SIDE} "
            "on the short side. Use a larger version."
        )


@dataclass(frozen=True)
class Word:
    """What is written: code bits, and what their chips are drawn from."""

    bits: NDArray[np.int8]
    secret: Secret | None

    @classmethod
    def of(cls, payload: bytes, lock: bytes, key: bytes | None) -> Word:
        """Encode a payload, with its lock in a public mark."""
        word = code.join(payload, lock) if key is None else payload
        return cls(code.encode(word, key), code.secret_of(payload, key))


@dataclass(frozen=True)
class Cover:
    """What a picture hides: the mark's mask and strength, the pilot's energy."""

    geometry: Geometry
    mask: Floats
    strength: float
    pilot: float


@dataclass(frozen=True)
class Trial:
    """How strong the mark is made: a factor for all of it, and each code bit's signed amplitude.

    ``sure`` means that it was read in what a trial left of it.
    """

    factor: float
    bits: NDArray[np.float64]
    sure: bool


def try_out(picture: Floats, word: Word) -> tuple[Cover, Trial]:
    """Survey a picture's luma, mark its middle, and see what handling leaves of that."""
    cover, signs = survey(picture, key_of(word.secret)), word.bits.astype(np.float64)
    height, width = picture.shape
    rows, columns = middle(width, height, TRIAL_PIXELS)
    samples = mark_samples(cover, Trial(1.0, signs, sure=False), word.secret)
    part = spread(samples, cover.geometry, rows, columns) + picture[rows, columns]
    at = replace(cover.geometry, x0=-float(columns.start), y0=-float(rows.start))
    handled = (save_as_jpeg(part, handling.quality) for handling in HANDLINGS)
    seen = [read_soft_bits(each, at, word.secret) for each in handled]
    return cover, judge(seen, word.bits, at.scale, picture.size, part.size)


def judge(
    seen: Sequence[Sequence[Floats]], bits: NDArray[np.int8], scale: float, whole: int, part: int
) -> Trial:
    """Say how strong the mark has to be, by what each handling has left of it.

    Parameters
    ----------
    seen : for each of ``HANDLINGS``, soft bits by each weighting
    bits : int8 array, shape (1024,)
        The code bits that were written, as signs.
    scale : float
        Pixels per mark unit.
    whole, part : int
        Pixels of the picture, and of the part that was tried.
    """
    signs = bits.astype(np.float64)
    tiles, most, sure, evened = whole / (fmt.TILE * scale) ** 2, 0.0, False, signs
    for handling, softs in zip(HANDLINGS, seen, strict=True):
        fit = fit_best(softs, bits)
        wanted = tiles if handling.part is None else min(handling.part, tiles)
        kept = bit_energy(fit) * wanted / tiles * whole / part
        most = max(most, math.sqrt(bit_energy(handling.fit * min(scale, 1.0)) / kept))
        if handling is LIGHT and fit >= MIN_FIT:
            sure, evened = True, _even_out(signs, softs[0])
    factor = float(np.clip(most**ROBUSTNESS_WEIGHT, WEAKEST, STRONGEST))
    return Trial(factor, evened, sure)


def fit_best(softs: Sequence[Floats], bits: NDArray[np.int8]) -> float:
    """Correlate code bits with what each weighting reads; the best counts."""
    return max(correlation(soft, bits) if soft.any() else 0.0 for soft in softs)


def _even_out(signs: NDArray[np.float64], soft: Floats) -> NDArray[np.float64]:
    """Make the bits stronger that came out weaker, and the reverse."""
    seen = signs * soft
    weaker = 1 - seen / seen.mean()
    return np.asarray(signs * np.clip(1 + EVENING * weaker, LEAST_BIT, MOST_BIT))


def survey(picture: Floats, key: bytes | None) -> Cover:
    """Measure what a picture hides."""
    geometry = layout(picture.shape[1], picture.shape[0])
    variance = masking.local_variance(masking.cover_plane(picture, geometry))
    mask = masking.mask(variance)
    strength = masking.strength(masking.contrast(variance, mask), geometry.scale)
    gain = float((mask / (variance + NOISE_FLOOR**2)).mean())
    needed = pilot_power.required_energy(picture, gain, geometry, key)
    return Cover(geometry, mask, strength, needed)


def mark_samples(cover: Cover, trial: Trial, secret: Secret | None) -> Floats:
    """The mark on the plane, in grey levels."""
    strength = trial.factor * cover.strength
    return np.asarray(strength * cover.mask * carry(cover, trial, secret), dtype=np.float32)


def carry(cover: Cover, trial: Trial, secret: Secret | None) -> NDArray[np.float64]:
    """Word and pilot on the plane, of mean square 1 before any mask."""
    share = pilot_power.choose_share(cover.pilot, trial.factor * cover.strength)
    key, many = key_of(secret), carrier.tiles(secret)
    lines, data = len(pilot.lines(key)), carrier.tile(trial.bits, secret)
    tones = pilot.tile(np.full(lines, math.sqrt(2 * share / lines)), key)
    tones = np.tile(tones, (many, many))
    tile = data * np.sqrt((1 - share) / data.var()) + tones
    high, wide = cover.mask.shape
    tiled = np.tile(tile, (-(-high // len(tile)), -(-wide // len(tile))))[:high, :wide]
    return np.asarray(tiled)


def _mark(
    rgb: NDArray[np.uint8], cover: Cover, trial: Trial, secret: Secret | None
) -> NDArray[np.uint8]:
    """Add the mark, some rows at a time: all of its change would need more memory than a copy."""
    samples, marked = mark_samples(cover, trial, secret), np.empty_like(rgb)
    height, width = rgb.shape[:2]
    for rows in row_strips(height):
        change = spread(samples, cover.geometry, rows, slice(0, width))
        steps = np.repeat(np.rint(change).astype(np.int16), 3, axis=1).reshape(*change.shape, 3)
        steps += rgb[rows]
        marked[rows] = np.clip(steps, 0, 255, out=steps)
    return marked


def _fit(marked: NDArray[np.uint8], word: Word) -> float:
    """How well a marked picture's code bits fit."""
    height, width = marked.shape[:2]
    shrink = shrink_factor(width, height)
    geometry = layout(width, height).rescale(1 / shrink)
    return measure_fit(luma(marked, shrink), geometry, word.bits, word.secret, enough=MIN_FIT)
