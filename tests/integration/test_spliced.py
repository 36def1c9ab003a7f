"""What a producer stamped among frames of somebody else: nobody is named for the whole."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image

from provenance import imaging, watermark
from provenance.case import Source, Tracer
from provenance.errors import VerificationError
from provenance.stamp import StampedImage
from provenance.verify import RequireCoverage, State, Verdict, Verifier
from tests import clips
from tests.components import need_module
from tests.integration.studio import MODEL, VERSION, Pixels, Studio

REST = "Where the rest comes from is not proved."
FOREIGN = 48


def assert_only_a_part(verdict: Verdict, most: float) -> None:
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    first = verdict.explain().split("\n")[0]
    assert first.startswith("A part of this moving picture")
    assert first.endswith(REST)
    assert verdict.to_json_dict()["film"]["marked"]["share"] <= most
    with pytest.raises(VerificationError, match="of the film's area and length"):
        verdict.require(RequireCoverage(most + 0.01))


def test_a_stamped_picture_as_the_first_frame_of_others(
    verifier: Verifier, pixels: Pixels, other: Pixels
) -> None:
    """It is shown for a hundredth of a second, and what was never stamped for six."""
    first = Image.fromarray(pixels).resize((640, 560))
    foreign = Image.fromarray(other).resize(first.size)
    rest = [foreign, foreign.transpose(Image.Transpose.ROTATE_180), foreign]
    file = io.BytesIO()
    first.save(file, "WEBP", save_all=True, append_images=rest, duration=[10, 2000, 2000, 2000])
    assert_only_a_part(verifier.verify(file.getvalue()), 0.01)


def test_the_letter_and_the_readers_hear_of_a_part(
    verifier: Verifier, pixels: Pixels, other: Pixels
) -> None:
    first, rest = (Image.fromarray(each).resize((640, 560)) for each in (pixels, other))
    file = io.BytesIO()
    first.save(file, "WEBP", save_all=True, append_images=[rest], duration=[10, 2000], quality=90)
    files = Tracer(verifier).trace(Source(file.getvalue), case="1").files
    letter = " ".join(files["letter-1.txt"].decode().split())
    assert "A part of the picture was traced to you" in letter
    assert "this letter does not say that it is yours" in letter
    assert "for the part that is named at the top" in files["report.json"].decode()


@pytest.fixture(scope="module")
def film(a: Studio) -> StampedImage:
    need_module("av", "video")
    return a.stamper.stamp(clips.write(clips.draw()), model=MODEL, model_version=VERSION)


def test_a_stamped_clip_in_a_longer_film_of_somebody_else(
    verifier: Verifier, film: StampedImage, photographs: Mapping[str, Pixels]
) -> None:
    still = Image.fromarray(photographs["coffee"]).convert("L").resize((480, 360))
    large = np.asarray(still)
    foreign = [large[n : n + clips.HEIGHT, 2 * n : 2 * n + clips.WIDTH] for n in range(FOREIGN)]
    spliced = clips.write([*clips.read(film.data), *foreign])
    assert_only_a_part(verifier.verify(spliced), 0.35)


def test_a_louder_junk_mark_on_other_parts_hides_nothing(
    verifier: Verifier, film: StampedImage
) -> None:
    """It has most bytes, so most of the frames; and the moments that are told are its own."""
    junk = watermark.MovingMark(b"junk of 12 b", lock=b"abc")
    others = [each[::-1] for each in clips.draw(FOREIGN, start=100)]
    loud = [np.clip(each + 4 * junk.change(each), 0, 255).astype(np.uint8) for each in others]
    verdict = verifier.verify(clips.write([*clips.read(film.data), *loud]))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.stamp_id == film.record.stamp_id
    assert "seen in some of its frames" in verdict.explain().split("\n")[0]
    marked = verdict.to_json_dict()["film"]["marked"]
    assert marked["stamp_id"] == b"junk of 12 b".hex()


def test_a_stamped_film_is_named_whole_only_by_its_bytes(
    verifier: Verifier, film: StampedImage
) -> None:
    assert verifier.verify(film.data).explain().startswith("This file is exactly what")
    copy = verifier.verify(clips.write(clips.read(film.data), quality=22))
    assert copy.explain().split("\n")[0].endswith(REST)
    assert copy.to_json_dict()["film"]["marked"]["share"] > 0.7


def test_a_moving_picture_that_was_stamped_says_so_of_nearly_all(
    a: Studio, verifier: Verifier, original: Pixels
) -> None:
    frames = [
        Image.fromarray(np.roll(original, 4 * n, axis=1)).resize((640, 560)) for n in range(3)
    ]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=500, quality=95)
    moving = a.stamper.stamp(file.getvalue(), model=MODEL)
    picture = imaging.decode(moving.data)
    assert picture.moving is not None
    verdict = verifier.verify(moving.data)
    assert verdict.to_json_dict()["film"]["marked"] == {
        "from": 0.0,
        "to": 1.0,
        "share": 1.0,
        "stamp_id": moving.record.stamp_id,
    }
