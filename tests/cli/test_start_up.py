"""``import provenance`` and ``provenance --help`` must not load what they do not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "pywt", "PIL", "c2pa", "cryptography", "sqlite3", "rich", "click")


def loaded_by(statement: str) -> set[str]:
    """Names of the heavy packages that a fresh interpreter has loaded after the statement."""
    script = f"import sys\n{statement}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_import_is_cheap() -> None:
    assert loaded_by("import provenance") == set()


@pytest.mark.parametrize("arguments", ["--help", "stamp --help", "verify --help", "--version"])
def test_help_is_cheap(arguments: str) -> None:
    statement = f"from provenance.cli.main import run; run({arguments.split()!r})"
    assert loaded_by(statement) == {"click"}
