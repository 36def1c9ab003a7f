"""Every format that is written, end to end: stamped, signed, verified, continued, recovered."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from provenance import imaging, manifest
from provenance.errors import VerificationError
from provenance.manifest import extract, read_sidecar
from provenance.stamp import StampedImage
from provenance.verify import RequireExact, State, Verifier
from tests.integration.studio import MODEL, Pixels, Studio, codes, jpeg, trust

FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIC"]


@pytest.fixture(scope="module", params=FORMATS)
def file(request: pytest.FixtureRequest, a: Studio, photographs: Mapping[str, Pixels]) -> bytes:
    """A part of a photograph as a file of the format, with its own metadata."""
    part = np.ascontiguousarray(photographs["coffee"][:400, 100:500])
    picture, _ = imaging.load_picture(part)
    return imaging.encode(picture, request.param)


@pytest.fixture(scope="module")
def stamp(file: bytes, a: Studio) -> StampedImage:
    """The file, stamped by A in its own format."""
    return a.stamper.stamp(file, model=MODEL)


def test_the_signed_file_is_exact(stamp: StampedImage, verifier: Verifier) -> None:
    verdict = verifier.verify(stamp.data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.match == "exact"
    assert verdict.origin.stamp_id == stamp.record.stamp_id
    assert "watermark.public" in codes(verdict)
    assert "fingerprint.bound" in codes(verdict)


def test_a_copy_without_metadata_is_derived(stamp: StampedImage, verifier: Verifier) -> None:
    verdict = verifier.verify(jpeg(imaging.decode(stamp.data).rgb))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.match, verdict.origin.stamp_id) == ("derived", stamp.record.stamp_id)


def test_one_changed_byte_shows(stamp: StampedImage, a: Studio) -> None:
    changed = bytearray(stamp.data)
    # A quarter from the end lie pixels; a TIFF and a WebP have their manifest behind them.
    at = len(stamp.data) - len(stamp.data) // 4
    changed[at - len(extract(stamp.data)) * (stamp.format in ("TIFF", "WEBP"))] ^= 1
    reading = manifest.read(bytes(changed), manifest.ANY_TYPE, trust(a))
    assert reading.hard_binding == "mismatch"
    assert not reading.broken


@pytest.mark.parametrize("kind", [b"free", b"skip", b"uuid"])
def test_bytes_that_no_hash_covers_are_never_exact(
    kind: bytes, stamp: StampedImage, verifier: Verifier
) -> None:
    """Whoever appends a box, in AVIF and HEIC, may leave the signature whole, not the SHA-256."""
    verdict = verifier.verify(stamp.data + (72).to_bytes(4, "big") + kind + bytes(64))
    if verdict.origin and verdict.origin.match == "bound":
        assert stamp.format in ("AVIF", "HEIC")
        assert "except for what the signature leaves out" in verdict.explain().splitlines()[0]
    with pytest.raises(VerificationError):
        verdict.require(RequireExact())


def test_an_edit_in_this_format_keeps_the_history(
    stamp: StampedImage, b: Studio, verifier: Verifier, photographs: Mapping[str, Pixels]
) -> None:
    output = np.ascontiguousarray(photographs["chelsea"][:300, :400])
    edited = b.stamper.editing(stamp.data).stamp(output, model="inpainter", format=stamp.format)
    verdict = verifier.verify(edited.data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.evidence.manifest is not None
    assert verdict.evidence.manifest.ancestors == {stamp.record.manifest_urn}
    assert verdict.evidence.manifest.ancestor_codes == ()
    assert edited.record.parent == stamp.record.stamp_id


def test_a_recovered_store_proves_the_stripped_file(stamp: StampedImage, a: Studio) -> None:
    # Signing adds the store and nothing else, so the source of a signed file is that file stripped.
    marked = imaging.encode(imaging.decode(stamp.data), stamp.format)
    statement = manifest.read(stamp.data, manifest.ANY_TYPE, trust(a)).statement
    assert statement is not None
    mime = imaging.MIME[stamp.format]
    signed = manifest.sign(marked, mime, statement, a.signer, manifest.draw_urn())
    reading = read_sidecar(marked, trust(a), extract(signed.data))
    assert reading.authentic
    assert reading.hard_binding == "match"
    verdict = Verifier(trust=trust(a)).verify(marked, extract(signed.data))
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.match == "bound"
