"""What a hard binding leaves out: the same bytes whose change the validator does not notice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Protocol

import pytest
from PIL import Image

from provenance.containers import png
from provenance.manifest import (
    ANY_TYPE,
    Coverage,
    Omission,
    PartKind,
    StampStatement,
    Trust,
    draw_urn,
    find_coverage,
    read,
    sign,
)
from provenance.manifest.assertions import write_definition
from provenance.manifest.binding import read_binding
from provenance.manifest.trust import DEFAULT_EKUS
from provenance.signers import Signer
from tests.manifests import (
    CREATED,
    Assertion,
    actions,
    box,
    put,
    sign_by_hand,
    write_manifest,
    write_store,
)

Picture = Callable[..., bytes]
FORMATS = ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF"]
EXIF = bytes.fromhex("49492a0008000000010012010300010000000100000000000000")


class Producer(Protocol):
    """What the fixture of that name holds."""

    signer: Signer
    trust: Trust


def cover(data: bytes) -> Coverage:
    return find_coverage(data, read(data, ANY_TYPE, Trust.none()))


def is_bound(data: bytes) -> bool:
    return read(data, ANY_TYPE, Trust.none()).hard_binding == "match"


def change(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_leave_out_what_the_standard_does(
    name: str, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    source = picture(name)
    signed = sign(source, f"image/{name.lower()}", statement, producer.signer, draw_urn())
    found = cover(signed.data)
    assert found.complete
    assert found.extra == ()
    assert PartKind.STORE in {each.kind for each in found.omissions}
    left_out = sum(each.end - each.start for each in found.omissions if each.kind == PartKind.STORE)
    assert len(signed.store) <= left_out <= len(signed.data) - len(source)


@pytest.mark.parametrize("name", FORMATS)
def test_what_follows_is_covered(
    name: str, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    signed = sign(picture(name), f"image/{name.lower()}", statement, producer.signer, draw_urn())
    last = max(each.end for each in cover(signed.data).omissions)
    if last < len(signed.data):
        # The middle of what follows is pixels, without which the file can still be walked over.
        assert not is_bound(change(signed.data, (last + len(signed.data)) // 2))
    else:
        assert not is_bound(signed.data + b"appended")


def test_exif_that_a_signer_leaves_out(producer: Producer, picture: Picture) -> None:
    file = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(file, "PNG", exif=b"Exif\0\0" + EXIF)
    source = file.getvalue()
    chunk = next(each for each in png.walk(source) if each.kind == b"eXIf")
    made = write_manifest(
        producer.signer, source, actions(CREATED), left_out=(chunk.start, chunk.end)
    )
    signed = put(source, write_store(made))
    shift = len(signed) - len(source)
    exif = Omission(PartKind.EXIF, chunk.start + shift, chunk.end + shift, by_standard=False)
    found = cover(signed)
    assert (found.binding, found.extra, found.complete) == ("c2pa.hash.data", (exif,), False)
    assert is_bound(change(signed, exif.start + 10))
    assert not is_bound(change(signed, exif.end + 10))


def test_pixels_that_a_signer_leaves_out_are_called_so(
    producer: Producer, picture: Picture
) -> None:
    source = picture()
    chunk = next(each for each in png.walk(source) if each.kind == b"IDAT")
    made = write_manifest(
        producer.signer, source, actions(CREATED), left_out=(chunk.start + 8, chunk.start + 9)
    )
    (left_out,) = cover(put(source, write_store(made))).extra
    assert left_out.kind is PartKind.PICTURE


@pytest.mark.parametrize("kind", [b"free", b"skip", b"uuid"])
def test_boxes_that_are_added_later(
    kind: bytes, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    signed = sign(picture("AVIF"), "image/avif", statement, producer.signer, draw_urn()).data
    padded = signed + box(kind, bytes(64))
    found = cover(padded)
    # Where the box is covered, the file is not bound any more and nothing is known of it.
    assert is_bound(padded) == (found.binding is not None)
    if found.binding is not None:
        expected = Omission(PartKind.PADDING, len(signed), len(padded), by_standard=False)
        assert found.extra == (expected,)
        assert not found.complete


@pytest.mark.parametrize("name", ["PNG", "JPEG"])
def test_what_is_appended_to_a_picture_bound_by_its_boxes(
    name: str, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    signed = sign_by_boxes(picture(name), f"image/{name.lower()}", statement, producer.signer)
    assert cover(signed).binding == "c2pa.hash.boxes"
    assert cover(signed).complete
    longer = signed + b"appended"
    assert is_bound(longer)
    end = Omission(PartKind.UNKNOWN, len(signed), len(longer), by_standard=False)
    assert cover(longer).extra == (end,)


def sign_by_boxes(source: bytes, mime: str, statement: StampStatement, signer: Any) -> bytes:
    """Sign as others do, with a hash for each box of the container."""
    import c2pa

    settings = {
        "trust": {"trust_config": "\n".join(DEFAULT_EKUS)},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {"prefer_compress_manifests": True},  # which the SDK binds by boxes only
        "builder": {"thumbnail": {"enabled": False}},
    }
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    info = c2pa.C2paSignerInfo(
        signer.algorithm.encode(), signer.certificate_chain, signer.private_key_pem(), None
    )
    signed = io.BytesIO()
    definition = write_definition(statement, draw_urn(), mime)
    with c2pa.Builder(definition, context) as builder, c2pa.Signer.from_info(info) as native:
        builder.sign(native, mime, io.BytesIO(source), signed)
    return signed.getvalue()


def test_a_manifest_that_is_tied_to_nothing(producer: Producer, picture: Picture) -> None:
    found = cover(sign_by_hand(producer.signer, picture(), actions(CREATED), bound=False))
    assert found == Coverage()
    assert not found.complete


def test_two_hard_bindings_are_none(producer: Producer, picture: Picture) -> None:
    other = Assertion("c2pa.hash.data", {"exclusions": []})
    twice = write_manifest(producer.signer, picture(), actions(CREATED), other)
    with pytest.raises(ValueError, match="hard bindings"):
        read_binding(twice[8:])


def test_a_hash_that_leaves_out_what_it_may_not_is_no_proof_of_a_change(
    producer: Producer, picture: Picture
) -> None:
    # One range from the file's beginning to the end of the store, as cameras of 2023 write it.
    source = picture()
    made = write_manifest(producer.signer, source, actions(CREATED), left_out=(0, png.HEADER_END))
    signed = put(source, write_store(made))
    reading = read(signed, ANY_TYPE, producer.trust)
    assert (reading.hard_binding, reading.broken) == ("absent", False)
    assert "provenance.dataHash.exclusions" in reading.failures
    assert "assertion.dataHash.mismatch" not in reading.codes
    assert find_coverage(signed, reading) == Coverage()
    assert (
        read(change(signed, len(signed) - 30), ANY_TYPE, producer.trust).hard_binding == "mismatch"
    )
