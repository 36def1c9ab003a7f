"""The plane: where the mark lies in a picture, however that is turned, and how large it gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.geometry import Geometry
from provenance.watermark import plane
from provenance.watermark.carrier import ALIGNMENT

Pixels = NDArray[np.float32]

# What each of the eight orientations does to pixels, and to points of a picture of w x h pixels.
ORIENTATIONS: dict[str, tuple[Callable[[Pixels], Pixels], Any, Any]] = {
    "as is": (lambda a: a, ((1, 0), (0, 1)), lambda w, h: (0, 0)),
    "quarter turn": (lambda a: np.rot90(a, 1), ((0, 1), (-1, 0)), lambda w, h: (0, w)),
    "half turn": (lambda a: np.rot90(a, 2), ((-1, 0), (0, -1)), lambda w, h: (w, h)),
    "three quarters": (lambda a: np.rot90(a, 3), ((0, -1), (1, 0)), lambda w, h: (h, 0)),
    "mirrored": (lambda a: a[:, ::-1], ((-1, 0), (0, 1)), lambda w, h: (w, 0)),
    "upside down": (lambda a: a[::-1], ((1, 0), (0, -1)), lambda w, h: (0, h)),
    "transposed": (lambda a: a.T, ((0, 1), (1, 0)), lambda w, h: (0, 0)),
    "transversed": (lambda a: a[::-1, ::-1].T, ((0, -1), (-1, 0)), lambda w, h: (h, w)),
}


def moved(geometry: Geometry, matrix: Any, shift: Any) -> Geometry:
    """The geometry of a picture after its points went to ``matrix @ point + shift``."""
    change = np.eye(3)
    change[:2, :2], change[:2, 2] = matrix, shift
    (xx, xy, x0), (yx, yy, y0), (pu, pv, _) = (change @ np.array(geometry.matrix)).tolist()
    return Geometry(xx, xy, yx, yy, x0, y0, geometry.tile, pu, pv)


def smooth(rows: int, columns: int, seed: int = 1) -> Pixels:
    """Noise that holds nothing finer than eight samples."""
    noise = np.random.default_rng(seed).normal(128, 40, (rows // 8 + 2, columns // 8 + 2))
    image = Image.fromarray(noise.astype(np.float32))
    return np.asarray(image.resize((columns, rows), Image.Resampling.BICUBIC), dtype=np.float32)


def test_luma_is_that_of_bt_601() -> None:
    rgb = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    found = plane.luma(rgb)
    assert found.dtype == np.float32
    assert found.tolist()[0] == pytest.approx([76.245, 149.685, 29.07, 255], abs=1e-3)


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(1024, 1024, 1.0), (4000, 1024, 1.0), (128, 5000, 0.5), (4096, 9000, 2.0), (512, 768, 0.7937)],
)
def test_layout_grows_with_the_short_side(width: int, height: int, scale: float) -> None:
    geometry = plane.layout(width, height)
    assert (geometry.xx, geometry.yy) == pytest.approx((scale, scale), abs=1e-4)
    assert (geometry.xy, geometry.yx, geometry.x0, geometry.y0) == (0, 0, 0, 0)
    assert geometry.tile == 256
    assert plane.layout(height, width) == geometry


@pytest.mark.parametrize("size", [(512, 512), (640, 427), (1600, 1200)])
def test_sampling_undoes_spreading(size: tuple[int, int]) -> None:
    width, height = size
    geometry = plane.layout(width, height)
    samples = smooth(*plane.plane_shape(geometry, width, height))
    found = plane.sample(
        plane.spread(samples, geometry, slice(0, height), slice(0, width)), geometry
    )
    assert (found.row, found.column) == (0, 0)
    rows, columns = found.samples.shape
    # the last samples lie partly outside the picture
    difference = found.samples[:-4, :-4] - samples[: rows - 4, : columns - 4]
    assert np.sqrt((difference**2).mean()) < 0.5  # measured 0.02 to 0.1; 7 when a sample off


def test_the_plane_covers_the_picture() -> None:
    geometry = Geometry(0.75, 0, 0, 0.75)
    assert plane.plane_shape(geometry, 750, 751) == (501, 500)


@pytest.mark.parametrize("name", ORIENTATIONS)
@pytest.mark.parametrize(
    "geometry",
    [
        Geometry(0.8, 0, 0, 0.8),
        Geometry(0.8, 0, 0, 0.8, -37.3, 81.9),
        Geometry(0.78, 0.1, -0.15, 0.8, 5, 3),
        Geometry(0.8, 0.05, 0, 0.8, 12, -7, pu=2e-4, pv=-1e-4),
    ],
)
def test_orientations_are_undone_without_loss(name: str, geometry: Geometry) -> None:
    turn, matrix, offset = ORIENTATIONS[name]
    picture = smooth(300, 400)
    turned = np.ascontiguousarray(turn(picture))
    expected = plane.sample(picture, geometry)
    found = plane.sample(turned, moved(geometry, matrix, offset(400, 300)))
    assert (found.row, found.column) == (expected.row, expected.column)
    assert np.abs(found.samples - expected.samples).max() < 1e-2


@pytest.mark.parametrize("degrees", range(-180, 180, 20))
@pytest.mark.parametrize("mirrored", [False, True])
def test_what_remains_is_a_small_turn(degrees: int, mirrored: bool) -> None:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    flip = -1 if mirrored else 1
    geometry = Geometry(flip * cosine, sine, -flip * sine, cosine, 3, 4)
    picture, left = plane.turn_upright(smooth(60, 90), geometry)
    assert picture.shape in {(60, 90), (90, 60)}
    assert abs(left.angle) <= 45.01
    assert not left.mirrored
    assert left.scale == pytest.approx(1)


@pytest.mark.parametrize("degrees", [0.5, 7, 30, 45, -100])
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (3e-4, -2e-4)])
def test_a_turned_or_tilted_picture_is_sampled_where_its_mark_lies(
    degrees: float, tilt: tuple[float, float]
) -> None:
    picture = smooth(600, 600)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    level = Geometry(1, 0, 0, 1, pu=tilt[0], pv=tilt[1])
    geometry = moved(level, ((cosine, sine), (-sine, cosine)), (10.2, 350.6))
    found = plane.sample(picture, geometry)
    v = (np.arange(found.samples.shape[0]) + found.row + 0.5)[:, None] * 2
    u = (np.arange(found.samples.shape[1]) + found.column + 0.5)[None] * 2
    w = 1 + geometry.pu * u + geometry.pv * v
    x = (geometry.xx * u + geometry.xy * v + geometry.x0) / w
    y = (geometry.yx * u + geometry.yy * v + geometry.y0) / w
    inside = (x > 4) & (x < 596) & (y > 4) & (y < 596) & (w > 0)
    nearest = picture[np.clip(y.astype(int), 0, 599), np.clip(x.astype(int), 0, 599)]
    assert inside.mean() > 0.2
    # 3.2, which is what the nearest pixel is off; 7.8 when the mark is a pixel off
    assert np.sqrt(((found.samples - nearest)[inside] ** 2).mean()) < 5


@pytest.mark.parametrize("degrees", [0, 0.02, 5, 90, 200])
@pytest.mark.parametrize("shift", [(0, 0), (1000.4, -77), (-3, 5000)])
def test_first_samples_are_aligned(degrees: float, shift: tuple[float, float]) -> None:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    found = plane.sample(smooth(100, 140), Geometry(cosine, sine, -sine, cosine, *shift))
    assert found.row % ALIGNMENT == found.column % ALIGNMENT == 0
    assert all(n % ALIGNMENT == 0 for n in found.samples.shape)


@pytest.mark.parametrize("size", [(3000, 3000), (60, 12000), (12000, 60)])
@pytest.mark.parametrize(("degrees", "longest"), [(0, plane.MAX_SIDE), (20, plane.MAX_TURNED_SIDE)])
def test_a_plane_stays_bounded(size: tuple[int, int], degrees: float, longest: int) -> None:
    cosine, sine = 0.3 * np.cos(np.radians(degrees)), 0.3 * np.sin(np.radians(degrees))
    found = plane.sample(np.zeros(size, np.float32), Geometry(cosine, sine, -sine, cosine))
    assert 0 < min(found.samples.shape) <= max(found.samples.shape) <= longest


def test_of_a_large_picture_the_middle_is_read() -> None:
    found = plane.sample(np.zeros((3000, 3000), np.float32), Geometry(0.3, 0, 0, 0.3))
    middle = found.row + found.samples.shape[0] / 2
    assert middle == pytest.approx(3000 / 0.6 / 2, abs=2 * ALIGNMENT)


@pytest.mark.parametrize("size", [(1, 1), (3, 50)])
@pytest.mark.parametrize("degrees", [0, 20])
def test_tiny_pictures_have_a_plane(size: tuple[int, int], degrees: float) -> None:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    found = plane.sample(np.ones(size, np.float32), Geometry(cosine, sine, -sine, cosine))
    assert min(found.samples.shape) >= ALIGNMENT
