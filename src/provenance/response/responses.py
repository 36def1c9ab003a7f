"""The response: what a producer's registry knows of one stamp, with the proofs, in one file.

::

    {"payload":   {"type": "provenance.response.1", "stamp_id": HEX, "request": SHA-256 | null,
                   "outcome": "found" | "none" | "refused", "as_of": TIME, "reason": TEXT | null,
                   "checkpoint": NOTE | null,
                   "record": {"leaf": {...}, "inclusion": PROOF, "manifest": BASE64} | null,
                   "revocation": {"leaf": {...}, "inclusion": PROOF} | null,
                   "account": {"case": TEXT, "purpose": TEXT, "sha256": HEX | null,
                               "refused": TEXT | null} | null},
     "signature": {"certificates": PEM, "value": BASE64} | null,
     "disclosed": {"salt": HEX, "pseudonym": HEX | null} | null}

It is an ``envelope``. A leaf is what the log hashes, and PROOF is ``index``, ``proof`` (hashes in
hex, RFC 9162) and ``checkpoint`` (a C2SP note). Outcome ``none`` comes with the checkpoint before
which the registry was searched. The account's pseudonym is not part of what is signed, but its
salted digest is: whoever passes the response on may set ``disclosed`` to null, and the signature
still holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from provenance.canonical import to_canonical_json, to_utc_text
from provenance.envelope import Envelope, seal
from provenance.errors import ResponseError
from provenance.records import Revocation, StampRecord
from provenance.registry import Checkpoint, Inclusion, encode_leaf, encode_revocation
from provenance.stamp_id import StampId
from provenance.strict_json import SchemaError

if TYPE_CHECKING:
    from provenance.signers import Signer

RESPONSE_TYPE = "provenance.response.1"
"""What the payload's ``type`` says of this format."""

RESPONSE_MEDIA_TYPE = "application/vnd.provenance.response+json; version=1"
"""Media type of a response."""

MAX_RESPONSE_BYTES = 16 * 2**20
"""Bytes. Most have 20 kB; a manifest store whose parents carry thumbnails has megabytes."""

SALT_DIGITS = 64
"""Hex digits: 256 bits, so that nobody finds a pseudonym by trying all."""

PSEUDONYM_DIGITS = 32
"""Hex digits of an account's pseudonym, see ``provenance.accounts``."""


class Outcome(StrEnum):
    """What the producer answers."""

    FOUND = "found"
    NONE = "none"  # its registry holds no such stamp
    REFUSED = "refused"


@dataclass(frozen=True)
class Held:
    """A record as the log holds it, with the manifest store that it is about."""

    record: StampRecord
    store: bytes = field(repr=False)
    inclusion: Inclusion


@dataclass(frozen=True)
class Withdrawn:
    """A revocation as the log holds it."""

    revocation: Revocation
    inclusion: Inclusion


@dataclass(frozen=True)
class AccountAnswer:
    """Whether the account was told: for which case and purpose, or why it was not.

    ``sha256`` binds what was told, and is None where nothing was.
    """

    case: str
    purpose: str
    sha256: str | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Disclosed:
    """An account as it was told; ``pseudonym`` is None where the record keeps none."""

    salt: str = field(repr=False)
    pseudonym: str | None = field(repr=False)

    def digest(self, stamp_id: StampId) -> str:
        """Return the digest by which a signed response binds it."""
        said = {"pseudonym": self.pseudonym, "salt": self.salt, "stamp_id": str(stamp_id)}
        return hashlib.sha256(to_canonical_json(said)).hexdigest()


@dataclass(frozen=True)
class Response:
    """What a producer says of one stamp, as of a time.

    Attributes
    ----------
    request
        SHA-256 of the request's payload, None where none was sent.
    as_of
        When the registry was asked, by the producer's clock: what happened later is unknown.
    checkpoint
        The log's head before a search that found nothing.
    held, withdrawn
        The record and its revocation, each with the proof that the log holds it.
    disclosed
        The account, unless whoever passed the response on took it out.
    sealed
        The file that it was read from.
    """

    stamp_id: StampId
    outcome: Outcome
    as_of: datetime
    request: str | None = None
    reason: str | None = None
    checkpoint: Checkpoint | None = None
    held: Held | None = None
    withdrawn: Withdrawn | None = None
    account: AccountAnswer | None = None
    disclosed: Disclosed | None = None
    sealed: Envelope | None = field(default=None, compare=False, repr=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the payload; empty before the response was written."""
        return self.sealed.sha256 if self.sealed else ""


def write_response(response: Response, signer: Signer | None) -> bytes:
    """Write a response and sign it; an unsigned one proves nothing to anybody.

    Raises
    ------
    ResponseError
        It would be too large, or has a text that no reader would take.
    SigningError
        The signer failed.
    """
    told = response.disclosed
    beside = {"disclosed": told and {"salt": told.salt, "pseudonym": told.pseudonym}}
    try:
        data = seal(_write_payload(response), signer, beside)
    except SchemaError as error:
        raise ResponseError(f"The response can't be written: {error}") from error
    if len(data) > MAX_RESPONSE_BYTES:
        raise ResponseError(
            f"The response would have {len(data):,} bytes, and readers take {MAX_RESPONSE_BYTES:,}."
        )
    return data


def _write_payload(response: Response) -> dict[str, Any]:
    head, held, gone = response.checkpoint, response.held, response.withdrawn
    account = response.account
    return {
        "type": RESPONSE_TYPE,
        "stamp_id": str(response.stamp_id),
        "request": response.request,
        "outcome": response.outcome.value,
        "as_of": to_utc_text(response.as_of),
        "reason": response.reason,
        "checkpoint": head.text if head else None,
        "record": held
        and {
            "leaf": json.loads(encode_leaf(held.record, held.store)),
            "inclusion": _write_inclusion(held.inclusion),
            "manifest": base64.b64encode(held.store).decode(),
        },
        "revocation": gone
        and {
            "leaf": json.loads(encode_revocation(gone.revocation)),
            "inclusion": _write_inclusion(gone.inclusion),
        },
        "account": account and dict(vars(account)),
    }


def _write_inclusion(inclusion: Inclusion) -> dict[str, Any]:
    return {
        "index": inclusion.index,
        "proof": [each.hex() for each in inclusion.proof],
        "checkpoint": inclusion.checkpoint.text,
    }
