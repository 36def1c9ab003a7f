"""Asking the issuer of a certificate about it, over HTTP, where the certificate says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from provenance.certificates import is_issued_by, load_pem_chain
from provenance.errors import RevocationError
from provenance.revocation.responses import (
    MAX_RESPONSE_BYTES,
    Status,
    judge,
    read_next_update,
)
from provenance.web import WebService

RESPONDER = WebService(
    "The OCSP responder", "application/ocsp-request", 10.0, MAX_RESPONSE_BYTES, RevocationError
)
"""What an issuer of certificates runs; such services answer within a second."""


def ask(chain: bytes, issuers: Sequence[x509.Certificate] = ()) -> tuple[bytes, datetime]:
    """Get the issuer's word on the first certificate of a PEM chain, and until when it holds.

    Raises
    ------
    RevocationError
        The certificate names no responder, its issuer is not at hand, the responder does not
        answer, or what it answers is not "good".
    """
    leaf, *above = load_pem_chain(chain)
    issuer = next((each for each in (*above, *issuers) if is_issued_by(leaf, each, None)), None)
    if issuer is None:
        raise RevocationError(
            "The issuer of the signer's certificate is not at hand; complete the chain, or name "
            "the issuer in trust.anchors."
        )
    answer = RESPONDER.post(_find_responder(leaf), _write_request(leaf, issuer))
    try:
        return answer, read_next_update(answer, leaf, issuer)
    except ValueError as error:
        revoked = judge([answer], leaf, issuer, datetime.now(UTC)) is Status.REVOKED
        said = "is revoked" if revoked else "can't be called good"
        raise RevocationError(
            f"The signer's certificate {said}, by its issuer's answer; use another certificate.",
            revoked=revoked,
        ) from error


def _write_request(leaf: x509.Certificate, issuer: x509.Certificate) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA256())
    return builder.build().public_bytes(Encoding.DER)


def _find_responder(leaf: x509.Certificate) -> str:
    try:
        found = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        found = x509.AuthorityInformationAccess([])
    for each in found:
        if each.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            each.access_location, x509.UniformResourceIdentifier
        ):
            return each.access_location.value
    raise RevocationError(
        "The signer's certificate does not say where its issuer can be asked about it (OCSP); use "
        "another certificate, or set signing.ocsp to off."
    )
