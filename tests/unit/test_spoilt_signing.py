"""What the C2PA library spoils while signing is not released; what can't be kept is refused."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging, manifest
from provenance.containers import bmff
from provenance.errors import SigningError, UnsupportedFormatError
from provenance.imaging import heic
from provenance.limits import DEFAULT_LIMITS
from provenance.signers import Signer, development, pem_file
from provenance.stamp.marking import check_signed

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def signer() -> Signer:
    keys = development.create("Example Ltd")
    return pem_file.load(keys.signer, keys.signer)


@pytest.fixture(scope="module")
def picture() -> Pixels:
    return np.asarray(Image.effect_noise((96, 64), 40).convert("RGB"))


def save(pixels: Pixels, name: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, name, quality=60)
    return file.getvalue()


def sign(data: bytes, signer: Signer) -> manifest.SignedImage:
    statement = manifest.StampStatement(
        *(1, "Example Ltd", "m", "", datetime.now(UTC), bytes(12), None, "0f" * 32, 90, "A9" * 200)
    )
    mime = "image/avif" if data[4:8] == bmff.FILE_TYPE else "image/jpeg"
    return manifest.sign(data, mime, statement, signer, manifest.draw_urn())


def test_what_signing_spoils(signer: Signer, picture: Pixels) -> None:
    # The SDK moves places twice that count from a base of zero, as files of MIAF's own suite do.
    plain = save(picture, "AVIF")
    signed = sign(plain, signer)
    assert check_signed(plain, signed, DEFAULT_LIMITS) is signed
    based = count_from_base(plain)
    assert np.array_equal(imaging.decode(based).rgb, imaging.decode(plain).rgb)
    with pytest.raises(SigningError, match="spoilt"):
        check_signed(based, sign(based, signer), DEFAULT_LIMITS)


def test_what_is_only_written_in_another_way(signer: Signer, picture: Pixels) -> None:
    plain = save(picture, "JPEG")
    signed = sign(plain, signer)
    # A byte that belongs to no segment would not be put back by our hand.
    assert check_signed(plain[:20] + b"\0" + plain[20:], signed, DEFAULT_LIMITS) is signed
    with pytest.raises(SigningError, match="spoilt"):
        check_signed(save(picture[::-1], "JPEG"), signed, DEFAULT_LIMITS)


def count_from_base(data: bytes) -> bytes:
    """The same picture, its places counted from a base that is stated as zero."""
    pieces = {piece.kind: piece for piece in bmff.walk(data)}
    iloc, meta = pieces[b"iloc"], pieces[b"meta"]
    content = iloc.read_content(data)
    assert (
        content[:6] == b"\0\0\0\0\x44\0"
    )  # version 0; places and lengths have four bytes, no base
    (count,) = struct.unpack_from(">H", content, 6)
    more, items = 4 * count, b""
    for number in range(count):
        item, reference, extents, place, length = struct.unpack_from(
            ">HHHII", content, 8 + 14 * number
        )
        items += struct.pack(">HHIHII", item, reference, 0, extents, place + more, length)
    new = content[:5] + b"\x40" + content[6:8] + items
    grown = (meta.end - meta.start + more).to_bytes(4, "big")
    box = (8 + len(new)).to_bytes(4, "big") + b"iloc" + new
    head = data[: meta.start] + grown + data[meta.start + 4 : iloc.start]
    return b"".join((head, box, data[iloc.end :]))


def test_what_can_not_be_kept_is_refused_in_a_sentence(picture: Pixels) -> None:
    found = imaging.decode(save(picture, "JPEG"))
    obstacle = heic._find_obstacle([found], {"aux": {1: [2]}}, None, found)
    with pytest.raises(UnsupportedFormatError, match=r"[a-z)], which can't be marked"):
        replace(found, obstacle=obstacle).require_stampable()
