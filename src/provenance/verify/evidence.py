"""Evidence: what was found in and about one picture, as frozen values that nobody has judged yet.

Each layer is read on its own. A ``Manifest`` is what one C2PA manifest says and how far its
signature holds. A ``Mark`` is one watermark, with the registry's answer and every manifest that may
speak for it. A ``Candidate`` is such a manifest, with the comparison of the fingerprints signed in
it with this picture. ``Similar`` is a record with a near fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.examine import (
    NOT_COMPARED,
    Comparison,
    Content,
    LogStanding,
    LookupStatus,
    Note,
    Similar,
)
from provenance.geometry import Region
from provenance.hashlists import ListMatch
from provenance.manifest import Coverage, Credential, HistoryEntry
from provenance.records import Revocation
from provenance.response import Fault, Outcome
from provenance.stamp_id import StampId
from provenance.verify.of_films import FilmSeen

NO_COVERAGE = Coverage()
"""The coverage of a manifest that does not lie in the file."""


class Integrity(StrEnum):
    """How far a manifest and its file still agree with the signature."""

    INTACT = "intact"  # signature, assertions and the file's bytes hold
    CHANGED = "changed"  # all but the bytes hold: altered since, or the manifest was moved here
    UNBOUND = "unbound"  # nothing ties it to any bytes
    BROKEN = "broken"  # the signature or a signed assertion does not hold
    UNREADABLE = "unreadable"  # there is a manifest store, but it can't be parsed


class NumberClaim(StrEnum):
    """Whether the signing certificate may speak for the producer number in the signed 96 bits."""

    BOUND = "bound"  # a directory says so
    UNKNOWN = "unknown"  # no directory at hand knows the number
    LAPSED = "lapsed"  # one does, but not for the time that is stated
    OTHER = "other"  # the number belongs to another, or the manifest names two
    NO_NUMBER = "no number"  # a third party's manifest, without a stamp of this kind


class NameClaim(StrEnum):
    """Whether a directory lists the signer's name, and for which certificate."""

    FREE = "free"  # no directory at hand lists it
    BOUND = "bound"  # one does, for this certificate
    OTHER = "other"  # one does, for another, and nothing outranks that


class TimeBasis(StrEnum):
    """On whose word a time rests."""

    STATED = "stated"  # the producer's
    TIMESTAMP = "timestamp"  # an RFC 3161 authority's
    LOG = "log"  # a registry checkpoint that this verifier holds


@dataclass(frozen=True)
class Lookup:
    """What a registry answered about one stamp: when it was asked here, or in a response.

    ``urn`` names the manifest that the record is about and ``sha256`` the file; ``created`` and
    ``recorded`` are its times. ``others`` counts later records of the same bits, which have no say.
    ``revocation`` is set only when the log proves it.
    """

    status: LookupStatus = LookupStatus.NOT_ASKED
    urn: str | None = None
    recorded: datetime | None = None
    created: datetime | None = None
    others: int = 0
    revocation: Revocation | None = None
    sha256: str | None = None


NOT_LOOKED_UP = Lookup()
"""The answer when the registry was not asked."""


