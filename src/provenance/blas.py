"""BLAS, which multiplies matrices for NumPy and SciPy: one thread of it where the process is ours.

Our matrices are small. Split among threads they cost up to ten times the processor time, most of it
spent on waiting, and a process that forks meanwhile may hang. The library can't choose for the
program that uses it, so what it multiplies stays below the size that BLAS splits, or outside BLAS;
commands and worker processes also set this.
"""

from __future__ import annotations

import os

VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""What the libraries that NumPy may be built with read, once, when they are loaded."""


def keep_to_one_thread() -> None:
    """Keep BLAS to one thread in this process and those it starts; before NumPy is loaded.

    What the user has set stays.
    """
    os.environ.update(list_settings())


def list_settings() -> dict[str, str]:
    """Return the variables that do this, for a process that is started."""
    return {name: os.environ.get(name, "1") for name in VARIABLES}
