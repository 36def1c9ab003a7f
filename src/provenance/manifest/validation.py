"""Read a manifest and say how far its signature carries."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from provenance.certificates import SignerCertificate, load_der_chain
from provenance.containers import is_store
from provenance.errors import ManifestUnsupportedError, SignerKeyError
from provenance.manifest import ancestry, codes, cose, identity, jumbf, sdk, time_proofs
from provenance.manifest.binding import find_unknown_hash, holds_as_stated, read_binding
from provenance.manifest.claims import Claims, read_claims
from provenance.manifest.codes import HardBinding
from provenance.manifest.credential import Credential, judge_credential
from provenance.manifest.report import Report, parse_report
from provenance.manifest.stapled import judge_revocation
from provenance.manifest.trust import Trust, TrustList
from provenance.revocation import Status
from provenance.text import quote

ANY_TYPE = "image/jpeg"
"""Stands for any type: the SDK goes by the content of every file that it can read."""

MAX_CHAINS = 256
"""Certificate chains whose description is kept, a few kilobytes each."""


@dataclass(frozen=True)
class ManifestReading(Claims):
    """The active manifest of a store: what it says, and how far that holds.

    Attributes
    ----------
    validated
        The claim's signature is that of the certificate with it.
    credential
        What that certificate is worth.
    hard_binding
        Whether the file's bytes are those that were signed. A mismatch is expected when a watermark
        led to the manifest.
    codes, failures
        All codes of the active manifest, and those that say something is wrong.
    ingredient_failures
        What is wrong with manifests that this one was made from: found now, or recorded when they
        were taken in.
    timestamp
        When a time-stamp authority of the user's attests that the manifest existed.
    expired_at
        When the signer's certificate, or one above it, ran out, if it has.
    signer
        The signer's certificate, None when none could be read; a manifest is then never trusted.
    trust_lists
        The list with the anchor that the certificate leads to, or else all that were asked.
    vetted
        Whether that anchor may certify any name.
    time_lists
        The lists of time-stamp authorities that make the time stamp count.
    revocation
        What the issuer of the certificate says of it, where the store brings its word along.
    parents, ancestors
        The manifests of its parents, and the URNs of all manifests that it builds on.
    report
        All that the SDK found in the store, also about the manifests that this one builds on.
    """

    validated: bool = False
    credential: Credential = Credential.UNKNOWN
    hard_binding: HardBinding = "absent"
    codes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    ingredient_failures: tuple[str, ...] = ()
    timestamp: datetime | None = None
    expired_at: datetime | None = None
    signer: SignerCertificate | None = None
    trust_lists: tuple[TrustList, ...] = ()
    vetted: bool = False
    time_lists: tuple[TrustList, ...] = ()
    revocation: Status | None = None
    parents: tuple[Claims, ...] = ()
    ancestors: frozenset[str] = frozenset()
    report: Report | None = field(default=None, repr=False)

    @property
    def store(self) -> bytes:
        """The manifest store, as the registry keeps it; its bytes are malleable."""
        return self.report.store if self.report else b""

    @property
    def trusted(self) -> bool:
        """The certificate leads to an anchor of the user's, is suitable, in date, not revoked."""
        return self.credential is Credential.TRUSTED

    @property
    def authentic(self) -> bool:
        """Signed by a trusted credential and unaltered, whatever file it lies in.

        People whom the signer names need not be confirmed for that, and a statement that breaks a
        rule of C2PA's is signed all the same.
        """
        return self.validated and self.trusted and not self._objections

    def authentic_at(self, time: datetime) -> bool:
        """Tell whether it is authentic if it provably existed at this time.

        A certificate that has since expired counts for what was signed while it was in date.
        """
        if self.authentic:
            return True
        expired = self._objections <= {codes.EXPIRED, codes.UNTRUSTED, codes.UNPROVED}
        in_date = self.signer is not None and self.signer.is_in_date(time)
        return self.validated and self.credential is Credential.EXPIRED and expired and in_date

    @property
    def _objections(self) -> set[str]:
        apart = {each for each in self.failures if codes.is_rule(each)}
        return set(self.failures) - codes.BINDING_MISMATCH - set(self.identity_problems) - apart

    @property
    def broken(self) -> bool:
        """Something that was signed no longer holds, the tie to the file's bytes apart."""
        return not (codes.BROKEN | codes.BROKEN_LINK).isdisjoint(self.failures)

    @property
    def credential_problems(self) -> tuple[str, ...]:
        """Why the signer is not trusted: unknown, unsuitable, expired or revoked."""
        return tuple(code for code in self.failures if codes.is_credential_problem(code))

    @property
    def identity_problems(self) -> tuple[str, ...]:
        """Why a person or organisation whom the manifest names is not confirmed."""
        return tuple(code for code in self.failures if codes.is_identity_problem(code))


