"""A request that comes twice is one stamp, and both answers are the same bytes."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance import imaging
from provenance.errors import ClaimError, RegistryUnavailableError
from provenance.registry import ClaimKey, open_registry
from provenance.stamp import Stamper
from provenance.stamp_id import StampId
from provenance.watermark import LockKey
from tests.integration.studio import MODEL, A, Pixels, Studio, open_studio

KEY = ClaimKey.of("me", "first", b"picture", b"options")


@pytest.fixture
def studio(begun: Path, tmp_path: Path) -> Studio:
    return open_studio(shutil.copytree(begun, tmp_path / "a"), A)


@pytest.fixture
def stamper(studio: Studio) -> Stamper:
    return Stamper(
        producer=A,
        signer=studio.signer,
        registry=studio.registry,
        lock_key=LockKey.generate(),
    )


@pytest.fixture
def small(photograph: Pixels) -> Pixels:
    return photograph[:320, :320]


def source(pixels: Pixels, kind: str) -> bytes:
    return imaging.encode(imaging.load_picture(pixels)[0], kind)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_second_answer_is_the_first(
    stamper: Stamper, studio: Studio, small: Pixels, kind: str
) -> None:
    data, before = source(small, kind), studio.registry.size
    first = stamper.claiming(KEY).stamp(data, model=MODEL)
    again = stamper.claiming(KEY).stamp(data, model=MODEL)
    assert again.data == first.data
    assert again.record == first.record
    assert studio.registry.size == before + 1


def test_a_key_leads_to_one_request(stamper: Stamper, small: Pixels) -> None:
    stamper.claiming(KEY).stamp(small, model=MODEL)
    with pytest.raises(ClaimError, match="another request"):
        stamper.claiming(ClaimKey(KEY.key, bytes(32))).stamp(small, model=MODEL)


def test_a_promise_without_a_record_is_kept(
    stamper: Stamper, studio: Studio, small: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died, or lost its database, between the promise and the record."""
    with monkeypatch.context() as patch:

        def die(*_: object) -> None:
            raise RegistryUnavailableError("The disk is gone.")

        patch.setattr(type(studio.registry), "append", die)
        with pytest.raises(RegistryUnavailableError):
            stamper.claiming(KEY).stamp(small, model=MODEL)
    stamped = stamper.claiming(KEY).stamp(small, model=MODEL)
    claim = studio.registry.claims.take(KEY, stamped.record.stamp_id, datetime.now(UTC))
    assert claim is not None
    assert claim.stamp_id == stamped.record.stamp_id
    assert claim.created == stamped.record.created


def test_both_ways_at_once_are_one_stamp(stamper: Stamper, studio: Studio, small: Pixels) -> None:
    before, found = studio.registry.size, []

    def stamp() -> None:
        found.append(stamper.claiming(KEY).stamp(small, model=MODEL).data)

    threads = [threading.Thread(target=stamp) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert studio.registry.size == before + 1


def test_what_can_not_be_made_again_is_said(stamper: Stamper, small: Pixels) -> None:
    first = stamper.claiming(KEY).stamp(small, model=MODEL)
    with pytest.raises(ClaimError, match=first.record.stamp_id):
        stamper.claiming(KEY).stamp(255 - small, model=MODEL)


def test_old_promises_are_forgotten(stamper: Stamper, studio: Studio, small: Pixels) -> None:
    stamper.claiming(KEY).stamp(small, model=MODEL)
    now = datetime.now(UTC)
    assert studio.registry.claims.forget(now - timedelta(hours=1)) == 0
    assert studio.registry.claims.forget(now + timedelta(hours=1)) == 1


def test_a_manifest_is_found_by_its_name(stamper: Stamper, studio: Studio, small: Pixels) -> None:
    record = stamper.stamp(small, model=MODEL).record
    assert studio.registry.by_urn(record.manifest_urn) == record
    assert studio.registry.by_urn("urn:c2pa:nobody") is None
    studio.registry.close()
    uri = f"sqlite:///{studio.registry_file.name}"
    with open_registry(uri, read_only=True, base=studio.registry_file.parent) as again:
        assert again.by_urn(record.manifest_urn) == record
        with pytest.raises(RegistryUnavailableError):
            again.claims.take(KEY, StampId("0" * 24), record.created)
