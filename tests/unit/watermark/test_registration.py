"""From a picture with a pilot to the mark's geometry: search, registration and refinement together.

The pilots here are written by formula at a known affine geometry, so that what is found can be
compared. Tolerances are about half again what the worst of 112 such cases showed (4 backgrounds, 8
geometries, 2 keys).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.watermark import pilot
from provenance.watermark.detection.presence import flatten, presence
from provenance.watermark.detection.refinement import refine
from provenance.watermark.detection.registration import (
    Registration,
    drop_duplicates,
    register,
    register_upright,
)
from provenance.watermark.detection.scale_search import (
    CANDIDATES,
    COARSE,
    FINE,
    UPRIGHT_SCALES,
    Candidate,
    Grid,
    ScoreTable,
    best_candidates,
    choose_grid,
    polar_map,
    score_table,
    unturned_candidates,
)
from provenance.watermark.detection.spectrum import Spectrum, spectrum
from provenance.watermark.plane import Plane, luma, sample

KEY = b"k" * 32
SCALE_TOLERANCE = 0.01
"""Relative; the worst was 0.006."""
ANGLE_TOLERANCE = math.radians(0.5)
"""Radians; the worst was 0.28 degrees, of a picture sheared besides."""
REGISTERED = 4.0
"""Mark units by which the worst place of a picture may be off; the worst was 2.9."""
REFINED = 0.5
"""Likewise; the worst was 0.3."""
AGREEMENT = 5.0
"""Standard deviations; the least was 5.9."""
PRESENT = 10.0
"""Likewise, of guesses once refined and of planes sampled as they lie; the least was 11."""

# scale, degrees, shear, mirrored
GEOMETRIES = (
    (1.0, 0, 0.0, False),
    (0.79, 7, 0.0, False),
    (0.6, 33, 0.0, False),
    (1.3, -20, 0.0, False),
    (0.9, 100, 0.0, False),
    (0.9, 12, 0.0, True),
    (0.85, 3, 0.01, False),
    (0.4, 0, 0.0, False),
)


def affine(scale: float, degrees: float, shear: float, mirrored: bool) -> Geometry:
    a = math.radians(degrees)
    turn = np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]])
    linear = scale * turn @ np.array([[1, shear], [0, 1]]) @ np.diag([-1 if mirrored else 1, 1])
    (xx, xy), (yx, yy) = linear.tolist()
    return Geometry(xx, xy, yx, yy, 37.3, -81.9)


def in_mark_units(geometry: Geometry, points: Any) -> Any:
    linear = np.array([[geometry.xx, geometry.xy], [geometry.yx, geometry.yy]])
    return (np.asarray(points) - (geometry.x0, geometry.y0)) @ np.linalg.inv(linear).T


def with_pilot(picture: Any, geometry: Geometry, key: bytes | None, amplitude: float = 1.0) -> Any:
    """Add every line of the pilot, as strong as the others, to a luma picture."""
    y, x = np.indices(picture.shape) + 0.5
    at = in_mark_units(geometry, np.stack((x, y), axis=-1))
    waves = np.zeros(picture.shape)
    for line, phase in zip(pilot.lines(key), pilot.phases(key), strict=True):
        waves += np.cos(2 * np.pi * (at @ line / 256 + phase))
    return (picture + amplitude * waves).astype(np.float32)


def worst(found: Geometry, true: Geometry, shape: tuple[int, int]) -> float:
    """Mark units by which the picture's worst place is off, whole tiles aside."""
    ends = [np.linspace(0, n, 9) for n in (shape[1], shape[0])]
    points = np.stack(np.meshgrid(*ends), axis=-1).reshape(-1, 2)
    off = in_mark_units(found, points) - in_mark_units(true, points)
    off -= np.rint(off.mean(axis=0) / 256) * 256
    return float(np.hypot(*off.T).max())


def flat(picture: Any, geometry: Geometry) -> Plane:
    """The picture as the pilot is looked for in it."""
    return flatten(sample(picture, geometry))


def guesses(found: Spectrum, key: bytes | None) -> list[Candidate]:
    return best_candidates(score_table(polar_map(found), key))


