"""Asking a time-stamp authority (RFC 3161) for a stamp over bytes, and reading one; [timestamp].

The C2PA library gets those of manifests; this is for what else is signed. An authority sees only a
digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.distribution import say_install
from provenance.errors import ConfigError, SignerKeyError, TimestampError
from provenance.timestamps.tokens import read_certificates
from provenance.web import WebService

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

MAX_ANSWER_BYTES = 2**18
"""An answer with its certificates has 6 KB; one that is much longer is not a time stamp."""

AUTHORITY = WebService(
    "The time-stamp authority",
    "application/timestamp-query",
    20.0,
    MAX_ANSWER_BYTES,
    TimestampError,
)
"""Authorities answer within a second; a case can wait for a slow one."""


@dataclass(frozen=True)
class TimeStamp:
    """A time stamp as read; ``trusted`` when one of the user's authorities made it."""

    time: datetime
    trusted: bool


def ask(authority: str, data: bytes) -> bytes:
    """Get an authority's time stamp over bytes: its whole answer, as OpenSSL takes it.

    Raises
    ------
    TimestampError
        The authority did not answer, refused, or answered something else, or the library for time
        stamps is not installed.
    """
    try:
        _need_library()
    except ConfigError as error:
        raise TimestampError(str(error)) from error
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.build()
    answer = AUTHORITY.post(authority, request.as_bytes())
    response = _decode(answer)
    _check(response, data)
    if response.tst_info.nonce != request.nonce:
        raise TimestampError("The time-stamp authority answered another question; try again.")
    return answer


def read(answer: bytes, data: bytes, anchors: Sequence[x509.Certificate]) -> TimeStamp:
    """Read a time stamp over bytes, and say whether it leads to one of the anchors.

    Raises
    ------
    TimestampError
        It is not a time stamp, or not of these bytes.
    ConfigError
        The library for time stamps is not installed.
    """
    _need_library()
    from rfc3161_client import VerificationError, VerifierBuilder

    response = _decode(answer)
    _check(response, data)
    time = response.tst_info.gen_time.astimezone(UTC)
    builder = VerifierBuilder()
    for anchor in anchors:
        builder = builder.add_root_certificate(anchor)
    try:
        builder.build().verify(response, hashlib.sha256(data).digest())
    except (VerificationError, ValueError):
        return TimeStamp(time, trusted=False)
    return TimeStamp(time, trusted=True)


def _need_library() -> None:
    try:
        import rfc3161_client  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"Time stamps of case folders need rfc3161-client: {say_install('timestamp')}."
        ) from error


def _decode(answer: bytes) -> TimeStampResponse:
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        response = decode_timestamp_response(_sort_certificates(answer))
        granted = response.status in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
        _ = response.tst_info if granted else None
    except (ValueError, SignerKeyError) as error:
        raise TimestampError("The time-stamp authority's answer is not a time stamp.") from error
    if not granted:
        raise TimestampError("The time-stamp authority refused to give a time stamp.")
    return response


def _sort_certificates(answer: bytes) -> bytes:
    """Put the certificates of an answer into the order of DER, which the library insists on.

    OpenSSL and many authorities leave them in another order. No signature covers the order.
    """
    ders = [each.public_bytes(Encoding.DER) for each in read_certificates(answer)]
    return answer.replace(b"".join(ders), b"".join(sorted(ders)))


def _check(response: TimeStampResponse, data: bytes) -> None:
    if response.tst_info.message_imprint.message != hashlib.sha256(data).digest():
        raise TimestampError("The time stamp is of something else.")
