"""Where a mark may be strong: busy places before flat ones, busy pictures before flat ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenance.geometry import Geometry
from provenance.watermark.embedding import masking
from provenance.watermark.plane import layout, plane_shape

HERE = Geometry(1.0, 0, 0, 1.0)


def noise(deviation: float, rows: int = 128, columns: int = 192) -> Any:
    drawn = np.random.default_rng(1).normal(0, 1, (rows, columns))
    return (128 + deviation * drawn).astype(np.float32)


def strength(cover: Any, geometry: Geometry = HERE) -> float:
    variance = masking.local_variance(cover)
    contrast = masking.contrast(variance, masking.mask(variance))
    return masking.strength(contrast, geometry.scale)


@pytest.mark.parametrize("size", [(512, 512), (427, 640), (1024, 1500)])
def test_the_cover_has_the_planes_shape_and_mean(size: tuple[int, int]) -> None:
    picture = noise(20, *size)
    geometry = layout(size[1], size[0])
    cover = masking.cover_plane(picture, geometry)
    assert cover.dtype == np.float32
    assert cover.shape == plane_shape(geometry, size[1], size[0])
    assert cover.mean() == pytest.approx(picture.mean(), abs=0.1)
    assert cover.std() < picture.std()  # averaged, not picked


def test_local_variance_is_that_of_the_neighbourhood() -> None:
    found = masking.local_variance(noise(20))
    assert found.mean() == pytest.approx(400, rel=0.15)
    assert masking.local_variance(np.full((64, 64), 255, np.float32)).max() == 0
    assert found.min() >= 0


def test_busy_places_get_more() -> None:
    cover = noise(2)
    cover[:, 96:] = noise(30)[:, 96:]
    mask = masking.mask(masking.local_variance(cover))
    assert mask.dtype == np.float32
    assert (mask**2).mean() == pytest.approx(1, abs=1e-3)
    quiet, busy = mask[:, :80].mean(), mask[:, 112:].mean()
    assert busy > 1.5 * quiet
    assert quiet > 0.3  # flat places get something too


def test_the_mask_grows_with_variance() -> None:
    levels = np.linspace(0, 10_000, 50, dtype=np.float32)
    variance = levels.repeat(20)[None].repeat(20, axis=0)
    assert (np.diff(masking.mask(variance)[10, 10::20]) > 0).all()


def test_an_edge_hides_nothing_in_the_flat_area_beside_it() -> None:
    variance = np.ones((64, 64), np.float32)
    variance[:, 32:] = 400
    mask = masking.mask(variance)
    assert np.ptp(mask[:, :32]) == 0
    assert mask[0, 34] == mask[0, 0]  # the edge itself, as far as its neighbour is flat
    assert mask[0, 40] > mask[0, 0]


def test_busy_pictures_get_more() -> None:
    found = [strength(noise(deviation)) for deviation in (0, 1, 3, 10, 30, 100)]
    assert found == sorted(found)
    assert 0.3 < found[0] < found[-1] < 30  # grey levels
    assert found[-1] > 2 * found[0]


def test_a_coarser_mark_is_seen_better_and_gets_less() -> None:
    found = [strength(noise(10), Geometry(s, 0, 0, s)) for s in (0.5, 1.0, 2.0)]
    assert found == sorted(found, reverse=True)
