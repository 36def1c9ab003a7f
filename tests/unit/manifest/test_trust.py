"""Trust comes from files that the user chose."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.errors import ConfigError
from provenance.manifest import SignedImage, Trust, read
from provenance.manifest.codes import REVOKED, UNANCHORED
from provenance.manifest.trust import DEFAULT_EKUS
from provenance.signing import development

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


def test_revoked_certificates_are_listed_by_digest(tmp_path: Path) -> None:
    path = tmp_path / "revoked.txt"
    digest = "AB:" * 31 + "AB"
    path.write_text(f"# stolen in May\n\n{digest}  # the old signer\n")
    assert Trust.load([], revoked=[path]).revoked == {"ab" * 32}
    path.write_text("ok\n")
    with pytest.raises(ConfigError, match="line 1"):
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
