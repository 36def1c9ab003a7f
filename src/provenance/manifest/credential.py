"""Whether a signer's certificate is to be trusted, and if not, why not."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from provenance.certificates import SignerCertificate, find_obstacle, load_der_chain
from provenance.manifest import codes
from provenance.manifest.codes import Validation
from provenance.manifest.trust import Trust
from provenance.revocation import Status


class Credential(StrEnum):
    """What a certificate is worth to this user, at the time that is proved, or else now."""

    TRUSTED = "trusted"
    # Does not lead to an anchor: it is another authority's, or one in between is missing, or it
    # signed itself.
    UNKNOWN = "unknown"
    OUT_OF_SCOPE = "out of scope"  # its authority may speak for one directory entry, not this one
    EXPIRED = "expired"  # and nothing else is wrong with it
    EARLY = "early"  # not valid yet, and nothing else is wrong with it
    UNSUITABLE = "unsuitable"  # not for signing manifests
    REVOKED = "revoked"


def judge_credential(
    validation: Validation,
    signer: SignerCertificate | None,
    trust: Trust,
    proved: datetime | None,
    now: datetime,
    revocation: Status | None = None,
) -> tuple[Credential, tuple[str, ...]]:
    """Judge a certificate; return with it the codes of what the SDK does not check.

    The SDK takes a time-stamp authority's anchors for a signer's, does not know the user's list of
    revoked certificates, and believes more time stamps than ``find_proved_time`` does. ``proved``
    is the time that one of these proves. ``revocation`` is the word of the certificate's issuer,
    which the manifest brings along.
    """
    failures = validation.failures
    if signer and not trust.revoked.isdisjoint((signer.sha256, *signer.issuers)):
        return Credential.REVOKED, (codes.REVOKED,)
    if codes.REVOKED_BY_ISSUER in validation.codes:
        return Credential.REVOKED, ()
    if revocation is Status.REVOKED:
        return Credential.REVOKED, (codes.REVOKED_BY_ISSUER,)
    if codes.UNSUITABLE in failures:
        return Credential.UNSUITABLE, ()
    if signer is None or not signer.anchored:
        limited = signer is not None and trust.is_out_of_scope(signer)
        credential = Credential.OUT_OF_SCOPE if limited else Credential.UNKNOWN
        return credential, (codes.UNANCHORED,) if validation.trusted else ()
    if validation.trusted and signer.is_in_date(proved or now):
        return Credential.TRUSTED, ()
    if validation.trusted or codes.EXPIRED in failures:
        return _judge_expired(signer, trust, now), (codes.UNPROVED,) if validation.trusted else ()
    return Credential.UNKNOWN, ()


def _judge_expired(signer: SignerCertificate, trust: Trust, now: datetime) -> Credential:
    """Tell what else is wrong; the SDK looks no further once a certificate is out of date."""
    (leaf,) = load_der_chain([signer.der])
    if find_obstacle(leaf, signer.path_from, trust.ekus):
        return Credential.UNSUITABLE
    return Credential.EARLY if now < signer.path_from else Credential.EXPIRED
