"""The lock: who has the picture opens what was signed about it, and nobody else learns it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from provenance import fingerprint, imaging, manifest, watermark
from provenance.errors import AlreadyStampedError
from provenance.examine import Content, sources
from provenance.examine.content_check import compare_marked
from provenance.manifest import Trust
from provenance.stamp import StampedImage, Stamper
from provenance.verify import State, Verifier
from provenance.watermark import LockKey
from tests.integration.studio import MODEL, A, Pixels, Studio, codes, jpeg, trust

KEY = LockKey(bytes(range(32)))


def lock_of(stamped: StampedImage) -> bytes:
    found = watermark.detect(imaging.decode(stamped.data).rgb)
    assert found is not None
    return found.lock


def sealed_in(stamped: StampedImage) -> str:
    statement = manifest.read(stamped.data, imaging.MIME[stamped.format], Trust.none()).statement
    assert statement is not None
    return statement.lattice


def opened_from(stamped: StampedImage) -> fingerprint.LatticeFingerprint:
    payload = bytes.fromhex(stamped.record.stamp_id)
    opened = fingerprint.unseal(sealed_in(stamped), payload, lock_of(stamped))
    assert opened is not None
    return opened


def test_manifest_and_record_hold_the_same_seal_which_the_mark_opens(
    stamped: StampedImage, pixels: Pixels
) -> None:
    assert sealed_in(stamped) == stamped.record.lattice
    height, width = pixels.shape[:2]
    assert opened_from(stamped) == fingerprint.lattice(pixels, watermark.layout(width, height))


def test_a_site_with_a_key_knows_its_own_locks(a: Studio, original: Pixels) -> None:
    stamper = Stamper(producer=A, signer=a.signer, registry=a.registry, lock_key=KEY)
    stamped = stamper.stamp(original, model=MODEL)
    assert lock_of(stamped) == KEY.derive(bytes.fromhex(stamped.record.stamp_id))
    assert repr(KEY.secret) not in repr(stamper.options) + repr(KEY)


def test_without_a_key_locks_are_random(a: Studio, original: Pixels) -> None:
    stamper = Stamper(producer=A, signer=a.signer, registry=a.registry)
    locks = {lock_of(stamper.stamp(original, model=MODEL)) for _ in range(2)}
    assert len(locks) == 2


def test_a_picture_without_a_mark_has_no_fingerprint_to_open(a: Studio, original: Pixels) -> None:
    tiny = np.ascontiguousarray(original[:100, :100])
    stamped = a.stamper.best_effort().stamp(tiny, model=MODEL)
    assert sealed_in(stamped) == stamped.record.lattice == fingerprint.UNSEALED


def test_a_stranger_with_many_marks_buys_little_time(
    monkeypatch: pytest.MonkeyPatch,
    a: Studio,
    stamped: StampedImage,
    other: Pixels,
) -> None:
    monkeypatch.setattr(sources, "MOST_OPENED", 1)
    monkeypatch.setattr(sources, "MOST_OPENED_OF_ALL", 2)
    payload, tried = bytes.fromhex(stamped.record.stamp_id), []
    unseal = fingerprint.unseal

    def counted(*arguments: object) -> object:
        tried.append(arguments)
        return unseal(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fingerprint, "unseal", counted)
    twice = watermark.embed(watermark.embed(other, payload, lock=b"one"), payload, lock=b"two")
    verdict = Verifier(registry=a.registry, trust=trust(a)).verify(jpeg(twice, 95))
    assert verdict.state is State.CLAIMED
    assert len(tried) == 1
    assert {"fingerprint.sealed", "fingerprint.untried"} <= codes(verdict)
    every = Verifier(registry=a.registry, trust=trust(a), all_marks=True).verify(jpeg(twice, 95))
    assert len(tried) == 3
    assert "fingerprint.untried" not in codes(every)


def test_a_seal_is_opened_once_and_only_where_no_hard_binding_holds(
    monkeypatch: pytest.MonkeyPatch, verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    tried, unseal = [], fingerprint.unseal

    def counted(*arguments: object) -> object:
        tried.append(arguments)
        return unseal(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fingerprint, "unseal", counted)
    bound = verifier.verify(stamped.data)
    assert bound.state is State.ATTRIBUTED
    assert "fingerprint.bound" in codes(bound)
    assert not tried
    assert verifier.verify(jpeg(pixels, 95)).state is State.ATTRIBUTED
    assert len(tried) == 1


def test_a_stamp_whose_metadata_is_gone_is_known_again(
    a: Studio, stamped: StampedImage, pixels: Pixels
) -> None:
    with pytest.raises(AlreadyStampedError, match="has not changed since"):
        a.stamper.stamp(pixels, model=MODEL, force=True)
    changed = np.clip(pixels.astype(np.int16) + 20, 0, 255).astype(np.uint8)
    again = a.stamper.stamp(changed, model=MODEL, force=True)
    assert again.record.parent == stamped.record.stamp_id


def test_a_damaged_seal_is_no_content_check(stamped: StampedImage, pixels: Pixels) -> None:
    found = watermark.detect(pixels)
    statement = manifest.read(stamped.data, "image/jpeg", Trust.none()).statement
    assert found is not None
    assert statement is not None
    text = statement.lattice[:40] + ("A" if statement.lattice[40] != "A" else "B")
    damaged = replace(statement, lattice=text + statement.lattice[41:])
    assert fingerprint.unseal(damaged.lattice, found.payload, found.lock) is None
    compared, _ = compare_marked(damaged, None, pixels, found, ())
    assert (compared.content, compared.sealed) == (Content.INCONCLUSIVE, True)
    other = replace(statement, lattice=fingerprint.UNSEALED)
    compared, _ = compare_marked(other, None, pixels, found, ())
    assert (compared.content, compared.sealed) == (Content.NOT_COMPARED, False)
