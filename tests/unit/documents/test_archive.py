"""Archives: each member is examined or listed with a reason, and nothing is unpacked unchecked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image

from provenance.documents import Part, is_document, open_parts
from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputError,
    NotExaminedError,
    UnsupportedFormatError,
)
from provenance.limits import Limits


def picture(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, kind)
    return buffer.getvalue()


def pack(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def take(data: bytes, limits: Limits | None = None) -> dict[str | None, Part]:
    return {part.place.member: part for part in open_parts(data, limits or Limits())}


def test_every_member_is_a_part() -> None:
    members = {
        "a/b.png": picture(),
        "photo": picture("JPEG"),
        "film.mp4": b"\0\0\0\x14ftypisom",
        "film.webm": b"\x1aE\xdf\xa3",
        "notes.txt": b"hello",
        "more.zip": pack({"c.png": picture()}),
        "paper.pdf": b"%PDF-1.7",
        "old.jp2": b"\0\0\0\x0cjP  \r\n",
    }
    data = pack(members)
    assert is_document(data)
    parts = take(data)
    assert parts.keys() == members.keys()
    assert [parts[each].data for each in ("a/b.png", "photo")] == [picture(), picture("JPEG")]
    for name in ("film.mp4", "film.webm"):
        assert (parts[name].data, parts[name].error) == (members[name], None)
    for name in ("notes.txt", "more.zip", "paper.pdf"):
        assert isinstance(parts[name].error, NotExaminedError)
    assert isinstance(parts["old.jp2"].error, UnsupportedFormatError)


def test_a_member_may_lack_a_name() -> None:
    parts = list(open_parts(pack({"a": picture()}).replace(b"a", b"\0"), Limits()))
    assert len(parts) == 1


def test_a_picture_is_no_document() -> None:
    assert not is_document(picture())
    assert not is_document(b"")


def test_what_gets_much_longer_is_not_unpacked() -> None:
    plain = io.BytesIO()
    Image.new("RGB", (1200, 900)).save(plain, "BMP")
    parts = take(pack({"plain.bmp": plain.getvalue(), "good.png": picture()}))
    assert isinstance(parts["plain.bmp"].error, ImageTooLargeError)
    assert parts["good.png"].data


def test_all_members_share_one_limit() -> None:
    coarse = np.random.default_rng(1).integers(0, 16, (80, 80, 3), dtype=np.uint8)  # half is air
    buffer = io.BytesIO()
    Image.fromarray(coarse).save(buffer, "BMP")
    bare = buffer.getvalue()
    parts = take(pack({f"{index}": bare for index in range(6)}), Limits(max_bytes=len(bare) * 4))
    refused = [isinstance(each.error, ImageTooLargeError) for each in parts.values()]
    assert refused == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("at", "value"), [(8, b"\xff\xff\xff\xff"), (10, b"\xff\xfe"), (12, b"\xff\xff\xff\0")]
)
def test_too_long_a_list_is_refused_unread(at: int, value: bytes) -> None:
    data = bytearray(pack({"a.png": picture()}))
    end = data.rfind(b"PK\5\6")
    data[end + at : end + at + len(value)] = value
    with pytest.raises(InputError):
        take(bytes(data))


def test_members_that_share_bytes_are_refused() -> None:
    data = bytearray(pack({"a.png": picture(), "b.png": picture()}))
    first = data.find(b"PK\1\2")
    second = data.find(b"PK\1\2", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    with pytest.raises(CorruptImageError, match="share the same bytes"):
        take(bytes(data))


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_cut_archive_is_damaged(keep: float) -> None:
    data = pack({"a.png": picture()})
    with pytest.raises(InputError):
        take(data[: int(len(data) * keep)])


def test_a_damaged_member_does_not_hide_the_others() -> None:
    data = bytearray(pack({"a.png": picture(), "b.png": picture()}))
    data[60:90] = bytes(30)
    parts = take(bytes(data))
    assert parts["a.png"].error
    assert parts["b.png"].data == picture()
