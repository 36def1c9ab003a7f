"""The work of ``bench.memory`` on one file, in a module that worker processes can import."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import ProvenanceError
from provenance.verify import Verifier

MIB = 2**20


@dataclass(frozen=True)
class Peak:
    """What one file took, in MiB, and how it was answered."""

    file: Path
    mib: float
    answer: str


@dataclass(frozen=True)
class Measuring:
    """Verifies a file, and measures the process that did."""

    def open(self) -> Callable[[Path], Peak]:
        """Build a verifier that looks at everything."""
        verifier = Verifier()

        def measure(file: Path) -> Peak:
            try:
                answer = verifier.verify(file).state.value
            except ProvenanceError as error:
                answer = error.code
            return Peak(file, read_peak(), answer)

        return measure


def read_peak() -> float:
    """Return the most memory that this process has taken, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else 1024)
