"""Repository receipts as C2PA's Soft Binding Resolution API 2.4 has them.

::

    {"@context": {...}, "@type": "org.c2pa.manifest-receipt",
     "repository": {"uri": ADDRESS, "manifestId": URN},
     "anchor": {"uri": ADDRESS, "proof": {"alg": "c2sp.org/tlog-proof@v1", "value": BASE64}}}

C2PA leaves the proof to the repository. Here it is the log's: whoever has the log's public key
checks it without asking anybody (``provenance registry check-proof``).
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from provenance.errors import LogIntegrityError, RecordNotFoundError
from provenance.registry import InclusionProof, Registry, prove_stamp
from provenance.service.refusals import MalformedRequestError, NotOfferedError
from provenance.stamp_id import StampId
from provenance.strict_json import SchemaError, check_object, check_text, parse

if TYPE_CHECKING:
    from provenance.signers import LogPublicKey

RECEIPT_TYPE = "org.c2pa.manifest-receipt"
PROOF_TYPE = "c2sp.org/tlog-proof@v1"

_CONTEXT = {"c2pa": "https://c2pa.org/ns/", "receipt": "https://c2pa.org/ns/manifest-receipt#"}
_KEYS = ("@context", "@type", "repository", "anchor")


def write_receipt(registry: Registry, urn: str, base: str) -> dict[str, Any]:
    """Write the receipt of a manifest; ``base`` is the address of the interface.

    Raises
    ------
    RecordNotFoundError
        The registry has no such manifest.
    NotOfferedError
        Its log is not signed, so that its word proves nothing.
    LogIntegrityError
        The log does not hold the record as it is now.
    """
    record = registry.by_urn(urn)
    proof = prove_stamp(registry, StampId(record.stamp_id)) if record else None
    if proof is None:
        raise RecordNotFoundError("The registry has no manifest of this name.")
    if not proof.checkpoint.signatures:
        raise NotOfferedError("The log of this registry is not signed, so there are no receipts.")
    value = base64.b64encode(proof.text.encode()).decode()
    anchor = f"{base}/manifests/{quote(urn, safe=':')}/receipts"
    return {
        "@context": _CONTEXT,
        "@type": RECEIPT_TYPE,
        "repository": {"uri": base, "manifestId": urn},
        "anchor": {"uri": anchor, "proof": {"alg": PROOF_TYPE, "value": value}},
        "verified": True,
    }


def check_receipt(
    registry: Registry, key: LogPublicKey | None, urn: str, body: bytes
) -> dict[str, Any]:
    """Tell whether a receipt proves that the log of this registry holds a manifest.

    Raises
    ------
    RecordNotFoundError
        The registry has no such manifest.
    MalformedRequestError
        It is not a receipt of this kind.
    """
    if registry.by_urn(urn) is None:
        raise RecordNotFoundError("The registry has no manifest of this name.")
    try:
        receipt = _read(body)
        named = check_text(receipt["repository"]["manifestId"], "The manifestId")
        proof = _read_proof(receipt["anchor"]["proof"])
    except (SchemaError, KeyError, TypeError) as error:
        raise MalformedRequestError("The body is not a receipt of this repository.") from error
    problem = None if named == urn else "The receipt is about another manifest."
    problem = problem or _find_problem(registry, key, urn, proof)
    said = {key: receipt[key] for key in _KEYS}
    return {**said, "verified": problem is None, **({"error": problem} if problem else {})}


def _read(body: bytes) -> dict[str, Any]:
    receipt = parse(body)
    if isinstance(receipt, dict):  # what an earlier answer said of itself is no part of it
        receipt = {key: value for key, value in receipt.items() if key in _KEYS}
    receipt = check_object(receipt, "The receipt", _KEYS)
    if receipt["@type"] != RECEIPT_TYPE:
        raise SchemaError("The receipt is of another type.")
    return receipt


def _read_proof(proof: Any) -> bytes:
    found = check_object(proof, "The proof", ("alg", "value"))
    if found["alg"] != PROOF_TYPE or not isinstance(found["value"], str):
        raise SchemaError("The proof is of another type.")
    try:
        return base64.b64decode(found["value"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise SchemaError("The proof is not base64.") from error


def _find_problem(
    registry: Registry, key: LogPublicKey | None, urn: str, data: bytes
) -> str | None:
    """Say what does not hold: the proof itself, the log's signature, or the entry."""
    if key is None:
        return "The key of the log is not at hand."
    try:
        proof = InclusionProof.parse(data)
        proof.verify()
        proof.checkpoint.verify(key)
        registry.check_extends(proof.checkpoint)
    except LogIntegrityError as error:
        return str(error)
    try:
        entry = parse(proof.entry)
    except SchemaError:
        entry = None
    found = entry.get("manifest_urn") if isinstance(entry, dict) else None
    return None if found == urn else "The entry is about another manifest."
