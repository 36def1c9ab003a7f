"""X.509 certificates: read a chain, describe a signer, check who issued whom.

Chains are taken in the order in which C2PA stores them, leaf first and each certificate issued by
the next, so that a hostile chain costs one signature check per link and never a search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.x509.oid import NameOID, ObjectIdentifier

from provenance.certificates import algorithms
from provenance.errors import SignerKeyError
from provenance.text import clean

MAX_CHAIN = 8
"""Certificates in a chain: the official trust list needs three; a much longer one is an attack."""

DEVELOPMENT_COUNTRY = "ZZ"
"""Country of a development authority: ISO 3166 leaves it to users, since it is in no country."""

DEVELOPMENT_AUTHORITY = "Development authority"
"""Common name of a development authority, which speaks for its own organisation alone."""

_STRONG = ("sha256", "sha384", "sha512")  # hashes that a certificate may be signed with

NONSENSE = (
    ValueError,
    Warning,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What ``cryptography`` raises on a certificate that it can't make sense of.

Warning is for a negative serial number, where the caller made warnings errors.
"""


@dataclass(frozen=True)
class SignerCertificate:
    """A signer as its certificate describes it; names are a stranger's text, made printable.

    ``issuers`` are the SHA-256 of the certificates above it, nearest first, as far as each provably
    signed the one before; the last is a trust anchor if ``anchored``. All of them are in date from
    ``path_from`` to ``path_to``. ``from_development``: a development authority issued it.
    """

    der: bytes = field(repr=False)
    sha256: str
    serial: int
    subject: str
    issuer: str
    common_name: str | None
    organisation: str | None
    issuer_organisation: str | None
    from_development: bool
    not_before: datetime
    not_after: datetime
    path_from: datetime
    path_to: datetime
    issuers: tuple[str, ...] = ()
    anchored: bool = False

    def is_in_date(self, at: datetime) -> bool:
        """Tell whether the certificate and those above it are in date at that time."""
        return self.path_from <= at <= self.path_to

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return to_pem(x509.load_der_x509_certificate(self.der))

    @property
    def is_foreign(self) -> bool:
        """Whether a development authority of another organisation issued it.

        Such an authority is a producer's own. Nobody vetted whom it names.
        """
        return self.from_development and self.organisation != self.issuer_organisation

    @property
    def name(self) -> str:
        """The name to show: the organisation, or else the common name, or else the subject."""
        return self.organisation or self.common_name or self.subject


