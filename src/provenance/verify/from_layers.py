"""From what each layer read to evidence: nothing is judged here."""

from __future__ import annotations

from datetime import datetime

from provenance.directory import Directory, EntryStatus, Listing
from provenance.language import message
from provenance.manifest import ManifestReading, StampStatement
from provenance.revocation import Status
from provenance.verify.evidence import Integrity, Manifest, Mark, NumberClaim, TimeBasis
from provenance.verify.identity import identify
from provenance.watermark import ALG, Detection, Payload

_FILE = message("the file {file} (SHA-256 {digest})")


def describe_manifest(
    reading: ManifestReading,
    directory: Directory | None,
    logged: datetime | None = None,
    *,
    beside: bool = False,
) -> Manifest:
    """Reduce a manifest to what a verdict may rest on; ``logged`` is a time that a log proves."""
    statement, signer = reading.statement, reading.signer
    binding = _check_number(reading, directory)
    who = identify(reading, directory, bound=binding is NumberClaim.BOUND)
    proved_at, basis = _choose_proof(reading.timestamp, logged)
    return Manifest(
        urn=reading.urn,
        integrity=_describe_integrity(reading),
        trusted=reading.authentic_at(proved_at) if proved_at else reading.authentic,
        credential=reading.credential,
        signer=who.name,
        issuer=signer.issuer if signer else "",
        issuer_sha256=next(iter(signer.issuers), "") if signer else "",
        self_issued=who.self_issued,
        self_named=who.self_named,
        development=signer is not None and signer.from_development,
        vetted=reading.vetted,
        name_claim=who.claim,
        listed_by=who.listed_by,
        trust_lists=tuple(map(str, reading.trust_lists)),
        time_lists=tuple(map(str, reading.time_lists)),
        vouched=reading.revocation is Status.GOOD,
        producer_name=who.producer_name,
        binding=binding,
        number=statement.producer if statement else None,
        payload=statement.payload if statement and statement.alg == ALG else None,
        stamped_minute=Payload.unpack(statement.payload).created if statement else None,
        created=statement.created if statement else reading.created,
        model=(statement.model if statement else reading.model) or "",
        model_version=(statement.model_version if statement else reading.model_version) or "",
        source_type=reading.source_type or "",
        ancestors=reading.ancestors,
        beside=beside,
        revoked_at=directory.revoked_at(signer) if directory and signer else None,
        proved_at=proved_at,
        time_basis=basis,
        expired_at=reading.expired_at,
        timestamp_missing=statement.timestamp_missing if statement else None,
        codes=reading.failures,
        ancestor_codes=reading.ingredient_failures,
    )


def _choose_proof(
    stamped: datetime | None, logged: datetime | None
) -> tuple[datetime | None, TimeBasis]:
    """Take the earlier of two proofs: it is the stronger one."""
    if stamped is not None and (logged is None or stamped <= logged):
        return stamped, TimeBasis.TIMESTAMP
    return logged, TimeBasis.STATED if logged is None else TimeBasis.LOG


def _describe_integrity(reading: ManifestReading) -> Integrity:
    if reading.broken:
        return Integrity.BROKEN
    if reading.hard_binding == "mismatch":
        return Integrity.CHANGED
    return Integrity.INTACT if reading.hard_binding == "match" else Integrity.UNBOUND


def _check_number(reading: ManifestReading, directory: Directory | None) -> NumberClaim:
    """Ask the directory whether this certificate may use the number in the signed 96 bits."""
    statement, signer = reading.statement, reading.signer
    if statement is None:
        return NumberClaim.NO_NUMBER
    if not _names_one_number(statement):
        return NumberClaim.OTHER
    number = statement.producer
    if directory is None or signer is None:
        return NumberClaim.UNKNOWN
    listing = directory.find_bound(number, signer)
    if listing is None:
        taken = directory.is_number_of_another(number, signer, vetted=reading.vetted)
        return NumberClaim.OTHER if taken else NumberClaim.UNKNOWN
    return NumberClaim.BOUND if _was_valid(listing, statement.created) else NumberClaim.LAPSED


def _was_valid(listing: Listing, time: datetime) -> bool:
    """Tell whether the entry of a number had begun and had not run out.

    A revocation is judged with what is proved about the time; see ``Manifest.revoked``.
    """
    return listing.entry.status_at(time) in (EntryStatus.VALID, EntryStatus.REVOKED)


def repeats(reading: ManifestReading, payload: bytes) -> bool:
    """Tell whether the signed assertion states this mark: the same bits by the same algorithm."""
    statement = reading.statement
    return statement is not None and (statement.alg, statement.payload) == (ALG, payload)


def _names_one_number(statement: StampStatement) -> bool:
    return Payload.unpack(statement.payload).producer == statement.producer


def _name_listing(listing: Listing | None, *, official: bool) -> str:
    """Name the directory that lists a number; a producer's own one without its signer's name."""
    if listing is None:
        return ""
    edition = listing.edition
    if official or not edition.file:
        return str(listing)
    return _FILE.format(file=edition.file, digest=edition.sha256)


def describe_mark(found: Detection, directory: Directory | None, *, private: bool) -> Mark:
    """Read the 96 bits; a number is named only where a directory assigned it at that time.

    What else lists the number is told too, without a name: anybody can list any number.
    """
    payload = Payload.unpack(found.payload)
    producer = model = None
    listing = directory.find_listing(payload.producer) if directory else None
    if listing is not None and not _was_valid(listing, payload.created):
        listing = None
    if directory and listing:
        producer = directory.producer(payload.producer)
        model = directory.model(payload.producer, payload.model)
    return Mark(
        payload=found.payload,
        version=payload.version,
        producer=payload.producer,
        model=payload.model,
        minute=payload.created,
        false_positive_probability=found.false_positive_probability,
        region=found.region,
        private=private,
        producer_name=producer.name if producer else None,
        listed_by=_name_listing(listing, official=producer is not None),
        directory_signer=listing.edition.signer if listing and producer else "",
        model_name=f"{model.name} {model.version}".strip() if model else None,
    )
