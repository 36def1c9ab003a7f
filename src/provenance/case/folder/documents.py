"""The files of a case folder that are sealed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from provenance.case.folder.custody import CustodyLog
from provenance.case.folder.writing import CUSTODY, EXAMINER, HTML, PDF, REPORT
from provenance.case.report import (
    Case,
    layout,
    pdf,
    render_html,
    render_pdf,
    translate,
    write_report,
)
from provenance.language import ENGLISH, Language, message, speak
from provenance.response import Request, write_request
from provenance.signers import Signer
from provenance.stamp_id import StampId
from provenance.text import clean

WRITTEN = message("{file} was written.")


def write_documents(
    case: Case, log: CustodyLog, examiner: Signer | None, language: Language = ENGLISH
) -> dict[str, bytes]:
    """Write everything that is sealed: the report in each format, letters, log, certificates.

    What people read is in the language. A letter stands there in English as well: its reader may
    know that better.
    """
    content = write_report(case)
    document = translate(layout(content), language)
    files = {REPORT: _json(content), HTML: render_html(document)}
    if pdf.is_available():
        files[PDF] = render_pdf(document)
    for n, letter in enumerate(content["letters"], start=1):
        files[f"letter-{n}.txt"] = speak(letter["text"], language).encode()
        if language != ENGLISH:
            files[f"letter-{n}.en.txt"] = letter["text"].encode()
        files[letter["file"]] = _write_request(case, letter, examiner)
    if examiner is not None:
        files[EXAMINER] = examiner.certificate_chain
    written = log.branch()
    for name, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        written.note("written", WRITTEN.format(file=name), file=name, sha256=digest)
    return files | {CUSTODY: written.text()}


def _write_request(case: Case, letter: dict[str, Any], examiner: Signer | None) -> bytes:
    """Write the question after a stamp's public part, signed where there is an examiner's key."""
    asked = Request(
        StampId(letter["stamp_id"]),
        case.examined_at,
        recipient=letter["producer"],
        case=clean(case.name).strip() or None,
    )
    return write_request(asked, examiner)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode("ascii") + b"\n"
