"""The lattice fingerprint: its packed form, its geometry, and near or far."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from provenance import fingerprint
from provenance.fingerprint import LatticeFingerprint, matching
from provenance.geometry import Geometry

AS_IS = Geometry(1.0, 0.0, 0.0, 1.0, tile=256)
VECTORS = Path(__file__).resolve().parents[3] / "vectors" / "fingerprint" / "lattice.json"
HEAD = bytes.fromhex("002000030002")
CASES = json.loads(VECTORS.read_text())["cases"]


def enlarged(rgb: Any) -> Any:
    """A picture large enough to hold 1,000 cells."""
    return np.asarray(Image.fromarray(rgb).resize((1024, 1024), Image.Resampling.LANCZOS))


def compressed(rgb: Any, quality: int = 60) -> Any:
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def moved(geometry: Geometry, matrix: Any, shift: Any, tiles: tuple[int, int]) -> Geometry:
    """The geometry after p -> matrix p + shift, known up to whole tiles only."""
    inner = np.array([[geometry.xx, geometry.xy], [geometry.yx, geometry.yy]])
    inner = np.asarray(matrix) @ inner
    x, y = np.asarray(matrix) @ (geometry.x0, geometry.y0) + shift
    x, y = (x, y) + inner @ np.multiply(tiles, geometry.tile)
    (xx, xy), (yx, yy) = inner.tolist()
    return Geometry(xx, xy, yx, yy, float(x), float(y), geometry.tile)


FLIPS: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    "quarter turn": (lambda a: np.rot90(a, -1), [[0, -1], [1, 0]], (1024, 0)),
    "half turn": (lambda a: a[::-1, ::-1], [[-1, 0], [0, -1]], (1024, 1024)),
    "mirrored": (lambda a: a[:, ::-1], [[-1, 0], [0, 1]], (1024, 0)),
    "transposed": (lambda a: a.transpose(1, 0, 2), [[0, 1], [1, 0]], (0, 0)),
}


def test_same_picture_is_near(photograph: Any) -> None:
    rgb = enlarged(photograph)
    found = fingerprint.compare(fingerprint.lattice(rgb, AS_IS), rgb, AS_IS)
    assert found.result == "near"
    assert found.bit_error_rate == 0
    assert found.error_rate == matching.SMALLEST_ERROR


@pytest.mark.parametrize("name", FLIPS)
def test_turned_and_flipped_pictures_are_near(photograph: Any, name: str) -> None:
    rgb = enlarged(photograph)
    turn, matrix, shift = FLIPS[name]
    found = fingerprint.compare(
        fingerprint.lattice(rgb, AS_IS),
        compressed(np.ascontiguousarray(turn(rgb))),
        moved(AS_IS, matrix, shift, (3, -5)),
    )
    assert found.result == "near"
    assert found.bit_error_rate < 0.02


def test_any_angle_is_near(photograph: Any) -> None:
    rgb = enlarged(photograph)
    angle = math.radians(17)
    c, s = math.cos(angle), math.sin(angle)
    inverse = (c, -s, 0, s, c, 0)  # Pillow maps output to input
    turned = Image.fromarray(rgb).transform((1024, 1024), Image.Transform.AFFINE, inverse)
    found = fingerprint.compare(
        fingerprint.lattice(rgb, AS_IS),
        compressed(np.asarray(turned)),
        moved(AS_IS, [[c, s], [-s, c]], (0, 0), (-2, 1)),
    )
    assert found.result == "near"


@pytest.mark.parametrize("corner", [(0, 0), (137, 55), (255, 256)])
def test_crop_is_near_the_right_and_far_from_every_other_picture(
    photographs: Any, corner: tuple[int, int]
) -> None:
    references = {
        name: fingerprint.lattice(enlarged(rgb), AS_IS) for name, rgb in photographs.items()
    }
    x, y = corner
    for name, rgb in photographs.items():
        part = enlarged(rgb)[y : y + 768, x : x + 768]
        part = np.asarray(Image.fromarray(part).resize((538, 538), Image.Resampling.BICUBIC))
        scale = 538 / 768
        geometry = moved(AS_IS, np.eye(2) * scale, (-x * scale, -y * scale), (1, -4))
        suspect = compressed(part)
        for other, reference in references.items():
            found = fingerprint.compare(reference, suspect, geometry)
            if other == name:
                assert found.result == "near", name
            else:
                assert found.result != "near", (name, other)
                assert found.error_rate > 1e-4, (name, other)


def test_brightness_and_a_caption_leave_it_near(photograph: Any) -> None:
    rgb = enlarged(photograph)
    changed = (rgb * 0.6 + 40).astype(np.uint8)
    changed[820:] = 0
    found = fingerprint.compare(fingerprint.lattice(rgb, AS_IS), compressed(changed), AS_IS)
    assert found.result == "near"


def test_mark_moved_to_another_picture_is_far(photographs: Any) -> None:
    """The mark lies as in the original, the content is another's."""
    references = {
        name: fingerprint.lattice(enlarged(rgb), AS_IS) for name, rgb in photographs.items()
    }
    results = [
        fingerprint.compare(reference, compressed(enlarged(rgb)), AS_IS).result
        for other, reference in references.items()
        for name, rgb in photographs.items()
        if name != other
    ]
    assert "near" not in results
    assert results.count("far") >= 0.9 * len(results)


