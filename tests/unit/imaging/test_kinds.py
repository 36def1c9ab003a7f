"""Healthy but unsupported is not damaged; first bytes tell files apart, at a bounded cost."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging, xmp
from provenance.errors import InputError, UnsupportedFormatError
from provenance.imaging.formats import FOREIGN
from provenance.losses import LossKind
from provenance.verify import Verifier
from tests.pngs import chunk, write
from tests.steps import count_steps

MEGABYTE = 2**20
MAX_STEPS = 5_000_000  # calls per megabyte: twice the most, of very many pieces


def jpeg(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


SMALL = Image.new("RGB", (16, 16), (90, 120, 30))


@pytest.mark.parametrize("start", FOREIGN, ids=repr)
def test_foreign_formats_are_named_by_their_first_bytes(start: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"^This is an? [A-Za-z]") as caught:
        imaging.decode(start + bytes(64))
    assert FOREIGN[start] in str(caught.value)


@pytest.mark.parametrize(
    ("brand", "says"), [(b"isom", "film"), (b"qt  ", "film"), (b"crx ", "raw")]
)
def test_films_and_raw_files_of_boxes_are_named(brand: bytes, says: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=says):
        imaging.decode(b"\0\0\0\x18ftyp" + brand + bytes(64))


@pytest.mark.parametrize("precision", [12, 16])
def test_a_jpeg_of_more_bits_is_unsupported(precision: int) -> None:
    data = bytearray(jpeg(SMALL))
    frame = data.index(b"\xff\xc0")
    data[frame + 4] = precision
    data[frame + 1] = 0xC1
    with pytest.raises(UnsupportedFormatError, match=f"{precision} bits per channel"):
        imaging.decode(bytes(data))


@pytest.mark.parametrize("frame", [0xC5, 0xC6, 0xC7, 0xCB, 0xCD])
def test_a_jpeg_of_a_rare_coding_is_unsupported(frame: int) -> None:
    data = jpeg(SMALL).replace(b"\xff\xc0", bytes([0xFF, frame]), 1)
    with pytest.raises(UnsupportedFormatError, match="coding"):
        imaging.decode(data)


def lossless_jpeg(samples: NDArray[np.uint8]) -> bytes:
    """Code (H, W, 3) samples exactly: each as its difference from the one to the left."""
    height, width, channels = samples.shape
    left = np.roll(samples, 1, axis=1).astype(int)
    left[:, 0] = np.roll(samples, 1, axis=0)[:, 0]
    left[0, 0] = 128
    bits = []
    for difference in (samples.astype(int) - left).reshape(-1).tolist():
        size = abs(difference).bit_length()
        value = difference if difference >= 0 else difference + (1 << size) - 1
        bits.append(f"{size:05b}" + (f"{value:0{size}b}" if size else ""))
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    coded = bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))
    parts = b"".join(bytes([number + 1, 0x11, 0]) for number in range(channels))
    scans = b"".join(bytes([number + 1, 0]) for number in range(channels))
    table = bytes([0, 0, 0, 0, 0, 17, *[0] * 11, *range(17)])
    segments = (
        (0xEE, b"Adobe\0\x64\0\0\0\0\0"),
        (0xC3, struct.pack(">BHHB", 8, height, width, channels) + parts),
        (0xC4, table),
        (0xDA, bytes([channels]) + scans + bytes([1, 0, 0])),
    )
    packed = b"".join(struct.pack(">BBH", 0xFF, kind, 2 + len(s)) + s for kind, s in segments)
    return b"\xff\xd8" + packed + coded.replace(b"\xff", b"\xff\0") + b"\xff\xd9"


def test_a_lossless_jpeg_is_not_made_lossy_without_a_word(photograph: NDArray[np.uint8]) -> None:
    samples = photograph[:40, :56]
    picture = imaging.decode(lossless_jpeg(samples))
    assert np.array_equal(picture.rgb, samples)
    (loss,) = imaging.fit_to_format(picture, "JPEG").losses
    assert loss.kind is LossKind.CODING
    assert imaging.fit_to_format(picture, "PNG").losses == ()
    assert np.array_equal(imaging.decode(imaging.encode(picture, "WEBP")).rgb, samples)


def test_transparency_in_heic_is_said_to_be_lossy() -> None:
    picture, _ = imaging.load_picture(np.full((16, 16, 4), 90, np.uint8))
    (loss,) = imaging.fit_to_format(picture, "HEIC").losses
    assert loss.kind is LossKind.ALPHA
    assert imaging.fit_to_format(picture, "AVIF").losses == ()


def test_xmp_that_is_full_but_padded_is_used() -> None:
    text = "history " * 7600
    packet = xmp.EMPTY.replace(b"</rdf:RDF>", f"<!-- {text} --></rdf:RDF>".encode())
    padding = b"\n" + b" " * (65_500 - len(packet))
    packet = packet.replace(b"<?xpacket end", padding + b"<?xpacket end")
    picture = imaging.decode(jpeg(SMALL, xmp=packet[:65_500]))
    longer = packet.replace(b"</rdf:RDF>", b"<!-- new --></rdf:RDF>")
    again = imaging.decode(imaging.encode(imaging.replace_xmp(picture, longer)))
    assert again.xmp is not None
    assert b"<!-- new -->" in again.xmp
    assert text.encode() in again.xmp
    with pytest.raises(UnsupportedFormatError, match="XMP"):
        imaging.replace_xmp(picture, longer.replace(b"new", text.encode()))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def large_files() -> Iterator[tuple[str, bytes]]:
    """Yield a megabyte in every container, mostly of small pieces."""
    noise = np.random.Generator(np.random.PCG64(3)).bytes(MEGABYTE)
    for start in FOREIGN:
        yield repr(start), start + noise
    yield "unknown", noise
    many = b"".join(chunk(b"teXt", b"k\0v" * 20) for _ in range(MEGABYTE // 80))
    yield "PNG", write(np.zeros((8, 8, 3), np.uint8), 8, many)
    yield "JPEG", jpeg(SMALL)[:2] + b"\xff\xfe\0\x7f" + bytes(125) + jpeg(SMALL)[2:] + noise
    sound = b"".join(struct.pack("<4sI", b"data", 56) + bytes(56) for _ in range(MEGABYTE // 64))
    for kind in (b"WEBP", b"WAVE"):
        yield kind.decode(), b"RIFF" + struct.pack("<I", 4 + len(sound)) + kind + sound
    for brand in (b"avif", b"mif1", b"isom"):
        boxes = b"".join(box(b"free", bytes(248)) for _ in range(MEGABYTE // 256))
        yield brand.decode(), box(b"ftyp", brand + bytes(4) + brand) + boxes
    entries = b"".join(struct.pack("<HHII", 65_000 + n % 500, 1, 1, 0) for n in range(5_000))
    yield (
        "TIFF",
        b"II*\0\x08\0\0\0" + struct.pack("<H", 5_000) + entries + bytes(4) + noise[: 2**19],
    )


@pytest.mark.parametrize(("name", "data"), list(large_files()), ids=lambda value: str(value)[:9])
def test_cost_follows_bytes(name: str, data: bytes) -> None:
    for examine in (imaging.decode, Verifier().verify):
        with count_steps() as steps, suppress(InputError):
            examine(data)
        assert steps.count <= MAX_STEPS * len(data) / MEGABYTE, name
