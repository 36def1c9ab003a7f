"""Keys, certificates and signed JSON for the vectors, without provenance.

Keys are derived from public labels, and ECDSA signs deterministically, so every run gives the same
bytes. RSA can't be derived so: its key and signatures are drawn anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
Chain = list[x509.Certificate]
SINCE, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
CURVES: dict[str, tuple[type[ec.EllipticCurve], hashes.HashAlgorithm, int]] = {
    "P-256": (ec.SECP256R1, hashes.SHA256(), 32),
    "P-384": (ec.SECP384R1, hashes.SHA384(), 48),
    "P-521": (ec.SECP521R1, hashes.SHA512(), 66),
}


def derive(label: str, kind: str = "P-256") -> Key:
    """Derive a private key from a label."""
    drawn = hashlib.shake_256(f"provenance vectors {label}".encode()).digest(32)
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(drawn)
    if kind in CURVES:
        return ec.derive_private_key(int.from_bytes(drawn[:31], "big"), CURVES[kind][0]())
    return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))


def spki(key: Key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def certify(
    name: str,
    key: Key,
    issuer: tuple[x509.Certificate, Key] | None = None,
    *,
    authority: bool = False,
    dates: tuple[datetime, datetime] = (SINCE, UNTIL),
) -> x509.Certificate:
    """Certify a key for an organisation; by itself where there is no issuer."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} vectors"),
        ]
    )
    signing = issuer[1] if issuer else key
    digest = hashlib.sha256(spki(key)).digest()
    builder = (
        x509.CertificateBuilder(issuer[0].subject if issuer else subject, subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(digest[:8], "big") | 1)
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier(digest[:20]), critical=False)
    )
    if isinstance(signing, ec.EllipticCurvePrivateKey):
        algorithm = CURVES[f"P-{signing.curve.key_size}"][1]
        return builder.sign(signing, algorithm, ecdsa_deterministic=True)
    return builder.sign(
        signing, None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    )


def digest_of(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def pem(chain: Chain) -> str:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain).decode()


def canonical(value: Any) -> bytes:
    """Spell a value as RFC 8785 does: no floats, keys in ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def identity(payload: Any) -> str:
    return hashlib.sha256(canonical(payload)).hexdigest()


def sign(key: Key, data: bytes) -> bytes:
    """Sign as COSE does."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
        return key.sign(data, scheme, hashes.SHA256())
    _, digest, size = CURVES[f"P-{key.curve.key_size}"]
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest, deterministic_signing=True)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def envelope(
    payload: Any, chain: Chain | None, key: Key | None, beside: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Build a file; unsigned without a key."""
    signature = (
        chain
        and key
        and {
            "certificates": pem(chain),
            "value": base64_of(sign(key, canonical(payload))),
        }
    )
    return {"payload": payload, "signature": signature or None, **(beside or {})}


def text(file: Any) -> str:
    """Write a file as people exchange it; white space is free."""
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"