@dataclass(frozen=True)
class Reply:
    """A response about one stamp, as it was checked by itself.

    Attributes
    ----------
    as_of
        Of when it speaks, by the producer's clock.
    fault
        Why it proves nothing; None for a good one.
    producer_name, listed_by
        The listed name of the producer that answered, and which directory binds its key.
    signer, signer_sha256
        Subject and SHA-256 of the certificate that signed it.
    lookup
        What its registry knows of the stamp; nothing where there is a fault.
    index, size
        The record's place in the log, and the log's size.
    reason
        Why the producer refused to answer.
    """

    stamp_id: StampId
    outcome: Outcome
    as_of: datetime
    fault: Fault | None = None
    producer_name: str = ""
    listed_by: str = ""
    signer: str = ""
    signer_sha256: str = ""
    lookup: Lookup = NOT_LOOKED_UP
    index: int | None = None
    size: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Manifest:
    """One C2PA manifest: what it says, and how far its signature holds.

    Attributes
    ----------
    urn
        Its identity; the bytes of a store are malleable and identify nothing.
    trusted
        The signature validates, and the certificate leads to one of the user's anchors.
    credential
        What the certificate is worth; if it is not trusted, why not.
    signer
        The name in the certificate.
    issuer, issuer_sha256
        Subject of the authority that issued the certificate, and that certificate's SHA-256.
    self_issued
        Whether that authority is the producer's own.
    self_named
        Whether nobody else vouches for the name: neither an anchor that vets nor a directory
        authority.
    development
        Whether that authority is one that ``provenance init`` makes for anybody.
    vetted
        Whether an anchor that may certify any name vouches for the signer.
    name_claim, listed_by
        Whether a directory lists the name, and which: for another certificate if the claim says so.
    trust_lists
        The list with the anchor that vouches for the signer, or else all lists that were asked:
        name, date and SHA-256.
    time_lists
        The lists by which the time stamp is trusted, if it is.
    vouched
        Whether the manifest brings the issuer's signed word that the certificate was not revoked.
    producer_name
        The name to show for a proved origin: from a directory when bound, else the certificate's.
    number, payload
        Producer number and 96 bits as our signed assertion repeats them; None in the manifests of
        others.
    stamped_minute
        The time inside those 96 bits.
    created, model, model_version, source_type
        What the signer states.
    ancestors
        URNs of the manifests it was made from, near and far.
    revoked_at
        Since when the signer's word no longer counts, for whatever number.
    revocation
        What the registry that recorded this stamp says against it; ``weigh`` sets it.
    other_log
        Whether the registry that was asked is a copy of a log that the signer's entry does not
        bind: that can't revoke the stamp, and can't tell that it was not revoked.
    replies
        Good responses about this stamp by the producer that the signer's entry stands for.
    comparison
        The signed fingerprints against this picture, where no mark says how it lies there.
    beside
        Whether it came in a sidecar and not in the file.
    coverage
        What its hard binding leaves out of the file; of a recorded manifest nothing is known.
    same_file
        Whether a record of this stamp states the SHA-256 of this very file; ``weigh`` sets it.
    proved_at
        A time at which the manifest provably existed; ``time_basis`` says by whose word.
    expired_at
        When the certificate ran out, if it has.
    timestamp_missing
        Why there is no time stamp where the signer wanted one; the signer's statement.
    codes, ancestor_codes
        C2PA failure codes of this manifest and of its parents.
    """

    urn: str = ""
    integrity: Integrity = Integrity.INTACT
    trusted: bool = False
    credential: Credential = Credential.UNKNOWN
    signer: str = ""
    issuer: str = ""
    issuer_sha256: str = ""
    self_issued: bool = False
    self_named: bool = False
    development: bool = False
    vetted: bool = False
    name_claim: NameClaim = NameClaim.FREE
    listed_by: str = ""
    trust_lists: tuple[str, ...] = ()
    time_lists: tuple[str, ...] = ()
    vouched: bool = False
    producer_name: str = ""
    binding: NumberClaim = NumberClaim.NO_NUMBER
    number: int | None = None
    payload: bytes | None = None
    stamped_minute: datetime | None = None
    created: datetime | None = None
    model: str = ""
    model_version: str = ""
    source_type: str = ""
    ancestors: frozenset[str] = frozenset()
    comparison: Comparison = NOT_COMPARED
    beside: bool = False
    coverage: Coverage = NO_COVERAGE
    same_file: bool = False
    revoked_at: datetime | None = None
    revocation: Revocation | None = None
    other_log: bool = False
    replies: tuple[Reply, ...] = ()
    proved_at: datetime | None = None
    time_basis: TimeBasis = TimeBasis.STATED
    expired_at: datetime | None = None
    timestamp_missing: str | None = None
    codes: tuple[str, ...] = ()
    ancestor_codes: tuple[str, ...] = ()

    @property
    def brought(self) -> bool:
        """Trusted by its directory entry alone; no anchor that vets vouches for the signer."""
        return self.trusted and not self.vetted and bool(self.listed_by)

    @property
    def authentic(self) -> bool:
        """Whether a trusted signer made it and it is unaltered, whatever file it lies in."""
        return self.trusted and self.integrity in (Integrity.INTACT, Integrity.CHANGED)

    @property
    def damaged(self) -> bool:
        """Whether something that was signed no longer holds."""
        return self.integrity in (Integrity.CHANGED, Integrity.BROKEN, Integrity.UNREADABLE)

    @property
    def moved(self) -> bool:
        """Whether neither these bytes nor this picture are what was signed."""
        return self.integrity is Integrity.CHANGED and self.comparison.content is Content.FAR

    @property
    def revoked(self) -> bool:
        """Whether the signer's word is revoked, and this manifest is not proved to be older."""
        if self.revoked_at is None:
            return False
        return self.proved_at is None or self.proved_at >= self.revoked_at

    @property
    def stamp_revoked(self) -> bool:
        """Whether this one stamp is revoked, and not proved to be older than the revocation says.

        A record is always older than its revocation, so that alone can't save it: without a
        ``since`` the stamp never counted.
        """
        if self.revocation is None:
            return False
        since = self.revocation.since
        return since is None or self.proved_at is None or self.proved_at >= since


