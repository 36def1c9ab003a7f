"""A store that announces more than it holds never reaches the SDK, however it lies in its file."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import brotli
import c2pa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from provenance import manifest
from provenance.containers import jpeg, limits, png, riff
from provenance.errors import (
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
    ManifestUnsupportedError,
)
from provenance.manifest import Trust, cbor_limits
from provenance.registry import open_registry
from provenance.signers import development, open_signer
from provenance.stamp import Producer, Stamper
from provenance.verify import Verifier
from tests import manifests

ANNOUNCED = {
    "bytes": (b"\x5a", 4),
    "text": (b"\x7a", 4),
    "long bytes": (b"\x5b", 8),
    "text within": (b"\xa1\x61a\x7a", 4),
    "array": (b"\x9a", 4),
}
"""Heads of CBOR items, and in how many bytes a number follows."""


@pytest.fixture(scope="module")
def store(photograph: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The manifest store of a stamped picture."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "signer.pem").write_bytes(development.create("Example AI").signer)
    with open_registry("sqlite:///stamps.db", create=True, base=folder) as registry:
        stamper = Stamper(
            producer=Producer("Example AI", 600_000),
            signer=open_signer("file:signer.pem", folder=folder),
            registry=registry,
        )
        stamped = stamper.stamp(photograph[100:260, 100:260], model="m")
        found = registry.manifest_store(stamped.record.stamp_id)
    assert found is not None
    return found


def announcing_too_much(store: bytes) -> Iterator[bytes]:
    """Let each assertion announce one byte or item more than its box holds."""
    at = store.find(b"cbor", 4)
    while at >= 0:
        size = int.from_bytes(store[at - 4 : at], "big")
        if 16 <= size <= len(store) - at and store[at - 4 :][:1] == b"\0":
            for head, width in ANNOUNCED.values():
                start = at + 4 + len(head) + width
                left = at - 4 + size - start
                announced = head + (left + 1).to_bytes(width, "big")
                yield store[: at + 4] + announced + store[start:]
        at = store.find(b"cbor", at + 1)


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32)).save(file, kind)
    return file.getvalue()


def in_png(store: bytes) -> bytes:
    return png.insert(picture("PNG"), store, None)


def in_webp(store: bytes) -> bytes:
    return riff.insert(picture("WEBP"), store, None)


def in_jpeg(store: bytes) -> bytes:
    return jpeg.insert(picture("JPEG"), store, None)


def in_jpeg_torn(store: bytes, size: int = 40) -> bytes:
    """Cut into so small segments that every head may lie across two."""
    segments = b""
    for number, at in enumerate(range(0, len(store), size)):
        body = (store[:8] if number else b"") + store[at : at + size]
        head = b"JP\x02\x11" + struct.pack(">I", number + 1)
        segments += b"\xff\xeb" + struct.pack(">H", 2 + len(head) + len(body)) + head + body
    return b"\xff\xd8" + segments + picture("JPEG")[2:]


def in_gif(store: bytes) -> bytes:
    whole = picture("GIF")
    colours = 3 * 2 ** ((whole[10] & 7) + 1) if whole[10] & 0x80 else 0
    at = 13 + colours
    blocks = b"".join(
        bytes([len(store[i : i + 99])]) + store[i : i + 99] for i in range(0, len(store), 99)
    )
    extension = b"\x21\xff\x0bC2PA_GIF\x01\x00\x00" + blocks + b"\0"
    return b"GIF89a" + whole[6:at] + extension + whole[at:]


def as_it_is(store: bytes) -> bytes:
    return store


CONTAINERS = [as_it_is, in_png, in_webp, in_jpeg, in_jpeg_torn, in_gif]


@pytest.mark.parametrize("put", CONTAINERS)
def test_a_good_store_is_read(put: Callable[[bytes], bytes], store: bytes) -> None:
    reading = manifest.read(put(store), "image/jpeg", Trust.none())
    assert reading.validated
    assert reading.statement is not None


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail as soon as the SDK is given something to read."""

    def asked(*_: object, **__: object) -> None:
        pytest.fail("the SDK was asked")

    monkeypatch.setattr(c2pa, "Reader", asked)


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("put", CONTAINERS)
def test_one_byte_or_item_too_many_is_damaged(put: Callable[[bytes], bytes], store: bytes) -> None:
    cases = list(announcing_too_much(store))
    assert len(cases) >= 5 * len(ANNOUNCED)
    for case in cases:
        with pytest.raises(ManifestDamagedError, match="more than they hold"):
            manifest.read(put(case), "image/jpeg", Trust.none())


