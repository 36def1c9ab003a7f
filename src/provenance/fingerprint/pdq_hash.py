"""PDQ: the 256-bit perceptual hash that platforms exchange, for whole pictures.

Source: Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019);
this is an independent implementation of that description. Every step before the median is linear,
so smoothing and sampling are one weighted sum for each of 64 rows and columns here, and the
transform is a small matrix. Bit for bit equal to the reference on all vectors.

The sums are NumPy's own and not products of matrices: a BLAS library would spread those over
threads that cost ten times the work, and that a ``fork`` must not meet.

PDQ withstands resizing, compression and changes of tone; it survives neither crops nor turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from provenance.canonical import is_hex

MIN_QUALITY = 50
"""Quality below which a picture is too featureless for its hash to mean anything: never match
it."""

MATCH_DISTANCE = 31
"""Bits of 256 in which two hashes of one picture may differ, by the convention of hash exchange."""

THUMBNAIL = 64  # rows and columns that the picture is reduced to
FREQUENCIES = 16  # rows and columns of cosine coefficients kept, the constant one left out
BITS = FREQUENCIES**2
ENLARGED = 512
"""Side in pixels to which small copies are brought for their second hash; the reference brings
larger pictures to it."""

MIN_SIDE = 5  # pixels; smaller pictures have no hash by definition
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601 weights of R, G, B
GRADIENT_UNIT = 90  # quality is the sum of gradients, in per cent of full scale, over this

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pdq:
    """A PDQ hash: 64 lower-case hex digits, and quality, 0 (featureless) to 100."""

    hex: str
    quality: int

    @property
    def reliable(self) -> bool:
        """Whether the quality allows matching."""
        return self.quality >= MIN_QUALITY


def pdq(rgb: NDArray[np.uint8]) -> Pdq:
    """Compute the PDQ hash of a picture.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.

    Returns
    -------
    Pdq
        All zeros with quality 0 when a side is under ``MIN_SIDE`` pixels.
    """
    if min(rgb.shape[:2]) < MIN_SIDE:
        return Pdq("0" * (BITS // 4), 0)
    thumbnail = _thumbnail(rgb)
    return Pdq(_hex(_coefficients(thumbnail)), _quality(thumbnail))


def pdq_turned(rgb: NDArray[np.uint8]) -> tuple[Pdq, ...]:
    """Compute the hashes of a picture in its eight orientations, as it is first.

    Each is that of the turned pixels, which are read once: a flip only mirrors the windows. The
    reference derives them from one hash instead, which misses half of small pictures
    (findings/pdq-turned-hashes.sh).

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    """
    if min(rgb.shape[:2]) < MIN_SIDE:
        return (pdq(rgb),) * 8
    upright = _thumbnails(rgb)
    thumbnails = (*upright, *(each.T for each in upright))
    return tuple(Pdq(_hex(_coefficients(each)), _quality(each)) for each in thumbnails)


def pdq_variants(rgb: NDArray[np.uint8]) -> tuple[Pdq, ...]:
    """Compute the hashes to look a picture up by: eight orientations, its own first.

    Those of a small picture are followed by the eight of its enlargement. PDQ's filters are uneven
    at many small sizes, so that a copy of 256 pixels matches worse than one of 64.

    Parameters
    ----------
    rgb
        (H, W, 3) uint8.
    """
    plain = pdq_turned(rgb)
    if not min(rgb.shape[:2]) >= MIN_SIDE or max(rgb.shape[:2]) >= ENLARGED:
        return plain
    from PIL import Image  # only small pictures need it

    larger = Image.fromarray(rgb).resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC)
    return plain + pdq_turned(np.asarray(larger))


def is_pdq(text: str) -> bool:
    """Return whether ``text`` is a PDQ hash in hex: 64 lower-case digits."""
    return is_hex(text, BITS // 4)


def pdq_distance(hex_a: str, hex_b: str) -> int:
    """Count the bits in which two hashes differ, 0 to 256; both must satisfy ``is_pdq``."""
    return (int(hex_a, 16) ^ int(hex_b, 16)).bit_count()


def _thumbnail(rgb: NDArray[np.uint8]) -> Floats:
    """Smooth and sample the luma to (64, 64). The cost follows the pixels, whatever the shape."""
    if _has_rows_to_make(rgb):
        return _thumbnail(rgb.swapaxes(0, 1)).T
    return _reduce_columns(_reduce_rows(rgb, mirrored=False), mirrored=False)


def _thumbnails(rgb: NDArray[np.uint8]) -> list[Floats]:
    """Return the thumbnail, that of the mirror image, upside down, and both."""
    if _has_rows_to_make(rgb):
        plain, down, across, both = (each.T for each in _thumbnails(rgb.swapaxes(0, 1)))
        return [plain, across, down, both]
    rows = [_reduce_rows(rgb, mirrored=mirrored) for mirrored in (False, True)]
    return [_reduce_columns(each, mirrored=across) for each in rows for across in (False, True)]


def _has_rows_to_make(rgb: NDArray[np.uint8]) -> bool:
    """Tell whether there are more rows to make than there are, and enough columns."""
    height, width = rgb.shape[:2]
    return bool(height < THUMBNAIL < width)


def _reduce_rows(rgb: NDArray[np.uint8], *, mirrored: bool) -> Floats:
    """Reduce the luma to (64, W), upside down if wanted."""
    height, width = rgb.shape[:2]
    samples = np.ascontiguousarray(rgb).reshape(height, width * 3)
    luma = np.empty((THUMBNAIL, width), np.float32)
    for row, (rows, weights) in enumerate(_windows(height, mirrored=mirrored)):
        mixed = np.einsum("y,yx->x", weights, samples[rows].astype(np.float32))
        np.einsum("xc,c->x", mixed.reshape(width, 3), LUMA, out=luma[row])
    return luma


def _reduce_columns(luma: Floats, *, mirrored: bool) -> Floats:
    """Reduce (N, W) to (N, 64), mirrored left to right if wanted."""
    reduced = np.empty((len(luma), THUMBNAIL), np.float32)
    for column, (columns, weights) in enumerate(_windows(luma.shape[1], mirrored=mirrored)):
        np.einsum("yx,x->y", luma[:, columns], weights, out=reduced[:, column])
    return reduced


@lru_cache(maxsize=4)
def _windows(size: int, *, mirrored: bool) -> tuple[tuple[slice, Floats], ...]:
    """Return which of ``size`` samples make each of 64, and with what weights.

    They are box-filtered twice, and then 64 of them are picked. The windows hardly overlap.
    ``mirrored``: those that make what the samples in reverse order would give.
    """
    if mirrored:
        plain = _windows(size, mirrored=False)
        return tuple((slice(size - s.stop, size - s.start), w[::-1].copy()) for s, w in plain)
    window = (size + 2 * THUMBNAIL - 1) // (2 * THUMBNAIL)
    found = []
    for sample in range(THUMBNAIL):
        outer = _box(size, window, int((sample + 0.5) * size / THUMBNAIL))
        inner = [_box(size, window, centre) for centre in outer]
        first, last = inner[0].start, inner[-1].stop
        shares = [1 / (len(each) * len(outer)) for each in inner]
        rises = np.zeros(last - first + 1)
        np.add.at(rises, [each.start - first for each in inner], shares)
        np.subtract.at(rises, [each.stop - first for each in inner], shares)
        found.append((slice(first, last), rises.cumsum()[:-1].astype(np.float32)))
    return tuple(found)


def _box(size: int, window: int, centre: int) -> range:
    """Return the samples that a box filter averages, less those outside the picture.

    An even window reaches one sample further after its centre than before it.
    """
    after = window // 2
    return range(max(0, centre - (window - 1 - after)), min(size, centre + after + 1))


def _quality(thumbnail: Floats) -> int:
    """Return 0 to 100: how much the thumbnail's neighbours differ, steps under 1 % left out."""
    steps = (np.diff(thumbnail, axis=axis) * 100 / 255 for axis in (0, 1))
    total = sum(float(np.abs(np.trunc(step)).sum()) for step in steps)
    return min(100, int(total / GRADIENT_UNIT))


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """Return rows 1 to 16 of the orthonormal 64-point DCT-II."""
    frequency = np.arange(1, FREQUENCIES + 1)[:, None]
    phase = np.pi / (2 * THUMBNAIL) * frequency * (2 * np.arange(THUMBNAIL) + 1)
    return np.asarray(np.sqrt(2 / THUMBNAIL) * np.cos(phase), dtype=np.float32)


def _coefficients(thumbnail: Floats) -> Floats:
    cosines = _cosines()
    return np.asarray(cosines @ thumbnail @ cosines.T, dtype=np.float32)


def _hex(coefficients: Floats) -> str:
    """Return which coefficients exceed the (lower) median, the last one as the first bit."""
    flat = coefficients.ravel()
    median = np.partition(flat, BITS // 2 - 1)[BITS // 2 - 1]
    return np.packbits((flat > median)[::-1]).tobytes().hex()
