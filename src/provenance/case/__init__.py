"""The case folder: one examination as files that can be checked years later.

A ``Tracer`` examines a picture and makes the files, ``write`` puts them into a new folder, and
``check`` says whether a folder is still what its examiner signed. docs/adr/0007 says what it holds
and why.
"""

from provenance.case.clock import Clock
from provenance.case.folder.integrity import Fault, check, read_time_stamp
from provenance.case.folder.writing import CaseFile, refuse_existing, write
from provenance.case.report import Consulted
from provenance.case.report.sentences import WITHOUT_PDF
from provenance.case.tracer import Source, Tracer

__all__ = [
    "WITHOUT_PDF",
    "CaseFile",
    "Clock",
    "Consulted",
    "Fault",
    "Source",
    "Tracer",
    "check",
    "read_time_stamp",
    "refuse_existing",
    "write",
]
