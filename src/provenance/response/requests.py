"""The request: which stamp somebody asks a producer about, for what, and on what legal basis.

::

    {"payload":   {"type": "provenance.request.1", "stamp_id": HEX, "part": "public" | "account",
                   "issued": TIME, "recipient": TEXT, "case": TEXT, "legal_basis": TEXT,
                   "purpose": TEXT, "requester": TEXT},
     "signature": {"certificates": PEM, "value": BASE64} | null}

It is an ``envelope``. What is not stated is null. It holds no picture, no file name and no
fingerprint: the stamp id is all that a producer needs. Only a signed request may ask for the
account, and it has to state case and purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_utc_text
from provenance.envelope import Envelope, seal, unseal
from provenance.errors import PayloadError, RequestError
from provenance.stamp_id import StampId
from provenance.strict_json import SchemaError, check_object, check_text, read_optional, read_time

if TYPE_CHECKING:
    from provenance.signers import Signer

REQUEST_TYPE = "provenance.request.1"
"""What the payload's ``type`` says of this format."""

REQUEST_MEDIA_TYPE = "application/vnd.provenance.request+json; version=1"
"""Media type of a request."""

MAX_REQUEST_BYTES = 2**18
"""Bytes. Certificates take most of it: a chain of eight with post-quantum keys has 100 kB."""

_TEXTS = ("recipient", "case", "legal_basis", "purpose", "requester")
_KEYS = ("type", "stamp_id", "part", "issued", *_TEXTS)


class Part(StrEnum):
    """What is asked for."""

    PUBLIC = "public"  # record, manifest, proofs, revocation
    ACCOUNT = "account"  # besides, the pseudonym of the account that the stamp was made for


@dataclass(frozen=True)
class Request:
    """What is asked, by whom, and why; ``sealed`` is the file that it was read from.

    The stamp id holds the producer's number; ``recipient`` is the producer's name, so that nobody
    else who took the same number may answer.

    Raises
    ------
    RequestError
        The account is asked for without case and purpose.
    """

    stamp_id: StampId
    issued: datetime
    part: Part = Part.PUBLIC
    case: str | None = None
    legal_basis: str | None = None
    purpose: str | None = None
    requester: str | None = None
    recipient: str | None = None
    sealed: Envelope | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.part is Part.ACCOUNT and not (self.case and self.purpose):
            raise RequestError("A request for the account needs a case and a purpose: state both.")

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the payload, which a response repeats; None before it was written."""
        return self.sealed.sha256 if self.sealed else None


def write_request(request: Request, signer: Signer | None = None) -> bytes:
    """Write a request, and sign it where there is a signer.

    Raises
    ------
    RequestError
        It asks for the account without a signer, or has a text that no reader would take.
    SigningError
        The signer failed.
    """
    if request.part is Part.ACCOUNT and signer is None:
        raise RequestError(
            "Only a signed request may ask for the account: name a key, or ask for the public part."
        )
    payload = {
        "type": REQUEST_TYPE,
        "stamp_id": str(request.stamp_id),
        "part": request.part.value,
        "issued": to_utc_text(request.issued),
        **{name: getattr(request, name) for name in _TEXTS},
    }
    try:
        _read_payload(payload)  # what is written can be read
        return seal(payload, signer)
    except SchemaError as error:
        raise RequestError(f"The request can't be written: {error}") from error


def read_request(data: bytes, name: str = "file") -> Request:
    """Read a request; a signature that does not hold is the producer's to judge.

    Raises
    ------
    RequestError
        It is something else, or malformed.
    """
    if len(data) > MAX_REQUEST_BYTES:
        raise RequestError(f"The request {name} has over {MAX_REQUEST_BYTES:,} bytes.")
    try:
        sealed = unseal(data, REQUEST_TYPE)
        return _read_payload(sealed.payload, sealed)
    except (SchemaError, RequestError) as error:
        raise RequestError(f"The request {name} can't be used: {error}") from error


def _read_payload(payload: dict[str, Any], sealed: Envelope | None = None) -> Request:
    fields = check_object(payload, "The payload", _KEYS)
    if fields["part"] not in tuple(Part):
        raise SchemaError("Its part is neither public nor account.")
    texts = {name: read_optional(check_text, fields[name], f"The {name}") for name in _TEXTS}
    issued = read_time(fields["issued"], "The time of issue")
    return Request(read_stamp_id(fields), issued, Part(fields["part"]), **texts, sealed=sealed)


def read_stamp_id(fields: dict[str, Any]) -> StampId:
    """Read the stamp id of a payload.

    Raises
    ------
    SchemaError
        It is not one.
    """
    try:
        return StampId(fields["stamp_id"])
    except PayloadError as error:
        raise SchemaError(f"Its stamp_id is wrong. {error}") from error
