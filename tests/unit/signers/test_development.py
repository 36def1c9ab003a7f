"""The development authority follows the official profile, and nobody can use it for more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from provenance.certificates import c2pa_profile, signer_certificate
from provenance.errors import ConfigError
from provenance.signers import development

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = development.create("Example Ltd", NOW)
ROOT = signer_certificate.load_pem_chain(KEYS.authority)[0]
SIGNER = signer_certificate.load_pem_chain(KEYS.signer)[0]
EXAMINER = signer_certificate.load_pem_chain(KEYS.examiner)[0]


def test_signer_follows_the_official_profile() -> None:
    value = SIGNER.extensions.get_extension_for_class
    usage = SIGNER.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE)
    constraints = SIGNER.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS)
    assert usage.critical
    assert constraints.critical
    assert value(x509.KeyUsage).value.digital_signature
    assert value(x509.KeyUsage).value.content_commitment
    assert not value(x509.BasicConstraints).value.ca
    assert c2pa_profile.CLAIM_SIGNING in value(x509.ExtendedKeyUsage).value
    assert c2pa_profile.DOCUMENT_SIGNING in value(x509.ExtendedKeyUsage).value
    assert value(x509.SubjectKeyIdentifier).value.digest
    assert value(x509.AuthorityKeyIdentifier).value.key_identifier
    assert SIGNER.not_valid_after_utc - SIGNER.not_valid_before_utc <= timedelta(days=366)
    assert c2pa_profile.find_obstacle(SIGNER, NOW) is None


def test_it_claims_nothing_that_only_an_official_authority_may() -> None:
    present = {extension.oid.dotted_string for extension in SIGNER.extensions}
    assert not any(oid.startswith("1.3.6.1.4.1.62558.3") for oid in present)
    assert ExtensionOID.CERTIFICATE_POLICIES.dotted_string not in present


@pytest.mark.parametrize("leaf", [SIGNER, EXAMINER], ids=["signer", "examiner"])
def test_both_lead_to_the_authority(leaf: x509.Certificate) -> None:
    assert signer_certificate.chains_to(leaf, [], [ROOT], NOW)
    assert not signer_certificate.chains_to(leaf, [], [ROOT], NOW + timedelta(days=400))


def test_signer_is_named_after_the_producer() -> None:
    assert signer_certificate.describe([SIGNER]).organisation == "Example Ltd"


def test_examiner_may_not_sign_manifests() -> None:
    assert "extendedKeyUsage" in (c2pa_profile.find_obstacle(EXAMINER, NOW) or "")


def test_signer_may_not_issue() -> None:
    assert not signer_certificate.chains_to(EXAMINER, [SIGNER], [SIGNER], NOW)


def test_keys_differ_each_time() -> None:
    again = development.create("Example Ltd", NOW)
    assert len({KEYS.signer, KEYS.examiner, again.signer, again.examiner}) == 4


@pytest.mark.parametrize("name", ["", "x" * 65, "two\nlines", "bell\a"])
def test_impossible_names(name: str) -> None:
    with pytest.raises(ConfigError, match=r"producer's name (is empty|has )"):
        development.create(name)


def test_names_may_be_in_any_script() -> None:
    keys = development.create("例 Пример ñ" + "é" * 50)
    certificate = signer_certificate.load_pem_chain(keys.signer)[0]
    assert signer_certificate.describe([certificate]).name.startswith("例 Пример")
