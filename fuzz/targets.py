"""The targets of fuzzing: functions of bytes that raise only what their callers are promised."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import numpy as np

from provenance import imaging
from provenance.directory import Directory
from provenance.documents import open_parts
from provenance.errors import (
    InputError,
    ManifestError,
    PayloadError,
    RegistryError,
    RequestError,
    ResponseError,
)
from provenance.fingerprint import LatticeFingerprint, is_sealed
from provenance.limits import Limits
from provenance.manifest import Trust, cbor_limits, cose, extract, read
from provenance.registry.checkpoint import Checkpoint
from provenance.response import check_all, read_request, read_response
from provenance.stamp_id import Payload
from provenance.verify import Verifier
from provenance.watermark import code
from provenance.watermark.format import CODE_BITS

SMALL = Limits(max_bytes=2**20, max_pixels=2**16)
"""For pictures: what is larger finds nothing more, and takes the time of many."""

DIRECTORY, NOW = Directory(), datetime(2026, 11, 1, tzinfo=UTC)
"""Nobody may answer here."""

VERIFIER = Verifier(limits=SMALL)


def payload(data: bytes) -> None:
    """The mark's own formats: payload, word, fingerprints, and texts and CBOR that go with it."""
    with suppress(PayloadError):
        assert Payload.unpack(data[:12]).pack() == data[:12]
    soft = np.zeros(CODE_BITS, np.float32)
    bits = np.frombuffer(data[:CODE_BITS], np.int8)
    soft[: bits.size] = bits
    found = code.decode(soft)
    assert found is None or len(found) == code.WORD_BYTES
    with suppress(ValueError):
        cose.decode_cbor(data)
    with suppress(RegistryError):
        Checkpoint.parse(data)
    unpacked = LatticeFingerprint.unpack(data)
    assert unpacked is None or unpacked.pack() == data
    is_sealed(data.decode("utf-8", "replace"))


def manifest(data: bytes) -> None:
    """Manifest stores, by themselves and in files: found, checked, taken out and read."""
    with suppress(ManifestError):
        cbor_limits.check_lengths(data)
    with suppress(ManifestError):
        extract(data)
    with suppress(ManifestError):
        read(data, "image/jpeg", Trust.none())


def pictures(data: bytes) -> None:
    """Pictures: decoded, written and decoded again."""
    with suppress(InputError):
        picture = imaging.decode(data, SMALL)
        assert picture.rgb.shape == (picture.height, picture.width, 3)
        if picture.stampable:
            imaging.decode(imaging.encode(picture), SMALL)


def documents(data: bytes) -> None:
    """Archives and PDF: taken apart within limits."""
    with suppress(InputError):
        parts = list(open_parts(data, SMALL))
        assert sum(len(part.data) for part in parts if not part.made) <= SMALL.max_bytes + len(data)


def verify(data: bytes) -> None:
    """All of it: a verdict with its words and its JSON."""
    with suppress(InputError):
        verdict = VERIFIER.verify(data)
        assert verdict.explain()
        assert verdict.to_json_dict()["state"] not in (None, "attributed")


def response(data: bytes) -> None:
    """Requests and responses: read strictly, checked and never believed."""
    with suppress(RequestError):
        read_request(data)
    with suppress(ResponseError):
        (found,) = check_all([read_response(data)], DIRECTORY, NOW)
        assert found.fault is not None or found.response.sealed is not None


TARGETS = {
    "payload": payload,
    "manifest": manifest,
    "imaging": pictures,
    "documents": documents,
    "verify": verify,
    "response": response,
}
