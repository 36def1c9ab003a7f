"""The directory file: JSON, signed, and read strictly.

::

    {"payload":   {"type": "provenance.directory.4", "issued": TIME, "valid_until": TIME,
                   "producers": [...]},
     "signature": {"certificates": PEM, "value": BASE64}}

It is an ``envelope``. Each producer has ``number``, ``name``, ``contact``, ``binding``
({"certificate": SHA-256} or {"issuer": SHA-256, "subject": RFC 4514 text}), ``valid_from``,
``valid_to``, ``revoked_at``, ``reason``, ``models`` (``number``, ``name``, ``version``),
``authority`` (the PEM certificate of the issuer that the binding speaks of), ``keys`` (``use``: log
or response, ``spki``: the public key's DER form in base64, ``valid_from``, ``valid_to``), ``own``
(the producer's own directory file, in an authority's) and ``endpoint`` (the address of the service
that answers requests); what does not apply is null. Files of type provenance.directory.3, which are
still written where nobody has an endpoint, have no ``endpoint``; those of type
provenance.directory.2 have neither ``keys`` nor ``own``, and those of type
provenance.directory.1 neither ``valid_until`` nor ``authority`` as well.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.directory.edition import Edition, Standing
from provenance.directory.entries import CertificateBinding, DirectoryProducer, OwnWord
from provenance.directory.schema import read_producer
from provenance.directory.standing import find_own, judge_signer
from provenance.envelope import Envelope, open_parsed, seal, unseal
from provenance.errors import DirectoryError
from provenance.files import read_named
from provenance.strict_json import SchemaError, check_object, read_time

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.signers import Signer

FILE_TYPE = "provenance.directory.4"
"""What the payload's ``type`` says of this format."""

_WITHOUT_ENDPOINTS = "provenance.directory.3"  # older programs read it too

VERSIONS = {
    "provenance.directory.1": 1,
    "provenance.directory.2": 2,
    _WITHOUT_ENDPOINTS: 3,
    FILE_TYPE: 4,
}
"""The versions that are read."""

MAX_FILE_BYTES = 64 * 2**20
"""Room for tens of thousands of producers with their models; no reader has to take more."""

_SIGNED_ALIKE = ("binding", "authority", "keys", "endpoint")
"""What an authority may not change in an entry that carries the producer's own word."""


@dataclass(frozen=True)
class _Payload:
    issued: datetime
    valid_until: datetime | None
    producers: tuple[DirectoryProducer, ...]
    own: tuple[Any, ...]  # the raw own word of each producer


def export(
    producers: Iterable[DirectoryProducer],
    signer: Signer,
    issued: datetime,
    valid_until: datetime | None = None,
) -> bytes:
    """Write and sign a directory file; after ``valid_until`` readers ask for a newer edition.

    Raises
    ------
    DirectoryError
        No reader would take one of the entries.
    SigningError
        The signer failed.
    """
    listed = sorted(producers, key=lambda producer: producer.number)
    kind = FILE_TYPE if any(each.endpoint for each in listed) else _WITHOUT_ENDPOINTS
    try:
        payload = {
            "type": kind,
            "issued": to_utc_text(issued),
            "valid_until": to_utc_text(valid_until) if valid_until else None,
            "producers": [_write_entry(producer, VERSIONS[kind]) for producer in listed],
        }
        _read_payload(payload)  # what is written can be read
        return seal(payload, signer)
    except SchemaError as error:
        raise DirectoryError(f"The directory can't be written: {error}") from error
    except ValueError as error:
        raise DirectoryError(f"The directory can't be written: {error}.") from error


def load(
    path: Path,
    authorities: Sequence[x509.Certificate],
    vetting: Sequence[x509.Certificate] = (),
) -> Edition:
    """Read a directory file, and find out for whom its signer speaks.

    Raises
    ------
    DirectoryError
        It can't be read, is unsigned or malformed, or lists somebody for whom its signer does not
        speak.
    """
    data = read_named(path, "directory", MAX_FILE_BYTES, DirectoryError)
    try:
        return _read(data, path.name, authorities, vetting)
    except SchemaError as error:
        raise DirectoryError(f"The directory {path} can't be used: {error}") from error


