"""Sign, mistreat, read: what each kind of change looks like."""

from __future__ import annotations

import multiprocessing
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import (
    CorruptImageError,
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
    ManifestRemoteError,
    ProvenanceError,
    UnsupportedFormatError,
)
from provenance.manifest import (
    ModelAction,
    Parent,
    SignedImage,
    StampStatement,
    Trust,
    draw_urn,
    read,
    sign,
)
from provenance.signers.pem_file import PemSigner

Picture = Callable[..., bytes]


class Producer(Protocol):
    """What the fixture of that name holds."""

    signer: PemSigner
    trust: Trust


def repair_png(data: bytes) -> bytes:
    """Set every checksum right, as whoever tampers would."""
    fixed, at = bytearray(data[:8]), 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        body = data[at + 4 : at + 8 + size]
        fixed += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + size
    return bytes(fixed)


def tamper(data: bytes, needle: bytes, occurrence: int = 0) -> bytes:
    """Flip one bit after the needle."""
    at = -1
    for _ in range(occurrence + 1):
        at = data.index(needle, at + 1)
    at += len(needle)
    return repair_png(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_what_was_signed_is_read(
    producer: Producer, statement: StampStatement, picture: Picture, format_name: str
) -> None:
    mime = f"image/{format_name.lower()}"
    urn = draw_urn()
    signed = sign(picture(format_name), mime, statement, producer.signer, urn)
    reading = read(signed.data, mime, producer.trust)
    assert reading.urn == signed.urn == urn
    assert reading.authentic
    assert reading.hard_binding == "match"
    assert reading.failures == reading.ingredient_failures == ()
    assert reading.statement == statement
    assert (reading.model, reading.model_version) == ("example-diffusion", "3")
    assert reading.created == statement.created
    assert reading.source_type is not None
    assert reading.source_type.endswith("/trainedAlgorithmicMedia")
    assert reading.store == signed.store
    assert reading.signer is not None
    assert reading.signer.name == "Example Ltd"
    assert reading.parents == ()


def test_manifest_is_small(signed: SignedImage) -> None:
    assert len(signed.store) < 6 * 1024


def test_another_authority_is_no_reason_to_trust(signed: SignedImage, stranger: Producer) -> None:
    reading = read(signed.data, "image/png", stranger.trust)
    assert reading.validated
    assert not reading.trusted
    assert not reading.authentic
    assert not reading.broken


def test_changed_pixels_break_the_hard_binding_only(
    signed: SignedImage, producer: Producer
) -> None:
    reading = read(tamper(signed.data, b"IDAT"), "image/png", producer.trust)
    assert reading.hard_binding == "mismatch"
    assert reading.authentic
    assert not reading.broken


@pytest.mark.parametrize("needle", [b"example-diff", b"Example L", b"unlisted.provenance.dwt"])
def test_changed_assertions_are_broken(
    signed: SignedImage, producer: Producer, needle: bytes
) -> None:
    reading = read(tamper(signed.data, needle), "image/png", producer.trust)
    assert reading.broken
    assert not reading.authentic


def test_a_changed_claim_is_broken(signed: SignedImage, producer: Producer) -> None:
    reading = read(tamper(signed.data, b"specVersione2.4"), "image/png", producer.trust)
    assert "claimSignature.mismatch" in reading.failures
    assert not reading.validated
    assert reading.broken


def test_a_recovered_store_is_authentic_without_its_file(
    signed: SignedImage, producer: Producer, picture: Picture
) -> None:
    for name, mime in (("JPEG", "image/jpeg"), ("BMP", "image/bmp")):
        reading = read(picture(name, seed=1), mime, producer.trust, signed.store)
        assert reading.authentic
        assert reading.hard_binding == "mismatch"
        assert reading.statement is not None
    reading = read(b"no picture at all", "image/png", producer.trust, signed.store)
    assert reading.authentic


def test_the_urn_is_signed(signed: SignedImage, producer: Producer, picture: Picture) -> None:
    other = draw_urn()
    relabelled = signed.store.replace(signed.urn.encode(), other.encode())
    reading = read(picture(), "image/png", producer.trust, relabelled)
    assert reading.urn == other
    assert reading.broken
    assert not reading.authentic


def test_a_store_that_is_none_is_damaged(producer: Producer, picture: Picture) -> None:
    for store in (b"", b"x", b"\0\0\0\x10jumb" + b"\0" * 8):
        with pytest.raises(ManifestDamagedError):
            read(picture(), "image/png", producer.trust, store)


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"", "image/png"),
        (b"text", "image/png"),
        (b"\xff\xd8\xff\xd9", "image/jpeg"),
        (b"BM", "image/bmp"),
        (b"x", "no/such-thing"),
        (b"x", ""),
    ],
)
def test_nothing_there_is_not_found(data: bytes, mime: str) -> None:
    with pytest.raises(ManifestNotFoundError):
        read(data, mime, Trust.none())