def test_steps_turned_the_signed_way_are_not_near(photographs: Any) -> None:
    """What chance can't do a forger can; the sizes of the steps give it away."""
    signed, innocent = (enlarged(photographs[name]) for name in ("coffee", "astronaut"))
    reference = fingerprint.lattice(signed, AS_IS)
    forged = shaded_steps(innocent, reference.means, step=1.0)
    found = fingerprint.compare(reference, compressed(forged, 90), AS_IS)
    assert found.error_rate <= matching.NEAR_ERROR  # chance does not explain that
    assert found.bit_error_rate < matching.BIT_ERRORS
    assert found.unexplained > matching.UNEXPLAINED
    assert found.result == "inconclusive"


def test_half_of_the_signed_layout_over_another_picture_is_not_near(photographs: Any) -> None:
    """Plain to see, and not enough."""
    signed, innocent = (enlarged(photographs[name]) for name in ("coffee", "astronaut"))
    reference = fingerprint.lattice(signed, AS_IS)
    forged = shaded(innocent, reference.means, 0.5)
    assert fingerprint.compare(reference, compressed(forged, 90), AS_IS).result != "near"
    change = np.sqrt(np.mean((forged.astype(float) - innocent) ** 2))
    assert 20 * np.log10(255 / change) < 20


def test_picture_in_a_collage_is_near(photographs: Any) -> None:
    own, left, right = (enlarged(photographs[name]) for name in ("coffee", "chelsea", "astronaut"))
    collage = compressed(np.hstack((left, own, right)))
    geometry = moved(AS_IS, np.eye(2), (1024, 0), (2, 2))
    assert fingerprint.compare(fingerprint.lattice(own, AS_IS), collage, geometry).result == "near"


def shaded(rgb: Any, levels: Any, share: float) -> Any:
    """A picture whose cells are moved towards others' brightness, all finer detail kept."""
    cells = rgb.mean(axis=2).reshape(32, 32, 32, 32).mean(axis=(1, 3))
    field = Image.fromarray((share * (levels - cells)).astype(np.float32))
    change = np.asarray(field.resize((1024, 1024), Image.Resampling.BICUBIC))
    return np.clip(rgb + change[:, :, None], 0, 255).astype(np.uint8)


def shaded_steps(rgb: Any, levels: Any, step: float) -> Any:
    """A picture whose every step is turned the way of others' steps, at least cost."""
    cells = rgb.mean(axis=2).reshape(32, 32, 32, 32).mean(axis=(1, 3))
    moved = cells.copy()
    for _ in range(200):  # projections on each step's half-space in turn
        for axis in (0, 1):
            sign = np.sign(np.diff(levels, axis=axis))
            lack = np.maximum(step - sign * np.diff(moved, axis=axis), 0) * sign / 4
            turned, change = (moved, lack) if axis else (moved.T, lack.T)
            turned[:, 1:] += change
            turned[:, :-1] -= change
    return shaded(rgb, moved, 1.0)


def test_a_tile_of_the_signed_picture_in_another_one_says_too_little(photographs: Any) -> None:
    """So a forger can't have a faint patch of his picture taken for a part of the signed one."""
    signed, other = (enlarged(photographs[name]) for name in ("coffee", "astronaut"))
    collage = other.copy()
    collage[:256, :256] = signed[768:, 768:]
    geometry = moved(AS_IS, np.eye(2), (-768, -768), (1, 2))
    found = fingerprint.compare(fingerprint.lattice(signed, AS_IS), collage, geometry)
    assert found.unexplained < matching.UNEXPLAINED
    assert found.bits < matching.FAR_BITS
    assert found.result == "inconclusive"


