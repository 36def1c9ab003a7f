"""The case folder: one examination as files that can be checked years later.

A ``Tracer`` examines pictures and makes the files, ``write`` puts them into a new folder, and
``check`` says whether a folder is still what its examiner signed. docs/adr/0007 says what it holds
and why.
"""

from provenance.case.clock import Clock, Reference
from provenance.case.folder.integrity import Fault, check, read_time_stamp
from provenance.case.folder.writing import CaseFile, refuse_existing, write
from provenance.case.other_clocks import ask_authority, ask_ntp, find_authority
from provenance.case.report import Consulted, People
from provenance.case.report.sentences import WITHOUT_PDF
from provenance.case.tracer import Source, Tracer

__all__ = [
    "WITHOUT_PDF",
    "CaseFile",
    "Clock",
    "Consulted",
    "Fault",
    "People",
    "Reference",
    "Source",
    "Tracer",
    "ask_authority",
    "ask_ntp",
    "check",
    "find_authority",
    "read_time_stamp",
    "refuse_existing",
    "write",
]