@pytest.mark.parametrize("name", ANNOUNCED)
def test_all_that_is_left_may_be_announced(name: str) -> None:
    head, width = ANNOUNCED[name]

    def box(number: int) -> bytes:
        body = head + number.to_bytes(width, "big") + bytes(6)
        return struct.pack(">I", 8 + len(body)) + b"cbor" + body

    cbor_limits.check_lengths(box(6))
    with pytest.raises(ManifestDamagedError, match="more than they hold"):
        cbor_limits.check_lengths(box(7))


def test_a_store_hidden_where_only_the_sdk_would_look_is_damaged(store: bytes) -> None:
    plain, torn = picture("JPEG"), in_jpeg_torn(store)
    head = 4 + int.from_bytes(plain[4:6], "big")
    for hidden in (
        torn[:2] + b"\0" + torn[2:],  # junk that decoders skip
        plain[:head] + b"\0" + torn[2:],
    ):
        with pytest.raises(ManifestDamagedError, match="put together"):
            manifest.read(hidden, "image/jpeg", Trust.none())


def test_parts_are_counted_in_every_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in two boxes counts twice, so that no part is gone over without being counted."""
    inner = struct.pack(">I", 14) + b"cbor" + bytes(6)
    outer = struct.pack(">I", 8 + len(inner)) + b"cbor" + inner
    monkeypatch.setattr(
        cbor_limits, "MAX_ITEMS", 17
    )  # 11 in the outer box, 6 of them again in the inner
    cbor_limits.check_lengths(outer)
    monkeypatch.setattr(cbor_limits, "MAX_ITEMS", 16)
    cbor_limits.check_lengths(inner)
    with pytest.raises(ManifestDamagedError, match="too many parts"):
        cbor_limits.check_lengths(outer)


COSTS: dict[str, tuple[manifests.Value, int]] = {  # what is held, and what reading it takes
    "bytes": ({"t": bytes(10_000)}, 10_000 * cbor_limits.BYTES_COST),
    "text": ({"t": "x" * 10_000}, 10_000 * cbor_limits.TEXT_COST),
    "items": ({"t": [1] * 1_000}, 1_000 * cbor_limits.ITEM_COST),
}


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("compressed", [False, True])
def test_what_costs_too_much_to_read_is_not_read(
    kind: str, compressed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cost = COSTS[kind]
    held = manifests.box(b"cbor", manifests.encode_cbor(data))
    found = manifests.box(b"brob", brotli.compress(held)) if compressed else held
    most = cost + cbor_limits.STORE_COST * len(held) + 20 * cbor_limits.ITEM_COST
    monkeypatch.setattr(cbor_limits, "MAX_COST", most)
    cbor_limits.check_lengths(found)
    monkeypatch.setattr(cbor_limits, "MAX_COST", cost)
    with pytest.raises(ManifestUnsupportedError, match="too much memory"):
        cbor_limits.check_lengths(found)


def test_a_whole_store_costs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    picture_in_it = manifests.box(b"bidb", bytes(5_000))
    whole = manifests.write_store(manifests.superbox(b"c2ma", "m", picture_in_it))
    for file in (whole, manifests.put(picture("PNG"), whole)):
        monkeypatch.setattr(cbor_limits, "MAX_COST", cbor_limits.STORE_COST * len(whole))
        cbor_limits.check_lengths(file)
        monkeypatch.setattr(cbor_limits, "MAX_COST", cbor_limits.STORE_COST * 5_000)
        with pytest.raises(ManifestUnsupportedError, match="too much memory"):
            cbor_limits.check_lengths(file)


def test_a_costly_manifest_is_no_sign_of_tampering(
    store: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(manifests.put(picture("PNG"), store))
    monkeypatch.setattr(cbor_limits, "MAX_COST", 1_000)
    verdict = Verifier().verify(file)
    assert verdict.state == "none"
    assert any("manifest.too_costly" in each.codes for each in verdict.findings)


def test_chains_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cbor_limits, "MAX_CHAINS", 3)
    chain = b"\x21\xff\x0bC2PA_GIF\x01\x00\x00" + b"\x01a\0"
    cbor_limits.check_lengths(b"GIF89a" + chain * 2)
    with pytest.raises(ManifestDamagedError, match="too many manifest stores"):
        cbor_limits.check_lengths(b"GIF89a" + chain * 3)


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"\0\0\0\x30cbor"])
)
def test_any_bytes(data: bytes, start: bytes) -> None:
    with suppress(ManifestDamagedError):
        cbor_limits.check_lengths(start + data)


def test_manifests_of_others_pass(corpus: Path) -> None:
    """What the SDK can read at all, it still reads: also other signers' stores."""
    files = [path for path in (corpus / "c2pa").rglob("*") if path.is_file()]
    assert len(files) > 40
    refused = []
    for file in files:
        try:
            cbor_limits.check_lengths(file.read_bytes())
        except ManifestError:
            refused.append(file.name)
    assert refused == []


