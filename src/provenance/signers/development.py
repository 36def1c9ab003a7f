"""Keys and certificates to start with: a development authority and what it issues.

The signer's profile is the official one for claim signers (conformance v0.2, assurance level 1), so
that what works here works with a certificate from the trust list. What only an official authority
may state is left out: policy, assurance level, products-list entry and revocation address. Only
those who put its certificate among their anchors trust this authority.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from provenance.certificates import (
    CLAIM_SIGNING,
    DEVELOPMENT_AUTHORITY,
    DEVELOPMENT_COUNTRY,
    DOCUMENT_SIGNING,
    PrivateKey,
    algorithms,
    load_pem_chain,
    to_pem,
)
from provenance.errors import ConfigError, SignerKeyError
from provenance.names import find_producer_fault

MAX_PRODUCER_NAME = 64
"""Characters: X.520's bound for an organisation's name."""

AUTHORITY_DAYS = 3650
"""How long the authority lasts: ten years, so that it outlives what it issues."""

SIGNER_DAYS = 366
"""How long a signer's certificate lasts: the official profile's maximum."""

CLOCK_SKEW = timedelta(hours=1)
"""How far certificates are dated back: other machines' clocks may be behind."""

CLAIM_PURPOSES = (CLAIM_SIGNING, DOCUMENT_SIGNING)
"""Older validators refuse a certificate that has the first alone."""

_NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True)
class DevelopmentKeys:
    """PEM texts; those that hold keys are for files that only their owner may read.

    ``signer``, ``examiner`` and ``responder`` hold the key and its certificate, ready for
    ``file:``; ``authority`` is the root certificate, to be listed among the anchors, and
    ``authority_key`` issues more.
    """

    authority: bytes
    authority_key: bytes = field(repr=False)
    signer: bytes = field(repr=False)
    examiner: bytes = field(repr=False)
    responder: bytes = field(repr=False)


def create(producer: str, now: datetime | None = None) -> DevelopmentKeys:
    """Make an authority, a signer, an examiner and a responder for a producer of that name.

    The signer's certificate names the producer as its organisation.

    Raises
    ------
    ConfigError
        A certificate can't hold the name.
    """
    if fault := find_producer_fault(producer, MAX_PRODUCER_NAME):
        raise ConfigError(f"The producer's name {fault}: choose another one.")
    start = (now or datetime.now(UTC)) - CLOCK_SKEW
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _make_authority(producer, root_key, start)
    return DevelopmentKeys(
        authority=to_pem(root),
        authority_key=encode_key(root_key),
        signer=_issue_signer(producer, algorithms.generate("es256"), root, root_key, start),
        examiner=_issue_other(producer, "Development examiner", root, root_key, start),
        responder=_issue_other(producer, "Development responder", root, root_key, start),
    )


def renew(producer: str, authority: bytes, authority_key: bytes, algorithm: str = "es256") -> bytes:
    """Issue a new signer by the authority that ``create`` made: a new key, the same name.

    A directory that binds the producer by authority and name binds the new signer at once.

    Raises
    ------
    SignerKeyError
        Authority and key can't be read, or do not belong together.
    """
    root = load_pem_chain(authority)[0]
    try:
        root_key = serialization.load_pem_private_key(authority_key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        root_key = None
    # Raised outside the handler: the library's message might quote what it failed to read.
    if not isinstance(root_key, ec.EllipticCurvePrivateKey):
        raise SignerKeyError("The authority's key can't be read; it should be P-256 in PEM.")
    if root_key.public_key() != root.public_key():
        raise SignerKeyError("The authority's key does not belong to its certificate.")
    start = datetime.now(UTC) - CLOCK_SKEW
    return _issue_signer(producer, algorithms.generate(algorithm), root, root_key, start)


def request(producer: str, key: PrivateKey) -> bytes:
    """Write the PEM request that asks an authority for the certificate of a key."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, producer)])
    digest = None if algorithms.name_algorithm(key.public_key()) == "ed25519" else hashes.SHA256()
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    return builder.sign(key, digest).public_bytes(serialization.Encoding.PEM)


def encode_key(key: PrivateKey, password: bytes | None = None) -> bytes:
    """Write a private key as PKCS #8 in PEM, encrypted if there is a password."""
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


def _issue_signer(
    producer: str,
    key: PrivateKey,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    start: datetime,
) -> bytes:
    leaf = _begin_leaf(_make_name(producer, "Development signer"), key, root, start)
    claims = leaf.add_extension(x509.ExtendedKeyUsage(CLAIM_PURPOSES), critical=False)
    return encode_key(key) + to_pem(claims.sign(root_key, hashes.SHA256()))


def _issue_other(
    producer: str,
    role: str,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    start: datetime,
) -> bytes:
    """Issue a key for reports or responses: without the purposes it can't sign manifests."""
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _begin_leaf(_make_name(producer, role), key, root, start)
    return encode_key(key) + to_pem(leaf.sign(root_key, hashes.SHA256()))


def _make_authority(
    producer: str, key: ec.EllipticCurvePrivateKey, start: datetime
) -> x509.Certificate:
    name = _make_name(producer, DEVELOPMENT_AUTHORITY)
    return (
        _begin_certificate(name, name, key, start, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_make_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _begin_leaf(
    subject: x509.Name,
    key: PrivateKey,
    authority: x509.Certificate,
    start: datetime,
) -> x509.CertificateBuilder:
    above = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    return (
        _begin_certificate(subject, authority.subject, key, start, SIGNER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_make_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(identifier, critical=False)
    )


def _begin_certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    start: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _make_name(producer: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, DEVELOPMENT_COUNTRY),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, producer),
            x509.NameAttribute(NameOID.COMMON_NAME, role),
        ]
    )


def _make_usage(**granted: bool) -> x509.KeyUsage:
    return x509.KeyUsage(**(_NO_USAGE | granted))
