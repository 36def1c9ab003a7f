"""A film on its way: stamped, verified, coded anew, marked falsely, spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenance.directory import Directory
from provenance.errors import (
    AlreadyStampedError,
    ImageTooLargeError,
    LabelError,
    OutputError,
    ProvenanceError,
    UnsupportedFormatError,
)
from provenance.labels import Badge, Labels
from provenance.limits import Isolation, Limits
from provenance.stamp import StampedImage
from provenance.verify import Match, State, Verdict, Verifier
from tests import clips
from tests.integration.studio import MODEL, VERSION, A, Studio, codes, open_studio, trust

FOREIGN_FRAMES = 12


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return open_studio(tmp_path_factory.mktemp("studio"), A)


@pytest.fixture(scope="module")
def source() -> bytes:
    return clips.write(clips.draw(), sound=True)


@pytest.fixture(scope="module")
def stamped(studio: Studio, source: bytes) -> StampedImage:
    return studio.stamper.stamp(source, model=MODEL, model_version=VERSION)


@pytest.fixture(scope="module")
def coded_anew(stamped: StampedImage) -> bytes:
    return clips.write(clips.read(stamped.data), quality=26)


def open_verifier(studio: Studio, **more: Any) -> Verifier:
    directory = Directory([studio.entry])
    return Verifier(registry=studio.registry, trust=trust(studio), directory=directory, **more)


def verify(studio: Studio, data: bytes) -> Verdict:
    return open_verifier(studio).verify(data)


def test_a_stamped_film_is_what_was_signed(studio: Studio, stamped: StampedImage) -> None:
    verdict = verify(studio, stamped.data)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.match is Match.EXACT
    assert verdict.origin.model == MODEL
    assert stamped.format == stamped.record.format == "MP4"
    assert stamped.margin is None
    assert {"watermark.public", "film.frames", "film.marked"} <= codes(verdict)
    film = verdict.to_json_dict()["film"]
    assert film["frames"] == film["looked_at"] == clips.FRAMES
    assert film["marked"]["from"] == 0
    assert film["seconds"] == pytest.approx(clips.FRAMES / clips.RATE, abs=0.01)


def test_sound_descriptions_and_moments_are_kept(stamped: StampedImage, source: bytes) -> None:
    assert clips.describe(stamped.data) == clips.describe(source)


def test_a_film_that_was_coded_anew_is_traced(studio: Studio, coded_anew: bytes) -> None:
    verdict = verify(studio, coded_anew)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.match is Match.DERIVED


def test_a_film_with_other_content_is_never_proved(studio: Studio, stamped: StampedImage) -> None:
    """The mark, put on other pictures, is a claim; a cut film may lack the signed frame."""
    from provenance.watermark import MovingMark, detect_frames

    found = detect_frames(clips.read(stamped.data))
    assert found is not None
    mark, chance = MovingMark(found.payload, lock=found.lock), np.random.default_rng(2)
    blocks = chance.integers(40, 216, (12, 16)).repeat(20, 0).repeat(20, 1)
    frames = []
    for number in range(FOREIGN_FRAMES):
        luma = np.roll(blocks, 3 * number, axis=1).astype(np.uint8)
        frames.append(np.clip(luma + mark.change(luma), 0, 255).astype(np.uint8))
    verdict = verify(studio, clips.write(frames, quality=14))
    assert verdict.state is State.CLAIMED
    assert verdict.origin is None


def test_an_isolated_verifier_says_the_same(studio: Studio, coded_anew: bytes) -> None:
    verifier = open_verifier(studio, isolated=Isolation(workers=1))
    try:
        verdict = verifier.verify(coded_anew)
        again = verifier.verify(coded_anew[: len(coded_anew) // 3] + bytes(500))
    except ProvenanceError as error:
        assert error.code.startswith("input.")  # noqa: PT017 - of the spoilt one
    else:
        assert again.state is not State.ATTRIBUTED
    finally:
        verifier.close()
    assert verdict.state is State.ATTRIBUTED


def test_a_film_is_not_stamped_twice(studio: Studio, stamped: StampedImage) -> None:
    with pytest.raises(AlreadyStampedError, match="has not changed"):
        studio.stamper.stamp(stamped.data, model=MODEL)


def test_what_films_can_t_have_is_refused(studio: Studio, source: bytes, tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="Visible labels"):
        studio.stamper.labelling(Labels(badge=Badge("AI"))).stamp(source, model=MODEL)
    with pytest.raises(OutputError, match="would hold a MP4"):
        studio.stamper.stamp(source, model=MODEL, format="MP4", to=tmp_path / "film.png")
    with pytest.raises(UnsupportedFormatError, match="WEBM films are not written"):
        studio.stamper.stamp(source, model=MODEL, format="webm")


def test_limits_hold_for_films(studio: Studio, source: bytes) -> None:
    with pytest.raises(ImageTooLargeError):
        open_verifier(studio, limits=Limits(max_pixels=1000)).verify(source)