def best(found: Spectrum, key: bytes | None) -> Registration:
    registered = register(found, guesses(found, key), key)
    return max(registered, key=lambda each: each.agreement)


@pytest.fixture(scope="module")
def background(photograph: NDArray[np.uint8]) -> NDArray[np.float32]:
    return luma(photograph)


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("parameters", GEOMETRIES)
def test_a_known_geometry_is_recovered(
    background: NDArray[np.float32], parameters: Any, key: bytes | None
) -> None:
    true = affine(*parameters)
    picture = with_pilot(background, true, key)
    found = spectrum(picture)
    # frequencies turn against the sense of Geometry.angle, and quarter turns are not told apart
    turn = (guesses(found, key)[0].angle + math.radians(parameters[1])) % (math.pi / 2)
    assert min(turn, math.pi / 2 - turn) < ANGLE_TOLERANCE
    registration = best(found, key)
    assert registration.geometry.scale == pytest.approx(true.scale, rel=SCALE_TOLERANCE)
    assert registration.agreement > AGREEMENT
    assert not registration.inverted
    assert registration.geometry.mirrored == true.mirrored
    assert worst(registration.geometry, true, picture.shape) < REGISTERED
    refined, agreement = refine(flat(picture, registration.geometry), registration.geometry, key)
    assert worst(refined, true, picture.shape) < REFINED
    assert agreement > PRESENT
    plane = flat(picture, refined)
    assert presence(plane, key) > PRESENT
    assert abs(presence(plane, b"another key, which is not there.")) < 4


def test_a_negative_is_recognised(background: NDArray[np.float32]) -> None:
    true = affine(0.9, 12, 0.0, False)
    negative = 255 - with_pilot(background, true, None)
    registration = best(spectrum(negative), None)
    assert registration.inverted
    assert worst(registration.geometry, true, negative.shape) < REGISTERED


def test_a_large_picture_is_registered_in_its_own_pixels() -> None:
    noise = np.random.default_rng(1).normal(128, 20, (1400, 1800))
    true = affine(1.2, 4, 0.0, False)
    picture = with_pilot(noise, true, None)
    found = spectrum(picture)
    assert found.zoom[0] < 1
    assert worst(best(found, None).geometry, true, picture.shape) < REGISTERED


@pytest.mark.parametrize("shift", [(1.0, -0.8), (-1.2, 0.0), (0.0, 1.5)])
def test_refinement_mends_a_displaced_geometry(
    background: NDArray[np.float32], shift: tuple[float, float]
) -> None:
    true = affine(0.8, 7, 0.0, False)
    picture = with_pilot(background, true, None)
    x0, y0 = true.x0 + shift[0], true.y0 + shift[1]
    off = Geometry(true.xx * 1.001, true.xy, true.yx, true.yy * 0.999, x0, y0)
    refined, _ = refine(flat(picture, off), off, None)
    assert worst(off, true, picture.shape) > 3 * REFINED
    assert worst(refined, true, picture.shape) < REFINED


def test_refinement_keeps_to_a_geometry_where_there_is_no_pilot() -> None:
    noise = np.random.default_rng(1).normal(128, 20, (512, 512)).astype(np.float32)
    start = affine(0.8, 7, 0.0, False)
    found, agreement = refine(flat(noise, start), start, None)
    assert agreement < AGREEMENT
    corner = math.hypot(*noise.shape) / 2 / start.scale / start.tile  # tiles from the middle
    expected = math.hypot(1.5, 0.8 * corner, 0.4 * corner**2)  # the prior's deviation there
    assert worst(found, start, noise.shape) < 3 * expected


def test_another_keys_pilot_is_not_found(background: NDArray[np.float32]) -> None:
    found = spectrum(with_pilot(background, affine(0.8, 7, 0.0, False), KEY))
    assert best(found, KEY).agreement > AGREEMENT
    assert best(found, None).agreement < AGREEMENT


def test_noise_gives_no_agreement() -> None:
    for seed in range(4):
        noise = np.random.default_rng(seed).normal(128, 30, (400, 400)).astype(np.float32)
        assert best(spectrum(noise), None).agreement < AGREEMENT


