"""On any bytes, everything that needs to know how a file is cut sees the same pieces."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from provenance import imaging
from provenance.containers import (
    OTHER,
    Container,
    Piece,
    bmff,
    find_container,
    jpeg,
    limits,
    png,
    riff,
    tiff,
)
from provenance.errors import (
    CorruptImageError,
    InputError,
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
    ProvenanceError,
)
from provenance.imaging import exif
from provenance.manifest import extract, jumbf, size_limits

SUITE = settings(deadline=None, max_examples=150)

CONTAINERS: dict[str, Container] = {
    "PNG": png,
    "JPEG": jpeg,
    "WEBP": riff,
    "AVIF": bmff,
    "TIFF": tiff,
}
STARTS = {
    "PNG": png.SIGNATURE,
    "JPEG": b"\xff\xd8\xff",
    "WEBP": b"RIFF\x40\0\0\0WEBP",
    "AVIF": b"\0\0\0\x10ftypavif\0\0\0\0",
    "TIFF": b"II*\0\x08\0\0\0",
    "BigTIFF": b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0",
}
KINDS = [
    *(b"IDAT", b"IEND", b"caBX", b"tEXt", b"VP8 ", b"C2PA", b"meta", b"moov", b"uuid", b"iloc"),
    *(b"\xff\xeb", b"\xff\xda", b"\xff\xff", b"\xcd\x41", b"\x41\xcd", b"\x69\x87"),
]


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def store_of(content: bytes) -> bytes:
    """Something that begins as every manifest store does."""
    return box(b"jumb", box(b"jumd", b"c2pa" + bytes(13) + b"c2pa\0") + box(b"free", content))


@cache
def picture(name: str, side: int = 24) -> bytes:
    """A small file with metadata, and no store."""
    image = Image.effect_noise((side, side), 50).convert("RGB")
    turned = Image.Exif()
    turned[exif.ORIENTATION_TAG] = 6
    file = io.BytesIO()
    image.save(file, name, exif=turned, icc_profile=b"profile")
    return file.getvalue()


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw the name of a format, and bytes that are one, were one, or only begin as one."""
    name = draw(st.sampled_from(sorted(CONTAINERS)))
    if draw(st.booleans()):
        parts = st.one_of(st.binary(max_size=12), st.sampled_from(KINDS), st.just(bytes(3)))
        start = STARTS["BigTIFF" if name == "TIFF" and draw(st.booleans()) else name]
        return name, start + b"".join(draw(st.lists(parts, max_size=30)))
    data = picture(name)
    for _ in range(draw(st.integers(0, 2))):
        data = CONTAINERS[name].insert(data, store_of(draw(st.binary(max_size=99))), None)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, min(len(data), 600)))
        end = at + draw(st.sampled_from([0, 0, 1, 4, 8, 12, 100, len(data)]))
        new = draw(st.one_of(st.binary(max_size=8), st.sampled_from(KINDS), st.just(data[at:end])))
        data = data[:at] + new + data[end if draw(st.booleans()) else at + len(new) :]
    return name, data


def pieces_of(container: Container, data: bytes) -> list[Piece] | None:
    """Walk over a file, None when it is refused."""
    try:
        return list(container.walk(data))
    except CorruptImageError:
        return None


def nested(pieces: list[Piece]) -> Iterator[tuple[Piece | None, list[Piece]]]:
    """Yield each piece that others lie in, None for the file, and those others."""
    within: dict[Piece | None, list[Piece]] = {None: []}
    path: list[Piece] = []
    for piece in pieces:
        del path[piece.depth :]
        within.setdefault(path[-1] if path else None, []).append(piece)
        path.append(piece)
    yield from within.items()


@SUITE
@given(files())
def test_pieces_cover_the_file_in_order_and_never_overlap(file: tuple[str, bytes]) -> None:
    name, data = file
    pieces = pieces_of(CONTAINERS[name], data)
    if not pieces:
        return
    if name == "TIFF":
        ordered = sorted(pieces, key=lambda piece: (piece.start, piece.end))
        assert all(one.end <= following.start for one, following in pairwise(ordered))
        assert all(0 <= piece.start <= piece.end <= len(data) for piece in pieces)
        return
    for parent, inner in nested(pieces):
        last = parent.content_end if parent else len(data)
        assert inner[0].start >= (parent.content_start if parent else 0)
        assert inner[-1].end == last
        for one, following in pairwise(inner):
            assert one.end == following.start
            assert not one.cut or following.kind == OTHER
    for piece in pieces:
        assert piece.start <= piece.content_start <= piece.content_end <= piece.end
    assert b"".join(piece.read(data) for piece in pieces if not piece.depth) == data


