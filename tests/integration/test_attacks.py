"""Attacks on attribution: whoever tries to have a picture traced to somebody else fails.

Each test is an attack, by name, and its right verdict. docs/threat-model.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from provenance import fingerprint, imaging, manifest, watermark
from provenance.directory import Directory
from provenance.manifest import Trust, sdk
from provenance.registry import Registry, open_registry
from provenance.stamp import Producer, StampedImage, Stamper
from provenance.verify import State, Verdict, Verifier
from provenance.watermark import LockKey
from tests.integration.studio import (
    MODEL,
    A,
    B,
    Pixels,
    Studio,
    codes,
    jpeg,
    open_studio,
    plain_manifest,
    trust,
    with_manifest_of,
)

Floats = NDArray[np.float64]
Estimator = Callable[[Floats, Pixels], Floats]

OUTSIDER = "Outsider"
KEY = bytes(range(32))
SERIAL = 123_456_789


@pytest.fixture(scope="module")
def target(other: Pixels, original: Pixels) -> Pixels:
    """Another picture of the stamped one's size."""
    return as_large_as(original, other)


def as_large_as(model: Pixels, rgb: Pixels) -> Pixels:
    size = (model.shape[1], model.shape[0])
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def clipped(values: Floats) -> Pixels:
    return np.clip(values, 0, 255).round().astype(np.uint8)


def stamp_id(stamped: StampedImage) -> bytes:
    return bytes.fromhex(stamped.record.stamp_id)


def lock(stamped: StampedImage) -> bytes:
    """What only who has the stamped picture can read."""
    found = watermark.detect(imaging.decode(stamped.data).rgb)
    assert found is not None
    return found.lock


def remarked(rgb: Pixels, stamped: StampedImage, key: bytes | None = None) -> Pixels:
    """Write a stamped picture's mark, as its holder can, on another one."""
    return watermark.embed(rgb, stamp_id(stamped), key, lock=lock(stamped))


def assert_conflict(verdict: Verdict) -> None:
    assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()


def assert_claimed(verdict: Verdict) -> None:
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
    assert verdict.explain().startswith("Nobody has proved where this comes from")


def assert_traced(verdict: Verdict, stamped: StampedImage, match: str = "derived") -> None:
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.stamp_id, verdict.origin.match) == (stamped.record.stamp_id, match)


# --- a mark where it does not belong --------------------------------------------------------------


