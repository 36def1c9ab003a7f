"""The signature algorithms of C2PA, by their COSE names in lower case.

A key decides its algorithm: the curve its hash, RSA always PSS with SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from provenance.errors import SignerKeyError

_CURVES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "secp256r1": ("es256", hashes.SHA256()),
    "secp384r1": ("es384", hashes.SHA384()),
    "secp521r1": ("es512", hashes.SHA512()),
}

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
NAMES = ("es256", "es384", "es512", "ed25519", "ps256")
"""What ``Signer.algorithm`` may be."""

MIN_RSA_BITS = 2048
"""C2PA's minimum."""

NEW_RSA_BITS = 3072
"""As strong as P-256: a key made today has to last."""

_GENERATORS: dict[str, Callable[[], PrivateKey]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ps256": lambda: rsa.generate_private_key(65537, NEW_RSA_BITS),
}
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)  # COSE: salt as long as the hash


def generate(name: str) -> PrivateKey:
    """Make a key for the algorithm of that name, from the system's randomness."""
    return _GENERATORS[name]()


def name_algorithm(key: PublicKeyTypes) -> str:
    """Name the algorithm that ``key`` signs with.

    Raises
    ------
    SignerKeyError
        C2PA allows no algorithm for this kind of key.
    """
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name][0]
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
        return "ps256"
    raise SignerKeyError(
        "This kind of key can't sign manifests; "
        f"use P-256, P-384, P-521, Ed25519 or RSA with at least {MIN_RSA_BITS} bits."
    )


def sign(key: PrivateKeyTypes, data: bytes) -> bytes:
    """Sign as COSE does: for ECDSA r and s side by side, each as long as the curve's field.

    Raises
    ------
    SignerKeyError
        Keys of this kind do not sign.
    """
    if isinstance(key, ec.EllipticCurvePrivateKey):
        der = key.sign(data, ec.ECDSA(_CURVES[key.curve.name][1]))
        return from_openssl(key.public_key(), der)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, _PSS, hashes.SHA256())
    raise SignerKeyError(f"A {type(key).__name__} can't sign manifests; use a key of another kind.")


def verify(key: PublicKeyTypes, data: bytes, signature: bytes) -> bool:
    """Tell whether ``key`` made ``signature``, in COSE form; False for unknown kinds of key."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            size = (key.curve.key_size + 7) // 8
            if key.curve.name not in _CURVES or len(signature) != 2 * size:
                return False
            der = to_openssl(key, signature)
            key.verify(der, data, ec.ECDSA(_CURVES[key.curve.name][1]))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
            key.verify(signature, data, _PSS, hashes.SHA256())
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def to_openssl(key: PublicKeyTypes, signature: bytes) -> bytes:
    """Turn a signature from COSE form into OpenSSL's; the two differ only for ECDSA."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return signature
    r, s = (int.from_bytes(half, "big") for half in _split_halves(signature))
    return encode_dss_signature(r, s)


def from_openssl(key: PublicKeyTypes, signature: bytes) -> bytes:
    """Turn a signature as OpenSSL makes it into COSE form.

    Raises
    ------
    ValueError
        The bytes can't be a signature by this key.
    """
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return signature
    size = (key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(signature)
    if max(r, s).bit_length() > 8 * size:
        raise ValueError("the signature is too long for its key")
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _split_halves(signature: bytes) -> tuple[bytes, bytes]:
    middle = len(signature) // 2
    return signature[:middle], signature[middle:]