@SUITE
@given(files())
def test_metadata_and_stores_come_out_of_whole_pieces(file: tuple[str, bytes]) -> None:
    name, data = file
    container = CONTAINERS[name]
    pieces = pieces_of(container, data)
    whole = [(p.kind, p.read_content(data)) for p in pieces or () if not p.cut and p.kind != OTHER]
    with suppress(ProvenanceError):
        store = container.extract(data)
        if store is not None and name in ("PNG", "WEBP"):
            assert (b"caBX" if name == "PNG" else b"C2PA", store) in whole
        if store is not None and name == "AVIF":
            assert any(kind == b"uuid" and content.endswith(store) for kind, content in whole)
        if store is not None and name == "JPEG":
            parts = [content for kind, content in whole if kind == b"\xeb"]
            assert store[:8] in b"".join(parts)
    if find_container(data) is not container:
        return
    with suppress(InputError):
        decoded = imaging.decode(data)
        assert pieces is not None or name not in ("PNG", "JPEG", "WEBP")
        assert all((block.kind, block.payload) in whole for block in decoded.blocks)


@SUITE
@given(files())
def test_the_guard_refuses_what_cannot_be_walked_over(file: tuple[str, bytes]) -> None:
    _, data = file
    container = find_container(data)
    refused = container is not None and pieces_of(container, data) is None
    try:
        size_limits.check_pieces(data)
    except (ManifestNotFoundError, ManifestDamagedError):
        assert refused
    else:
        assert not refused


@SUITE
@given(files())
def test_exif_is_read_from_the_same_directory(file: tuple[str, bytes]) -> None:
    _, data = file
    if data[:4] not in tiff.STARTS or (pieces := pieces_of(tiff, data)) is None:
        return
    first = [p for p in pieces if not p.depth and p.kind not in (OTHER, tiff.DIRECTORY)]
    assert list(tiff.walk_first_directory(data)) == first
    stated = [p.start for p in first if p.kind == exif.ORIENTATION_TAG.to_bytes(2, "big")]
    values = [struct.unpack_from("<H" if data[:1] == b"I" else ">H", data, s + 8) for s in stated]
    read = values[0][0] if values and 1 <= values[0][0] <= 8 else 1
    assert exif.read_orientation(data) == read


@SUITE
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.binary(max_size=20))), st.binary(max_size=9))
def test_manifest_stores_are_boxes(parts: list[tuple[bytes, bytes]], junk: bytes) -> None:
    parts = [(kind.ljust(4, b" "), content) for kind, content in parts]
    data = b"".join(box(kind, content) for kind, content in parts)
    assert list(jumbf.split_boxes(data)) == parts
    assert [(p.kind, p.read_content(data)) for p in bmff.walk_level(data)] == parts
    with suppress(ValueError):
        assert len(list(jumbf.split_boxes(data + junk))) == len(list(bmff.walk_level(data + junk)))


@SUITE
@given(files())
def test_only_our_errors(file: tuple[str, bytes]) -> None:
    name, data = file
    with suppress(ProvenanceError):
        CONTAINERS[name].extract(data)
    with suppress(ProvenanceError):
        CONTAINERS[name].insert(data, store_of(b""), None)


def without_store(name: str, data: bytes, store: bytes) -> bytes:
    """Strip a file of its store, as re-posting does, in the form in which it was before."""
    container = CONTAINERS[name]
    if name == "TIFF":
        (last,) = [p for p in tiff.walk_first_directory(data) if p.kind == b"\xcd\x41"]
        assert last.read_content(data) == store
        return data
    marks = {"PNG": b"caBX", "WEBP": b"C2PA", "JPEG": b"\xeb", "AVIF": b"uuid"}
    gone = [p for p in container.walk(data) if p.kind == marks[name] and not p.depth]
    size = sum(p.end - p.start for p in gone)
    if name == "AVIF":  # the items' places move back
        data = bmff._move_items(data, list(bmff.walk(data)), gone[0].end, -size)
    rest = data[: gone[0].start] + data[gone[-1].end :]
    if name == "WEBP":
        (stated,) = struct.unpack_from("<I", rest, 4)
        rest = rest[:4] + struct.pack("<I", stated - size) + rest[8:]
    return rest


@pytest.mark.parametrize("name", CONTAINERS)
@settings(deadline=None, max_examples=30)
@given(
    size=st.sampled_from([0, 1, 2, 3, 5, 63_950, 64_000, 150_001]),
    side=st.sampled_from([16, 17, 64]),
)
def test_a_store_comes_out_as_it_went_in(name: str, size: int, side: int) -> None:
    store, source = store_of(bytes(size)), picture(name, side)
    whole = CONTAINERS[name].insert(source, store, None)
    assert CONTAINERS[name].extract(whole) == store
    assert extract(whole) == store
    assert imaging.decode(whole).rgb.tobytes() == imaging.decode(source).rgb.tobytes()
    rest = without_store(name, whole, store)
    if name == "TIFF":  # which keeps the old directory, and points to the new one
        assert rest[8 : len(source)] == source[8:]
        kept = [p.read(rest) for p in tiff.walk_first_directory(rest) if p.kind != b"\xcd\x41"]
        assert kept == [p.read(source) for p in tiff.walk_first_directory(source)]
    else:
        assert rest == source


