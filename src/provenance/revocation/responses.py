"""What an OCSP response proves about a certificate, and at which time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from provenance.certificates import NONSENSE, is_issued_by

MAX_RESPONSE_BYTES = 2**15
"""A response with the responder's chain has under 5 KB."""

MAX_RESPONSES = 32
"""Responses that are looked at for one certificate, to bound the time."""

SKEW = timedelta(minutes=5)
"""How far the clocks of a signer and of its issuer may be apart."""


class Status(StrEnum):
    """What the issuer of a certificate says of it at the time that counts."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # nothing that can be used


def judge(
    answers: Iterable[bytes], leaf: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> Status:
    """Say what responses prove of a certificate at a time: when it signed, or else now.

    One that says "revoked" since before that time outweighs any other. One that says "good" counts
    only at the times that it states.
    """
    found = Status.UNKNOWN
    for number, answer in enumerate(answers):
        if number >= MAX_RESPONSES:
            break
        for each in _read(answer, leaf, issuer):
            if each.certificate_status is ocsp.OCSPCertStatus.REVOKED:
                if each.revocation_time_utc is None or each.revocation_time_utc <= at:
                    return Status.REVOKED
            elif each.certificate_status is ocsp.OCSPCertStatus.GOOD and _covers(each, at):
                found = Status.GOOD
    return found


def read_next_update(answer: bytes, leaf: x509.Certificate, issuer: x509.Certificate) -> datetime:
    """Return until when a response says "good" of a certificate, now included.

    Raises
    ------
    ValueError
        It does not say so.
    """
    now = datetime.now(UTC)
    for each in _read(answer, leaf, issuer):
        if each.certificate_status is ocsp.OCSPCertStatus.GOOD and _covers(each, now):
            return each.next_update_utc or now
    raise ValueError(judge([answer], leaf, issuer, now).value)


def _read(
    answer: bytes, leaf: x509.Certificate, issuer: x509.Certificate
) -> Iterator[ocsp.OCSPSingleResponse]:
    """Yield what a response says of this certificate, if the issuer or its delegate signed it."""
    if len(answer) > MAX_RESPONSE_BYTES:
        return
    try:
        response = ocsp.load_der_ocsp_response(answer)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return
        if not any(_is_signed_by(response, each) for each in _list_responders(response, issuer)):
            return
        for each in response.responses:
            if each.serial_number == leaf.serial_number and _names(each, issuer):
                yield each
    except (*NONSENSE, InvalidSignature):
        return


def _list_responders(
    response: ocsp.OCSPResponse, issuer: x509.Certificate
) -> Iterator[x509.Certificate]:
    """Yield who may have signed: the issuer, and whom it made a responder."""
    yield issuer
    for each in response.certificates:
        if not is_issued_by(each, issuer, response.produced_at_utc):
            continue
        try:
            purposes = each.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        in_date = each.not_valid_before_utc <= response.produced_at_utc <= each.not_valid_after_utc
        if in_date and ExtendedKeyUsageOID.OCSP_SIGNING in purposes:
            yield each


def _is_signed_by(response: ocsp.OCSPResponse, responder: x509.Certificate) -> bool:
    key, algorithm = responder.public_key(), response.signature_hash_algorithm
    signed, signature = response.tbs_response_bytes, response.signature
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm:
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return not isinstance(algorithm, hashes.SHA1 | hashes.MD5)


def _names(single: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """Tell whether it is about certificates of this issuer; a serial number alone says little."""
    digest = hashes.Hash(single.hash_algorithm)
    key = issuer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        bits = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    elif isinstance(key, ed25519.Ed25519PublicKey):
        bits = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        return False
    digest.update(bits)
    return digest.finalize() == single.issuer_key_hash


def _covers(single: ocsp.OCSPSingleResponse, at: datetime) -> bool:
    last = single.next_update_utc or single.this_update_utc
    return single.this_update_utc - SKEW <= at <= last + SKEW
