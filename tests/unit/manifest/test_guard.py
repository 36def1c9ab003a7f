"""A store that announces more than it holds never reaches the SDK, however it lies in its file."""

from __future__ import annotations

import io
import multiprocessing
import resource
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from provenance import manifest
from provenance.containers import jpeg, png, riff
from provenance.errors import ManifestDamagedError, ManifestError, ManifestNotFoundError
from provenance.manifest import Trust, guard
from provenance.registry import open_registry
from provenance.signing import development, open_signer
from provenance.stamp import Producer, Stamper

GIGABYTE = 2**30
ANNOUNCED = {
    "bytes": b"\x5a\xff\xff\xff\xff",
    "text": b"\x7a\x40\x00\x00\x00",
    "long bytes": b"\x5b\x00\x00\x00\x01\x00\x00\x00\x00",
    "text within": b"\xa1\x61a\x7a\x40\x00\x00\x00",
    "array": b"\x9a\xff\xff\xff\xff",
}


@pytest.fixture(scope="module")
def store(photograph: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The manifest store of a stamped picture."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "signer.pem").write_bytes(development.create("Example AI").signer)
    with open_registry("sqlite:///stamps.db", base=folder) as registry:
        stamper = Stamper(
            producer=Producer("Example AI", 600_000),
            signer=open_signer("file:signer.pem", folder=folder),
            registry=registry,
        )
        stamped = stamper.stamp(photograph[100:260, 100:260], model="m")
        found = registry.store(stamped.record.stamp_id)
    assert found is not None
    return found


def bombs(store: bytes) -> Iterator[bytes]:
    """Let each assertion announce much."""
    at = store.find(b"cbor", 4)
    while at >= 0:
        size = int.from_bytes(store[at - 4 : at], "big")
        if 16 <= size <= len(store) - at and store[at - 4 :][:1] == b"\0":
            for head in ANNOUNCED.values():
                yield store[: at + 4] + head + store[at + 4 + len(head) :]
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


@pytest.mark.parametrize("put", CONTAINERS)
def test_what_announces_too_much_is_damaged(put: Callable[[bytes], bytes], store: bytes) -> None:
    cases = list(bombs(store))
    assert len(cases) >= 5 * len(ANNOUNCED)
    for bomb in cases:
        with pytest.raises(ManifestDamagedError, match="more than they hold"):
            manifest.read(put(bomb), "image/jpeg", Trust.none())


def test_memory_stays_flat_on_what_the_sdk_would_fall_for(store: bytes) -> None:
    """The SDK itself, given the same bytes, takes the gigabyte: the guard is needed."""
    bomb = list(bombs(store))[len(ANNOUNCED) + list(ANNOUNCED).index("text")]
    assert peak(bomb, guarded=False) > GIGABYTE
    assert peak(bomb, guarded=True) < GIGABYTE / 4


def peak(data: bytes, *, guarded: bool) -> int:
    """Read in a child, and return by how many bytes its memory grew."""
    ours, theirs = multiprocessing.Pipe()

    def child() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if not guarded:
            guard.embedded = lambda _: None  # type: ignore[assignment]
        with suppress(ManifestError):
            manifest.read(data, "image/jpeg", Trust.none())
        theirs.send(1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(120)
    assert process.exitcode == 0
    return int(ours.recv())


def test_a_store_hidden_where_only_the_sdk_would_look_is_damaged(store: bytes) -> None:
    plain, torn = picture("JPEG"), in_jpeg_torn(store)
    head = 4 + int.from_bytes(plain[4:6], "big")
    for hidden in (
        torn[:2] + b"\0" + torn[2:],  # junk that decoders skip
        plain[:head] + b"\0" + torn[2:],
        plain[:-2] + torn[2:],  # behind the picture's data
    ):
        with pytest.raises(ManifestDamagedError, match="put together"):
            manifest.read(hidden, "image/jpeg", Trust.none())


def test_time_is_bounded() -> None:
    """Boxes within boxes are not walked over again and again, nor chains followed without end."""
    boxes = b"".join(struct.pack(">I", 100_008 - at) + b"cbor" for at in range(0, 80, 8))
    with pytest.raises(ManifestDamagedError, match="too many"):
        guard.embedded(boxes + bytes(100_000))
    chains = b"GIF89a" + (b"\x21\xff\x0bC2PA_GIF\x01\x00\x00" + b"\x01a" * 10) * 1000
    with pytest.raises(ManifestDamagedError, match="too many"):
        guard.embedded(chains)


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"\0\0\0\x30cbor"])
)
def test_any_bytes(data: bytes, start: bytes) -> None:
    with suppress(ManifestDamagedError):
        guard.embedded(start + data)


def test_manifests_of_others_pass(corpus: Path) -> None:
    """What the SDK can read at all, it still reads: also other signers' stores."""
    files = [path for path in (corpus / "c2pa").rglob("*") if path.is_file()]
    assert len(files) > 40
    refused = []
    for file in files:
        try:
            guard.embedded(file.read_bytes())
        except ManifestError:
            refused.append(file.name)
    assert refused == ["tiff_poc.tiff"]  # made to keep the SDK busy


FTYP = struct.pack(">I", 28) + b"ftypavif\0\0\0\0avifmif1miaf"
EMPTY = struct.pack(">I", 8) + b"free"


def tiff(*fields: bytes, following: int = 0) -> bytes:
    return struct.pack("<H", len(fields)) + b"".join(fields) + struct.pack("<I", following)


FIELD = struct.pack("<HHII", 0x111, 4, 1, 8)
MANY_FIELDS = tiff(*[FIELD] * 20_000)
POINTER = struct.pack("<HHII", 0x14A, 4, 50, 26)  # a list of fifty places, all the same
ENDLESS = {
    "chunks": b"\x89PNG\r\n\x1a\n" + bytes(12 * 140_000),
    "RIFF chunks": b"RIFF"
    + struct.pack("<I", 4 + 8 * 140_000)
    + b"WEBP"
    + b"junk\0\0\0\0" * 140_000,
    "boxes": FTYP + EMPTY * 6_000,
    "boxes within": FTYP + struct.pack(">I", 8 + 48_000) + b"moov" + EMPTY * 6_000,
    "boxes beyond four gigabytes": FTYP + (b"\0\0\0\x01free" + struct.pack(">Q", 16)) * 6_000,
    "one directory, fifty times": b"II*\0\x08\0\0\0"
    + tiff(POINTER)
    + struct.pack("<50I", *[226] * 50)
    + MANY_FIELDS,
    "a directory that follows itself": b"II*\0\x08\0\0\0" + tiff(FIELD, following=8),
    "big-endian": b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0x111, 4, 1, 8, 8),
    "64-bit": b"II+\0\x08\0\0\0" + struct.pack("<QQHHQQQ", 16, 1, 0x111, 4, 1, 8, 16),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_the_sdk_is_not_let_loose_on_endless_pieces(name: str, store: bytes) -> None:
    with pytest.raises(ManifestNotFoundError, match="too many pieces"):
        guard.embedded(ENDLESS[name])
    with pytest.raises(ManifestDamagedError, match="too many pieces"):
        guard.embedded(ENDLESS[name] + store)


def test_pictures_have_few_pieces(corpus: Path) -> None:
    """None of the corpus comes near the limits."""
    for path in (corpus / "hard").iterdir():
        guard.embedded(path.read_bytes())