@pytest.mark.parametrize("name", CONTAINERS)
def test_two_stores_are_refused(name: str) -> None:
    one = CONTAINERS[name].insert(picture(name), store_of(b"one"), None)
    two = CONTAINERS[name].insert(one, store_of(b"two"), None)
    if name == "JPEG":  # where both would have the same number, and be one
        two = two.replace(b"JP\x02\x11", b"JP\x02\x12", 1)
    with pytest.raises(ManifestDamagedError, match="several"):
        extract(two)


FILE_TYPE = box(b"ftyp", b"avif")
LIMITS: dict[str, tuple[str, int, Callable[[int], bytes]]] = {
    "PNG": ("PNG_CHUNKS", 0, lambda n: png.SIGNATURE + png.pack_chunk(b"tEXt", b"") * n),
    "JPEG": ("JPEG_SEGMENTS", 1, lambda n: b"\xff\xd8" + b"\xff\xfe\0\2" * n),
    "WEBP": (
        "RIFF_CHUNKS",
        0,
        lambda n: b"RIFF" + struct.pack("<I", 4 + 8 * n) + b"WEBP" + b"junk\0\0\0\0" * n,
    ),
    "AVIF": ("BOXES", 1, lambda n: FILE_TYPE + box(b"free", b"") * n),
    "boxes within": ("BOXES", 2, lambda n: FILE_TYPE + box(b"moov", box(b"free", b"") * n)),
    "depth": ("BOX_DEPTH", 0, lambda n: FILE_TYPE + nest(n)),
    "TIFF": (
        "TIFF_ENTRIES",
        1,
        lambda n: STARTS["TIFF"] + struct.pack("<H", n) + bytes(12 * n) + bytes(4),
    ),
}
"""Name of a limit, what counts besides, and files with a number of pieces."""


def nest(count: int) -> bytes:
    data = bytes(1)
    for _ in range(count):
        data = box(b"moov", data)
    return data


@pytest.mark.parametrize("name", LIMITS)
def test_all_users_refuse_at_one_limit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, besides, made = LIMITS[name]
    enough, many = made(6), made(7)
    monkeypatch.setattr(limits, limit, 6 + besides)
    size_limits.check_pieces(enough)
    with pytest.raises(ManifestNotFoundError, match="too many pieces"):
        size_limits.check_pieces(many)
    with pytest.raises(ManifestDamagedError, match="too many pieces"):
        size_limits.check_pieces(many + store_of(b""))
    if name != "TIFF":  # where only the first directory is read
        with pytest.raises(ManifestError, match="too many pieces"):
            extract(many)
    if name in ("PNG", "JPEG", "WEBP"):
        with pytest.raises(CorruptImageError, match="too many pieces"):
            imaging.decode(many)


@pytest.mark.parametrize(
    "data",
    [
        box(b"ftyp", b"avif") + b"\0\0\0\7freefree",
        b"\xff\xd8\xff\xe0\0\1\xff\xe0\0\2",
        # EXIF and the next directory are the same, which is empty.
        STARTS["TIFF"] + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 26) + bytes(6),
    ],
)
def test_what_readers_read_differently_is_refused(data: bytes) -> None:
    with pytest.raises(ManifestNotFoundError):
        size_limits.check_pieces(data)


def test_directories_that_wait_to_be_read_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TIFF_ENTRIES", 3)
    entries = struct.pack("<HHHIIHHII", 2, 0x14A, 4, 2, 38, 0x8769, 4, 2, 46)
    lists = struct.pack("<4I", 54, 60, 66, 72)
    with pytest.raises(CorruptImageError, match="over 3 TIFF directories"):
        list(tiff.walk(STARTS["TIFF"] + entries + bytes(4) + lists + bytes(6 * 4)))


def test_boxes_are_counted_wherever_the_c2pa_library_looks() -> None:
    """Also in references between tracks, and in QuickTime's form of ``meta``."""
    free, start = box(b"free", b""), box(b"ftyp", b"avif")
    for inner in (
        box(b"moov", box(b"tref", free * 3)),
        box(b"meta", bytes(4) + free * 3),
        box(b"meta", box(b"hdlr", bytes(9)) + free * 3),
    ):
        assert sum(piece.kind == b"free" for piece in bmff.walk(start + inner)) == 3