def read(data: bytes, mime: str, trust: Trust, store: bytes | None = None) -> ManifestReading:
    """Read the manifest in a file, or ``store`` from elsewhere against that file.

    The file may be a manifest store itself, which says nothing about any file's bytes. Nothing is
    fetched from anywhere.

    Raises
    ------
    ManifestNotFoundError
        There is no manifest.
    ManifestRemoteError
        There is only a pointer to one.
    ManifestDamagedError
        There is one that can't be read.
    ManifestUnsupportedError
        There is one of a kind that is not read here.
    """
    alone = store is None and is_store(data)
    report = parse_report(*sdk.read(data, mime, trust, store))
    validation = codes.sort_codes(
        report.results,
        report.urn,
        report.manifests.keys() - {report.urn},
        ancestry.find_bound(report),
    )
    if validation.validated and any(each.endswith(".mismatch") for each in validation.failures):
        _refuse_unknown_hash(report)
    if alone:
        validation = codes.drop_file_codes(validation)
    elif codes.DATA_MISMATCH in validation.failures and _is_as_signed(data, report):
        validation = codes.excuse_mismatch(validation)
    signer = _describe_signer(report, trust)
    timestamp = time_proofs.find_proved_time(report, validation, trust)
    now = datetime.now(UTC)
    revocation = judge_revocation(report, signer, trust, timestamp or now)
    credential, objections = judge_credential(validation, signer, trust, timestamp, now, revocation)
    objections += identity.find_problems(report, trust, validation.failures)
    return ManifestReading(
        **_as_fields(read_claims(report.urn, report.active)),
        validated=validation.validated,
        credential=credential,
        hard_binding=validation.hard_binding,
        codes=(*validation.codes, *objections),
        failures=(*validation.failures, *objections),
        ingredient_failures=(
            *validation.ingredient_failures,
            *ancestry.list_recorded_failures(report),
        ),
        timestamp=timestamp,
        expired_at=signer.path_to if signer and signer.path_to < now else None,
        signer=signer,
        trust_lists=trust.find_lists(signer),
        vetted=signer is not None and trust.is_vetted(signer),
        time_lists=trust.tsa_anchors if timestamp else (),
        revocation=revocation,
        parents=tuple(ancestry.list_parents(report)),
        ancestors=ancestry.find_ancestors(report),
        report=report,
    )


def _refuse_unknown_hash(report: Report) -> None:
    """Refuse a claim whose hashes nobody can check: the SDK says that they do not match."""
    try:
        name = find_unknown_hash(jumbf.find_manifest(report.store, report.urn))
    except ValueError:
        return
    if name is not None:
        raise ManifestUnsupportedError(
            f"The Content Credentials use the hash algorithm {quote(name)}, which C2PA does not "
            "have, so they can't be checked."
        )


def _is_as_signed(data: bytes, report: Report) -> bool:
    """Tell whether the hash holds that the SDK does not accept, for what it leaves out."""
    try:
        bound = jumbf.find_manifest(report.store, ancestry.find_bound(report))
        return holds_as_stated(*read_binding(bound), data)
    except ValueError:
        return False


def _describe_signer(report: Report, trust: Trust) -> SignerCertificate | None:
    """Describe the signer by the store's own chain, None if the SDK checked another one."""
    try:
        signer = describe_chain(cose.read_certificate_chain(report.store, report.urn), trust)
    except (ValueError, SignerKeyError):
        return None
    return signer if report.active.serial == str(signer.serial) else None


@lru_cache(maxsize=MAX_CHAINS)
def describe_chain(chain: tuple[bytes, ...], trust: Trust) -> SignerCertificate:
    """Describe a chain; a platform sees the same few signers again and again."""
    return trust.describe(load_der_chain(chain))


def _as_fields(content: Claims) -> dict[str, Any]:
    return {item.name: getattr(content, item.name) for item in fields(content)}
