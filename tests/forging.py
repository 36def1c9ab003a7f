"""Files that no honest signer makes, signed by certificates that C2PA libraries sign nothing with.

The SDK signs with a good certificate of the same key and the same length; what is signed, and then
the file, get the other one instead.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from provenance.certificates import algorithms
from tests.authority import KEYS, Authority, Key

SHORTEST = "N"  # of the names that the good certificate can have
LONGEST = 64  # characters that RFC 5280 allows in an organisation's name


def signed_by(document: dict[str, Any], png: bytes, key: Key, wrong: x509.Certificate) -> bytes:
    """Sign a PNG with `key` in the name of `wrong`, whatever that certificate is."""
    (issuer,) = wrong.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    authority = Authority("D" * len(issuer.value), key=KEYS["ed25519"]())
    good = _as_long_as(authority, key, len(_der(wrong)))
    forge = _der(good), _der(wrong)

    def sign(data: bytes) -> bytes:
        assert data.count(forge[0]) == 1
        return algorithms.sign(key, data.replace(*forge))

    settings = {
        "verify": {"verify_after_sign": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    out = io.BytesIO()
    chain = authority.chain(good).decode()
    with c2pa.Signer.from_callback(sign, c2pa.C2paSigningAlg.ES256, chain, None) as signer:
        c2pa.Builder(document, context).sign(signer, "image/png", io.BytesIO(png), out)
    return _with_checksums(out.getvalue().replace(*forge))


def _as_long_as(authority: Authority, key: Key, size: int) -> x509.Certificate:
    """Issue a certificate of that many bytes, by making its name longer.

    The authority signs with Ed25519: its signatures all have one length, those of ECDSA vary.
    """
    short = authority.issue(key.public_key(), SHORTEST)
    length = len(SHORTEST) + size - len(_der(short))
    assert len(SHORTEST) <= length <= LONGEST
    good = authority.issue(key.public_key(), SHORTEST * length)
    assert len(_der(good)) == size
    return good


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _with_checksums(png: bytes) -> bytes:
    """Make the checksums of all chunks right."""
    made, at = bytearray(png[:8]), 8
    while at < len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4], "big")
        made += png[at:end] + zlib.crc32(png[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(made)
