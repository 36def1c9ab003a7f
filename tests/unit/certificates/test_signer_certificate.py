"""Chains of certificates: who issued whom, provably."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from provenance.certificates import signer_certificate
from provenance.errors import SignerKeyError
from provenance.signers import development, pem_file

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Authority:
    """Issues certificates, good and bad."""

    def __init__(
        self,
        name: str,
        issuer: Authority | None = None,
        *,
        ca: bool | None = True,
        path_length: int | None = None,
        key: Key | None = None,
        start: datetime = NOW - timedelta(days=10),
        days: int = 100,
        may_sign: bool = True,
        hash_algorithm: hashes.SHA224 | hashes.SHA256 | None = None,
    ) -> None:
        self.key: Key = key or ec.generate_private_key(ec.SECP256R1())
        above = issuer or self
        self.name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests"),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(above.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
        )
        if ca is not None:
            builder = builder.add_extension(x509.BasicConstraints(ca, path_length), True)
        builder = builder.add_extension(
            x509.KeyUsage(True, False, False, False, False, may_sign, False, False, False), True
        )
        ed = isinstance(above.key, ed25519.Ed25519PrivateKey)
        algorithm = None if ed else hash_algorithm or hashes.SHA256()
        self.certificate = builder.sign(above.key, algorithm)


def leads(leaf: Authority, chain: list[Authority], anchor: Authority, at: datetime = NOW) -> bool:
    above = [authority.certificate for authority in chain]
    return signer_certificate.chains_to(leaf.certificate, above, [anchor.certificate], at)


ROOT = Authority("root")
MIDDLE = Authority("middle", ROOT)
LEAF = Authority("leaf", MIDDLE, ca=False)


def test_chain_leads_to_its_root() -> None:
    assert leads(LEAF, [MIDDLE], ROOT)


def test_root_may_be_part_of_the_chain() -> None:
    assert leads(LEAF, [MIDDLE, ROOT], ROOT)


def test_anchor_may_be_in_the_middle() -> None:
    assert leads(LEAF, [], MIDDLE)


def test_a_leaf_may_itself_be_the_anchor() -> None:
    assert leads(LEAF, [], LEAF)


def test_missing_link_or_wrong_order_leads_nowhere() -> None:
    assert not leads(LEAF, [], ROOT)
    assert not leads(LEAF, [ROOT, MIDDLE], ROOT)


def test_ed25519_authorities_work() -> None:
    root = Authority("ed root", key=ed25519.Ed25519PrivateKey.generate())
    assert leads(Authority("leaf", root, ca=False), [], root)


def test_same_name_is_not_same_key() -> None:
    assert not leads(LEAF, [MIDDLE], Authority("root"))
    assert not leads(LEAF, [Authority("middle", ROOT)], ROOT)


@pytest.mark.parametrize("ca", [False, None])
def test_only_authorities_issue(ca: bool | None) -> None:
    impostor = Authority("impostor", ROOT, ca=ca)
    assert not leads(Authority("leaf", impostor, ca=False), [impostor], ROOT)


def test_only_keys_for_certificates_issue() -> None:
    impostor = Authority("impostor", ROOT, may_sign=False)
    assert not leads(Authority("leaf", impostor, ca=False), [impostor], ROOT)


def test_path_length_is_kept() -> None:
    root = Authority("short root", path_length=0)
    middle = Authority("middle", root)
    assert leads(Authority("leaf", root, ca=False), [], root)
    assert not leads(Authority("leaf", middle, ca=False), [middle], root)


@pytest.mark.parametrize("days", [-11, 91])
def test_everything_has_to_be_valid_at_the_time(days: int) -> None:
    assert not leads(LEAF, [MIDDLE], ROOT, NOW + timedelta(days=days))


def test_an_expired_middle_breaks_the_chain_then_only() -> None:
    middle = Authority("short", ROOT, days=5)
    leaf = Authority("leaf", middle, ca=False)
    assert not leads(leaf, [middle], ROOT)
    assert leads(leaf, [middle], ROOT, NOW - timedelta(days=7))
    assert signer_certificate.chains_to(
        leaf.certificate, [middle.certificate], [ROOT.certificate], at=None
    )


def test_weak_hashes_prove_nothing() -> None:
    # SHA-224 stands for all that are not on the list; nothing here still signs with SHA-1.
    weak = Authority("weak", ROOT, ca=False, hash_algorithm=hashes.SHA224())
    assert not leads(weak, [], ROOT)


def test_long_chains_are_cut() -> None:
    chain = [ROOT]
    for number in range(signer_certificate.MAX_CHAIN + 2):
        chain.append(Authority(f"level {number}", chain[-1]))
    leaf, *above = reversed(chain)
    assert not leads(leaf, above, ROOT)


def test_describe_proves_issuers_only_as_far_as_signatures_go() -> None:
    stranger = Authority("stranger")
    signer = signer_certificate.describe(
        [LEAF.certificate, MIDDLE.certificate, stranger.certificate]
    )
    assert signer.issuers == (signer_certificate.hash_certificate(MIDDLE.certificate),)
    assert not signer.anchored
    assert signer.common_name == "leaf"
    assert signer.name == "Tests"


def test_describe_names_the_anchor_last() -> None:
    signer = signer_certificate.describe([LEAF.certificate, MIDDLE.certificate], [ROOT.certificate])
    assert signer.anchored
    assert signer.issuers[-1] == signer_certificate.hash_certificate(ROOT.certificate)
    assert signer_certificate.load_pem_chain(signer.pem) == (LEAF.certificate,)


def test_names_can_not_steer_a_terminal() -> None:
    evil = Authority("\x1b[2J\u202eevil", ROOT, ca=False)
    signer = signer_certificate.describe([evil.certificate])
    assert signer.common_name is not None
    assert signer.common_name.isprintable()
    assert signer.subject.isprintable()


@pytest.mark.parametrize(
    "text", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_no_certificate_is_an_error(text: bytes) -> None:
    with pytest.raises(SignerKeyError, match="certificate"):
        signer_certificate.load_pem_chain(text)


def test_garbage_der_is_an_error() -> None:
    with pytest.raises(SignerKeyError):
        signer_certificate.load_der_chain([b"\x30\x03\x02\x01\x00"])
    with pytest.raises(SignerKeyError):
        signer_certificate.describe([])


def test_signatures_are_checked_with_the_certificate() -> None:
    keys = development.create("Tests")
    signer = pem_file.load(keys.examiner, keys.examiner)
    certificate = signer_certificate.load_pem_chain(keys.examiner)[0]
    signature = signer.sign(b"report")
    assert signer_certificate.verify_signature(certificate, b"report", signature)
    assert not signer_certificate.verify_signature(certificate, b"other", signature)
    assert not signer_certificate.verify_signature(ROOT.certificate, b"report", signature)
