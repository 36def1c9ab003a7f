"""The report on one case: what it holds, and how it looks.

``write_report`` turns a ``Case`` into one plain object, which is ``report.json``. ``layout``
turns that object into a ``Document``, ``translate`` says it in another language, and each renderer
writes a document in one format. Nothing in
here sees pixels: a report holds digests, never a picture.
"""

from provenance.case.report.contents import SCHEMA, write_report
from provenance.case.report.document import Document, translate
from provenance.case.report.exhibit import (
    NOBODY_NAMED,
    Account,
    Case,
    Consulted,
    Exhibit,
    Input,
    People,
)
from provenance.case.report.html import render_html
from provenance.case.report.page_layout import layout
from provenance.case.report.pdf import render_pdf

__all__ = [
    "NOBODY_NAMED",
    "SCHEMA",
    "Account",
    "Case",
    "Consulted",
    "Document",
    "Exhibit",
    "Input",
    "People",
    "layout",
    "render_html",
    "render_pdf",
    "translate",
    "write_report",
]
