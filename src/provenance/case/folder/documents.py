"""The files of a case folder that are sealed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from provenance.case.folder.custody import CustodyLog
from provenance.case.folder.writing import CUSTODY, EXAMINER, HTML, PDF, REPORT
from provenance.case.report import Exhibit, layout, pdf, render_html, render_pdf, write_report
from provenance.response import Request, write_request
from provenance.signers import Signer
from provenance.stamp_id import StampId
from provenance.text import clean


def write_documents(exhibit: Exhibit, log: CustodyLog, examiner: Signer | None) -> dict[str, bytes]:
    """Write everything that is sealed: the report in each format, letters, log, certificates."""
    content = write_report(exhibit)
    document = layout(content)
    files = {REPORT: _json(content), HTML: render_html(document)}
    if pdf.is_available():
        files[PDF] = render_pdf(document)
    for n, letter in enumerate(content["preservation_requests"], start=1):
        files[f"preservation-request-{n}.txt"] = letter["text"].encode()
        files[letter["file"]] = _write_request(exhibit, letter["stamp_id"])
    if examiner is not None:
        files[EXAMINER] = examiner.certificate_chain
    written = log.branch()
    for name, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        written.note("written", f"{name} was written.", file=name, sha256=digest)
    return files | {CUSTODY: written.text()}


def _write_request(exhibit: Exhibit, stamp_id: str) -> bytes:
    """Write the question after a stamp's public part, which needs no signature.

    So the same examination gives the same bytes. The account takes a signed request.
    """
    case = clean(exhibit.case).strip() or None
    asked = Request(StampId(stamp_id), exhibit.examined_at, case=case)
    return write_request(asked)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode("ascii") + b"\n"
