"""Why a likeness index is not used, and what to do: said in one place."""

from __future__ import annotations

from pathlib import Path

from provenance.errors import RegistryDamagedError


def refuse_index(place: Path, why: str) -> RegistryDamagedError:
    """Make the error for an index that can't be used; ``why`` goes on after its place."""
    return RegistryDamagedError(
        f"The likeness index {place} {why}. Run 'provenance registry index --rebuild', and an "
        "audit if the registry was not just restored."
    )
