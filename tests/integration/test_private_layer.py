"""A private mark leads back to its stamp where the public one and every pilot were taken out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from provenance import imaging, watermark
from provenance.directory import Directory
from provenance.stamp import Stamper
from provenance.verify import State, Verifier
from provenance.watermark import LockKey
from provenance.watermark.embedding import pilot_power
from tests.integration.studio import MODEL, A, Pixels, Studio, jpeg, trust

KEY = bytes(range(32))


@pytest.fixture
def robbed(a: Studio, original: Pixels, monkeypatch: pytest.MonkeyPatch) -> tuple[Pixels, str]:
    """A stamped picture, cut and resized, of whose marks only private chips are left."""
    stamped = Stamper(producer=A, signer=a.signer, registry=a.registry, key=KEY).stamp(
        original, model=MODEL
    )
    payload = bytes.fromhex(stamped.record.stamp_id)
    monkeypatch.setattr(pilot_power, "choose_share", lambda *_: 0.0)
    image = Image.fromarray(watermark.embed(original, payload, KEY))
    part = image.crop((5, 7, image.width - 9, image.height - 6))
    small = part.resize((round(0.95 * part.width), round(0.95 * part.height)))
    return np.asarray(small), stamped.record.stamp_id


def test_its_record_leads_to_it_and_its_key_opens_what_was_signed(
    a: Studio, directory: Directory, robbed: tuple[Pixels, str]
) -> None:
    pixels, stamp_id = robbed
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=directory, keys=(KEY,))
    verdict = verifier.verify(jpeg(pixels, 90))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.stamp_id == stamp_id
    assert "a private mark" in verdict.explain()


def test_without_its_key_it_only_looks_alike(
    a: Studio, directory: Directory, robbed: tuple[Pixels, str]
) -> None:
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=directory)
    assert verifier.verify(jpeg(robbed[0], 90)).state is State.SIMILAR


def test_the_key_of_a_private_mark_derives_the_lock_where_no_other_does(
    a: Studio, original: Pixels
) -> None:
    own = LockKey(b"l" * 32)
    for lock_key, expected in ((None, LockKey(KEY)), (own, own)):
        stamper = Stamper(
            producer=A, signer=a.signer, registry=a.registry, key=KEY, lock_key=lock_key
        )
        stamped = stamper.stamp(original, model=MODEL)
        found = watermark.detect(imaging.decode(stamped.data).rgb)
        assert found is not None
        assert found.lock == expected.derive(found.payload)
