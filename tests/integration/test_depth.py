"""Manifest first: an intact file is answered by its manifest alone, and any other one in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance import imaging
from provenance.errors import ConfigError
from provenance.stamp.assembly import Job
from provenance.verify import Depth, Match, State, Verdict, Verifier
from tests.integration.studio import A, Studio, codes, jpeg, open_studio, trust

Pixels = NDArray[np.uint8]

UNSEEN = "pixels.not_looked_at"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path, A)


@pytest.fixture
def picture(photograph: Pixels) -> Pixels:
    return np.ascontiguousarray(photograph[:256, 100:356])


def verify(data: bytes, studio: Studio, depth: str = "manifest") -> Verdict:
    verifier = Verifier(registry=studio.registry, trust=trust(studio), depth=depth)
    return verifier.verify(data)


def test_an_intact_file_is_answered_without_its_pixels(
    studio: Studio, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = studio.stamper.stamp(picture, model="m").data
    full = verify(data, studio, "full")
    monkeypatch.setattr(imaging, "decode", None)  # nothing may decode
    verdict = verify(data, studio)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert full.origin is not None
    assert verdict.origin == replace(full.origin, recorded=None)  # this comes by the mark
    assert verdict.origin.match is Match.EXACT
    assert UNSEEN in codes(verdict)
    assert UNSEEN not in codes(full)
    assert "pixels were not decoded" in verdict.explain()
    depths = [each.to_json_dict()["depth"] for each in (verdict, full)]
    assert depths == ["manifest", "full"]


def test_any_other_file_is_examined_in_full(studio: Studio, picture: Pixels) -> None:
    data = studio.stamper.stamp(picture, model="m").data
    stripped = jpeg(imaging.decode(data).rgb)
    changed = data.replace(b"c2pa.created", b"c2pa.cr3ated")
    for file in (stripped, changed, jpeg(picture)):
        one, other = (verify(file, studio, depth) for depth in ("manifest", "full"))
        assert one.evidence.depth is Depth.FULL
        assert one.explain() == other.explain()


def test_a_signer_who_is_not_trusted_proves_nothing(studio: Studio, picture: Pixels) -> None:
    data = studio.stamper.stamp(picture, model="m").data
    verdict = Verifier(depth="manifest").verify(data)
    assert verdict.state is State.CLAIMED
    assert verdict.evidence.depth is Depth.FULL


def test_a_revoked_stamp_is_no_proof(studio: Studio, picture: Pixels) -> None:
    stamped = studio.stamper.stamp(picture, model="m")
    assert verify(stamped.data, studio).state is State.ATTRIBUTED
    studio.registry.revoke(stamped.record.stamp_id, "a wrong picture")
    assert verify(stamped.data, studio).state is State.CLAIMED


def test_a_manifest_from_another_time_is_examined_in_full(
    studio: Studio, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The times of mark and manifest must agree; here the signed one is moved by a day."""
    write = Job.write_statement

    def move(job: Job, *arguments: object) -> object:
        statement = write(job, *arguments)  # type: ignore[arg-type]
        return replace(statement, created=statement.created - timedelta(days=1))

    monkeypatch.setattr(Job, "write_statement", move)
    data = studio.stamper.stamp(picture, model="m").data
    verdict = verify(data, studio)
    assert verdict.state is State.CONFLICT
    assert verdict.evidence.depth is Depth.FULL


def test_there_are_two_depths() -> None:
    with pytest.raises(ConfigError, match="The depth 'some' is unknown"):
        Verifier(depth="some")
