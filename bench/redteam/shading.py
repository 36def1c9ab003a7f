"""Shading a picture until its lattice cells are what a forger wants, everything finer kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import optimize

from provenance.fingerprint.cells import Cells, measure
from provenance.geometry import Geometry

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Loss = Callable[[Floats], tuple[float, Floats]]
"""How far cell means (rows, columns) are from passing a check, and its gradient."""

ROUNDS = 4
"""Corrections after which pixels, clipped to what is possible, have about the means wanted."""
STEPS = 80
"""Steps of the optimiser."""


def shaded(rgb: Pixels, geometry: Geometry, wanted: Floats, side: int) -> Pixels:
    """Shade a picture smoothly until its cells have the means ``wanted``."""
    field = np.zeros_like(wanted)
    made = rgb
    for _ in range(ROUNDS):
        field += wanted - cells_of(made, geometry, side).means
        made = _add(rgb, geometry, field, side)
    return made


def cells_of(rgb: Pixels, geometry: Geometry, side: int) -> Cells:
    """Measure a picture that is known to hold cells."""
    cells = measure(rgb, geometry, side)
    if cells is None:
        raise ValueError("The picture holds no cell.")
    return cells


def _add(rgb: Pixels, geometry: Geometry, field: Floats, cell: int) -> Pixels:
    """Add a field of cells to all colours, bicubically between the cells' centres."""
    height, width = rgb.shape[:2]
    side = cell * geometry.scale
    image = Image.fromarray(field.astype(np.float32))
    box = (0.0, 0.0, min(image.width, width / side), min(image.height, height / side))
    smooth = image.resize((width, height), Image.Resampling.BICUBIC, box=box)
    values = rgb + np.asarray(smooth, np.float64)[:, :, None]
    return np.clip(values, 0, 255).round().astype(np.uint8)


def cheapest(start: Floats, loss: Loss, weight: float, guess: Floats) -> Floats:
    """Return cell means that trade the change's energy against ``weight`` times a loss."""

    def cost(flat: Floats) -> tuple[float, Floats]:
        value, gradient = loss(flat.reshape(start.shape))
        change = flat - start.ravel()
        total = 0.5 * float(change @ change) + weight * value
        return total, change + weight * gradient.ravel()

    found = optimize.minimize(
        cost,
        guess.ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, 255)] * start.size,
        options={"maxiter": STEPS},
    )
    return np.asarray(found.x).reshape(start.shape)


def with_means(cells: Cells, means: Floats) -> Cells:
    """Return cells as they would be with other means."""
    return replace(cells, means=means.astype(np.float32))


def compressed(rgb: Pixels, quality: int) -> Pixels:
    """Save as JPEG and read again."""
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))