def test_a_blank_picture_is_registered_without_harm() -> None:
    registration = best(spectrum(np.full((200, 200), 255, np.float32)), None)
    assert math.isfinite(registration.agreement)
    assert math.isfinite(registration.geometry.scale)


@pytest.mark.parametrize("parameters", [(1.0, 0, 0.0, False), (0.5, 0, 0.0, True)])
def test_a_faint_pilot_of_an_unturned_picture_is_registered(
    background: NDArray[np.float32], parameters: Any
) -> None:
    true = affine(*parameters)
    picture = with_pilot(background, true, None, amplitude=0.25)
    found = spectrum(picture)
    fits = register_upright(found, unturned_candidates(score_table(polar_map(found), None)), None)
    best = max(fits, key=lambda each: each.agreement)
    assert best.agreement > AGREEMENT
    assert best.geometry.mirrored == true.mirrored
    refined, _ = refine(flat(picture, best.geometry), best.geometry, None, rigid=True)
    assert worst(refined, true, picture.shape) < 2 * REFINED


def test_presence_is_standard_normal_where_there_is_no_pilot() -> None:
    found = []
    for seed in range(60):
        noise = np.random.default_rng(seed).normal(128, 20, (256, 300)).astype(np.float32)
        found.append(presence(flat(noise, affine(1.0, 0, 0.0, False)), None))
    assert abs(float(np.mean(found))) < 4 / math.sqrt(60)
    assert 0.7 < float(np.std(found)) < 1.3


def test_the_pilot_of_a_negative_is_present_with_the_other_sign(
    background: NDArray[np.float32],
) -> None:
    true = affine(0.8, 0, 0.0, False)
    assert presence(flat(255 - with_pilot(background, true, None), true), None) < -PRESENT


def random_table(grid: Grid) -> ScoreTable:
    side = {FINE: 800, COARSE: 64}[grid]
    found = spectrum(np.zeros((side, side), np.float32))
    assert choose_grid(found) is grid
    empty = score_table(polar_map(found), None)
    scores = np.random.default_rng(1).normal(size=empty.scores.shape).astype(np.float32)
    return ScoreTable(scores, empty.grid, empty.outermost)


@pytest.mark.parametrize("grid", [FINE, COARSE])
def test_candidates_come_best_first_and_leave_the_table_alone(grid: Grid) -> None:
    drawn = random_table(grid)
    before = drawn.scores.copy()
    found = best_candidates(drawn)
    assert (drawn.scores == before).all()
    assert len(found) == CANDIDATES
    assert found[0].score == before.max()
    best = [each.score for each in found]
    assert best == sorted(best, reverse=True)
    assert len({(each.angle, each.across) for each in found}) == len(found)


@pytest.mark.parametrize("grid", [FINE, COARSE])
def test_upright_candidates_are_hardly_turned_and_of_likely_scales(grid: Grid) -> None:
    found = unturned_candidates(random_table(grid))
    step = math.pi / 2 / grid.angles
    assert max(abs(each.angle) for each in found) == pytest.approx(step)
    assert all(UPRIGHT_SCALES[0] < each.across < UPRIGHT_SCALES[1] for each in found)
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)


@pytest.mark.parametrize("grid", [FINE, COARSE])
def test_scales_fall_from_left_to_right_and_span_a_quarter_to_eightfold(grid: Grid) -> None:
    drawn = random_table(grid)
    columns = drawn.scores.shape[1]
    scales = [drawn.candidate(0, column).across for column in range(0, columns, 50)]
    assert scales == sorted(scales, reverse=True)
    assert drawn.candidate(0, 0).across > 8
    assert drawn.candidate(0, columns - 1).across < 0.25


def test_registrations_that_refine_to_the_same_are_left_out() -> None:
    scales = (1.0, 1.003, 1.01, 1.012, 0.99)
    given = [
        Registration(affine(s, 0, 0.0, False), 9 - s, inverted=False, rigid=True) for s in scales
    ]
    assert [each.geometry.scale for each in drop_duplicates(given)] == pytest.approx(
        [1.0, 1.01, 0.99]
    )
    mirrored = Registration(affine(1.0, 0, 0.0, True), 5.0, inverted=False, rigid=True)
    assert drop_duplicates([*given[:1], mirrored]) == [given[0], mirrored]
