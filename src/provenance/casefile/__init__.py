"""The case folder: one examination as files that can be checked years later.

`Tracer` examines a picture and makes the files, `write` puts them into a new folder, and `check`
says whether a folder is still what its examiner signed. docs/adr/0007 says what lies in it and why.
"""

from provenance.casefile.check import Fault, check, time_stamped
from provenance.casefile.clock import Clock
from provenance.casefile.folder import CaseFile, write
from provenance.casefile.tracer import Source, Tracer

__all__ = ["CaseFile", "Clock", "Fault", "Source", "Tracer", "check", "time_stamped", "write"]
