"""The directory file: JSON, signed, and read strictly.

::

    {"payload":   {"type": "provenance.directory.2", "issued": TIME, "valid_until": TIME,
                   "producers": [...]},
     "signature": {"certificates": PEM, "value": BASE64}}

The signature is over the canonical JSON (RFC 8785) of the payload, so white space is free; the key
decides the algorithm, as in ``certificates.algorithms``. Certificates stand leaf first. Each
producer has ``number``, ``name``, ``contact``, ``binding`` ({"certificate": SHA-256} or {"issuer":
SHA-256, "subject": RFC 4514 text}), ``valid_from``, ``valid_to``, ``revoked_at``, ``reason``,
``models`` (``number``, ``name``, ``version``) and ``authority`` (the PEM certificate of the issuer
that the binding speaks of); what does not apply is null. Files of type provenance.directory.1 have
neither ``valid_until`` nor ``authority``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.directory.edition import Edition
from provenance.directory.entries import CertificateBinding, DirectoryProducer
from provenance.directory.schema import (
    SchemaError,
    check_object,
    check_text,
    read_producer,
    read_time,
)
from provenance.directory.standing import judge_signer
from provenance.errors import DirectoryError, SigningError
from provenance.files import read_named

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.signers import Signer

FILE_TYPE = "provenance.directory.2"
"""What the payload's ``type`` says of this format."""

FIRST_TYPE = "provenance.directory.1"
"""The first version, which is still read."""

MAX_FILE_BYTES = 64 * 2**20
"""Room for a hundred thousand producers with their models; no reader has to take more."""


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
    try:
        payload = {
            "type": FILE_TYPE,
            "issued": to_utc_text(issued),
            "valid_until": to_utc_text(valid_until) if valid_until else None,
            "producers": [_write_entry(producer) for producer in listed],
        }
        data = to_canonical_json(payload)
        _read_payload(payload)  # what is written can be read
    except SchemaError as error:
        raise DirectoryError(f"The directory can't be written: {error}") from error
    except ValueError as error:
        raise DirectoryError(f"The directory can't be written: {error}.") from error
    signature = {
        "certificates": signer.certificate_chain.decode("ascii"),
        "value": base64.b64encode(signer.sign(data)).decode("ascii"),
    }
    file = {"payload": payload, "signature": signature}
    return json.dumps(file, ensure_ascii=False, indent=1).encode() + b"\n"


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
    file = check_object(_parse(data), "The file", ("payload", "signature"))
    issued, valid_until, producers = _read_payload(file["payload"])
    try:
        signed = to_canonical_json(file["payload"])
    except ValueError as error:
        raise SchemaError(f"Its text is not Unicode: {error}.") from error
    chain = _check_signature(file["signature"], signed)
    found = judge_signer(chain, producers, issued, authorities, vetting)
    return Edition(
        producers=producers,
        standing=found.standing,
        issued=issued,
        valid_until=valid_until,
        signer=found.signer.subject,
        signer_sha256=found.signer.sha256,
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        series=found.series,
    )


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data, object_pairs_hook=_refuse_duplicates)
    except SchemaError:
        raise
    except (ValueError, RecursionError) as error:
        raise SchemaError("It is not a JSON file.") from error


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that two readers could understand differently."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise SchemaError("A key occurs twice in one object.")
    return result


def _read_payload(
    payload: Any,
) -> tuple[datetime, datetime | None, tuple[DirectoryProducer, ...]]:
    first = isinstance(payload, dict) and payload.get("type") == FIRST_TYPE
    newer = () if first else ("valid_until",)
    fields = check_object(payload, "The payload", ("type", "issued", "producers", *newer))
    if fields["type"] not in (FILE_TYPE, FIRST_TYPE):
        raise SchemaError(f"Its type is not {FILE_TYPE}; upgrade provenance if it is newer.")
    if not isinstance(fields["producers"], list):
        raise SchemaError("Its producers are not a list.")
    producers = tuple(read_producer(entry, first_version=first) for entry in fields["producers"])
    for number, times in Counter(producer.number for producer in producers).items():
        if times > 1:
            raise SchemaError(f"It lists producer {number} twice.")
    issued, until = read_time(fields["issued"], "The time of issue"), fields.get("valid_until")
    return issued, None if until is None else read_time(until, "The valid_until"), producers


def _check_signature(block: Any, signed: bytes) -> tuple[x509.Certificate, ...]:
    """Return the signer's chain, whoever that is."""
    from provenance.certificates import load_pem_chain, verify_signature

    fields = check_object(block, "The signature", ("certificates", "value"))
    try:
        chain = load_pem_chain(_check_pem(fields["certificates"]))
        value = base64.b64decode(check_text(fields["value"], "The value"), validate=True)
    except (SigningError, ValueError) as error:
        raise SchemaError("Its signature is malformed.") from error
    if not chain or not verify_signature(chain[0], signed, value):
        raise SchemaError("Its signature is wrong: it was changed after it was signed.")
    return chain


def _check_pem(value: Any) -> bytes:
    """Certificates are text of many lines, which the other texts are not."""
    if not isinstance(value, str):
        raise SchemaError("The certificates are not text.")
    return value.encode()


def _write_entry(producer: DirectoryProducer) -> dict[str, Any]:
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
    }
