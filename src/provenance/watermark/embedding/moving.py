"""Marks the frames of a film: one word, laid alike in every frame, steady from frame to frame.

Only the luma of a frame changes. Where the mark may be strong follows the picture, so the mask is
measured in every frame and smoothed in time; word, lock, chips and place stay. How strong, and how
code bits are evened out, is found in the first frame of a scene.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from provenance.errors import ImageTooSmallError
from provenance.watermark.embedding import masking
from provenance.watermark.embedding.embedder import (
    SMALLEST_SIDE,
    Cover,
    Trial,
    Word,
    carry,
    try_out,
)
from provenance.watermark.lock import draw_lock
from provenance.watermark.plane import spread
from provenance.watermark.prng import layer_key

Floats = NDArray[np.float32]

FOLLOWING = 0.2
"""How far the mask goes from the last frame's to this one's: it follows in about five frames, and a
mark that flickers is seen where a still one is not."""
GAIN = 1.3
"""Strength over that of a picture: films are coded more strongly than pictures are, and frames of a
film may cost 15 points of SSIMULACRA2 where a picture's mark may cost 10 (docs/films.md)."""
FRESH, SETTLED = 2.2, 5
"""Strength of a scene's first frame over that of later ones, and the frames until it is gone.
Codecs spend a tenth of a scene's bits on its first frame and leave almost nothing of the mark in
the others; and right after a cut nobody sees so small a change."""
CUT = 12.0
"""Grey levels of mean change between two frames, seen small, from which a new scene begins."""
SEEN_SMALL = 16
"""Pixels of a frame that are one when it is looked at for a cut."""


@dataclass
class _Scene:
    """The scene that is being marked: how strongly, and where."""

    cover: Cover
    trial: Trial
    tile: Floats
    small: Floats
    age: int = 0

    @property
    def strength(self) -> np.float32:
        """The mark's standard deviation in this frame, in grey levels."""
        fresh = 1 + (FRESH - 1) * max(0.0, 1 - self.age / SETTLED)
        return np.float32(GAIN * fresh * self.trial.factor * self.cover.strength)


class MovingMark:
    """Marks the frames of one film, one after the other, in their order.

    Parameters
    ----------
    payload : bytes
        12 bytes.
    lock : bytes, optional
        3 bytes; drawn at random when not given.
    key : bytes, optional
        32 bytes of a private layer.

    Raises
    ------
    PayloadError, WatermarkKeyError
        Wrong lengths.
    """

    def __init__(
        self, payload: bytes, *, lock: bytes | None = None, key: bytes | None = None
    ) -> None:
        self._word = Word.of(payload, draw_lock() if lock is None else lock, layer_key(key))
        self._scene: _Scene | None = None

    def change(self, luma: NDArray[np.uint8]) -> Floats:
        """Compute what is to be added to the next frame, in grey levels.

        Parameters
        ----------
        luma : uint8 array, shape (height, width)
            Grey levels from 0 to 255.

        Raises
        ------
        ImageTooSmallError
            The short side is under ``SMALLEST_SIDE``.
        """
        height, width = luma.shape
        if min(height, width) < SMALLEST_SIDE:
            raise ImageTooSmallError(
                f"The film is {width} x {height} pixels; a mark needs at least {SMALLEST_SIDE} "
                "on the short side. Use a larger version."
            )
        picture, small = luma.astype(np.float32), _see_small(luma)
        scene = self._scene
        if scene is None or np.abs(small - scene.small).mean() > CUT:
            cover, trial = try_out(picture, self._word)
            tile = carry(cover, trial, self._word.secret).astype(np.float32)
            scene = _Scene(cover, trial, tile, small)
        else:
            cover = scene.cover
            variance = masking.local_variance(masking.cover_plane(picture, cover.geometry))
            mask = cover.mask + FOLLOWING * (masking.mask(variance) - cover.mask)
            cover = replace(cover, mask=mask)
            scene = replace(scene, cover=cover, small=small, age=scene.age + 1)
        self._scene = scene
        samples = scene.strength * scene.tile * scene.cover.mask
        return spread(samples, scene.cover.geometry, slice(0, height), slice(0, width))


def _see_small(luma: NDArray[np.uint8]) -> Floats:
    """Average a frame over squares."""
    rows, columns = (side // SEEN_SMALL for side in luma.shape)
    whole = luma[: rows * SEEN_SMALL, : columns * SEEN_SMALL].astype(np.float32)
    return np.asarray(whole.reshape(rows, SEEN_SMALL, columns, SEEN_SMALL).mean(axis=(1, 3)))
