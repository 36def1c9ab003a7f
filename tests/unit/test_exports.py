"""The package's public names: documented, and loaded only when used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import provenance

HEAVY = {"numpy", "scipy", "PIL", "c2pa", "cryptography", "pywt", "click", "rich", "sqlite3"}


@pytest.mark.parametrize("name", provenance.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    assert getattr(provenance, name).__doc__
    assert name in dir(provenance)


def test_names_are_in_order() -> None:
    assert provenance.__all__ == sorted(provenance.__all__)


def test_what_users_annotate_is_there() -> None:
    """Whoever writes a function around the library finds the types of its parameters here."""
    assert {"Signer", "Registry", "Origin", "Finding", "StampRecord", "Policy", "Tracer"} <= {
        *provenance.__all__
    }


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'stamp_everything'"):
        _ = provenance.stamp_everything


def test_importing_loads_nothing_heavy() -> None:
    program = "import sys, provenance; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert HEAVY.isdisjoint(loaded.stdout.split())
