"""Stores apart from their files: out verbatim, back byte for byte, and nowhere else."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from provenance.containers import STORE_MARK, find_container, tiff
from provenance.errors import (
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
    ProvenanceError,
)
from provenance.manifest import (
    ANY_TYPE,
    Parent,
    SignedImage,
    StampStatement,
    Trust,
    draw_urn,
    extract,
    find_coverage,
    read,
    read_sidecar,
    reattach,
    sdk,
    sign,
)
from provenance.manifest.assertions import write_definition
from provenance.signers.pem_file import PemSigner

Picture = Callable[..., bytes]
FORMATS = ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF"]


class Producer(Protocol):
    """What the fixture of that name holds."""

    signer: PemSigner
    trust: Trust


def signed_as(
    name: str, source: bytes, statement: StampStatement, producer: Producer
) -> SignedImage:
    return sign(source, f"image/{name.lower()}", statement, producer.signer, draw_urn())


@pytest.mark.parametrize("side", [48, 97])
@pytest.mark.parametrize("name", FORMATS)
def test_out_and_back(
    name: str, side: int, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    # What is signed differs from its source by the store alone, so the source is a stripped file.
    stripped = picture(name, side=side)
    signed = signed_as(name, stripped, statement, producer)
    store = extract(signed.data)
    assert store == signed.store
    whole, reading = reattach(stripped, store)
    assert whole == signed.data
    assert (reading.urn, reading.hard_binding) == (signed.urn, "match")
    beside = read_sidecar(stripped, producer.trust, store)
    assert beside.authentic
    assert beside.hard_binding == "match"


@pytest.mark.parametrize("side", [47, 48, 49, 51])
@pytest.mark.parametrize("pages", [1, 2, 3])
@pytest.mark.parametrize("big", [False, True])
def test_out_and_back_in_tiff_of_every_kind(
    big: bool, pages: int, side: int, producer: Producer, statement: StampStatement
) -> None:
    # In a file of several pages the store has a directory of its own, behind the last page's.
    page = Image.effect_noise((side, side), 50)
    more = [page] * (pages - 1)
    file = io.BytesIO()
    page.save(file, "TIFF", save_all=True, append_images=more, big_tiff=big, compression="tiff_lzw")
    signed = signed_as("TIFF", file.getvalue(), statement, producer)
    assert extract(signed.data) == signed.store
    whole, reading = reattach(file.getvalue(), signed.store)
    assert whole == signed.data
    assert find_coverage(whole, reading).complete
    assert len(list(ImageSequence.Iterator(Image.open(io.BytesIO(file.getvalue()))))) == pages


def test_two_stores_in_a_tiff_are_refused(producer: Producer, statement: StampStatement) -> None:
    page = Image.effect_noise((48, 48), 50)
    file = io.BytesIO()
    page.save(file, "TIFF")
    one = signed_as("TIFF", file.getvalue(), statement, producer)
    file = io.BytesIO()
    page.save(file, "TIFF", save_all=True, append_images=[page])
    several = file.getvalue()
    other = signed_as("TIFF", several, statement, producer)
    # The entry of a page becomes a second store: readers look on the first page and on the last.
    entry = next(each for each in tiff.walk(several) if each.kind == b"\x01\x1c")
    last = tiff.list_store_pieces(other.data)[0]
    value = b"\x41\xcd" + last.read(other.data)[2:]
    doubled = other.data[: entry.start] + value + other.data[entry.end :]
    assert len(tiff.list_store_pieces(one.data)) == 1
    assert len(tiff.list_store_pieces(doubled)) == 2
    with pytest.raises(ManifestDamagedError, match="several"):
        extract(doubled)


def test_out_and_back_in_moving_pictures(producer: Producer, statement: StampStatement) -> None:
    frames = [Image.effect_noise((64, 64), spread).convert("RGB") for spread in (20, 40, 60)]
    file = io.BytesIO()
    frames[0].save(file, "AVIF", save_all=True, append_images=frames[1:])
    assert b"stco" in file.getvalue()
    signed = signed_as("AVIF", file.getvalue(), statement, producer)
    whole, _ = reattach(file.getvalue(), extract(signed.data))
    assert whole == signed.data


@pytest.mark.parametrize("name", FORMATS)
def test_a_store_of_many_segments(
    name: str, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    filler = {"label": "org.example.filler", "data": {"text": "x" * 150_000}}
    document = write_definition(statement, draw_urn(), f"image/{name.lower()}")
    document["assertions"].append(filler)
    source = picture(name)
    data, store = sdk.sign(document, source, f"image/{name.lower()}", producer.signer)
    assert extract(data) == store
    assert reattach(source, store)[0] == data


@pytest.mark.parametrize("name", FORMATS)
def test_into_no_other_file(
    name: str, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    signed = signed_as(name, picture(name), statement, producer)
    with pytest.raises(ManifestError, match="does not belong"):
        reattach(picture(name, seed=1), signed.store)
    with pytest.raises(ManifestError, match="already"):
        reattach(signed.data, signed.store)
    beside = read_sidecar(picture(name, seed=1), producer.trust, signed.store)
    assert beside.authentic
    assert beside.hard_binding == "mismatch"


@pytest.mark.parametrize("more", range(4))
def test_a_tiff_of_any_length(
    more: int, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    stripped = picture("TIFF") + bytes(more)
    signed = signed_as("TIFF", stripped, statement, producer)
    assert reattach(stripped, signed.store)[0] == signed.data


def test_a_history_comes_out_whole(
    signed: SignedImage, producer: Producer, edited: StampStatement, picture: Picture
) -> None:
    child = sign(
        picture("JPEG"),
        "image/jpeg",
        edited,
        producer.signer,
        draw_urn(),
        Parent(signed.data, "image/png"),
    )
    reading = read(extract(child.data), ANY_TYPE, producer.trust)
    assert reading.ancestors == {signed.urn}
    assert reading.hard_binding == "absent"  # a store by itself is tied to no bytes at hand
    assert reading.authentic


def test_nothing_there_is_not_found(picture: Picture) -> None:
    for data in (b"", b"text", *map(picture, FORMATS)):
        with pytest.raises(ManifestNotFoundError):
            extract(data)
    with pytest.raises(ManifestError, match="JPEG, PNG"):
        reattach(b"<svg/>", b"")


@pytest.mark.parametrize("name", FORMATS)
def test_a_store_cut_short_is_damaged(
    name: str, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    signed = signed_as(name, picture(name), statement, producer)
    at = signed.data.index(STORE_MARK)
    longer = bytearray(signed.data)
    longer[at - 11] = 0xFF  # the outer box claims more than there is
    with pytest.raises(ManifestDamagedError):
        extract(bytes(longer))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_raises_our_errors_only(
    name: str,
    data: st.DataObject,
    signed: SignedImage,
    picture: Picture,
) -> None:
    source = picture(name)
    at = data.draw(st.integers(0, len(source) - 1))
    junk = data.draw(st.binary(max_size=8))
    broken = source[:at] + junk + source[at + data.draw(st.integers(0, 8)) :]
    with contextlib.suppress(ManifestError):
        extract(broken)
    container = find_container(broken)
    with contextlib.suppress(ProvenanceError):
        if container is not None:
            container.insert(broken, signed.store, None)


@pytest.mark.corpus
def test_third_parties_stores_go_back_into_their_files(corpus: Path) -> None:
    put_back = 0
    for path in sorted((corpus / "c2pa").rglob("*.jpg")):
        data = path.read_bytes()
        with contextlib.suppress(ManifestError):
            if read(data, ANY_TYPE, Trust.none()).hard_binding == "match":
                store = extract(data)
                stripped = _without_segments(data)
                assert STORE_MARK not in stripped
                whole, reading = reattach(stripped, store)
                assert whole == data
                assert reading.hard_binding == "match"
                put_back += 1
    assert put_back > 20


def _without_segments(data: bytes) -> bytes:
    """Strip a JPEG of its APP11 segments, as re-posting does."""
    kept, at = [data[:2]], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        kept += [data[at:end]] if data[at + 1] != 0xEB else []
        at = end
    return b"".join(kept) + data[at:]
