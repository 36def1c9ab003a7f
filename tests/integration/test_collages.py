"""Several marks in one picture: side by side, and one's own under a louder one of somebody else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image

from provenance import imaging
from provenance.directory import Directory
from provenance.stamp import StampedImage
from provenance.verify import State, Verifier
from tests.integration.studio import MODEL, Pixels, Studio, codes, jpeg, trust

HEIGHT = 512


@pytest.fixture(scope="module")
def pair(a: Studio, photographs: Mapping[str, Pixels]) -> tuple[StampedImage, ...]:
    """Two pictures that A stamped."""
    return tuple(
        a.stamper.stamp(photographs[name], model=MODEL, format="PNG")
        for name in ("astronaut", "coffee")
    )


@pytest.fixture(scope="module")
def collage(pair: tuple[StampedImage, ...]) -> bytes:
    """Both side by side, as somebody posts them."""
    both = [Image.fromarray(imaging.decode(each.data).rgb) for each in pair]
    parts = [each.resize((each.width * HEIGHT // each.height, HEIGHT)) for each in both]
    whole = Image.new("RGB", (sum(each.width for each in parts), HEIGHT))
    whole.paste(parts[0], (0, 0))
    whole.paste(parts[1], (parts[0].width, 0))
    return jpeg(whole)


def test_every_mark_of_a_collage_is_found(
    collage: bytes, a: Studio, b: Studio, directory: Directory, pair: tuple[StampedImage, ...]
) -> None:
    known = trust(a, b)
    thorough = Verifier(registry=a.registry, trust=known, directory=directory, all_marks=True)
    verdict = thorough.verify(collage)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    stamps = {each.manifest.payload for each in verdict.proofs}
    assert stamps == {each.record.stamp_id.payload for each in pair}
    assert len(verdict.beside) == 1
    assert "watermark.searched_all" in codes(verdict)
    shares = [mark.region.coverage for mark in verdict.weighed.marks]
    assert sum(shares) == pytest.approx(1, abs=0.15)
    assert "Another part of this picture" in verdict.explain()


def test_the_first_proof_is_enough_unless_all_are_asked_for(
    collage: bytes, verifier: Verifier
) -> None:
    verdict = verifier.verify(collage)
    assert verdict.state is State.ATTRIBUTED
    assert "watermark.searched_all" not in codes(verdict)
    assert verdict.explain().startswith("A part of this picture, about ")


def test_ones_own_mark_is_found_under_a_louder_one(
    verifier: Verifier, b: Studio, stamped: StampedImage, pixels: Pixels
) -> None:
    """B stamps A's picture anew; A's registry knows nothing of B's stamp."""
    again = b.stamper.stamp(np.ascontiguousarray(pixels), model="editor", force=True, format="PNG")
    verdict = verifier.verify(jpeg(imaging.decode(again.data).rgb))
    assert {mark.found.producer for mark in verdict.weighed.marks} == {600_000, 7}
    assert verdict.origin is not None
    assert verdict.origin.stamp_id == stamped.record.stamp_id