def page(seed: int) -> Any:
    """A page of lines of grey words, with margins and paragraphs as all pages have them."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rgb = np.full((1400, 1024, 3), 255, np.uint8)
    for top in range(100, 1300, 30):
        if rng.random() < 0.12:
            continue
        left = 100
        while left < 924:
            width = int(rng.integers(20, 120))
            rgb[top : top + 18, left : min(left + width, 924)] = rng.integers(60, 140)
            left += width + 12
    return rgb


def test_pages_of_text_are_told_apart() -> None:
    pages = [page(seed) for seed in range(4)]
    references = [fingerprint.lattice(rgb, AS_IS) for rgb in pages]
    for own, rgb in enumerate(pages):
        results = [
            fingerprint.compare(other, compressed(rgb), AS_IS).result for other in references
        ]
        assert results[own] == "near"
        assert results.count("near") == 1


def test_too_little_to_say_is_inconclusive(photograph: Any) -> None:
    rgb = enlarged(photograph)
    reference = fingerprint.lattice(rgb, AS_IS)
    for suspect in (rgb[:16, :16], rgb[:96, :96], np.full_like(rgb, 90)):
        found = fingerprint.compare(reference, suspect, AS_IS)
        assert found.result == "inconclusive"
    nothing = fingerprint.lattice(rgb[:16], AS_IS)
    assert nothing.steps == 0
    assert LatticeFingerprint.unpack(nothing.pack()) == nothing
    assert fingerprint.compare(nothing, rgb, AS_IS).result == "inconclusive"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["picture"])
def test_frozen_fingerprints(case: Any, photographs: Any) -> None:
    """Another implementation may round to the next level, and seldom."""
    rgb = photographs[case["picture"].removeprefix("scikit-image ")]
    geometry = Geometry(**case["geometry"])
    found, frozen = (
        fingerprint.lattice(rgb, geometry),
        LatticeFingerprint.unpack(bytes.fromhex(case["packed"])),
    )
    assert frozen is not None
    assert (found.side, found.levels.shape) == (frozen.side, frozen.levels.shape)
    difference = np.abs(found.levels.astype(int) - frozen.levels)
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 0.005


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_packed_round_trip(columns: int, rows: int, data: Any) -> None:
    levels = data.draw(arrays(np.uint8, (rows, columns), elements=st.integers(0, 63)))
    made = LatticeFingerprint(levels, data.draw(st.sampled_from((32, 64, 128, 256))))
    again = LatticeFingerprint.unpack(made.pack())
    assert again == made
    assert hash(again) == hash(made)


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: HEAD + rest))
def test_unpack_takes_only_what_pack_writes(data: bytes) -> None:
    unpacked = LatticeFingerprint.unpack(data)
    assert unpacked is None or unpacked.pack() == data


def test_packed_levels_are_six_bits_each_behind_side_columns_and_rows() -> None:
    made = LatticeFingerprint(np.array([[1, 62, 32]], np.uint8), 64)
    assert made.pack() == bytes.fromhex("004000030001") + bytes(
        [0b00000111, 0b11101000, 0b00000000]
    )


def test_unpack_is_bounded() -> None:
    def packed(side: int, columns: int, rows: int, levels: bytes) -> bytes:
        return b"".join(n.to_bytes(2, "big") for n in (side, columns, rows)) + levels

    assert LatticeFingerprint.unpack(packed(32, 64, 64, bytes(3072))) is not None
    assert LatticeFingerprint.unpack(packed(32, 64, 65, bytes(3120))) is None  # too many cells
    assert LatticeFingerprint.unpack(packed(32, 9999, 9999, bytes(9))) is None
    assert LatticeFingerprint.unpack(packed(32, 1, 1, bytes(10**6))) is None
    assert LatticeFingerprint.unpack(packed(32, 2, 1, b"\x00\x10")) is not None
    assert LatticeFingerprint.unpack(packed(32, 2, 1, b"\x00\x11")) is None  # other filling
    assert LatticeFingerprint.unpack(packed(33, 2, 1, b"\x00\x10")) is None  # no such cells


def test_large_pictures_get_larger_cells() -> None:
    """So that nobody learns more of them, and a manifest stays small."""
    rgb = np.random.default_rng(1).integers(0, 256, (90, 130, 3)).astype(np.uint8)
    for scale, side in ((0.1, 32), (0.05, 64), (0.02, 128), (0.01, 256)):
        made = fingerprint.lattice(rgb, Geometry(scale, 0.0, 0.0, scale))
        assert made.side == side
        assert len(made.pack()) < 1800


@settings(max_examples=200, deadline=None)
@given(st.builds(Geometry, *[st.floats() | st.floats(-3, 3)] * 6, st.just(256)))
def test_any_geometry_gives_an_answer(geometry: Geometry) -> None:
    rgb = np.arange(120 * 90 * 3, dtype=np.uint32).reshape(120, 90, 3).astype(np.uint8)
    reference = fingerprint.lattice(rgb, geometry)
    assert LatticeFingerprint.unpack(reference.pack()) == reference
    found = fingerprint.compare(reference, rgb, geometry)
    assert found.result in ("near", "far", "inconclusive")
    assert 0 <= found.error_rate <= 1
    assert 0 <= found.bit_error_rate <= 1