def load_pem_chain(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Read all certificates of a PEM text, in order.

    Raises
    ------
    SignerKeyError
        There is no certificate, or one can't be read.
    """
    if b"BEGIN CERTIFICATE" not in pem:
        raise SignerKeyError("There is no PEM certificate in it.")
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except NONSENSE as error:
        raise SignerKeyError(f"A PEM certificate can't be read: {error}.") from error


def load_der_chain(ders: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Read DER certificates.

    Raises
    ------
    SignerKeyError
        One can't be read.
    """
    try:
        return tuple(x509.load_der_x509_certificate(der) for der in ders)
    except NONSENSE as error:
        raise SignerKeyError(f"A DER certificate can't be read: {error}.") from error


def to_pem(certificate: x509.Certificate) -> bytes:
    """Write a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def hash_certificate(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's DER form: 64 lower-case hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load_public_key(spki: bytes) -> PublicKeyTypes:
    """Read a public key from its SubjectPublicKeyInfo, in DER.

    Raises
    ------
    SignerKeyError
        It is something else.
    """
    try:
        return serialization.load_der_public_key(spki)
    except NONSENSE as error:
        raise SignerKeyError(f"A public key can't be read: {error}.") from error


def encode_public_key(certificate: x509.Certificate) -> bytes:
    """Return a certificate's public key as SubjectPublicKeyInfo, in DER.

    Raises
    ------
    SignerKeyError
        It is of an unknown kind.
    """
    try:
        return certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    except NONSENSE as error:
        raise SignerKeyError(f"The certificate's key can't be read: {error}.") from error


def describe(
    chain: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate] = (),
    at: datetime | None = None,
) -> SignerCertificate:
    """Describe the signer that a chain, leaf first, belongs to.

    Raises
    ------
    SignerKeyError
        The chain is empty, or a certificate can't be read.
    """
    try:
        leaf = chain[0]
        path, anchored = _climb(leaf, chain[1:], anchors, at)
        return SignerCertificate(
            der=leaf.public_bytes(serialization.Encoding.DER),
            sha256=hash_certificate(leaf),
            serial=leaf.serial_number,
            subject=clean(leaf.subject.rfc4514_string()),
            issuer=clean(leaf.issuer.rfc4514_string()),
            common_name=_read_attribute(leaf.subject, NameOID.COMMON_NAME),
            organisation=_read_attribute(leaf.subject, NameOID.ORGANIZATION_NAME),
            issuer_organisation=_read_attribute(leaf.issuer, NameOID.ORGANIZATION_NAME),
            from_development=(
                _read_attribute(leaf.issuer, NameOID.COUNTRY_NAME) == DEVELOPMENT_COUNTRY
                and _read_attribute(leaf.issuer, NameOID.COMMON_NAME) == DEVELOPMENT_AUTHORITY
            ),
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            issuers=tuple(hash_certificate(certificate) for certificate in path[1:]),
            anchored=anchored,
            path_from=max(certificate.not_valid_before_utc for certificate in path),
            path_to=min(certificate.not_valid_after_utc for certificate in path),
        )
    except (*NONSENSE, IndexError, OverflowError) as error:
        raise SignerKeyError(f"The certificate can't be read: {error}.") from error


def chains_to(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime | None,
) -> bool:
    """Tell whether ``leaf`` is an anchor or leads to one, all of them valid at ``at``.

    ``intermediates`` come in order, the leaf's issuer first. This checks signatures, CA flags, path
    lengths and, with ``at``, dates. The caller checks revocation and what the leaf may be used for.
    """
    return _climb(leaf, intermediates, anchors, at)[1]


def is_issued_by(
    child: x509.Certificate,
    parent: x509.Certificate,
    at: datetime | None,
    authorities: int = 0,
) -> bool:
    """Tell whether ``parent``, an authority valid at ``at``, signed ``child``.

    Between it and the certificate at the end lie so many other ``authorities``.
    """
    if child.issuer != parent.subject or not _is_valid(parent, at):
        return False
    try:
        constraints = parent.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not constraints.ca:
            return False
        if constraints.path_length is not None and authorities > constraints.path_length:
            return False
        if not _may_sign_certificates(parent) or not _is_strongly_signed(child):
            return False
        child.verify_directly_issued_by(parent)
    except (*NONSENSE, x509.ExtensionNotFound, InvalidSignature):
        return False
    return True


def verify_signature(certificate: x509.Certificate, data: bytes, signature: bytes) -> bool:
    """Tell whether the certificate's key made ``signature``, as ``Signer.sign`` makes them."""
    try:
        key = certificate.public_key()
    except NONSENSE:
        return False
    return algorithms.verify(key, data, signature)


def _climb(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime | None,
) -> tuple[list[x509.Certificate], bool]:
    """Follow the chain upwards as far as it is proved, and say whether it reached an anchor."""
    path = [leaf]
    if not _is_valid(leaf, at):
        return path, False
    for above in [*intermediates[: MAX_CHAIN - 1], None]:
        if path[-1] in anchors:
            return path, True
        for anchor in anchors:
            if is_issued_by(path[-1], anchor, at, len(path) - 1):
                return [*path, anchor], True
        if above is None or not is_issued_by(path[-1], above, at, len(path) - 1):
            break
        path.append(above)
    return path, False


def _may_sign_certificates(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.key_cert_sign


def _is_strongly_signed(certificate: x509.Certificate) -> bool:
    algorithm = certificate.signature_hash_algorithm  # None: the scheme has its own, as Ed25519 has
    return algorithm is None or algorithm.name in _STRONG


def _is_valid(certificate: x509.Certificate, at: datetime | None) -> bool:
    return at is None or certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _read_attribute(name: x509.Name, oid: ObjectIdentifier) -> str | None:
    values = name.get_attributes_for_oid(oid)
    if not values:
        return None
    value = values[0].value
    return clean(value if isinstance(value, str) else value.hex())
