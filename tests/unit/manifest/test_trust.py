"""Trust comes from files that the user chose."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.errors import ConfigError
from provenance.manifest import SignedImage, Trust, read
from provenance.manifest.codes import REVOKED, UNANCHORED
from provenance.manifest.trust import DEFAULT_EKUS
from provenance.signers import development

KEYS = development.create("Anchor Ltd")


def test_nobody_is_trusted_by_default(signed: SignedImage) -> None:
    reading = read(signed.data, "image/png", Trust.none())
    assert not reading.trusted
    assert reading.validated
    assert reading.credential_problems == ("signingCredential.untrusted",)


def test_lists_keep_name_date_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "anchors.pem"
    path.write_bytes(KEYS.authority)
    trust = Trust.load([path])
    (source,) = trust.anchors
    assert source.name == "anchors.pem"
    assert source.sha256 == hashlib.sha256(KEYS.authority).hexdigest()
    assert source.dated is not None
    assert abs(source.dated.timestamp() - path.stat().st_mtime) < 0.001
    assert trust.ekus == DEFAULT_EKUS
    assert len(trust.certificates) == 1


@pytest.mark.parametrize(
    "text",
    [b"", b"hello", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"],
)
def test_a_list_without_certificates_is_a_setting_error(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "anchors.pem"
    path.write_bytes(text)
    with pytest.raises(ConfigError, match=r"anchors\.pem"):
        Trust.load([path])


def test_a_missing_file_is_a_setting_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Trust.load([tmp_path / "none.pem"])
    with pytest.raises(ConfigError, match="No such file"):
        Trust.load([], revoked=[tmp_path / "none.txt"])


@pytest.mark.parametrize("oid", ["", "email", "1", "1.3.", "9.1.1", "1.3.6\n1.1"])
def test_purposes_are_object_identifiers(oid: str) -> None:
    with pytest.raises(ConfigError, match="object identifier"):
        Trust.load([], ekus=[oid])


def test_purposes_may_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "ekus.cfg"
    file.write_text("// the official ones\n1.3.6.1.4.1.62558.2.1  # claim signing\n\n")
    assert Trust.load([], ekus=["1.3.6.1.5.5.7.3.36", file]).ekus == (
        "1.3.6.1.5.5.7.3.36",
        "1.3.6.1.4.1.62558.2.1",
    )
    with pytest.raises(ConfigError, match="nor a file of them"):
        Trust.load([], ekus=[tmp_path / "9.1.1"])
    file.write_text("1.3.6.1\nclaim signing\n")
    with pytest.raises(ConfigError, match="Line 2"):
        Trust.load([], ekus=[file])


def test_no_purpose_at_all_is_a_setting_error() -> None:
    with pytest.raises(ConfigError, match="empty"):
        Trust.load([], ekus=[])


def test_the_list_that_vouches_is_named(
    signed: SignedImage, producer: object, stranger: object, tmp_path: Path
) -> None:
    ours: Trust = producer.trust  # type: ignore[attr-defined]
    theirs: Trust = stranger.trust  # type: ignore[attr-defined]
    both = Trust(anchors=(*theirs.anchors, *ours.anchors))
    assert read(signed.data, "image/png", both).trust_lists == ours.anchors
    assert read(signed.data, "image/png", theirs).trust_lists == theirs.anchors
    assert read(signed.data, "image/png", Trust.none()).trust_lists == ()
    dated = replace(ours.anchors[0], name="own.pem", dated=datetime(2026, 8, 20, tzinfo=UTC))
    assert str(dated) == f"own.pem, file last changed 2026-08-20, SHA-256 {dated.sha256}"


def test_a_certificate_may_be_its_own_anchor(signed: SignedImage, producer: object) -> None:
    trust: Trust = producer.trust  # type: ignore[attr-defined]
    signer = read(signed.data, "image/png", trust).signer
    assert signer is not None
    alone = Trust.from_pem(signer.pem, "leaf.pem")
    reading = read(signed.data, "image/png", alone)
    assert [source.name for source in reading.trust_lists] == ["leaf.pem"]


def test_revoked_certificates_are_listed_by_digest(tmp_path: Path) -> None:
    path = tmp_path / "revoked.txt"
    digest = "AB:" * 31 + "AB"
    path.write_text(f"# stolen in May\n\n{digest}  # the old signer\n")
    assert Trust.load([], revoked=[path]).revoked == {"ab" * 32}
    path.write_text("ok\n")
    with pytest.raises(ConfigError, match="Line 1"):
        Trust.load([], revoked=[path])


def test_a_revoked_signer_is_not_trusted(signed: SignedImage, producer: object) -> None:
    trust: Trust = producer.trust  # type: ignore[attr-defined]
    signer = read(signed.data, "image/png", trust).signer
    assert signer is not None
    for digest in (signer.sha256, *signer.issuers):
        reading = read(signed.data, "image/png", replace(trust, revoked=frozenset([digest])))
        assert not reading.trusted
        assert not reading.authentic
        assert REVOKED in reading.credential_problems


def test_a_time_stamp_authority_vouches_for_no_signer(
    signed: SignedImage, producer: object
) -> None:
    # The SDK takes these anchors for signers' too.
    trust: Trust = producer.trust  # type: ignore[attr-defined]
    reading = read(signed.data, "image/png", Trust(tsa_anchors=trust.anchors))
    assert not reading.trusted
    assert UNANCHORED in reading.credential_problems


def test_purposes_can_be_narrowed(signed: SignedImage, producer: object) -> None:
    trust: Trust = producer.trust  # type: ignore[attr-defined]
    email_only = replace(trust, ekus=("1.3.6.1.5.5.7.3.4",))
    reading = read(signed.data, "image/png", email_only)
    assert not reading.trusted
    assert "signingCredential.invalid" in reading.credential_problems
