"""The report on one examined picture: what it holds, and how it looks.

``write_report`` turns an ``Exhibit`` into one plain object, which is ``report.json``. ``layout``
turns that object into a ``Document``, and each renderer writes a document in one format. Nothing in
here sees pixels: a report holds digests, never a picture.
"""

from provenance.case.report.contents import SCHEMA, write_report
from provenance.case.report.document import Document
from provenance.case.report.exhibit import Account, Consulted, Exhibit, Input
from provenance.case.report.html import render_html
from provenance.case.report.page_layout import layout
from provenance.case.report.pdf import render_pdf

__all__ = [
    "SCHEMA",
    "Account",
    "Consulted",
    "Document",
    "Exhibit",
    "Input",
    "layout",
    "render_html",
    "render_pdf",
    "write_report",
]