def test_a_mark_moved_to_another_picture_is_a_conflict(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    verdict = verifier.verify(jpeg(remarked(other, stamped), 95))
    assert_conflict(verdict)
    assert "fingerprint.far" in codes(verdict)


def test_the_96_bits_alone_moved_to_another_picture_are_claimed(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    """Manifest and registry tell them to anybody; the lock they don't tell."""
    verdict = verifier.verify(jpeg(watermark.embed(other, stamp_id(stamped)), 95))
    assert_claimed(verdict)
    assert {"fingerprint.inconclusive", "fingerprint.sealed"} <= codes(verdict)
    assert "does not open it" in verdict.explain()


def test_the_same_bits_under_another_lock_hide_no_proof(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    twice = watermark.embed(pixels, stamp_id(stamped), lock=bytes(3))
    assert_traced(verifier.verify(jpeg(twice, 90)), stamped)


def known_original(marked: Floats, original: Pixels) -> Floats:
    return np.asarray(marked - original)


def smoothed(marked: Floats, _: Pixels) -> Floats:
    return np.asarray(marked - ndimage.gaussian_filter(marked, (1, 1, 0)))


def median_filtered(marked: Floats, _: Pixels) -> Floats:
    return np.asarray(marked - ndimage.median_filter(marked, (5, 5, 1)))


def wiener_filtered(marked: Floats, _: Pixels) -> Floats:
    luma = marked.mean(axis=2)
    mean = ndimage.uniform_filter(luma, 7)
    variance = np.maximum(ndimage.uniform_filter(luma * luma, 7) - mean * mean, 1e-9)
    noise = np.median(variance)
    kept = np.maximum(variance - noise, 0) / np.maximum(variance, noise)
    return np.asarray((1 - kept) * (luma - mean))[:, :, None]


@pytest.mark.parametrize(
    ("estimate", "strength"),
    [
        (known_original, 1),
        (known_original, 4),
        (smoothed, 2),
        (median_filtered, 1),
        (median_filtered, 4),
        (wiener_filtered, 2),
    ],
)
def test_a_mark_estimated_from_one_picture_is_a_conflict_on_another(
    estimate: Estimator,
    strength: float,
    verifier: Verifier,
    original: Pixels,
    pixels: Pixels,
    target: Pixels,
) -> None:
    mark = estimate(pixels.astype(np.float64), original)
    assert_conflict(verifier.verify(jpeg(clipped(target + strength * mark), 90)))


def test_another_layout_under_the_marked_detail_is_a_conflict(
    verifier: Verifier, pixels: Pixels
) -> None:
    """A heavy edit that keeps what carries the mark."""
    marked = pixels.astype(np.float64)
    coarse = ndimage.gaussian_filter(marked, (16, 16, 0))
    assert_conflict(verifier.verify(jpeg(clipped(marked - coarse + 255 - coarse), 90)))


def test_a_mark_on_content_too_plain_to_compare_is_claimed(
    verifier: Verifier, stamped: StampedImage
) -> None:
    grain = np.random.default_rng(1).normal(128, 12, (768, 768, 1))
    forged = remarked(clipped(np.repeat(grain, 3, axis=2)), stamped)
    verdict = verifier.verify(jpeg(forged, 90))
    assert_claimed(verdict)
    assert "fingerprint.inconclusive" in codes(verdict)


def test_a_crop_too_small_to_compare_is_claimed(
    verifier: Verifier, stamped: StampedImage, original: Pixels
) -> None:
    """With the mark made three times as strong, so that it is read from so little."""
    height, width = original.shape[:2]
    mark = remarked(original, stamped).astype(np.float64) - original
    marked = clipped(original + 3 * mark)
    part = marked[height // 2 - 100 : height // 2 + 100, width // 2 - 100 : width // 2 + 100]
    verdict = verifier.verify(jpeg(part, 95))
    assert_claimed(verdict)
    assert "fingerprint.inconclusive" in codes(verdict)


def shaded_to(rgb: Pixels, pdq: str) -> Pixels:
    """Shade a picture until its PDQ hash is the one wanted: the hash is linear before its signs."""
    wanted = np.unpackbits(np.frombuffer(bytes.fromhex(pdq), np.uint8))[::-1].reshape(16, 16)
    waves = [
        np.cos(np.pi / size * np.arange(1, 17)[:, None] * (np.arange(size) + 0.5))
        for size in rgb.shape[:2]
    ]
    shading = waves[0].T @ np.where(wanted, 3.0, -3.0) @ waves[1]
    detail = rgb - ndimage.gaussian_filter(rgb.astype(np.float64), (12, 12, 0))
    return clipped(128 + detail + shading[:, :, None])


def test_a_forged_whole_picture_fingerprint_proves_nothing(
    verifier: Verifier, stamped: StampedImage, target: Pixels
) -> None:
    """With the mark of a larger picture, too few cells lie in it for the lattice fingerprint."""
    side = 256
    tile = shaded_to(target[200 : 200 + side, 200 : 200 + side], stamped.record.pdq)
    marked = remarked(np.tile(tile, (4, 4, 1)), stamped)
    forged = jpeg(marked[side : 2 * side, side : 2 * side], 95)
    hashed = fingerprint.pdq(imaging.decode(forged).rgb)
    assert hashed.reliable
    distance = fingerprint.pdq_distance(hashed.hex, stamped.record.pdq)
    assert distance <= fingerprint.MATCH_DISTANCE
    verdict = verifier.verify(forged)
    assert [mark.stamp_id for mark in verdict.evidence.marks] == [stamped.record.stamp_id]
    assert_claimed(verdict)


def test_a_mark_written_around_a_marked_picture_adds_nothing(
    a: Studio, verifier: Verifier, other: Pixels, original: Pixels
) -> None:
    """A's whole picture in a corner, on the mark's lattice, and A's mark all over."""
    stamped = a.stamper.stamp(np.ascontiguousarray(original[:768, :768]), model=MODEL)
    canvas = np.asarray(Image.fromarray(other).resize((1536, 1024))).copy()
    side = round(768 * watermark.layout(1536, 1024).scale / watermark.layout(768, 768).scale)
    canvas[:side, :side] = Image.fromarray(imaging.decode(stamped.data).rgb).resize((side, side))
    verdict = verifier.verify(jpeg(remarked(canvas, stamped), 90))
    assert_traced(verdict, stamped)
    share = side * side / (1536 * 1024)
    assert verdict.weighed.marks[0].region.coverage == pytest.approx(share, abs=0.05)
    assert verdict.explain().startswith("A part of this picture, about ")


def test_two_marked_pictures_side_by_side_are_never_one(
    a: Studio, b: Studio, directory: Directory, pixels: Pixels, target: Pixels
) -> None:
    theirs = Stamper(producer=B, signer=b.signer, registry=a.registry).stamp(target, model="m")
    both = np.concatenate((pixels, imaging.decode(theirs.data).rgb), axis=1)
    verifier = Verifier(registry=a.registry, trust=trust(a, b), directory=directory)
    verdict = verifier.verify(jpeg(both, 90))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.explain().startswith("A part of this picture, about ")


# --- junk must not hide a proof -------------------------------------------------------------------


def loud_mark(shape: tuple[int, ...]) -> Pixels:
    """A grey picture with a junk mark that drowns out the one beside it."""
    grey = np.full(shape, 128, np.uint8)
    return clipped(128 + 12 * (watermark.embed(grey, b"junk of 12 b").astype(np.float64) - 128))


def test_a_border_with_a_junk_mark_hides_nothing(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    height, width = pixels.shape[:2]
    border = round(0.04 * min(height, width))
    framed = loud_mark((height + 2 * border, width + 2 * border, 3))
    framed[border:-border, border:-border] = pixels
    verdict = verifier.verify(jpeg(framed, 90))
    assert_traced(verdict, stamped)
    assert "watermark.searched_on" in codes(verdict)


def test_a_strip_with_a_junk_mark_hides_nothing(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    height, width = pixels.shape[:2]
    flanked = loud_mark((height, width + width // 3, 3))
    flanked[:, :width] = pixels
    assert_traced(verifier.verify(jpeg(flanked, 90)), stamped)


@pytest.mark.parametrize("shift", [0, 5])
def test_overwriting_with_the_public_encoder_hides_nothing(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels, shift: int
) -> None:
    moved = np.ascontiguousarray(pixels[shift:, shift:])
    verdict = verifier.verify(jpeg(watermark.embed(moved, b"junk of 12 b"), 90))
    assert_traced(verdict, stamped)
    assert "watermark.searched_on" in codes(verdict)


def test_a_mark_too_faint_to_be_read_is_traced_by_its_record(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    copies = (jpeg(pixels, quality) for quality in range(14, 0, -1))
    faint = next(each for each in copies if watermark.detect(imaging.decode(each).rgb) is None)
    verdict = verifier.verify(faint)
    assert_traced(verdict, stamped)
    assert "watermark.by_record" in codes(verdict)


# --- a manifest where it does not belong ----------------------------------------------------------


def test_a_manifest_moved_to_another_picture_is_tampered(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    verdict = verifier.verify(with_manifest_of(stamped.data, jpeg(other)))
    assert (verdict.state, verdict.origin) == (State.TAMPERED, None)


def test_a_manifest_and_its_mark_moved_together_are_a_conflict(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    forged = jpeg(remarked(other, stamped), 95)
    verdict = verifier.verify(with_manifest_of(stamped.data, forged))
    assert verdict.state is State.CONFLICT


def test_a_manifest_moved_to_a_picture_of_its_shape_is_tampered_and_to_its_producer_a_conflict(
    a: Studio, b: Studio, directory: Directory, original: Pixels, target: Pixels
) -> None:
    """Of its shape, so that this can't be a crop. Only the producer opens what was signed."""
    key = LockKey(KEY)
    stamper = Stamper(producer=A, signer=a.signer, registry=a.registry, lock_key=key)
    stamped = stamper.stamp(original, model=MODEL, format="JPEG")
    moved = with_manifest_of(stamped.data, jpeg(target))

    def verify(lock_key: LockKey | None) -> Verdict:
        verifier = Verifier(
            registry=a.registry, trust=trust(a, b), directory=directory, lock_key=lock_key
        )
        return verifier.verify(moved)

    verdict = verify(None)
    assert (verdict.state, verdict.origin) == (State.TAMPERED, None)
    verdict = verify(key)
    assert_conflict(verdict)
    assert {"manifest.moved", "fingerprint.far"} <= codes(verdict)


@pytest.mark.parametrize("crop", [1.0, 0.6])
def test_a_manifest_on_its_own_picture_without_the_mark_is_tampered(
    crop: float, verifier: Verifier, stamped: StampedImage, original: Pixels
) -> None:
    height, width = (round(side * crop) for side in original.shape[:2])
    unmarked = jpeg(np.ascontiguousarray(original[:height, :width]))
    verdict = verifier.verify(with_manifest_of(stamped.data, unmarked))
    assert (verdict.state, verdict.origin) == (State.TAMPERED, None), verdict.explain()


def test_a_manifest_of_one_stamp_does_not_speak_for_another(
    a: Studio, verifier: Verifier, stamped: StampedImage, target: Pixels
) -> None:
    second = a.stamper.stamp(target, model=MODEL, format="JPEG")
    moved = with_manifest_of(stamped.data, jpeg(imaging.decode(second.data).rgb))
    assert_traced(verifier.verify(moved), second)


def test_bytes_behind_the_picture_are_not_what_was_signed(
    verifier: Verifier, stamped: StampedImage
) -> None:
    assert_traced(verifier.verify(stamped.data + b"more"), stamped)


# --- somebody else's number -----------------------------------------------------------------------


def test_an_outsider_names_a_producer_in_vain(
    a: Studio, directory: Directory, other: Pixels, tmp_path: Path
) -> None:
    outsider = open_studio(tmp_path, A, organisation="Producer A Ltd.")
    forged = outsider.stamper.stamp(other, model=MODEL)
    verifier = Verifier(registry=outsider.registry, trust=trust(a), directory=directory)
    for data in (forged.data, jpeg(imaging.decode(forged.data).rgb, 95)):
        verdict = verifier.verify(data)
        assert_claimed(verdict)


@pytest.mark.parametrize("producer", [A, B], ids=["drawn number", "assigned number"])
def test_the_public_encoder_alone_names_a_producer_in_vain(
    producer: Producer, verifier: Verifier, other: Pixels
) -> None:
    payload = watermark.Payload(producer.number, 1, 1_000_000, SERIAL)
    verdict = verifier.verify(jpeg(watermark.embed(other, payload.pack()), 95))
    assert_claimed(verdict)
    # The directory assigns B's number, so that the mark can be said to name B.
    assert ("Producer B" in verdict.explain()) == (producer is B)


def test_a_private_mark_without_a_record_is_claimed(
    a: Studio, directory: Directory, other: Pixels
) -> None:
    """Whoever can read it can write it."""
    payload = watermark.Payload(A.number, 1, 1_000_000, SERIAL)
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=directory, keys=(KEY,))
    verdict = verifier.verify(jpeg(watermark.embed(other, payload.pack(), KEY), 95))
    assert_claimed(verdict)
    assert {"watermark.private", "record.none"} <= codes(verdict)


def test_a_trusted_producer_under_anothers_number_is_a_conflict(
    a: Studio, directory: Directory, other: Pixels, tmp_path: Path
) -> None:
    thief = open_studio(tmp_path, A, organisation="Producer C")
    forged = thief.stamper.stamp(other, model=MODEL)
    verifier = Verifier(registry=thief.registry, trust=trust(a, thief), directory=directory)
    for data in (forged.data, jpeg(imaging.decode(forged.data).rgb, 95)):
        verdict = verifier.verify(data)
        assert_conflict(verdict)


@contextmanager
def forged_registry(
    forger: Studio, stamped: StampedImage, pixels: Pixels, folder: Path, later: timedelta
) -> Iterator[Registry]:
    """A registry in which somebody recorded A's 96 bits with a manifest of his own."""
    statement = manifest.read(stamped.data, "image/jpeg", Trust.none()).statement
    assert statement is not None
    statement = replace(statement, created=statement.created + later)
    urn = "urn:c2pa:11111111-2222-4333-8444-888888888888"
    signed = manifest.sign(jpeg(pixels), "image/jpeg", statement, forger.signer, urn)
    record = replace(stamped.record, manifest_urn=urn, created=statement.created)
    folder.mkdir()
    with open_registry("sqlite:///forged.db", create=True, base=folder) as registry:
        registry.append(record, signed.store)
        yield registry


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted forger", "untrusted forger"])
def test_a_stamp_recorded_by_somebody_else_under_its_id(
    trusted: bool,
    a: Studio,
    directory: Directory,
    stamped: StampedImage,
    pixels: Pixels,
    tmp_path: Path,
) -> None:
    """Without A's own manifest it is a conflict, or claimed; with it, the forgery has no say."""
    forger = open_studio(tmp_path, Producer("Forger", 900_000))
    known = trust(a, forger) if trusted else trust(a)
    later = timedelta(hours=1)
    with forged_registry(forger, stamped, pixels, tmp_path / "r", later) as registry:
        verifier = Verifier(registry=registry, trust=known, directory=directory)
        (assert_conflict if trusted else assert_claimed)(verifier.verify(jpeg(pixels)))
        kept = verifier.verify(with_manifest_of(stamped.data, jpeg(pixels)))
        assert_traced(kept, stamped)
        assert "record.refused" in codes(kept)
        assert_traced(verifier.verify(stamped.data), stamped, "bound")


# --- junk beside a proof --------------------------------------------------------------------------


def test_junk_does_not_erase_a_proof(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels, tmp_path: Path
) -> None:
    """Somebody signs a copy with a certificate of his own, claiming to have made it."""
    outsider = open_studio(tmp_path, Producer(OUTSIDER, 900_000))
    urn = "urn:c2pa:11111111-2222-4333-8444-555555555555"
    mine, _ = sdk.sign(plain_manifest(urn), jpeg(pixels, 90), "image/jpeg", outsider.signer)
    verdict = verifier.verify(mine)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.stamp_id == stamped.record.stamp_id
    assert "manifest.untrusted" in codes(verdict)
    broken = bytearray(mine)
    broken[mine.index(b"c2pa.actions") + 400] ^= 1
    assert verifier.verify(bytes(broken)).origin == verdict.origin


def test_a_forged_private_mark_does_not_erase_a_proof(
    a: Studio, directory: Directory, stamped: StampedImage, pixels: Pixels
) -> None:
    payload = watermark.Payload(B.number, 1, 1_000_000, SERIAL)
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=directory, keys=(KEY,))
    verdict = verifier.verify(jpeg(watermark.embed(pixels, payload.pack(), KEY), 95))
    assert_traced(verdict, stamped)
    assert {"watermark.private", "record.none"} <= codes(verdict)


def test_another_public_mark_over_a_marked_picture_names_nobody_else(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    """It may erase the mark below, as any removal does; it can't have somebody else named."""
    payload = watermark.Payload(B.number, 1, 1_000_000, SERIAL)
    verdict = verifier.verify(jpeg(watermark.embed(pixels, payload.pack()), 95))
    assert verdict.origin is None or verdict.origin.stamp_id == stamped.record.stamp_id
    assert verdict.state in (State.ATTRIBUTED, State.CLAIMED)


# --- two proofs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("urn", ["another", "the same"])
def test_two_producers_who_do_not_mention_each_other_are_a_conflict(
    urn: str, verifier: Verifier, b: Studio, stamped: StampedImage, pixels: Pixels
) -> None:
    own = "urn:c2pa:11111111-2222-4333-8444-666666666666"
    urn = own if urn == "another" else stamped.record.manifest_urn
    mine, _ = sdk.sign(plain_manifest(urn), jpeg(pixels, 90), "image/jpeg", b.signer)
    verdict = verifier.verify(mine)
    assert verdict.state is State.CONFLICT
    assert '"Producer A Ltd."' in verdict.explain().splitlines()[0]
    assert '"Producer B"' in verdict.explain().splitlines()[0]


def test_a_second_stamp_names_the_first_as_its_parent(
    verifier: Verifier, b: Studio, stamped: StampedImage
) -> None:
    again = b.stamper.stamp(stamped.data, model="editor", force=True)
    verdict = verifier.verify(again.data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.match) == ("Producer B Ltd.", "bound")
    assert stamped.record.manifest_urn in verdict.proofs[0].manifest.ancestors


@pytest.fixture(scope="module")
def b_at_a(a: Studio, b: Studio) -> Stamper:
    """B, with a private mark of its own, recording in A's registry."""
    return Stamper(producer=B, signer=b.signer, registry=a.registry, key=KEY)


@pytest.fixture(scope="module")
def both_keys(a: Studio, b: Studio, directory: Directory) -> Verifier:
    return Verifier(registry=a.registry, trust=trust(a, b), directory=directory, keys=(KEY,))


def test_two_proved_marks_are_a_conflict_that_names_both(
    both_keys: Verifier, b_at_a: Stamper, original: Pixels, pixels: Pixels
) -> None:
    theirs = b_at_a.stamp(original, model="m")
    twice = remarked(pixels, theirs, KEY)
    verdict = both_keys.verify(jpeg(twice, 95))
    assert_conflict(verdict)
    first = verdict.explain().splitlines()[0]
    assert '"Producer A Ltd."' in first
    assert '"Producer B Ltd."' in first


def test_unless_one_is_the_recorded_ancestor_of_the_other(
    both_keys: Verifier, b_at_a: Stamper, stamped: StampedImage, pixels: Pixels
) -> None:
    theirs = b_at_a.stamp(stamped.data, model="m", force=True)
    twice = remarked(pixels, theirs, KEY)
    verdict = both_keys.verify(jpeg(twice, 95))
    assert_traced(verdict, theirs)
    assert "The origin of pictures that it was made from is also proved:" in verdict.explain()


# --- sources of a generated picture ---------------------------------------------------------------


def test_a_photograph_given_to_a_generator_is_not_called_generated(
    verifier: Verifier, original: Pixels
) -> None:
    verdict = verifier.verify(jpeg(original))
    assert (verdict.state, verdict.origin) == (State.SIMILAR, None)
    text = verdict.explain().lower()
    assert "may be a source" in text
    for word in ("generated", "made with", "model", "producer", "synthetic", "artificial"):
        assert word not in text
