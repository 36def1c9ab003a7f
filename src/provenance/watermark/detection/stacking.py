"""Many frames of a moving picture as one: what they have in common stands out.

A film carries one word, laid alike in every frame, and whoever shows the film smaller, cut or
within a player treats all of its frames alike. So frames are added up, each weighed by how well it
hides what is sought: the mark stays, and what moves or is noise goes. The sum is searched as one
picture is.

The bound on false claims holds as for a picture (docs/false-positives.md): no sum of frames without
a mark knows the chips, however it is weighed. Every stack that is searched counts as one picture
more.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.watermark.plane import luma

Floats = NDArray[np.float32]

COARSE = 8
"""Side, in pixels, of the squares that a frame's local mean and variance are taken over."""
MIDDLE = 128
"""Grey level of a place without detail."""
FLOOR = 3.0
"""Grey levels added to the local deviation: codecs leave that much noise where a frame is flat."""


@dataclass(frozen=True)
class Stack:
    """The sum of some frames of one size, without their coarse shapes, weighed place by place.

    ``detail`` is the weighed sum and ``weight`` that of the weights, each a float32 array of shape
    (height, width).
    """

    detail: Floats
    weight: Floats

    @classmethod
    def of(cls, frame: NDArray[np.uint8], worth: float = 1.0) -> Stack:
        """Take one frame.

        Parameters
        ----------
        frame : uint8 array
            Colours, shape (height, width, 3), or luma, shape (height, width).
        worth : float
            How much it counts: best the bytes that its file spends on it. What a codec predicts
            from other frames has hardly a mark, and costs hardly a byte.
        """
        values = luma(frame) if frame.ndim == 3 else frame.astype(np.float32)
        detail = values - _smooth(values)
        weight = np.float32(worth) / (_smooth(detail * detail) + np.float32(FLOOR**2))
        return cls(detail * weight, weight)

    def __add__(self, other: Stack) -> Stack:
        """Add up the frames of two stacks, which are of one size."""
        return Stack(self.detail + other.detail, self.weight + other.weight)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The weighed mean of the frames as one grey picture, shape (height, width, 3).

        Rounding it to whole grey levels costs 1 % of the fit.
        """
        grey = np.clip(np.rint(self.detail / self.weight + MIDDLE), 0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)


def add_up(stacks: Iterable[Stack]) -> Stack:
    """Add up stacks of one size, one at least."""
    return reduce(operator.add, stacks)


def _smooth(values: Floats) -> Floats:
    """Average over squares, and interpolate back to every pixel."""
    height, width = values.shape
    box = (0.0, 0.0, width / COARSE, height / COARSE)
    coarse = Image.fromarray(values).reduce(COARSE)
    return np.asarray(coarse.resize((width, height), Image.Resampling.BILINEAR, box=box))
