"""The envelope: a JSON payload with its signature and the signer's certificates in one file.

::

    {"payload": {...}, "signature": {"certificates": PEM, "value": BASE64}}

The signature is over the canonical JSON (RFC 8785) of the payload, so white space is free; the key
decides the algorithm, as in ``certificates.algorithms``. Certificates stand leaf first. Where
unsigned files are allowed, ``signature`` is null. Other keys may stand beside the two; they are not
signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_canonical_json
from provenance.errors import SigningError
from provenance.strict_json import SchemaError, check_object, parse

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.signers import Signer


@dataclass(frozen=True)
class Envelope:
    """A file as it was read.

    ``chain`` is empty where the file is not signed; ``holds`` says whether the signature is the
    first certificate's over this payload. ``beside`` are the keys that are not signed.
    """

    payload: dict[str, Any]
    signed: bytes = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()
    holds: bool = False
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """SHA-256 of the payload as it is signed: the identity of what is said."""
        return hashlib.sha256(self.signed).hexdigest()


def seal(
    payload: Mapping[str, Any], signer: Signer | None, beside: Mapping[str, Any] | None = None
) -> bytes:
    """Write a payload with its signature, or null for it; ``beside`` is not signed.

    Raises
    ------
    SchemaError
        The payload has no canonical form.
    SigningError
        The signer failed.
    """
    signature = None
    data = _spell(payload)
    if signer is not None:
        signature = {
            "certificates": signer.certificate_chain.decode("ascii"),
            "value": base64.b64encode(signer.sign(data)).decode("ascii"),
        }
    file = {"payload": payload, "signature": signature, **(beside or {})}
    return json.dumps(file, ensure_ascii=False, indent=1).encode() + b"\n"


def unseal(data: bytes, kind: str = "", beside: tuple[str, ...] = ()) -> Envelope:
    """Read a file; ``beside`` are the keys that it has besides payload and signature.

    Raises
    ------
    SchemaError
        It is not such a file, or its payload is of another ``kind``. One with a signature that does
        not hold is read all the same.
    """
    file = parse(data)
    payload = file.get("payload") if isinstance(file, dict) else None
    if kind and isinstance(payload, dict) and payload.get("type") != kind:
        raise SchemaError(f"Its type is not {kind}; upgrade provenance if it is newer.")
    return open_parsed(file, beside)


def open_parsed(file: Any, beside: tuple[str, ...] = ()) -> Envelope:
    """Read what was parsed already; see ``unseal``.

    Raises
    ------
    SchemaError
        It is not an envelope.
    """
    parts = check_object(file, "The file", ("payload", "signature", *beside))
    payload, block = parts["payload"], parts["signature"]
    if not isinstance(payload, dict):
        raise SchemaError("The payload is not an object.")
    signed = _spell(payload)
    others = {key: parts[key] for key in beside}
    if block is None:
        return Envelope(payload, signed, beside=others)
    chain, holds = _read_signature(block, signed)
    return Envelope(payload, signed, chain, holds, others)


def _spell(payload: Mapping[str, Any]) -> bytes:
    try:
        return to_canonical_json(payload)
    except (ValueError, RecursionError) as error:
        raise SchemaError(f"Its text has no canonical form: {error}.") from error


def _read_signature(block: Any, signed: bytes) -> tuple[tuple[x509.Certificate, ...], bool]:
    from provenance.certificates import load_pem_chain, verify_signature

    fields = check_object(block, "The signature", ("certificates", "value"))
    certificates, value = fields["certificates"], fields["value"]
    if not isinstance(certificates, str) or not isinstance(value, str):
        raise SchemaError("Its signature is malformed.")
    try:
        chain = load_pem_chain(certificates.encode())
        signature = base64.b64decode(value, validate=True)
    except (SigningError, ValueError) as error:
        raise SchemaError("Its signature is malformed.") from error
    return chain, verify_signature(chain[0], signed, signature)