@dataclass(frozen=True)
class Candidate:
    """A manifest that may speak for a mark, and how the picture compares with what was signed.

    ``recorded`` says that the registry keeps it for the mark, and ``reply`` is the response that
    holds it; without both it is the file's own, with the same 96 bits. ``region`` is the part of
    the picture that the comparison is about.
    """

    manifest: Manifest
    recorded: bool
    comparison: Comparison = NOT_COMPARED
    region: Region | None = None
    reply: Reply | None = None


@dataclass(frozen=True)
class Mark:
    """One watermark, the registry's answer, and the manifests that may speak for it.

    ``private`` marks were read with a secret key. ``producer_name`` and ``model_name`` are the
    directory's names for the numbers, None where a number alone may not be named: then nobody
    assigned it. ``listed_by`` says which directory lists it, and ``directory_signer`` who signed
    that.
    ``by_record`` marks are too faint to be read without the registry's records.
    """

    payload: bytes
    version: int
    producer: int
    model: int
    minute: datetime
    false_positive_probability: float
    region: Region
    private: bool = False
    producer_name: str | None = None
    model_name: str | None = None
    listed_by: str = ""
    directory_signer: str = ""
    lookup: Lookup = NOT_LOOKED_UP
    candidates: tuple[Candidate, ...] = ()
    by_record: bool = False

    @property
    def stamp_id(self) -> StampId:
        """The 96 bits as 24 hex digits."""
        return StampId.from_payload(self.payload)


class Depth(StrEnum):
    """How deep an examination looks."""

    MANIFEST = "manifest"  # no further than a manifest that proves an origin by itself
    FULL = "full"  # at everything, the pixels included


@dataclass(frozen=True)
class Age:
    """How old a directory in use is: what it does not know yet, a verdict does not know."""

    file: str
    sha256: str
    signer: str
    issued: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True)
class Evidence:
    """All that was found about one picture, at one time, and how deep the look was.

    ``manifest`` is the file's own, and ``lookup`` the registry's answer about the stamp in it.
    ``history`` is every manifest of the store that the file carries, or else of the one that a mark
    leads to, the active one first; ``self_named`` are the URNs of those whose trusted signer's name
    is its own word alone. ``replies`` are the responses about a stamp that was found here,
    and ``other_replies`` counts the rest. ``directories`` are those in use. ``listed`` is what hash
    lists hold of the picture, None where there were none to ask. ``film`` is set for films.
    """

    sha256: str
    examined_at: datetime
    manifest: Manifest | None = None
    lookup: Lookup = NOT_LOOKED_UP
    marks: tuple[Mark, ...] = ()
    similar: tuple[Similar, ...] = ()
    notes: tuple[Note, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    self_named: frozenset[str] = frozenset()
    depth: Depth = Depth.FULL
    replies: tuple[Reply, ...] = ()
    other_replies: int = 0
    directories: tuple[Age, ...] = ()
    log: LogStanding | None = None
    listed: tuple[ListMatch, ...] | None = None
    film: FilmSeen | None = None
