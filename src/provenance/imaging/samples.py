"""A file's own samples where 8-bit RGB says less: viewed as 8-bit RGB, and changed as the view is.

That is so for 16 bits per channel, CMYK, numbers that are not coded as sRGB's are, and colours that
are stored times their alpha.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenance.imaging.curves import Curve

Pixels = NDArray[np.uint8]

STEP = 257
"""16-bit steps to one of 8 bits: 65535 / 255."""

OPAQUE = 255
"""The alpha of a pixel that hides what lies behind it."""

BAND = 256
"""Rows that are changed at once, so that a large picture needs no large copies."""

# The nearest 8-bit sample to each of 16 bits.
_VIEW = ((np.arange(1 << 16) + STEP // 2) // STEP).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples as a file holds them.

    Attributes
    ----------
    values
        uint8 or uint16, (H, W, 1 to 4): grey or RGB, perhaps with alpha as the last channel, or
        the four inks of CMYK.
    inks
        The channels are inks; the largest value covers the paper fully.
    premultiplied
        Colours are stored times their alpha.
    curve
        How bright the numbers look; None when as sRGB's do.
    """

    values: NDArray[Any]
    inks: bool = False
    premultiplied: bool = False
    curve: Curve | None = None

    @property
    def most(self) -> int:
        """The largest value."""
        return int(np.iinfo(self.values.dtype).max)

    @property
    def colours(self) -> int:
        """Channels without alpha."""
        channels = int(self.values.shape[2])
        return channels if self.inks else 1 if channels < 3 else 3

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is alpha."""
        return int(self.values.shape[2]) > self.colours

    @property
    def plain(self) -> bool:
        """Whether 8-bit RGB, or grey, says as much."""
        special = self.inks or self.premultiplied or self.curve is not None
        return self.values.dtype == np.uint8 and not special

    def view(self) -> tuple[Pixels, Pixels | None, bool]:
        """Return 8-bit RGB, alpha if there is one, and whether the samples are grey."""
        alpha = None
        if self.has_alpha:
            alpha = np.ascontiguousarray(_reduce(self.values[..., -1]))
        if self.plain and self.colours == 3:
            return np.ascontiguousarray(self.values[..., :3]), alpha, False
        rgb = np.empty((*self.values.shape[:2], 3), np.uint8)
        for rows in _bands(len(rgb)):
            rgb[rows] = self._view_rows(self.values[rows])
        return rgb, alpha, self.colours == 1

    def change(self, before: Pixels, after: Pixels) -> Samples:
        """Change the samples so that their view turns from ``before`` into ``after``.

        Alpha stays. Where the views agree, samples stay as they are.
        """
        change = self._change_inks if self.inks else self._change_colours
        values = self.values.copy()
        for rows in _bands(len(values)):
            values[rows] = change(values[rows], before[rows], after[rows])
        return replace(self, values=values)

    def multiply_out(self) -> Samples:
        """Return the samples with colours that are not stored times their alpha."""
        if not self.premultiplied:
            return self
        values = self.values.copy()
        for rows in _bands(len(values)):
            values[rows, :, : self.colours] = self._straighten(values[rows])
        return replace(self, values=values, premultiplied=False)

    def _view_rows(self, values: NDArray[Any]) -> Pixels:
        if self.inks:
            inks = _reduce(values).astype(np.uint32)
            light = OPAQUE - inks[..., 3:]
            return (light - (inks[..., :3] * light + OPAQUE // 2) // OPAQUE).astype(np.uint8)
        colours = self._straighten(values)
        seen = self.curve.view(colours) if self.curve else _reduce(colours)
        return np.broadcast_to(seen, (*seen.shape[:2], 3))

    def _straighten(self, values: NDArray[Any]) -> NDArray[Any]:
        colours = values[..., : self.colours]
        if not self.premultiplied:
            return colours
        alpha = np.maximum(values[..., -1:].astype(np.uint32), 1)
        wide = (colours.astype(np.uint64) * self.most + alpha // 2) // alpha
        return np.asarray(np.minimum(wide, self.most).astype(values.dtype))

    def _change_colours(self, values: NDArray[Any], before: Pixels, after: Pixels) -> NDArray[Any]:
        """Add the change, and leave what is finer than 8 bits as it was."""
        result = values.copy()
        count = self.colours
        old, new = before[..., :count], after[..., :count]
        colours = self._straighten(values)
        if self.curve is not None:
            changed = self.curve.change(colours, old, new).astype(np.int32)
        else:
            step = (new.astype(np.int32) - old) * (self.most // OPAQUE)
            changed = np.clip(colours + step, 0, self.most)
        if self.premultiplied:
            alpha = values[..., -1:].astype(np.int64)
            step = np.rint((changed - colours.astype(np.int64)) * alpha / self.most)
            changed = np.clip(values[..., :count] + step, 0, alpha)
        touched = old != new
        result[..., :count] = np.where(touched, changed, values[..., :count])
        return result

    def _change_inks(self, values: NDArray[Any], before: Pixels, after: Pixels) -> NDArray[Any]:
        """Mix the wanted colour again under the same black, or less where that is too dark."""
        most, wanted = self.most, after * np.float32(self.most // OPAQUE)
        light = np.maximum(most - values[..., 3:].astype(np.float32), wanted.max(2, keepdims=True))
        ink = most * (1 - wanted / np.maximum(light, 1))
        mixed = np.concatenate((ink, most - light), axis=2)
        changed = (after != before).any(axis=2, keepdims=True)
        mixed = np.rint(np.clip(mixed, 0, most))
        return np.asarray(np.where(changed, mixed, values).astype(values.dtype))


def _bands(height: int) -> list[slice]:
    return [slice(top, top + BAND) for top in range(0, height, BAND)]


def _reduce(values: NDArray[Any]) -> Pixels:
    """Return the nearest 8-bit samples."""
    return values if values.dtype == np.uint8 else np.asarray(_VIEW[values])
