"""Certificates for tests: an authority, and whatever it should or should not issue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provenance.certificates import c2pa_profile, signer_certificate
from provenance.manifest import Trust
from provenance.signers import pem_file
from provenance.signers.pem_file import PemSigner

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


@lru_cache(1)
def _rsa_key() -> rsa.RSAPrivateKey:
    """One for all tests of a process: to find primes takes long, and no test needs two."""
    return rsa.generate_private_key(65537, 2048)


KEYS: dict[str, Callable[[], Key]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ps256": _rsa_key,
}
SERIAL_BIT = 1 << 158  # the highest that a serial number has: all take 20 bytes then
CLAIMS = c2pa_profile.PURPOSES[:2]
_USES = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")


@dataclass
class Authority:
    """Issues certificates; a root unless it has a parent."""

    name: str = "Root"
    parent: Authority | None = None
    key: Key = field(default_factory=KEYS["es256"])

    def __post_init__(self) -> None:
        self.certificate = (self.parent or self).issue(
            self.key.public_key(), self.name, purposes=(), ca=True
        )

    @property
    def pem(self) -> bytes:
        """The authority's own certificate."""
        return signer_certificate.to_pem(self.certificate)

    @property
    def trust(self) -> Trust:
        """Trust in this authority and in nobody else."""
        return Trust.from_pem(self.pem)

    def issue(
        self,
        key: PublicKey,
        name: str = "Tests",
        *,
        purposes: tuple[x509.ObjectIdentifier, ...] = CLAIMS,
        ca: bool = False,
        since: timedelta = timedelta(days=-60),
        until: timedelta = timedelta(days=30),
        subject: x509.Name | None = None,
    ) -> x509.Certificate:
        """Issue a certificate, valid from and until so long from now."""
        now = datetime.now(UTC)
        usage = x509.KeyUsage(
            digital_signature=not ca,
            content_commitment=False,
            key_cert_sign=ca,
            crl_sign=ca,
            **dict.fromkeys(_USES, False),
        )
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject or named(name))
            .issuer_name(named(self.name))
            .public_key(key)
            .serial_number(x509.random_serial_number() | SERIAL_BIT)
            .not_valid_before(now + since)
            .not_valid_after(now + until)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(above, critical=False)
        )
        if purposes:
            # RFC 3161 wants a time-stamp authority's only purpose to be critical.
            critical = purposes == (ExtendedKeyUsageOID.TIME_STAMPING,)
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical)
        return builder.sign(self.key, hash_for(self.key))

    def chain(self, leaf: x509.Certificate) -> bytes:
        """The leaf, and the authorities above it but for the root."""
        above, step = [leaf], self
        while step.parent is not None:
            above.append(step.certificate)
            step = step.parent
        return b"".join(signer_certificate.to_pem(certificate) for certificate in above)

    def signer(self, key: Key | None = None, until: timedelta = timedelta(days=30)) -> PemSigner:
        """A signer with a new key and a good certificate."""
        key = key or KEYS["es256"]()
        return pem_file.load(key_pem(key), self.chain(self.issue(key.public_key(), until=until)))


def named(name: str) -> x509.Name:
    """A name with nothing but an organisation."""
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])


def hash_for(key: Key) -> Hash | None:
    """The hash that goes with a key: the SDK follows no chain with another for P-521."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    size = key.key_size if isinstance(key, ec.EllipticCurvePrivateKey) else 256
    sizes: dict[int, Hash] = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
    return sizes[size]


def key_pem(key: Key, password: bytes | None = None) -> bytes:
    """A private key as PEM, encrypted if there is a password."""
    encryption = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