def test_a_truncated_file_without_credentials_is_not_tampered(picture: Picture) -> None:
    for name in ("PNG", "JPEG", "WEBP", "TIFF", "GIF"):
        data = picture(name)
        for keep in (3, 20, len(data) // 2, len(data) - 3):
            with pytest.raises(ManifestNotFoundError):
                read(data[:keep], f"image/{name.lower()}", Trust.none())


def test_an_unreadable_store_is_damaged(signed: SignedImage) -> None:
    with pytest.raises(ManifestDamagedError):
        read(signed.data.replace(b"jumd", b"jumx"), "image/png", Trust.none())


# --- parents ---------------------------------------------------------------------------------


def test_a_parent_is_kept_with_its_manifest(
    signed: SignedImage,
    producer: Producer,
    stranger: Producer,
    edited: StampStatement,
    picture: Picture,
) -> None:
    child = sign(
        picture("JPEG", seed=2),
        "image/jpeg",
        edited,
        stranger.signer,
        draw_urn(),
        Parent(signed.data, "image/png"),
    )
    reading = read(child.data, "image/jpeg", stranger.trust)
    assert reading.authentic
    assert reading.statement == edited
    assert reading.source_type is not None
    assert reading.source_type.endswith("/compositeWithTrainedAlgorithmicMedia")
    (parent,) = reading.parents
    assert parent.urn == signed.urn
    assert parent.statement is not None
    assert reading.ancestors == {signed.urn}


def test_a_recovered_manifest_can_be_the_parent(
    signed: SignedImage, producer: Producer, edited: StampStatement, picture: Picture
) -> None:
    stripped = Parent(picture("JPEG"), "image/jpeg", signed.store)
    child = sign(picture(seed=2), "image/png", edited, producer.signer, draw_urn(), stripped)
    reading = read(child.data, "image/png", producer.trust)
    assert reading.authentic
    assert reading.ancestors == {signed.urn}


def test_a_parent_needs_no_manifest(
    producer: Producer, edited: StampStatement, picture: Picture
) -> None:
    child = sign(picture(), "image/png", edited, producer.signer, draw_urn())
    assert read(child.data, "image/png", producer.trust).authentic
    for name in ("PNG", "BMP"):
        parent = Parent(picture(name, seed=3), f"image/{name.lower()}")
        child = sign(picture(), "image/png", edited, producer.signer, draw_urn(), parent)
        reading = read(child.data, "image/png", producer.trust)
        assert reading.authentic
        assert reading.parents == ()


def test_tampering_with_the_parent_is_named_as_the_parents(
    signed: SignedImage, producer: Producer, edited: StampStatement, picture: Picture
) -> None:
    child = sign(
        picture(seed=2),
        "image/png",
        edited,
        producer.signer,
        draw_urn(),
        Parent(signed.data, "image/png"),
    )
    # The parent's store comes first in the file.
    reading = read(tamper(child.data, b"example-diff"), "image/png", producer.trust)
    assert reading.authentic
    assert not reading.broken
    assert "assertion.hashedURI.mismatch" in reading.ingredient_failures
    reading = read(tamper(child.data, b"example-diff", 2), "image/png", producer.trust)
    assert reading.broken


def test_a_parent_that_was_broken_before_is_named_as_broken(
    signed: SignedImage, producer: Producer, edited: StampStatement, picture: Picture
) -> None:
    # The SDK reports only what differs from what was recorded when the parent was taken in.
    broken = Parent(tamper(signed.data, b"example-diff"), "image/png")
    child = sign(picture(seed=2), "image/png", edited, producer.signer, draw_urn(), broken)
    reading = read(child.data, "image/png", producer.trust)
    assert reading.authentic
    assert reading.ingredient_failures == ("assertion.hashedURI.mismatch",)


@pytest.mark.corpus
def test_a_parents_identity_is_the_parents(
    producer: Producer, edited: StampStatement, picture: Picture, corpus: Path
) -> None:
    for name in ("malformed_cbor.jpg", "signature_mismatch.jpg"):
        file = corpus / "c2pa" / "contentauth_c2pa-rs" / name
        parent = Parent(file.read_bytes(), "image/jpeg")
        child = sign(picture(), "image/png", edited, producer.signer, draw_urn(), parent)
        reading = read(child.data, "image/png", producer.trust)
        assert reading.authentic
        assert reading.failures == ()


def test_a_parent_whose_manifest_is_unreadable_is_an_error(
    signed: SignedImage, producer: Producer, edited: StampStatement, picture: Picture
) -> None:
    broken = Parent(repair_png(signed.data.replace(b"jumd", b"jumx")), "image/png")
    with pytest.raises(ManifestDamagedError, match="of the parent"):
        sign(picture(), "image/png", edited, producer.signer, draw_urn(), broken)
    with pytest.raises(CorruptImageError, match="The parent"):
        sign(
            picture(),
            "image/png",
            edited,
            producer.signer,
            draw_urn(),
            Parent(b"junk", "image/png"),
        )


# --- what can't be signed --------------------------------------------------------------------


def test_a_manifest_is_never_dropped_silently(
    signed: SignedImage, producer: Producer, statement: StampStatement
) -> None:
    with pytest.raises(ManifestError, match="parent"):
        sign(signed.data, "image/png", statement, producer.signer, draw_urn())


def test_what_has_a_parent_was_not_created(
    signed: SignedImage, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    parent = Parent(signed.data, "image/png")
    with pytest.raises(ManifestError, match="not created"):
        sign(picture(), "image/png", statement, producer.signer, draw_urn(), parent)


def test_what_was_placed_is_named_beside_the_picture_before(
    signed: SignedImage, producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    placed = replace(statement, action=ModelAction.PLACED)
    for parent in (None, Parent(signed.data, "image/png")):
        child = sign(picture(seed=2), "image/png", placed, producer.signer, draw_urn(), parent)
        reading = read(child.data, "image/png", producer.trust)
        assert reading.authentic
        assert reading.statement == placed
        assert [each.urn for each in reading.parents] == ([signed.urn] if parent else [])
        assert reading.source_type is not None
        assert reading.source_type.endswith("/compositeWithTrainedAlgorithmicMedia")


def test_what_can_not_hold_a_manifest(
    producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    with pytest.raises(UnsupportedFormatError, match="image/bmp"):
        sign(picture("BMP"), "image/bmp", statement, producer.signer, draw_urn())
    with pytest.raises(CorruptImageError):
        sign(picture()[:2000], "image/png", statement, producer.signer, draw_urn())
    with pytest.raises(ManifestError, match="GUID"):
        sign(picture(), "image/png", statement, producer.signer, "not a urn")


# --- hostile and parallel --------------------------------------------------------------------


@given(st.integers(0), st.binary(min_size=1, max_size=12), st.integers(0, 12), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_raises_our_errors_only(
    signed: SignedImage, producer: Producer, position: int, junk: bytes, cut: int, store: bool
) -> None:
    victim = signed.store if store else signed.data
    at = position % min(len(victim), 6000)
    damaged = victim[:at] + junk + victim[at + cut :]
    try:
        if store:
            reading = read(signed.data, "image/png", producer.trust, damaged)
        else:
            reading = read(repair_or_leave(damaged), "image/png", producer.trust)
    except ProvenanceError:
        return
    if reading.authentic and reading.statement is not None:
        assert reading.urn == signed.urn


def repair_or_leave(data: bytes) -> bytes:
    try:
        return repair_png(data)
    except struct.error:
        return data


@given(st.binary(max_size=400), st.sampled_from(["image/png", "image/jpeg", "image/webp", "x"]))
@settings(max_examples=100, deadline=None)
def test_arbitrary_bytes_raise_our_errors_only(data: bytes, mime: str) -> None:
    with pytest.raises(ManifestError):
        read(data, mime, Trust.none())
    with pytest.raises(ManifestError):
        read(data, mime, Trust.none(), data)


def test_threads_share_a_signer(
    producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    def stamp(seed: int) -> bool:
        signed = sign(picture(seed=seed), "image/png", statement, producer.signer, draw_urn())
        return read(signed.data, "image/png", producer.trust).authentic

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(stamp, range(24)))


PATIENCE_S = 300  # only a process that hangs takes longer, on however busy a machine


def _read_in_child(data: bytes, trust: Trust, answers: Any) -> None:
    answers.put(read(data, "image/png", trust).authentic)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_can_read(signed: SignedImage, producer: Producer) -> None:
    assert read(signed.data, "image/png", producer.trust).authentic
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_read_in_child, args=(signed.data, producer.trust, answers))
    child.start()
    assert answers.get(timeout=PATIENCE_S)
    child.join()


# --- other people's files --------------------------------------------------------------------

MIMES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".dng": "image/x-adobe-dng",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".bmp": "image/bmp",
}
CASES: list[tuple[str, str, bool, str]] = [
    ("ai_vendors/DALL-E_cloud_surfing_puppy.webp", "OpenAI", False, "match"),
    ("ai_vendors/butteryfly.jpg", "Adobe Inc.", False, "match"),
    ("ai_vendors/bing_creator_cloud_surfing_puppy.jpg", "Microsoft Corporation", False, "match"),
    ("ai_vendors/flux-1.jpg", "Black Forest Labs Inc.", False, "match"),
    (
        "c2pa-org_public-testfiles/adobe-20220124-E-sig-CA.jpg",
        "C2PA Test Signing Cert",
        True,
        "match",
    ),
    (
        "c2pa-org_public-testfiles/adobe-20220124-E-uri-CA.jpg",
        "C2PA Test Signing Cert",
        True,
        "match",
    ),
    ("contentauth_c2pa-rs/CACA.jpg", "C2PA Test Signing Cert", False, "match"),
    ("contentauth_c2pa-rs/boxhash.jpg", "C2PA Test Signing Cert", False, "match"),
    (
        "microsoft_c2pa-extension-validator/cards_trusted.avif",
        "C2PA Extension Validator",
        False,
        "match",
    ),
    ("TrustNXT_c2pa-ts/trustnxt-icon-signed-v2-bmff.heic", "origo TESTING", False, "match"),
]


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "signer", "broken", "binding"), CASES)
def test_others_files(corpus: Path, name: str, signer: str, broken: bool, binding: str) -> None:
    path = corpus / "c2pa" / name
    reading = read(path.read_bytes(), MIMES[path.suffix.lower()], Trust.none())
    assert reading.signer is not None
    assert reading.signer.name == signer
    assert reading.broken == broken
    assert reading.hard_binding == binding
    assert not reading.trusted
    assert reading.statement is None


@pytest.mark.corpus
def test_an_expired_signer_is_unproved_and_not_tampered_with(corpus: Path) -> None:
    data = (corpus / "c2pa" / "ai_vendors" / "flux-1.jpg").read_bytes()
    reading = read(data, "image/jpeg", Trust.none())
    assert "signingCredential.expired" in reading.credential_problems
    assert set(reading.failures) == set(reading.credential_problems)
    assert reading.validated
    assert not reading.broken


@pytest.mark.corpus
def test_a_pointer_to_elsewhere(corpus: Path) -> None:
    data = (corpus / "c2pa" / "contentauth_c2pa-rs" / "cloud.jpg").read_bytes()
    with pytest.raises(ManifestRemoteError):
        read(data, "image/jpeg", Trust.none())


@pytest.mark.corpus
@pytest.mark.parametrize("part", ["bad", "photos", "hard"])
def test_files_without_credentials_have_none(corpus: Path, part: str) -> None:
    for path in sorted((corpus / part).rglob("*")):
        if path.is_file():
            mime = MIMES.get(path.suffix.lower(), "image/jpeg")
            with pytest.raises(ManifestNotFoundError):
                read(path.read_bytes(), mime, Trust.none())
