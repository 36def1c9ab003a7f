"""The directory file: JSON, signed, and read strictly.

::

    {"payload":   {"type": "provenance.directory.1", "issued": TIME, "producers": [...]},
     "signature": {"certificates": PEM, "value": BASE64}}

The signature is over the canonical JSON (RFC 8785) of the payload, so white space is free; the key
decides the algorithm, as in `certificates.algorithms`. Certificates stand leaf first. Each producer
has ``number``, ``name``, ``contact``, ``binding`` ({"certificate": SHA-256} or {"issuer": SHA-256,
"subject": RFC 4514 text}), ``valid_from``, ``valid_to``, ``revoked_at``, ``reason`` and ``models``
(``number``, ``name``, ``version``); what does not apply is null.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.directory.entries import CertificateBinding, DirectoryProducer
from provenance.directory.schema import SchemaError, producer_from, record, text, time_from
from provenance.errors import DirectoryError, SigningError

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.signers import Signer

FILE_TYPE = "provenance.directory.1"

# A hundred thousand producers with their models; a reader must not be made to swallow more.
MAX_FILE_BYTES = 64 * 2**20


def export(producers: Iterable[DirectoryProducer], signer: Signer, issued: datetime) -> bytes:
    """Write and sign a directory file.

    Raises
    ------
    DirectoryError
        An entry is one that no reader would take.
    SigningError
        The signer failed.
    """
    listed = sorted(producers, key=lambda producer: producer.number)
    try:
        payload = {
            "type": FILE_TYPE,
            "issued": to_utc_text(issued),
            "producers": [_entry(producer) for producer in listed],
        }
        data = to_canonical_json(payload)
        _payload(payload)  # what is written can be read
    except ValueError as exc:
        raise DirectoryError(f"The directory can't be written: {exc}.") from exc
    signature = {
        "certificates": signer.certificate_chain.decode("ascii"),
        "value": base64.b64encode(signer.sign(data)).decode("ascii"),
    }
    file = {"payload": payload, "signature": signature}
    return json.dumps(file, ensure_ascii=False, indent=1).encode() + b"\n"


def read(data: bytes, anchors: Sequence[x509.Certificate]) -> tuple[DirectoryProducer, ...]:
    """Read a directory file; its signer must lead to an anchor, all valid when it was issued.

    Raises
    ------
    SchemaError
        It is unsigned, signed by nobody whom the anchors vouch for, or malformed.
    """
    file = record(_parsed(data), "the file", ("payload", "signature"))
    issued, producers = _payload(file["payload"])
    try:
        signed = to_canonical_json(file["payload"])
    except ValueError as exc:
        raise SchemaError(f"its text is no Unicode: {exc}") from exc
    _check_signature(file["signature"], signed, anchors, issued)
    return producers


def _parsed(data: bytes) -> Any:
    if len(data) > MAX_FILE_BYTES:
        raise SchemaError(f"the file has over {MAX_FILE_BYTES} bytes")
    try:
        return json.loads(data, object_pairs_hook=_without_duplicates)
    except SchemaError:
        raise
    except (ValueError, RecursionError) as exc:
        raise SchemaError("it is not a JSON file") from exc


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what two readers could understand differently."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise SchemaError("a key occurs twice in one object")
    return result


def _payload(payload: Any) -> tuple[datetime, tuple[DirectoryProducer, ...]]:
    fields = record(payload, "payload", ("type", "issued", "producers"))
    if fields["type"] != FILE_TYPE:
        raise SchemaError(f"its type is not {FILE_TYPE}; upgrade provenance if it is a newer one")
    if not isinstance(fields["producers"], list):
        raise SchemaError("producers is not a list")
    producers = tuple(producer_from(entry) for entry in fields["producers"])
    for number, times in Counter(producer.number for producer in producers).items():
        if times > 1:
            raise SchemaError(f"it lists producer {number} twice")
    return time_from(fields["issued"], "issued"), producers


def _check_signature(
    block: Any, signed: bytes, anchors: Sequence[x509.Certificate], issued: datetime
) -> None:
    from provenance.certificates import chains_to, load_pem_chain, verify_signature

    fields = record(block, "signature", ("certificates", "value"))
    try:
        chain = load_pem_chain(text(fields["certificates"], "certificates").encode())
        value = base64.b64decode(text(fields["value"], "value"), validate=True)
    except (SigningError, ValueError) as exc:
        raise SchemaError("its signature is malformed") from exc
    if not chain or not verify_signature(chain[0], signed, value):
        raise SchemaError("its signature is wrong: it was changed after it was signed")
    if not chains_to(chain[0], chain[1:], anchors, issued):
        raise SchemaError("none of the trust anchors vouches for its signer")


def _entry(producer: DirectoryProducer) -> dict[str, Any]:
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