FTYP = struct.pack(">I", 28) + b"ftypavif\0\0\0\0avifmif1miaf"
EMPTY = struct.pack(">I", 8) + b"free"


def tiff(*fields: bytes, following: int = 0) -> bytes:
    return struct.pack("<H", len(fields)) + b"".join(fields) + struct.pack("<I", following)


FIELD = struct.pack("<HHII", 0x111, 4, 1, 8)
DIRECTORIES = struct.pack("<HHII", 0x14A, 4, 2, 26)  # a list of two places
IN_PIECES: dict[str, tuple[bytes, int]] = {
    "chunks": (b"\x89PNG\r\n\x1a\n" + bytes(12 * 5), 5),
    "RIFF chunks": (b"RIFF" + struct.pack("<I", 4 + 8 * 5) + b"WEBP" + b"junk\0\0\0\0" * 5, 5),
    "boxes": (FTYP + EMPTY * 5, 6),
    "boxes within": (FTYP + struct.pack(">I", 8 + 40) + b"moov" + EMPTY * 5, 7),
    "boxes of 64-bit sizes": (FTYP + (b"\0\0\0\x01free" + struct.pack(">Q", 16)) * 5, 6),
    "fields": (b"II*\0\x08\0\0\0" + tiff(*[FIELD] * 5), 6),
    "directories in a row": (
        b"II*\0\x08\0\0\0" + tiff(FIELD, following=26) + tiff(FIELD, following=44) + tiff(FIELD),
        6,
    ),
    "directories within": (
        b"II*\0\x08\0\0\0" + tiff(DIRECTORIES) + struct.pack("<2I", 34, 52) + tiff(FIELD) * 2,
        2 + 2 * 2,
    ),
    "big-endian": (b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0x111, 4, 1, 8, 0), 2),
    "64-bit": (b"II+\0\x08\0\0\0" + struct.pack("<QQHHQQQ", 16, 1, 0x111, 4, 1, 8, 0), 2),
}
"""Files, and of how many pieces they are."""


@pytest.mark.parametrize("name", IN_PIECES)
def test_one_piece_over_the_limit_is_refused(
    name: str, store: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, count = IN_PIECES[name]
    for limit in ("PNG_CHUNKS", "RIFF_CHUNKS", "BOXES", "TIFF_ENTRIES"):
        monkeypatch.setattr(limits, limit, count)
    assert cbor_limits.check_lengths(data) == (data, None)
    for limit in ("PNG_CHUNKS", "RIFF_CHUNKS", "BOXES", "TIFF_ENTRIES"):
        monkeypatch.setattr(limits, limit, count - 1)
    with pytest.raises(ManifestNotFoundError, match="too many pieces"):
        cbor_limits.check_lengths(data)
    with pytest.raises(ManifestDamagedError, match="too many pieces"):
        cbor_limits.check_lengths(data + store)


def test_pictures_have_few_pieces(corpus: Path) -> None:
    """None of the corpus comes near the limits."""
    for path in (corpus / "hard").iterdir():
        cbor_limits.check_lengths(path.read_bytes())
