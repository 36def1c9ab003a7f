"""A picture that a photograph shows at a tilt, where its corners are known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.geometry import Geometry, Region
from provenance.once import once
from provenance.watermark.detection.registration import geometry_from_matrix
from provenance.watermark.detection.search import Corners
from provenance.watermark.plane import move

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Photograph:
    """A photograph of ``size`` (width, height), and the corners of the picture that it shows."""

    size: tuple[int, int]
    corners: Corners

    @once
    def frame(self) -> tuple[int, int]:
        """Width and height of the picture straightened: as its sides are long, on average."""
        after = (*self.corners[1:], *self.corners[:1])
        top, right, bottom, left = map(math.dist, self.corners, after)
        return round((top + bottom) / 2), round((left + right) / 2)

    @once
    def matrix(self) -> NDArray[np.float64]:
        """The projective map (3 x 3) from the straightened picture to the photograph."""
        width, height = self.frame
        rows, ends = [], []
        frame = ((0, 0), (width, 0), (width, height), (0, height))
        for (u, v), (x, y) in zip(frame, self.corners, strict=True):
            rows += [(u, v, 1, 0, 0, 0, -x * u, -x * v), (0, 0, 0, u, v, 1, -y * u, -y * v)]
            ends += [x, y]
        return np.append(np.linalg.solve(np.array(rows, float), ends), 1).reshape(3, 3)

    def straighten(self, luma: Floats, shrink: int) -> Floats:
        """Take the picture out of the photograph's luma, both shrunk; around that lies the mean."""
        smaller = np.diag((1 / shrink, 1 / shrink, 1.0))
        warp = smaller @ self.matrix @ np.linalg.inv(smaller)
        width, height = self.frame
        straight = Image.fromarray(luma).transform(
            (-(-width // shrink), -(-height // shrink)),
            Image.Transform.PERSPECTIVE,
            (warp / warp[2, 2]).ravel()[:8].tolist(),
            Image.Resampling.BICUBIC,
            fillcolor=float(luma.mean()),
        )
        return np.asarray(straight)

    def place(self, geometry: Geometry) -> Geometry:
        """How a mark lies in the photograph that lies so in the straightened picture."""
        return geometry_from_matrix(self.matrix @ np.array(geometry.matrix))

    def place_region(self, region: Region) -> Region:
        """The same part, in the photograph."""
        corners = move(np.array(region.corners), self.matrix)
        placed = Region(tuple((round(x, 1), round(y, 1)) for x, y in corners.tolist()), 0.0)
        coverage = min(1.0, round(placed.area / (self.size[0] * self.size[1]), 4))
        return Region(placed.corners, coverage)