def _read(
    data: bytes,
    name: str,
    authorities: Sequence[x509.Certificate],
    vetting: Sequence[x509.Certificate],
) -> Edition:
    file = unseal(data)
    payload = _read_payload(file.payload)
    _check_signed(file)
    producers = payload.producers
    found = judge_signer(file.chain, producers, payload.issued, authorities, vetting)
    if found.standing is Standing.AUTHORITY:
        listed = zip(producers, payload.own, strict=True)
        producers = tuple(_with_own_word(entry, own) for entry, own in listed)
    else:
        (entry,), text = producers, json.loads(data)
        word = OwnWord(_spell(text), payload.issued, found.signer.subject, found.signer.sha256)
        producers = (replace(entry, own=word),)
    return Edition(
        producers=producers,
        standing=found.standing,
        issued=payload.issued,
        valid_until=payload.valid_until,
        signer=found.signer.subject,
        signer_sha256=found.signer.sha256,
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        series=found.series,
    )


def _check_signed(file: Envelope) -> None:
    """Refuse a file that is not signed, or was changed since; whoever signed it."""
    if not file.chain:
        raise SchemaError("It is not signed.")
    if not file.holds:
        raise SchemaError("Its signature is wrong: it was changed after it was signed.")


def _with_own_word(entry: DirectoryProducer, raw: Any) -> DirectoryProducer:
    """Check the producer's own signature inside an authority's entry, and add what it says.

    Number, name, contact, models and validity are the authority's to change, and what binds the
    producer's keys is not.
    """
    if raw is None:
        return entry
    what = f"The own word of producer {entry.number}"
    try:
        file = open_parsed(raw)
        payload = _read_payload(file.payload)
        _check_signed(file)
        signer = find_own(file.chain, payload.producers, payload.issued, ())
    except SchemaError as error:
        raise SchemaError(f"{what} does not hold. {error}") from error
    if signer is None:
        raise SchemaError(f"{what} is signed by somebody else.")
    (own,) = payload.producers
    for name in _SIGNED_ALIKE:
        if getattr(own, name) != getattr(entry, name):
            raise SchemaError(f"{what} differs from the entry in its {name}.")
    return replace(entry, own=OwnWord(_spell(raw), payload.issued, signer.subject, signer.sha256))


def _spell(file: Any) -> str:
    return to_canonical_json(file).decode()


def _read_payload(payload: dict[str, Any]) -> _Payload:
    version = VERSIONS.get(str(payload.get("type")))
    if version is None:
        raise SchemaError(f"Its type is not {FILE_TYPE}; upgrade provenance if it is newer.")
    newer = ("valid_until",) if version > 1 else ()
    fields = check_object(payload, "The payload", ("type", "issued", "producers", *newer))
    listed = fields["producers"]
    if not isinstance(listed, list):
        raise SchemaError("Its producers are not a list.")
    producers = tuple(read_producer(entry, version) for entry in listed)
    for number, times in Counter(producer.number for producer in producers).items():
        if times > 1:
            raise SchemaError(f"It lists producer {number} twice.")
    issued, until = read_time(fields["issued"], "The time of issue"), fields.get("valid_until")
    valid_until = None if until is None else read_time(until, "The valid_until")
    own = tuple(entry.get("own") for entry in listed)
    return _Payload(issued, valid_until, producers, own)


def _write_entry(producer: DirectoryProducer, version: int) -> dict[str, Any]:
    binding = producer.binding
    if isinstance(binding, CertificateBinding):
        bound = {"certificate": binding.sha256}
    else:
        bound = {"issuer": binding.sha256, "subject": binding.subject}
    return {
        "number": producer.number,
        "name": producer.name,
        "contact": producer.contact,
        "binding": bound,
        "valid_from": to_utc_text(producer.valid_from),
        "valid_to": to_utc_text(producer.valid_to) if producer.valid_to else None,
        "revoked_at": to_utc_text(producer.revoked_at) if producer.revoked_at else None,
        "reason": producer.reason,
        "models": [
            {"number": model.number, "name": model.name, "version": model.version}
            for model in producer.models
        ],
        "authority": producer.authority,
        "keys": [
            {
                "use": key.use.value,
                "spki": base64.b64encode(key.spki).decode(),
                "valid_from": to_utc_text(key.valid_from),
                "valid_to": to_utc_text(key.valid_to) if key.valid_to else None,
            }
            for key in producer.keys
        ],
        "own": json.loads(producer.own.file) if producer.own else None,
        **({"endpoint": producer.endpoint} if version >= VERSIONS[FILE_TYPE] else {}),
    }
