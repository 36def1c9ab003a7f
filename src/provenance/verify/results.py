"""A verdict as a file to keep: what was examined, by whom, when, and what came of it.

::

    {"payload":   {"type": "provenance.result.1", "sha256": HEX, "examined": TIME,
                   "detector": TEXT, "software": TEXT, "verdict": JSON AS TEXT, "text": TEXT},
     "signature": {"certificates": PEM, "value": BASE64} | null}

It is an ``envelope``. The verdict is what ``verify --json`` prints, kept as text because it holds
fractions, which have no canonical form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from provenance import __version__
from provenance.canonical import to_utc_text
from provenance.envelope import Envelope, seal, unseal
from provenance.errors import ResultError
from provenance.strict_json import (
    SchemaError,
    check_object,
    check_sha256,
    check_text,
    read_time,
)

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provenance.signers import Signer
    from provenance.verify.verdict import Verdict

RESULT_TYPE = "provenance.result.1"
"""What the payload's ``type`` says of this format."""

RESULT_MEDIA_TYPE = "application/vnd.provenance.result+json"
"""Media type of a result."""


MAX_RESULT_BYTES = 2**22
"""Bytes of a result; one with a long history has some hundred kilobytes."""

_KEYS = ("type", "sha256", "examined", "detector", "software", "verdict", "text")


@dataclass(frozen=True)
class Result:
    """What a result says, and who signed that.

    ``sha256`` is of the file that was examined, ``verdict`` what ``verify --json`` prints.
    ``chain`` is empty where nobody signed; ``holds`` says whether the first certificate did.
    """

    sha256: str
    examined: datetime
    detector: str
    software: str
    verdict: str
    text: str
    chain: tuple[Certificate, ...]
    holds: bool


def read_result(data: bytes) -> Result:
    """Read a result; one whose signature does not hold is read all the same.

    Raises
    ------
    ResultError
        It is something else, or malformed.
    """
    if len(data) > MAX_RESULT_BYTES:
        raise ResultError(f"The result has over {MAX_RESULT_BYTES:,} bytes.")
    try:
        return _read(unseal(data, RESULT_TYPE))
    except SchemaError as error:
        raise ResultError(f"This is not a result that can be used: {error}") from error


def _read(sealed: Envelope) -> Result:
    fields = check_object(sealed.payload, "The payload", _KEYS)
    texts = {name: fields[name] for name in ("verdict", "text")}
    if not all(isinstance(each, str) for each in texts.values()):  # they have line breaks
        raise SchemaError("The verdict or its text is something else than text.")
    return Result(
        sha256=check_sha256(fields["sha256"], "The sha256"),
        examined=read_time(fields["examined"], "The examined"),
        detector=check_text(fields["detector"], "The detector"),
        software=check_text(fields["software"], "The software"),
        **texts,
        chain=sealed.chain,
        holds=sealed.holds,
    )


def write_result(verdict: Verdict, detector: str | None, signer: Signer | None) -> bytes:
    """Write the file; without a signer it is not signed, and says so by that.

    Raises
    ------
    SigningError
        The signer failed.
    """
    payload = {
        "type": RESULT_TYPE,
        "sha256": verdict.evidence.sha256,
        "examined": to_utc_text(verdict.evidence.examined_at),
        "detector": detector or "unnamed service",
        "software": f"provenance {__version__}",
        "verdict": json.dumps(verdict.to_json_dict(), ensure_ascii=False),
        "text": verdict.explain(),
    }
    return seal(payload, signer)
