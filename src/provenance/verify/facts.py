"""What was read, turned into evidence: nothing is judged here."""

from __future__ import annotations

from provenance.directory import Directory
from provenance.manifest import Reading, StampStatement
from provenance.verify.evidence import Binding, Integrity, Manifest, Mark
from provenance.watermark import Detection, Payload

# Producer numbers from here up are drawn at random by whoever wants one, so that such a number
# alone names nobody, whatever a directory says (DESIGN: numbers).
FIRST_SELF_ASSIGNED = 0x80000


def manifest_facts(reading: Reading, directory: Directory | None) -> Manifest:
    """Reduce a manifest to what a verdict may rest on."""
    statement, signer = reading.statement, reading.signer
    binding = _binding(reading, directory)
    entry = directory.producer(statement.producer) if directory and statement else None
    entry = entry if binding is Binding.BOUND else None
    name = signer.name if signer else ""
    return Manifest(
        urn=reading.urn,
        integrity=_integrity(reading),
        trusted=reading.authentic,
        signer=name,
        producer_name=entry.name if entry else name,
        binding=binding,
        number=statement.producer if statement else None,
        payload=statement.payload if statement else None,
        stamped_minute=Payload.unpack(statement.payload).created if statement else None,
        created=statement.created if statement else reading.created,
        model=(statement.model if statement else reading.model) or "",
        model_version=(statement.model_version if statement else reading.model_version) or "",
        source_type=reading.source_type or "",
        ancestors=reading.ancestors,
        revoked_at=entry.revoked_at if entry else None,
        codes=reading.failures,
        ancestor_codes=reading.ingredient_failures,
    )


def _integrity(reading: Reading) -> Integrity:
    if reading.broken:
        return Integrity.BROKEN
    if reading.hard_binding == "mismatch":
        return Integrity.CHANGED
    return Integrity.INTACT if reading.hard_binding == "match" else Integrity.UNBOUND


def _binding(reading: Reading, directory: Directory | None) -> Binding:
    """Ask the directory whether this certificate may use the number in the signed 96 bits."""
    statement = reading.statement
    if statement is None:
        return Binding.NO_NUMBER
    if not _names_one_number(statement):
        return Binding.OTHER
    number = statement.producer
    if directory is None or directory.producer(number) is None or reading.signer is None:
        return Binding.UNKNOWN
    return Binding.BOUND if directory.binds(number, reading.signer) else Binding.OTHER


def _names_one_number(statement: StampStatement) -> bool:
    return Payload.unpack(statement.payload).producer == statement.producer


def mark_facts(found: Detection, directory: Directory | None, *, private: bool) -> Mark:
    """Read the 96 bits; a number is named only where a directory assigns it."""
    payload = Payload.unpack(found.payload)
    producer, model = payload.producer, None
    entry = directory.producer(producer) if directory else None
    if entry and directory and producer < FIRST_SELF_ASSIGNED:
        model = directory.model(producer, payload.model)
    else:
        entry = None
    return Mark(
        payload=found.payload,
        version=payload.version,
        producer=producer,
        model=payload.model,
        minute=payload.created,
        false_positive_probability=found.false_positive_probability,
        region=found.region,
        private=private,
        producer_name=entry.name if entry else None,
        model_name=model,
    )
