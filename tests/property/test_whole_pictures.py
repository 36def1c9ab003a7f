"""Every valid picture file is read, written back faithfully, and examined without an error."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings

from provenance import imaging
from provenance.errors import InputError
from provenance.verify import State, Verifier
from tests.property.pictures import File, files

SUITE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

BAD_EVERY = 12  # of the malformed files; all of them go through `python -m fuzz files`
MAX_SECONDS = 60.0  # of processor time for one


@settings(SUITE, max_examples=60)
@given(files())
def test_a_valid_file_is_read_and_written_back(file: File) -> None:
    picture = imaging.decode(file.data)
    assert (picture.width, picture.height) == file.size
    assert picture.format == file.kind
    assert (picture.alpha is not None) == file.mode.endswith("A")
    assert picture.icc == file.metadata.get("icc_profile")
    if not picture.stampable:
        return
    again = imaging.decode(imaging.encode(picture))
    assert again.icc == picture.icc
    if file.kind != "TIFF":  # whose own fields are what is read as EXIF
        assert again.exif == picture.exif
    assert again.orientation == picture.orientation
    if picture.lossless:
        np.testing.assert_array_equal(again.rgb, picture.rgb)
    if picture.alpha is not None and (picture.lossless or file.kind == "WEBP"):
        np.testing.assert_array_equal(again.alpha, picture.alpha)


@settings(SUITE, max_examples=25)
@given(files())
def test_a_valid_file_without_evidence_has_the_verdict_none(file: File) -> None:
    verdict = Verifier().verify(file.data)
    assert verdict.state is State.NONE
    assert "real" in verdict.explain()


def test_malformed_files_of_other_suites_end_in_a_verdict_or_an_input_error(corpus: Path) -> None:
    paths = [path for path in sorted((corpus / "bad").rglob("*")) if path.is_file()]
    assert len(paths) > 400
    verifier = Verifier()
    for path in paths[::BAD_EVERY]:
        begun = time.process_time()
        with suppress(InputError):
            assert verifier.verify(path.read_bytes()).state is not State.ATTRIBUTED
        assert time.process_time() - begun < MAX_SECONDS, path
