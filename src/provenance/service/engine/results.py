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
from typing import TYPE_CHECKING

from provenance import __version__
from provenance.canonical import to_utc_text
from provenance.envelope import seal

if TYPE_CHECKING:
    from provenance.signers import Signer
    from provenance.verify import Verdict

RESULT_TYPE = "provenance.result.1"
"""What the payload's ``type`` says of this format."""

RESULT_MEDIA_TYPE = "application/vnd.provenance.result+json"
"""Media type of a result."""


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
