"""The directory file: JSON, signed, and read strictly.

::

    {"payload":   {"type": "provenance.directory.1", "issued": TIME, "producers": [...]},
     "signature": {"certificates": PEM, "value": BASE64}}

The signature is over the canonical JSON (RFC 8785) of the payload, so white space is free; the key
decides the algorithm, as in ``certificates.algorithms``. Certificates stand leaf first. Each
producer has ``number``, ``name``, ``contact``, ``binding`` ({"certificate": SHA-256} or {"issuer":
SHA-256, "subject": RFC 4514 text}), ``valid_from``, ``valid_to``, ``revoked_at``, ``reason`` and
``models`` (``number``, ``name``, ``version``); what does not apply is null.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.directory.entries import CertificateBinding, DirectoryProducer
from provenance.directory.schema import (
    SchemaError,
    check_object,
    check_text,
    read_producer,
    read_time,
)
from provenance.errors import DirectoryError, SigningError
from provenance.files import read_named

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.signers import Signer

FILE_TYPE = "provenance.directory.1"
"""What the payload's ``type`` says of this format."""

MAX_FILE_BYTES = 64 * 2**20
"""Room for a hundred thousand producers with their models; no reader has to take more."""


def export(producers: Iterable[DirectoryProducer], signer: Signer, issued: datetime) -> bytes:
    """Write and sign a directory file.

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


def load(path: Path, anchors: Sequence[x509.Certificate]) -> tuple[DirectoryProducer, ...]:
    """Read a directory file; its signer must lead to an anchor, all valid when it was issued.

    Raises
    ------
    DirectoryError
        It can't be read, is unsigned or malformed, or no anchor vouches for its signer.
    """
    data = read_named(path, "directory", MAX_FILE_BYTES, DirectoryError)
    try:
        return _read(data, anchors)
    except SchemaError as error:
        raise DirectoryError(f"The directory {path} can't be used: {error}") from error


def _read(data: bytes, anchors: Sequence[x509.Certificate]) -> tuple[DirectoryProducer, ...]:
    file = check_object(_parse(data), "The file", ("payload", "signature"))
    issued, producers = _read_payload(file["payload"])
    try:
        signed = to_canonical_json(file["payload"])
    except ValueError as error:
        raise SchemaError(f"Its text is not Unicode: {error}.") from error
    _check_signature(file["signature"], signed, anchors, issued)
    return producers


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


def _read_payload(payload: Any) -> tuple[datetime, tuple[DirectoryProducer, ...]]:
    fields = check_object(payload, "The payload", ("type", "issued", "producers"))
    if fields["type"] != FILE_TYPE:
        raise SchemaError(f"Its type is not {FILE_TYPE}; upgrade provenance if it is newer.")
    if not isinstance(fields["producers"], list):
        raise SchemaError("Its producers are not a list.")
    producers = tuple(read_producer(entry) for entry in fields["producers"])
    for number, times in Counter(producer.number for producer in producers).items():
        if times > 1:
            raise SchemaError(f"It lists producer {number} twice.")
    return read_time(fields["issued"], "The time of issue"), producers


def _check_signature(
    block: Any, signed: bytes, anchors: Sequence[x509.Certificate], issued: datetime
) -> None:
    from provenance.certificates import chains_to, load_pem_chain, verify_signature

    fields = check_object(block, "The signature", ("certificates", "value"))
    try:
        chain = load_pem_chain(_check_pem(fields["certificates"]))
        value = base64.b64decode(check_text(fields["value"], "The value"), validate=True)
    except (SigningError, ValueError) as error:
        raise SchemaError("Its signature is malformed.") from error
    if not chain or not verify_signature(chain[0], signed, value):
        raise SchemaError("Its signature is wrong: it was changed after it was signed.")
    if not chains_to(chain[0], chain[1:], anchors, issued):
        raise SchemaError("None of the trust anchors vouches for its signer.")


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
    }
