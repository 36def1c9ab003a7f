"""Whether a certificate may sign manifests, and if not, why not.

C2PA libraries refuse an unsuitable certificate with "certificate is invalid" and say no more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""c2pa-kp-claimSigning."""

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336."""

PURPOSES = (CLAIM_SIGNING, DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
"""What C2PA lets a signer's certificate be for; one of them suffices."""


def find_date_obstacle(leaf: x509.Certificate, at: datetime) -> str | None:
    """Say why the certificate can't be used at this time; None when it can."""
    if at < leaf.not_valid_before_utc:
        return f"the certificate is not valid before {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
    if at > leaf.not_valid_after_utc:
        return f"the certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
    return None


def find_obstacle(
    leaf: x509.Certificate, at: datetime, allowed: Collection[str] = ()
) -> str | None:
    """Say what keeps this certificate from signing manifests at this time; None if nothing does.

    ``allowed`` are object identifiers of purposes, which count instead of ``PURPOSES``.
    """
    extensions = leaf.extensions
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound as error:
        name = getattr(error.oid, "_name", error.oid.dotted_string)
        return f"the certificate has no {name} extension"
    good = allowed or [purpose.dotted_string for purpose in PURPOSES]
    if not any(purpose.dotted_string in good for purpose in purposes):
        return "the certificate's extended key usage is neither claim, document nor e-mail signing"
    if not usage.digital_signature:
        return "the certificate's key usage does not include digital signatures"
    if _is_authority(leaf):
        return "the certificate is an authority's, which may not sign manifests itself"
    return find_date_obstacle(leaf, at)


def _is_authority(leaf: x509.Certificate) -> bool:
    try:
        return leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
