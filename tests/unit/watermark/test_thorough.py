"""Pictures without a pilot, bent, or seen at a tilt; and how many decodings that may take."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.attacks.base import Attack
from bench.attacks.bending import warped
from bench.attacks.geometry import corners_inwards, tilted, warp_of
from bench.attacks.nulling import nulled
from provenance import watermark
from provenance.errors import CornersError
from provenance.watermark import Search, read_corners
from provenance.watermark.detection.detector import count_all_attempts, count_attempts
from provenance.watermark.detection.position_search import find_geometry, find_position
from provenance.watermark.detection.presence import flatten, presence
from provenance.watermark.detection.registration import ORIENTATIONS
from provenance.watermark.plane import layout, luma, sample

PAYLOAD = b"twelve bytes"
THOROUGH = Search(thorough=True)
NONE_SHOWS = 7.0
"""What the carrier's energy does not reach anywhere without a mark (``looks.PLACED``)."""


@pytest.fixture(scope="module")
def marked(photograph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return watermark.embed(photograph, PAYLOAD)


@pytest.fixture(scope="module")
def without_pilot(marked: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return Attack("nulled", "", nulled)(marked, "photograph")


def payload_of(found: watermark.Detection | None) -> bytes | None:
    return None if found is None else found.payload


def test_a_mark_without_its_pilot_is_read(without_pilot: NDArray[np.uint8]) -> None:
    at = layout(512, 512)
    assert presence(flatten(sample(luma(without_pilot), at)), None) < 5
    assert payload_of(watermark.detect(without_pilot)) == PAYLOAD


def test_without_its_pilot_the_carrier_says_where_a_part_lies(
    without_pilot: NDArray[np.uint8],
) -> None:
    part = Image.fromarray(without_pilot[13:480, 37:]).resize((420, 413), Image.Resampling.BICUBIC)
    for picture in (part, part.transpose(Image.Transpose.ROTATE_90)):
        assert payload_of(watermark.detect(np.asarray(picture))) == PAYLOAD


def test_the_carrier_tells_all_eight_orientations(marked: NDArray[np.uint8]) -> None:
    at = layout(512, 512)
    for orientation in ORIENTATIONS:
        turned = marked[21:, 9:]
        if orientation[0, 0] == 0:
            turned = turned.swapaxes(0, 1)
        step = orientation.sum(axis=1)
        seen = luma(np.ascontiguousarray(turned[:: step[1], :: step[0]]))
        geometry, carried = find_geometry(flatten(sample(seen, at)), at)
        assert carried > NONE_SHOWS
        assert presence(flatten(sample(seen, geometry)), None) > 15


def test_the_carrier_shows_nowhere_in_an_unmarked_picture(photograph: NDArray[np.uint8]) -> None:
    flat = flatten(sample(luma(photograph), layout(512, 512)))
    assert find_position(flat.samples[:128, :128]).score < NONE_SHOWS
    assert find_geometry(flat, layout(512, 512))[1] < NONE_SHOWS


def test_bent_pictures_are_read(marked: NDArray[np.uint8]) -> None:
    bent = Attack("bent", "", warped(2.0, 20))(marked, "photograph")
    assert payload_of(watermark.detect(bent, thorough=True)) == PAYLOAD


def test_pictures_seen_at_a_tilt_are_read(marked: NDArray[np.uint8]) -> None:
    seen = Attack("tilted", "", tilted(0.12))(marked, "photograph")
    found = watermark.detect(seen, thorough=True)
    assert payload_of(found) == PAYLOAD
    listed = watermark.detect_all(seen, search=THOROUGH)
    assert [each.payload for each in listed] == [PAYLOAD]
    matched = watermark.match(seen, [b"other twelve", PAYLOAD], search=THOROUGH)
    assert payload_of(matched) == PAYLOAD


def test_known_corners_straighten_a_photograph(marked: NDArray[np.uint8]) -> None:
    size = 900, 700
    frame = np.array([(0, 0), (512, 0), (512, 512), (0, 512)], dtype=np.float64)
    shown = corners_inwards(size, 0.3, np.random.default_rng(5))
    photograph = Image.fromarray(marked).transform(
        size,
        Image.Transform.PERSPECTIVE,
        warp_of(shown, frame),
        Image.Resampling.BICUBIC,
        fillcolor=(30, 30, 30),
    )
    rgb = np.asarray(photograph)
    corners = tuple((x, y) for x, y in shown.tolist())
    found = watermark.detect(rgb, corners=corners)
    assert found is not None
    assert found.payload == PAYLOAD
    # geometry and region are those of the photograph
    np.testing.assert_allclose(sorted(found.region.corners), sorted(shown.tolist()), atol=25)
    u, v = np.array(layout(512, 512).matrix)[:2, :2].diagonal() ** -1 * 256
    x, y, w = np.array(found.geometry.matrix) @ (u, v, 1)
    inside = np.array([(x / w, y / w)])
    assert ((inside > shown.min(axis=0)) & (inside < shown.max(axis=0))).all()
    assert watermark.detect(rgb) is None


def test_every_further_attempt_is_counted() -> None:
    assert count_attempts(THOROUGH) > count_attempts() == count_attempts(Search(hasty=True))
    assert count_all_attempts(THOROUGH) > count_all_attempts() > count_attempts()


def test_corners_are_read_as_people_write_them() -> None:
    expected = ((1.5, 2.0), (100.0, 3.0), (90.0, 80.0), (0.0, 70.0))
    assert read_corners("1.5,2, 100,3, 90,80, 0,70") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "a,b,c,d,e,f,g,h",
        "0,0,nan,0,100,100,0,100",
        "0,0,100,100,100,0,0,100",  # crossed
        "0,0,100,0,30,30,0,100",  # bent inwards
        "0,0,10,0,10,10,0,10",  # too small
        "0,0,4000,0,2100,100,2000,100",  # hardly a picture's
    ],
)
def test_corners_that_are_no_picture_are_refused(text: str) -> None:
    with pytest.raises(CornersError, match=r"^(Corners are eight|These corners are not)"):
        read_corners(text)
